"""How source fields are filled: counted over all records, shown, exported, and a finding where a
value is longer than its field."""

from typing import Any

import pytest
from django.test import Client

from projects.exchange import export_rows
from projects.models import Engagement, FieldProfile, SourceRecord
from projects.models.records import LOAD_READING
from projects.shapes import at
from projects.stages import profiling
from tests import moves
from tests.practice import Practice

pytestmark = pytest.mark.django_db


def values(object: str, path: str) -> list[Any]:
    found = SourceRecord.objects.filter(object=object, reading=LOAD_READING)
    return [at(data, path) for data in found.values_list("data", flat=True)]


def test_every_field_is_counted_over_all_records(extracted: Engagement) -> None:
    moves.perform(extracted, "scan")
    for object, path in (
        ("customers", "name"),
        ("jobs", "summary"),
        ("jobs", "customFields.10254"),
        ("locations", "address.unit"),
        ("calls", "agent.name"),
    ):
        texts = [str(value) for value in values(object, path) if value not in (None, "")]
        found = FieldProfile.objects.filter(object=object, name=path).first()
        if found is None:
            assert object not in {f.object for f in extracted.feeds.all()}
            continue
        assert found.records == len(values(object, path))
        assert found.filled == len(texts)
        assert found.distinct == len(set(texts))
        assert found.longest == max(map(len, texts), default=0)
    priority = FieldProfile.objects.get(object="jobs", name="priority")
    assert sum(priority.values.values()) == priority.records == 40
    longest = FieldProfile.objects.get(object="customers", name="name")
    record = SourceRecord.objects.get(object="customers", source_id=longest.longest_id)
    assert len(record.data["name"]) == longest.longest


def test_a_second_scan_takes_the_place_of_the_first(extracted: Engagement) -> None:
    moves.perform(extracted, "scan")
    before = FieldProfile.objects.count()
    SourceRecord.objects.filter(object="jobs").delete()
    moves.perform(extracted, "scan")
    assert FieldProfile.objects.count() == before
    assert FieldProfile.objects.get(object="jobs", name="priority").records == 0


def test_memory_is_bounded_whatever_the_values() -> None:
    found = profiling.Profile()
    for number in range(3000):
        found.add(f"value {number}", str(number))
    assert found.filled == 3000
    assert len(found.seen) == profiling.DISTINCT_UP_TO
    assert found.values is None
    assert (found.longest, found.longest_id) == (len("value 1000"), "1000")


def test_a_value_longer_than_its_field_is_a_finding_that_names_the_longest(
    extracted: Engagement,
) -> None:
    field = extracted.destination.schema_fields.get(object="Case", name="Job_Type__c")
    field.length = 12
    field.save()
    moves.perform(extracted, "scan")
    finding = extracted.findings.get(code="too long")
    names = {item["name"]: str(item["id"]) for item in types()}
    used = {str(value) for value in values("jobs", "jobTypeId")}
    longest = max(len(name) for name, id in names.items() if id in used)
    assert f"the longest: Case.Job_Type__c: {longest} characters do not fit into 12" in str(finding)
    assert finding.count >= len(finding.records) > 0


def test_a_user_is_not_measured_by_the_e_mail_that_a_decision_names_them_by(
    extracted: Engagement,
) -> None:
    moves.perform(extracted, "scan")
    subjects = extracted.findings.filter(code="too long").values_list("message", flat=True)
    assert not [said for said in subjects if "CreatedById" in said]


def types() -> list[dict[str, Any]]:
    return list(SourceRecord.objects.filter(object="job-types").values_list("data", flat=True))


def test_the_list_of_fields_shows_and_filters_how_they_are_filled(
    site: Client, extracted: Engagement
) -> None:
    moves.perform(extracted, "scan")
    base = "/admin/projects/schemafield/?connection__role__exact=source&object__exact=jobs"
    page = site.get(base).content.decode()
    assert 'aria-label="40 of 40 filled"' in page
    for choice, name in (("all", "jobNumber"), ("empty", "warrantyId"), ("some", "customerPo")):
        shown = site.get(f"{base}&fill={choice}").context["cl"].queryset
        expected = {
            p.name
            for p in FieldProfile.objects.filter(object="jobs")
            if (choice == "empty") == (not p.filled) and (choice == "all") == (p.filled == 40)
        }
        assert {field.name for field in shown} == expected
        assert name in expected or choice == "some"
    field = extracted.source.schema_fields.get(object="jobs", name="priority")
    page = site.get(f"/admin/projects/schemafield/{field.pk}/change/").content.decode()
    assert "different values" in page


def test_both_sides_are_exported(extracted: Engagement, practice: Practice) -> None:
    moves.perform(extracted, "scan")
    profiles = export_rows(extracted, "field-profiles", "csv").decode("utf-8-sig")
    assert profiles.startswith("object,name,records,filled,distinct,longest")
    assert "jobs,jobNumber,40,40,40," in profiles
    fields = export_rows(extracted, "fields", "csv").decode("utf-8-sig")
    assert "destination,Case,Status" in fields
