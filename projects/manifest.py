"""The fields that a move would have at a destination, as a person reads them.

In: the connector's own list, mapping rows, the account as it is now. Out: lines with a status
each, the plans that are to be created, and the whole as CSV or XLSX. Reads only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import tablib  # type: ignore[import-untyped]

from connectors.base import Destination
from connectors.capabilities import CreatesFields
from connectors.values import FieldPlan, FieldSpec, ObjectSpec
from projects import choices
from projects.cells import escaped
from projects.fitting import clean
from projects.models import Engagement, MappingRow, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import preset, shape_named
from projects.shapes import at

Sources = Mapping[tuple[str, str], Sequence[str]]
"""(destination object, field) → the source fields that go there, in words."""


class Status(StrEnum):
    """How a field stands in the account."""

    THERE = "there"
    CREATE = "to be created"
    MISSING = "missing"
    HIDDEN = "hidden by field-level security"
    SHORT = "too short"
    WRONG = "wrong type"


UNFIT = (Status.SHORT, Status.WRONG)
COLUMNS = (
    "API name", "object", "label", "type", "length", "precision", "picklist values", "help text",
    "source fields", "status", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `plan` is as it can be created; for one that is there and unfit, as it should
    have been. `note` says more where the status alone leaves a question."""

    plan: FieldPlan
    status: Status
    sources: Sequence[str] = ()
    note: str = ""

    @property
    def name(self) -> str:
        return f"{self.plan.object}.{self.plan.name}"

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of COLUMNS."""
        plan = self.plan
        size = f"{plan.precision},{plan.scale}" if plan.precision else ""
        return (
            plan.name, plan.object, plan.label, plan.type, str(plan.length or ""), size,
            "; ".join(plan.picklist), plan.help, "; ".join(self.sources), self.status.value,
            self.note,
        )  # fmt: skip


def lines(
    engagement: Engagement, destination: Destination, specs: Sequence[ObjectSpec]
) -> list[Line]:
    """The connector's fields of objects that the choice of destinations leaves in use, in its
    order; `specs` is the account described. None where the connector creates no fields."""
    if not isinstance(destination, CreatesFields):
        return []
    sources, out = _sources(engagement), choices.not_chosen(engagement)
    wished = [
        _wished(engagement, plan, sources)
        for plan in destination.FIELDS
        if plan.object not in out and plan.references not in out
    ]
    planned = destination.manifest(wished)
    there = {(spec.name, field.name): field for spec in specs for field in spec.fields}
    missing = {(p.object, p.name): p for p in destination.missing(planned)}
    hidden = {(p.object, p.name) for p in destination.hidden(planned)}
    found: list[Line] = []
    for wish, plan in zip(wished, planned, strict=True):
        key = (plan.object, plan.name)
        said = sources.get(key) or sources.get((wish.object, wish.name), ())
        taken = there.get((wish.object, wish.name))
        if plan.name != wish.name and taken is not None:
            note = f"{_note(taken, wish)} A new field {plan.name} can take its place."
            found.append(Line(wish, _unfit(taken, wish) or Status.WRONG, said, note))
        if key in missing:
            found.append(Line(missing[key], Status.CREATE, said))
        elif key in there:
            status = _unfit(there[key], plan)
            note = _note(there[key], plan) if status else ""
            found.append(Line(plan, status or Status.THERE, said, note))
        else:
            status = Status.HIDDEN if key in hidden else Status.MISSING
            found.append(Line(plan, status, said, WHY[status]))
    return found


WHY = {
    Status.HIDDEN: "It is there, but our user may not see it. Grant our user the right to read "
    "and edit it.",
    Status.MISSING: "It cannot be created: the account lacks an object that it needs.",
}


def to_create(found: Sequence[Line]) -> list[FieldPlan]:
    return [line.plan for line in found if line.status == Status.CREATE]


def unfit(found: Sequence[Line], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Fields that the rows of a plan feed and that cannot hold what they should, each with why."""
    mapped = {f"{row['object']}.{row['field']}" for row in rows}
    return [
        f"{line.name} is {line.status.value}: {line.note}"
        for line in found
        if line.status in UNFIT and line.name in mapped
    ]


def counted(found: Sequence[Line]) -> dict[str, int]:
    return {s.value: n for s in Status if (n := sum(line.status == s for line in found))}


def sheet(found: Sequence[Line], format: str) -> bytes:
    """The lines as "csv" (UTF-8 with a mark for spreadsheets) or "xlsx"."""
    data = tablib.Dataset(headers=COLUMNS, title="Fields")
    for line in found:
        data.append([escaped(cell) for cell in line.cells])
    made: Any = data.export(format)
    return made if isinstance(made, bytes) else made.encode("utf-8-sig")


def _unfit(field: FieldSpec, plan: FieldPlan) -> Status | None:
    if plan.external_id > field.external_id or plan.unique > field.unique:
        return Status.WRONG
    return Status.SHORT if 0 < field.length < plan.length else None


def _note(field: FieldSpec, plan: FieldPlan) -> str:
    has, needs = _kind(field.type, field.length), _kind(plan.type, plan.length)
    unique = ", unique" if plan.unique else ""
    return f"It is {has}, but {needs}{unique} is needed."


def _kind(type: str, length: int) -> str:
    return f"{type} of {length:,}" if length else type


def _wished(engagement: Engagement, plan: FieldPlan, sources: Sources) -> FieldPlan:
    """The plan with what it is for as its help text, and, where its picklist is open, with
    every value that is mapped to it now: of value maps, and of records read so far."""
    said = sources.get((plan.object, plan.name), ())
    origin = f"From {', '.join(said)}." if said else ""
    plan = replace(plan, help=" ".join(filter(None, (plan.help, origin))))
    if not plan.open:
        return plan
    rows = engagement.mapping_rows.filter(
        destination_object=plan.object, destination_field=plan.name
    )
    values = dict.fromkeys(plan.picklist)
    for row in rows:
        values.update(dict.fromkeys(_values(row)))
    return replace(plan, picklist=tuple(values))


def _values(row: MappingRow) -> Iterator[str]:
    if row.transform == "value_map":
        yield from row.value_maps.exclude(destination_value="").values_list(
            "destination_value", flat=True
        )
    elif row.transform in ("copy", "join"):
        records = SourceRecord.objects.filter(
            engagement=row.engagement, reading=LOAD_READING, object=row.source_object
        )
        for data in records.order_by("pk").values_list("data", flat=True).iterator():
            if value := clean(at(data, row.source_field)):
                yield value


def _sources(engagement: Engagement) -> Sources:
    """From the mapping rows; before there are any, from the preset."""
    found: dict[tuple[str, str], list[str]] = {}
    for object, field, said in _mapped(engagement):
        of = found.setdefault((object, field), [])
        if said not in of:
            of.append(said)
    return found


def _mapped(engagement: Engagement) -> Iterator[tuple[str, str, str]]:
    rows = engagement.mapping_rows.exclude(destination_field="").exclude(source_field="")
    if rows.exists():
        for row in rows:
            said = f"{row.source_object} › {row.source_field}"
            yield row.destination_object, row.destination_field, said
        return
    chosen = preset(engagement.preset)
    for default in chosen.ROWS:
        if default.path:
            shape = shape_named(chosen, default.shape)
            yield shape.destination, default.field, f"{shape.root} › {default.path}"
