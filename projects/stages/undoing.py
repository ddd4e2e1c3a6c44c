"""Taking writes back, newest first and children first: what rollback and the next sample
share. Only what the journal says we created is deleted; what we changed is restored field
by field; what somebody else touched since is kept, and listed with its reason.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from more_itertools import chunked

from connectors.values import Child, Record, Value
from projects import journal, recomputed, writing
from projects.journal import Intent
from projects.models import LoadItem, Operation, Slice
from projects.presets import preset
from projects.shapes import Shape
from projects.stages.base import Context

SLICE_ITEMS = 1000
FETCH = 200
SELF_PASSES = 4
"""How deep records of one object may hang under each other."""

Scope = Mapping[str, Any]
"""Filter on operations: which writes to take back."""


def undo_all(ctx: Context, wave: int, scope: Scope) -> int:
    """Take back every live write in scope: first what seals records, then object by object,
    children first. Returns the next free wave."""
    for object, seals in _seals(ctx):
        wave = _undo_object(ctx, wave, object, {**scope, **seals})
    for object in reversed(ctx.destination.ORDER):
        for _ in range(_passes(ctx, object)):
            wave = _undo_object(ctx, wave, object, scope)
    return wave


def _undo_object(ctx: Context, wave: int, object: str, scope: Scope) -> int:
    ctx.cut(wave, partial(_slices, ctx, object, scope))
    for piece in ctx.claims(wave):
        undo_piece(ctx, piece, scope)
    return wave + 1


def _seals(ctx: Context) -> Iterator[tuple[str, Scope]]:
    """Objects with records that a second pass sealed, and which writes did so."""
    for shape in preset(ctx.engagement.preset).SHAPES:
        if shape.seals:
            yield shape.destination, _writes_of(shape)


def _writes_of(shape: Shape) -> Scope:
    return {"ticket__slice__body__shape": shape.name}


def lift(ctx: Context, piece: Slice, seal: Shape, keys: Collection[str]) -> None:
    """Take back what seals the records of these keys, so that they, or what hangs under them,
    can be changed. The second pass seals them again."""
    items = LoadItem.objects.filter(connection=ctx.connection, object=seal.destination)
    for some in chunked(sorted(keys), FETCH):
        found = list(items.filter(key__in=some))
        sealed = _live(found, _writes_of(seal))
        lifted = [item for item in found if item.pk in sealed]
        if lifted:
            told = {item.pk: (item.apart, item.reason) for item in lifted}
            _undo(ctx, piece, seal.destination, lifted, _writes_of(seal))
            for item in lifted:
                if item.apart == LoadItem.Apart.NO:
                    item.apart, item.reason = told[item.pk]
            journal.keep_items(piece, lifted)


def _passes(ctx: Context, object: str) -> int:
    """Records that hang under others of the same object go first; their parents, kept for
    their sake, are looked at again."""
    shapes = preset(ctx.engagement.preset).SHAPES
    own = any(s.destination == object == lookup.object for s in shapes for lookup in s.lookups)
    return SELF_PASSES if own else 1


def candidates(ctx: Context, object: str, scope: Scope) -> "QuerySet[LoadItem]":
    """Load items of this object with writes in scope that were not taken back, and those
    whose create was lost sight of."""
    of_items = {k.removeprefix("item__"): v for k, v in scope.items() if k.startswith("item__")}
    of_writes = {k: v for k, v in scope.items() if not k.startswith("item__")}
    writes = Operation.objects.filter(
        item=OuterRef("pk"),
        undoes=None,
        status__in=(Operation.Status.LANDED, Operation.Status.LOST),
        **of_writes,
    )
    items = LoadItem.objects.filter(
        connection=ctx.connection, object=object, engagement=ctx.engagement
    ).filter(**of_items)
    return items.exclude(state=LoadItem.State.UNDONE).filter(Exists(writes))


def undo_piece(ctx: Context, piece: Slice, scope: Scope) -> None:
    writing.recover(ctx, piece, journal.unsettled({"ticket__slice": piece}))
    chosen = candidates(ctx, piece.object, scope).filter(
        pk__gte=piece.body["first"], pk__lte=piece.body["last"]
    )
    for items in chunked(chosen.order_by("-pk"), FETCH):
        _undo(ctx, piece, piece.object, items, scope)
        piece.done += len(items)
        ctx.advance(piece, done=piece.done)
    piece.done = piece.total
    journal.close_slice(piece, ctx.run.started_by)


def _slices(ctx: Context, object: str, scope: Scope) -> Iterator[tuple[str, dict[str, Any], int]]:
    keys = candidates(ctx, object, scope).order_by("-pk").values_list("pk", flat=True)
    for some in chunked(keys.iterator(), SLICE_ITEMS):
        yield object, {"first": some[-1], "last": some[0]}, len(some)


def _undo(ctx: Context, piece: Slice, object: str, items: Sequence[LoadItem], scope: Scope) -> None:
    writing.settle_late(ctx, piece, object, items)
    items = [item for item in items if item.state != LoadItem.State.UNDONE]
    operations = _live(items, scope)
    beneath = _beneath(operations) if scope else set()
    there = _fetch(ctx, object, items, operations)
    made = _creations(items, scope)
    deletes = _deletes(ctx, object, [i for i in items if i.pk in made], operations, there, made)
    restores = [
        intent
        for item in items
        if item.pk not in made and item.pk in operations
        if (
            intent := _restore(
                item, operations[item.pk], there.get(item.remote_id), item.pk in beneath
            )
        )
    ]
    journal.keep_items(piece, items)
    size = ctx.destination.chunk_size(object, "delete", piece.total)
    for some in chunked(deletes, size):
        writing.send_with_retry(ctx, piece, "delete", object, some)
    for some in chunked(restores, size):
        writing.send_with_retry(ctx, piece, "update", object, some)


def _creations(items: Sequence[LoadItem], scope: Scope) -> dict[int, int]:
    """Load item → the operation in scope by which we created it. Only these may be deleted;
    what was there before us never is."""
    ours = [i.pk for i in items if i.origin != LoadItem.Origin.ADOPTED]
    creates = Operation.objects.filter(
        item__in=ours,
        undoes=None,
        verb="create",
        status__in=(Operation.Status.LANDED, Operation.Status.LOST),
        **scope,
    )
    return dict(creates.order_by("pk").values_list("item", "pk"))


def _live(items: Sequence[LoadItem], scope: Scope) -> dict[int, list[Operation]]:
    """Load item → its live writes in scope, newest first."""
    found: dict[int, list[Operation]] = {}
    for op in reversed(journal.live_operations([i.pk for i in items], **scope)):
        found.setdefault(op.item_id, []).append(op)
    return found


def _beneath(operations: Mapping[int, Sequence[Operation]]) -> set[int]:
    """Load items that have older live writes than these, which stay."""
    oldest = {item: writes[-1].pk for item, writes in operations.items()}
    live = journal.live_operations(list(oldest))
    return {op.item_id for op in live if op.pk < oldest[op.item_id]}


def _fetch(
    ctx: Context,
    object: str,
    items: Sequence[LoadItem],
    operations: Mapping[int, Sequence[Operation]],
) -> dict[str, Record]:
    fields = {
        n
        for ops in operations.values()
        for op in ops
        for n in (*op.body.payload, *(op.differing or ()))
    }
    ids = [item.remote_id for item in items if item.remote_id]
    if not ids:
        return {}
    return {r.id: r for r in ctx.destination.fetch(object, ids, sorted(fields))}


def _deletes(
    ctx: Context,
    object: str,
    items: Sequence[LoadItem],
    operations: Mapping[int, Sequence[Operation]],
    there: Mapping[str, Record],
    made: Mapping[int, int],
) -> list[Intent]:
    """Deletes of what nobody else touched or hung anything under. The rest is kept."""
    children = children_of(ctx, object, [i for i in items if i.remote_id in there])
    touched = recomputed.touched(ctx, object, items, there)
    intents = []
    for item in items:
        record = there.get(item.remote_id)
        if record is None:
            _gone(item)
            continue
        writes = operations.get(item.pk, [])
        reason = _touched(writes, record, item.pk in touched)
        reason = reason or hanging(children.get(item.remote_id, []))
        item.state = LoadItem.State.KEPT if reason else LoadItem.State.LANDED
        item.reason = reason
        if not reason:
            newest = writes[0].pk if writes else made[item.pk]
            intents.append(Intent(item, {}, undoes=newest))
    return intents


def _gone(item: LoadItem) -> None:
    item.state = LoadItem.State.UNDONE
    item.reason = "was already gone at rollback" if item.remote_id else "never arrived"
    item.digest = ""


def children_of(ctx: Context, object: str, items: Sequence[LoadItem]) -> dict[str, list[Child]]:
    found: dict[str, list[Child]] = {}
    if items:
        for child in ctx.destination.children(object, [i.remote_id for i in items]):
            found.setdefault(child.parent_id, []).append(child)
    return found


def hanging(children: Sequence[Child]) -> str:
    """Our own children are deleted before their parents: whatever still hangs here was made
    by others, or was itself kept."""
    if not children:
        return ""
    first = children[0]
    more = f" and {len(children) - 1} more" if len(children) > 1 else ""
    return f"Kept: {first.object} “{first.label or first.id}”{more} hangs under it."


def _touched(operations: Sequence[Operation], record: Record, late: bool) -> str:
    """What somebody changed after us, in words; "" where the record is as we left it. `late`:
    its time tells of a change."""
    left = journal.left_by(reversed(operations))
    changed = sorted(n for n, value in left.items() if record.values.get(n) != value)
    if changed:
        return f"Kept: {', '.join(changed)} changed after our write."
    if late:
        return f"Kept: changed at {record.modified_at:%Y-%m-%d %H:%M:%S} UTC, after our write."
    return ""


def _restore(
    item: LoadItem, operations: Sequence[Operation], record: Record | None, beneath: bool
) -> Intent | None:
    """Put back what stood there before these writes, newest first, unless somebody changed
    it. `beneath`: older writes of ours stay, so the record stays landed."""
    if record is None:
        _gone(item)
        return None
    now: dict[str, Value] = dict(record.values)
    conflicts: set[str] = set()
    back: dict[str, Value] = {}
    for op in operations:
        before: dict[str, Value] = op.body.before or {}
        for name, sent in op.body.payload.items():
            left = (op.differing or {}).get(name, sent)
            if name in conflicts or now.get(name) != left:
                conflicts.add(name)
            else:
                now[name] = back[name] = before.get(name)
    payload = {n: v for n, v in back.items() if record.values.get(n) != v}
    item.state, item.apart, item.reason = LoadItem.State.LANDED, LoadItem.Apart.NO, ""
    if conflicts:
        item.reason = f"Not restored, changed after our write: {', '.join(sorted(conflicts))}."
        if beneath:
            item.apart = LoadItem.Apart.THEIRS
        else:
            item.state = LoadItem.State.KEPT
    if not payload:
        item.digest = ""
        if not conflicts and not beneath:
            item.state = LoadItem.State.UNDONE
        return None
    before = {n: record.values.get(n) for n in payload}
    first = operations[-1].pk if beneath else None
    return Intent(item, payload, before, operations[0].pk, first)
