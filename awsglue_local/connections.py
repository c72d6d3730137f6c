"""Connections of Glue's Data Catalog."""

from __future__ import annotations

from urllib.parse import urlsplit

from awsglue_local.aws import is_answer
from awsglue_local.catalog import data_catalog

OTHERS = {
    "enforceSSL": ("JDBC_ENFORCE_SSL", "false"),
    "customJDBCCert": ("CUSTOM_JDBC_CERT", ""),
    "customJDBCCertString": ("CUSTOM_JDBC_CERT_STRING", ""),
    "skipCustomJDBCCertValidation": ("SKIP_CUSTOM_JDBC_CERT_VALIDATION", "false"),
}


def jdbc(name: str, catalog_id: str | None = None) -> dict[str, str]:
    """Return how to reach a database, under the names that Glue's `extract_jdbc_conf` gives."""
    try:
        found = data_catalog().get_connection(Name=name, **({"CatalogId": catalog_id} if catalog_id else {}))
    except Exception as error:
        if not is_answer(error):
            raise
        raise ValueError(f"extract_jdbc_conf: Glue's Data Catalog says of `{name}`: {error}") from error
    about = found["Connection"].get("ConnectionProperties", {})
    url = about.get("JDBC_CONNECTION_URL")
    if not url:
        raise ValueError(f"extract_jdbc_conf: `{name}` is no JDBC connection")
    parts = urlsplit(url.removeprefix("jdbc:"))
    return {
        "user": about.get("USERNAME", ""),
        "password": about.get("PASSWORD", ""),
        "vendor": parts.scheme,
        "url": f"jdbc:{parts.scheme}://{parts.netloc}",
        "fullUrl": url,
        **{ours: about.get(theirs, default) for ours, (theirs, default) in OTHERS.items()},
    }
