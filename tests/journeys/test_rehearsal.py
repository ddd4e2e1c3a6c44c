"""The sample and its sign-off in a rehearsal org, the load in production."""

from collections.abc import Iterator
from typing import Any

import pytest

from projects import decisions, gates, queue
from projects.commandline import accounts
from projects.demo import story
from projects.models import Connection, Engagement, LoadItem, Run
from tests import moves
from tests.journeys import vendors
from tests.journeys.conftest import FEW_CUSTOMERS, FEW_JOBS
from tests.practice import Practice, start

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Practice]:
    running = start(customers=FEW_CUSTOMERS, jobs=FEW_JOBS, copy=True)
    yield running
    running.stop()


@pytest.fixture
def copy(sandbox: Practice) -> Practice:
    """The sandbox of the practice org: other ids, other users, masked addresses."""
    sandbox.reset()
    return sandbox


def rehearsing(practice: Practice, copy: Practice) -> Engagement:
    """Mapped, with a rehearsal, accounts, contacts and cases only."""
    engagement = moves.connected(practice)
    given = accounts.from_practice("salesforce", copy.urls)
    rehearsal = Connection(
        engagement=engagement, role="rehearsal", kind="salesforce", settings=given["settings"]
    )
    rehearsal.set_secrets(given["secrets"])
    rehearsal.save()
    rehearsal.check_account()
    for stage in ("inventory", "propose"):
        moves.perform(engagement, stage)
    story.keep_to_core(engagement)
    Engagement.objects.filter(pk=engagement.pk).update(sample_size=100)
    engagement.refresh_from_db()
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    story.decide_technicians(engagement)
    moves.story.confirm_safety(engagement)
    story.decide_files(engagement)
    decisions.confirm_mapping(engagement, moves.STAFF)
    return engagement


def landed(connection: Connection) -> int:
    return connection.load_items.filter(state=LoadItem.State.LANDED).count()


def owners(practice: Practice) -> set[str]:
    return {case["OwnerId"] for case in vendors.by_key(vendors.org(practice)["Case"]).values()}


def test_what_was_signed_in_the_rehearsal_is_loaded_into_production_and_both_are_taken_back(
    practice: Practice, copy: Practice
) -> None:
    engagement = rehearsing(practice, copy)
    assert engagement.rehearsal is not None
    before = {org: org.state()["salesforce"] for org in (practice, copy)}
    sample = moves.perform(engagement, "sample")
    assert sample.connection == engagement.rehearsal
    assert landed(engagement.rehearsal) > 50
    assert practice.state()["salesforce"] == before[practice]
    moves.sign(engagement)

    load = moves.perform(engagement, "load")
    assert load.plan == sample.plan
    assert load.connection == engagement.destination
    assert load.tally["jobs"]["landed"] == FEW_JOBS
    assert landed(engagement.destination) > landed(engagement.rehearsal)
    users = {org: owners(org) for org in (practice, copy)}
    assert len(users[practice]) > 3
    assert not users[practice] & users[copy]
    differences = moves.perform(engagement, "reconcile").differences
    assert not differences.filter(explanation="").exists()

    moves.perform(engagement, "rollback")
    assert practice.state()["salesforce"] == before[practice]
    assert landed(engagement.rehearsal) > 50
    moves.perform(engagement, "rollback", at="rehearsal")
    assert copy.state()["salesforce"] == before[copy]


def test_a_second_sample_takes_the_first_one_back_in_the_rehearsal(
    practice: Practice, copy: Practice
) -> None:
    engagement = rehearsing(practice, copy)
    moves.perform(engagement, "sample")
    first = copy.state()["salesforce"]
    again = moves.perform(engagement, "sample")
    assert again.operations.filter(verb="delete", status="landed").exists()
    assert copy.state()["salesforce"] == first


def refused(engagement: Engagement, **options: Any) -> str:
    run = queue.start(engagement, "load", moves.STAFF, here=True, **options)
    assert run.status == Run.Status.FAILED
    assert not engagement.destination.load_items.exists()
    return run.message


def test_production_with_another_schema_is_refused_and_the_field_named(
    practice: Practice, copy: Practice
) -> None:
    engagement = rehearsing(practice, copy)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    assert gates.refusals(engagement, "load") == []
    practice.edit("salesforce", op="field", action="hide", object="Case", field="Job_Type__c")
    assert "Case.Job_Type__c" in refused(engagement)
    moves.perform(engagement, "inventory")
    (said,) = gates.refusals(engagement, "load")
    assert "Production differs from the rehearsal" in said
    assert "Case.Job_Type__c (missing, or hidden from our user)" in said


def test_an_owner_whom_production_has_not_is_named_before_anything_is_sent(
    practice: Practice, copy: Practice
) -> None:
    engagement = rehearsing(practice, copy)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    match = engagement.technician_matches.filter(action="match").first()
    assert match is not None
    there = engagement.destination.users.get(email=match.email.lower())
    practice.edit(
        "salesforce", op="update", object="User", id=there.user_id, set={"IsActive": False}
    )
    said = refused(engagement)
    assert f"{match.email.lower()} ({match.name})" in said


def test_a_rehearsal_in_the_production_account_itself_is_refused(practice: Practice) -> None:
    engagement = moves.connected(practice)
    production = engagement.destination
    twin = Connection(
        engagement=engagement,
        role="rehearsal",
        kind=production.kind,
        settings=production.settings,
        sealed=production.sealed,
    )
    twin.save()
    with pytest.raises(Exception, match="needs an account of its own"):
        twin.check_account()
