"""Bounds: how much of one answer is held in memory; more than that is an error that says so."""

LONGEST = 256 * 2**20
"""Bytes of one record, one line, or one list inside a record."""

MOST_AROUND = 64 * 2**20
"""Bytes around the records of one answer."""

EACH = 64
"""Bytes that holding a record or an element takes besides its own."""
