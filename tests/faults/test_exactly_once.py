"""A move struck once in every stage and started again: nothing lost, nothing doubled.

The judge is what stands at the practice vendors and the calls they saw, compared with the
same move left in peace; our own journal is not asked.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

import orjson
import pytest

from projects import audit, decisions, queue
from projects.demo import story
from projects.models import Engagement, Run
from tests import moves
from tests.faults.calls import SENDS, counted, dealt
from tests.practice import Practice
from tests.workers import Workers, until_held, until_over

STRIKES = ("horse", "worker", "both", "stop")
JOBS_FROM = "60"
"""Rows from which on every second seed writes by bulk jobs."""
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Ending:
    """What a stage left at the vendors and with us, and the calls it made."""

    stands: dict[str, Any]
    calls: Counter[str]


IN_PEACE: dict[str, dict[str, Ending]] = {}
"""Rows from which on jobs are used → stage → its ending when nothing happens to it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(400)
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
    in_peace = _in_peace(practice, jobs_from)
    engagement = _begin(practice, jobs_from, "struck")
    strikes = Random(seed).sample(STRIKES, len(STRIKES))
    for (stage, prepare), strike in zip(STAGES.items(), strikes, strict=True):
        prepare(engagement)
        expected, before = in_peace[stage], len(practice.history())
        blow = dealt(stage, (seed - 1) // 2, expected.calls, strike)
        fault = practice.fault("hold", **blow.fault())
        run = queue.start(engagement, stage, moves.STAFF)
        until_held(practice, fault, run)
        workers.strike(strike)
        practice.release(fault)
        run = until_over(run)
        assert run.status == Run.Status.SUCCEEDED, f"{blow}: {run.message}\n{run.traceback}"
        ending = _ending(practice, engagement, before)
        assert _unlike(ending.stands, expected.stands) == {}, blow
        again = {kind: ending.calls[kind] - expected.calls[kind] for kind in SENDS}
        assert max(again.values()) <= WORKERS, f"{blow}: {again}"
        assert audit.verify(engagement) == [], blow


def _in_peace(practice: Practice, jobs_from: str) -> dict[str, Ending]:
    if jobs_from not in IN_PEACE:
        engagement, endings = _begin(practice, jobs_from, "in peace"), {}
        empty = practice.state()
        for stage, prepare in STAGES.items():
            prepare(engagement)
            before = len(practice.history())
            moves.perform(engagement, stage)
            endings[stage] = _ending(practice, engagement, before)
        assert _unlike(endings["rollback"].stands, empty | {"read": _read(engagement)}) == {}
        IN_PEACE[jobs_from] = endings
    return IN_PEACE[jobs_from]


def _begin(practice: Practice, jobs_from: str, name: str) -> Engagement:
    practice.reset()
    practice["salesforce"]["bulk_from"] = jobs_from
    engagement = moves.inventoried(practice)
    engagement.name, engagement.sample_size = f"{name} {engagement.pk}", 100
    engagement.save(update_fields=["name", "sample_size"])
    return engagement


def _confirm(engagement: Engagement) -> None:
    """From extracted to a first sample, which the struck one takes back before it loads."""
    moves.perform(engagement, "scan")
    story.decide_technicians(engagement)
    decisions.confirm_mapping(engagement, moves.STAFF)
    moves.perform(engagement, "sample")


STAGES: dict[str, Callable[[Engagement], object]] = {
    "extract": lambda engagement: None,
    "sample": _confirm,
    "load": moves.sign,
    "rollback": lambda engagement: None,
}
"""Stage → what people and other stages do before it."""


def _ending(practice: Practice, engagement: Engagement, before: int) -> Ending:
    stands = practice.state() | {"read": _read(engagement)}
    return Ending(stands, counted(practice.history(before)))


def _read(engagement: Engagement) -> dict[str, str]:
    """Source object → digest of all we hold of it."""
    rows = engagement.source_records.filter(reading="load").order_by("object", "source_id")
    digests = {name: sha256() for name in rows.values_list("object", flat=True).distinct()}
    for name, source_id, data in rows.values_list("object", "source_id", "data"):
        digests[name].update(orjson.dumps([source_id, data], option=orjson.OPT_SORT_KEYS))
    return {name: digest.hexdigest() for name, digest in digests.items()}


def _unlike(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Vendor and object → found and expected, where they differ."""
    return {
        f"{vendor} {name}": (found[vendor].get(name), expected[vendor].get(name))
        for vendor in expected
        for name in found[vendor].keys() | expected[vendor].keys()
        if found[vendor].get(name) != expected[vendor].get(name)
    }
