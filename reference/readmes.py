"""READMEs of parts of the project as pages: their own place stays the one where they are written."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = {
    "terraform-platform.md": "terraform/README.md",
    "awsglue-local.md": "awsglue_local/README.md",
    "docker-image.md": "docker/README.md",
}
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://|#)[^)]+\)")


def pages() -> dict[str, str]:
    """Return the pages by their names; links into the checkout become their words, since the site does not hold it."""
    return {page: _LINK.sub(r"\1", (ROOT / file).read_text(encoding="utf-8")) for page, file in README.items()}
