"""Reads: the journal. Writes: takes back what it says we wrote, through writing.py."""

from typing import Any, cast

from django.db.models import QuerySet

import connectors
from connectors.base import Destination
from projects.models import Connection, Engagement, LoadItem
from projects.stages import landing, tallies, undoing
from projects.stages.base import Context, Tally

NAME = "rollback"
LABEL = "Roll back"
WRITES = True

CANNOT_BE_UNDONE = (
    "Numbers that the destination counted up stay used.",
    "Times of last change of restored records are those of the rollback; so is the time of "
    "closing where the load had reopened a closed record.",
    "E-mails and automations that our writes set off there have happened.",
)


def run(ctx: Context) -> Tally:
    landing.recover(ctx, wave=0)
    undoing.undo_all(ctx, 1, scope(ctx.run.options))
    return tallies.destination_tally(ctx.connection)


def stays(connection: Connection) -> tuple[str, ...]:
    """What no rollback takes back there: of any destination, and of this vendor's."""
    kind = cast(type[Destination], connectors.connector_class(connection.kind))
    return (*CANNOT_BE_UNDONE, *kind.STAYS)


def scope(options: dict[str, Any]) -> undoing.Scope:
    """Filter on operations from the run's options: "from_run" takes back that run and every
    later one, "object" one destination object, "key" one record; none of them, everything."""
    chosen: dict[str, Any] = {}
    if options.get("from_run"):
        chosen["run__gte"] = options["from_run"]
    if options.get("object"):
        chosen["item__object"] = options["object"]
    if options.get("key"):
        chosen["item__key"] = options["key"]
    return chosen


def kept(engagement: Engagement) -> "QuerySet[LoadItem]":
    """What a rollback left, each with its reason."""
    left = LoadItem.objects.filter(engagement=engagement, state=LoadItem.State.KEPT)
    return left.order_by("object", "key")
