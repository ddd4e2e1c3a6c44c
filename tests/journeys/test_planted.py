"""What a reconciliation says of errors made behind our back, and of work that went on."""

import pytest

from projects.demo import plants
from projects.models import LoadItem, Run
from projects.stages.reconcile import unexplained
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import TENANT
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_nine_planted_errors_are_named_and_nothing_else(practice: Practice) -> None:
    engagement = moves.loaded(practice)
    before = vendors.org(practice)
    planted = plants.plant(engagement, practice["control"]["url"])
    assert _made_behind_our_back(practice, before) == {"altered": 6, "dropped": 2, "doubled": 1}
    reconciled = moves.perform(engagement, "reconcile")
    named = [(line.kind, line.key) for line in reconciled.differences.all()]
    assert len(named) == 9
    assert set(named) == planted
    assert unexplained(reconciled.differences).count() == 9
    assert command("run", "reconcile", "--here").code == 5


def test_a_change_at_the_source_after_the_load_is_explained_and_no_error_of_ours(
    practice: Practice,
) -> None:
    engagement = moves.loaded(practice)
    practice.clock(advance=600)
    job, customer = _job_of_a_company(practice)
    _edit(practice, "jobs", job, summary="Rescheduled by phone.", jobStatus="Hold")
    _edit(practice, "customers", customer, name="Renamed after the load LLC")
    reconciled = moves.perform(engagement, "reconcile")
    _are_explained(reconciled, {"Description", "Source_Status__c", "Status", "Name"})
    assert not unexplained(reconciled.differences).exists()
    assert command("run", "reconcile", "--here").code == 0


def test_a_job_booked_after_the_load_is_no_error_of_ours(practice: Practice) -> None:
    engagement = moves.loaded(practice)
    practice.clock(advance=600)
    job, _ = _job_of_a_company(practice)
    practice.edit("servicetitan", op="create", object="jobs", like=job, set={"jobNumber": "later"})
    reconciled = moves.perform(engagement, "reconcile")
    (line,) = reconciled.differences.all()
    assert line.kind == "missing"
    assert "after the load" in line.explanation
    assert command("run", "reconcile", "--here").code == 0


def test_a_merge_at_the_source_after_the_load_is_no_error_of_ours(practice: Practice) -> None:
    engagement = moves.loaded(practice)
    practice.clock(advance=600)
    job, customer = _job_of_a_company(practice)
    customers = vendors.source(practice)["customers"]
    other = next(id for id, c in customers.items() if c["type"] == "Commercial" and id != customer)
    practice.edit("servicetitan", op="merge", object="customers", id=customer, into=other)
    reconciled = moves.perform(engagement, "reconcile")
    named = {(line.kind, line.object, line.key) for line in reconciled.differences.all()}
    assert ("unexpected", "Account", f"{TENANT}/customers/{customer}") in named
    assert ("re-parented", "Case", f"{TENANT}/jobs/{job}") in named
    assert [str(line) for line in unexplained(reconciled.differences)] == []


def test_the_same_edit_on_both_sides_is_told_apart(practice: Practice) -> None:
    """A field changed at the destination is our finding even where another one of the same
    record changed at the source."""
    engagement = moves.loaded(practice)
    practice.clock(advance=600)
    job, _ = _job_of_a_company(practice)
    _edit(practice, "jobs", job, summary="Rescheduled by phone.")
    key = f"{TENANT}/jobs/{job}"
    values = {"Source_Job_Number__c": "by hand"}
    practice.edit("salesforce", op="update", object="Case", key=key, set=values)
    reconciled = moves.perform(engagement, "reconcile")
    (wrong,) = unexplained(reconciled.differences)
    assert (wrong.kind, wrong.key, wrong.field) == ("altered", key, "Source_Job_Number__c")
    assert wrong.found == "by hand"
    assert reconciled.differences.count() == 2


def _made_behind_our_back(practice: Practice, before: dict[str, dict[str, vendors.Row]]) -> object:
    was, now = before["Case"], vendors.org(practice)["Case"]
    both = was.keys() & now.keys()
    return {
        "altered": sum(vendors.content(was[id]) != vendors.content(now[id]) for id in both),
        "dropped": len(was.keys() - now.keys()),
        "doubled": len(now.keys() - was.keys()),
    }


def _job_of_a_company(practice: Practice) -> tuple[int, int]:
    source = vendors.source(practice)
    for id, job in sorted(source["jobs"].items()):
        customer = source["customers"][job["customerId"]]
        item = LoadItem.objects.get(key=f"{TENANT}/jobs/{id}")
        if customer["type"] == "Commercial" and item.origin == "created":
            return id, customer["id"]
    raise AssertionError("no company has a job")


def _edit(practice: Practice, object: str, id: int, **values: str) -> None:
    practice.edit("servicetitan", op="update", object=object, id=id, set=values)


def _are_explained(reconciled: Run, fields: set[str]) -> None:
    lines = reconciled.differences.all()
    assert fields <= {line.field for line in lines}
    assert {line.explanation for line in lines} == {"Changed at the source after the load."}
