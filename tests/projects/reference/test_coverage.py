"""What the client's contract lists: every line computed, every source object named."""

from dataclasses import replace

import pytest
from django.test import Client

from projects import checks, coverage
from projects.models import Engagement, Feed, ReviewLink
from projects.presets import PRESETS, preset
from tests.factories import reviewable
from tests.projects.admin import made
from tests.projects.commandline.scripted import command

pytestmark = pytest.mark.django_db


def line(engagement: Engagement, title: str) -> coverage.Covered:
    return next(each for each in coverage.coverage(engagement) if each.title == title)


def test_every_object_the_source_offers_is_named() -> None:
    assert [*checks.objects_are_named(None)] == []


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_an_object_that_nobody_names_fails_the_check(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = preset(name)
    first, *rest = chosen.OBJECTS
    monkeypatch.setattr(chosen, "OBJECTS", (*rest, rest[0], replace(first, source="other")))
    found = [str(error.msg) for error in checks.objects_are_named(None)]
    assert any(said.startswith(f"{first.source} is in no object row") for said in found)
    assert any(said.startswith(f"{rest[0].source} has 2 object rows") for said in found)


def test_the_states_add_up_to_the_list() -> None:
    engagement = made.proposed()
    lines = coverage.coverage(engagement)
    counts = coverage.summary(lines)
    assert sum(counts.values()) == len(lines) == 13
    assert coverage.said(lines).startswith("13 of 13 accounted for: ")
    assert line(engagement, "Customers").state == "fully"
    assert line(engagement, "Playbook and configuration").state == "by reference"
    assert line(engagement, "Technicians and skills").state == "in part"
    assert all(each.state == "fully" or each.why for each in lines)


def test_a_decision_and_a_closed_right_change_what_lands() -> None:
    engagement = made.proposed()
    engagement.object_rows.filter(source_object="jobs").update(
        status="excluded", reason="next year"
    )
    assert line(engagement, "Jobs").state == "not"
    assert line(engagement, "Jobs").why == [(["jobs"], "next year")]
    Feed.objects.create(engagement=engagement, object="job-timesheets", problem="no payroll scope")
    history = line(engagement, "Status history")
    assert (history.state, history.why[-1]) == ("in part", (["job-timesheets"], "no payroll scope"))


def test_the_same_sentence_stands_on_every_way_in(site: Client) -> None:
    engagement = made.proposed()
    said = coverage.said(coverage.coverage(engagement))
    page = site.get(f"/admin/projects/engagement/{engagement.pk}/change/").content.decode()
    assert said in page
    assert said in command("show").out
    document = command("show", "--json").document["coverage"]
    assert document["said"] == said
    assert len(document["lines"]) == 13


def test_the_client_sees_what_lands_and_takes_the_reference_along(client: Client) -> None:
    run = reviewable()
    _, token = ReviewLink.issue(run.engagement, "Rita", "staff")
    page = client.get(f"/review/{token}/handover/").content.decode()
    assert "13 of 13 accounted for" in page
    assert "Routes" in page
    answer = client.get(f"/review/{token}/handover/?file=json")
    assert answer.json()["format"] == "rebuild reference 1"
    assert client.get("/review/nonsense/handover/?file=json").status_code == 404
