"""What a vendor changes of a record by itself where we write beneath it, so that nobody takes it
for somebody else's edit: a deal's value that is the sum of what was sold.

In: what is about to be written, or was. Out: on the journal, what stands now in the fields that
the vendor computes, and when the record last changed; only of records in which all that we wrote
stands as we left it. One that its time alone tells somebody else touched keeps our own time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from more_itertools import chunked

from connectors.capabilities import Recomputes, recomputed
from connectors.values import Recomputed, Record, Value, Values
from projects import journal
from projects.models import LoadItem, Operation, Slice
from projects.presets import preset, shapes_in
from projects.stages.base import Context

FETCH = 200
AT_ONCE = timedelta()
ARRIVES = timedelta(minutes=10)
"""A change that was given up may itself be committed so long after."""


@dataclass(slots=True)
class Above:
    """Records of ours above those that are written: remote id → load item and its live writes."""

    rule: Recomputed | None = None
    items: dict[str, LoadItem] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    """Load items that somebody else changed since, though nothing that we wrote."""
    writes: dict[int, list[Operation]] = field(default_factory=dict)

    def left(self, item: LoadItem) -> dict[str, Value]:
        return journal.left_by(self.writes.get(item.pk, ()))


def above(ctx: Context, object: str, written: Mapping[int, Values]) -> Above:
    """What is above these load items, each given with the values that it is written with; as far
    as all that we wrote there stands as we left it."""
    found = _ours(ctx, object, written)
    there = _fetch(ctx, found)
    found.items = {
        id: item
        for id, item in found.items.items()
        if id in there and _same(found.left(item), there[id].values)
    }
    if found.rule is not None:
        found.touched = touched(ctx, found.rule.object, list(found.items.values()), there)
    return found


def keep(ctx: Context, piece: Slice, found: Above) -> None:
    """What the vendor made of the records above counts as left by us from now on."""
    if found.rule is None:
        return
    there = _fetch(ctx, found)
    items = [found.items[id] for id in there]
    for item, record in zip(items, there.values(), strict=True):
        _take_over(found.rule.fields, found.writes[item.pk], record)
        if item.pk not in found.touched:
            item.left_at = record.modified_at
    journal.keep_left(piece, [op for i in items for op in found.writes[i.pk]], items)


def catch_up(ctx: Context, piece: Slice, object: str, operations: Sequence[Operation]) -> None:
    """The same for writes of which we learn only now. When they were done is not known, so that
    times tell nothing: a record above counts as ours where all else in it is as we left it."""
    rule = recomputed(ctx.destination, object)
    if rule is None:
        return
    bodies = journal.payloads(operations)
    found = _ours(ctx, object, {op.item_id: bodies[op.pk] for op in operations})
    there = _fetch(ctx, found)
    found.items = {
        id: item
        for id, item in found.items.items()
        if id in there and _same(found.left(item), there[id].values, but=rule.fields)
    }
    keep(ctx, piece, found)


def at_stake(ctx: Context, object: str) -> set[str]:
    """Fields of the object's records that the vendor computes anew where this plan's records
    come and go beneath them: what stands there before has to be kept, whatever it is."""
    destination = ctx.destination
    if not isinstance(destination, Recomputes):
        return set()
    chosen = preset(ctx.engagement.preset)
    rules = destination.RECOMPUTED.items()
    return {
        name
        for below, rule in rules
        if rule.object == object and shapes_in(ctx.plan, chosen, below)
        for name in rule.fields
    }


def touched(
    ctx: Context, object: str, items: Sequence[LoadItem], there: Mapping[str, Record]
) -> set[int]:
    """Those of these load items of which the record's time tells that somebody changed it after
    us. While a change of ours that was given up may arrive, it tells nothing for a while."""
    since = {
        item.pk: there[item.remote_id].modified_at - item.left_at
        for item in items
        if item.left_at is not None and item.remote_id in there
    }
    late = [item for item in items if since.get(item.pk, AT_ONCE) > AT_ONCE]
    arriving = _arriving(ctx, object, late) if late else set()
    return {i.pk for i in late if since[i.pk] > (ARRIVES if i.pk in arriving else AT_ONCE)}


def _arriving(ctx: Context, object: str, items: Sequence[LoadItem]) -> set[int]:
    """Those of these load items that a write of ours which was given up may still change: one
    of the record itself, or one beneath it."""
    found = journal.changes_given_up([item.pk for item in items])
    destination = ctx.destination
    rules = destination.RECOMPUTED.items() if isinstance(destination, Recomputes) else ()
    for below, rule in rules:
        if rule.object == object:
            parents = set(_parents(rule, journal.given_up(ctx.connection, below)))
            found |= {item.pk for item in items if item.remote_id in parents}
    return found


def _parents(rule: Recomputed, written: Mapping[int, Values]) -> list[str]:
    """The ids of the records above these load items, each given with what it was written with."""
    left = journal.left_values([pk for pk, each in written.items() if rule.link not in each])
    values = (left.get(pk, each) for pk, each in written.items())
    return sorted({str(id) for each in values if (id := each.get(rule.link))})


def _ours(ctx: Context, object: str, written: Mapping[int, Values]) -> Above:
    rule = recomputed(ctx.destination, object)
    if rule is None:
        return Above()
    items: dict[str, LoadItem] = {}
    for some in chunked(_parents(rule, written), FETCH):
        rows = LoadItem.objects.filter(
            connection=ctx.connection, object=rule.object, remote_id__in=some
        )
        items.update((item.remote_id, item) for item in rows)
    writes: dict[int, list[Operation]] = {}
    for op in journal.live_operations([item.pk for item in items.values()]):
        writes.setdefault(op.item_id, []).append(op)
    ours = {id: item for id, item in items.items() if item.pk in writes}
    return Above(rule, ours, writes=writes)


def _fetch(ctx: Context, found: Above) -> dict[str, Record]:
    if found.rule is None or not found.items:
        return {}
    names = {name for item in found.items.values() for name in found.left(item)}
    fields = sorted(names | set(found.rule.fields))
    return {
        record.id: record
        for some in chunked(found.items, FETCH)
        for record in ctx.destination.fetch(found.rule.object, some, fields)
    }


def _same(left: Values, there: Values, but: Sequence[str] = ()) -> bool:
    return all(there.get(name) == v for name, v in left.items() if name not in but)


def _take_over(fields: Sequence[str], writes: Sequence[Operation], record: Record) -> None:
    """Put what stands there on the newest write of each of these fields."""
    for name in fields:
        newest = next((op for op in reversed(writes) if name in op.body.payload), None)
        if newest is not None:
            apart = {k: v for k, v in (newest.differing or {}).items() if k != name}
            there = record.values.get(name)
            newest.differing = apart | ({name: there} if newest.body.payload[name] != there else {})
