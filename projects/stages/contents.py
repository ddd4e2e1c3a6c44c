"""Files of load items: where their bytes come from, what was sent, and what must be decided.
Database and source only; projects/writing.py sends."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from connectors.capabilities import file_object
from connectors.values import Value
from projects import journal
from projects.drafts import Draft
from projects.files import LOAD, Content, decision, told
from projects.journal import Intent
from projects.models import FlaggedFile, LoadItem, Operation, SentFile, Slice, SourceRecord
from projects.models.files import MEGABYTE
from projects.models.records import LOAD_READING
from projects.presets import preset, shape_named
from projects.shapes import Joined, Shape
from projects.stages.base import Context


def add(ctx: Context, shape: Shape, drafted: Sequence[tuple[Joined, Draft]]) -> None:
    """Give each draft the bytes that go with it, or the reason of whoever left it out."""
    for joined, draft in drafted:
        draft.content = _content(ctx, shape, draft.source_id, joined.record)
    skipped = FlaggedFile.objects.filter(
        engagement=ctx.engagement,
        object=shape.root,
        source_id__in=[draft.source_id for _, draft in drafted if draft.excepted],
    )
    reasons = dict(skipped.exclude(reason="").values_list("source_id", "reason"))
    for _, draft in drafted:
        if draft.excepted and (reason := reasons.get(draft.source_id)):
            draft.problems.append(f"Reason: {reason}")


def content_of(ctx: Context, item: LoadItem) -> Content:
    """The bytes of a load item's source record, whatever their number."""
    shape = shape_named(preset(ctx.engagement.preset), item.shape)
    record = SourceRecord.objects.get(
        engagement=ctx.engagement,
        reading=LOAD_READING,
        object=shape.root,
        source_id=item.source_id,
    )
    download = partial(ctx.source.download, shape.root, record.data)
    return Content(download, None, f"{shape.root}/{item.source_id}")


def begun(piece: Slice, intent: Intent) -> bool:
    """Whether the record's file, if it stands for one, can be had from the source. One that is
    lost there is excepted; the next run looks again."""
    if intent.content is None:
        return True
    try:
        intent.content.begin()
    except FileNotFoundError as lost:
        intent.item.state, intent.item.reason = LoadItem.State.EXCEPTED, str(lost)
        journal.keep_items(piece, [intent.item])
        return False
    return True


def told_of(
    ctx: Context, piece: Slice, object: str, landed: Sequence[Operation]
) -> dict[int, dict[str, Value]]:
    """Operation that sent a file → what the destination should tell of it. Where we did not
    live to count its bytes, they are counted at the source."""
    held = file_object(ctx.destination, object)
    creates = {op.pk: op for op in landed if op.verb == "create"} if held else {}
    if held is None or not creates:
        return {}
    known = SentFile.objects.in_bulk(list(creates))
    for pk in creates.keys() - known.keys():
        content = content_of(ctx, creates[pk].item)
        content.measure()
        journal.keep_sent(piece, {pk: (content.size, content.md5)})
    known = SentFile.objects.in_bulk(list(creates))
    return {pk: told(held, sent.size, sent.md5) for pk, sent in known.items()}


def sent_under(ctx: Context, object: str, keys: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Key → what the destination should tell of the file that we sent under it."""
    held = file_object(ctx.destination, object)
    if held is None:
        return {}
    found: dict[str, dict[str, Value]] = {}
    for start in range(0, len(keys), journal.BATCH):
        items = LoadItem.objects.filter(
            connection=ctx.connection, object=object, key__in=keys[start : start + journal.BATCH]
        ).exclude(origin=LoadItem.Origin.ADOPTED)
        by_id = dict(items.values_list("pk", "key"))
        for item, file in journal.sent_files(list(by_id)).items():
            found[by_id[item]] = told(held, file.size, file.md5)
    return found


def flag(ctx: Context, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Ask a person about files that turned out larger on the way than may go unasked."""
    rows = [
        FlaggedFile(
            engagement=ctx.engagement,
            object=shape.root,
            source_id=draft.source_id,
            name=draft.key[:255],
            why=FlaggedFile.Why.LARGE,
        )
        for draft in drafts
        if draft.content is not None and draft.content.too_large
    ]
    FlaggedFile.objects.bulk_create(rows, ignore_conflicts=True)


def why_flagged(ctx: Context, shape: Shape, name: str, size: int | None) -> str:
    """Which limit a file exceeds, as `FlaggedFile.Why`; "" for none."""
    largest = _largest(ctx, shape)
    blocked = {kind.strip(" .").lower() for kind in ctx.engagement.blocked_kinds.split(",")}
    if size is not None and largest and size > largest:
        return FlaggedFile.Why.TOO_LARGE
    if name.rpartition(".")[2].lower() in blocked - {""}:
        return FlaggedFile.Why.KIND
    return FlaggedFile.Why.LARGE if size is not None and size > _unasked(ctx) else ""


def _content(ctx: Context, shape: Shape, source_id: str, record: dict[str, Any]) -> Content:
    largest = _largest(ctx, shape) or None
    unasked = decision(ctx.plan, shape.root, source_id) != LOAD
    limit = min(_unasked(ctx), largest or _unasked(ctx)) if unasked else largest
    download = partial(ctx.source.download, shape.root, record)
    return Content(download, limit, f"{shape.root}/{source_id}")


def _largest(ctx: Context, shape: Shape) -> int:
    """Bytes that the destination takes in one file; 0 where no limit is known."""
    held = file_object(ctx.destination, shape.destination)
    return held.limit if held else 0


def _unasked(ctx: Context) -> int:
    """Bytes of the largest file that is loaded without a decision."""
    return ctx.engagement.flag_over_mb * MEGABYTE
