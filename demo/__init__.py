"""A charity platform's API on loopback: something real to read from, with no account, network or date in it.

The line of the package: `words` → `donations`, `campaigns` → `edition` (all records as at version 1 or 2) → `shelf`
(their bytes, in the order of the lists) → `platform` (request in, answer out) → `server`. Same seed, same bytes.
"""
