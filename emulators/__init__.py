"""Real APIs, small and on loopback: what a pipeline file can be tried against without an account.

`headwater emulate stripe` serves one. Nothing here imports `glue_lib`: an emulator knows the API, not its reader.
"""
