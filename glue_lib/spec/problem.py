"""What is wrong with a pipeline file, and the words for it: line, field, what was found, what is allowed."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glue_lib.errors import ConfigError

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at one place; without a line it came from an override (`--set`)."""

    path: Path
    line: int | None
    text: str

    def told(self, name: str) -> str:
        """Return the line that its reader sees: `pipelines/x.yaml:12: streams.contacts.key: …`."""
        place = f"{name}: --set" if self.line is None else f"{name}:{self.line}:"
        field = f" {dotted(self.path)}:" if self.path else ""
        return f"{place}{field} {self.text}"


def refusal(name: str, problems: Iterable[Problem]) -> ConfigError:
    """Return the one error that tells all problems of a file, in the order of its lines and each once."""
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)
    return ConfigError("\n".join(problem.told(name) for problem in ordered))


def dotted(path: Path) -> str:
    """Return the path as it is written after `--set`: `streams.contacts.key[0]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def not_one_of(found: str, allowed: Iterable[str], habits: Mapping[str, str] | None = None) -> str:
    """Return the text for a word that is not in the list: what is, and which of them was probably meant."""
    words = sorted(allowed)
    return f"`{found}` is not one of {', '.join(words)}{did_you_mean(found, words, habits)}"


def no_such(what: str, found: str, known: Iterable[str]) -> str:
    """Return the text for a name that nothing has: which names there are, and which of them was probably meant."""
    names = sorted(known)
    return f"there is no {what} `{found}`; there are {', '.join(names)}{did_you_mean(found, names)}"


def did_you_mean(found: str, allowed: Iterable[str], habits: Mapping[str, str] | None = None) -> str:
    """Return `; did you mean …?`, or nothing when no allowed word is near; `habits` are other tools' words for ours."""
    words = list(allowed)
    plain = _plain(found)
    by_habit = (habits or {}).get(plain)
    if by_habit in words:
        return f"; did you mean `{by_habit}`?"
    near = difflib.get_close_matches(plain, [_plain(word) for word in words], n=1, cutoff=0.6)
    meant = next((word for word in words if near and _plain(word) == near[0]), None)
    return f"; did you mean `{meant}`?" if meant else ""


def _plain(word: str) -> str:
    """Spell `baseUrl`, `Base-URL` and `base url` like `base_url`."""
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word)).lower()
