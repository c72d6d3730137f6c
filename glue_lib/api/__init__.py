"""How to talk to an API: authenticate, page, pace, retry, slice records out of answers, and prove the end.

Only `client` does input and output. Everything else here is a frozen value or a pure function of one.
"""
