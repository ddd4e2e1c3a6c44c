"""Files of jobs through a whole move: landed once, checked, decided about, and taken back."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from connectors import http
from connectors.practice.servicetitan.attachments import file
from projects import decisions, forecast, gates, queue, rows
from projects.models import Engagement, FlaggedFile, LoadItem, Operation, Run, SampleDiff, SentFile
from projects.stages import tallies
from projects.stages.measuring import files_to_send
from tests import moves, practice
from tests.faults.journey import go_on
from tests.practice import Practice
from tests.workers import Workers, until_held, until_over, until_true

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
OBJECT = "ContentVersion"
UPLOAD = {"method": "POST", "path": "/sobjects/ContentVersion"}
LEFT_OUT = ("appointments", "invoices", "invoice-items", "payments", "payment-applications",
            "job-history", "job-timesheets", "technician-skills")  # fmt: skip


@pytest.fixture(scope="module")
def vendors() -> Iterator[Practice]:
    started = practice.start(customers=15, jobs=40, seed=5)
    yield started
    started.stop()


@pytest.fixture
def scanned(vendors: Practice) -> Engagement:
    """A small move of people, jobs and their files, scanned; nothing decided about files."""
    vendors.reset()
    vendors.limits("servicetitan", rate=0)
    vendors.limits("salesforce", bulk_delay=0)
    engagement = moves.inventoried(vendors)
    Engagement.objects.filter(pk=engagement.pk).update(sample_size=100)
    engagement.object_rows.filter(source_object__in=LEFT_OUT).update(status="excluded")
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    moves.story.decide_technicians(engagement)
    moves.story.confirm_safety(engagement)
    return engagement


def confirmed(engagement: Engagement) -> None:
    moves.story.decide_files(engagement)
    decisions.confirm_mapping(engagement, moves.STAFF)


def signed(engagement: Engagement) -> Engagement:
    confirmed(engagement)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    return engagement


def items(**where: Any) -> Any:
    return LoadItem.objects.filter(object=OBJECT, **where)


def kept(vendors: Practice) -> dict[str, dict[str, Any]]:
    """Key → what the practice org holds."""
    found = vendors.edit("salesforce", op="dump", object=OBJECT)["records"]
    return {each["Source_Id__c"]: each for each in found}


def lands_each_once(vendors: Practice) -> None:
    """As many files as landed, each key once, each as large and with the sum that we sent."""
    found = vendors.edit("salesforce", op="dump", object=OBJECT)["records"]
    keys = [each["Source_Id__c"] for each in found]
    assert len(keys) == len(set(keys)) == items(state="landed").count() > 2
    writes = Operation.objects.filter(item__object=OBJECT, status="landed", verb="create")
    assert {str(op.differing) for op in writes} == {"{}"}


def commit(vendors: Practice, held: int, run: Run, first: int | None = None) -> None:
    """Let the vendor commit the upload that waits, once another waits in `first`, and go on
    when it has."""

    def waits() -> bool:
        return any(f["id"] == first and f["held"] for f in vendors.faults())

    def over() -> bool:
        return vendors.history(upload - 1)[0]["status"] is not None

    upload = next(c["n"] for c in vendors.history() if c["write"] and c["status"] is None)
    if first is not None:
        until_true(waits, run)
    vendors.release(held)
    until_true(over, run)
    if first is not None:
        vendors.release(first)


def expected(id: int) -> bytes:
    size, line = file(id).size, b"%020d" % id
    return (line * (size // len(line) + 1))[:size]


def test_every_file_lands_once_on_its_case_and_all_of_it_can_be_taken_back(
    scanned: Engagement, vendors: Practice
) -> None:
    before = vendors.state()["salesforce"]
    engagement = signed(scanned)
    titles = SampleDiff.objects.filter(item__object=OBJECT)
    fields = {line["destination"] for diff in titles for line in diff.lines}
    assert {"Title", "ContentSize", "Checksum"} <= fields
    assert not titles.filter(differing__gt=0).exists()
    moves.perform(engagement, "load")
    held = kept(vendors)
    assert set(held) == set(items(state="landed").values_list("key", flat=True))
    cases = vendors.edit("salesforce", op="ids", object="Case", prefix="")
    of = dict(engagement.source_records.filter(object="attachments").values_list(
        "source_id", "parent_id"))  # fmt: skip
    for key, record in held.items():
        _, object, id = key.split("/")
        if object == "attachments":
            data = expected(int(id))
            assert (record["ContentSize"], record["Checksum"]) == (
                len(data),
                hashlib.md5(data).hexdigest(),
            )
            assert record["FirstPublishLocationId"] == cases[f"8450/jobs/{of[id]}"]
    signed_by = {each["Signed_By__c"] for each in vendors.edit(
        "salesforce", op="dump", object="Case")["records"] if each["Signed_At__c"]}  # fmt: skip
    assert len(signed_by) > 1
    assert SentFile.objects.count() >= len(held)
    shown = {r["Title"] for key, r in held.items() if key.split("/")[1] == "note-images"}
    comments = vendors.edit("salesforce", op="dump", object="CaseComment")["records"]
    text = "".join(each["CommentBody"] for each in comments)
    assert shown == set(re.findall(r"\[image: (.*?)\]", text)) != set()
    writes = Operation.objects.filter(item__object=OBJECT, status="landed", verb="create")
    assert {str(op.differing) for op in writes} == {"{}"}
    tally = tallies.source_tally(engagement)
    assert all(tallies.adds_up(counts) for counts in tally.values())
    reconciled = moves.perform(engagement, "reconcile")
    assert not reconciled.differences.exists()
    moves.perform(engagement, "rollback")
    assert kept(vendors) == {}
    assert vendors.state()["salesforce"] == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_upload_whose_answer_is_lost_is_looked_up_and_lands_once(
    scanned: Engagement, vendors: Practice, when: str
) -> None:
    confirmed(scanned)
    vendors.fault("reset", when=when, match=UPLOAD, at=3)
    run = queue.start(scanned, "sample", moves.STAFF, here=True)
    assert run.status != Run.Status.SUCCEEDED
    assert Operation.objects.filter(item__object=OBJECT, status="sending").count() == 1
    vendors.clear_faults()
    Run.objects.filter(pk=run.pk).update(status=Run.Status.QUEUED)
    queue.perform(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.SUCCEEDED, run.message
    lands_each_once(vendors)
    late = Operation.objects.filter(item__object=OBJECT, status="landed", differing__isnull=True)
    assert not late.exclude(verb="delete").exists()


@pytest.mark.parametrize("when", [pytest.param("before", marks=pytest.mark.faults), "after"])
def test_a_worker_killed_while_the_vendor_keeps_its_file_leaves_one_file(
    scanned: Engagement, vendors: Practice, workers: Workers, when: str
) -> None:
    confirmed(scanned)
    held = vendors.fault("hold", when=when, match=UPLOAD, at=3)
    run = queue.start(scanned, "sample", moves.STAFF)
    until_held(vendors, held, run)
    workers.strike("horse")
    vendors.release(held)
    run = until_over(run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    lands_each_once(vendors)


def test_a_worker_killed_when_half_a_file_is_on_its_way_leaves_one_file(
    scanned: Engagement, vendors: Practice, workers: Workers
) -> None:
    video = scanned.flagged_files.filter(name__endswith=".mp4").first()
    assert video is not None
    video.action = FlaggedFile.Action.LOAD
    rows.change(video, "ada")
    confirmed(scanned)
    held = vendors.fault("stall", match={"path": f"/blob/{video.source_id}"})
    run = queue.start(scanned, "sample", moves.STAFF)
    until_held(vendors, held, run)
    # The file is asked for before its write is journalled: a lost one is not written at all.
    sending = Operation.objects.filter(item__key__endswith=f"/{video.key}", status="sending")
    until_true(sending.exists, run)
    half = sending.get()
    workers.strike("horse")
    vendors.release(held)
    run = until_over(run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    lands_each_once(vendors)
    assert int(kept(vendors)[half.item.key]["ContentSize"]) == video.size
    half.refresh_from_db()
    assert half.status == Operation.Status.LOST


@pytest.mark.parametrize("committed", ["before we look", "after we looked", "after a second one"])
def test_an_upload_committed_after_we_gave_it_up_lands_once(
    scanned: Engagement,
    vendors: Practice,
    live_redis: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
    committed: str,
) -> None:
    monkeypatch.setattr(http, "LONGEST_REQUEST_SECONDS", 4.0)
    confirmed(scanned)
    held = vendors.fault("hold", match=UPLOAD, at=3)
    run = queue.start(scanned, "sample", moves.STAFF, here=True)
    assert run.status == Run.Status.PAUSED
    with ThreadPoolExecutor(1) as pool:
        if committed == "before we look":
            commit(vendors, held, run)
        if committed == "after we looked":
            again = vendors.fault("hold", match=UPLOAD)
            let_in = pool.submit(commit, vendors, held, run, first=again)
        run = go_on(run)
        if committed == "after we looked":
            let_in.result()
    assert run.status == Run.Status.SUCCEEDED, run.message
    if committed == "after a second one":
        commit(vendors, held, run)
    lands_each_once(vendors)


def test_a_file_altered_at_the_destination_is_named_by_its_checksum(
    scanned: Engagement, vendors: Practice
) -> None:
    engagement = signed(scanned)
    moves.perform(engagement, "load")
    item = items(state="landed", shape="attachment").order_by("pk").last()
    sent = SentFile.objects.filter(operation__item=item)
    sent.update(md5="0" * 32)  # as if what stands there were not what we sent
    (line,) = moves.perform(engagement, "reconcile").differences.all()
    assert (line.kind, line.key, line.field) == ("altered", item.key, "Checksum")
    assert line.expected == "0" * 32


def test_nothing_over_the_limit_goes_without_a_decision(
    scanned: Engagement, vendors: Practice
) -> None:
    ids = scanned.source_records.filter(object="attachments").values_list("source_id", flat=True)
    large = [id for id in ids if file(int(id)).size > 2**20] or list(ids)[:1]
    Engagement.objects.filter(pk=scanned.pk).update(flag_over_mb=0, blocked_kinds="PDF, exe")
    moves.perform(scanned, "scan")
    flagged = scanned.flagged_files.filter(object="attachments")
    assert set(large) <= set(flagged.values_list("source_id", flat=True))
    assert {f.name.rpartition(".")[2] for f in flagged.filter(why="kind")} == {"pdf"}
    (said,) = gates.refusals(scanned, "confirm")
    assert "Decide under Flagged files what becomes of" in said
    before = files_to_send(scanned)[OBJECT]
    first, *others = scanned.flagged_files.exclude(why="kind").order_by("pk")
    first.action = FlaggedFile.Action.LOAD
    rows.change(first, "ada")
    moves.story.decide_files(scanned)
    assert files_to_send(scanned)[OBJECT].bytes < before.bytes
    engagement = signed(scanned)
    moves.perform(engagement, "load")
    assert set(kept(vendors)) >= {f"8450/{first.key}"}
    for other in others:
        left = items(key=f"8450/{other.key}").first()
        assert left is None or left.state == LoadItem.State.EXCEPTED
        assert left is None or left.reason.endswith("Reason: Too large to be of use")
    assert not moves.perform(engagement, "reconcile").differences.exists()


def test_a_scan_asks_again_only_about_files_that_are_lost_or_whose_record_changed(
    scanned: Engagement, vendors: Practice
) -> None:
    def asked() -> set[str]:
        before = len(vendors.history())
        moves.perform(scanned, "scan")
        paths = (call["path"].partition("?")[0] for call in vendors.history(before))
        return {path.rpartition("/")[2] for path in paths if "/blob/" in path}

    files = scanned.measured_files.filter(object="attachments")
    lost = set(files.exclude(lost="").values_list("source_id", flat=True))
    told = files_to_send(scanned)
    assert asked() == lost
    assert files_to_send(scanned) == told
    changed = files.filter(lost="").first()
    assert changed is not None
    record = scanned.source_records.get(object="attachments", source_id=changed.source_id)
    record.data["createdById"] = 1
    record.save()
    assert asked() == lost | {changed.source_id}
    assert told[OBJECT].count == scanned.measured_files.filter(lost="").count()


def test_files_that_the_destination_has_no_room_for_are_a_finding_with_figures(
    scanned: Engagement, vendors: Practice
) -> None:
    sent = files_to_send(scanned)[OBJECT]
    assert sent.bytes > 27 * 2**20
    vendors.limits("salesforce", file_storage_mb=1)
    moves.perform(scanned, "scan")
    (finding,) = scanned.findings.filter(code="over the limit")
    assert finding.subject == "FileStorageMB"
    needed = -(-sent.bytes // 2**20)
    assert f"the load needs {needed} (files as large as at the source), but 1 are left; " in (
        finding.message
    )
    outlook = forecast.kept(scanned)
    assert outlook is not None
    assert outlook.files == {OBJECT: sent}
    moves.story.decide_files(scanned)
    assert files_to_send(scanned)[OBJECT].bytes < 2**20


def test_a_file_that_grew_since_the_scan_is_held_and_asked_about(
    scanned: Engagement, vendors: Practice
) -> None:
    confirmed(scanned)
    Engagement.objects.filter(pk=scanned.pk).update(flag_over_mb=0)
    scanned.refresh_from_db()
    run = moves.perform(scanned, "sample")
    held = items(state="held")
    assert held.exists()
    assert all("Decide under Flagged files" in item.reason for item in held)
    assert {f.action for f in scanned.flagged_files.all()} >= {"undecided"}
    assert all(int(each["ContentSize"]) == 0 for each in kept(vendors).values())
    assert run.status == Run.Status.SUCCEEDED


def test_a_file_that_the_source_lost_is_excepted_and_named(
    scanned: Engagement, vendors: Practice
) -> None:
    engagement = signed(scanned)
    vendors.fault("status", status=404, match={"path": "/blob/"}, times=10_000)
    engagement.measured_files.all().delete()
    moves.perform(engagement, "scan")
    (finding,) = engagement.findings.filter(code="file cannot be fetched", subject="attachment")
    assert finding.count == engagement.source_records.filter(object="attachments").count()
    moves.perform(engagement, "load")
    lost = items(shape="attachment").exclude(state="landed")
    assert {item.state for item in lost} <= {LoadItem.State.EXCEPTED}
    assert all("no longer has the file" in i.reason for i in lost if "decision" not in i.reason)
    tally = tallies.source_tally(engagement)["attachments"]
    assert tally["excepted"] == lost.count() > 0
    assert tallies.adds_up(tally)
    vendors.clear_faults()
    moves.perform(engagement, "load")
    assert items(shape="attachment", state="landed").count() > 0
