"""Redis away: said before anything is started, by the command and by the button."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from projects.models import AuditEntry, Run
from tests import moves
from tests.badinput import seen
from tests.practice import Practice
from tests.projects.commandline.scripted import command, process

pytestmark = pytest.mark.django_db

NOWHERE = "redis://:pw0secret0pw@127.0.0.1:1/0"
SAID = (
    "Redis does not answer (ConnectionError), so no worker would hear of the run. "
    "Nothing was started. Start Redis (or `manage.py serve`) and try again."
)


def test_the_command_ends_with_four_and_starts_nothing(
    child_environment: dict[str, str], practice: Practice
) -> None:
    engagement = moves.connected(practice)
    audited, called = AuditEntry.objects.count(), len(practice.history())
    for waiting in ((), ("--wait",)):
        without = child_environment | {"REDIS_URL": NOWHERE}
        answer = process(without, "run", "extract", *waiting)
        seen.one_sentence(answer, 4, SAID)
        assert "pw0secret0pw" not in answer.error
    assert not Run.objects.exists()
    assert (AuditEntry.objects.count(), len(practice.history())) == (audited, called)
    assert not engagement.feeds.exists()


def test_the_button_says_the_same_and_starts_nothing(
    site: Client, practice: Practice, settings: Settings
) -> None:
    engagement = moves.connected(practice)
    audited, called = AuditEntry.objects.count(), len(practice.history())
    settings.RQ_QUEUES = {"default": {"URL": NOWHERE}}
    assert seen.press(site, seen.address(engagement, "start/extract/")) == [SAID]
    assert site.get(seen.address(engagement)).status_code == 200
    assert not Run.objects.exists()
    assert (AuditEntry.objects.count(), len(practice.history())) == (audited, called)


def test_a_paused_run_that_is_resumed_without_redis_stays_paused(
    site: Client, practice: Practice, settings: Settings
) -> None:
    engagement = moves.connected(practice)
    run = Run.objects.create(engagement=engagement, stage="extract", status="paused")
    settings.RQ_QUEUES = {"default": {"URL": NOWHERE}}
    seen.one_sentence(command("resume"), 4, "Redis does not answer")
    (said,) = seen.press(site, seen.address(engagement, f"run/{run.pk}/resume/"))
    assert said.startswith("Redis does not answer")
    run.refresh_from_db()
    assert run.status == "paused"
