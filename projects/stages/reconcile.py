"""Reads: both vendors anew. Writes: Difference. The journal is not asked what is there; it
only explains, afterwards, what was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Manager, QuerySet
from more_itertools import chunked

from connectors.capabilities import file_object
from connectors.values import Record
from projects import diff, journal, mentions
from projects.drafts import Draft
from projects.models import Difference, LoadItem, Slice
from projects.models.records import CHECK_READING, LOAD_READING
from projects.presets import Preset, preset, shapes_in
from projects.shapes import Shape, join, key_of
from projects.stages import contents
from projects.stages.base import Context, Tally
from projects.stages.extract import read_feeds
from projects.stages.landing import draft
from projects.stages.reading import JOINED_AT_ONCE, PLACEMENTS, RecordReader, pieces

NAME = "reconcile"
LABEL = "Reconcile"
WRITES = False

PAGE = 400


@dataclass(slots=True)
class Seen:
    """What the sweep came across: (destination object, key) → ids of the records that carry
    it; and lookups within the object at hand, judged once all of it was seen."""

    ids: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    inner: list[tuple[Difference, tuple[str, str]]] = field(default_factory=list)

    def is_parent(self, id: str, parent: tuple[str, str]) -> bool:
        return id in self.ids.get(parent, [])

    def judge_inner(self) -> list[Difference]:
        wrong = [line for line, parent in self.inner if not self.is_parent(line.found, parent)]
        self.inner.clear()
        return wrong


def run(ctx: Context) -> Tally:
    read_feeds(ctx, wave=0, reading=CHECK_READING)
    ctx.cut(1, lambda: iter([("comparison", {}, ctx.engagement.load_items.count())]))
    tally: Tally = {}
    for piece in ctx.claims(1):
        ctx.run.differences.all().delete()
        tally = _compare_all(ctx, piece)
        _explain(ctx)
        ctx.finish(piece, done=piece.done, total=piece.done, body={"tally": tally})
    body = ctx.run.slices.get(wave=1).body
    found: Tally = body["tally"]
    return found


def _compare_all(ctx: Context, piece: Slice) -> Tally:
    chosen = preset(ctx.engagement.preset)
    seen = Seen()
    tally: Tally = {}
    for object in ctx.destination.ORDER:
        found = 0
        fields = _fields(ctx, chosen, object)
        swept = ctx.destination.sweep(object, f"{ctx.plan['tenant']}/", fields)
        for records in chunked(swept, PAGE):
            _compare(ctx, chosen, object, records, seen)
            found += len(records)
            piece.done += len(records)
            ctx.advance(piece, done=piece.done)
        Difference.objects.bulk_create(seen.judge_inner())
        _missing(ctx, chosen, piece, object, seen)
        tally[object] = {"found": found} | _counted(ctx, object)
    return tally


def _counted(ctx: Context, object: str) -> dict[str, int]:
    found = ctx.run.differences.filter(object=object).order_by().values("kind")
    counted = dict(found.annotate(n=Count("pk")).values_list("kind", "n"))
    return {kind: counted.get(kind, 0) for kind in Difference.Kind.values}


def _fields(ctx: Context, chosen: Preset, object: str) -> list[str]:
    mapped = {row["field"] for row in ctx.plan["rows"] if row["object"] == object}
    looked_up = {lookup.field for s in shapes_in(ctx.plan, chosen, object) for lookup in s.lookups}
    held = file_object(ctx.destination, object)
    told = {name for name in (held.size, held.md5) if name} if held else set[str]()
    return sorted(mapped | looked_up | told)


def _compare(
    ctx: Context, chosen: Preset, object: str, records: Sequence[Record], seen: Seen
) -> None:
    expected = _expected(ctx, chosen, object, [r.key for r in records], CHECK_READING)
    _leave_out_what_only_a_creation_sets(ctx, object, expected)
    for key, values in contents.sent_under(ctx, object, list(expected)).items():
        expected[key].values.update(values)
    lines: list[Difference] = []
    apart: dict[str, list[Difference]] = {}
    for record in records:
        same = seen.ids.setdefault((object, record.key), [])
        same.append(record.id)
        wanted = expected.get(record.key)
        if wanted is None or wanted.problems:
            apart.setdefault(record.key, []).append(_line(ctx, "unexpected", object, record))
        elif len(same) > 1:
            lines.append(_line(ctx, "double", object, record, expected="1", found=str(len(same))))
        elif found := list(_altered(ctx, object, record, wanted, seen)):
            apart[record.key] = found
    if apart:
        _explain_by_source(ctx, chosen, object, apart, seen)
    lines += [line for found in apart.values() for line in found]
    Difference.objects.bulk_create(lines, batch_size=journal.BATCH)


def _leave_out_what_only_a_creation_sets(
    ctx: Context, object: str, expected: Mapping[str, Draft]
) -> None:
    """A record that was there before us has such values of its own: nobody can change them."""
    fixed = [f.name for f in ctx.schema(object).fields if f.createable and not f.updateable]
    if not fixed:
        return
    adopted = LoadItem.objects.filter(
        connection=ctx.engagement.destination,
        object=object,
        key__in=list(expected),
        origin=LoadItem.Origin.ADOPTED,
    )
    for key in adopted.values_list("key", flat=True):
        for values in (expected[key].values, *expected[key].others):
            for name in fixed:
                values.pop(name, None)


def _altered(
    ctx: Context, object: str, record: Record, wanted: Draft, seen: Seen
) -> Iterator[Difference]:
    """Fields that hold another value than the source and the plan give."""
    apart = diff.differing(wanted.values, record.values)
    if all(diff.differing(other, record.values) for other in wanted.others):
        for name, value in apart.items():
            planned = diff.text(wanted.values[name])
            yield _line(ctx, "altered", object, record, name, planned, diff.text(value))
    parents = {} if wanted.once else wanted.parents
    for name, parent in parents.items():
        there = diff.text(record.values.get(name))
        if seen.is_parent(there, parent):
            continue
        line = _line(ctx, "re-parented", object, record, name, " ".join(parent), there)
        if parent[0] == object:
            seen.inner.append((line, parent))
        else:
            yield line


def _line(
    ctx: Context,
    kind: str,
    object: str,
    record: Record,
    field: str = "",
    expected: str = "",
    found: str = "",
) -> Difference:
    return Difference(
        run=ctx.run,
        kind=kind,
        object=object,
        key=record.key,
        remote_id=record.id,
        field=field,
        expected=expected,
        found=found,
    )


def _expected(
    ctx: Context, chosen: Preset, object: str, keys: Sequence[str], reading: str
) -> dict[str, Draft]:
    """Key → what its record should be, from the source as it was read."""
    tenant = ctx.plan["tenant"]
    found: dict[str, Draft] = {}
    for shape in shapes_in(ctx.plan, chosen, object):
        reader = RecordReader(ctx.engagement, reading)
        for ids in chunked(_source_ids(reader, shape, tenant, keys), JOINED_AT_ONCE):
            body = {"numbers": [int(i) for i in ids]} if shape.root == PLACEMENTS else {"ids": ids}
            for some in reader.join(shape, body):
                drafted = [wanted for _, wanted in draft(ctx.plan, shape, some)]
                mentions.resolve(ctx.connection, drafted)
                for wanted in drafted:
                    _merge(found, wanted)
    return found


def _merge(found: dict[str, Draft], wanted: Draft) -> None:
    """A second pass adds its lookups to what the first one made; of roots that share a key any
    may have been the first."""
    first = found.get(wanted.key)
    if first is None or (wanted.once and first.problems):
        if not wanted.second:
            found[wanted.key] = wanted
    elif wanted.once:
        if wanted.values not in (first.values, *first.others) and not wanted.problems:
            first.others.append(wanted.values)
    else:
        first.values.update(wanted.values)
        first.parents = {**first.parents, **wanted.parents}


def _source_ids(reader: RecordReader, shape: Shape, tenant: str, keys: Sequence[str]) -> list[str]:
    """The roots whose records these keys name, by the shape's key template."""
    head = shape.key.partition("{")[0]
    prefix = f"{tenant}/{head}"
    suffix = shape.key.partition("}")[2]
    mine = (key for key in keys if key.startswith(prefix) and key.endswith(suffix))
    tails = (key.removeprefix(prefix).removesuffix(suffix) for key in mine)
    named = {tail for tail in tails if "/" not in tail}
    path = shape.key[len(head) + 1 :].partition("}")[0]
    if named and path != "@id" and shape.root != PLACEMENTS:
        named = reader.pointing(shape.root, path, named)
    return sorted(named)


