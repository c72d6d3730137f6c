"""Elements of HTML and SVG: a text is escaped wherever it stands, unless it was made here."""

import re
from html import escape
from typing import Any

Child = Any  # a text, an element, None, or several of these

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_VOID = ("br", "hr", "meta", "link", "col")


class Html(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: Child, **attributes: Any) -> Html:
    """Return an element: `element("td", "5 < 6", class_="n", aria_label="less")`; an attribute of None is left out."""
    told = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    if name in _VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    """Return what stands beside each other."""
    return Html("".join(_of(child) for child in children))


def _of(child: Child) -> str:
    if child is None or child is False:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, list | tuple):
        return "".join(_of(one) for one in child)
    return escape(_printable(str(child)), quote=True)


def _attribute(key: str, value: Any) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(_printable(str(value)), quote=True)}"'


def _printable(text: str) -> str:
    """Return a text without what HTML cannot hold (control characters, halves of characters) and what turns it."""
    kept = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
    return kept.encode("utf-8", "replace").decode()
