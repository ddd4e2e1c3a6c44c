"""Which engagement is meant, where it stands; `confirm` and `link`."""

import pytest

from projects.models import (
    AuditEntry,
    Engagement,
    ReviewLink,
)
from tests.projects.commandline.scripted import command

pytestmark = pytest.mark.django_db


def test_without_an_engagement_the_command_says_how_to_make_one() -> None:
    answer = command("show")
    assert answer.code == 2
    assert "engagement create" in answer.error


def test_of_several_engagements_one_must_be_named(engagement: Engagement) -> None:
    Engagement.objects.create(name="Southside", client_name="S")
    answer = command("show")
    assert answer.code == 2
    assert "“Northside”, “Southside”" in answer.error
    assert command("show", "--engagement", "Southside", "--json").document["client"] == "S"
    before = command("--engagement", "Southside", "--json", "show")
    assert before.document["engagement"] == "Southside"


def test_show_says_why_a_stage_may_not_start(engagement: Engagement) -> None:
    document = command("show", "--json").document
    stages = {stage["stage"]: stage for stage in document["stages"]}
    assert stages["scan"]["refusals"] == ["Extract the source first."]
    assert stages["extract"]["refusals"] == []
    assert document["undecided_technicians"] == 1
    assert "Extract the source first." in command("show").out


def test_a_mapping_that_is_not_ready_is_not_confirmed(engagement: Engagement) -> None:
    answer = command("confirm")
    assert answer.code == 3
    assert "who owns the work of: Ann" in answer.error


def test_a_review_link_is_printed_once_and_opens_the_page(engagement: Engagement) -> None:
    url = command("link", "--label", "Rita", "--site", "https://m.example/", "--json")
    base, token = url.document["url"].rstrip("/").rsplit("/", 1)
    assert base == "https://m.example/review"
    found = ReviewLink.open(token)
    assert found is not None
    assert (found.label, found.engagement) == ("Rita", engagement)
    assert not AuditEntry.objects.filter(detail__contains=token).exists()
    assert AuditEntry.objects.filter(action="review link issued").exists()
