"""What every transform shares: what it may look at, and how it says that a value does not fit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from projects.shapes import Record

OMIT: Final[Any] = object()


class Absent(Exception):
    """The record that this value is for does not exist."""


class Excepted(Exception):
    """The record that this value is for does not land, by a rule; the message says which."""


class LeftOut(Exception):
    """A value that stays behind while its record goes: `kept` goes in its place."""

    def __init__(self, message: str, kept: str | None) -> None:
        super().__init__(message)
        self.kept = kept


class Unfit(Exception):
    """A value that cannot go where the row sends it."""

    def __init__(
        self, message: str, value: str = "", unmapped: bool = False, length: int = 0
    ) -> None:
        super().__init__(message)
        self.value = value
        self.unmapped = unmapped
        self.length = length


@dataclass(frozen=True, slots=True)
class Context:
    """What a transform may look at besides its value."""

    record: Record
    argument: str
    values: Mapping[str, str]
    plan: Mapping[str, Any]
    path: str


@dataclass(frozen=True, slots=True)
class Conversion:
    label: str
    function: Callable[[Any, Context], Any]


def clean(value: Any) -> str | None:
    """Text with "\\n" line ends and without blanks around it; None where nothing is left."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return text or None
