"""Reads: what changed at the source since the last reading. Writes: the destination records
that it touches, through writing.py; what the source no longer gives is left and named.

refresh → decisions (rows for what the signed plan does not know) → roots (the shapes read
backwards) → land → close. Until the last slice is done every changed record stays dirty, so
that a delta that was cut off is made good by the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from projects import journal, technicians
from projects.drafts import Draft
from projects.models import LoadItem, Operation, Run, Slice, SourceRecord
from projects.models.records import DELTA_READING, LOAD_READING
from projects.presets import Preset, preset, shape_named, shapes_in
from projects.shapes import Shape, at, dirty
from projects.stages import landing, leaving, refreshing
from projects.stages.base import Context, Tally
from projects.stages.extract import read_feeds
from projects.stages.propose import add_custom
from projects.stages.reading import PLACEMENTS, RecordReader

NAME = "delta"
LABEL = "Load what changed since"
WRITES = True

COUNTS = ("looked at", "created", "updated", "unchanged", "conflict", "held", "failed", "left")
"""The first is the sum of the others. A conflict is a record of which somebody changed at the
destination what we wrote; the rest of it may have been updated."""


def run(ctx: Context) -> Tally:
    landing.recover(ctx, wave=0)
    read_feeds(ctx, wave=1, reading=DELTA_READING, after=LOAD_READING)
    wave = refreshing.refresh(ctx, wave=2)
    landing.prepare(ctx, wave)
    _decide(ctx, wave + 1)
    _find_roots(ctx, wave + 2)
    wave = landing.land_all(ctx, wave + 3, partial(_picks, ctx, wave + 2), _Landing(ctx).land)
    _close(ctx, wave)
    return _tally(ctx, wave)


def _decide(ctx: Context, wave: int) -> None:
    """A row, for a person to decide, for every technician and custom field not seen before."""
    chosen = preset(ctx.engagement.preset)
    ctx.cut(wave, lambda: iter([("decisions", {}, 1)]))
    for piece in ctx.claims(wave):
        unseen = technicians.unseen(ctx.engagement, chosen.TECHNICIANS)
        users = ctx.destination.users() if unseen else []
        fields = ctx.source.describe(list(chosen.CUSTOM))
        with transaction.atomic():
            ctx.advance(piece)
            technicians.add(ctx.engagement, chosen.TECHNICIANS, unseen, users)
            add_custom(ctx.engagement, chosen, fields)
            ctx.finish(piece, done=1)


def _find_roots(ctx: Context, wave: int) -> None:
    """One slice for all shapes of a destination object that have the same root."""
    chosen = preset(ctx.engagement.preset)
    kinds = dict.fromkeys((s.destination, s.root) for s in shapes_in(ctx.plan, chosen))
    ctx.cut(wave, lambda: (("roots", {"object": o, "root": r}, 1) for o, r in kinds))
    for piece in ctx.claims(wave):
        shapes = [
            s
            for s in shapes_in(ctx.plan, chosen, piece.body["object"])
            if s.root == piece.body["root"]
        ]
        ids = set[str]() if shapes[0].root == PLACEMENTS else _roots(ctx, shapes)
        with transaction.atomic():
            ctx.advance(piece)
            ctx.finish(piece, done=1, body={**piece.body, "ids": sorted(ids)})


def _roots(ctx: Context, shapes: Sequence[Shape]) -> set[str]:
    """Roots that the changes touch, and those that earlier runs left unsettled; all of them
    where the rows they went by are others now."""
    objects = {s.root for s in shapes} | {p.object for s in shapes for p in s.parts}
    changed: dict[str, set[str]] = {}
    rows = _dirty(ctx).filter(object__in=objects).values_list("object", "source_id")
    for object, source_id in rows.iterator():
        changed.setdefault(object, set()).add(source_id)
    for object, ids in _awaited_mentions(ctx, shapes):
        changed.setdefault(object, set()).update(ids)
    reader = RecordReader(ctx.engagement)
    found = {i for shape in shapes for i in dirty(shape, changed, reader)}
    found.update(_unsettled(ctx, shapes).iterator())
    if _outdated(ctx, shapes):
        found.update(reader.kept.filter(object=shapes[0].root).values_list("source_id", flat=True))
    return found


def _dirty(ctx: Context) -> Any:
    return SourceRecord.objects.filter(engagement=ctx.engagement, reading=LOAD_READING, dirty=True)


def _unsettled(ctx: Context, shapes: Sequence[Shape]) -> Any:
    landed = Q(state=LoadItem.State.LANDED) & ~Q(apart=LoadItem.Apart.HELD) & ~Q(digest="")
    items = LoadItem.objects.filter(
        connection=ctx.connection,
        object=shapes[0].destination,
        shape__in=[s.name for s in shapes],
    )
    return items.exclude(landed).values_list("source_id", flat=True)


def _awaited_mentions(ctx: Context, shapes: Sequence[Shape]) -> Iterator[tuple[str, Any]]:
    """Roots of what texts of these shapes name as not moved, and what may land now."""
    chosen = preset(ctx.engagement.preset)
    for shape in shapes:
        objects = {part.name: part.object for part in shape.parts}
        for mention in shape.mentions:
            named = shapes_in(ctx.plan, chosen, mention.object)
            root = objects[mention.part]
            if meant := [s for s in named if s.root == root]:
                yield root, _unsettled(ctx, meant).iterator()


def _outdated(ctx: Context, shapes: Sequence[Shape]) -> bool:
    """Whether what landed of these shapes went by other rows than today's."""
    earlier = ctx.engagement.runs.filter(stage__in=("load", NAME), pk__lt=ctx.run.pk)
    last = earlier.filter(status=Run.Status.SUCCEEDED).exclude(plan=None).first()
    assert last is not None, "a delta comes after a load"
    assert last.plan is not None
    assert ctx.run.plan is not None
    return last.plan.outdated(ctx.run.plan.body, {s.name for s in shapes})


