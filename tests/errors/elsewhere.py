"""Messages that are made where nobody can note them in a run of `make test`, and the test that shows each.

A process of its own makes them, or a test that is slow.
"""

ELSEWHERE: dict[str, str] = {}
