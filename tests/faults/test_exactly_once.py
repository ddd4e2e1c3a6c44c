"""Every stage, killed at any call, started again: nothing lost, nothing doubled. The practice
vendors' own state is the judge, not our journal."""

from random import Random
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from projects import audit, queue
from projects.models import Engagement, Operation, Run
from tests import moves
from tests.practice import Practice
from tests.workers import LEASE_SECONDS, Workers, until_held_or_over, until_over

BEFORE = {
    "extract": moves.inventoried,
    "sample": moves.mapped,
    "load": moves.signed_off,
    "rollback": moves.loaded,
}
STRIKES = ("horse", "worker", "both", "stop")
CLEAN: dict[str, tuple[Any, int]] = {}
"""Stage → (what an undisturbed one ends with, calls it made)."""


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.LEASE_SECONDS, settings.BELL_SECONDS = LEASE_SECONDS, 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", BEFORE)
def test_a_stage_undone_half_way_and_started_again_ends_as_if_nothing_had_happened(
    stage: str, practice: Practice, workers: Workers
) -> None:
    """A few of the seeds of `make faults`, in every `make test`."""
    _strike_once(stage, practice, workers, seed=1)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", BEFORE)
def test_a_kill_at_any_call_loses_nothing_and_doubles_nothing(
    stage: str, seed: int, practice: Practice, workers: Workers
) -> None:
    _strike_once(stage, practice, workers, seed)


def _strike_once(stage: str, practice: Practice, workers: Workers, seed: int) -> None:
    engagement = BEFORE[stage](practice)
    expected, calls = _clean(stage, practice, engagement)
    if stage not in ("extract",):
        practice.reset()
        Engagement.objects.filter(pk=engagement.pk).update(name=f"Clean {engagement.pk}")
        engagement = BEFORE[stage](practice)
    dice = Random(f"{stage} {seed}")
    call, when, strike = (
        dice.randint(1, calls),
        dice.choice(("before", "after")),
        dice.choice(STRIKES),
    )
    fault = practice.fault("hold", at=call, when=when)
    run = queue.start(engagement, stage, "staff")
    if until_held_or_over(practice, fault, run):
        workers.strike(strike)
        practice.release(fault)
    run = until_over(run)
    assert run.status == Run.Status.SUCCEEDED, f"{strike} {when} call {call}: {run.message}"
    assert _ends_with(practice, engagement) == expected, f"{strike} {when} call {call} of {calls}"
    assert not Operation.objects.filter(status="sending", run=run).exists()
    assert audit.verify(engagement) == []


def _clean(stage: str, practice: Practice, engagement: Engagement) -> tuple[Any, int]:
    if stage not in CLEAN:
        before = len(practice.history())
        moves.perform(engagement, stage)
        calls = len(practice.history()) - before
        CLEAN[stage] = (_ends_with(practice, engagement), calls)
    return CLEAN[stage]


def _ends_with(practice: Practice, engagement: Engagement) -> Any:
    """What stands at the destination, and how much of the source we hold."""
    records = engagement.source_records.filter(reading="load")
    read = {name: records.filter(object=name).count() for name in ("customers", "jobs")}
    return practice.state()["salesforce"], read
