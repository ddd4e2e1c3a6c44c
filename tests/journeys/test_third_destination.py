"""A destination that the product has never seen is a folder, two lines of tables and a preset:
the whole move runs on it, though it has no bulk, no upsert and no unique key."""

from collections.abc import Iterator

import pytest

from projects import audit
from projects.models import LoadItem
from projects.stages import tallies
from tests import moves
from tests.practice import Practice, start
from tests.toy.registered import registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def contractor() -> Iterator[Practice]:
    running = start(customers=40, jobs=60, module="tests.toy")
    yield running
    running.stop()


@pytest.fixture
def practice(contractor: Practice) -> Iterator[Practice]:
    contractor.reset()
    with registered():
        yield contractor


def test_the_whole_move_and_its_undo_run_on_a_third_destination(practice: Practice) -> None:
    before = practice.state()["toy"]
    engagement = moves.loaded(practice, "toy")
    tally = tallies.source_tally(engagement)
    assert all(tallies.adds_up(counts) for counts in tally.values())
    assert all(tally[name]["landed"] == tally[name]["read"] for name in ("customers", "jobs"))
    assert tally["appointments"]["landed"] == tally["appointments"]["read"] > 0
    assert LoadItem.objects.filter(origin="adopted").count() == 1
    reconciled = moves.perform(engagement, "reconcile")
    assert not reconciled.differences.exists()
    found = practice.state()["toy"]
    moves.perform(engagement, "load")
    assert practice.state()["toy"] == found
    moves.perform(engagement, "rollback")
    assert practice.state()["toy"] == before
    assert audit.verify(engagement) == []
