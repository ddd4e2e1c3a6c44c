"""`engagement run` and `rollback`: gates, plans, codes."""

from typing import Any

import pytest

from projects.commandline import running
from projects.models import (
    Difference,
    Engagement,
    LoadItem,
    Run,
)
from tests.projects.commandline.scripted import command, process, run_of, written

pytestmark = pytest.mark.django_db


def test_a_shut_gate_waits_for_a_person_and_says_for_what(engagement: Engagement) -> None:
    answer = command("run", "load", "--here")
    assert answer.code == 3
    assert "The client has not signed off a sample" in answer.error
    assert not Run.objects.exists()


def test_a_delta_before_the_load_waits_for_it(engagement: Engagement) -> None:
    answer = command("run", "delta", "--here")
    assert answer.code == 3
    assert "Load everything first" in answer.error
    assert not Run.objects.exists()


def test_the_process_ends_with_the_code_and_one_message(
    child_environment: dict[str, str], engagement: Engagement
) -> None:
    for words, code in ((("run", "load"), 3), (("run", "fly"), 2), (("run", "delta"), 3)):
        ended = process(child_environment, *words)
        assert (ended.code, ended.out) == (code, "")
        assert "Traceback" not in ended.error


def test_a_rollback_of_what_is_not_there_is_bad_input(engagement: Engagement) -> None:
    for option, value in (("--run", 999), ("--object", "Nothing"), ("--record", "8450/jobs/1")):
        answer = command("rollback", option, value)
        assert answer.code == 2
        assert f"{option} {value}" in answer.error


def test_the_plan_of_a_rollback_counts_deletes_and_says_what_stays(
    engagement: Engagement,
) -> None:
    written(engagement, "8450/jobs/1", {"Status": "Closed"})
    adopted = written(engagement, "8450/jobs/2", {"Status": "Closed"}, {"Status": "New"})
    LoadItem.objects.filter(pk=adopted.item_id).update(origin="adopted")
    document = command("rollback", "--plan", "--json").document
    assert document["counts"]["Case"] == {"delete": 1, "restore": 1}
    assert any("Case numbers" in note for note in document["notes"])
    one = command("rollback", "--record", "8450/jobs/2", "--plan", "--json").document
    assert one["counts"]["Case"] == {"delete": 0, "restore": 1}


@pytest.mark.parametrize(
    ("status", "changes", "code"),
    [
        ("succeeded", {}, 0),
        ("failed", {"exit_code": 4, "message": "away"}, 4),
        ("failed", {"exit_code": 3, "message": "decide"}, 3),
        ("errored", {"exit_code": 1, "message": "bug"}, 1),
        ("cancelled", {}, 3),
        ("paused", {"message": "Paused by ann."}, 3),
        ("queued", {}, 0),
    ],
)
def test_a_run_gives_the_code_of_how_it_ended(
    engagement: Engagement, status: str, changes: dict[str, Any], code: int
) -> None:
    run = run_of(engagement, "extract", status, **changes)
    found, message = running.verdict(run)
    assert found == code
    assert changes.get("message", "") in message


def test_only_differences_that_nothing_explains_end_with_five(engagement: Engagement) -> None:
    run = run_of(engagement, "reconcile", "succeeded")
    line = {"run": run, "kind": "altered", "object": "Case", "key": "8450/jobs/1"}
    Difference.objects.create(**line, field="Status", explanation="changed at the source")
    assert running.verdict(run)[0] == 0
    Difference.objects.create(**line, field="Subject")
    assert running.verdict(run)[0] == 5


def test_a_run_that_a_killed_process_left_goes_on_here(engagement: Engagement) -> None:
    left = run_of(engagement, "propose", "running")
    answer = command("run", "propose", "--here", "--json")
    assert answer.code == 0, answer.error
    assert (answer.document["run"], answer.document["status"]) == (left.pk, "succeeded")


def test_a_live_rollback_of_something_else_is_not_taken_for_ours(engagement: Engagement) -> None:
    left = run_of(engagement, "rollback", "running", options={"object": "Case", "cut": [0]})
    answer = command("rollback", "--here")
    assert answer.code == 3
    assert f"{left} is live with other options: {{'object': 'Case'}}" in answer.error
    left.refresh_from_db()
    assert left.status == "running"
