"""The toy's contractor, brought to where a stage is next, and what stands there in peace."""

from typing import Any

from projects import audit, queue
from projects.models import Engagement, Run
from tests import moves
from tests.faults.journey import go_on
from tests.practice import Practice

IN_PEACE: dict[str, Any] = {}
"""Stage → what stands at the toy after it when nothing happens."""
METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
STAGES = {"create": "load", "update": "load", "delete": "rollback"}
OBJECTS = {"update": "company"}
"""Which object a verb is tried on: the load updates only the company that was there before."""


def in_peace(practice: Practice) -> dict[str, Any]:
    if not IN_PEACE:
        engagement = ready(practice)
        IN_PEACE["before"] = stands(practice)
        for stage in ("load", "rollback"):
            moves.perform(engagement, stage)
            IN_PEACE[stage] = stands(practice)
        assert IN_PEACE["rollback"] == IN_PEACE["before"]
    return IN_PEACE


def ready(practice: Practice) -> Engagement:
    """Signed off, with the sample taken back, so that the load writes everything."""
    practice.reset()
    engagement = moves.signed_off(practice, "toy")
    moves.perform(engagement, "rollback")
    Engagement.objects.filter(pk=engagement.pk).update(name=f"Toys {engagement.pk}")
    engagement.refresh_from_db()
    return engagement


def until(practice: Practice, stage: str) -> Engagement:
    engagement = ready(practice)
    if stage == "rollback":
        moves.perform(engagement, "load")
    return engagement


def write(verb: str, object: str = "visit", at: int = 3) -> dict[str, Any]:
    """The rule of a fault that strikes the n-th write of that verb."""
    object = OBJECTS.get(verb, object)
    rule = {"method": METHODS[verb], "path": f"^/{object}"}
    return {"vendor": "toy", "match": rule, "at": 1 if verb == "update" else at}


def stands(practice: Practice) -> Any:
    return practice.state()["toy"]


def rows(practice: Practice, object: str) -> list[dict[str, Any]]:
    return list(practice.edit("toy", op="dump", object=object)["records"])


def finished(run: Run) -> Run:
    run = go_on(run)
    assert run.status == Run.Status.SUCCEEDED, f"{run.message}\n{run.traceback}"
    return run


def load(engagement: Engagement) -> Run:
    """Begin a load in this process; it may pause."""
    return queue.start(engagement, "load", moves.STAFF, here=True)


def sound(engagement: Engagement) -> None:
    assert audit.verify(engagement) == []
