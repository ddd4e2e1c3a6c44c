"""Reads: SourceRecord and today's plan. Writes: a hundred to five hundred records at the
destination, and what the client reviews. First undoes the sample before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import transaction

from projects import diff, mentions, sampling
from projects.models import Engagement, LoadItem, Run, SampleDiff, Slice
from projects.presets import preset, shape_named
from projects.shapes import Joined, Shape, fill
from projects.stages import contents, landing, tallies, undoing
from projects.stages.base import Context, Tally
from projects.stages.reading import RecordReader

NAME = "sample"
LABEL = "Load a sample"
WRITES = True


def run(ctx: Context) -> Tally:
    landing.recover(ctx, wave=0)
    earlier = list(
        ctx.engagement.runs.filter(stage=NAME, pk__lt=ctx.run.pk).values_list("pk", flat=True)
    )
    wave = undoing.undo_all(ctx, 1, {"run__in": earlier})
    landing.prepare(ctx, wave)
    picked = cache(sampling.pick)
    wave = landing.land_all(ctx, wave + 1, lambda _: picked(ctx.engagement))
    ctx.cut(wave, lambda: _diff_slices(ctx))
    for piece in ctx.claims(wave):
        _keep_diffs(ctx, piece)
    return tallies.destination_tally(ctx.connection)


def _diff_slices(ctx: Context) -> Iterator[tuple[str, dict[str, Any], int]]:
    first = {s.name for s in preset(ctx.engagement.preset).SHAPES if not s.second}
    landed = ctx.run.slices.filter(body__shape__in=first)
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
    mentions.resolve(ctx.connection, [d for _, d in drafted])
    items = {
        item.key: item
        for item in LoadItem.objects.filter(
            connection=ctx.connection,
            object=shape.destination,
            key__in=[d.key for _, d in drafted],
        )
    }
    files = contents.sent_under(ctx, shape.destination, list(items))
    planned = {d.key: {**d.values, **files.get(d.key, {})} for _, d in drafted}
    fields = sorted({name for values in planned.values() for name in values})
    ids = [item.remote_id for item in items.values() if item.remote_id]
    found = {r.id: r.values for r in ctx.destination.fetch(shape.destination, ids, fields)}
    labels, targets = _labels(ctx.engagement, shape), _targets(ctx.plan, shape)
    rows = []
    for j, drafted_one in drafted:
        item = items.get(drafted_one.key)
        if item is not None and item.state != LoadItem.State.EXCEPTED:
            rows.append(
                _diff(
                    ctx.run,
                    shape,
                    j,
                    item,
                    planned[drafted_one.key],
                    found.get(item.remote_id, {}),
                    labels,
                    targets,
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


def _targets(plan: Mapping[str, Any], shape: Shape) -> dict[str, list[str]]:
    """Path in the joined record → the destination fields that it feeds."""
    targets: dict[str, list[str]] = {}
    for row in plan["rows"]:
        if row["shape"] == shape.name and row["path"]:
            targets.setdefault(row["path"], []).append(row["field"])
    return targets


def _diff(
    run: Run,
    shape: Shape,
    joined: Joined,
    item: LoadItem,
    planned: Mapping[str, Any],
    found: Mapping[str, Any],
    labels: Mapping[str, str],
    targets: Mapping[str, Sequence[str]],
) -> SampleDiff:
    compared = diff.lines(joined.record, labels, targets, planned, found)
    lines = [line.as_dict() for line in compared]
    return SampleDiff(
        run=run,
        item=item,
        title=(fill(shape.title, joined.record) or item.key)[:255],
        lines=lines,
        differing=sum(line["verdict"] == "differs" for line in lines),
    )
