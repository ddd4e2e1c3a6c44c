"""`engagement export` and `import`: all of it goes back, or none."""

import json
from pathlib import Path
from typing import Any

import pytest

from projects.models import (
    AuditEntry,
    Engagement,
    MappingRow,
    Plan,
    TechnicianMatch,
    ValueMap,
)
from tests.projects.commandline.scripted import command, mapping_row, put, run_of

pytestmark = pytest.mark.django_db


def test_an_export_puts_every_decision_back(engagement: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    signed = Plan.freeze(engagement, "test")
    assert command("export", path).code == 0
    kept = MappingRow.objects.get(destination_field="Description").pk
    MappingRow.objects.filter(destination_field="Status").update(transform="copy")
    ValueMap.objects.all().update(destination_value="New")
    mapping_row(engagement, "customerPo", "")
    TechnicianMatch.objects.update(action="skip")
    Engagement.objects.update(sample_size=400, households="none")
    answer = command("import", path, "--as", "ann", "--json")
    assert answer.code == 0, answer.error
    assert Plan.freeze(Engagement.objects.get(), "test") == signed
    assert answer.document["plan"] == signed.digest
    assert Engagement.objects.get().sample_size == 150
    assert MappingRow.objects.get(destination_field="Description").pk == kept
    assert MappingRow.objects.count() == 2
    assert AuditEntry.objects.filter(actor="ann", action="decisions imported").exists()


def test_an_import_with_one_wrong_row_changes_nothing(
    engagement: Engagement, tmp_path: Path
) -> None:
    path = tmp_path / "decisions.json"
    command("export", path)
    body = json.loads(path.read_text())
    body["policies"]["sample_size"] = 200
    body["mapping_rows"][0]["transform"] = "magic"
    body["mapping_rows"].append(body["mapping_rows"][1] | {"destination_field": "Hidden__c"})
    body["technician_matches"][0] |= {"technician_id": "8"}
    answer = command("import", put(path, body))
    assert answer.code == 2
    for said in ("mapping_rows[0].transform", "Hidden__c", "technician_matches[0].technician_id"):
        assert said in answer.error
    assert Engagement.objects.get().sample_size == 150
    assert MappingRow.objects.count() == 2


def test_the_plan_of_an_import_shows_changes_and_makes_none(
    engagement: Engagement, tmp_path: Path
) -> None:
    path = tmp_path / "decisions.json"
    command("export", path)
    body = json.loads(path.read_text())
    body["technician_matches"][0]["action"] = "skip"
    document = command("import", put(path, body), "--plan", "--json").document
    assert [c["after"] for c in document["changes"]] == ["skip"]
    assert TechnicianMatch.objects.get().action == "undecided"
    assert not AuditEntry.objects.filter(action="decisions imported").exists()


@pytest.mark.parametrize(
    "body", [{}, {"format": "engagement decisions 1", "preset": "fax-phone"}, ["rows"]]
)
def test_a_file_of_another_kind_is_not_imported(
    engagement: Engagement, tmp_path: Path, body: Any
) -> None:
    assert command("import", put(tmp_path / "d.json", body)).code == 2


def test_nothing_is_imported_while_a_run_writes(engagement: Engagement, tmp_path: Path) -> None:
    command("export", tmp_path / "d.json")
    run_of(engagement, "load", "running", writes=True, connection=engagement.destination)
    answer = command("import", tmp_path / "d.json")
    assert answer.code == 3
    assert "load is running" in answer.error


def test_one_table_travels_as_a_spreadsheet(engagement: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    assert command("export", path).code == 2
    assert command("export", path, "--table", "technician-matches").code == 0
    text = path.read_text("utf-8-sig").replace("undecided", "skip")
    path.write_text(text)
    wished = command("import", path, "--table", "technician-matches", "--plan", "--json")
    assert wished.document["changed"] == 1
    assert TechnicianMatch.objects.get().action == "undecided"
    assert command("import", path, "--table", "technician-matches").code == 0
    assert TechnicianMatch.objects.get().action == "skip"
    path.write_text(text.replace("skip", "maybe"))
    assert command("import", path, "--table", "technician-matches").code == 2
