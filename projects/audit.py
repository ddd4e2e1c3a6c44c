"""The audit chain: record() appends, verify() proves. One HMAC chain per engagement.

Every entry's digest covers the digest before it, so an edit, a swap, an insertion or a
deletion in the middle breaks the chain; the head carries its own seal over number and
digest, so a cut tail shows; both need the audit key, so a chain recomputed without it
shows too. Entries about writes carry a Merkle root over their operations' digests.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from projects.models import AuditEntry, AuditHead, Engagement, Operation

TRIGGERS = ("audit_no_update", "audit_no_delete")
TRIGGERS_POSTGRESQL = ("audit_append_only",)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a chain. `sequence` 0 means the chain as a whole."""

    sequence: int
    message: str


def record(engagement: Engagement, actor: str, action: str, **detail: Any) -> AuditEntry:
    """Append one entry. Call it inside the transaction that makes the change, as its last
    statement: it takes the lock that puts entries in order."""
    with transaction.atomic():
        AuditHead.objects.get_or_create(engagement=engagement)
        head = AuditHead.objects.select_for_update().get(engagement=engagement)
        entry = AuditEntry(
            engagement=engagement,
            sequence=head.sequence + 1,
            at=timezone.now(),
            actor=actor,
            action=action,
            detail=orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
            previous=head.digest,
        )
        entry.digest = _digest(entry)
        entry.save(force_insert=True)
        AuditHead.objects.filter(pk=head.pk).update(
            sequence=entry.sequence,
            digest=entry.digest,
            seal=_seal(engagement.pk, entry.sequence, entry.digest),
        )
    return entry


def head(engagement: Engagement) -> str:
    """The chain's head as printed in reports: "<number>:<digest>"."""
    found = AuditHead.objects.filter(engagement=engagement).first()
    return f"{found.sequence}:{found.digest}" if found else "0:"


def verify(engagement: Engagement, expected_head: str = "") -> list[Fault]:
    """Everything that is wrong with the engagement's chain; an empty list proves it.
    `expected_head` is a head printed earlier: it must still be one of the chain's links."""
    faults = [Fault(0, f"The database trigger {name} is gone.") for name in _missing_triggers()]
    previous, number, known = "", 0, {"0:"}
    for entry in AuditEntry.objects.filter(engagement=engagement).order_by("sequence").iterator():
        number += 1
        faults += _link_faults(entry, number, previous)
        faults += _root_faults(entry)
        number, previous = entry.sequence, entry.digest
        known.add(f"{entry.sequence}:{entry.digest}")
    faults += _head_faults(engagement, number, previous)
    if expected_head and expected_head not in known:
        faults.append(Fault(0, f"The head {expected_head[:24]}… is no longer in the chain."))
    return faults


def operation_digest(
    key: str, verb: str, payload: Mapping[str, Any], before: Mapping[str, Any] | None
) -> str:
    """Keyed digest of one write: proves its content without keeping it."""
    body = orjson.dumps([key, verb, payload, before], option=orjson.OPT_SORT_KEYS)
    return _hmac(body)


def merkle_root(digests: Sequence[str]) -> str:
    """Root over leaf digests in order; "" for none. An odd leaf moves up unchanged."""
    level = [bytes.fromhex(d) for d in digests]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[-1:] if len(level) % 2 else []
        level = [hashlib.sha256(a + b).digest() for a, b in pairs] + odd
    return level[0].hex() if level else ""


def slice_root(slice_id: int) -> tuple[int, str]:
    """Number of operations of a slice, and the root over them in their order."""
    digests = list(
        Operation.objects.filter(ticket__slice_id=slice_id)
        .order_by("id")
        .values_list("digest", flat=True)
    )
    return len(digests), merkle_root(digests)


def _digest(entry: AuditEntry) -> str:
    body = [
        entry.engagement_id,
        entry.sequence,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.detail,
        entry.previous,
    ]
    return _hmac(orjson.dumps(body))


def _seal(engagement_id: int, sequence: int, digest: str) -> str:
    return _hmac(f"head {engagement_id} {sequence} {digest}".encode())


def _hmac(body: bytes) -> str:
    return hmac.new(settings.AUDIT_KEY.encode(), body, hashlib.sha256).hexdigest()


def _link_faults(entry: AuditEntry, number: int, previous: str) -> Iterable[Fault]:
    if entry.sequence != number:
        yield Fault(entry.sequence, f"Entry {number} is missing before entry {entry.sequence}.")
    if entry.previous != previous:
        yield Fault(entry.sequence, f"Entry {entry.sequence} does not follow the one before it.")
    if not hmac.compare_digest(entry.digest, _digest(entry)):
        yield Fault(entry.sequence, f"Entry {entry.sequence} is not what was recorded.")


def _root_faults(entry: AuditEntry) -> Iterable[Fault]:
    """An entry about a slice must still match the journal it sums up."""
    detail = orjson.loads(entry.detail) if entry.action == "slice written" else {}
    if detail and slice_root(detail["slice"]) != (detail["operations"], detail["root"]):
        yield Fault(
            entry.sequence,
            f"The journal of slice {detail['slice']} is not what entry {entry.sequence} recorded.",
        )


def _head_faults(engagement: Engagement, number: int, digest: str) -> Iterable[Fault]:
    found = AuditHead.objects.filter(engagement=engagement).first()
    if found is None:
        if number:
            yield Fault(0, "The chain's head is gone.")
        return
    if (found.sequence, found.digest) != (number, digest):
        yield Fault(0, f"The chain ends at entry {number}, but its head says {found.sequence}.")
    sealed = _seal(engagement.pk, found.sequence, found.digest)
    if found.sequence and not hmac.compare_digest(found.seal, sealed):
        yield Fault(0, "The chain's head was not written by this product.")


def _missing_triggers() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
            wanted: tuple[str, ...] = TRIGGERS_POSTGRESQL
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = TRIGGERS
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in present]
