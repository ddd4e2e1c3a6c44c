"""What the vendor or the network does to a load while nobody kills anything: the load ends as
it would have in peace, and a rollback then leaves the destination as it was before."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pytest
import redis

from connectors import http
from projects import audit, queue
from projects.models import Engagement, Run
from tests import moves
from tests.faults.calls import KINDS
from tests.faults.journey import JOBS_FROM, ending, go_on, in_peace, unlike, until
from tests.practice import Practice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch, live_redis: redis.Redis) -> None:
    """Half of this is how long an answer is waited for."""
    monkeypatch.setattr(http, "LONGEST_REQUEST_SECONDS", 4.0)


def at(kind: str, n: int = 1, **more: Any) -> dict[str, Any]:
    """The rule of a fault that strikes the n-th call of that kind."""
    method, path = KINDS[kind]
    return {"vendor": "salesforce", "at": n, "match": {"method": method, "path": path}} | more


LOST = {
    "reset": {"kind": "reset", "when": "after"},
    "500": {"kind": "status", "status": 500, "when": "after"},
    "gateway": {"kind": "status", "status": 504, "when": "after"},
    "cut": {"kind": "truncate"},
    "silence": {"kind": "hold", "when": "after"},
    "late": {"kind": "late", "delay": 0},
    "later": {"kind": "late", "delay": 3},
}
"""How an answer is lost though the vendor has committed, or is about to."""


def test_a_create_whose_answer_is_lost_is_made_once(practice: Practice) -> None:
    _weathers(practice, JOBS_FROM, at("create") | LOST["reset"])


@pytest.mark.faults
@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("kind", ["create", "update"])
def test_a_call_whose_answer_is_lost_is_made_once(practice: Practice, kind: str, how: str) -> None:
    _weathers(practice, "", at(kind) | LOST[how])


@pytest.mark.faults
@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("kind", ["job opened", "job filled", "job closed"])
def test_a_step_of_a_job_whose_answer_is_lost_doubles_nothing(
    practice: Practice, kind: str, how: str
) -> None:
    _weathers(practice, JOBS_FROM, at(kind) | LOST[how])


@pytest.mark.faults
@pytest.mark.parametrize("jobs_from", ["", JOBS_FROM])
def test_a_storm_over_the_load_only_makes_it_slower(
    seed: int, practice: Practice, jobs_from: str
) -> None:
    _weathers(practice, jobs_from, {"kind": "storm", "rate": 0.05, "seed": seed})


@pytest.mark.faults
@pytest.mark.parametrize("jobs_from", ["", JOBS_FROM])
def test_a_token_that_ends_half_way_is_replaced(practice: Practice, jobs_from: str) -> None:
    _weathers(practice, jobs_from, {"kind": "expire_token", "vendor": "salesforce", "every": 7})


@pytest.mark.faults
@pytest.mark.parametrize("jobs_from", ["", JOBS_FROM])
def test_locked_rows_are_sent_again(practice: Practice, jobs_from: str) -> None:
    _weathers(practice, jobs_from, at("create") | {"kind": "lock_rows", "rows": 9})


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["fail_job", "abort_job"])
def test_a_job_that_ends_early_is_finished_by_others(practice: Practice, kind: str) -> None:
    _weathers(practice, JOBS_FROM, at("job closed") | {"kind": kind, "after_rows": 0})


def test_a_used_up_allowance_pauses_the_load_until_it_is_back(practice: Practice) -> None:
    peace = in_peace(practice, JOBS_FROM)
    engagement = until(practice, "load", JOBS_FROM)
    practice.limits("salesforce", daily_api=100_000, api_used=100_000 - 12)
    run = queue.start(engagement, "load", moves.STAFF, here=True)
    assert run.status == Run.Status.PAUSED
    assert run.resume_at is not None
    assert "limit" in run.message.lower()
    practice.limits("salesforce", api_used=0)
    run = go_on(run)
    assert run.status == Run.Status.SUCCEEDED, run.message
    _stands(practice, engagement, peace["load"].stands)


CAME_LATE = [
    ("load", "create", "look-up"),
    ("load", "update", "read-back"),
    ("rollback", "delete", "read-back"),
    ("rollback", "update", "read-back"),
]
"""Stage, the write that the vendor commits late, and the call by which we look for it."""


@pytest.mark.faults
@pytest.mark.parametrize(("stage", "kind", "look"), CAME_LATE)
def test_a_write_committed_between_two_looks_is_known_as_ours(
    practice: Practice, stage: str, kind: str, look: str
) -> None:
    peace, engagement = in_peace(practice, ""), until(practice, stage, "")
    write = practice.fault("hold", **at(kind))
    run = queue.start(engagement, stage, moves.STAFF, here=True)
    assert run.status == Run.Status.PAUSED
    second = practice.fault("hold", **at(look, 2))
    with ThreadPoolExecutor(1) as pool:
        let_in = pool.submit(_let_in, practice, write, second)
        run = go_on(run)
        let_in.result()
    assert run.status == Run.Status.SUCCEEDED, run.message
    _stands(practice, engagement, peace[stage].stands)
    other = {"load": "rollback", "rollback": "load"}[stage]
    moves.perform(engagement, other)
    _stands(practice, engagement, peace[other].stands)


def _let_in(practice: Practice, write: int, look: int) -> None:
    """Once the second look is on its way, let the vendor commit the write, then answer."""
    _until(lambda: _held(practice, look))
    call = next(c for c in practice.history() if c["write"] and c["status"] is None)
    practice.release(write)
    _until(lambda: practice.history(call["n"] - 1)[0]["status"] is not None)
    practice.release(look)


def _held(practice: Practice, fault: int) -> bool:
    return any(f["id"] == fault and f["held"] for f in practice.faults())


def _until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not condition():
        assert monotonic() < deadline, "the second look never came, or the write never ended"
        sleep(0.02)


def _weathers(practice: Practice, jobs_from: str, fault: dict[str, Any]) -> None:
    peace, engagement = in_peace(practice, jobs_from), until(practice, "load", jobs_from)
    set_ = practice.fault(**fault)
    run = go_on(queue.start(engagement, "load", moves.STAFF, here=True))
    struck = sum(f["fired"] for f in practice.faults())
    assert struck, f"fault {set_} never struck"
    practice.clear_faults()
    assert run.status == Run.Status.SUCCEEDED, f"{run.message}\n{run.traceback}"
    _stands(practice, engagement, peace["load"].stands)
    moves.perform(engagement, "rollback")
    _stands(practice, engagement, peace["rollback"].stands)
    assert audit.verify(engagement) == []


def _stands(practice: Practice, engagement: Engagement, expected: dict[str, Any]) -> None:
    """The destination; the source is the same before and after a delta of the peaceful move."""
    found = ending(practice, engagement, 0).stands
    assert unlike(found, {"salesforce": expected["salesforce"]}) == {}
