"""Whoever changes the chain is found, and the database itself refuses most of it.

A tamperer here has the database, but not the audit key. Runs on SQLite and PostgreSQL.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from projects import audit
from projects.models import AuditEntry, AuditHead, Engagement, Operation, Slice, Ticket
from tests.factories import RunFactory, reviewable

pytestmark = pytest.mark.django_db
COLUMNS = "engagement_id, sequence, at, actor, action, detail, previous, digest"


@pytest.fixture
def engagement() -> Engagement:
    """An engagement with five entries."""
    made = Engagement.objects.create(name="Harbor", client_name="Harbor")
    for n in range(1, 6):
        audit.record(made, "staff", "noted", number=n)
    return made


def entries(engagement: Engagement) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(engagement=engagement).order_by("sequence"))


def messages(engagement: Engagement, head: str = "") -> list[str]:
    return [fault.message for fault in audit.verify(engagement, head)]


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Foreign keys are checked late, and a table with checks to come may not be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values)


def triggers() -> dict[str, str]:
    """Name → the statement that makes it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
                "WHERE tgrelid = 'projects_auditentry'::regclass AND NOT tgisinternal"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def drop(name: str) -> None:
    table = " ON projects_auditentry" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER {name}{table}")


@contextmanager
def unguarded() -> Iterator[None]:
    """Without the triggers, as somebody who owns the database can have it."""
    kept = triggers()
    assert kept
    for name in kept:
        drop(name)
    yield
    for statement in kept.values():
        sql(statement)


def replace(entry: AuditEntry, **changes: Any) -> None:
    """Put another row in the place of `entry`, in one statement, without an UPDATE."""
    row = {name: getattr(entry, name) for name in ("id", *COLUMNS.split(", "))} | changes
    marks = ", ".join(["%s"] * len(row))
    if connection.vendor == "postgresql":
        sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in row)
        tail = f" ON CONFLICT (id) DO UPDATE SET {sets}"
        verb = "INSERT"
    else:
        verb, tail = "INSERT OR REPLACE", ""
    sql(
        f"{verb} INTO projects_auditentry ({', '.join(row)}) VALUES ({marks}){tail}",
        *row.values(),
    )


# Growth


def test_each_entry_follows_the_one_before_and_the_head_names_the_last(
    engagement: Engagement,
) -> None:
    chain = entries(engagement)
    assert [entry.sequence for entry in chain] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in chain] == ["", *(entry.digest for entry in chain[:-1])]
    assert audit.head(engagement) == f"5:{chain[-1].digest}"
    assert orjson.loads(chain[2].detail) == {"number": 3}
    assert audit.verify(engagement) == []


def test_every_engagement_has_a_chain_of_its_own(engagement: Engagement) -> None:
    other = Engagement.objects.create(name="Other", client_name="Other")
    assert (audit.head(other), audit.verify(other)) == ("0:", [])
    assert audit.record(other, "staff", "noted").sequence == 1
    assert audit.verify(other) == audit.verify(engagement) == []


def test_a_change_that_is_rolled_back_leaves_no_entry(engagement: Engagement) -> None:
    with transaction.atomic():
        audit.record(engagement, "staff", "noted")
        transaction.set_rollback(True)
    assert len(entries(engagement)) == 5
    assert audit.verify(engagement) == []


# Seven ways to tamper


def edit(chain: list[AuditEntry]) -> None:
    sql("UPDATE projects_auditentry SET actor = 'nobody' WHERE id = %s", chain[2].id)


def delete_in_the_middle(chain: list[AuditEntry]) -> None:
    sql("DELETE FROM projects_auditentry WHERE id = %s", chain[2].id)


def cut_the_tail(chain: list[AuditEntry]) -> None:
    """And make the head name what is now the last entry."""
    sql("DELETE FROM projects_auditentry WHERE id = %s", chain[4].id)
    sql("UPDATE projects_audithead SET sequence = 4, digest = %s", chain[3].digest)


def swap(chain: list[AuditEntry]) -> None:
    sql("UPDATE projects_auditentry SET sequence = 99 WHERE id = %s", chain[1].id)
    sql("UPDATE projects_auditentry SET sequence = 2 WHERE id = %s", chain[2].id)
    sql("UPDATE projects_auditentry SET sequence = 3 WHERE id = %s", chain[1].id)


