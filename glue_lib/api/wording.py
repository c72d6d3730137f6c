"""Wording: how the texts of others appear in ours."""


def shortened(text: str, most: int) -> str:
    """Return `text` on one line, cut to `most` characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
