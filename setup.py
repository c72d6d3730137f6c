"""One wheel: `glue_lib` and, as `headwater_jobs`, the scripts of `jobs/`. What the wheel holds is in pyproject.toml."""

from setuptools import setup

setup()
