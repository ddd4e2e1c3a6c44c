"""Exactly once at every kind of write to the practice Pipedrive, which has no upsert, takes one
key twice and keeps our key in three ways: a field, a mark in a text, a mark in a file's name.

One move is struck at every object in turn. The judge is what the company holds after each stage,
compared with the same move left in peace; our own journal is asked only for doubles.
"""

import multiprocessing
import os
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random
from typing import Any

import pytest
import redis
from django.db import connections
from pytest_django.fixtures import Settings

from connectors import http
from connectors.pipedrive.objects import ORDER, THINGS
from projects import audit, queue
from projects.models import Engagement, LoadItem, Operation, Run
from projects.presets.servicetitan_pipedrive.sold import SOLD
from projects.stages import tallies
from tests import moves
from tests.faults.journey import go_on
from tests.faults.test_weather import LOST, _until
from tests.journeys import vendors
from tests.practice import Practice, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
FAULTS = pytest.mark.faults
LEASE_SECONDS = 4
METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
KEPT = ("organizations", "persons", "deals")
"""Of these some records carried our keys before the load: it updates them."""
STAGES = {
    "load": [*(("create", name) for name in ORDER), *(("update", name) for name in KEPT)],
    "delta": [("update", name) for name in ("deals", "deal products", "activities", "notes")],
    "rollback": [
        *(("delete", name) for name in reversed(ORDER)),
        *(("update", name) for name in KEPT),
    ],
}
"""Stage → the writes it makes. A file is never changed."""
IN_PEACE: dict[str, Any] = {}
"""Stage → what the company holds after it when nothing happens."""


@pytest.fixture(scope="module")
def contractor() -> Iterator[Practice]:
    running = start(customers=20, jobs=30)
    yield running
    running.stop()


@pytest.fixture
def practice(
    contractor: Practice,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    live_redis: redis.Redis,
) -> Practice:
    monkeypatch.setattr(http, "LONGEST_REQUEST_SECONDS", 3.0)
    settings.LEASE_SECONDS = LEASE_SECONDS
    return contractor


def ready(practice: Practice) -> Engagement:
    """Signed off, with the sample taken back, so that the load writes everything."""
    practice.reset()
    practice.limits("pipedrive", burst=1_000_000)
    engagement = moves.mapped(practice, "pipedrive", False, {"invoice-items": SOLD})
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    moves.perform(engagement, "rollback")
    Engagement.objects.filter(pk=engagement.pk).update(name=f"Struck {engagement.pk}")
    engagement.refresh_from_db()
    return engagement


def in_peace(practice: Practice) -> dict[str, Any]:
    if not IN_PEACE:
        engagement = ready(practice)
        IN_PEACE["before"] = stands(practice)
        for stage in STAGES:
            people_before(practice, stage)
            since = len(practice.history())
            moves.perform(engagement, stage)
            IN_PEACE[stage] = stands(practice)
            assert unmet(practice, stage, since) == []
        assert IN_PEACE["rollback"] == IN_PEACE["before"]
    return IN_PEACE


def unmet(practice: Practice, stage: str, since: int) -> list[tuple[str, str]]:
    """Writes that the stage should have made and did not: then striking them proves nothing."""
    made = [(c["method"], c["path"]) for c in practice.history(since) if c["vendor"] == "pipedrive"]
    return [
        (verb, name)
        for verb, name in STAGES[stage]
        if not any(
            method == _method(verb, name) and re.match(_path(verb, name), p) for method, p in made
        )
    ]


def people_before(practice: Practice, stage: str) -> None:
    """Before a delta a dispatcher changes a job, an appointment, a note and a bill."""
    if stage != "delta":
        return
    practice.clock(advance=3600)
    id, bill = next((i, b) for i, b in vendors.source(practice)["invoices"].items() if b["items"])
    items = [item | {"description": "Changed"} for item in bill["items"]]
    practice.edit("servicetitan", op="update", object="invoices", id=id, set={"items": items})
    edits = {
        "jobs": {"summary": "Changed"},
        "appointments": {"specialInstructions": "Ring twice"},
        "job-notes": {"text": "Changed"},
    }
    for object, values in edits.items():
        practice.edit("servicetitan", op="update", object=object, nth=0, set=values)


def stands(practice: Practice) -> Any:
    return practice.state()["pipedrive"]


def blow(verb: str, name: str, how: dict[str, Any]) -> dict[str, Any]:
    """The rule of a fault that strikes the first write of that verb."""
    rule = {"method": _method(verb, name), "path": _path(verb, name)}
    return {"vendor": "pipedrive", "match": rule, **how}


def _path(verb: str, name: str) -> str:
    """Where that verb is sent; a line of a deal is below its deal."""
    at = THINGS[name].path.replace("/deals/", r"/deals/\d+/")
    return f"^{at}$" if verb == "create" else rf"^{at}/\d+$"


def _counts(state: Any) -> list[int]:
    return [state["dealProducts" if n == "deal products" else n]["count"] for n in ORDER]


def _method(verb: str, name: str) -> str:
    return "PUT" if verb == "update" and not THINGS[name].new else METHODS[verb]


