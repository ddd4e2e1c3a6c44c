"""What sample and load share: recover, prepare, land wave by wave, tally. They differ only
in which records they pick."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from more_itertools import chunked

from connectors.values import ObjectSpec
from projects import journal, manifest, mentions, writing
from projects.drafts import Draft
from projects.files import SKIP, decision, left_out
from projects.journal import Intent
from projects.models import AccountUser, Operation, Plan, SchemaField, Slice, SourceRecord
from projects.models.plan import digest_of, missing_fields, unknown_users
from projects.models.records import LOAD_READING
from projects.placements import place
from projects.presets import Preset, preset, shape_named, shapes_in
from projects.shapes import Joined, Shape, awaited, key_of, lookups, mentioned
from projects.stages import contents, doubles, undoing
from projects.stages.base import Context, StageBlocked
from projects.stages.reading import RecordReader, pieces
from projects.transform import Transformer

Picks = Mapping[str, list[str]] | None
Judge = Callable[[Shape, Sequence["Drafted"]], None]
Drafted = tuple[Joined, Draft]


def recover(ctx: Context, wave: int) -> None:
    """One slice: settle what earlier runs on this connection left under way, and remove
    doubles that came since."""
    ctx.cut(wave, lambda: iter([("recovery", {}, 0)]))
    for piece in ctx.claims(wave):
        left = Operation.objects.filter(
            item__connection=ctx.connection, status=Operation.Status.SENDING
        ).exclude(run=ctx.run, ticket__slice__wave__gt=wave)
        writing.recover(ctx, piece, left.select_related("item", "ticket").order_by("pk"))
        doubles.remove(ctx, piece)
        journal.close_slice(piece, ctx.run.started_by)


def prepare(ctx: Context, wave: int) -> None:
    """One slice: the destination must still have the schema that was planned for; every
    household gets its place."""
    ctx.cut(wave, lambda: iter([("preparation", {}, 0)]))
    for piece in ctx.claims(wave):
        _check_schema(ctx)
        ctx.advance(piece)
        with transaction.atomic():
            place(ctx.engagement, preset(ctx.engagement.preset).PLACEMENT)
            ctx.finish(piece)


def land_all(
    ctx: Context,
    wave: int,
    picks: Callable[[Shape], Picks],
    land: Callable[[Context, Preset, Slice, int], None] | None = None,
) -> int:
    """Every destination object, parents first, from wave `wave` on, then what a second pass
    completes; then doubles are removed. Each slice is landed by `land`, as a whole. Returns
    the next wave."""
    chosen = preset(ctx.engagement.preset)
    passes = [(o, second) for second in (False, True) for o in ctx.destination.ORDER]
    for object, second in passes:
        shapes = shapes_in(ctx.plan, chosen, object, second)
        if not shapes:
            continue
        ctx.cut(wave, partial(_pieces, ctx, shapes, picks))
        total = sum(ctx.run.slices.filter(wave=wave).values_list("total", flat=True))
        for piece in ctx.claims(wave):
            (land or land_piece)(ctx, chosen, piece, total)
        wave += 1
    return doubles.sweep(ctx, wave)


def _pieces(
    ctx: Context, shapes: Sequence[Shape], picks: Callable[[Shape], Picks]
) -> Iterator[tuple[str, dict[str, Any], int]]:
    for shape in shapes:
        yield from pieces(ctx.engagement, [shape], picks(shape))


def land_piece(ctx: Context, chosen: Preset, piece: Slice, total: int) -> None:
    """One slice, from what a killed worker left of it to its audit entry."""
    write_piece(ctx, chosen, piece, total)
    piece.done = piece.total
    journal.close_slice(piece, ctx.run.started_by)


def write_piece(
    ctx: Context, chosen: Preset, piece: Slice, total: int, judge: Judge | None = None
) -> list[Draft]:
    """Settle what a killed worker left of a slice, then land its records. `judge` may find
    further problems in drafts before they are sent."""
    writing.recover(ctx, piece, journal.unsettled({"ticket__slice": piece}))
    _finish_read_back(ctx, piece)
    shape = shape_named(chosen, piece.body["shape"])
    drafts: list[Draft] = []
    for some in RecordReader(ctx.engagement).join(shape, piece.body):
        drafted = draft(ctx.plan, shape, some)
        if shape.file:
            contents.add(ctx, shape, drafted)
        if judge is not None:
            judge(shape, drafted)
        drafts += [d for _, d in drafted]
        mentions.resolve(ctx.connection, [d for _, d in drafted])
        _mark_used(ctx, shape, some)
        ctx.advance(piece)
    free = partial(_unseal, ctx, chosen, piece, shape, drafts)
    writing.land(ctx, piece, shape.destination, drafts, total, free)
    if shape.file:
        _finish_read_back(ctx, piece)
        contents.flag(ctx, shape, drafts)
    return drafts


def _unseal(
    ctx: Context,
    chosen: Preset,
    piece: Slice,
    shape: Shape,
    drafts: Sequence[Draft],
    intents: Sequence[Intent],
) -> None:
    """Take the seals off what is to be changed, and off what it hangs under."""
    parents = {d.key: list(d.parents.values()) for d in drafts}
    own = [(shape.destination, intent.item.key) for intent in intents]
    above = [parent for _, key in own for parent in parents[key]]
    for seal in shapes_in(ctx.plan, chosen, second=True):
        if seal.seals and seal is not shape:
            keys = {key for object, key in own + above if object == seal.destination}
            undoing.lift(ctx, piece, seal, keys)


def draft(plan: Mapping[str, Any], shape: Shape, records: Sequence[Joined]) -> list[Drafted]:
    """Each joined record with what its destination record should be, where there is one. It
    points at no record of an object that does not land."""
    transformer = Transformer(plan, shape.name)
    landing = {s.destination for s in shapes_in(plan, preset(plan["preset"]))}
    drafts = ((joined, _draft(plan, shape, transformer, joined, landing)) for joined in records)
    return [(joined, found) for joined, found in drafts if found is not None]


def _draft(
    plan: Mapping[str, Any],
    shape: Shape,
    transformer: Transformer,
    joined: Joined,
    landing: Collection[str],
) -> Draft | None:
    result = transformer.apply(joined.record)
    if result.absent:
        return None
    problems = [p.message for p in result.problems]
    unsent = left_out(plan, shape.root, joined.record["@id"]) if shape.file else ""
    rule = shape.bars(joined.record) or result.excepted
    skipped = bool(unsent) and decision(plan, shape.root, joined.record["@id"]) == SKIP
    parents = lookups(shape, joined.record, plan["tenant"])
    return Draft(
        key=key_of(shape, joined.record, plan["tenant"]),
        shape=shape.name,
        source_id=joined.record["@id"],
        values=result.values,
        parents={name: parent for name, parent in parents.items() if parent[0] in landing},
        awaits=awaited(shape, joined.record, plan["tenant"]),
        mentions=mentioned(shape, joined.record, plan["tenant"]),
        problems=[*problems, *filter(None, (unsent, rule))],
        excepted=skipped or bool(rule),
        once=shape.once,
        second=shape.second,
    )


def _finish_read_back(ctx: Context, piece: Slice) -> None:
    landed = Operation.objects.filter(
        ticket__slice=piece, status=Operation.Status.LANDED, differing__isnull=True
    ).exclude(verb="delete")
    by_object: dict[str, list[Operation]] = {}
    for op in landed.select_related("item").order_by("pk"):
        by_object.setdefault(op.item.object, []).append(op)
    for object, operations in by_object.items():
        writing.read_back(ctx, piece, object, operations)


def _mark_used(ctx: Context, shape: Shape, joined: Sequence[Joined]) -> None:
    """Keep on each source record whether it is a root or a part of something that lands, so
    that the tally can name what nobody read."""
    roots = {(shape.root, j.record["@id"]) for j in joined}
    used: dict[tuple[str, str], set[str]] = {}
    for each in {each for j in joined for each in j.used}:
        object, source_id = each
        used.setdefault((object, "root" if each in roots else "part"), set()).add(source_id)
    records = SourceRecord.objects.filter(engagement=ctx.engagement, reading=LOAD_READING)
    for (object, role), ids in used.items():
        open_ = records.filter(object=object).exclude(role__in=("root", role))
        for some in chunked(sorted(ids), 500):
            open_.filter(source_id__in=some).update(role=role)


def _check_schema(ctx: Context) -> None:
    """Read the destination's schema again and compare with the plan this run is for."""
    specs = ctx.destination.describe()
    users = ctx.destination.users()
    with transaction.atomic():
        SchemaField.replace(ctx.connection, specs)
        AccountUser.replace(ctx.connection, users)
    assert ctx.run.plan is not None
    today = Plan.draft(ctx.engagement, ctx.connection)
    _refuse_missing(ctx, today)
    _refuse_unfit(ctx, today, specs)
    if digest_of(today) != ctx.run.plan.digest:
        changes = "; ".join(
            f"{c.what}: {c.before} → {c.after}" for c in ctx.run.plan.changes(today)[:5]
        )
        raise StageBlocked(
            f"The plan changed since this run was started ({changes}). Nothing was sent. "
            "Put it back, or load a new sample and let the client sign again."
        )
    _refuse_unknown_users(ctx, today)


def _refuse_unknown_users(ctx: Context, today: Mapping[str, Any]) -> None:
    if unknown := unknown_users(today, AccountUser.ids(ctx.connection)):
        raise StageBlocked(
            f"{ctx.connection} has no active user, or several, with the address of: "
            f"{', '.join(unknown)}. Create or activate them there, or decide anew under Technician "
            "matches. Nothing was sent."
        )


def _refuse_unfit(ctx: Context, today: Mapping[str, Any], specs: Sequence[ObjectSpec]) -> None:
    found = manifest.lines(ctx.engagement, ctx.destination, specs)
    if said := manifest.unfit(found, today["rows"]):
        raise StageBlocked(
            f"{' '.join(said)} Change the field there, or send the value to another by its mapping "
            "row. Nothing was sent."
        )


def _refuse_missing(ctx: Context, today: Mapping[str, Any]) -> None:
    if missing := missing_fields(today):
        raise StageBlocked(
            f"Missing at the destination, or hidden from our user: {', '.join(missing)}. "
            "Create the field or make it visible, or change its mapping row. Nothing was sent."
        )
