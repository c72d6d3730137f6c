# What Terraform reads out of a pipeline file. The jobs read the file itself, uploaded byte for byte, so only what is
# needed to provision is read here. No provider is used: `terraform apply` of this folder alone prints what it derives.

locals {
  files = { for name in fileset(var.folder, "*.yaml") : name => yamldecode(file("${var.folder}/${name}")) }

  # yamldecode reads YAML 1.1: `no`, `on` and `y` are booleans there, text for the jobs. The names are the only places
  # where that could matter, so a name must have been read as text.
  unreadable_sources = [for name, spec in local.files : name if !can(regex("^\"[a-z][a-z0-9]*(_[a-z0-9]+)*\"$", jsonencode(spec.source)))]

  # Where a stream may name others: its own path, or that of `defaults`, and its own parameters, headers and body, as one
  # JSON text. `{campaigns.id}` in it makes it a fan-out over `campaigns`. No JSON has a name right behind a `{`.
  requests = {
    for name, spec in local.files : name => {
      for stream, body in spec.streams : stream => jsonencode([
        try(coalesce(body.path), coalesce(spec.defaults.path), ""),
        [for place in ["params", "headers"] : values(try(coalesce(body[place]), {}))],
        try(body.body, null),
      ])
    }
  }
  parents = {
    for name, requests in local.requests : name => {
      for stream, text in requests : stream => distinct([for found in regexall("\\{([a-z][a-z0-9_]*)\\.[^{}\\s]+\\}", text) : found[0]])
    }
  }

  # What a stream does not say stands in `defaults`; a null takes it away again.
  runs_on = {
    for name, spec in local.files : name => {
      for stream, body in spec.streams : stream => coalesce(try(body.runs_on, spec.defaults.runs_on, null), "glue")
    }
  }
  patterns = {
    for name, spec in local.files : name => {
      for stream, body in spec.streams : stream => try(body.pattern, spec.defaults.pattern, null)
    }
  }

  # A stream that tells the deletions of another one comes behind it, as a fan-out behind its parents.
  deletes = {
    for name, spec in local.files : name => {
      for stream, body in spec.streams : stream => body.deletes if try(coalesce(body.deletes), "") != ""
    }
  }
  behind = {
    for name, parents in local.parents : name => {
      for stream, of in parents : stream => distinct(concat(of, try([tostring(local.deletes[name][stream])], [])))
    }
  }

  # Streams by how far they stand from one that waits for none. Terraform has no recursion: four levels are written out.
  first  = { for name, parents in local.behind : name => [for stream, of in parents : stream if length(of) == 0] }
  second = { for name, parents in local.behind : name => [for stream, of in parents : stream if length(of) > 0 && length(setsubtract(of, local.first[name])) == 0] }
  third = {
    for name, parents in local.behind : name => [
      for stream, of in parents : stream
      if !contains(local.second[name], stream) && length(of) > 0 && length(setsubtract(of, concat(local.first[name], local.second[name]))) == 0
    ]
  }
  fourth = {
    for name, parents in local.behind : name => [
      for stream, of in parents : stream
      if !contains(concat(local.second[name], local.third[name]), stream) && length(of) > 0
      && length(setsubtract(of, concat(local.first[name], local.second[name], local.third[name]))) == 0
    ]
  }
  levels = { for name in keys(local.files) : name => [for level in [local.first[name], local.second[name], local.third[name], local.fourth[name]] : level if length(level) > 0] }

  # `source` to `jobs` are what `headwater validate --json` prints of the same file; a test holds both together.
  # References are searched in the decoded values, not in the text: one in a comment is none.
  pipelines = [
    for name, spec in local.files : {
      source   = spec.source
      database = try(coalesce(spec.database), spec.source)
      streams  = keys(spec.streams)
      parents  = { for stream, of in local.parents[name] : stream => sort(of) if length(of) > 0 }
      runs_on  = local.runs_on[name]
      patterns = { for stream, on in local.runs_on[name] : stream => on == "lambda" ? "decoupled" : coalesce(local.patterns[name][stream], "direct") }

      secrets = sort(distinct([for found in regexall("\\$\\{secret:([A-Za-z0-9/_+=.@:-]+)(?:#[^#{}\\s]+)?\\}", jsonencode(spec)) : found[0]]))
      # Where a replaced refresh token is written to.
      kept_secrets = sort(distinct([for found in regexall("\\$\\{secret:([A-Za-z0-9/_+=.@:-]+)(?:#[^#{}\\s]+)?\\}", try(coalesce(spec.auth.refresh_token), "")) : found[0]]))
      environment  = sort(distinct([for found in regexall("\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)\\}", jsonencode(spec)) : found[0]]))

      schedule = try(coalesce(spec.schedule.cron), null) == null ? null : {
        cron     = trimspace(replace(spec.schedule.cron, "/\\s+/", " "))
        timezone = try(coalesce(spec.schedule.timezone), "UTC")
        enabled  = try(tobool(coalesce(spec.schedule.enabled)), true)

        flexible_minutes = try(tonumber(coalesce(spec.schedule.flexible_minutes)), 0)
      }
      glue = {
        worker_type     = try(coalesce(spec.glue.worker_type), "G.1X")
        workers         = try(tonumber(coalesce(spec.glue.workers)), 2)
        timeout_minutes = try(tonumber(coalesce(spec.glue.timeout_minutes)), 480)
        execution_class = try(coalesce(spec.glue.execution_class), "STANDARD")
        queueing        = try(tobool(coalesce(spec.glue.queueing)), false)
        auto_scaling    = try(tobool(coalesce(spec.glue.auto_scaling)), true)
        connections     = try([for name in spec.glue.connections : tostring(name)], [])
        version         = try(coalesce(spec.glue.version), "5.1")

        parallel_streams = try(tonumber(spec.glue.parallel_streams), null)
      }
      lambda = {
        memory_mb       = try(tonumber(coalesce(spec.lambda.memory_mb)), 512)
        timeout_seconds = try(tonumber(coalesce(spec.lambda.timeout_seconds)), 900)
        disk_mb         = try(tonumber(coalesce(spec.lambda.disk_mb)), 512)
      }
      # A null in the file switches an alarm off, so it is not replaced by the default.
      alarms = {
        failed               = try(tobool(coalesce(spec.alarms.failed)), true)
        incomplete_runs      = try(tonumber(spec.alarms.incomplete_runs), 6)
        nothing_loaded_hours = try(tonumber(spec.alarms.nothing_loaded_hours), null)
        quarantined_share    = try(tonumber(spec.alarms.quarantined_share), 0.05)
        duration_share       = try(tonumber(spec.alarms.duration_share), 0.9)
      }
      jobs = { for script in ["sync", "ingest", "load"] : script => "${spec.source}-${script}" }

      file    = name
      levels  = local.levels[name]
      deletes = local.deletes[name]
    }
  ]
}
