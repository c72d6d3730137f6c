"""Where the code runs on AWS, and which wheels run there. What stands here was looked up, not guessed."""

from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_OLDEST_GLIBC, _GLIBC = 17, 34  # 2.34 is that of Amazon Linux 2023, on which all three run


@dataclass(frozen=True)
class Target:
    """A place that installs our dependencies: its Python, and what it has by itself."""

    name: str
    file: str  # in `dist/`
    python: str
    bundled: str  # the list of what is there, which is kept as it is
    is_function: bool = False  # one zip with the code in it, instead of a zip of wheels

    @property
    def constraints(self) -> tuple[Path, ...]:
        """Return the files that say which versions are taken."""
        return _HERE / self.bundled, _HERE / "pins.txt"

    @property
    def tags(self) -> tuple[str, ...]:
        """Return pip's words for wheels that run there."""
        short = self.python.replace(".", "")
        glibc = [f"manylinux_2_{minor}_x86_64" for minor in range(_GLIBC, _OLDEST_GLIBC - 1, -1)]
        platforms = [word for name in (*glibc, "manylinux2014_x86_64") for word in ("--platform", name)]
        return ("--implementation", "cp", "--python-version", self.python, "--abi", f"cp{short}", *platforms)


TARGETS = (
    Target("Glue 5.1", "headwater.gluewheels.zip", "3.11", "glue-5.1.txt"),
    Target("Glue 6.0", "headwater-glue-6.0.gluewheels.zip", "3.13", "glue-6.0.txt"),
    # Lambda's Python 3.11 is no longer supported; of its 3.13 nothing is needed but Python itself.
    Target("Lambda", "headwater-lambda.zip", "3.13", "glue-6.0.txt", is_function=True),
)
