"""Bulk jobs whose steps are lost, that end badly, or that another process collects."""

import pytest

from connectors.errors import Unavailable
from connectors.values import Chunk, Pending, Row, Ticket
from tests.connectors.salesforce.conftest import Desk, Open, accounts, key
from tests.practice import Practice

COUNT = 450
ROWS = [Row(k, None, v) for k, v in accounts(COUNT).items()]
UPLOAD = {"method": "PUT", "path": "/batches"}
CLOSE = {"method": "PATCH", "path": "/jobs/ingest/"}
RESULTS = {"path": "/(successful|failed)Results|/unprocessed"}


def landed(vendor: Practice) -> dict[str, str]:
    found: dict[str, str] = vendor.edit("salesforce", op="ids", object="Account", prefix="7001/")
    return found


def jobs(vendor: Practice, since: int = 0) -> list[str]:
    return [c["path"] for c in vendor.history(since) if c["path"].endswith("/jobs/ingest")]


def test_the_job_is_told_before_any_row_is_sent(desk: Desk, vendor: Practice) -> None:
    seen: list[bool] = []

    def opened(ticket: Ticket) -> None:
        calls = vendor.history()
        seen.append(bool(ticket.remote_id) and not any("/batches" in c["path"] for c in calls))

    ticket = desk.destination.submit(Chunk("create", "Account", tuple(ROWS)), opened)
    assert seen == [True]
    assert len(desk.collect(ticket)) == COUNT


def test_a_caller_that_cannot_keep_the_jobs_id_sends_nothing(desk: Desk, vendor: Practice) -> None:
    def opened(ticket: Ticket) -> None:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        desk.destination.submit(Chunk("create", "Account", tuple(ROWS)), opened)
    assert not landed(vendor)
    assert not [c for c in vendor.history() if "/batches" in c["path"]]


@pytest.mark.parametrize("verb", ["create", "update"])
def test_another_process_collects_the_job_by_its_id_alone(
    desk: Desk, open_destination: Open, vendor: Practice, verb: str
) -> None:
    rows = ROWS
    if verb == "update":
        ids = desk.create("Account", accounts(COUNT))
        rows = [Row(k, id, {"Phone": "1"}) for k, id in ids.items()]
    ticket = desk.submit(verb, "Account", rows)  # type: ignore[arg-type]
    other = Desk(open_destination())
    outcomes = other.collect(Ticket(ticket.verb, ticket.object, ticket.remote_id))
    assert {k: o.id for k, o in outcomes.items()} == landed(vendor)


def test_another_process_learns_of_deletes_by_the_records_ids(
    desk: Desk, open_destination: Open
) -> None:
    ids = desk.create("Account", accounts(COUNT))
    ticket = desk.submit("delete", "Account", [Row(k, id, {}) for k, id in ids.items()])
    other = Desk(open_destination())
    outcomes = other.collect(Ticket(ticket.verb, ticket.object, ticket.remote_id))
    assert {o.id for o in outcomes.values()} == set(outcomes) == set(ids.values())
    assert set(desk.collect(ticket)) == set(ids)


@pytest.mark.parametrize("kind", ["fail_job", "abort_job"])
def test_a_job_that_ends_early_accounts_for_every_row(
    desk: Desk, vendor: Practice, kind: str
) -> None:
    vendor.fault(kind, vendor="salesforce", match=CLOSE, after_rows=200)
    outcomes = desk.write("create", "Account", ROWS)
    assert set(outcomes) == {row.key for row in ROWS}
    done = {k: o.id for k, o in outcomes.items() if o.status == "done"}
    assert done == landed(vendor)
    assert 0 < len(done) < COUNT
    assert {o.status for o in outcomes.values()} == {"done", "unprocessed"}


def test_a_deleting_job_that_ends_early_accounts_for_every_row(
    desk: Desk, vendor: Practice
) -> None:
    ids = desk.create("Account", accounts(COUNT))
    vendor.fault("fail_job", vendor="salesforce", match=CLOSE, after_rows=200)
    outcomes = desk.write("delete", "Account", [Row(k, id, {}) for k, id in ids.items()])
    assert {k for k, o in outcomes.items() if o.status == "unprocessed"} == set(landed(vendor))
    assert {k: o.id for k, o in outcomes.items()} == ids


def test_an_aborted_chunk_tells_what_was_done_and_aborting_twice_is_harmless(
    desk: Desk, vendor: Practice
) -> None:
    vendor.limits("salesforce", bulk_delay=2)
    ticket = desk.submit("create", "Account", ROWS)
    assert isinstance(desk.destination.collect(ticket), Pending)
    desk.destination.abort(ticket)
    desk.destination.abort(ticket)
    outcomes = desk.collect(ticket)
    assert {k: o.status for k, o in outcomes.items()} == {r.key: "unprocessed" for r in ROWS}
    assert not landed(vendor)


