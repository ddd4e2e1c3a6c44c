"""The client's decision: what it takes, what it changes, what makes it stale."""

import json

import pytest
from django.test import Client

from projects import audit, gates, signing
from projects.models import AuditEntry, Engagement, Run, SignOff, ValueMap
from projects.models.plan import Plan
from projects.review.sample import sample_digest
from tests.factories import RunFactory, SampleDiffFactory, reviewable
from tests.projects.review.reader import Reader, reader

pytestmark = pytest.mark.django_db


def change_the_mapping(kim: Reader, to: str = "High") -> str:
    """Send another priority elsewhere; returns what it was."""
    row = ValueMap.objects.get(mapping_row__engagement=kim.engagement, source_value="Normal")
    before, row.destination_value = row.destination_value, to
    row.save()
    return before


def test_accepting_opens_the_load_and_is_audited(kim: Reader) -> None:
    answer = kim.sign("accepted", comment="Looks right.")
    assert answer.headers["Location"] == kim.address() + "?thanks=1"
    signed = kim.engagement.sign_offs.get()
    assert (signed.name, signed.decision, signed.comment) == (
        "Kim Reed",
        "accepted",
        "Looks right.",
    )
    assert (signed.run, signed.plan, signed.link) == (kim.run, kim.run.plan, kim.link)
    assert signed.sample_digest == sample_digest(kim.run)
    assert signed.ticked == ["job type", "priority", "technician", "address"]
    assert kim.engagement.state == Engagement.State.SIGNED_OFF
    entry = AuditEntry.objects.get(action="sample signed off")
    assert entry.actor == "client: Kim Reed"
    assert json.loads(entry.detail) == {
        "plan": signed.plan.digest,
        "sample": signed.sample_digest,
        "run": kim.run.pk,
        "ticked": signed.ticked,
        "link": kim.link.pk,
        "sign_off": signed.pk,
    }
    assert audit.verify(kim.engagement) == []
    assert "Thank you, Kim Reed" in kim.client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("missing", SignOff.TICK_POINTS)
def test_accepting_takes_every_tick(kim: Reader, missing: str) -> None:
    ticked = [point for point in SignOff.TICK_POINTS if point != missing]
    answer = kim.sign("accepted", ticked=ticked, comment="Fine")
    assert f"tick all points. Open: {missing}." in answer.content.decode()
    assert "Fine</textarea>" in answer.content.decode()
    assert not SignOff.objects.exists()
    assert kim.engagement.state == Engagement.State.MAPPED


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"name": "x" * 121},
        {"comment": "x" * 4001},
        {"decision": "perhaps"},
        {"ticked": ["all of it"]},
        {"name": "Kim\0Reed"},
    ],
)
def test_nothing_malformed_is_kept(kim: Reader, wrong: dict[str, object]) -> None:
    form = {"decision": "accepted", **wrong}
    assert "Nothing is recorded yet" in kim.sign(**form).content.decode()
    assert not SignOff.objects.exists()


def test_asking_for_changes_needs_a_comment(kim: Reader) -> None:
    assert "Say what should be changed." in kim.sign("changes", comment=" ").content.decode()
    assert not SignOff.objects.exists()


def test_asking_for_changes_takes_an_acceptance_back(kim: Reader) -> None:
    kim.sign("accepted")
    assert kim.sign("changes", ticked=["address"], comment="Wrong owner.").status_code == 302
    current = signing.current_sign_off(kim.engagement)
    assert current is not None
    assert (current.decision, current.ticked) == ("changes", ["address"])
    assert kim.engagement.state == Engagement.State.MAPPED
    assert AuditEntry.objects.filter(action="changes asked").count() == 1
    assert "Kim Reed asks for changes: Wrong owner." in gates.refusals(kim.engagement, "load")


def test_the_newest_decision_counts_and_the_older_ones_stay(kim: Reader) -> None:
    kim.sign("changes", comment="Wrong owner.")
    kim.sign("accepted")
    assert [s.decision for s in kim.engagement.sign_offs.all()] == ["accepted", "changes"]
    assert kim.engagement.state == Engagement.State.SIGNED_OFF


