"""A value that is proposed, with the reasons for it and the doubts about it; and the YAML that says all three.

What is written is read back by `spec.document` as the same values, whatever foreign text is in them: a text that is not
plainly a word stands in double quotes, and a comment is one line of printable characters.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_PLACE = re.compile(r"(query|body|header|last_record|path|text|cookie)\.[A-Za-z0-9_$.-]+")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?")
_SPAN = re.compile(r"[0-9]+(s|m|h|d|w|mo|y)")
_READ_OTHERWISE = re.compile(r"(y|yes|n|no|on|off|true|false|null|~)", re.IGNORECASE)
_LONGEST_COMMENT = 600


@dataclass(frozen=True)
class Noted:
    """A value and what is said of it: reasons become comments, doubts comments that begin with `doubt:`."""

    value: Any
    why: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def doubted(self, *doubts: str) -> "Noted":
        """Return this with further doubts."""
        return Noted(self.value, self.why, (*self.doubts, *doubts))


def plain(value: Any) -> Any:
    """Return the values without what is said of them."""
    if isinstance(value, Noted):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def doubts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the doubts about a value and all that is in it, each behind the field that it is about."""
    if isinstance(value, Noted):
        yield from ((path, one_line(doubt)) for doubt in value.doubts)
        value = value.value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from doubts(inner, f"{path}.{key}" if path else str(key))


def written(tree: Mapping[str, Any], head: tuple[str, ...] = (), tail: tuple[str, ...] = ()) -> str:
    """Return the YAML of a mapping, with its comments; `head` and `tail` are comments around it."""
    lines = [*_comments(head, ""), *([""] if head else []), *_mapping(tree, "", apart=True)]
    return "\n".join([*lines, *([""] if tail else []), *_comments(tail, "")]) + "\n"


def one_line(text: str) -> str:
    """Return a text of whoever's as one printable line, cut where it is too long for a comment."""
    words = " ".join(text.split())
    safe = "".join(each if each.isprintable() and not _is_half(each) else "?" for each in words)
    return safe if len(safe) <= _LONGEST_COMMENT else safe[: _LONGEST_COMMENT - 1] + "…"


def scalar(value: Any) -> str:
    """Return a scalar as YAML; texts in quotes unless nobody could read them as something else."""
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = "".join("?" if _is_half(each) else each for each in str(value))
    is_plain = any(form.fullmatch(text) for form in (_PLAIN, _PLACE, _ADDRESS, _SPAN))
    is_plain = is_plain and not _READ_OTHERWISE.fullmatch(text)
    return text if is_plain else _quoted(text)


def _mapping(tree: Mapping[str, Any], indent: str, *, apart: bool = False) -> list[str]:
    lines: list[str] = []
    for key, given in tree.items():
        noted = given if isinstance(given, Noted) else Noted(given)
        entry = _entry(scalar(key), noted.value, indent)
        above = [*noted.why, *(f"doubt: {doubt}" for doubt in noted.doubts)]
        # A short reason of something short stands beside it, all else above.
        is_beside = len(entry) == 1 and len(above) == 1 and not noted.doubts
        beside = f"{entry[0]:<48}  # {one_line(above[0])}" if is_beside else ""
        if lines and apart and (len(entry) > 1 or (above and not is_beside)):
            lines.append("")
        lines += [beside] if beside and len(beside) <= WIDTH + 10 else [*_comments(tuple(above), indent), *entry]
    return lines


def _entry(key: str, value: Any, indent: str) -> list[str]:
    flow = None if _has_notes(value) else _flow(value)
    is_block = flow is None or (bool(value) and len(indent) + len(key) + len(flow) > WIDTH)
    if isinstance(value, Mapping) and (is_block or (value and key in ("streams", "defaults"))):
        return [f"{indent}{key}:", *_mapping(value, indent + "  ", apart=key == "streams")]
    if isinstance(value, list | tuple) and is_block:
        return [f"{indent}{key}:", *(line for item in value for line in _item(plain(item), indent + "  "))]
    return [f"{indent}{key}: {_flow(plain(value))}"]


def _item(value: Any, indent: str) -> list[str]:
    flow = _flow(value)
    if not isinstance(value, Mapping) or len(indent) + len(flow) <= WIDTH:
        return [f"{indent}- {flow}"]
    first, *rest = _mapping(value, indent + "  ")
    return [f"{indent}- {first.lstrip()}", *rest]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_in_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return scalar(value)


def _in_flow(key: Any) -> str:
    return scalar(str(key))


def _has_notes(value: Any) -> bool:
    if isinstance(value, Noted):
        return True
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return any(_has_notes(each) for each in inner)


def _comments(texts: tuple[str, ...], indent: str) -> list[str]:
    lines: list[str] = []
    for text in texts:
        found = textwrap.wrap(one_line(text), WIDTH - len(indent), break_on_hyphens=False) or [""]
        lines += [f"{indent}# {line}".rstrip() for line in found]
    return lines


def _quoted(text: str) -> str:
    """Return a text in double quotes, all that is not printable as `\\uXXXX` or `\\UXXXXXXXX`."""
    parts = (each if each.isprintable() and each not in '"\\' else _escape(each) for each in text)
    return '"' + "".join(parts) + '"'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def _is_half(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
