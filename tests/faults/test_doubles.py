"""Exactly once where the vendor has no upsert and takes one key twice: a write whose answer is
lost, or that is committed long after we gave it up, is looked up before it is sent again; the
later double is removed by a journalled operation, counted, and taken back with nothing left."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from connectors import http
from projects import queue
from projects.models import Engagement, LoadItem, Operation, Run
from projects.stages import rollback, tallies
from tests import moves
from tests.faults import toys
from tests.faults.test_weather import LOST, _held, _until
from tests.practice import Practice, start
from tests.toy.registered import registered
from tests.workers import QUICK, until_held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
FAULTS = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def toy_contractor() -> Iterator[Practice]:
    running = start(customers=8, jobs=12, module="tests.toy")
    yield running
    running.stop()


@pytest.fixture
def practice(
    toy_contractor: Practice, monkeypatch: pytest.MonkeyPatch, live_redis: redis.Redis
) -> Iterator[Practice]:
    monkeypatch.setattr(http, "LONGEST_REQUEST_SECONDS", 2.0)
    with registered():
        yield toy_contractor


def test_a_create_committed_after_it_was_made_again_is_removed_by_the_same_run(
    practice: Practice,
) -> None:
    peace, engagement = toys.in_peace(practice), toys.until(practice, "load")
    run = _double(practice, engagement)
    assert toys.stands(practice) == peace["load"]
    (item,) = LoadItem.objects.filter(origin="double")
    (removal,) = item.operations.all()
    assert (removal.verb, removal.status, removal.run) == ("delete", "landed", run)
    assert removal.undoes is not None
    assert (removal.undoes.verb, removal.undoes.status) == ("create", "lost")
    assert removal.body.before["title"]
    assert run.tally["jobs"]["doubles removed"] == 1
    assert tallies.adds_up(run.tally["jobs"])
    assert tallies.destination_tally(engagement.destination)["visit"]["doubles removed"] == 1
    assert not moves.perform(engagement, "reconcile").differences.exists()
    moves.perform(engagement, "rollback")
    assert toys.stands(practice) == peace["before"]
    toys.sound(engagement)


@pytest.mark.parametrize(
    ("object", "next_stage"),
    [
        ("remark", "rollback"),
        *(pytest.param("visit", stage, marks=FAULTS) for stage in ("load", "rollback")),
    ],
)
def test_a_create_committed_after_the_run_is_removed_by_the_next(
    practice: Practice, object: str, next_stage: str
) -> None:
    peace, engagement = toys.in_peace(practice), toys.until(practice, "load")
    held = practice.fault("hold", **toys.write("create", object))
    toys.finished(toys.load(engagement))
    assert toys.stands(practice) == peace["load"]
    _commit(practice, held)
    assert toys.stands(practice) != peace["load"]
    moves.perform(engagement, next_stage)
    assert toys.stands(practice) == peace[next_stage]
    toys.sound(engagement)


@FAULTS
def test_a_create_committed_after_its_record_was_taken_back_is_removed_too(
    practice: Practice,
) -> None:
    peace, engagement = toys.in_peace(practice), toys.until(practice, "load")
    held = practice.fault("hold", **toys.write("create", "company"))
    toys.finished(toys.load(engagement))
    moves.perform(engagement, "rollback")
    _commit(practice, held)
    moves.perform(engagement, "load")
    assert toys.stands(practice) == peace["load"]
    assert engagement.load_items.filter(origin="adopted").count() == 1
    moves.perform(engagement, "rollback")
    assert toys.stands(practice) == peace["before"]


@pytest.mark.parametrize("how", ["moved under it", pytest.param("changed", marks=FAULTS)])
def test_a_double_that_others_use_is_kept_and_named(practice: Practice, how: str) -> None:
    engagement = toys.until(practice, "load")
    held = practice.fault("hold", **toys.write("create"))
    toys.finished(toys.load(engagement))
    _commit(practice, held)
    id = max((row["id"] for row in toys.rows(practice, "visit")), key=int)
    if how == "changed":
        practice.edit("toy", op="update", object="visit", id=id, set={"note": "By hand"})
    else:
        theirs = {"visit": id, "text": "Seen to"}
        practice.edit("toy", op="create", object="remark", set=theirs)
    for stage in ("load", "load", "rollback"):
        moves.perform(engagement, stage)
    assert {row["id"] for row in toys.rows(practice, "visit")} == {id}
    named = {item.remote_id: item.reason for item in rollback.kept(engagement)}
    assert "Double of" in named[id]
    assert ("remark" if how == "moved under it" else "note") in named[id]
    assert tallies.destination_tally(engagement.destination)["visit"]["doubles left"] == 1


def test_what_others_made_twice_is_left_to_them(practice: Practice) -> None:
    engagement = toys.until(practice, "load")
    toys.finished(toys.load(engagement))
    theirs = {n: toys.rows(practice, "visit")[0][n] for n in ("company", "title", "key")}
    practice.edit("toy", op="create", object="visit", set=theirs)
    count = len(toys.rows(practice, "visit"))
    moves.perform(engagement, "load")
    assert len(toys.rows(practice, "visit")) == count
    (line,) = moves.perform(engagement, "reconcile").differences.all()
    assert (line.kind, line.key) == ("double", theirs["key"])


def test_a_row_that_is_to_be_sent_again_is_looked_up_first(practice: Practice) -> None:
    peace, engagement = toys.in_peace(practice), toys.until(practice, "load")
    practice.fault("status", status=423, when="after", body={}, **toys.write("create"))
    toys.finished(toys.load(engagement))
    assert toys.stands(practice) == peace["load"]
    assert not Operation.objects.filter(status="lost").exists()
    moves.perform(engagement, "rollback")
    assert toys.stands(practice) == peace["before"]


@FAULTS
@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("verb", toys.STAGES)
def test_a_write_whose_answer_is_lost_is_made_once(practice: Practice, verb: str, how: str) -> None:
    stage, peace = toys.STAGES[verb], toys.in_peace(practice)
    engagement = toys.until(practice, stage)
    fault = practice.fault(**(toys.write(verb) | LOST[how]))
    toys.finished(queue.start(engagement, stage, moves.STAFF, here=True))
    _until(lambda: _over(practice, fault))
    practice.clear_faults()
    for stage in ("load", "rollback"):
        moves.perform(engagement, stage)
        assert toys.stands(practice) == peace[stage]
    toys.sound(engagement)


@pytest.mark.parametrize(
    ("verb", "when"),
    [
        ("create", "before"),
        *(
            pytest.param(verb, when, marks=FAULTS)
            for verb, when in [("create", "after"), ("update", "before"), ("delete", "before")]
        ),
    ],
)
def test_a_worker_killed_at_a_write_loses_and_doubles_nothing(
    practice: Practice, child_environment: dict[str, str], verb: str, when: str
) -> None:
    stage, peace = toys.STAGES[verb], toys.in_peace(practice)
    engagement = toys.until(practice, stage)
    held = practice.fault("hold", when=when, **toys.write(verb))
    run = queue.start(engagement, stage, moves.STAFF)
    command = [sys.executable, "-m", "tests.toy.registered", str(run.pk)]
    worker = subprocess.Popen(command, cwd=ROOT, env=child_environment | QUICK)
    until_held(practice, held, run)
    worker.kill()
    worker.wait()
    queue.perform(run.pk)
    toys.finished(run)
    _commit(practice, held)
    for stage in ("load", "rollback"):
        moves.perform(engagement, stage)
        assert toys.stands(practice) == peace[stage]
    toys.sound(engagement)


def _double(practice: Practice, engagement: Engagement) -> Run:
    """A load in which a visit's create is committed after it was made again: while the run
    writes what comes next."""
    held = practice.fault("hold", **toys.write("create"))
    run = toys.load(engagement)
    assert run.status == Run.Status.PAUSED
    later = practice.fault("hold", **toys.write("create", "remark", at=1))
    with ThreadPoolExecutor(1) as pool:
        let_in = pool.submit(_let_in, practice, held, later)
        run = toys.finished(run)
        let_in.result()
    return run


def _let_in(practice: Practice, held: int, later: int) -> None:
    _until(lambda: _held(practice, later))
    _commit(practice, held)
    practice.release(later)


def _commit(practice: Practice, fault: int) -> None:
    """Let the vendor commit the write that waits, and wait until it has."""
    struck = next(c["n"] for c in practice.history() if c["write"] and c["status"] is None)
    practice.release(fault)
    _until(lambda: practice.history(struck - 1)[0]["status"] is not None)


def _over(practice: Practice, fault: int) -> bool:
    """Whether the fault struck, and every write is committed or refused."""
    fired = next(f["fired"] for f in practice.faults() if f["id"] == fault)
    open_ = (c for c in practice.history() if c["write"] and c["status"] is None)
    return bool(fired) and (next(open_, None) is None or _held(practice, fault))


@FAULTS
def test_a_late_person_at_the_practice_pipedrive_is_removed_by_the_next_run(
    practice: Practice,
) -> None:
    practice.reset()
    practice.limits("pipedrive", burst=1_000_000)
    engagement = moves.signed_off(practice, "pipedrive")
    moves.perform(engagement, "rollback")
    before = practice.state()["pipedrive"]
    rule = {"method": "POST", "path": r"/persons$"}
    held = practice.fault("hold", vendor="pipedrive", match=rule, at=1)
    toys.finished(toys.load(engagement))
    count = practice.state()["pipedrive"]["persons"]["count"]
    _commit(practice, held)
    assert practice.state()["pipedrive"]["persons"]["count"] == count + 1
    moves.perform(engagement, "rollback")
    assert practice.state()["pipedrive"] == before
    assert engagement.load_items.get(origin="double").state == LoadItem.State.UNDONE
