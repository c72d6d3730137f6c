"""What the subcommands of `headwater` do and print; `glue_lib/cli.py` only names them and their options."""
