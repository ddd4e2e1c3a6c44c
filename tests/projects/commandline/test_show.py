"""Which engagement is meant, where it stands; `confirm` and `link`."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from projects.models import AuditEntry, Connection, Engagement, ReviewLink, TechnicianMatch
from tests.projects.commandline.scripted import command, process, run_of

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


def test_show_names_the_next_step_and_what_it_waits_for(engagement: Engagement) -> None:
    assert command("show", "--json").document["next"] == "engagement run inventory --wait"
    for stage in ("inventory", "propose", "extract"):
        run_of(engagement, stage, "succeeded")
    waits = command("show", "--json").document["next"]
    assert waits == "scan waits: Extract the source first."


def test_what_a_record_holds_does_not_steer_the_terminal(engagement: Engagement) -> None:
    Connection.objects.filter(role="source").update(account_name="\x1b[2JGone")
    assert "\x1b" not in command("show").out
    assert "[2JGone" in command("show").out
    TechnicianMatch.objects.update(name="\x1b[2JAnn")
    assert "\x1b" not in command("confirm").error


def test_a_database_that_was_never_made_is_for_a_person(tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    answer = process(environment, "show")
    assert answer.code == 3
    assert "manage.py migrate" in answer.error
    assert "Traceback" not in answer.error


def test_show_says_when_a_paused_run_goes_on(engagement: Engagement) -> None:
    later = timezone.now() + timedelta(minutes=90)
    run_of(engagement, "extract", status="paused", resume_at=later, message="No calls are left.")
    stages = {s["stage"]: s for s in command("show", "--json").document["stages"]}
    assert stages["extract"]["last_run"]["rest"].startswith(
        f"Goes on by itself at {later:%Y-%m-%d %H:%M:%S} UTC, in 1:"
    )
    assert "Goes on by itself" in " ".join(command("show").out.split())
