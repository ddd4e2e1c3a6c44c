"""`engagement create`: both accounts accepted, or nothing at all."""

import json
from pathlib import Path

import pytest

from projects.models import (
    AuditEntry,
    Engagement,
    Run,
)
from tests import practice
from tests.projects.commandline.scripted import command, put

pytestmark = pytest.mark.django_db


def test_a_file_that_is_not_json_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    path.write_text('{"name": "x",\n oops}')
    answer = command("create", path)
    assert answer.code == 2
    assert "is not JSON" in answer.error
    assert "line 2" in answer.error


def test_every_problem_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    body = {
        "client": "Northside",
        "settings": {"sample_size": 5000, "colour": "red"},
        "source": {"kind": "fax", "settings": {}, "secrets": {}},
        "destination": {"kind": "salesforce", "secrets": {"password1": "hunter2"}},
    }
    answer = command("create", put(tmp_path / "new.json", body))
    assert answer.code == 2
    for said in ("name: ", "settings.sample_size: ", "settings.colour: unknown", "“fax”"):
        assert said in answer.error
    assert "destination.secrets.password1: unknown" in answer.error
    assert "hunter2" not in answer.error
    assert not Engagement.objects.exists()


def test_a_secret_the_environment_lacks_is_named(tmp_path: Path) -> None:
    example = json.loads(command("create", "--example").out)
    answer = command("create", put(tmp_path / "new.json", example))
    assert answer.code == 2
    assert "the environment has no SERVICETITAN_CLIENT_SECRET" in answer.error


def test_a_wrong_secret_names_the_account_and_creates_nothing(
    vendors: practice.Practice, tmp_path: Path
) -> None:
    wrong = vendors.urls | {"servicetitan": vendors["servicetitan"] | {"client_secret": "cs1.no"}}
    answer = command("create", "--practice", put(tmp_path / "practice.json", wrong))
    assert answer.code == 4
    assert "The source (ServiceTitan) was not accepted" in answer.error
    assert "cs1.no" not in answer.error
    assert not Engagement.objects.exists()


def test_an_address_where_nobody_answers_is_the_networks_fault(
    vendors: practice.Practice, tmp_path: Path
) -> None:
    away = vendors["servicetitan"] | {"auth_url": "http://127.0.0.1:9"}
    path = put(tmp_path / "practice.json", vendors.urls | {"servicetitan": away})
    answer = command("create", "--practice", path)
    assert answer.code == 4
    assert "source" in answer.error
    assert not Engagement.objects.exists()


def test_both_practice_accounts_make_an_engagement_that_knows_who_it_is(urls: Path) -> None:
    answer = command("create", "--practice", urls, "--as", "anna", "--json")
    assert answer.code == 0, answer.error
    made = Engagement.objects.get()
    assert answer.document["accounts"]["source"]["id"] == made.source.account_id != ""
    assert made.destination.account_id
    assert made.source.secrets()
    entry = AuditEntry.objects.get(engagement=made)
    assert (entry.actor, entry.action) == ("anna", "engagement created")
    assert command("create", "--practice", urls).code == 2


def test_stages_run_in_this_very_process_and_the_plan_counts_what_they_would_touch(
    urls: Path,
) -> None:
    command("create", "--practice", urls)
    for stage in ("inventory", "propose", "extract"):
        answer = command("run", stage, "--here", "--json")
        assert answer.code == 0, answer.error
        assert answer.document["status"] == "succeeded"
    read = Run.objects.get(stage="extract").tally
    planned = command("run", "extract", "--plan", "--json").document
    assert planned["counts"]["jobs"]["read before"] == read["jobs"]["read"]
    assert planned["allowed"]
    shut = command("run", "load", "--plan", "--json")
    assert shut.code == 3
    assert shut.document["counts"]["Case"]["records"] == read["jobs"]["read"]
    assert 0 < shut.document["counts"]["Account"]["records"] < read["customers"]["read"]
    forecast = command("forecast", "--json")
    assert forecast.code == 0, forecast.error
    assert forecast.document["records"] == {
        object: counts["records"] for object, counts in shut.document["counts"].items()
    }
