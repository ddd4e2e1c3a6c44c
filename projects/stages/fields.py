"""Reads: the fields that the destination's connector would have. Writes: those that are missing,
as the vendor's own deployment, with our right to use them; then the schema anew.

Optional: a person may as well carry the package into the account by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import transaction

from connectors.base import FieldPlan, Pending
from projects import audit
from projects.conversions import clean
from projects.models import Engagement, MappingRow, SchemaField, Slice, SourceRecord
from projects.models.records import LOAD_READING
from projects.shapes import at
from projects.stages.base import Context, StageBlocked, Tally

NAME = "fields"
LABEL = "Create missing fields"
WRITES = True


def run(ctx: Context) -> Tally:
    ctx.cut(0, lambda: iter([("fields", {}, 1)]))
    for piece in ctx.claims(0):
        _create(ctx, piece)
    body = ctx.run.slices.get(wave=0).body
    return {"fields": {"wanted": body["wanted"], "created": len(body["created"])}}


def _create(ctx: Context, piece: Slice) -> None:
    plans = [_with_values(ctx.engagement, plan) for plan in ctx.destination.FIELDS]
    wanted = ctx.destination.manifest(plans)
    missing = ctx.destination.missing(wanted)
    if missing:
        package = ctx.destination.package(missing)
        # Tried first without a change, so that a refusal leaves nothing half-made.
        for check_only in (True, False):
            _deploy(ctx, package, check_only)
        ctx.destination.grant()
    specs = ctx.destination.describe()
    names = _names(missing)
    with transaction.atomic():
        SchemaField.replace(ctx.connection, specs)
        ctx.finish(piece, body={"wanted": len(wanted), "created": names}, done=1)
        if names:
            audit.record(ctx.engagement, ctx.run.started_by, "fields created", fields=names)


def _with_values(engagement: Engagement, plan: FieldPlan) -> FieldPlan:
    """The plan with every value that is mapped to the field now: of value maps, and of records
    read so far."""
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


def _deploy(ctx: Context, package: bytes, check_only: bool) -> None:
    work = ctx.destination.deploy(package, check_only)
    while isinstance(answer := ctx.destination.deployed(work), Pending):
        ctx.wait(answer.seconds)
    if answer:
        raise StageBlocked(
            f"The destination refuses the fields: {'; '.join(answer[:5])}. Nothing was created. "
            "Correct this there, or create the fields by hand and take the inventory again."
        )


def _names(plans: Sequence[FieldPlan]) -> list[str]:
    return [f"{plan.object}.{plan.name}" for plan in plans]
