"""Reads: SourceRecord and today's plan. Writes: a hundred to five hundred records at the
destination, and what the client reviews. First undoes the sample before it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from projects import diff
from projects.models import Engagement, LoadItem, Run, SampleDiff, Slice, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import preset, shape_named
from projects.shapes import Joined, Shape, at, fill
from projects.stages import landing, tallies, undoing
from projects.stages.base import Context, Tally
from projects.stages.reading import RecordReader

NAME = "sample"
LABEL = "Load a sample"
WRITES = True

DIFF_WAVE = 40


def run(ctx: Context) -> Tally:
    landing.recover(ctx, wave=0)
    earlier = list(
        ctx.engagement.runs.filter(stage=NAME, pk__lt=ctx.run.pk).values_list("pk", flat=True)
    )
    wave = undoing.undo_all(ctx, 1, {"run__in": earlier})
    landing.prepare(ctx, wave)
    landing.land_all(ctx, wave + 1, lambda: pick(ctx.engagement))
    ctx.cut(DIFF_WAVE, lambda: _diff_slices(ctx))
    for piece in ctx.claims(DIFF_WAVE):
        _keep_diffs(ctx, piece)
    return tallies.destination_tally(ctx.engagement)


def pick(engagement: Engagement) -> dict[str, list[str]]:
    """Root object → source ids: picked records first spread over every value of the preset's
    fields, then at random, with the roots they hang under. Deterministic by source account."""
    rule = preset(engagement.preset).SAMPLE
    wanted = max(1, engagement.sample_size // rule.per_pick)
    rows = SourceRecord.objects.filter(
        engagement=engagement, reading=LOAD_READING, object=rule.root
    ).values_list("source_id", "data")
    seed = engagement.source.account_id
    shuffled = sorted(
        (
            (source_id, _spread(rule.spread, data), _along(rule.along, data))
            for source_id, data in rows.iterator()
        ),
        key=lambda row: hashlib.sha256(f"{seed}/{row[0]}".encode()).digest(),
    )
    chosen = _cover(shuffled, wanted)
    picks: dict[str, list[str]] = {rule.root: [row[0] for row in chosen]}
    for position, (root, _) in enumerate(rule.along):
        picks[root] = sorted({row[2][position] for row in chosen if row[2][position]})
    return picks


def _spread(paths: Sequence[str], data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(path, str(at(data, path))) for path in paths]


def _along(along: Sequence[tuple[str, str]], data: Mapping[str, Any]) -> list[str]:
    return [str(at(data, path) or "") for _, path in along]


def _cover(rows: list[Any], wanted: int) -> list[Any]:
    """Rows that bring a value not seen yet come first; then the others, up to `wanted`."""
    seen: set[tuple[str, str]] = set()
    first: list[Any] = []
    rest: list[Any] = []
    for row in rows:
        (rest if seen.issuperset(row[1]) else first).append(row)
        seen.update(row[1])
    return (first + rest)[:wanted]


def _diff_slices(ctx: Context) -> Iterator[tuple[str, dict[str, Any], int]]:
    landed = ctx.run.slices.filter(wave__lt=DIFF_WAVE, body__has_key="shape")
    return (("diff", dict(piece.body), piece.total) for piece in landed)


def _keep_diffs(ctx: Context, piece: Slice) -> None:
    chosen = preset(ctx.engagement.preset)
    shape = shape_named(chosen, piece.body["shape"])
    rows = []
    for some in RecordReader(ctx.engagement).join(shape, piece.body):
        rows += _diffs(ctx, shape, some)
    with transaction.atomic():
        SampleDiff.objects.bulk_create(rows, ignore_conflicts=True)
        ctx.finish(piece, done=piece.total)


def _diffs(ctx: Context, shape: Shape, joined: Sequence[Joined]) -> list[SampleDiff]:
    """Planned against what is read back now, for every record of the sample that landed."""
    drafted = landing.draft(ctx.plan, shape, joined)
    items = {
        item.key: item
        for item in LoadItem.objects.filter(
            connection=ctx.engagement.destination,
            object=shape.destination,
            key__in=[d.key for _, d in drafted],
        )
    }
    fields = sorted({name for _, d in drafted for name in d.values})
    ids = [item.remote_id for item in items.values() if item.remote_id]
    found = {r.id: r.values for r in ctx.destination.fetch(shape.destination, ids, fields)}
    labels = _labels(ctx.engagement, shape)
    rows = []
    for j, drafted_one in drafted:
        item = items.get(drafted_one.key)
        if item is not None:
            rows.append(
                _diff(
                    ctx.run,
                    ctx.plan,
                    shape,
                    j,
                    item,
                    drafted_one.values,
                    found.get(item.remote_id, {}),
                    labels,
                )
            )
    return rows


def _labels(engagement: Engagement, shape: Shape) -> dict[str, str]:
    """Path in the joined record → how people at the source call that field."""
    places = [
        ("", "", shape.root),
        *((f"{p.name}.", f"{p.name} › ", p.object) for p in shape.parts),
    ]
    fields = engagement.source.schema_fields.values_list("object", "name", "label")
    return {
        f"{prefix}{name}": f"{words}{label}"
        for prefix, words, object in places
        for of, name, label in fields
        if of == object
    }


def _diff(
    run: Run,
    plan: Mapping[str, Any],
    shape: Shape,
    joined: Joined,
    item: LoadItem,
    planned: Mapping[str, Any],
    found: Mapping[str, Any],
    labels: Mapping[str, str],
) -> SampleDiff:
    targets: dict[str, list[str]] = {}
    for row in plan["rows"]:
        if row["shape"] == shape.name and row["path"]:
            targets.setdefault(row["path"], []).append(row["field"])
    compared = diff.lines(joined.record, labels, targets, planned, found)
    lines = [line.as_dict() for line in compared]
    return SampleDiff(
        run=run,
        item=item,
        title=(fill(shape.title, joined.record) or item.key)[:255],
        lines=lines,
        differing=sum(line["verdict"] == "differs" for line in lines),
    )
