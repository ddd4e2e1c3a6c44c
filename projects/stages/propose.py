"""Reads: schema and preset. Writes: object rows, mapping rows, value maps — proposals that a
person confirms. Rows that people touched or made are left as they are."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import transaction
from rapidfuzz import fuzz, process, utils

from connectors.values import ObjectSpec
from projects import choices
from projects.models import Engagement, MappingRow, ObjectRow, SchemaField, ValueMap
from projects.presets import Preset, RowDefault, preset, shape_named
from projects.shapes import Shape
from projects.stages.base import Context, Tally

NAME = "propose"
LABEL = "Propose the mapping"
WRITES = False

DEFAULT = "{default}"
TYPED = {"datetime": "instant", "date": "day"}
"""Type of a destination field → the transform that makes values of it."""

SURE = 90
"""Similarity, of 100, from which a custom field's namesake is proposed."""


def run(ctx: Context) -> Tally:
    ctx.cut(0, lambda: iter([("mapping rows", {}, 1)]))
    for piece in ctx.claims(0):
        with transaction.atomic():
            propose(ctx.engagement)
            ctx.finish(piece, done=1)
    rows = ctx.engagement.mapping_rows
    return {"mapping rows": {"proposed": rows.count()}}


def propose(engagement: Engagement) -> None:
    """Fill in what is missing from the preset and from like-named custom fields."""
    chosen = preset(engagement.preset)
    _object_rows(engagement, chosen)
    _mapping_rows(engagement, chosen, after_custom=False)
    for row in _custom_rows(engagement, chosen):
        row.save()
    _mapping_rows(engagement, chosen, after_custom=True)


def _missing(engagement: Engagement, chosen: Preset) -> Iterator[RowDefault]:
    """Defaults whose destination field nothing feeds yet, unless a person sent their source
    field elsewhere or nowhere: then it has as many rows as the preset gives it."""
    rows = list(engagement.mapping_rows.all())
    taken = {(row.shape, row.destination_field) for row in rows}
    defaults = {(d.shape, d.field): d for d in reversed(list(_possible(engagement, chosen)))}
    free = Counter((shape, default.path) for (shape, _), default in defaults.items())
    free.subtract((row.shape, row.path) for row in rows)
    for (shape, field), default in reversed(defaults.items()):
        if (shape, field) not in taken and free[shape, default.path] > 0:
            free[shape, default.path] -= 1
            yield default


def _possible(engagement: Engagement, chosen: Preset) -> Iterator[RowDefault]:
    """Defaults of what today's choice leaves, for objects that the destination has and for no
    field that is there but can never be set. Of several for one field the first counts."""
    schema = engagement.trial.schema_fields
    present = set(schema.values_list("object", flat=True))
    shut = set(schema.filter(createable=False, updateable=False).values_list("object", "name"))
    open_ = set(schema.values_list("object", "name")) - shut
    destinations = {shape.name: shape.destination for shape in choices.possible(engagement)}
    for default in chosen.ROWS:
        object = destinations.get(default.shape, "")
        fits = object in present and (object, default.field) not in shut
        needed = not default.there or (object, default.field) in open_
        if fits and needed and (object, default.without) not in open_:
            yield default


def _object_rows(engagement: Engagement, chosen: Preset) -> None:
    known = set(engagement.object_rows.values_list("source_object", flat=True))
    ObjectRow.objects.bulk_create(
        ObjectRow(
            engagement=engagement,
            source_object=default.source,
            position=position,
            destination_objects=default.destinations,
            cardinality=default.cardinality,
            status=default.status,
            reason=default.reason,
        )
        for position, default in enumerate(chosen.OBJECTS)
        if default.source not in known
    )


def _mapping_rows(engagement: Engagement, chosen: Preset, after_custom: bool) -> None:
    rows = [
        (_mapping_row(engagement, chosen, default), default.values)
        for default in _missing(engagement, chosen)
        if default.after_custom == after_custom
    ]
    MappingRow.objects.bulk_create(row for row, _ in rows)
    ValueMap.objects.bulk_create(
        ValueMap(mapping_row=row, source_value=a, destination_value=b)
        for row, values in rows
        for a, b in values
    )


