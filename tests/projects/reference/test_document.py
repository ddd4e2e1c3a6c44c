"""The rebuild reference: of the published form, complete, and honest about what is not in it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from projects.models import Engagement, SourceRecord
from projects.presets import PRESETS, preset
from projects.reference import columns, document, uploads
from tests import moves
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = pytest.mark.django_db
SCHEMA = Draft202012Validator(json.loads(document.SCHEMA.read_text()))


def built(engagement: Engagement) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(document.as_json(document.build(engagement)))
    SCHEMA.validate(made)
    return made


def part(made: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in made["sections"] if each["name"] == name)


def column(made: dict[str, Any], report: str, label: str) -> dict[str, Any]:
    (found,) = (r for r in made["reports"]["items"] if r["name"] == report)
    return next(each for each in found["columns"] if each["label"] == label)


def test_the_published_schema_is_one_and_refuses_what_is_not_in_it(extracted: Engagement) -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    made = built(extracted)
    for wrong in (
        made | {"format": "something else"},
        made | {"more": 1},
        made | {"sections": [part(made, "zones") | {"origin": "closed"}]},
        made | {"sections": [part(made, "zones") | {"becomes": {"what": "x"}}]},
    ):
        with pytest.raises(ValidationError):
            SCHEMA.validate(wrong)


def test_settings_that_the_source_tells_are_read_with_names_for_ids(
    extracted: Engagement,
) -> None:
    made = built(extracted)
    types = {item["name"]: item for item in part(made, "job-types")["items"]}
    assert types["HVAC - No Heat"]["priority"] == "Urgent"
    assert types["HVAC - No Heat"]["business_units"] == ["HVAC - Residential"]
    assert types["HVAC - No Heat"]["dispatched_by_optimizer"] is True
    skill = part(made, "skills")["items"][0]
    assert skill["technician"] in {t["name"] for t in part(made, "technicians")["items"]}
    assert set(skill["job_types"]) <= types.keys()
    hours = part(made, "business-hours")["items"]
    assert {"list": "weekdays", "from_hour": 7, "to_hour": 12} in hours
    assert part(made, "arrival-windows")["count"] == 4
    assert all(p["becomes"]["how"] for p in made["sections"])


def test_shifts_are_told_as_patterns_in_the_tenants_time(extracted: Engagement) -> None:
    mondays = [
        item for item in part(built(extracted), "shifts")["items"] if item["weekday"] == "Monday"
    ]
    assert {(item["from"], item["to"]) for item in mondays} == {("16:00", "01:00")}
    assert mondays[0]["times_in_8_weeks"] == 2
    source = extracted.source
    source.settings = {**source.settings, "time_zone": "America/Los_Angeles"}
    source.save()
    made = built(Engagement.objects.get())
    assert made["time_zone"] == "America/Los_Angeles"
    monday = next(i for i in part(made, "shifts")["items"] if i["weekday"] == "Monday")
    assert (monday["from"], monday["to"]) == ("08:00", "17:00")


def test_what_no_api_gives_is_listed_with_how_to_obtain_it(extracted: Engagement) -> None:
    made = built(extracted)
    for name in ("optimizer", "priority-buckets", "routing-rules", "playbooks", "capacity"):
        assert part(made, name)["origin"] == "missing"
        assert len(part(made, name)["note"]) > 40
    assert "POST" in part(made, "capacity")["note"]
    stays = {each["name"]: each["reason"] for each in made["not_transferable"]}
    assert {"routes", "locks", "scores"} <= stays.keys()


def test_what_the_rights_do_not_include_says_so(practice: Practice) -> None:
    practice.limits("servicetitan", deny=["arrival-windows", "reports"])
    engagement = moves.inventoried(practice)
    moves.perform(engagement, "extract")
    made = built(engagement)
    assert part(made, "arrival-windows")["origin"] == "closed"
    assert "Dispatch: Arrival Windows" in part(made, "arrival-windows")["note"]
    assert made["reports"]["origin"] == "closed"


def test_before_an_extraction_the_reference_says_what_to_do(practice: Practice) -> None:
    made = built(moves.inventoried(practice))
    assert {p["origin"] for p in made["sections"]} == {"missing"}
    assert "Extract the source" in part(made, "zones")["note"]
    assert made["reports"]["items"] == []


def test_every_column_of_a_report_lands_or_says_why_not(extracted: Engagement) -> None:
    made = built(extracted)
    number = column(made, "Jobs by Type", "Job Number")
    assert number["source"] == "jobs.jobNumber"
    assert "Case.Source_Job_Number__c" in number["destinations"]
    assert column(made, "Jobs by Type", "Job Type")["destinations"] == ["Case.Job_Type__c"]
    total = column(made, "Jobs by Type", "Total")
    assert (total["source"], total["destinations"]) == ("jobs.total", ["Case.Job_Total__c"])
    assert column(made, "Invoices", "Total")["source"] == "invoices.total"
    assert column(made, "Dispatch Pro Alerts", "Job #")["state"] == "lands"
    computed = column(made, "Dispatch Pro Utilization", "Utilization %")
    assert (computed["state"], computed["why"]) == ("unresolved", columns.COMPUTED)
    counted = made["reports"]["columns"]
    assert sum(counted.values()) == sum(len(r["columns"]) for r in made["reports"]["items"])
    assert "no API" in made["reports"]["dashboards"]


def test_a_column_whose_mapping_row_is_cleared_is_not_moved(extracted: Engagement) -> None:
    extracted.mapping_rows.filter(destination_field="Job_Total__c").update(destination_field="")
    total = column(built(extracted), "Jobs by Type", "Total")
    assert (total["state"], total["destinations"]) == ("not moved", [])


def test_records_that_are_not_as_documented_do_not_break_the_reference(
    extracted: Engagement,
) -> None:
    for object, change in (
        ("job-types", {"businessUnitIds": None, "skills": None, "name": None}),
        ("technician-shifts", {"start": None}),
        ("reports", {"fields": None, "parameters": None, "category": None}),
        ("business-hours", {"sunday": None}),
    ):
        record = SourceRecord.objects.filter(object=object).first()
        assert record is not None
        record.data = record.data | change
        record.save()
    built(extracted)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_says_what_every_part_becomes(name: str) -> None:
    rebuild = preset(name).REBUILD
    parts = [part.name for part in (*rebuild.sections, *rebuild.uploads)]
    assert len(parts) == len(set(parts))
    assert rebuild.becomes.keys() == {*parts, "reports"}
    assert {s.object for s in rebuild.sections} <= set(preset(name).READS)


def test_the_command_writes_the_reference_and_its_schema(
    extracted: Engagement, tmp_path: Path
) -> None:
    answer = command("reference", tmp_path / "r.json", "--json")
    assert answer.code == 0
    assert answer.document["sections"]["read"] == 12
    SCHEMA.validate(json.loads((tmp_path / "r.json").read_text()))
    assert command("reference", tmp_path / "s.json", "--schema").code == 0
    assert (tmp_path / "s.json").read_bytes() == document.SCHEMA.read_bytes()
    said = command("reference", tmp_path / "r.json").out
    assert "Playbooks" in said


def test_the_command_takes_an_upload_over(extracted: Engagement, tmp_path: Path) -> None:
    path = tmp_path / "buckets.csv"
    path.write_text("bucket,name,job_types\n1,Emergency,No Heat; No Cool\n2,Normal,\n")
    assert command("reference", path, "--upload", "priority-buckets", "--as", "ann").code == 0
    found = part(built(extracted), "priority-buckets")
    assert found["origin"] == "uploaded"
    assert found["items"][0]["job_types"] == ["No Heat", "No Cool"]
    assert extracted.audit_entries.latest("sequence").action == "reference uploaded"
    path.write_text("bucket,name\none,Emergency\n")
    wrong = command("reference", path, "--upload", "priority-buckets")
    assert wrong.code == 2
    assert "Row 2, bucket: “one” is no number" in wrong.error
    assert command("reference", path, "--upload", "nonsense").code == 2
    assert uploads.remove(extracted, "priority-buckets", "ann")
    assert not uploads.remove(extracted, "priority-buckets", "ann")
