"""`engagement audit`: the proof, and the journal as a table."""

import csv
from pathlib import Path

import pytest
from django.db import connection

from projects import audit
from projects.models import (
    Engagement,
)
from tests.projects.commandline.scripted import command, written

pytestmark = pytest.mark.django_db


def test_a_whole_chain_is_proved_and_its_head_printed(engagement: Engagement) -> None:
    head = audit.head(engagement)
    audit.record(engagement, "test", "another")
    answer = command("audit", "verify", "--head", head)
    assert answer.code == 0, answer.error
    assert audit.head(engagement) in answer.out
    assert command("audit", "verify", "--head", "1:forged").code == 5


def test_an_edited_entry_is_found(engagement: Engagement) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER audit_no_update")
        cursor.execute("UPDATE projects_auditentry SET actor = 'nobody'")
    answer = command("audit", "verify", "--json")
    assert answer.code == 5
    assert "Entry 1 is not what was recorded." in answer.error
    assert not answer.document["whole"]


def test_the_audit_export_tells_each_change_and_runs_no_formula(
    engagement: Engagement, tmp_path: Path
) -> None:
    written(engagement, "8450/jobs/1", {"Status": "Closed"}, {"Status": "New"})
    written(engagement, "=HYPERLINK(1)", {"Subject": "a\nb"})
    path = tmp_path / "audit.csv"
    answer = command("audit", "export", path, "--json")
    assert answer.document == {"file": str(path), "records": 2, "head": audit.head(engagement)}
    lines = list(csv.reader(path.open(newline="")))
    assert lines[1:3] == [["records", "2"], ["head", audit.head(engagement)]]
    first, second = (dict(zip(lines[3], line, strict=True)) for line in lines[4:])
    assert first["source key"] == "8450/jobs/1"
    assert first["destination id"] == "500A"
    assert first["fields"] == 'Status: "New" → "Closed"'
    assert second["source key"] == "'=HYPERLINK(1)"
    assert second["fields"] == 'Subject: null → "a\\nb"'
