"""Names for sources and streams, out of addresses and other tools' names."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

NO_HOST = "source"  # of an address that tells no name
_MOST = 60  # characters that a pipeline file allows
_COMMON = ("www", "api", "apis", "app", "rest", "gateway", "com", "org", "net", "io", "dev", "gov", "co", "cloud")
_VERBS = ("search", "query", "list", "cursor", "export", "incremental", "all", "find", "jql")  # say no more than GET
_VERSION = re.compile(r"v?\d+(\.\d+)*|api|rest|data|services|latest|admin")


def fit(text: str, default: str = "records") -> str:
    """Return a name that a pipeline file takes: lower-case words with single `_` between them."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    fitting = "_".join(part for part in re.split(r"[^a-z0-9]+", words) if part).lstrip("0123456789_")
    return fitting[:_MOST].rstrip("_") or default


def unlike(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number where it is taken."""
    if name not in taken:
        return name
    return next(found for number in range(2, len(taken) + 3) if (found := f"{name[: _MOST - 5]}_{number}") not in taken)


def of_host(url: str) -> str:
    """Return a source's name out of its address: `https://api.example.org/v1` is `example`."""
    host = urlsplit(url).hostname or ""
    words = [] if re.fullmatch(r"[\d.]+|.*:.*|localhost", host) else _telling(host.split("."))
    return fit(words[-1] if words else "", NO_HOST)


def _telling(labels: list[str]) -> list[str]:
    """Return the labels of a host that say whose it is."""
    return [one for one in (labels[:-1] or labels) if one not in _COMMON]


def of_path(path: str) -> str:
    """Return a stream's name out of its path: of `/v1/accounts/{id}/orders.json` it is `accounts_orders`."""
    segments = [re.sub(r"\.json$", "", one) for one in path.strip("/").split("/")]
    segments = [one.rpartition(".")[0] if one.endswith((".list", ".search")) else one for one in segments]
    words = [one for one in segments if one and "{" not in one and not _VERSION.fullmatch(one.lower())]
    words = [one for one in words if one.lower() not in _VERBS] or words
    below = any("{" in one for one in segments[:-1])
    return fit("_".join(words[-2:] if below else words[-1:]) or (segments[-1] if segments else ""))


def plain(word: str) -> str:
    """Return a word without what writers differ in: `Page-Size`, `page_size` and `pageSize` are one."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


def singular(word: str) -> str:
    """Return an English plural without its ending, roughly: `companies` is `company`."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith("ss"):
            return word.removesuffix(ending) + instead
    return word
