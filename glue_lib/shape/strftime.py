"""The patterns by which a pipeline file describes an API's times (`%d/%m/%Y`), as Spark reads them."""

import re
from itertools import pairwise

from glue_lib.errors import ShapeError

# Of each directive the letters of Java's pattern, and the texts that it may stand for.
_DIRECTIVES = {
    "Y": ("yyyy", r"[0-9]{4}"),
    "y": ("yy", r"[0-9]{2}"),
    "m": ("M", r"[0-9]{1,2}"),
    "d": ("d", r"[0-9]{1,2}"),
    "H": ("H", r"[0-9]{1,2}"),
    "I": ("h", r"[0-9]{1,2}"),
    "M": ("m", r"[0-9]{1,2}"),
    "S": ("s", r"[0-9]{1,2}"),
    "f": ("SSSSSS", r"[0-9]{1,6}"),
    "j": ("DDD", r"[0-9]{3}"),
    "p": ("a", r"[AaPp][Mm]"),
    "b": ("MMM", r"[A-Za-z]{3}"),
    "B": ("MMMM", r"[A-Za-z]{3,9}"),
    "z": ("[XXX][XX][X]", r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)"),
    "Z": ("z", r"[A-Za-z/_]+"),
}
_STEP = re.compile(r"%(.)|([^%]+)|(%)\Z", re.DOTALL)


def java_pattern(strftime: str) -> str:
    """Return the pattern as Java writes it: `%d/%m/%Y at %H:%M` → `d'/'M'/'yyyy' at 'H':'m`.

    As in Python, numbers may lack their leading zeros, except where they touch the next: `%Y%m%d` → `yyyyMMdd`.
    """
    steps = _steps(strftime)
    touching = {place for place, pair in enumerate(pairwise(steps)) if _DIRECTIVES.keys() >= set(pair)}
    pattern = ""
    for place, step in enumerate(steps):
        if step in _DIRECTIVES:
            letters = _DIRECTIVES[step][0]
            is_touched = place in touching or place - 1 in touching
            pattern += letters * 2 if len(letters) == 1 and letters in "MdHhms" and is_touched else letters
        else:
            pattern += "'" + step[1:].replace("'", "''") + "'"
    return pattern


def texts(strftime: str) -> str:
    """Return a regular expression of the texts that may be of this pattern.

    Spark does not call any other text null: it stops, where its reader of before version 3 would have read it.
    """
    steps = (_DIRECTIVES[step][1] if step in _DIRECTIVES else re.escape(step[1:]) for step in _steps(strftime))
    return rf"^{''.join(steps)}\z"


def _steps(strftime: str) -> list[str]:
    """Return the letter of each directive, and the texts between them behind an `=`."""
    steps: list[str] = []
    for letter, between, lone in _STEP.findall(strftime):
        if letter in _DIRECTIVES:
            steps.append(letter)
        elif between or letter == "%":
            text = between or "%"
            steps[-1:] = [steps[-1] + text] if steps and steps[-1][0] == "=" else [*steps[-1:], f"={text}"]
        else:
            known = ", ".join(f"`%{known}`" for known in _DIRECTIVES)
            raise ShapeError(f"format `{strftime}`: `%{letter or lone}` is not one of {known}")
    return steps
