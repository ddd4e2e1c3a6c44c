"""What a vendor pair needs to know, as data: PRESETS maps "source-destination" to a module
of the shape of `Preset`, here a folder `source_destination`. A vendor pair is never a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from projects.reference.parts import Rebuild
from projects.shapes import Shape, When


@dataclass(frozen=True, slots=True)
class ObjectDefault:
    """A proposed object row. `choices` are other destinations that may stand there instead."""

    source: str
    destinations: str
    cardinality: str
    status: str
    reason: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowDefault:
    """A proposed mapping row: `path` is part.field or field of the root. `without` names a
    field: this row is proposed only where the account has none such that can be set. `there`
    means: proposed only where the account has the row's own field; `after_custom`: only where no
    custom field of the source goes there by its name. “{default}” in an argument is
    what the account itself would put there."""

    shape: str
    path: str
    field: str
    transform: str = "copy"
    argument: str = ""
    values: tuple[tuple[str, str], ...] = ()
    without: str = ""
    there: bool = False
    after_custom: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A thing as the client's contract lists it, and the source objects it is made of."""

    title: str
    sources: tuple[str, ...]


class Preset(Protocol):
    """The shape of a preset module."""

    READS: tuple[str, ...]
    """Source objects to extract, parents first."""
    MAY_BE_CLOSED: frozenset[str]
    """Those of them that a move goes on without where the source's rights do not include them."""
    PARENTS: Mapping[str, str]
    """Source object → path of the id it is joined to its parent by."""
    SHAPES: tuple[Shape, ...]
    OBJECTS: tuple[ObjectDefault, ...]
    """Every object that the source offers, and what becomes of it."""
    LISTED: tuple[Listed, ...]
    ROWS: tuple[RowDefault, ...]
    CORE: Mapping[str, str]
    """Source object → status of its object row where only the core is moved."""
    EXCEPTED: Mapping[str, tuple[tuple[When, str], ...]]
    """Source object → (condition, reason) of records that do not land by rule."""
    MERGES: Mapping[str, str]
    """Source object → the field in which a merged record names the one it was merged into."""
    LEFT_OUT: Mapping[str, str]
    """Source object → why records of it that no shape used were left out."""
    INSIDE: Mapping[str, "Inside"]
    """Source objects whose records stand in a list of another's."""
    INACTIVE: When
    """Holds for a source record that its owner put out of use."""
    CUSTOM: Mapping[str, tuple[str, str]]
    """Source object with custom fields → (shape, part) whose record carries them."""
    REBUILD: Rebuild
    """What is handed over as a reference, and what it becomes at the destination."""
    SAMPLE: "Sample"
    PLACEMENT: "PlacementRule | None"
    TECHNICIANS: "TechnicianRule"


@dataclass(frozen=True, slots=True)
class Sample:
    """How a sample is picked: `root` records, spread over the values at `spread`, with the
    roots named by `along` (root object → path of its id on the picked record), and for as
    many as fit everything `below` (root object, path of an id, the picked root it is of)."""

    root: str
    spread: tuple[str, ...]
    along: tuple[tuple[str, str], ...]
    below: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inside:
    """Records of which each has its id at `ids` of a record of `outer`, whose own id it names
    at `path`: what is no longer listed there is gone."""

    outer: str
    ids: str
    path: str


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """Which roots hang under a placeholder, and which records count as its children; so does
    everybody whom a record of `people` names in `remark` and the root does not in `name`."""

    root: str
    where: tuple[When, ...]
    children: str
    people: str = ""
    remark: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class TechnicianRule:
    """Where technicians stand, and which records say who worked on what."""

    object: str
    name: str
    email: str
    active: str
    work: str
    worker: str
    job: str


LANDS = ("full", "partial")
"""Statuses of an object row with which records of the object land."""


def preset(name: str) -> Preset:
    """The preset of a vendor pair. Raises KeyError where the product has none."""
    return cast(Preset, import_module(PRESETS[name]))


def shape_named(chosen: Preset, name: str) -> Shape:
    return next(s for s in chosen.SHAPES if s.name == name)


def shapes_in(
    plan: Mapping[str, Any], chosen: Preset, destination: str = "", second: bool | None = None
) -> list[Shape]:
    """The shapes that the plan has mapping rows for and whose source object is to land, as what
    they make: of one destination object, of the first or of the second pass, or all. A second
    pass is in use where its first one is."""
    lands = {r["source"]: r["destination"] if r["status"] in LANDS else "" for r in plan["objects"]}
    mapped = {row["shape"] for row in plan["rows"]}
    possible = chosen_shapes(lands, chosen)
    used = {s.destination for s in possible if s.name in mapped}
    return [
        s
        for s in possible
        if (s.name in mapped or (s.second and s.destination in used))
        and s.under in ("", *used)
        and destination in ("", s.destination)
        and second in (None, s.second)
    ]


def chosen_shapes(becomes: Mapping[str, str], chosen: Preset) -> list[Shape]:
    """The shapes that may be in use where source objects become this (source object →
    destination objects, with commas between); one that is not named becomes what it may."""

    def fits(shape: Shape) -> bool:
        text = becomes.get(shape.root)
        return text is None or shape.destination in listed(text)

    fitting = [shape for shape in chosen.SHAPES if fits(shape)]
    made = {shape.destination for shape in fitting}
    return [shape for shape in fitting if shape.under in ("", *made)]


def listed(destinations: str) -> list[str]:
    """The destination objects of an object row."""
    return [name.strip() for name in destinations.split(",")]


PRESETS: dict[str, str] = {
    folder.name.replace("_", "-"): f"{__name__}.{folder.name}"
    for folder in iter_modules(__path__)
    if folder.ispkg and "_" in folder.name
}
"""A folder a pair; what the pairs of one vendor share lies in a folder of that vendor's name."""
