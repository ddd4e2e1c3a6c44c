"""Part of the scan: how large each file of the source is, which need a decision, which are lost.

Reads: the source, a question a file and no bytes. Writes: FlaggedFile; the sums stay on the
slices, for the findings and for whoever forecasts a load.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from projects.files import FilesToSend
from projects.models import Engagement, Finding, FlaggedFile, Run, Slice
from projects.presets import preset, shape_named
from projects.shapes import Shape
from projects.stages.base import Context
from projects.stages.contents import why_flagged
from projects.stages.reading import RecordReader, pieces

EXAMPLES = 500
SUMS = {"files": 0, "bytes": 0, "unknown": 0}


def measure_all(ctx: Context, wave: int, shapes: Sequence[Shape]) -> None:
    """Ask for the size of every file that is to land."""
    chosen = [shape for shape in shapes if shape.file]
    ctx.cut(wave, lambda: pieces(ctx.engagement, chosen))
    for piece in ctx.claims(wave):
        _measure(ctx, piece, shape_named(preset(ctx.engagement.preset), piece.body["shape"]))


def findings(ctx: Context, wave: int) -> Iterator[Finding]:
    """One finding a kind of file: which exist, but cannot be fetched."""
    lost: dict[str, dict[str, str]] = {}
    for body in ctx.run.slices.filter(wave=wave).values_list("body", flat=True):
        lost.setdefault(body["shape"], {}).update(body["lost"])
    for shape, reasons in lost.items():
        if reasons:
            yield Finding(
                engagement=ctx.engagement,
                code="file cannot be fetched",
                severity=Finding.Severity.NOTE,
                subject=shape,
                message=f"{len(reasons)} file(s) of {shape} exist, but cannot be fetched, and will "
                f"not land. {next(iter(reasons.values()))}",
                count=len(reasons),
                records=sorted(reasons)[:EXAMPLES],
            )


def files_to_send(engagement: Engagement) -> dict[str, FilesToSend]:
    """Destination object → what a load will send, as the newest whole scan counted it. Files
    that are lost, or left out by decision, do not count."""
    skipped = engagement.flagged_files.filter(action=FlaggedFile.Action.SKIP)
    out: dict[str, int] = {}
    for object, size in skipped.values_list("object", "size"):
        out[object] = out.get(object, 0) + (size or 0)
    shapes = {s.name: s for s in preset(engagement.preset).SHAPES if s.file}
    found: dict[str, FilesToSend] = {}
    scans = engagement.runs.filter(stage="scan", status=Run.Status.SUCCEEDED)
    for run in scans.order_by("-pk")[:1]:
        for piece in run.slices.filter(body__has_key="lost"):
            before = found.get(piece.object, FilesToSend())
            found[piece.object] = FilesToSend(
                before.count + piece.body["files"],
                before.bytes + piece.body["bytes"] - out.pop(shapes[piece.body["shape"]].root, 0),
                before.unknown + piece.body["unknown"],
            )
    return found


def _measure(ctx: Context, piece: Slice, shape: Shape) -> None:
    sums: dict[str, Any] = {**SUMS, "lost": {}}
    flagged: list[FlaggedFile] = []
    for some in RecordReader(ctx.engagement).join(shape, piece.body):
        for joined in some:
            _look_at(ctx, shape, joined.record, sums, flagged)
            piece.done += 1
        ctx.advance(piece, done=piece.done)
    with transaction.atomic():
        FlaggedFile.objects.bulk_create(
            flagged,
            update_conflicts=True,
            unique_fields=["engagement", "object", "source_id"],
            update_fields=["name", "size", "why"],
        )
        ctx.finish(piece, body={**piece.body, **sums}, done=piece.total)


def _look_at(
    ctx: Context,
    shape: Shape,
    record: Mapping[str, Any],
    sums: dict[str, Any],
    flagged: list[FlaggedFile],
) -> None:
    id, name = str(record["@id"]), str(record.get("fileName") or "")
    try:
        size = ctx.source.size(shape.root, record)
    except FileNotFoundError as lost:
        sums["lost"][id] = str(lost)
        return
    sums["files"] += 1
    sums["bytes"] += size or 0
    sums["unknown"] += size is None
    if why := why_flagged(ctx, shape, name, size):
        flagged.append(
            FlaggedFile(
                engagement=ctx.engagement,
                object=shape.root,
                source_id=id,
                name=name.rpartition("/")[2][:255],
                size=size,
                why=why,
            )
        )
