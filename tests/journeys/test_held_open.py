"""While a write is on its way, any other process can read what it is."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection
from pytest_django.fixtures import Settings

from projects import queue
from projects.models import Engagement, Operation, Run
from tests import moves
from tests.journeys import vendors
from tests.practice import Practice
from tests.workers import until_held, until_true

Org = dict[str, dict[str, vendors.Row]]
ROOT = Path(__file__).resolve().parents[2]
READ = """
import json
from projects.models import Operation
rows = Operation.objects.filter(status="sending").select_related("item", "body")
print(json.dumps([[o.pk, o.verb, o.item.object, o.item.key, o.body.payload] for o in rows]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n", [1, 3])
def test_a_write_held_open_by_the_vendor_is_read_as_sending_by_another_process(
    n: int, practice: Practice, child_environment: dict[str, str]
) -> None:
    engagement = moves.signed_off(practice)
    before = vendors.org(practice)
    held = _hold(practice, at=n)
    with _loading(practice, engagement) as run:
        until_held(practice, held, run)
        sending = _read_elsewhere(child_environment)
        already = _changed(before, vendors.org(practice))
        held_next = _hold(practice, at=1)
        practice.release(held)
        until_held(practice, held_next, run)
        now = vendors.org(practice)
        assert sending
        assert {(name, key) for _, _, name, key, _ in sending} == _changed(before, now) - already
        _hold_what_was_sent(now, sending)
        practice.release(held_next)
    run.refresh_from_db()
    assert run.status == Run.Status.SUCCEEDED
    landed = Operation.objects.filter(pk__in=[row[0] for row in sending])
    assert set(landed.values_list("status", flat=True)) == {"landed"}
    assert not Operation.objects.filter(status="sending").exists()


@pytest.mark.django_db(transaction=True)
def test_a_bell_rung_while_a_write_is_held_open_does_not_stop_the_worker(
    practice: Practice, live_redis: redis.Redis, settings: Settings
) -> None:
    engagement = moves.signed_off(practice)
    held = _hold(practice, at=2)
    settings.BELL_SECONDS = 0
    with _loading(practice, engagement) as run:
        until_held(practice, held, run)
        assert queue.sweep() == 1
        run.refresh_from_db()
        assert run.status == Run.Status.QUEUED
    run.refresh_from_db()
    assert run.status == Run.Status.SUCCEEDED
    assert set(run.slices.values_list("epoch", flat=True)) == {1}


@contextmanager
def _loading(practice: Practice, engagement: Engagement) -> Iterator[Run]:
    """A load performed beside the test; joined on leaving."""
    loading = threading.Thread(target=_load, args=[engagement])
    loading.start()
    runs = engagement.runs.filter(stage="load")
    until_true(runs.exists, engagement.runs.latest("pk"))
    try:
        yield runs.get()
    finally:
        practice.clear_faults()
        loading.join(60)
        assert not loading.is_alive()


def _load(engagement: Engagement) -> None:
    try:
        moves.perform(engagement, "load")
    finally:
        connection.close()


def _hold(practice: Practice, at: int) -> int:
    return practice.fault("hold", vendor="salesforce", at=at, match={"write": True})


def _read_elsewhere(environment: dict[str, str]) -> list[Any]:
    """Operations that are `sending`, as another process finds them in the database."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", READ]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    found: list[Any] = json.loads(answer.stdout)
    return found


def _changed(before: Org, now: Org) -> set[tuple[str, str]]:
    """Object and key of records that are new or hold something else than before."""
    return {
        (name, row[vendors.KEY])
        for name, records in now.items()
        for id, row in records.items()
        if vendors.content(row) != vendors.content(before[name].get(id, {}))
    }


def _hold_what_was_sent(org: Org, sending: list[Any]) -> None:
    """The org has every text that the journal said was on its way."""
    for _, _, name, key, payload in sending:
        record = vendors.by_key(org[name])[key]
        for field, value in payload.items():
            if isinstance(value, str) and not field.endswith(("Date__c", "Start__c", "End__c")):
                assert str(record[field]) == value, (key, field)