def insert(chain: list[AuditEntry]) -> None:
    """A sixth entry that follows the fifth, with a head to match."""
    last = chain[4]
    values = (last.engagement_id, 6, last.at, "nobody", "noted", "{}", last.digest, "ab" * 32)
    sql(f"INSERT INTO projects_auditentry ({COLUMNS}) VALUES ({', '.join(['%s'] * 8)})", *values)
    sql("UPDATE projects_audithead SET sequence = 6, digest = %s", "ab" * 32)


def replace_a_row(chain: list[AuditEntry]) -> None:
    replace(chain[3], detail='{"number":40}')


def recompute(chain: list[AuditEntry]) -> None:
    """Edit the second entry and compute every later digest and the head with another key."""
    previous = chain[0].digest
    for entry in chain[1:]:
        actor = "nobody" if entry.sequence == 2 else entry.actor
        body = [entry.engagement_id, entry.sequence, entry.at.isoformat(), actor, entry.action,
                entry.detail, previous]  # fmt: skip
        digest = forged(orjson.dumps(body))
        sql(
            "UPDATE projects_auditentry SET actor = %s, previous = %s, digest = %s WHERE id = %s",
            actor, previous, digest, entry.id,
        )  # fmt: skip
        previous = digest
    seal = forged(f"head {chain[0].engagement_id} 5 {previous}".encode())
    sql("UPDATE projects_audithead SET digest = %s, seal = %s", previous, seal)


def forged(body: bytes) -> str:
    return hmac.new(b"not the audit key", body, hashlib.sha256).hexdigest()


TAMPERINGS: list[tuple[Callable[[list[AuditEntry]], None], str]] = [
    (edit, "Entry 3 is not what was recorded."),
    (delete_in_the_middle, "Entry 3 is missing before entry 4."),
    (cut_the_tail, "The chain's head was not written by this product."),
    (swap, "Entry 2 does not follow the one before it."),
    (insert, "Entry 6 is not what was recorded."),
    (replace_a_row, "Entry 4 is not what was recorded."),
    (recompute, "Entry 2 is not what was recorded."),
]


@pytest.mark.parametrize(("tamper", "found"), TAMPERINGS, ids=[t.__name__ for t, _ in TAMPERINGS])
def test_a_tampered_chain_is_found(
    engagement: Engagement, tamper: Callable[[list[AuditEntry]], None], found: str
) -> None:
    with unguarded():
        tamper(entries(engagement))
    faults = messages(engagement)
    assert found in faults
    assert not any("trigger" in message for message in faults)


def test_a_cut_tail_with_the_head_left_as_it_was_is_found(engagement: Engagement) -> None:
    with unguarded():
        sql("DELETE FROM projects_auditentry WHERE sequence = 5")
    assert messages(engagement) == ["The chain ends at entry 4, but its head says 5."]


def test_a_chain_without_its_head_is_found(engagement: Engagement) -> None:
    AuditHead.objects.all().delete()
    assert messages(engagement) == ["The chain's head is gone."]


def test_chain_head_and_operations_are_valid_under_the_audit_key_alone(
    engagement: Engagement, settings: Settings
) -> None:
    before = audit.operation_digest("8450/jobs/1", "create", {}, None)
    settings.AUDIT_KEY = "the key of somebody who has the database only"
    assert len(messages(engagement)) == 6
    assert audit.operation_digest("8450/jobs/1", "create", {}, None) != before


def test_only_the_tampered_entry_is_named_where_only_one_was_edited(
    engagement: Engagement,
) -> None:
    with unguarded():
        edit(entries(engagement))
    assert [fault.sequence for fault in audit.verify(engagement)] == [3]


# The head that a report printed


def test_a_head_printed_earlier_is_still_a_link_of_a_longer_chain(engagement: Engagement) -> None:
    printed = audit.head(engagement)
    audit.record(engagement, "staff", "noted")
    assert messages(engagement, printed) == []


def test_a_chain_that_vanished_whole_is_found_by_the_printed_head(engagement: Engagement) -> None:
    printed = audit.head(engagement)
    with unguarded():
        sql("DELETE FROM projects_auditentry")
        sql("DELETE FROM projects_audithead")
    assert messages(engagement) == []
    (message,) = messages(engagement, printed)
    assert "is no longer in the chain" in message


def test_an_older_head_put_back_with_its_seal_is_found_by_the_printed_head(
    engagement: Engagement,
) -> None:
    older = AuditHead.objects.get(engagement=engagement)
    audit.record(engagement, "staff", "noted")
    printed = audit.head(engagement)
    with unguarded():
        sql("DELETE FROM projects_auditentry WHERE sequence = 6")
    older.save()
    assert messages(engagement) == []
    assert len(messages(engagement, printed)) == 1


