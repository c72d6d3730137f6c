"""TLS: the certificate that proves who asks, and the authority behind the API's own.

What comes from a secret never lies on a disk: the `ssl` module reads certificates from files only, and is given one
that exists in memory.
"""

import os
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from glue_lib.api.auth.base import Secrets
from glue_lib.api.hosts import Host
from glue_lib.errors import ConfigError
from glue_lib.kind import Kind

_NO_PEM = "is no text that begins with `-----BEGIN`; store the PEM text, its line breaks as they are or as `\\n`"


class Tls(Kind):
    """How connections are secured, where the usual way is not enough; the fields hold references to PEM texts.

    With `certificate`, the API learns from a client certificate who asks; its key stands in `key`, or behind it in the
    same text. With `ca`, an authority of the API's own is trusted beside the public ones. Both are for the host of
    `base_url`, and for those of `hosts` with `credentials: true`.

    The YAML:

        tls:
          certificate: "${secret:bank/client#certificate}"
          key: "${secret:bank/client#key}"
          ca: "${secret:bank/client#ca}"
    """

    certificate: str = Field("", description="Certificate that proves who asks, with those between it and its root.")
    key: str = Field("", description="Private key of the certificate; empty where it stands in the same text.")
    key_password: str = Field("", description="What opens the key where it is encrypted.")
    ca: str = Field("", description="Certificates of authorities that are trusted beside the public ones.")

    @field_validator("key", "key_password")
    @classmethod
    def _is_reference(cls, text: str) -> str:
        if text and not text.startswith("${"):
            raise ValueError("must be a reference, so that no key stands in a file; such as `${secret:bank#key}`")
        return text

    @model_validator(mode="after")
    def _says_something(self) -> "Tls":
        if (self.key or self.key_password) and not self.certificate:
            raise ValueError("`key` needs its `certificate`")
        if not (self.certificate or self.ca):
            raise ValueError("`tls` needs `certificate`, `ca` or both")
        return self

    def context(self, secrets: Secrets) -> ssl.SSLContext:
        """Return what connections are made with."""
        context = ssl.create_default_context()
        if self.ca:
            try:
                context.load_verify_locations(cadata=_pem("ca", self.ca, secrets))
            except ssl.SSLError:
                raise ConfigError(f"tls.ca: `{self.ca}` holds no certificate that can be read") from None
        if self.certificate:
            self._present(context, secrets)
        return context

    def _present(self, context: ssl.SSLContext, secrets: Secrets) -> None:
        certificate = _pem("certificate", self.certificate, secrets)
        key = _pem("key", self.key, secrets) if self.key else ""
        password = secrets(self.key_password) if self.key_password else ""  # never None: `ssl` would ask a terminal
        with _as_file(f"{certificate}\n{key}") as path:
            try:
                context.load_cert_chain(path, password=password)
            except (ssl.SSLError, ValueError, OSError):
                raise ConfigError(
                    "tls: the certificate and its key cannot be used together; check that `key` belongs to "
                    "`certificate` and whether it needs a `key_password`"
                ) from None


def contexts(tls: Tls | None, secrets: Secrets, base_url: str, hosts: Iterable[Host] = ()) -> dict[str, ssl.SSLContext]:
    """Return what connections to which addresses are made with, by the beginning of their URLs."""
    if tls is None:
        return {}
    context = tls.context(secrets)
    names = [urlsplit(secrets(base_url)).netloc, *(host.host for host in hosts if host.credentials)]
    return {f"https://{name.lower()}/": context for name in names}


def _pem(field: str, reference: str, secrets: Secrets) -> str:
    text = secrets(reference).strip()
    if "\n" not in text:
        text = text.replace("\\n", "\n")
    if not text.startswith("-----BEGIN"):
        raise ConfigError(f"tls.{field}: `{reference}` {_NO_PEM}" if "${" in reference else f"tls.{field}: {_NO_PEM}")
    return text


@contextmanager
def _as_file(text: str) -> Iterator[str]:
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("tls")
        try:
            os.write(file, text.encode())
            yield f"/proc/self/fd/{file}"
        finally:
            os.close(file)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as named:  # macOS: for a moment, and for its owner alone
        Path(named.name).write_text(text)
        yield named.name
