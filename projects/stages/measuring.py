"""Part of the scan: how large each file of the source is, which need a decision, which are lost.

Reads: the source, no bytes, and one question a file; a file of which it told is asked about
again when its record changed, or where it was lost. Writes: MeasuredFile, FlaggedFile.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum

from projects.files import FilesToSend
from projects.models import Engagement, Finding, FlaggedFile, MeasuredFile, Run, Slice
from projects.models.plan import digest_of
from projects.presets import preset, shape_named
from projects.shapes import Shape
from projects.stages.base import Context
from projects.stages.contents import why_flagged
from projects.stages.reading import RecordReader, pieces

EXAMPLES = 500


def measure_all(ctx: Context, wave: int, shapes: Sequence[Shape]) -> None:
    """Ask for the size of every file that is to land."""
    chosen = [shape for shape in shapes if shape.file]
    ctx.cut(wave, lambda: pieces(ctx.engagement, chosen))
    for piece in ctx.claims(wave):
        _measure(ctx, piece, shape_named(preset(ctx.engagement.preset), piece.body["shape"]))


def findings(ctx: Context) -> Iterator[Finding]:
    """One finding a kind of file: which exist, but cannot be fetched."""
    lost = ctx.run.measured_files.exclude(lost="").order_by("source_id")
    for shape in preset(ctx.engagement.preset).SHAPES:
        reasons = dict(lost.filter(object=shape.root).values_list("source_id", "lost"))
        if shape.file and reasons:
            yield Finding(
                engagement=ctx.engagement,
                code="file cannot be fetched",
                severity=Finding.Severity.NOTE,
                subject=shape.name,
                message=f"{len(reasons)} file(s) of {shape.name} exist, but cannot be fetched, and "
                f"will not land. {next(iter(reasons.values()))}",
                count=len(reasons),
                records=list(reasons)[:EXAMPLES],
            )


def files_to_send(engagement: Engagement, scan: Run | None = None) -> dict[str, FilesToSend]:
    """Destination object → what a load will send, as the newest whole scan, or `scan`, was
    told. Files that are lost, too large, or left out by decision, do not count."""
    out = FlaggedFile.objects.filter(
        Q(action=FlaggedFile.Action.SKIP) | Q(why=FlaggedFile.Why.TOO_LARGE),
        engagement=engagement,
        object=OuterRef("object"),
        source_id=OuterRef("source_id"),
    )
    files = MeasuredFile.there(engagement, scan).filter(~Exists(out), lost="")
    sums = files.order_by().values("object").annotate(
        files=Count("pk"), bytes=Sum("size", default=0), unknown=Count("pk", filter=Q(size=None))
    )  # fmt: skip
    shapes = {s.root: s.destination for s in preset(engagement.preset).SHAPES if s.file}
    found: dict[str, FilesToSend] = {}
    for each in sums:
        before = found.get(shapes[each["object"]], FilesToSend())
        found[shapes[each["object"]]] = FilesToSend(
            before.count + each["files"],
            before.bytes + each["bytes"],
            before.unknown + each["unknown"],
        )
    return found


def _measure(ctx: Context, piece: Slice, shape: Shape) -> None:
    measured: list[MeasuredFile] = []
    for some in RecordReader(ctx.engagement).join(shape, piece.body):
        known = _known(ctx, shape, [joined.record["@id"] for joined in some])
        for joined in some:
            measured.append(_told(ctx, piece, shape, joined.record, known))
            piece.done += 1
    flagged = [
        FlaggedFile(
            engagement=ctx.engagement,
            object=file.object,
            source_id=file.source_id,
            name=file.name,
            size=file.size,
            why=why,
        )
        for file in measured
        if not file.lost and (why := why_flagged(ctx, shape, file.name, file.size))
    ]
    with transaction.atomic():
        _keep(measured, "run", "name", "size", "lost", "digest")
        _keep(flagged, "name", "size", "why")
        ctx.finish(piece, done=piece.total)


def _known(ctx: Context, shape: Shape, ids: Sequence[str]) -> dict[str, MeasuredFile]:
    rows = MeasuredFile.objects.filter(engagement=ctx.engagement, object=shape.root)
    return {file.source_id: file for file in rows.filter(source_id__in=ids, lost="")}


def _told(
    ctx: Context,
    piece: Slice,
    shape: Shape,
    record: Mapping[str, Any],
    known: Mapping[str, MeasuredFile],
) -> MeasuredFile:
    """What is known of the file, asked for where its record is not the one that was asked
    about."""
    name = str(record.get("fileName") or "").rpartition("/")[2][:255]
    file = MeasuredFile(
        engagement=ctx.engagement,
        run=ctx.run,
        object=shape.root,
        source_id=record["@id"],
        name=name,
        digest=digest_of(record),
    )
    before = known.get(file.source_id)
    if before is not None and before.digest == file.digest:
        file.size = before.size
        return file
    try:
        file.size = ctx.source.size(shape.root, record)
    except FileNotFoundError as lost:
        file.lost = str(lost)
    ctx.advance(piece, done=piece.done)
    return file


def _keep(rows: Sequence[Any], *fields: str) -> None:
    for model in {type(row) for row in rows}:
        model.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["engagement", "object", "source_id"],
            update_fields=fields,
        )
