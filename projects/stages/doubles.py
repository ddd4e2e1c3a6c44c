"""Doubles: where the vendor takes one key twice, a create whose answer was lost may be committed
after we looked for it, found nothing, and made the record again. In: creates that the journal
gave up. Out: their records, deleted as journalled operations, or kept and named.

Only what such a create accounts for is touched: nothing stood under the key when we looked
before it, and our own user made it. What is there twice for another reason is found by a
reconciliation.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import QuerySet
from more_itertools import chunked

from connectors.values import Record, Row
from projects import diff, journal, writing
from projects.journal import Intent
from projects.models import LoadItem, Operation, Slice
from projects.stages import undoing
from projects.stages.base import Context

FETCH = 200
SETTLING = timedelta(seconds=2)
"""A vendor's own automations may touch a record so long after it was made."""

SKEW = timedelta(minutes=5)
"""How far the vendor's clock may be behind ours."""

Found = tuple[Operation, Record]


def sweep(ctx: Context, wave: int) -> int:
    """One slice that removes doubles. Returns the next wave."""
    ctx.cut(wave, lambda: iter([("doubles", {}, 0)]))
    for piece in ctx.claims(wave):
        writing.recover(ctx, piece, journal.unsettled({"ticket__slice": piece}))
        remove(ctx, piece)
        journal.close_slice(piece, ctx.run.started_by)
    return wave + 1


def remove(ctx: Context, piece: Slice) -> None:
    """Remove the doubles there are by now, children first. Costs no call where no create was
    given up, or where the vendor refuses a second record of one key."""
    lost = _given_up(ctx)
    there = set(lost.order_by().values_list("item__object", flat=True).distinct())
    for object in reversed(ctx.destination.ORDER):
        if object in there and not ctx.refuses_doubles(object):
            rows = lost.filter(item__object=object).select_related("item", "body").order_by("pk")
            for some in chunked(list(rows), FETCH):
                _remove(ctx, piece, object, some)


def _given_up(ctx: Context) -> "QuerySet[Operation]":
    """Creates that never arrived, as far as we know, of records that another create made."""
    return Operation.objects.filter(
        item__connection=ctx.connection,
        item__origin=LoadItem.Origin.CREATED,
        verb="create",
        undoes=None,
        status=Operation.Status.LOST,
    ).exclude(undone_by__status__in=(Operation.Status.LANDED, Operation.Status.GONE))


def _remove(ctx: Context, piece: Slice, object: str, lost: Sequence[Operation]) -> None:
    found = list(_doubles(ctx, object, lost))
    if not found:
        return
    items, twins = _items(ctx, object, found), _twins(found)
    children = undoing.children_of(ctx, object, list(items.values()))
    intents = []
    for op, record in found:
        item = items[record.id]
        kept = _touched(op, twins[op.item_id], record)
        kept = kept or undoing.hanging(children.get(record.id, []))
        item.state = LoadItem.State.KEPT if kept else LoadItem.State.LANDED
        item.reason = f"Double of {op.item.key}, made by a call whose answer was lost. {kept}"
        if not kept:
            intents.append(Intent(item, {}, dict(record.values), undoes=op.pk))
    journal.keep_items(piece, list(items.values()))
    size = max(1, ctx.destination.chunk_size(object, "delete", len(intents)))
    for some in chunked(intents, size):
        writing.send_with_retry(ctx, piece, "delete", object, some)


def _doubles(ctx: Context, object: str, lost: Sequence[Operation]) -> Iterator[Found]:
    """Records that stand beside the one we know, each with a create that accounts for it.
    Where ours was taken back all of them are doubles; where others removed it none is."""
    rows = [Row(op.item.key, None, op.body.payload) for op in lost]
    ids: dict[str, set[str]] = {}
    for record in ctx.destination.find(object, rows):
        if record.ours:
            ids.setdefault(record.key, set()).add(record.id)
    beside: dict[str, list[str]] = {}
    for item in {op.item for op in lost}:
        there = ids.get(item.key, set())
        if item.remote_id in there or item.state == LoadItem.State.UNDONE:
            beside[item.key] = sorted(there - {item.remote_id})
    given = [(op, beside[op.item.key].pop()) for op in lost if beside.get(op.item.key)]
    fields = sorted({name for op, _ in given for name in op.body.payload})
    records = {r.id: r for r in ctx.destination.fetch(object, [i for _, i in given], fields)}
    yield from ((op, records[id]) for op, id in given if id in records)


def _items(ctx: Context, object: str, found: Sequence[Found]) -> dict[str, LoadItem]:
    """Id → the load item of a double. Its key is its own: the record we know has ours."""
    connection = ctx.connection
    LoadItem.objects.bulk_create(
        (
            LoadItem(
                engagement=op.item.engagement,
                connection=connection,
                object=object,
                key=f"double/{record.id}",
                source_id=op.item.source_id,
                remote_id=record.id,
                origin=LoadItem.Origin.DOUBLE,
            )
            for op, record in found
        ),
        ignore_conflicts=True,
    )
    keys = [f"double/{record.id}" for _, record in found]
    items = LoadItem.objects.filter(connection=connection, object=object, key__in=keys)
    return {item.remote_id: item for item in items}


def _twins(found: Sequence[Found]) -> dict[int, Operation]:
    """Load item → the create that made the record we know."""
    creates = Operation.objects.filter(
        item__in={op.item_id for op, _ in found}, verb="create", status="landed", undoes=None
    )
    return {op.item_id: op for op in creates.select_related("body").order_by("pk")}


def _touched(lost: Operation, twin: Operation, record: Record) -> str:
    """What somebody changed of a double, in words; "" where it is as the call made it: as
    sent, or as the vendor keeps the same values of the record we know."""
    sent = lost.body.payload
    same = {n for n, v in sent.items() if twin.body.payload.get(n) == v}
    stored = {n: v for n, v in (twin.differing or {}).items() if n in same}
    changed = sorted(diff.differing({**sent, **stored}, record.values))
    if changed:
        return f"Kept: {', '.join(changed)} changed after our write."
    # Where we say when a record was made, its age tells nothing of when others changed it.
    stamped = record.created_at > lost.sent_at - SKEW
    if stamped and record.modified_at - record.created_at > SETTLING:
        return f"Kept: changed at {record.modified_at:%Y-%m-%d %H:%M:%S} UTC, after our write."
    return ""