def _missing(ctx: Context, chosen: Preset, piece: Slice, object: str, seen: Seen) -> None:
    """Name records that the source and the plan give but the destination lacks."""
    shapes = {s.name: s for s in shapes_in(ctx.plan, chosen, object, second=False)}
    reader = RecordReader(ctx.engagement, CHECK_READING)
    for _, body, _ in pieces(ctx.engagement, shapes.values(), reading=CHECK_READING):
        shape = shapes[body["shape"]]
        for roots in chunked(reader.roots(shape.root, body), JOINED_AT_ONCE):
            absent = [
                r for r in roots if (object, key_of(shape, r, ctx.plan["tenant"])) not in seen.ids
            ]
            drafts = draft(ctx.plan, shape, join(shape, absent, reader)) if absent else []
            keys = list(dict.fromkeys(d.key for _, d in drafts if not d.problems))
            keys = _not_excepted(ctx, object, keys)
            loaded = _expected(ctx, chosen, object, keys, LOAD_READING) if keys else {}
            Difference.objects.bulk_create(
                Difference(
                    run=ctx.run,
                    kind="missing",
                    object=object,
                    key=key,
                    explanation="" if key in loaded else "Came to the source after the load.",
                )
                for key in keys
            )
            seen.ids.update(((object, key), []) for key in keys)
            ctx.advance(piece)


