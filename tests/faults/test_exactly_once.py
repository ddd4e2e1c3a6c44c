"""A move struck once in every stage and started again: nothing lost, nothing doubled."""

from itertools import cycle
from random import Random

import pytest

from projects import audit, queue
from projects.models import Run
from tests import moves
from tests.faults.calls import SENDS, dealt
from tests.faults.journey import JOBS_FROM, STAGES, begin, ending, in_peace, unlike
from tests.practice import Practice
from tests.workers import Workers, until_held, until_over

STRIKES = ("horse", "worker", "both", "stop")
WORKERS = 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_a_move_struck_in_every_stage_ends_as_if_nothing_had_happened(
    practice: Practice, workers: Workers
) -> None:
    """One seed of `make faults` in every `make test`: all four strikes, one a stage."""
    _strike_every_stage(practice, workers, seed=2)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_a_kill_at_any_call_loses_nothing_and_doubles_nothing(
    seed: int, practice: Practice, workers: Workers
) -> None:
    _strike_every_stage(practice, workers, seed)


def _strike_every_stage(practice: Practice, workers: Workers, seed: int) -> None:
    jobs_from = "" if seed % 2 else JOBS_FROM
    peace = in_peace(practice, jobs_from)
    engagement = begin(practice, jobs_from, "struck")
    # Every second one by jobs finds them still at work when it is started again.
    practice.limits("salesforce", bulk_delay=0 if seed % 4 else 1)
    strikes = cycle(Random(seed).sample(STRIKES, len(STRIKES)))
    for (stage, prepare), strike in zip(STAGES.items(), strikes, strict=False):
        prepare(practice, engagement)
        expected, before = peace[stage], len(practice.history())
        blow = dealt(stage, (seed - 1) // 2, expected.calls, strike)
        fault = practice.fault("hold", **blow.fault())
        run = queue.start(engagement, stage, moves.STAFF)
        until_held(practice, fault, run)
        workers.strike(strike)
        practice.release(fault)
        run = until_over(run)
        assert run.status == Run.Status.SUCCEEDED, f"{blow}: {run.message}\n{run.traceback}"
        end = ending(practice, engagement, before)
        assert unlike(end.stands, expected.stands) == {}, blow
        again = {kind: end.calls[kind] - expected.calls[kind] for kind in SENDS}
        assert max(again.values()) <= WORKERS, f"{blow}: {again}"
        assert audit.verify(engagement) == [], blow
