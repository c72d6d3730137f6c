"""What is not here says so: the name that was asked for, and what to use instead. It never answers something else."""

from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

ANYWHERE = "run this job in AWS Glue or in its Docker image"


class StandIn:
    """Base of every Python object that stands in for an object of Glue's JVM.

    A method that the subclass lacks can be looked up, as with the real ones, and raises when it is called.
    """

    jvm_name: ClassVar[str]
    instead: ClassVar[dict[str, str]] = {}

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        # Names with a leading underscore are how Python and py4j ask what an object is: they must stay unanswered.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute `{name}`")
        return lambda *args, **kwargs: absent(f"{self.jvm_name}.{name}", self.instead.get(name, ANYWHERE))


class AbsentName(StandIn):
    """A class of Glue's JVM which has no stand-in: it can be named and imported, and raises when it is used."""

    def __init__(self, jvm_name: str) -> None:
        self.jvm_name = jvm_name  # type: ignore[misc]

    def __call__(self, *args: Any) -> NoReturn:
        absent(self.jvm_name, ANYWHERE)


def absent(name: str, remedy: str) -> NoReturn:
    """Raise the error that every missing part raises: what is missing, and the way out."""
    raise NotImplementedError(f"{name}: awsglue_local does not have it; {remedy}")