@pytest.mark.parametrize("decision", ["accepted", "changes"])
def test_a_page_opened_before_the_mapping_changed_signs_nothing(kim: Reader, decision: str) -> None:
    seen = kim.hidden()
    change_the_mapping(kim)
    answer = kim.sign(decision, **seen, comment="My long remark")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The mapping was changed after this sample" in page
    assert "Mapping › Priority of a job › Normal" in page
    assert "My long remark" in page
    assert not SignOff.objects.exists()
    assert not AuditEntry.objects.exists()
    assert kim.engagement.state == Engagement.State.MAPPED


def test_a_page_opened_before_a_new_sample_signs_nothing(kim: Reader) -> None:
    seen = kim.hidden()
    again = RunFactory(engagement=kim.engagement, plan=kim.run.plan)
    SampleDiffFactory(run=again)
    answer = kim.sign("accepted", **{k: v for k, v in seen.items() if k != "csrfmiddlewaretoken"})
    assert answer.status_code == 409
    assert "another sample was loaded" in answer.content.decode()
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("field", ["plan", "sample"])
def test_a_form_without_what_was_seen_signs_nothing(kim: Reader, field: str) -> None:
    assert kim.sign("accepted", **{field: ""}).status_code == 409
    assert not SignOff.objects.exists()


def test_a_record_altered_after_the_page_was_opened_makes_it_stale(kim: Reader) -> None:
    seen = kim.hidden()
    diff = kim.run.sample_diffs.last()
    assert diff is not None
    diff.lines[0]["read_back"] = "1008"
    diff.save()
    assert kim.sign("accepted", sample=seen["sample"]).status_code == 409
    assert not SignOff.objects.exists()


def test_there_is_no_form_while_the_mapping_is_not_the_samples(kim: Reader) -> None:
    change_the_mapping(kim)
    page = kim.text("sign")
    assert "A new sample is needed" in page
    assert "<form" not in page


def test_putting_the_mapping_back_makes_the_decision_valid_again(kim: Reader) -> None:
    kim.sign("accepted")
    before = change_the_mapping(kim)
    assert signing.stale(kim.engagement)
    page = kim.text()
    assert "Since you signed, 1 thing changed" in page
    assert "Mapping › Priority of a job › Normal" in page
    change_the_mapping(kim, before)
    assert not signing.stale(kim.engagement)
    assert "Nothing has changed since." in kim.text()
    assert "Since you signed" not in kim.text()


def test_a_withdrawn_decision_is_no_decision(kim: Reader) -> None:
    kim.sign("accepted")
    kim.engagement.sign_offs.update(withdrawn_at=kim.link.created_at)
    assert "You have not decided yet." in kim.text()


def test_the_gate_is_respected(kim: Reader) -> None:
    seen = kim.hidden()
    Engagement.objects.filter(pk=kim.run.engagement_id).update(state=Engagement.State.CLOSED)
    answer = kim.send(
        {**seen, "name": "Kim", "ticked": SignOff.TICK_POINTS, "decision": "accepted"}
    )
    assert answer.status_code == 409
    assert "The engagement is closed." in answer.content.decode()
    assert not SignOff.objects.exists()


def test_nothing_is_signed_while_another_sample_is_loaded(kim: Reader) -> None:
    seen = kim.hidden()
    RunFactory(engagement=kim.engagement, plan=kim.run.plan, status=Run.Status.PAUSED)
    assert kim.send({**seen, "name": "Kim", "decision": "accepted"}).status_code == 409
    assert not SignOff.objects.exists()


def test_a_form_from_elsewhere_is_refused(kim: Reader) -> None:
    seen = kim.hidden()
    del seen["csrfmiddlewaretoken"]
    sent = {**seen, "name": "Kim", "ticked": SignOff.TICK_POINTS, "decision": "accepted"}
    assert kim.send(sent).status_code == 403
    assert Client(enforce_csrf_checks=True).post(kim.address("sign"), sent).status_code == 403
    assert not SignOff.objects.exists()


def test_one_clients_page_signs_nothing_for_another(kim: Reader) -> None:

    lee = reader(reviewable())
    lee.client = kim.client
    assert lee.sign("accepted", sample=kim.hidden()["sample"]).status_code == 409
    assert not SignOff.objects.exists()


def test_the_digest_follows_the_run_and_every_line(kim: Reader) -> None:
    first = sample_digest(kim.run)
    assert sample_digest(kim.run) == first
    other = RunFactory(engagement=kim.engagement, plan=Plan.freeze(kim.engagement, "staff"))
    assert sample_digest(other) != first
    kim.run.sample_diffs.last().delete()
    assert sample_digest(kim.run) != first
