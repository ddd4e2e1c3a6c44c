"""The journal's rows: what we are about to write, what became of it, what we left behind.
Everything here is database only; projects/writing.py makes the calls in between.

Every change is conditional on the worker's claim: a worker that lost its slice raises
LeaseLost before it can write a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from connectors.values import Outcome, Record, Value, Values, Verb
from projects import audit, diff
from projects.files import Content
from projects.models import Connection, LoadItem, Operation, OperationBody, SentFile, Slice, Ticket
from projects.stages.base import LeaseLost

BATCH = 500
ITEM_FIELDS = ("state", "origin", "remote_id", "digest", "left_at", "apart", "reason")


@dataclass(slots=True)
class Intent:
    """One write that is about to happen."""

    item: LoadItem
    payload: dict[str, Value]
    before: dict[str, Value] | None = None
    undoes: int | None = None
    undoes_from: int | None = None
    digest: str = ""
    """Digest of the whole planned record, kept on the load item once landed."""
    second: bool = False
    """Completes what another write of the same record says."""
    content: Content | None = None
    """The bytes of the file that the record stands for."""


def guard(piece: Slice) -> None:
    """First statement of every transaction of a worker. Raises LeaseLost."""
    if not piece.renew():
        raise LeaseLost(f"{piece} is held by another worker")


def intend(piece: Slice, verb: Verb, object: str, intents: Sequence[Intent]) -> list[Operation]:
    """Commit a chunk as `sending`, under one open ticket, before anything is sent."""
    with transaction.atomic():
        guard(piece)
        ticket = Ticket.objects.create(run=piece.run, slice=piece, object=object, verb=verb)
        operations = Operation.objects.bulk_create(
            (_operation(piece, ticket, verb, intent) for intent in intents), batch_size=BATCH
        )
        OperationBody.objects.bulk_create(
            (
                OperationBody(operation=op, payload=intent.payload, before=intent.before)
                for op, intent in zip(operations, intents, strict=True)
            ),
            batch_size=BATCH,
        )
    return operations


def remember(piece: Slice, ticket_id: int, remote_id: str) -> None:
    """Commit the remote handle of a chunk before its rows are sent."""
    with transaction.atomic():
        guard(piece)
        Ticket.objects.filter(pk=ticket_id).update(remote_id=remote_id)


def settle(
    piece: Slice,
    operations: Sequence[Operation],
    close: Ticket | None,
    sent: Mapping[int, Content | None] | None = None,
) -> None:
    """Commit outcomes that `apply` put on operations and their load items. `sent`: load item →
    the file that went with it; of one that landed and passed whole, size and sum are kept."""
    passed = {
        op.pk: (content.size, content.md5)
        for op in operations
        if op.status == Operation.Status.LANDED
        and (content := (sent or {}).get(op.item_id))
        and content.md5
    }
    with transaction.atomic():
        guard(piece)
        save_operations(operations, "status", "settled_at")
        save_items([op.item for op in operations])
        _save_sent(passed)
        if close is not None:
            Ticket.objects.filter(pk=close.pk).update(status=Ticket.Status.CLOSED)


def apply(operation: Operation, outcome: Outcome) -> None:
    """Put an outcome on an operation and its load item, in memory."""
    item = operation.item
    operation.settled_at = timezone.now()
    if outcome.status == "done":
        _landed(operation, outcome.id)
    elif outcome.status == "gone":
        operation.status = Operation.Status.GONE
        _gone(operation)
    elif outcome.status == "unprocessed":
        operation.status = Operation.Status.LOST
    else:
        operation.status = Operation.Status.FAILED
        if operation.undoes_id is None:
            item.state = LoadItem.State.FAILED
        item.reason = outcome.error


def keep_sent(piece: Slice, sent: Mapping[int, tuple[int, str]]) -> None:
    """Operation → size and MD5 of the file that it sent."""
    with transaction.atomic():
        guard(piece)
        _save_sent(sent)


def sent_files(items: Sequence[int]) -> dict[int, SentFile]:
    """Load item → what our newest create of it sent of its file."""
    found: dict[int, SentFile] = {}
    for start in range(0, len(items), BATCH):
        rows = SentFile.objects.filter(operation__item__in=items[start : start + BATCH])
        for row in rows.select_related("operation").order_by("pk"):
            found[row.operation.item_id] = row
    return found


def keep_read_back(
    piece: Slice,
    operations: Sequence[Operation],
    found: Iterable[Record],
    files: Mapping[int, Mapping[str, Value]],
) -> None:
    """Keep what the destination holds after our write, as cells that differ from ours. `files`:
    operation → what the destination should tell of the file that it sent."""
    by_id = {record.id: record for record in found}
    bodies = payloads(operations)
    for op in operations:
        record = by_id.get(op.item.remote_id)
        sent = {**bodies[op.pk], **files.get(op.pk, {})}
        if record is None:
            op.differing = dict.fromkeys(sent)
        else:
            op.differing = diff.differing(sent, record.values)
            op.item.left_at = record.modified_at
    with transaction.atomic():
        guard(piece)
        save_operations(operations, "differing")
        save_items([op.item for op in operations])


def keep_left(piece: Slice, operations: Sequence[Operation], items: Sequence[LoadItem]) -> None:
    """Commit what is left by these writes now, as `differing` and `left_at` in memory say."""
    with transaction.atomic():
        guard(piece)
        save_operations(operations, "differing")
        save_items(items)


def close_slice(piece: Slice, actor: str) -> None:
    """The slice is done: its audit entry and its status in one transaction."""
    with transaction.atomic():
        guard(piece)
        number, root = audit.slice_root(piece.pk)
        piece.held().update(status=Slice.Status.DONE, lease_until=None, done=piece.done)
        if number:
            audit.record(
                piece.run.engagement,
                actor,
                "slice written",
                run=piece.run_id,
                slice=piece.pk,
                object=piece.object,
                operations=number,
                root=root,
            )


def live_operations(items: Sequence[int], **scope: Any) -> list[Operation]:
    """Landed writes of these load items that no landed undo covers, oldest first, with their
    bodies. `scope` filters further."""
    live: list[Operation] = []
    for start in range(0, len(items), BATCH):
        some = items[start : start + BATCH]
        undone = _undos(some)
        found = Operation.objects.filter(
            item__in=some, undoes=None, status=Operation.Status.LANDED, **scope
        ).select_related("body")
        live += [
            op
            for op in found.order_by("pk")
            if not any(first <= op.pk < undo for undo, first in undone.get(op.item_id, ()))
        ]
    # What was written to a record that others deleted since does not count for its successor.
    created = {op.item_id: op.pk for op in live if op.verb == "create"}
    return [op for op in live if op.pk >= created.get(op.item_id, 0)]


def lost_writes(
    items: Sequence[int], verb: Verb, failed: bool = False, **scope: Any
) -> list[Operation]:
    """The newest write or undo of each of these load items, where it was given up as never
    arrived, with its body. A vendor may still commit it after we looked. With `failed`, also
    one that the vendor refused."""
    given_up = (Operation.Status.LOST, *((Operation.Status.FAILED,) if failed else ()))
    lost: dict[int, Operation] = {}
    for start in range(0, len(items), BATCH):
        found = Operation.objects.filter(
            item__in=items[start : start + BATCH],
            verb=verb,
            status__in=given_up,
            **scope,
        ).select_related("body")
        lost.update((op.item_id, op) for op in found.order_by("pk"))
    later = Operation.objects.filter(item__in=list(lost), status__in=("landed", "gone")).order_by()
    newest = dict(later.values("item").annotate(last=Max("pk")).values_list("item", "last"))
    return [op for op in lost.values() if op.pk > newest.get(op.item_id, 0)]


def changes_given_up(items: Sequence[int]) -> set[int]:
    """Those of these load items of which a change was given up as never arrived, and perhaps
    sent again. The vendor may commit it all the same."""
    lost = Operation.objects.filter(verb="update", undoes=None, status=Operation.Status.LOST)
    found: set[int] = set()
    for start in range(0, len(items), BATCH):
        some = lost.filter(item__in=items[start : start + BATCH])
        found.update(some.order_by().values_list("item", flat=True))
    return found


def given_up(connection: Connection, object: str) -> dict[int, Values]:
    """Load item → what a write of it sent that was given up as never arrived."""
    lost = Operation.objects.filter(
        item__connection=connection, item__object=object, status=Operation.Status.LOST
    )
    return {op.item_id: op.body.payload for op in lost.select_related("body").order_by("pk")}


def left_values(items: Sequence[int]) -> dict[int, dict[str, Value]]:
    """Load item → field → the value we know we left there."""
    writes: dict[int, list[Operation]] = {}
    for op in live_operations(items):
        writes.setdefault(op.item_id, []).append(op)
    return {item: left_by(operations) for item, operations in writes.items()}


def left_by(operations: Iterable[Operation]) -> dict[str, Value]:
    """Field → the value that these writes of one record, oldest first, left there: what was
    sent, corrected by what was read back."""
    left: dict[str, Value] = {}
    for op in operations:
        left.update(op.body.payload)
        left.update(op.differing or {})
    return left


def _undos(items: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Load item → its undos, each with the oldest write that it covers."""
    undos = Operation.objects.filter(
        item__in=items, undoes__isnull=False, status__in=("landed", "gone")
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for item, pk, first in undos.values_list("item", "pk", "undoes_from"):
        found.setdefault(item, []).append((pk, first or 0))
    return found


def payloads(operations: Sequence[Operation]) -> dict[int, dict[str, Value]]:
    """Operation → the values it sent."""
    found: dict[int, dict[str, Value]] = {}
    ids = [op.pk for op in operations]
    for start in range(0, len(ids), BATCH):
        rows = OperationBody.objects.filter(operation_id__in=ids[start : start + BATCH])
        found.update(rows.values_list("operation_id", "payload"))
    return found


def save_operations(operations: Sequence[Operation], *fields: str) -> None:
    _upsert(Operation, operations, fields)


def save_items(items: Sequence[LoadItem]) -> None:
    _upsert(LoadItem, items, ITEM_FIELDS)


def keep_items(piece: Slice, items: Sequence[LoadItem]) -> None:
    """Commit load items as they are in memory, while the claim on the slice stands."""
    with transaction.atomic():
        guard(piece)
        save_items(items)


def _save_sent(sent: Mapping[int, tuple[int, str]]) -> None:
    rows = (SentFile(operation_id=op, size=size, md5=md5) for op, (size, md5) in sent.items())
    SentFile.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _upsert(model: Any, rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Many rows in one statement each batch; a per-row CASE update is ten times slower."""
    if rows:
        model.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(fields),
        )


def _operation(piece: Slice, ticket: Ticket, verb: Verb, intent: Intent) -> Operation:
    return Operation(
        run=piece.run,
        ticket=ticket,
        item=intent.item,
        verb=verb,
        undoes_id=intent.undoes,
        undoes_from=intent.undoes_from,
        digest=audit.operation_digest(intent.item.key, verb, intent.payload, intent.before),
    )


def _landed(operation: Operation, remote_id: str | None) -> None:
    item = operation.item
    operation.status = Operation.Status.LANDED
    if operation.undoes_id is not None:
        _undone(item, partly=operation.undoes_from is not None)
        return
    item.state = LoadItem.State.LANDED
    if operation.verb == "create":
        item.remote_id = remote_id or item.remote_id
        item.origin, item.apart = LoadItem.Origin.CREATED, LoadItem.Apart.NO
    if item.apart != LoadItem.Apart.THEIRS:
        item.apart, item.reason = LoadItem.Apart.NO, ""


def _gone(operation: Operation) -> None:
    item = operation.item
    if operation.undoes_id is not None:
        _undone(item)
        item.reason = "was already gone at rollback"
    else:
        item.state = LoadItem.State.FAILED
        item.reason = "The record vanished at the destination before we could update it."


def _undone(item: LoadItem, partly: bool = False) -> None:
    """Taken back; a record that could be restored only in part stays `kept`, one that keeps
    older writes of ours stays landed."""
    item.digest = ""
    if partly:
        item.state = LoadItem.State.LANDED
    elif item.state != LoadItem.State.KEPT:
        item.state, item.apart, item.reason = LoadItem.State.UNDONE, LoadItem.Apart.NO, ""


def unsettled(slices: Mapping[str, Any]) -> "QuerySet[Operation]":
    """Operations still `sending` in the runs or slices given as filter arguments."""
    return (
        Operation.objects.filter(status=Operation.Status.SENDING, **slices)
        .select_related("item", "ticket")
        .order_by("pk")
    )
