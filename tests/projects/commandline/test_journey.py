"""A whole move by the command alone, with the client's yes from the review page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from projects.models import Engagement, LoadItem
from tests import moves, practice
from tests.projects.commandline.scripted import command, process
from tests.workers import Workers

pytestmark = pytest.mark.django_db


@pytest.fixture
def workers(child_environment: dict[str, str]) -> Iterator[Workers]:
    hired = Workers(child_environment, count=1)
    yield hired
    hired.dismiss()


def test_a_contractor_is_moved_checked_and_taken_back_by_a_script(
    vendors: practice.Practice, urls: Path, workers: Workers, child_environment: dict[str, str]
) -> None:
    vendors.reset()
    before = vendors.state()["salesforce"]
    assert command("create", "--practice", urls).code == 0
    engagement = Engagement.objects.get()
    Engagement.objects.update(sample_size=100)
    for stage in ("inventory", "propose", "extract", "scan"):
        waited = process(child_environment, "run", stage, "--wait")
        assert waited.code == 0, waited.error
        assert f"{stage}: succeeded" in waited.out
        assert waited.error == ""
    moves.story.decide_technicians(engagement)
    assert command("safety", "--name", "Anna Berg", "--as", "anna").code == 0
    moves.story.decide_files(engagement)
    assert command("confirm", "--as", "anna").code == 0
    assert command("run", "sample", "--here").code == 0
    assert command("run", "load").code == 3
    moves.sign(engagement)
    planned = command("run", "load", "--plan", "--json").document["counts"]
    loaded = command("run", "load", "--here", "--json")
    assert loaded.code == 0, loaded.error
    done = LoadItem.objects.filter(state__in=("landed", "excepted"))
    told = {o: done.filter(object=o).count() for o in planned}
    assert not done.filter(state="excepted").exclude(object="ContentVersion").exists()
    assert told == {object: counts["records"] for object, counts in planned.items()}
    assert command("run", "reconcile", "--here").code == 0
    assert command("audit", "verify").code == 0
    _let_somebody_edit(vendors)
    altered = command("run", "reconcile", "--here", "--json")
    assert altered.code == 5
    assert [d["field"] for d in altered.document["differences"]] == ["Subject"]
    assert command("rollback", "--here").code == 0
    kept = vendors.state()["salesforce"]["Case"]["count"] - before["Case"]["count"]
    assert kept == 1


def _let_somebody_edit(vendors: practice.Practice) -> None:
    item = LoadItem.objects.filter(object="Case", origin="created").first()
    assert item is not None
    vendors.edit(
        "salesforce", op="update", object="Case", id=item.remote_id, set={"Subject": "Mine"}
    )
