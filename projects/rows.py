"""The one rule for changing what people decided, whoever changes it: a page, a list, an import
or a command.

In: an unsaved row and who changes it. Out: the row kept with its confirmation and an audit
entry in the same transaction — or ValidationError (the row is wrong, by field) or StageBlocked
(not now).
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from connectors.errors import Misconfigured
from projects import audit, choices, gates
from projects.conversions import CONVERSIONS, LOG, PIECE
from projects.models import (
    Engagement,
    FlaggedFile,
    MappingRow,
    ObjectRow,
    SchemaField,
    TechnicianMatch,
    ValueMap,
)
from projects.moments import DAY, UNTIL
from projects.presets import preset
from projects.stages.base import StageBlocked
from projects.stages.propose import propose
from projects.timelines import KIND

DECIDED: Mapping[type[models.Model], tuple[str, ...]] = {
    Engagement: (
        "name",
        "client_name",
        "households",
        "placeholder_children",
        "fallback_owner",
        "sample_size",
        "flag_over_mb",
        "blocked_kinds",
        "custom_fields",
    ),
    ObjectRow: ("destination_objects", "status", "reason"),
    MappingRow: (
        "shape",
        "part",
        "source_object",
        "source_field",
        "destination_object",
        "destination_field",
        "transform",
        "argument",
    ),
    ValueMap: ("source_value", "destination_value"),
    FlaggedFile: ("action", "reason"),
    TechnicianMatch: ("action", "user_id", "user_name", "reason"),
}
"""Model → the fields that are a person's decision; the rest is read from the accounts."""


FIRST_DAY = "The argument of a date is the first day that lands: 2025-01-31."
ARGUMENTS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "decimal": (
        lambda given: not given or given.isdecimal(),
        "The argument of a number is how many decimals it keeps, such as 2.",
    ),
    "day": (lambda given: not given or DAY.fullmatch(given), FIRST_DAY),
    "instant": (lambda given: not given or DAY.fullmatch(given), FIRST_DAY),
    "until": (UNTIL.fullmatch, "Name the path of the start and the most days: start 14."),
    "piece": (
        PIECE.fullmatch,
        "Name piece, pieces, bytes of each and the first line: 1/8 3900 By {author}.",
    ),
    "log": (
        LOG.fullmatch,
        "Name field, parts, their field and the line: authorId people id {author.name}.",
    ),
    "timeline": (
        lambda given: all(map(KIND.fullmatch, given.split("\n"))),
        "Name list, time, who, parts and words a line: visits doneOn by crew.@id {who.name}.",
    ),
}
"""Transform → whether it works with an argument, and what to write where it does not."""


def engagement_of(row: models.Model) -> Engagement:
    """The engagement that a decision row belongs to."""
    if isinstance(row, Engagement):
        return row
    owner: Any = row.mapping_row if isinstance(row, ValueMap) else row
    found: Engagement = owner.engagement
    return found


def require_open(engagement: Engagement) -> None:
    """Raises StageBlocked where decisions may not change now."""
    if reasons := gates.refusals(engagement, "edit mapping"):
        raise StageBlocked(" ".join(reasons))


def change(row: models.Model, actor: str) -> bool:
    """Keep a new or edited row. False where nothing was to be changed."""
    engagement = engagement_of(row)
    with transaction.atomic():
        before, after = difference(row)
        if not after:
            return False
        if row.pk is not None or row is not engagement:
            require_open(engagement)
        if isinstance(row, MappingRow):
            row.source_label = row.source_label or row.source_field
        check(row)
        if isinstance(row, TechnicianMatch) and row.action != TechnicianMatch.Action.MATCH:
            row.user_id = row.user_name = ""
            before, after = difference(row)
        _confirm(row, actor)
        row.save()
        _record(row, actor, "changed" if before else "added", before=before, after=after)
        if isinstance(row, ObjectRow) and "destination_objects" in before:
            propose(engagement)
    return True


def confirm(row: models.Model, actor: str) -> None:
    """Stand by a row as it is."""
    with transaction.atomic():
        require_open(engagement_of(row))
        check(row)
        _confirm(row, actor)
        row.save()
        _record(row, actor, "confirmed")


def remove(row: models.Model, actor: str) -> None:
    """Delete a row, and say so in the audit chain."""
    with transaction.atomic():
        require_open(engagement_of(row))
        before = _decisions(row)
        entry = {"row": row.pk, "before": before, "after": {}}
        audit.record(engagement_of(row), actor, f"{row._meta.verbose_name} removed", **entry)
        row.delete()