def _not_excepted(ctx: Context, object: str, keys: Sequence[str]) -> list[str]:
    """Those of which nobody knows that they cannot land; the others stand in the tally."""
    excepted = LoadItem.objects.filter(
        connection=ctx.connection, object=object, key__in=keys, state=LoadItem.State.EXCEPTED
    )
    known = set(excepted.values_list("key", flat=True))
    return [key for key in keys if key not in known]


def _explain_by_source(
    ctx: Context,
    chosen: Preset,
    object: str,
    apart: Mapping[str, Sequence[Difference]],
    seen: Seen,
) -> None:
    """What stands there is what the source held when we loaded: it changed since."""
    loaded = _expected(ctx, chosen, object, list(apart), LOAD_READING)
    for key, lines in apart.items():
        then = loaded.get(key)
        for line in lines:
            if then is not None and not then.problems and _was_so(line, then, seen):
                line.explanation = "Changed at the source after the load."


def _was_so(line: Difference, then: Draft, seen: Seen) -> bool:
    """Whether the record stands as the source gave it when we loaded."""
    if line.kind == Difference.Kind.ALTERED:
        return line.field in then.values and diff.text(then.values[line.field]) == line.found
    if line.kind == Difference.Kind.REPARENTED:
        parent = then.parents.get(line.field)
        return seen.is_parent(line.found, parent) if parent else line.found == ""
    return True


def _explain(ctx: Context) -> None:
    """What the journal has to say about what was found."""
    open_ = list(ctx.run.differences.filter(explanation=""))
    items = {
        (item.object, item.key): item
        for some in chunked({line.key for line in open_}, 500)
        for item in LoadItem.objects.filter(connection=ctx.connection, key__in=some).exclude(
            reason=""
        )
    }
    explained = []
    for line in open_:
        item = items.get((line.object, line.key))
        if item is not None and _covers(item, line):
            line.explanation = item.reason
            explained.append(line)
    with transaction.atomic():
        Difference.objects.bulk_update(explained, ["explanation"], batch_size=200)


def _covers(item: LoadItem, line: Difference) -> bool:
    kept, waits = LoadItem.Apart.GONE, LoadItem.Apart.HELD
    match line.kind:
        case Difference.Kind.MISSING:
            return item.state in (LoadItem.State.HELD, LoadItem.State.FAILED)
        case Difference.Kind.UNEXPECTED:
            return item.apart in (kept, waits)
        case Difference.Kind.ALTERED | Difference.Kind.REPARENTED if item.apart == waits:
            return True
        case Difference.Kind.ALTERED | Difference.Kind.REPARENTED:
            return line.field in item.reason
    return False


def unexplained(
    differences: "Manager[Difference] | QuerySet[Difference]",
) -> "QuerySet[Difference]":
    """Those that nobody and nothing accounts for."""
    return differences.filter(explanation="")