def _mapping_row(engagement: Engagement, chosen: Preset, default: RowDefault) -> MappingRow:
    shape = shape_named(chosen, default.shape)
    part, field = _split(shape, default.path)
    argument = default.argument
    if DEFAULT in argument:
        argument = argument.replace(DEFAULT, _own_default(engagement, shape, default.field))
    return MappingRow(
        engagement=engagement,
        shape=shape.name,
        part=part,
        source_object=_object_of(shape, part),
        source_field=field,
        source_label=field,
        destination_object=shape.destination,
        destination_field=default.field,
        transform=default.transform,
        argument=argument,
        reasons="preset",
    )


def _own_default(engagement: Engagement, shape: Shape, field: str) -> str:
    """What the account puts into a picklist that is left out; "" where it says nothing."""
    fields = engagement.trial.schema_fields.filter(object=shape.destination, name=field)
    return next((str(found.picklist[0]) for found in fields if found.picklist), "")


def _custom_rows(engagement: Engagement, chosen: Preset) -> Iterator[MappingRow]:
    """A row for every custom field of the source: to its namesake, or to nowhere yet."""
    for source_object, (shape_name, part) in chosen.CUSTOM.items():
        shape = shape_named(chosen, shape_name)
        free = _free_fields(engagement, shape)
        known = set(
            engagement.mapping_rows.filter(shape=shape.name).values_list("source_field", flat=True)
        )
        fields = engagement.source.schema_fields.filter(object=source_object, custom=True)
        for field in fields.exclude(name__in=known):
            yield _custom_row(engagement, shape, part, field, free)


def add_custom(engagement: Engagement, chosen: Preset, specs: Iterable[ObjectSpec]) -> None:
    """A row to nowhere, for a person to decide, for each custom field that the source has
    and that no row knows."""
    for spec in specs:
        shape_name, part = chosen.CUSTOM[spec.name]
        shape = shape_named(chosen, shape_name)
        rows = engagement.mapping_rows.filter(shape=shape.name, part=part)
        known = set(rows.values_list("source_field", flat=True))
        for field in spec.fields:
            if field.custom and field.name not in known:
                MappingRow.objects.create(
                    engagement=engagement,
                    shape=shape.name,
                    part=part,
                    source_object=spec.name,
                    source_field=field.name,
                    source_label=field.label,
                    destination_object=shape.destination,
                    confidence=0,
                    reasons="came after the sign-off",
                )


def _custom_row(
    engagement: Engagement, shape: Shape, part: str, field: SchemaField, free: dict[str, str]
) -> MappingRow:
    best = process.extractOne(
        field.label, free, scorer=fuzz.token_sort_ratio, processor=utils.default_process
    )
    name, score = (best[2], best[1]) if best and best[1] >= SURE else ("", 0)
    free.pop(name, None)
    there = engagement.trial.schema_fields.filter(object=shape.destination, name=name).first()
    return MappingRow(
        engagement=engagement,
        shape=shape.name,
        part=part,
        source_object=field.object,
        source_field=field.name,
        source_label=field.label,
        destination_object=shape.destination,
        destination_field=name,
        transform=TYPED.get(there.type if there else "", "copy"),
        confidence=Decimal(round(score)) / 100,
        reasons="custom field of the same name" if name else "no field of that name",
    )


def _free_fields(engagement: Engagement, shape: Shape) -> dict[str, str]:
    """Custom fields of the destination that nothing feeds yet: name → its words."""
    taken = set(
        engagement.mapping_rows.filter(shape=shape.name).values_list("destination_field", flat=True)
    )
    fields = engagement.trial.schema_fields.filter(
        object=shape.destination, custom=True, createable=True
    )
    return {f.name: f.label or f.name for f in fields if f.name not in taken}


def _split(shape: Shape, path: str) -> tuple[str, str]:
    head, _, rest = path.partition(".")
    return (head, rest) if any(p.name == head for p in shape.parts) else ("", path)


def _object_of(shape: Shape, part: str) -> str:
    return next((p.object for p in shape.parts if p.name == part), shape.root)