def difference(row: models.Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """Decided fields that differ from what is kept: their kept and their new values."""
    stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    after = _decisions(row)
    if stored is None:
        return {}, after
    before = _decisions(stored)
    changed = [name for name in after if before[name] != after[name]]
    return {n: before[n] for n in changed}, {n: after[n] for n in changed}


def check(row: models.Model) -> None:
    """Raises ValidationError, by field, where the row cannot work."""
    row.full_clean()
    if wrong := problems(row):
        raise ValidationError({field: [said] for field, said in wrong.items()})


def problems(row: models.Model) -> dict[str, str]:
    """Field → why its value cannot work and what to do; for what only the accounts and the
    preset tell, not the model."""
    try:
        if isinstance(row, MappingRow):
            return _shape_problems(row) | _transform_problems(row) | _field_problems(row)
        if isinstance(row, ValueMap):
            return _value_problems(row)
    except Misconfigured as missing:
        return {"__all__": str(missing)}
    if isinstance(row, TechnicianMatch):
        return _technician_problems(row)
    return _object_problems(row) if isinstance(row, ObjectRow) else {}


def _shape_problems(row: MappingRow) -> dict[str, str]:
    """Shape, part and both objects must be one of the joins that the preset knows."""
    shapes = {s.name: s for s in preset(row.engagement.preset).SHAPES}
    if row.shape not in shapes:
        return {"shape": f"There is no shape “{row.shape}”. Take one of: {', '.join(shapes)}."}
    shape = shapes[row.shape]
    objects = {"": shape.root} | {part.name: part.object for part in shape.parts}
    if row.part not in objects:
        known = ", ".join(filter(None, objects))
        return {"part": f"{row.shape} has no part “{row.part}”. Leave it empty or take: {known}."}
    wrong = {}
    if row.source_object != objects[row.part]:
        wrong["source_object"] = f"Here the source object is {objects[row.part]}."
    if row.destination_object != shape.destination:
        wrong["destination_object"] = f"{row.shape} becomes {shape.destination}."
    return wrong


def _transform_problems(row: MappingRow) -> dict[str, str]:
    if row.transform not in CONVERSIONS:
        known = ", ".join(CONVERSIONS)
        return {"transform": f"There is no transform “{row.transform}”. Take one of: {known}."}
    if row.transform in ARGUMENTS:
        works, said = ARGUMENTS[row.transform]
        return {} if works(row.argument) else {"argument": said}
    return {}


def _field_problems(row: MappingRow) -> dict[str, str]:
    name = row.destination_field
    if not name:
        return {}
    fields = row.engagement.trial.schema_fields.filter(object=row.destination_object)
    found = fields.filter(name=name).first()
    if found is None:
        said = (
            f"{row.destination_object} has no field {name}, or hides it from our user. Create it "
            "and take the inventory again, or choose another."
            if fields.exists()
            else f"The fields of {row.destination_object} are not known. Take the inventory first."
        )
        return {"destination_field": said}
    if not (found.createable or found.updateable):
        return {"destination_field": f"{name} is filled in by the destination itself."}
    return {}


def _value_problems(row: ValueMap) -> dict[str, str]:
    target, value = row.mapping_row, row.destination_value
    field = SchemaField.objects.filter(
        connection=target.engagement.trial,
        object=target.destination_object,
        name=target.destination_field,
        type="picklist",
    ).first()
    if field is None or not value or not field.picklist or value in field.picklist:
        return {}
    known = ", ".join(field.picklist[:12]) + (", …" if len(field.picklist) > 12 else "")
    return {"destination_value": f"{field} has no value “{value}”. It has: {known}."}


def _object_problems(row: ObjectRow) -> dict[str, str]:
    """A destination that was changed must be one that the preset offers."""
    known = choices.options(row)
    if "destination_objects" not in difference(row)[1] or row.destination_objects in known:
        return {}
    said = f"{row.source_object} cannot become that. It may become: {' | '.join(known)}."
    return {"destination_objects": said}


def _technician_problems(row: TechnicianMatch) -> dict[str, str]:
    if row.action == TechnicianMatch.Action.MATCH and not row.user_id:
        return {"user_id": "Name the destination user who owns this technician's work."}
    return {}


def _decisions(row: models.Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DECIDED[type(row)]}


def _confirm(row: models.Model, actor: str) -> None:
    if hasattr(row, "confirmed_by"):
        row.confirmed_by = actor
    if isinstance(row, MappingRow):
        row.confirmed_at = timezone.now()


def _record(row: models.Model, actor: str, what: str, **detail: Any) -> None:
    name = f"{row._meta.verbose_name} {what}"
    audit.record(engagement_of(row), actor, name, row=row.pk, **detail)
