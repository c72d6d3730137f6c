"""`headwater discover`: a specification or addresses in, a proposed pipeline file out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glue_lib.api.auth.base import Auth
from glue_lib.api.auth.none import NoAuth
from glue_lib.api.authority import Authority
from glue_lib.api.client import Client, HttpSend
from glue_lib.api.limits import Limits
from glue_lib.api.request import Request
from glue_lib.api.retry import Retry
from glue_lib.command.printing import print_json, say, say_aside
from glue_lib.command.proposed import as_json, checked, put, refuse_overwriting
from glue_lib.discover import credentials, discovery, names, proposal, reading
from glue_lib.discover.asking import Asking, Budget, decoded
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.noted import Noted, doubts, one_line, written
from glue_lib.discover.probe import Prober
from glue_lib.discover.specification import Specification, is_specification
from glue_lib.errors import ApiError, ConfigError
from glue_lib.kind import members
from glue_lib.runtime.secrets import resolver
from glue_lib.spec.pipeline import address, name

_LIMITS = Limits(requests_per_second=5, concurrency=1, largest_answer_mb=64)
_RETRY = Retry(tries=4, longest_wait_seconds=60, timeout_seconds=30, total_seconds=120)


@dataclass(frozen=True)
class Wanted:
    """What the flags of `headwater discover` say."""

    sources: Sequence[str]
    output: str = ""
    source_name: str = ""
    base_url: str = ""
    requests: int = 20
    probe: bool | None = None
    bearer: str = ""
    basic: str = ""
    headers: Sequence[str] = ()
    query: str = ""
    auth: str = ""
    fill: Sequence[str] = ()
    streams: Sequence[str] = ()
    force: bool = False


def propose(wanted: Wanted, *, json: bool) -> None:
    """Print or write the pipeline file that a specification or addresses speak for."""
    refuse_overwriting("discover", wanted.output, force=wanted.force)
    text, made = Discovery(wanted).proposed()
    pipeline = checked(text, wanted.output or "the proposed file")
    if wanted.output or not json:
        put("discover", text, wanted.output, force=wanted.force)
    told: dict[str, Any] = {
        "requests": made.requests,
        "doubts": [{"field": field, "doubt": doubt} for field, doubt in made.doubts],
    }
    told["left_out"] = [{"path": path, "reason": reason} for path, reason in made.left_out]
    if json:
        print_json(as_json(pipeline, text, wanted.output, **told))
        return
    _say_on_the_way(f"{len(pipeline.streams)} streams, {made.requests} requests made, {len(made.doubts)} doubts marked")
    if wanted.output:
        say(f"{wanted.output}: written")
        say(f"next: headwater preview {wanted.output}")


@dataclass(frozen=True)
class Made:
    """What a discovery came to, beside the file."""

    requests: int
    doubts: list[tuple[str, str]]
    left_out: list[tuple[str, str]]


class Discovery:
    """One call of `headwater discover`."""

    def __init__(self, wanted: Wanted, limits: Limits = _LIMITS, retry: Retry = _RETRY) -> None:
        self._wanted, self._limits, self._retry = wanted, limits, retry
        self._auth, self._headers = credentials.from_flags(
            bearer=wanted.bearer, basic=wanted.basic, headers=wanted.headers, query=wanted.query, auth=wanted.auth
        )
        if wanted.source_name:
            self._source("")
        _auth(self._auth)  # a wrong kind is told before anything is asked
        self._values = dict(_pair(text) for text in wanted.fill)
        self._budget = Budget(HttpSend.within(limits, retry), wanted.requests)

    def proposed(self) -> tuple[str, Made]:
        """Return the text of the file, and what else is to be told."""
        wanted = self._wanted
        first = wanted.sources[0]
        if "://" not in first or Path(first).is_file():
            if len(wanted.sources) > 1:
                raise ConfigError("discover: several sources must all be addresses; a specification stands alone")
            return self._of_specification(
                Specification(self._file(first), first), first, is_probing=wanted.probe is True
            )
        base_url, endpoints = discovery.of_urls(wanted.sources)
        base_url = _flag_address(wanted.base_url) if wanted.base_url else base_url
        if root := self._specification_at(base_url, endpoints):
            found = Specification(root, first, first)
            return self._of_specification(found, first, is_probing=wanted.probe is not False)
        return self._of_endpoints(base_url, endpoints)

    def _file(self, path: str) -> Any:
        try:
            return reading.read(reading.text_of(Path(path).expanduser().read_bytes(), path), path)
        except OSError as error:
            told = "there is no such file, and it is no address (`https://…`)"
            raise ConfigError(f"discover: {path}: {told if not Path(path).exists() else error.strerror}") from error

    def _specification_at(self, base_url: str, endpoints: Sequence[Endpoint]) -> Any:
        """Return the specification that the one address is of; None where it is an endpoint."""
        one = endpoints[0]
        likely = any(word in one.path.lower() for word in ("openapi", "swagger", "api-docs", "api.json", "spec"))
        if len(endpoints) > 1 or one.holes or not (likely or one.path.lower().endswith((".yaml", ".yml"))):
            return None
        if self._wanted.probe is False:
            raise ConfigError("discover: `--no-probe` asks for nothing, so the address must be a file here")
        page = self._asking(base_url).raw(Request(one.path, query=dict(one.params)))
        root = decoded(page.body)
        if root is None:
            root = reading.read(reading.text_of(page.body, self._wanted.sources[0]), self._wanted.sources[0])
        return root if is_specification(root) else None

    def _of_specification(self, found: Specification, file: str, *, is_probing: bool) -> tuple[str, Made]:
        wanted = self._wanted
        base_url = _flag_address(wanted.base_url) if wanted.base_url else _served_at(found, file)
        api_doubts: list[str] = []
        if "://" in file and not _is_same_host(file, base_url) and not wanted.base_url and is_probing:
            is_probing = False
            api_doubts.append(
                f"served on another host than its specification; `--base-url {base_url}` lets it be probed"
            )
        listed = found.listed(is_probing=is_probing)
        source = self._source(base_url, found.title)
        auth = Noted(self._auth) if self._auth else credentials.from_specification(found, source)
        prober = self._prober(base_url) if is_probing else None
        endpoints = self._chosen(listed.endpoints)
        if not endpoints:
            raise ConfigError(f"discover: {file} has no endpoint that gives records by GET")
        reason = "" if is_probing else "only the specification was read; `--probe` asks the API"
        result = discovery.discovered(endpoints, prober, reason)
        left_out = [*listed.left_out, *result.left_out]
        missing = sorted(found.document.missing)[:5]
        left_out += [(one, "the reference leads to another file, or nowhere") for one in missing]
        api = proposal.Api(source, base_url, auth, self._headers, found.title, tuple(api_doubts))
        return self._written(api, result, left_out, file)

    def _of_endpoints(self, base_url: str, endpoints: Sequence[Endpoint]) -> tuple[str, Made]:
        if self._wanted.probe is False:
            raise ConfigError(
                "discover: an address is read by asking it; leave out `--no-probe`, or name a specification"
            )
        result = discovery.discovered(self._chosen(endpoints), self._prober(base_url))
        root = next((one.body for one in result.outcomes.values()), None)
        if len(endpoints) == 1 and is_specification(root):  # its address does not say so
            first = self._wanted.sources[0]
            return self._of_specification(Specification(root, first, first), first, is_probing=True)
        if not result.streams:
            told = "; ".join(f"{path}: {reason}" for path, reason in result.left_out[:5])
            raise ApiError(f"discover: no endpoint answered with records: {told}")
        auth = Noted(self._auth) if self._auth else None
        api = proposal.Api(self._source(base_url), base_url, auth, self._headers)
        return self._written(api, result, result.left_out, ", ".join(self._wanted.sources[:3]))

    def _written(
        self, api: proposal.Api, result: discovery.Discovered, left_out: list[tuple[str, str]], of: str
    ) -> tuple[str, Made]:
        if not result.streams:
            told = "; ".join(f"{path}: {reason}" for path, reason in left_out[:5])
            raise ConfigError(f"discover: no endpoint could become a stream: {told}")
        tree = proposal.pipeline(api, result.streams)
        head = (
            f"{api.source}: proposed by `headwater discover` from {of}, with {self._budget.made} requests.",
            "Each choice has its reason beside it; a line `doubt:` wants a look into the manual.",
        )
        text = written(tree, head, _tail(left_out))
        return text, Made(self._budget.made, list(doubts(tree)), left_out)

    def _chosen(self, endpoints: Sequence[Endpoint]) -> list[Endpoint]:
        wanted = list(self._wanted.streams)
        unknown = [one for one in wanted if one not in {each.name for each in endpoints}]
        if unknown:
            known = ", ".join(one.name for one in endpoints[:40])
            raise ConfigError(f"discover: --stream: there is no `{unknown[0]}`; there are {known}")
        return discovery.with_values([one for one in endpoints if not wanted or one.name in wanted], self._values)

    def _source(self, base_url: str, title: str = "") -> str:
        if not self._wanted.source_name:
            named = names.of_host(base_url)
            return names.fit(title, named) if named == names.NO_HOST else named
        try:
            return name(self._wanted.source_name)
        except ValueError as error:
            raise ConfigError(f"--source: {error}") from error

    def _prober(self, base_url: str) -> Prober:
        return Prober(self._asking(base_url))

    def _asking(self, base_url: str) -> Asking:
        secrets = resolver()
        auth = _auth(self._auth)
        authority = Authority(auth, secrets, self._budget, base_url=base_url, retry=self._retry)
        client = Client(
            base_url,
            name="discover",
            secrets=secrets,
            authority=authority,
            limits=self._limits,
            retry=self._retry,
            headers=self._headers,
            send=self._budget,
            on_wait=lambda seconds, reason: _say_on_the_way(f"waits {seconds:.0f} s: {reason}"),
        )
        return Asking(client, self._budget)


def _flag_address(text: str) -> str:
    try:
        return address(text)
    except ValueError as error:
        raise ConfigError(f"--base-url: {error}") from error


def _served_at(found: Specification, file: str) -> str:
    """Return where the specification says that the API is."""
    told = found.base_url()
    if not told:
        raise ConfigError(f"discover: {file} does not say where the API is served; give `--base-url`")
    try:
        return address(told)
    except ValueError as error:
        said = f"`{one_line(told)}`, which cannot be asked ({error})"
        raise ConfigError(f"discover: {file} says that the API is served at {said}; give `--base-url`") from error


def _auth(given: dict[str, Any] | None) -> Auth:
    if given is None:
        return NoAuth()
    kind = members("glue_lib.api.auth", Auth).get(str(given.get("type")))
    if kind is None:
        raise ConfigError(f"--auth: there is no kind `{one_line(str(given.get('type')))}`")
    try:
        found = kind.model_validate(given)
    except ValueError as error:
        raise ConfigError(f"--auth: {one_line(str(error))}") from error
    assert isinstance(found, Auth)
    return found


def _pair(text: str) -> tuple[str, str]:
    hole, mark, value = text.partition("=")
    if not mark or not hole or not value:
        raise ConfigError(f"--fill: `{text}` is no `NAME=VALUE`")
    return hole, value


def _is_same_host(url: str, other: str) -> bool:
    from glue_lib.api.address import same_host

    try:
        same_host(url, other)
    except ApiError:
        return False
    return True


def _tail(left_out: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    told = [f"{one_line(path)}: {reason}" for path, reason in left_out[:100]]
    more = [f"and {len(left_out) - 100} more"] if len(left_out) > 100 else []
    return ("Left out:", *told, *more) if left_out else ()


def _say_on_the_way(line: str) -> None:
    say_aside(one_line(line))
