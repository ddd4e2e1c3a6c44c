"""What a preset says about the rebuild reference, as data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of an item: its name in the reference and its path in the source record. `of`
    is the source object whose ids stand there: the reference gives their names instead."""

    name: str
    path: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where a record of somebody's working time says who, when, and of what kind."""

    who: str
    of: str
    start: str
    end: str
    kind: str
    title: str
    active: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part that the source's API gives: an item a record; or, with `lists`, an item an entry
    of these lists of the record; or, with `pattern`, an item a pattern that repeats by week."""

    name: str
    title: str
    object: str
    shown: tuple[Shown, ...]
    lists: tuple[str, ...] = ()
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an upload. A "list" is one cell, its entries parted by semicolons."""

    name: str
    kind: Literal["text", "number", "yes or no", "list"] = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A part that no API gives: what a file of it must hold, and how to obtain it."""

    name: str
    title: str
    obtain: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Untransferable:
    name: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reports:
    """Where the reports stand, what of them cannot be had, and, for columns that no label
    tells, the source field (`object.field`) by the column's words."""

    object: str
    dashboards: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a part is at the destination, and how it is built there."""

    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Rebuild:
    """All of it for one vendor pair. `becomes` has every section and upload by name, and
    "reports"."""

    sections: tuple[Section, ...]
    uploads: tuple[Upload, ...]
    untransferable: tuple[Untransferable, ...]
    reports: Reports
    becomes: Mapping[str, Becomes]

    def upload(self, name: str) -> Upload:
        """Raises KeyError."""
        return {upload.name: upload for upload in self.uploads}[name]
