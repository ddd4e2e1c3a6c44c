"""Reads: every account's schema. Writes: SchemaField."""

from django.db import transaction

from projects.models import Connection, SchemaField, Slice
from projects.stages.base import Context, Tally

NAME = "inventory"
LABEL = "Take the inventory"
WRITES = False


def run(ctx: Context) -> Tally:
    roles = [Connection.Role.SOURCE, *(c.role for c in ctx.engagement.destinations)]
    ctx.cut(0, lambda: ((str(role), {}, 1) for role in roles))
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
        connection = ctx.engagement.goes_to(NAME, piece.object)
        specs = ctx.open(connection).describe()
    with transaction.atomic():
        SchemaField.replace(connection, specs)
        ctx.finish(piece, done=1)
