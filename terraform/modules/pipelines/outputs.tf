output "pipelines" {
  description = "What each pipeline file implies, by source."
  value       = { for source, found in { for pipeline in local.pipelines : tostring(pipeline.source) => pipeline... } : source => found[0] }

  precondition {
    condition     = length(local.faults) == 0
    error_message = "Not as pipeline.schema.json allows it: ${join("; ", local.faults)}. `headwater validate` says what is allowed."
  }
  precondition {
    condition     = length(local.unreadable_sources) == 0
    error_message = "${join(", ", local.unreadable_sources)}: `source` must be lower-case words joined by `_`, and be quoted when YAML 1.1 takes it for a boolean (no, on, y)."
  }
  precondition {
    condition     = length(distinct(local.pipelines[*].source)) == length(local.pipelines) && length(distinct(local.pipelines[*].database)) == length(local.pipelines)
    error_message = "Two pipeline files name the same source or database; each source has one file and one database."
  }
  precondition {
    condition = alltrue([
      for pipeline in local.pipelines : alltrue([for stream in pipeline.streams : can(regex(local.name, stream)) && !contains(["true", "false"], stream)])
    ])
    error_message = "A stream's name must be lower-case letters, digits and single `_`; quote it when YAML 1.1 takes it for a boolean (no, on, y)."
  }
  precondition {
    condition     = alltrue([for pipeline in local.pipelines : length(flatten(pipeline.levels)) == length(pipeline.streams)])
    error_message = "A fan-out stream names a parent that does not exist, waits for itself, or stands more than three levels below a stream without parents; `deletes` counts as a parent."
  }
  precondition {
    condition     = alltrue([for pipeline in local.pipelines : pipeline.glue.execution_class != "FLEX" || contains(["G.1X", "G.2X"], pipeline.glue.worker_type)])
    error_message = "glue.execution_class: `FLEX` runs on worker types G.1X and G.2X only."
  }
  precondition {
    condition     = alltrue([for pipeline in local.pipelines : !(pipeline.glue.execution_class == "FLEX" && pipeline.glue.queueing)])
    error_message = "glue: `queueing: true` and `execution_class: FLEX` exclude each other, since FLEX waits anyway."
  }
  precondition {
    condition = alltrue([
      for pipeline in local.pipelines : alltrue(concat(
        [for on in values(pipeline.runs_on) : contains(["glue", "lambda"], on)],
        [for pattern in values(pipeline.patterns) : contains(["direct", "decoupled"], pattern)],
      ))
    ])
    error_message = "`runs_on` is `glue` or `lambda`, `pattern` is `direct` or `decoupled`; `headwater validate` says which stream is wrong."
  }
}