def test_aborting_a_job_that_has_ended_changes_nothing(desk: Desk, vendor: Practice) -> None:
    ticket = desk.submit("create", "Account", ROWS)
    assert len(desk.collect(ticket)) == COUNT
    desk.destination.abort(ticket)
    assert len(landed(vendor)) == COUNT


def test_a_job_that_was_never_closed_is_not_waited_for(desk: Desk, vendor: Practice) -> None:
    vendor.fault("status", status=503, match=UPLOAD, times=99)
    with pytest.raises(Unavailable):
        desk.submit("create", "Account", ROWS)
    (ticket,) = desk.opened
    assert not [o for o in desk.collect(ticket).values() if o.status == "done"]
    assert not landed(vendor)


def test_a_job_that_the_vendor_has_forgotten_has_no_outcomes(desk: Desk, vendor: Practice) -> None:
    ticket = desk.submit("create", "Account", ROWS)
    desk.collect(ticket)
    vendor.clock(advance=8 * 86400)
    desk.destination.abort(ticket)
    assert desk.collect(ticket) == {}


def test_waiting_grows_and_tells_how_far_the_job_is(desk: Desk, vendor: Practice) -> None:
    vendor.limits("salesforce", bulk_delay=30)
    ticket = desk.submit("create", "Account", ROWS)
    answers = [desk.destination.collect(ticket) for _ in range(8)]
    seconds = [a.seconds for a in answers if isinstance(a, Pending)]
    assert len(seconds) == 8
    assert seconds == sorted(seconds)
    assert seconds[-1] == 60
    desk.destination.abort(ticket)


@pytest.mark.parametrize("step", [UPLOAD, CLOSE], ids=["upload", "close"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 503, "when": "after"},
        {"kind": "reset"},
        {"kind": "reset", "when": "after"},
    ],
    ids=["503", "503-done", "reset", "reset-done"],
)
def test_a_step_that_is_lost_is_repeated_only_if_it_did_not_arrive(
    desk: Desk, vendor: Practice, step: dict[str, str], fault: dict[str, object]
) -> None:
    vendor.fault(**fault, match=step)  # type: ignore[arg-type]
    outcomes = desk.write("create", "Account", ROWS)
    assert {k: o.id for k, o in outcomes.items()} == landed(vendor)
    assert len(outcomes) == COUNT
    assert len(jobs(vendor)) == 1


def test_a_lost_upload_is_not_repeated_into_a_job_that_somebody_stopped(
    desk: Desk, vendor: Practice
) -> None:
    vendor.fault("status", status=503, match=UPLOAD)
    with pytest.raises(Unavailable):
        desk.destination.submit(Chunk("create", "Account", tuple(ROWS)), desk.destination.abort)
    assert len([c for c in vendor.history() if "/batches" in c["path"]]) == 1


def test_a_lost_answer_to_opening_a_job_opens_no_second_one(desk: Desk, vendor: Practice) -> None:
    vendor.fault("reset", when="after", match={"method": "POST", "path": "/jobs/ingest"})
    with pytest.raises(Unavailable, match="unknown"):
        desk.submit("create", "Account", ROWS)
    assert not desk.opened
    assert not landed(vendor)
    assert len(jobs(vendor)) == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "truncate"}, {"kind": "reset"}, {"kind": "status", "status": 503}]
)
def test_results_that_are_cut_off_are_read_again_from_the_start(
    desk: Desk, vendor: Practice, fault: dict[str, object]
) -> None:
    rows = [*ROWS, Row(key(9999), None, {"Name": None})]
    ticket = desk.submit("create", "Account", rows)
    vendor.fault(**fault, match=RESULTS, every=2)  # type: ignore[arg-type]
    assert len(desk.collect(ticket)) == COUNT + 1


def test_polling_survives_a_lost_connection_without_stopping_the_job(
    desk: Desk, vendor: Practice
) -> None:
    ticket = desk.submit("create", "Account", ROWS)
    vendor.fault("reset", match={"method": "GET", "path": "/jobs/ingest/"}, times=99)
    with pytest.raises(Unavailable):
        desk.destination.collect(ticket)
    vendor.clear_faults()
    assert {o.status for o in desk.collect(ticket).values()} == {"done"}
    assert not [c for c in vendor.history() if c["method"] == "PATCH"][1:]


def test_a_session_that_ends_amid_a_job_is_renewed_at_every_step(
    desk: Desk, vendor: Practice
) -> None:
    vendor.fault("expire_token", vendor="salesforce", match={"path": "/jobs/ingest"}, every=2)
    outcomes = desk.write("create", "Account", ROWS)
    assert {k: o.id for k, o in outcomes.items()} == landed(vendor)


def test_a_used_up_batch_allowance_leaves_rows_for_collections(
    desk: Desk, vendor: Practice
) -> None:
    vendor.limits("salesforce", bulk_batches=0)
    outcomes = desk.write("create", "Account", ROWS)
    assert {o.status for o in outcomes.values()} == {"unprocessed"}
    assert len(outcomes) == COUNT
