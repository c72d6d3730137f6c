# What Terraform reads must stand in the schema by which editors check a file: a misspelt key would be its default, and an
# impossible size would be found halfway through an apply. `headwater validate` checks all of the file, and says more.

locals {
  schema = jsondecode(file(var.schema))
  parts = {
    for part in ["schedule", "glue", "lambda", "alarms"] :
    part => local.schema["$defs"][basename(try(local.schema.properties[part]["$ref"], local.schema.properties[part].anyOf[0]["$ref"]))]
  }

  # Each value with the rule of its key; null is no value.
  said = flatten([
    for name, spec in local.files : [
      for part, known in local.parts : [
        for key, value in try({ for key, value in spec[part] : key => value }, {}) : {
          where = "${name}: ${part}.${key}"
          text  = jsonencode(value)
          value = value
          rule  = try([for rule in known.properties[key].anyOf : rule if rule.type != "null"][0], known.properties[key], { type = "unknown" })
        }
      ]
    ]
  ])

  faults = concat(
    flatten([for name, spec in local.files : [for key in keys(spec) : "${name}: ${key}" if !contains(keys(local.schema.properties), key)]]),
    flatten([
      for name, spec in local.files : [
        for part, known in local.parts : [
          for key in try(known.required, []) : "${name}: ${part}.${key}, which is missing" if !contains(try(keys(spec[part]), [key]), key)
        ]
      ]
    ]),
    [
      for one in local.said : "${one.where}, which is ${one.text}" if one.rule.type == "unknown" || one.text != "null" && !alltrue([
        one.rule.type != "boolean" || contains(["true", "false"], one.text),
        one.rule.type != "array" || startswith(one.text, "["),
        !contains(["integer", "number"], one.rule.type) || can(regex("^-?[0-9]", one.text)),
        one.rule.type != "integer" || try(floor(one.value) == one.value, false),
        try(one.value >= one.rule.minimum, true),
        try(one.value > one.rule.exclusiveMinimum, true),
        try(one.value <= one.rule.maximum, true),
        try(contains(one.rule.enum, one.value), true),
        try(one.value == one.rule.const, true),
      ])
    ],
    [for name, spec in local.files : "${name}: schedule.cron, which has not six fields" if try(length(split(" ", trimspace(replace(spec.schedule.cron, "/\\s+/", " ")))) != 6, false)],
    [for name, spec in local.files : "${name}: database" if !can(regex(local.name, try(coalesce(spec.database), "unsaid")))],
  )

  name = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
}