def finished(run: Run) -> Run:
    run = go_on(run)
    assert run.status == Run.Status.SUCCEEDED, f"{run.message}\n{run.traceback}"
    return run


def test_every_kind_of_write_is_made_once_though_its_answer_is_lost(practice: Practice) -> None:
    """A create is committed and not answered; a change is committed when we have given up."""
    _weathers(practice, lambda verb, name: LOST["reset" if verb == "create" else "later"])


@FAULTS
@pytest.mark.parametrize("way", LOST)
def test_every_kind_of_write_is_made_once_whatever_becomes_of_its_answer(
    practice: Practice, way: str
) -> None:
    _weathers(practice, lambda verb, name: LOST[way])


@FAULTS
def test_any_write_may_be_struck_in_any_way(practice: Practice, seed: int) -> None:
    random = Random(seed)
    _weathers(
        practice,
        lambda verb, name: LOST[random.choice(list(LOST))] | {"at": random.randint(1, 2)},
        sure=False,
    )


def test_a_double_of_every_object_is_removed_journalled_and_counted(practice: Practice) -> None:
    peace, engagement = in_peace(practice), ready(practice)
    held = [practice.fault(**blow("create", name, {"kind": "hold"})) for name in ORDER]
    finished(queue.start(engagement, "load", moves.STAFF, here=True))
    assert stands(practice) == peace["load"]
    for fault in held:
        practice.release(fault)
    _until(lambda: _committed(practice))
    counts = zip(_counts(stands(practice)), _counts(peace["load"]), strict=True)
    assert [after - before for after, before in counts] == [1] * len(ORDER)
    run = moves.perform(engagement, "load")
    assert stands(practice) == peace["load"]
    doubles = LoadItem.objects.filter(origin="double").order_by("pk")
    assert {item.object for item in doubles} == set(ORDER)
    for item in doubles:
        (removal,) = item.operations.all()
        assert (removal.verb, removal.status, removal.run) == ("delete", "landed", run)
        assert removal.undoes is not None
        assert removal.undoes.status == Operation.Status.LOST
    counts = tallies.destination_tally(engagement.destination)
    assert {name: counts[name]["doubles removed"] for name in ORDER} == dict.fromkeys(ORDER, 1)
    assert not moves.perform(engagement, "reconcile").differences.exists()
    moves.perform(engagement, "rollback")
    assert stands(practice) == peace["before"]
    assert audit.verify(engagement) == []


@pytest.mark.parametrize(
    ("whens", "stages"),
    [
        (("before", "after"), ["load"]),
        *(
            pytest.param(whens, list(STAGES), marks=FAULTS)
            for whens in [("before", "after"), ("after", "before")]
        ),
    ],
)
def test_a_worker_killed_at_every_kind_of_write_loses_and_doubles_nothing(
    practice: Practice, whens: tuple[str, str], stages: list[str]
) -> None:
    peace, engagement = in_peace(practice), ready(practice)
    for stage in stages:
        people_before(practice, stage)
        faults = {
            practice.fault(**blow(verb, name, {"kind": "hold", "when": when}))
            for (verb, name), when in zip(STAGES[stage], cycle(whens), strict=False)
        }
        run = queue.start(engagement, stage, moves.STAFF)
        while faults:
            faults -= _kill_a_worker(practice, run, faults)
        queue.perform(run.pk)
        finished(run)
        assert stands(practice) == peace[stage], stage
    assert audit.verify(engagement) == []


def _kill_a_worker(practice: Practice, run: Run, faults: set[int]) -> set[int]:
    """A worker of its own process takes part in the run, and is killed while a call that one of
    these faults holds is under way. Then the vendor goes on with it. Returns that fault."""
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(run.pk,))
    worker.start()
    _until(lambda: bool(_holding(practice, faults)) or not worker.is_alive())
    struck = _holding(practice, faults)
    assert struck, f"{run} was over before {faults}: {practice.faults()}"
    worker.kill()
    worker.join()
    for fault in struck:
        practice.release(fault)
    _until(lambda: _committed(practice))
    return struck


def _holding(practice: Practice, faults: set[int]) -> set[int]:
    return {f["id"] for f in practice.faults() if f["held"]} & faults


def _work(run: int) -> None:
    queue.perform(run)
    os._exit(0)


def _weathers(
    practice: Practice, how: Callable[[str, str], dict[str, Any]], sure: bool = True
) -> None:
    """Strike the first write of every kind, stage by stage; `sure` where each must be met."""
    peace, engagement = in_peace(practice), ready(practice)
    for stage, writes in STAGES.items():
        people_before(practice, stage)
        for verb, name in writes:
            practice.fault(**blow(verb, name, how(verb, name)))
        finished(queue.start(engagement, stage, moves.STAFF, here=True))
        assert not sure or [f["match"] for f in practice.faults() if not f["fired"]] == []
        practice.clear_faults()
        _until(lambda: _committed(practice))
        if stage == "load":
            moves.perform(engagement, "load")
        assert stands(practice) == peace[stage], stage
    assert audit.verify(engagement) == []


def _committed(practice: Practice) -> bool:
    """Whether the vendor is through with every write."""
    return all(c["status"] is not None for c in practice.history() if c["write"])
