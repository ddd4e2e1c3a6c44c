"""The same move again and again: its stages, and what stands where after each of them.

The judge is what stands at the practice vendors and the calls they saw, compared with the
same move left in peace; our own journal is not asked.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import orjson

from projects import decisions, queue
from projects.demo import story
from projects.models import Engagement, Run
from tests import moves
from tests.faults.calls import counted
from tests.practice import Practice

JOBS_FROM = "60"
"""Rows from which on a move writes by bulk jobs, where it is not "" for the usual 2,000."""

PAUSES = 50
CHANGED, NEW, LATER = 60, 12, "2037-01-01T00:00:00Z"
"""Jobs that change and customers that come between the load and the delta, and when."""
VENDORS = ("servicetitan", "salesforce")


@dataclass(frozen=True, slots=True)
class Ending:
    """What a stage left at the vendors and with us, and the calls it made."""

    stands: dict[str, Any]
    calls: Counter[str]


IN_PEACE: dict[str, dict[str, Ending]] = {}
"""Rows from which on jobs are used → stage → its ending when nothing happens to it."""


def in_peace(practice: Practice, jobs_from: str) -> dict[str, Ending]:
    if jobs_from not in IN_PEACE:
        engagement, endings = begin(practice, jobs_from, "in peace"), {}
        empty = _state(practice)
        for stage, prepare in STAGES.items():
            prepare(practice, engagement)
            before = len(practice.history())
            moves.perform(engagement, stage)
            endings[stage] = ending(practice, engagement, before)
        assert unlike(endings["rollback"].stands, {"salesforce": empty["salesforce"]}) == {}
        IN_PEACE[jobs_from] = endings
    return IN_PEACE[jobs_from]


def begin(practice: Practice, jobs_from: str, name: str) -> Engagement:
    practice.reset()
    practice.limits("salesforce", bulk_delay=0)
    practice["salesforce"]["bulk_from"] = jobs_from
    engagement = moves.inventoried(practice)
    engagement.name, engagement.sample_size = f"{name} {engagement.pk}", 100
    engagement.save(update_fields=["name", "sample_size"])
    return engagement


def _confirm(practice: Practice, engagement: Engagement) -> None:
    """From extracted to a first sample, which the struck one takes back before it loads."""
    moves.perform(engagement, "scan")
    story.decide_technicians(engagement)
    moves.story.confirm_safety(engagement)
    story.decide_files(engagement)
    decisions.confirm_mapping(engagement, moves.STAFF)
    moves.perform(engagement, "sample")


def _go_on_working(practice: Practice, engagement: Engagement) -> None:
    """At the source, at an hour that every move has: many jobs change, some customers come,
    each with a job of its own."""
    practice.clock(freeze=True)
    practice.clock(now=LATER)
    edit = partial(practice.edit, "servicetitan")
    for n in range(CHANGED):
        edit(op="update", object="jobs", nth=2 * n, set={"summary": f"Changed {n}"})
    for n in range(NEW):
        fresh = {"name": f"Fresh {n}", "active": True, "mergedToId": None}
        customer = edit(op="create", object="customers", nth=n, set=fresh)
        booked = {"customerId": customer["id"], "recallForId": None}
        edit(op="create", object="jobs", nth=n, set=booked)
    practice.clock(freeze=False)
    practice.clock(advance=60)  # files come some seconds after their job


def _nothing(practice: Practice, engagement: Engagement) -> None:
    pass


STAGES: dict[str, Callable[[Practice, Engagement], object]] = {
    "extract": _nothing,
    "sample": _confirm,
    "load": lambda practice, engagement: moves.sign(engagement),
    "delta": _go_on_working,
    "rollback": _nothing,
}
"""Stage → what people and other stages do before it."""


def ending(practice: Practice, engagement: Engagement, before: int) -> Ending:
    stands = _state(practice) | {"read": _read(engagement)}
    return Ending(stands, counted(practice.history(before)))


def _state(practice: Practice) -> dict[str, Any]:
    """What the two vendors of this move hold."""
    return {name: found for name, found in practice.state().items() if name in VENDORS}


def _read(engagement: Engagement) -> dict[str, str]:
    """Source object → digest of all we hold of it."""
    rows = engagement.source_records.filter(reading="load").order_by("object", "source_id")
    digests = {name: sha256() for name in rows.values_list("object", flat=True).distinct()}
    for name, source_id, data in rows.values_list("object", "source_id", "data"):
        digests[name].update(orjson.dumps([source_id, data], option=orjson.OPT_SORT_KEYS))
    return {name: digest.hexdigest() for name, digest in digests.items()}


def unlike(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Vendor and object → found and expected, where they differ."""
    return {
        f"{vendor} {name}": (found[vendor].get(name), expected[vendor].get(name))
        for vendor in expected
        for name in found[vendor].keys() | expected[vendor].keys()
        if found[vendor].get(name) != expected[vendor].get(name)
    }


def until(practice: Practice, stage: str, jobs_from: str) -> Engagement:
    """A new engagement, brought in peace to where that stage is next; no delta is in between."""
    engagement = begin(practice, jobs_from, "in weather")
    for name, prepare in STAGES.items():
        if name == "delta" != stage:
            continue
        prepare(practice, engagement)
        if name == stage:
            break
        moves.perform(engagement, name)
    return engagement


def go_on(run: Run) -> Run:
    """Resume a run that pauses, at once as staff may, until it is over."""
    for _ in range(PAUSES):
        run.refresh_from_db()
        if run.status != Run.Status.PAUSED:
            return run
        queue.resume(run, moves.STAFF)
        queue.perform(run.pk)
    raise AssertionError(f"{run} still rests after {PAUSES} pauses: {run.message}")
