"""Every patch mends what moto lacks, and moto still lacks it: one that is needed no more is to be taken out."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from local_aws.patch import MOTO
from local_aws.patches import ALL

ROOT = Path(__file__).parents[2]


def test_moto_has_the_version_that_is_patched():
    assert version("moto") == MOTO


def test_every_patch_is_needed_and_mends():
    done = subprocess.run([sys.executable, "-m", "local_aws", "patches"], cwd=ROOT, capture_output=True, text=True)

    assert done.stdout.splitlines() == [f"needed, mends: {patch.name}" for patch in ALL], done.stdout + done.stderr
    assert done.returncode == 0
