"""Redaction: credentials are remembered as they are used, and taken out of every text that people may see.

What is remembered is what references resolve to, and what was made of it: tokens, pairs in Base64, signatures. It is
found as it stands and as URLs, JSON and HTML write it.
"""

import html
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote, quote_plus, unquote_plus

from glue_lib.api.auth.base import Secrets
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import HeadwaterError

_REFERENCE = re.compile(r"\$\{[^}]*\}")
# Possessive, and over whole runs of letters, so that a token of 100 KB takes no time to speak of.
_TOKEN = re.compile(r"eyJ[\w-]++(\.[\w-]++\.[\w-]++)?+")  # one that we signed, inside of a form
_PARAMETER = re.compile(r"(?<![\w.\-])[\w.\-]++=\"")
_SHORTEST = 4  # a shorter value would be found everywhere
_SHORTEST_MADE = 8  # of a header that was made with a credential
_SHORTEST_CUT = 6  # of a credential whose rest was cut off
_LONG = 16  # found inside of other values too
_LONG_MADE = 24  # of a signature; times and other numbers that are sent with it are shorter
_RECENT = 200  # values that hold for one request only, such as signatures
_CUT = "…"


class Redaction:
    """Resolves references as `secrets` does, and knows afterwards what must not be shown."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._known: dict[str, set[str]] = {}  # with the ways in which each is written
        self._addresses: set[str] = set()
        self._recent: deque[str] = deque(maxlen=_RECENT)
        self._lock = threading.Lock()

    def resolve(self, text: str) -> str:
        """Return `text` with its references resolved."""
        resolved = self._secrets(text)
        self.learn(*_values(text, resolved))
        if "://" in resolved:
            self._addresses.add(resolved)
        return resolved

    def learn(self, *values: str) -> None:
        """Remember values that must not be shown for as long as the execution lasts."""
        with self._lock:
            for value in values:
                if len(value) >= _SHORTEST and value not in self._known:
                    self._known[value] = _forms(value)

    def learn_signed(self, unsigned: SignedRequest, signed: SignedRequest, *, is_lasting: bool) -> None:
        """Remember what signing added to the headers and the address; a signature of one request only for a while."""
        before = {unsigned.url, *unsigned.headers.values()}
        added = [value for value in (signed.url, *signed.headers.values()) if value not in before]
        made = [part for value in added for part in _parts(value) if part not in unsigned.url]
        made += [found[0] for found in _TOKEN.finditer((signed.content or b"").decode(errors="replace")) if found[1]]
        if is_lasting:
            return self.learn(*made)
        with self._lock:
            new = [part for part in dict.fromkeys(made) if part not in self._known and part not in self._recent]
            self._recent.extend(new)

    def clean(self, text: str) -> str:
        """Return `text` with `***` in place of every credential known so far, also of one that was cut short."""
        with self._lock:
            forms = [*self._known.values(), *map(_written, self._recent)]
        known = set().union(*forms)
        for value in sorted(known, key=len, reverse=True):
            text = text.replace(value, "***")
        return _without_cut(text, known) if _CUT in text else text

    @contextmanager
    def cleaning(self) -> Iterator[None]:
        """Take credentials out of the errors that leave the block."""
        try:
            yield
        except HeadwaterError as error:
            error.args = tuple(self.clean(told) if isinstance(told, str) else told for told in error.args)
            raise

    def is_credential(self, value: str) -> bool:
        """Return whether a parameter's value is a credential, or has a long one in it."""
        with self._lock:
            if len(value) >= _LONG_MADE and value in self._recent:
                return True
            return any(
                value in forms if len(known) < _LONG else any(form in value for form in forms)
                for known, forms in self._known.items()
                # A link may well name the host that a reference to the address resolves to.
                if len(known) >= _SHORTEST_MADE and not any(known in address for address in self._addresses)
            )

    def forget(self, request: Request) -> Request:
        """Return the request without the query parameters and headers that are credentials, fit to be stored."""
        address, mark, query = request.path.partition("?")
        kept = [pair for pair in query.split("&") if not self.is_credential(unquote_plus(pair.partition("=")[2]))]
        return replace(
            request,
            path=address + mark + "&".join(kept) if kept and query else address,
            query={name: value for name, value in request.query.items() if not self.is_credential(str(value))},
            headers={name: value for name, value in request.headers.items() if not self.is_credential(value)},
        )


def _values(text: str, resolved: str) -> list[str]:
    """Return what stands in `resolved` where `text` has references."""
    if not _REFERENCE.search(text):
        return []
    pattern = "(.*)".join(re.escape(literal) for literal in _REFERENCE.split(text))
    found = re.fullmatch(pattern, resolved, re.DOTALL)
    return [value.strip() for value in found.groups()] if found else [resolved.strip()]


def _forms(value: str) -> set[str]:
    """Return the ways in which a value is written, also one inside of another: JSON in an address."""
    return {outer for inner in _written(value) for outer in _written(inner)}


def _written(value: str) -> set[str]:
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in quoted}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], value.replace("/", r"\/")}
    return {value, *quoted, *lower, *in_json, html.escape(value), repr(value)[1:-1]}


def _parts(value: str) -> list[str]:
    """Return what could be secret in a header or an address: its words, without the names of its parameters."""
    unquoted = _PARAMETER.sub(" ", value.partition("://")[2] or value)
    words = re.split(r"[\s,;&?\"']+", unquoted)
    values = [re.sub(r"^[\w.\-\[\]]+=(?=[^=])", "", word) for word in words]
    return [part for part in values if len(part) >= _SHORTEST_MADE]


def _without_cut(text: str, known: set[str]) -> str:
    """Return `text` without the beginnings of credentials in front of an ellipsis."""
    pieces = text.split(_CUT)
    for index, piece in enumerate(pieces[:-1]):
        longest = max((_cut_length(piece, value) for value in known), default=0)
        pieces[index] = piece[: len(piece) - longest] + "***" if longest else piece
    return _CUT.join(pieces)


def _cut_length(piece: str, value: str) -> int:
    """Return the length of the longest beginning of a value that the piece ends with."""
    at = piece.find(value[:_SHORTEST_CUT], max(0, len(piece) - len(value) + 1))
    while at >= 0 and not value.startswith(piece[at:]):
        at = piece.find(value[:_SHORTEST_CUT], at + 1)
    return len(piece) - at if at >= 0 else 0