def _picks(ctx: Context, wave: int, shape: Shape) -> landing.Picks:
    """The roots found for a shape; of placeholders all, for they are few and landed once."""
    if shape.root == PLACEMENTS:
        return None
    found = ctx.run.slices.get(wave=wave, body__object=shape.destination, body__root=shape.root)
    return {shape.root: found.body["ids"]}


class _Landing:
    """Lands slices, holding what has a custom field of which nobody said where it goes."""

    def __init__(self, ctx: Context) -> None:
        rows = ctx.engagement.mapping_rows.filter(destination_field="", confirmed_by="")
        self.open: dict[str, dict[str, str]] = {}
        for row in rows.filter(source_field__contains="."):
            self.open.setdefault(row.shape, {})[row.path] = row.source_label

    def land(self, ctx: Context, chosen: Preset, piece: Slice, total: int) -> None:
        drafts = landing.write_piece(ctx, chosen, piece, total, self._judge)
        shape = shape_named(chosen, piece.body["shape"])
        if not shape.second:
            landed = {d.source_id for d in drafts}
            dropped = [i for i in piece.body.get("ids", ()) if i not in landed]
            body = {**piece.body, "did": _did(piece, drafts), "dropped": dropped}
            ctx.advance(piece, body=body)
        piece.done = piece.total
        journal.close_slice(piece, ctx.run.started_by)

    def _judge(self, shape: Shape, drafted: Sequence[landing.Drafted]) -> None:
        for path, label in self.open.get(shape.name, {}).items():
            for joined, draft in drafted:
                if at(joined.record, path) not in (None, ""):
                    draft.problems.append(
                        f"Its custom field “{label}” came after the sign-off. Say under Mapping "
                        "rows where it goes, or confirm that row as it is: then it goes nowhere."
                    )


def _did(piece: Slice, drafts: Sequence[Draft]) -> dict[str, int]:
    """What became of the records of a slice, each counted once."""
    writes = Operation.objects.filter(ticket__slice=piece, status=Operation.Status.LANDED)
    verbs = dict(writes.order_by("pk").values_list("item", "verb"))
    did = dict.fromkeys(COUNTS, 0)
    for item in _items(piece, [d.key for d in drafts]):
        did["looked at"] += 1
        did[_what(item, verbs.get(item.pk, ""))] += 1
    return did


def _items(piece: Slice, keys: Sequence[str]) -> Iterator[LoadItem]:
    connection = piece.run.connection
    for start in range(0, len(keys), journal.BATCH):
        yield from LoadItem.objects.filter(
            connection=connection, object=piece.object, key__in=keys[start : start + journal.BATCH]
        )


def _what(item: LoadItem, verb: str) -> str:
    if item.state == LoadItem.State.FAILED:
        return "failed"
    if item.state == LoadItem.State.HELD or item.apart == LoadItem.Apart.HELD:
        return "held"
    if item.apart == LoadItem.Apart.THEIRS:
        return "conflict"
    return {"create": "created", "update": "updated"}.get(verb, "unchanged")


def _close(ctx: Context, wave: int) -> None:
    """Leave what the source no longer gives, say so, and call everything else done."""
    ctx.cut(wave, lambda: iter([("close", {}, 1)]))
    for piece in ctx.claims(wave):
        left = leaving.left(ctx, dict(_dropped(ctx)))
        SourceRecord.objects.filter(engagement=ctx.engagement, reading=DELTA_READING).delete()
        with transaction.atomic():
            ctx.advance(piece)
            counts = leaving.leave(left)
            leaving.find(ctx.engagement)
            read = _dirty(ctx).update(dirty=False, was_under="")
            ctx.finish(piece, done=1, body={"left": counts, "read": read})


def _dropped(ctx: Context) -> Iterator[tuple[str, set[str]]]:
    """Shape → roots that gave no record of it."""
    found: dict[str, set[str]] = {}
    bodies = ctx.run.slices.filter(body__has_key="dropped").values_list("body", flat=True)
    for body in bodies.iterator():
        found.setdefault(body["shape"], set()).update(body["dropped"])
    yield from found.items()


def _tally(ctx: Context, wave: int) -> Tally:
    """Destination object → COUNTS; and the same in one sentence, as the run's message."""
    tally: Tally = {}
    for piece in ctx.run.slices.filter(body__has_key="did"):
        counts = tally.setdefault(piece.object, dict.fromkeys(COUNTS, 0))
        for name, n in piece.body["did"].items():
            counts[name] += n
    closed = ctx.run.slices.get(wave=wave).body
    for object, n in closed["left"].items():
        counts = tally.setdefault(object, dict.fromkeys(COUNTS, 0))
        counts["left"] += n
        counts["looked at"] += n
    Run.objects.filter(pk=ctx.run.pk).update(message=_said(closed["read"], tally))
    return tally


def _said(read: int, tally: Mapping[str, Mapping[str, int]]) -> str:
    whole = {name: sum(counts[name] for counts in tally.values()) for name in COUNTS}
    parts = ", ".join(f"{whole[name]:,} {name}" for name in COUNTS[1:] if whole[name])
    return f"{read:,} source records changed. {parts or 'Nothing to write'}."
