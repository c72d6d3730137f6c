"""Decoding: one class for each format that answers come in; each finds the records as JSON, and says what is around."""
