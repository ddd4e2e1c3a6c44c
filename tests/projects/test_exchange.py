"""Decision tables as files: what comes back is what left, and a bad file changes nothing."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
import tablib

from projects.exchange import TABLES, Report, export_rows, import_rows
from projects.models import Engagement, MappingRow
from tests.projects.admin import made

pytestmark = pytest.mark.django_db
Rows = list[dict[str, str]]


def exported(engagement: Engagement, table: str) -> Rows:
    text = export_rows(engagement, table, "csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def imported(engagement: Engagement, table: str, rows: Rows, **more: Any) -> Report:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return import_rows(engagement, table, out.getvalue().encode(), "csv", "anna", **more)


def subject(rows: Rows) -> dict[str, str]:
    return next(r for r in rows if (r["shape"], r["destination_field"]) == ("job", "Subject"))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("table", [name for name, t in TABLES.items() if t.editable])
def test_what_was_exported_comes_back_as_it_was(table: str, format: str) -> None:
    engagement = made.scanned()
    entries = engagement.audit_entries.count()
    data = export_rows(engagement, table, format)
    report = import_rows(engagement, table, data, format, "anna")
    assert (report.problems, report.added, report.changed) == ((), 0, 0)
    assert report.unchanged > 0
    assert engagement.audit_entries.count() == entries


@pytest.mark.parametrize("hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'=already", "'plain"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_cell_that_would_run_as_a_formula_leaves_escaped_and_comes_back_whole(
    format: str, hostile: str
) -> None:
    engagement = made.proposed()
    row = engagement.mapping_rows.get(shape="job", destination_field="Subject")
    MappingRow.objects.filter(pk=row.pk).update(argument=hostile)
    data = export_rows(engagement, "mapping-rows", format)
    sheet = tablib.Dataset().load(data.decode("utf-8-sig") if format == "csv" else data, format)
    cell = next(r for r in sheet.dict if str(r["id"]) == str(row.pk))["argument"]
    assert cell[0] == "'"
    report = import_rows(engagement, "mapping-rows", data, format, "anna")
    assert (report.problems, report.changed) == ((), 0)
    row.refresh_from_db()
    assert row.argument == hostile


def test_an_import_changes_rows_and_says_who_did_it() -> None:
    engagement = made.proposed()
    rows = exported(engagement, "mapping-rows")
    subject(rows)["argument"] = "{jobNumber}: {summary}"
    report = imported(engagement, "mapping-rows", rows)
    assert (report.changed, report.problems) == (1, ())
    row = engagement.mapping_rows.get(shape="job", destination_field="Subject")
    assert (row.argument, row.confirmed_by) == ("{jobNumber}: {summary}", "anna")
    assert row.confirmed_at is not None
    entry = engagement.audit_entries.latest("sequence")
    assert (entry.actor, entry.action) == ("anna", "mapping row changed")
    assert "{jobNumber}: {summary}" in entry.detail


def test_one_bad_row_leaves_every_row_as_it_was() -> None:
    engagement = made.proposed()
    before = list(engagement.mapping_rows.values().order_by("pk"))
    entries = engagement.audit_entries.count()
    rows = exported(engagement, "mapping-rows")
    next(row for row in rows if row["transform"] == "copy")["argument"] = "fine"
    rows[3]["transform"] = "shout"
    report = imported(engagement, "mapping-rows", rows)
    assert [(p.row, p.column) for p in report.problems] == [(5, "transform")]
    assert "Take one of: copy" in report.problems[0].message
    assert list(engagement.mapping_rows.values().order_by("pk")) == before
    assert engagement.audit_entries.count() == entries


def _column(rows: Rows) -> None:
    for row in rows:
        row["colour"] = "red"


def _transform(rows: Rows) -> None:
    subject(rows)["transform"] = "shout"


def _field(rows: Rows) -> None:
    subject(rows)["destination_field"] = "No_Such_Field__c"


def _foreign(rows: Rows) -> None:
    other = made.proposed("Another client")
    subject(rows)["id"] = str(other.mapping_rows.first().pk)  # type: ignore[union-attr]


def _unknown_id(rows: Rows) -> None:
    subject(rows)["id"] = "seven"


def _twice(rows: Rows) -> None:
    rows.append(dict(rows[0]))


def _object(rows: Rows) -> None:
    subject(rows)["destination_object"] = "Opportunity"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_column, "Unknown column(s) colour"),
        (_transform, "There is no transform “shout”"),
        (_field, "Case has no field No_Such_Field__c"),
        (_foreign, "is not in this engagement"),
        (_unknown_id, "“seven” is not the number of a row"),
        (_twice, "The same as row 2"),
        (_object, "job becomes Case"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(
    spoil: Callable[[Rows], None], said: str
) -> None:
    engagement = made.proposed()
    rows = exported(engagement, "mapping-rows")
    spoil(rows)
    report = imported(engagement, "mapping-rows", rows)
    assert any(said in str(problem) for problem in report.problems), report.problems
    assert not engagement.mapping_rows.exclude(confirmed_by="").exists()


def test_a_value_map_of_another_engagements_row_is_refused() -> None:
    engagement, other = made.proposed(), made.proposed("Another client")
    foreign = other.mapping_rows.filter(transform="value_map").first()
    assert foreign is not None
    row = {"mapping_row": str(foreign.pk), "source_value": "Odd", "destination_value": "New"}
    report = imported(engagement, "value-maps", [row])
    assert "is not in this engagement" in report.problems[0].message
    assert not foreign.value_maps.filter(source_value="Odd").exists()


def test_a_value_that_the_picklist_lacks_is_refused() -> None:
    engagement = made.proposed()
    rows = exported(engagement, "value-maps")
    status = next(r for r in rows if r["mapping_row__destination_field"] == "Status")
    status["destination_value"] = "Finished"
    report = imported(engagement, "value-maps", rows)
    assert report.problems[0].column == "destination_value"
    assert "It has: New, Working" in report.problems[0].message


def test_rows_without_id_and_new_source_values_are_added() -> None:
    engagement = made.proposed()
    engagement.mapping_rows.filter(shape="job", destination_field="Subject").delete()
    new = {"id": "", "shape": "job", "part": "", "source_object": "jobs"}
    new |= {"source_field": "summary", "destination_object": "Case"}
    new |= {"destination_field": "Subject", "transform": "copy", "argument": ""}
    made.SchemaField.objects.get_or_create(
        connection=engagement.destination, object="Case", name="Subject", type="string"
    )
    assert imported(engagement, "mapping-rows", [new]).added == 1
    row = engagement.mapping_rows.get(shape="job", destination_field="Subject")
    assert (row.source_field, row.confirmed_by) == ("summary", "anna")
    value = {"mapping_row": str(row.pk), "source_value": "Odd", "destination_value": "New"}
    assert imported(engagement, "value-maps", [value]).added == 1
    assert row.value_maps.get().destination_value == "New"


def test_a_dry_run_tells_and_changes_nothing() -> None:
    engagement = made.proposed()
    rows = exported(engagement, "mapping-rows")
    subject(rows)["argument"] = "other"
    report = imported(engagement, "mapping-rows", rows, dry_run=True)
    assert (report.changed, report.problems) == (1, ())
    assert not engagement.mapping_rows.filter(argument="other").exists()
    assert not engagement.audit_entries.filter(action="mapping row changed").exists()


def test_nothing_is_imported_while_a_run_writes() -> None:
    engagement = made.signed()
    rows = exported(engagement, "mapping-rows")
    subject(rows)["argument"] = "other"
    made.ran(engagement, "load", status="running")
    report = imported(engagement, "mapping-rows", rows)
    assert [p.row for p in report.problems] == [0]
    assert "is running" in report.problems[0].message
    assert not engagement.mapping_rows.filter(argument="other").exists()


def test_a_technician_who_falls_back_keeps_no_user() -> None:
    engagement = made.scanned()
    rows = exported(engagement, "technician-matches")
    ada = next(r for r in rows if r["name"] == "Ada Okafor")
    ada["action"] = "fallback"
    cleo = next(r for r in rows if r["name"] == "Cleo Marsh")
    cleo["action"] = "match"
    report = imported(engagement, "technician-matches", rows)
    assert [(p.row, p.column) for p in report.problems] == [(4, "user_id")]
    cleo["user_id"] = "005000000000007"
    assert imported(engagement, "technician-matches", rows).changed == 2
    ada_now = engagement.technician_matches.get(technician_id="11")
    assert (ada_now.action, ada_now.user_id, ada_now.confirmed_by) == ("fallback", "", "anna")


@pytest.mark.parametrize(
    ("data", "format", "said"),
    [
        (b"id\n\xff\xfe", "csv", "not UTF-8"),
        (b"not a workbook", "xlsx", "cannot be read as XLSX"),
        (b"", "csv", "empty"),
        (b"transform\ncopy\n", "csv", "The column id is missing"),
        (b"id\n1\n", "ods", "neither of"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, format: str, said: str) -> None:
    report = import_rows(made.proposed(), "mapping-rows", data, format, "anna")
    assert said in str(report.problems[0])


def test_findings_leave_but_do_not_come_back() -> None:
    engagement = made.scanned()
    assert exported(engagement, "findings")[0]["count"] == "3"
    report = import_rows(engagement, "findings", b"code\nx\n", "csv", "anna")
    assert "found, not decided" in report.problems[0].message
