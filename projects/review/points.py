"""What a client ticks one by one before accepting: for each point of SignOff.TICK_POINTS an
explanation and the plan's rows that decide it. In: a plan body. Out: tables to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.conversions import CONVERSIONS
from projects.models import Plan, SignOff, TechnicianMatch
from projects.review.labels import Labels

PlanRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """A tick point as people read it, and which plan rows belong to it. `about` gets a row
    and all rows of the plan."""

    title: str
    statement: str
    explanation: str
    about: Callable[[PlanRow, list[PlanRow]], bool]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One source field → one destination field. `values` are (source, destination) pairs."""

    source: str
    source_path: str
    destination: str
    destination_path: str
    conversion: str
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Point:
    """One tick point of one plan. `people` is filled for the technician point alone."""

    name: str
    definition: Definition
    fields: list[FieldRow]
    people: list[Person]


def points(plan: Plan, labels: Labels) -> list[Point]:
    """Every tick point, in the order they are ticked."""
    rows: list[PlanRow] = plan.body["rows"]
    return [
        Point(
            name,
            DEFINITIONS[name],
            [_field(row, labels) for row in rows if DEFINITIONS[name].about(row, rows)],
            _people(plan, labels) if name == "technician" else [],
        )
        for name in SignOff.TICK_POINTS
    ]


def _field(row: PlanRow, labels: Labels) -> FieldRow:
    conversion = CONVERSIONS.get(row["transform"])
    said = conversion.label if conversion else row["transform"]
    return FieldRow(
        labels.source(row["shape"], row["path"]) or row["argument"],
        row["source"] if row["path"] else "",
        labels.destination(row["object"], row["field"]),
        f"{row['object']}.{row['field']}",
        said,
        list(row["values"].items()),
    )


def _people(plan: Plan, labels: Labels) -> list[Person]:
    fallback = plan.body["policies"]["fallback_owner"]
    return [
        Person(match["name"], _becomes(match, fallback, labels))
        for match in sorted(plan.body["technicians"].values(), key=lambda m: m["name"])
    ]


def _becomes(match: Mapping[str, str], fallback: str, labels: Labels) -> str:
    if match["action"] == TechnicianMatch.Action.MATCH:
        return labels.user(match["user"])
    if match["action"] == TechnicianMatch.Action.FALLBACK:
        return f"{labels.user(fallback)} (shared owner)"
    return TechnicianMatch.Action(match["action"]).label


def _of(*objects: str) -> Callable[[PlanRow, list[PlanRow]], bool]:
    """Rows fed by these source objects, and texts composed from them."""

    def about(row: PlanRow, rows: list[PlanRow]) -> bool:
        if _source_object(row) in objects:
            return True
        parts = {r["part"] for r in rows if r["part"] and _source_object(r) in objects}
        return any(f"{{{part}." in row["argument"] for part in parts)

    return about


def _source_object(row: PlanRow) -> str:
    return str(row["source"]).partition(".")[0]


def _named(*words: str) -> Callable[[PlanRow, list[PlanRow]], bool]:
    """Rows whose source field carries one of these words."""

    def about(row: PlanRow, rows: list[PlanRow]) -> bool:
        name = str(row["source"]).partition(".")[2].lower()
        return any(word in name for word in words)

    return about


DEFINITIONS = {
    "job type": Definition(
        "Job types",
        "The job types are right.",
        "Every job keeps the name of its type. Look at a few jobs of each type you use.",
        _of("job-types"),
    ),
    "priority": Definition(
        "Priorities and statuses",
        "Priorities and statuses are right.",
        "The new system has words of its own. Each of yours becomes the word beside it; your "
        "own word is kept wherever a second field is listed.",
        _named("priority", "status"),
    ),
    "technician": Definition(
        "Technicians",
        "Every technician is matched to the right person.",
        "The person who did the work owns the record. Check that nobody is matched to the "
        "wrong colleague, above all people of the same name.",
        _of("technicians"),
    ),
    "address": Definition(
        "Addresses",
        "Addresses are complete and in the right fields.",
        "Street, city, state and postal code go into fields of their own. Look at an address "
        "with a unit number, and at a customer with several sites.",
        _named("address"),
    ),
}
