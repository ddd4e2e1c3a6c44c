"""What tests stand on: shared with their child processes, and empty when they begin."""

import subprocess
import sys
from pathlib import Path

import pytest
import redis
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone

from projects.models import AuditEntry, Engagement

READ = """
import django_rq
from django.contrib.auth.models import User
print(User.objects.get().username, django_rq.get_connection("default").get("seen").decode())
"""


def test_a_child_sees_the_rows_and_keys_of_its_test(
    child_environment: dict[str, str], live_redis: redis.Redis
) -> None:
    User.objects.create(username="dispatcher")
    live_redis.set("seen", "yes")
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", READ],
        cwd=Path(__file__).resolve().parents[2],
        env=child_environment,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("dispatcher yes", "")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_tables_are_emptied_between_tests_and_stay_guarded(
    transactional_db: None, turn: str
) -> None:
    assert not AuditEntry.objects.exists()
    engagement = Engagement.objects.create(name=turn, client_name=turn)
    entry = AuditEntry.objects.create(engagement=engagement, sequence=1, at=timezone.now())
    with pytest.raises(DatabaseError, match="append-only"):
        entry.delete()