# What the database refuses by itself


@pytest.mark.parametrize("statement", [
    "UPDATE projects_auditentry SET actor = 'nobody'",
    "DELETE FROM projects_auditentry",
])  # fmt: skip
def test_the_database_refuses_to_change_or_delete_entries(
    engagement: Engagement, statement: str
) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert messages(engagement) == []


def test_the_database_refuses_an_insert_that_replaces(engagement: Engagement) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        replace(entries(engagement)[3], actor="nobody")
    assert messages(engagement) == []


@pytest.mark.postgres
def test_the_database_refuses_to_truncate(engagement: Engagement) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql("TRUNCATE projects_auditentry")
    assert messages(engagement) == []


def test_a_dropped_trigger_is_reported_by_name(engagement: Engagement) -> None:
    for name, statement in triggers().items():
        drop(name)
        assert messages(engagement) == [f"The database trigger {name} is gone."]
        sql(statement)
    assert messages(engagement) == []


@pytest.mark.postgres
def test_a_disabled_trigger_is_reported(engagement: Engagement) -> None:
    sql("ALTER TABLE projects_auditentry DISABLE TRIGGER audit_append_only")
    assert messages(engagement) == ["The database trigger audit_append_only is gone."]


# The journal under the chain


@pytest.fixture
def written() -> tuple[Engagement, list[Operation]]:
    """A slice of three operations, with the entry that sums them up."""
    sample = reviewable(records=3)
    run = RunFactory(engagement=sample.engagement, connection=sample.connection, stage="load")
    piece = Slice.objects.create(run=run, object="Case", number=0)
    ticket = Ticket.objects.create(run=run, slice=piece, object="Case", verb="create")
    operations = [
        Operation.objects.create(
            run=run,
            ticket=ticket,
            item=diff.item,
            verb="create",
            digest=audit.operation_digest(diff.item.key, "create", {"Subject": "x"}, None),
        )
        for diff in sample.sample_diffs.all()
    ]
    count, root = audit.slice_root(piece.pk)
    detail = {"slice": piece.pk, "operations": count, "root": root}
    audit.record(sample.engagement, "staff", "slice written", **detail)
    return sample.engagement, operations


def test_an_untouched_journal_matches_its_root(
    written: tuple[Engagement, list[Operation]],
) -> None:
    engagement, _ = written
    assert audit.verify(engagement) == []


@pytest.mark.parametrize("what", ["edited", "deleted", "added"])
def test_a_tampered_operation_breaks_the_root_of_its_slice(
    written: tuple[Engagement, list[Operation]], what: str
) -> None:
    engagement, operations = written
    if what == "edited":
        Operation.objects.filter(pk=operations[1].pk).update(digest="ab" * 32)
    elif what == "deleted":
        operations[1].delete()
    else:
        operations[1].pk = None
        operations[1].save(force_insert=True)
    (fault,) = audit.verify(engagement)
    assert fault.message.startswith("The journal of slice ")
    assert fault.sequence == 1


def test_swapped_operations_break_the_root(
    written: tuple[Engagement, list[Operation]],
) -> None:
    engagement, (first, second, _) = written
    for one, other in ((first, second), (second, first)):
        Operation.objects.filter(pk=one.pk).update(digest=other.digest)
    assert len(audit.verify(engagement)) == 1


def test_the_digest_of_an_operation_covers_key_verb_payload_and_before_image() -> None:
    base: tuple[Any, ...] = ("8450/jobs/1", "update", {"A": "1", "B": None}, {"A": "0"})
    other: list[tuple[Any, ...]] = [
        ("8450/jobs/2", *base[1:]),
        (base[0], "create", *base[2:]),
        (*base[:2], {"A": "1"}, base[3]),
        (*base[:3], {"A": None}),
        (*base[:3], None),
    ]
    digests = {audit.operation_digest(*row) for row in [base, *other]}
    assert len(digests) == 6
    assert audit.operation_digest(*base[:2], {"B": None, "A": "1"}, base[3]) in digests


def test_a_root_depends_on_every_leaf_and_on_their_order() -> None:
    a, b, c = ("aa" * 32, "bb" * 32, "cc" * 32)
    roots = {audit.merkle_root(r) for r in ([], [a], [a, b], [b, a], [a, b, c], [a, c, b])}
    assert len(roots) == 6
    assert audit.merkle_root([]) == ""
