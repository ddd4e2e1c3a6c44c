"""The only code that writes to a destination: look up, journal, send, collect, read back.

land(drafts)  →  load items  →  create or update?  →  send(intents)
undo          →                                       send(intents)
recover()     ←  tickets left open and operations left `sending` by a killed worker
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, cast

from more_itertools import chunked

from connectors.errors import Refused
from connectors.values import Chunk, Outcome, Pending, Row, Values, Verb
from connectors.values import Ticket as RemoteTicket
from projects import diff, journal, recomputed
from projects.drafts import Draft, items_of, sendable
from projects.files import Content, TooLarge
from projects.journal import Intent
from projects.models import LoadItem, Operation, Slice, Ticket
from projects.stages import contents
from projects.stages.base import Cancelled, Context

FETCH = 500
RETRY_ROUNDS = 3
RETRY_CHUNK = 50


def land(
    ctx: Context,
    piece: Slice,
    object: str,
    drafts: Sequence[Draft],
    total: int,
    free: Callable[[Sequence[Intent]], None],
) -> None:
    """Bring the destination to what the drafts say, sending nothing that is there already.
    `total` is how many rows of this object the whole run writes, for the chunk size. `free` is
    told of what is about to be sent: something may keep it from being changed."""
    items = items_of(ctx, object, drafts)
    ready = sendable(ctx, drafts, items)
    journal.keep_items(piece, list(items.values()))
    kept = LoadItem.State.KEPT
    missing = [i for i in ready if not i.item.remote_id or i.item.state == kept]
    creates = _adopt(ctx, piece, object, missing)
    there = [i for i in ready if i.item.remote_id]
    updates = _changed(ctx, piece, object, there)
    journal.keep_items(piece, [i.item for i in there])
    free([*creates, *updates])
    work: tuple[tuple[Verb, list[Intent]], ...] = (("create", creates), ("update", updates))
    for verb, intents in work:
        size = max(1, ctx.destination.chunk_size(object, verb, total))
        for some in chunked(intents, size):
            begun = [i for i in some if verb != "create" or contents.begun(piece, i)]
            if begun:
                send_with_retry(ctx, piece, verb, object, begun)


def send_with_retry(
    ctx: Context, piece: Slice, verb: Verb, object: str, intents: Sequence[Intent]
) -> None:
    """Send; rows that met a lock go again, a few times, in smaller chunks. Where the vendor
    takes one key twice, they are looked up before."""
    again = send(ctx, piece, verb, object, intents)
    for _ in range(RETRY_ROUNDS):
        if not again:
            return
        ctx.wait(1.0)
        if verb == "create" and not ctx.refuses_doubles(object):
            again = _adopt(ctx, piece, object, again, tried=True)
        again = [
            i for some in chunked(again, RETRY_CHUNK) for i in send(ctx, piece, verb, object, some)
        ]


def send(
    ctx: Context, piece: Slice, verb: Verb, object: str, intents: Sequence[Intent]
) -> list[Intent]:
    """One chunk, journalled before and after. Returns the intents worth sending again."""
    ctx.advance(piece)
    operations = journal.intend(piece, verb, object, intents)
    ticket = operations[0].ticket
    sent = {i.item.pk: i.content if verb == "create" else None for i in intents}
    rows = tuple(_row(i.item, i.payload, sent[i.item.pk]) for i in intents)
    above = recomputed.above(
        ctx, object, {i.item.pk: {**(i.before or {}), **i.payload} for i in intents}
    )
    try:
        remote = ctx.destination.submit(
            Chunk(verb, object, rows), lambda t: journal.remember(piece, ticket.pk, t.remote_id)
        )
    except (TooLarge, FileNotFoundError) as stopped_by:
        _broken_off(piece, ticket, operations, str(stopped_by))
        return []
    outcomes, stopped = _collect(ctx, remote)
    recomputed.keep(ctx, piece, above)
    digests = {i.item.pk: i.digest for i in intents}
    again = _settle(ctx, piece, ticket, operations, outcomes, digests, sent)
    if not any(sent.values()):  # files are read back later, many at once
        read_back(ctx, piece, object, operations)
    if stopped:
        raise Cancelled(f"{ctx.run} was stopped while a chunk was under way")
    ids = {op.item_id for op in again}
    return [i for i in intents if i.item.pk in ids]


def _broken_off(piece: Slice, ticket: Ticket, operations: Sequence[Operation], reason: str) -> None:
    """We ended the upload of a file ourselves: an unfinished one leaves nothing."""
    for op in operations:
        journal.apply(op, Outcome(op.item.key, "unprocessed"))
        op.item.state, op.item.reason = LoadItem.State.HELD, reason
    journal.settle(piece, operations, close=ticket)


def recover(ctx: Context, piece: Slice, operations: Iterable[Operation]) -> None:
    """Find out what became of operations left `sending`: collect their remote jobs, look up
    the rest. Nothing is sent before this is done."""
    by_ticket: dict[int, list[Operation]] = {}
    for op in operations:
        by_ticket.setdefault(op.ticket_id, []).append(op)
    for group in by_ticket.values():
        ticket = group[0].ticket
        if ticket.remote_id:
            remote = RemoteTicket(_verb(ticket.verb), ticket.object, ticket.remote_id)
            ctx.destination.abort(remote)
            outcomes, _ = _collect(ctx, remote)
            _settle(ctx, piece, ticket, group, outcomes, {}, {}, partial=True)
        group = [op for op in group if op.status == Operation.Status.SENDING]
        _look_up(ctx, ticket.object, _verb(ticket.verb), group)
        recomputed.catch_up(ctx, piece, ticket.object, by_ticket[ticket.pk])
        journal.settle(piece, group, close=ticket)
        read_back(ctx, piece, ticket.object, by_ticket[ticket.pk])


def settle_late(ctx: Context, piece: Slice, object: str, items: Sequence[LoadItem]) -> None:
    """Writes and undos of these items that were given up as never arrived may have been
    committed since: look again, and settle those that were."""
    by_id = {item.pk: item for item in items}
    verbs: tuple[Verb, ...] = ("create", "update", "delete")
    for verb in verbs:
        lost = journal.lost_writes(list(by_id), verb)
        for op in lost:
            op.item = by_id[op.item_id]
        _look_up(ctx, object, verb, lost)
        late = [op for op in lost if op.status == Operation.Status.LANDED]
        _arrived(ctx, piece, object, late, items)


def read_back(ctx: Context, piece: Slice, object: str, operations: Sequence[Operation]) -> None:
    """What stands there after our write, for every landed operation that still exists."""
    landed = [
        op
        for op in operations
        if op.status == Operation.Status.LANDED and op.verb != "delete" and op.differing is None
    ]
    if not landed:
        return
    files = contents.told_of(ctx, piece, object, landed)
    values = [*journal.payloads(landed).values(), *files.values()]
    fields = sorted({name for each in values for name in each})
    ids = [op.item.remote_id for op in landed]
    found = [r for some in chunked(ids, FETCH) for r in ctx.destination.fetch(object, some, fields)]
    journal.keep_read_back(piece, landed, found, files)


def _adopt(
    ctx: Context, piece: Slice, object: str, intents: Sequence[Intent], tried: bool = False
) -> list[Intent]:
    """Look every key up before creating it. What is there already was not made by us: it is
    adopted, to be updated and never deleted; unless it is the very record that a rollback
    kept, or a create of ours that arrived late — or, where they were `tried` just now, was
    answered with a no all the same. Returns the intents that must be created."""
    by_key = {i.item.key: i for i in intents}
    rows = [_row(i.item, i.payload) for i in intents]
    found = {
        record.key: record
        for some in chunked(rows, FETCH)
        for record in ctx.destination.find(object, some)
    }
    for key, intent in by_key.items():
        item, record = intent.item, found.get(key)
        if record is None:
            item.remote_id, item.origin = "", LoadItem.Origin.NONE
        elif item.remote_id != record.id:
            item.remote_id, item.origin = record.id, LoadItem.Origin.ADOPTED
    ours = [by_key[key].item for key, record in found.items() if record.ours]
    late = journal.lost_writes([item.pk for item in ours], "create", tried, undoes=None)
    _arrived(ctx, piece, object, late, ours)
    return [i for key, i in by_key.items() if key not in found]


def _changed(ctx: Context, piece: Slice, object: str, intents: Sequence[Intent]) -> list[Intent]:
    """The updates really needed, each with its before-image. A value that somebody changed
    after us is theirs: it is not overwritten, and the load item says so."""
    items = [i.item for i in intents]
    lost = journal.lost_writes([item.pk for item in items], "update", undoes=None)
    writable = _writable(ctx, object)
    fields = {name for i in intents for name in i.payload} & writable
    fields.update(name for op in lost for name in op.body.payload)
    current = {
        record.id: record.values
        for some in chunked((item.remote_id for item in items), FETCH)
        for record in ctx.destination.fetch(object, some, sorted(fields))
    }
    ids = {item.pk: item.remote_id for item in items}
    stakes = recomputed.at_stake(ctx, object)
    late = [op for op in lost if _stands(op.body.payload, current.get(ids[op.item_id]))]
    _arrived(ctx, piece, object, late, items)
    left = journal.left_values([item.pk for item in items])
    changed: list[Intent] = []
    for intent in intents:
        there = current.get(intent.item.remote_id)
        if there is None:
            intent.item.state = LoadItem.State.FAILED
            intent.item.reason = "The record we wrote is no longer at the destination."
            continue
        planned = {n: v for n, v in intent.payload.items() if n in writable}
        mine = left.get(intent.item.pk, {})
        held = set[str]() if mine else stakes
        apart = {n: v for n, v in planned.items() if there.get(n) != v or n in held}
        theirs = {n for n in apart if n in mine and there.get(n) != mine[n]}
        needed = {n: v for n, v in apart.items() if n not in theirs}
        _keep_theirs(intent, theirs)
        if needed:
            before = {n: there.get(n) for n in needed}
            changed.append(Intent(intent.item, needed, before, digest=intent.digest))
        else:
            intent.item.state, intent.item.digest = LoadItem.State.LANDED, intent.digest
    return changed


def _arrived(
    ctx: Context,
    piece: Slice,
    object: str,
    late: Sequence[Operation],
    items: Sequence[LoadItem],
) -> None:
    """Settle writes that were given up, but that stand there now."""
    if not late:
        return
    by_id = {item.pk: item for item in items}
    for op in late:
        op.item = by_id[op.item_id]
        journal.apply(op, Outcome(op.item.key, "done", op.item.remote_id))
    recomputed.catch_up(ctx, piece, object, late)
    journal.settle(piece, late, close=None)
    read_back(ctx, piece, object, late)


def _keep_theirs(intent: Intent, names: set[str]) -> None:
    """Say on the load item which values are others'. A second pass adds to what the first
    one said."""
    item = intent.item
    said = item.reason if intent.second and item.apart == LoadItem.Apart.THEIRS else ""
    if names:
        listed = ", ".join(sorted(names))
        said = f"{said} Changed at the destination after our write and left so: {listed}.".strip()
    item.apart, item.reason = LoadItem.Apart.THEIRS if said else LoadItem.Apart.NO, said


def _writable(ctx: Context, object: str) -> set[str]:
    """Fields that an update may touch: some are set on creation only."""
    return {field.name for field in ctx.schema(object).fields if field.updateable}


def _collect(ctx: Context, remote: RemoteTicket) -> tuple[list[Outcome], bool]:
    """Every outcome of a chunk. When the run is stopped, the remote job is aborted and what
    it did until then is still collected."""
    stopped = False
    while isinstance(answer := ctx.destination.collect(remote), Pending):
        try:
            ctx.wait(answer.seconds)
        except Cancelled:
            if not stopped:
                ctx.destination.abort(remote)
            stopped = True
    return list(answer), stopped


def _settle(
    ctx: Context,
    piece: Slice,
    ticket: Ticket,
    operations: Sequence[Operation],
    outcomes: Sequence[Outcome],
    digests: Mapping[int, str],
    sent: Mapping[int, Content | None],
    partial: bool = False,
) -> list[Operation]:
    """Match outcomes to operations by key, or by id where the vendor names only that.
    Returns the operations that may succeed when sent again."""
    by_key = {op.item.key: op for op in operations}
    by_id = {op.item.remote_id: op for op in operations if op.item.remote_id}
    again: list[Operation] = []
    settled: list[Operation] = []
    for outcome in outcomes:
        op = by_key.get(outcome.key) or by_id.get(outcome.id or outcome.key)
        if op is None:
            raise Refused(
                f"{ticket}: the vendor reports a record that was not sent: {outcome.key}."
            )
        journal.apply(op, _ours(ctx, op, outcome))
        if op.status == Operation.Status.LANDED and op.undoes_id is None:
            op.item.digest = digests.get(op.item_id, "")
        settled.append(op)
        if outcome.retry or outcome.status == "unprocessed":
            again.append(op)
    if len({op.pk for op in settled}) != len(operations) and not partial:
        journal.settle(piece, settled, None, sent)
        raise Refused(
            f"{ticket}: {len(operations)} records were sent, but the vendor accounts for "
            f"{len(settled)}. They are looked up when the stage is started again."
        )
    journal.settle(piece, settled, None if partial else ticket, sent)
    return again


def _ours(ctx: Context, operation: Operation, outcome: Outcome) -> Outcome:
    """A create refused because our key is there: ours if our user made that record, for it
    was absent when we looked just before."""
    if outcome.status != "exists":
        return outcome
    for record in ctx.destination.find(operation.ticket.object, _sent([operation])):
        if record.ours:
            return Outcome(outcome.key, "done", record.id)
    return Outcome(
        outcome.key,
        "failed",
        error=f"{outcome.error} Somebody else made a record "
        "with our key meanwhile. Start the stage again: it will be adopted.",
    )


def _look_up(ctx: Context, object: str, verb: Verb, operations: Sequence[Operation]) -> None:
    """Settle in memory what no answer accounts for, by what stands at the destination."""
    arrived = _created if verb == "create" else _left_so
    ids = arrived(ctx, object, verb, operations)
    for op in operations:
        id = ids.get(op.pk)
        status: Literal["done", "unprocessed"] = "unprocessed" if id is None else "done"
        journal.apply(op, Outcome(op.item.key, status, id))


def _created(
    ctx: Context, object: str, verb: Verb, operations: Sequence[Operation]
) -> dict[int, str]:
    """Operation → id of the record that it made."""
    found = {
        record.key: record.id
        for some in chunked(_sent(operations), FETCH)
        for record in ctx.destination.find(object, some)
        if record.ours
    }
    return {op.pk: found[op.item.key] for op in operations if op.item.key in found}


def _left_so(
    ctx: Context, object: str, verb: Verb, operations: Sequence[Operation]
) -> dict[int, str]:
    """Operation → id of the record that is as an update, or as gone as a delete, leaves it."""
    bodies = journal.payloads(operations)
    fields = sorted({name for values in bodies.values() for name in values})
    there = {
        record.id: record.values
        for some in chunked((op.item.remote_id for op in operations), FETCH)
        for record in ctx.destination.fetch(object, some, fields)
    }
    return {
        op.pk: op.item.remote_id
        for op in operations
        if (
            op.item.remote_id not in there
            if verb == "delete"
            else _stands(bodies[op.pk], there.get(op.item.remote_id))
        )
    }


def _stands(sent: Values, there: Values | None) -> bool:
    return there is not None and not diff.differing(sent, there)


def _row(item: LoadItem, values: Values, content: Content | None = None) -> Row:
    return Row(item.key, item.remote_id or None, values, content)


def _sent(operations: Sequence[Operation]) -> list[Row]:
    """The rows that these operations sent."""
    bodies = journal.payloads(operations)
    return [_row(op.item, bodies[op.pk]) for op in operations]


def _verb(word: str) -> Verb:
    return cast(Verb, word)
