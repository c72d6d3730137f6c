# A private network, where one is given: a Glue connection that every job takes, and the same subnets for the functions.
# An example of a network that needs no internet but the API's is in examples/private_vpc.

locals {
  networks    = var.network == null ? {} : { own = var.network }
  connections = [for connection in aws_glue_connection.network : connection.name]
}

data "aws_subnet" "network" {
  for_each = local.networks
  id       = each.value.subnet_ids[0]
}

resource "aws_glue_connection" "network" {
  for_each        = local.networks
  name            = local.prefix
  description     = "Network of the jobs of ${local.prefix}."
  connection_type = "NETWORK"

  physical_connection_requirements {
    availability_zone      = data.aws_subnet.network[each.key].availability_zone
    subnet_id              = each.value.subnet_ids[0]
    security_group_id_list = each.value.security_group_ids
  }
}
