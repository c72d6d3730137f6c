"""Headwater: third-party SaaS data into Delta Lake tables on AWS, one YAML file per API."""

__version__ = "0.1.0"
