"""Reads: both accounts' schema. Writes: SchemaField."""

from django.db import transaction

from projects.models import SchemaField, Slice
from projects.stages.base import Context, Tally

NAME = "inventory"
LABEL = "Take the inventory"
WRITES = False


def run(ctx: Context) -> Tally:
    ctx.cut(0, lambda: iter([("source", {}, 1), ("destination", {}, 1)]))
    for piece in ctx.claims(0):
        _read(ctx, piece)
    return {
        c.get_role_display(): {"fields": c.schema_fields.count()}
        for c in ctx.engagement.connections.all()
    }


def _read(ctx: Context, piece: Slice) -> None:
    if piece.object == "source":
        connection, specs = ctx.engagement.source, ctx.source.describe()
    else:
        connection, specs = ctx.engagement.destination, ctx.destination.describe()
    with transaction.atomic():
        SchemaField.replace(connection, specs)
        ctx.finish(piece, done=1)
