"""A load is bound to what the client signed: whatever changes it, whoever changes it, and only
that. Putting it back makes the signature valid again."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from projects import exchange, gates, queue, signing
from projects.models import Engagement, MappingRow, Run, TechnicianMatch, ValueMap
from projects.stages.base import StageBlocked
from tests import moves
from tests.journeys import vendors
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@dataclass(frozen=True)
class Decision:
    """One decision that is changed: its row, what to, and how the difference is named."""

    model: type[MappingRow] | type[ValueMap] | type[TechnicianMatch]
    row: dict[str, str]
    values: dict[str, str]
    named: tuple[str, ...]


DECISIONS = (
    Decision(
        MappingRow,
        {"shape": "job", "destination_field": "Subject"},
        {"argument": "{jobNumber}"},
        ("job.Subject › argument", "{jobNumber}"),
    ),
    Decision(
        ValueMap,
        {"mapping_row__destination_field": "Priority", "source_value": "Urgent"},
        {"destination_value": "Low"},
        ("job.Priority › values › Urgent", "High → Low"),
    ),
    Decision(
        TechnicianMatch,
        {"action": "match"},
        {"action": "skip", "user_id": "", "user_name": ""},
        ("technicians", "match → skip"),
    ),
)
TABLES = {
    MappingRow: ("mapping-rows", "mapping_rows", "mappingrow"),
    ValueMap: ("value-maps", "mapping_rows", "valuemap"),
    TechnicianMatch: ("technician-matches", "technician_matches", "technicianmatch"),
}
Door = Callable[[Engagement, Any, dict[str, str], Path], None]


def test_nothing_is_loaded_that_no_client_has_signed(practice: Practice) -> None:
    engagement = moves.mapped(practice)
    moves.perform(engagement, "sample")
    before, calls = vendors.org(practice), vendors.calls(practice)
    with pytest.raises(StageBlocked, match="has not signed off"):
        queue.start(engagement, "load", moves.STAFF, here=True)
    answer = command("run", "load", "--here")
    assert (answer.code, "has not signed off" in answer.error) == (3, True)
    moves.sign(engagement, "changes")
    answer = command("run", "load", "--here")
    assert (answer.code, "asks for changes" in answer.error) == (3, True)
    assert vendors.writes(practice, since=calls) == []
    assert vendors.org(practice) == before


def by_import(engagement: Engagement, row: Any, values: dict[str, str], folder: Path) -> None:
    """As a spreadsheet that went out and comes back."""
    name, _, _ = TABLES[type(row)]
    table = exchange.TABLES[name]
    kept = exchange.export_rows(engagement, name, "csv").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(kept)))
    key = {column: str(_value(row, column)) for column in table.key}
    (line,) = [line for line in lines if key.items() <= line.items()]
    line.update(values)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(line))
    writer.writeheader()
    writer.writerows(lines)
    report = exchange.import_rows(engagement, name, sheet.getvalue().encode(), "csv", "anna")
    assert report.ok, report.problems
    assert report.changed == 1


def by_form(engagement: Engagement, row: Any, values: dict[str, str], folder: Path) -> None:
    """As staff typing into the row's page."""
    staff, _ = User.objects.get_or_create(username="anna", is_staff=True, is_superuser=True)
    site = Client()
    site.force_login(staff)
    url = f"/admin/projects/{TABLES[type(row)][2]}/{row.pk}/change/"
    page = lxml.html.fromstring(site.get(url).content.decode())
    form = next(f for f in page.forms if set(values) <= set(f.fields))
    typed = dict(form.form_values()) | values | {"_save": "Save"}
    answer = site.post(url, typed)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def by_command(engagement: Engagement, row: Any, values: dict[str, str], folder: Path) -> None:
    """As a script with the file of all decisions."""
    path = folder / "decisions.json"
    assert command("export", path).code == 0
    body = json.loads(path.read_text())
    table = body[TABLES[type(row)][1]]
    if isinstance(row, TechnicianMatch):
        (line,) = [m for m in table if m["technician_id"] == row.technician_id]
        line.update(values)
    elif isinstance(row, MappingRow):
        _line_of(table, row).update(values)
    else:
        _line_of(table, row.mapping_row)["values"][row.source_value] = values["destination_value"]
    path.write_text(json.dumps(body))
    answer = command("import", path)
    assert answer.code == 0, answer.error


@pytest.mark.parametrize("door", [by_import, by_form, by_command])
def test_a_decision_changed_makes_the_signature_stale_until_it_is_put_back(
    door: Door, practice: Practice, tmp_path: Path
) -> None:
    engagement = moves.signed_off(practice)
    calls = vendors.calls(practice)
    for decision in DECISIONS:
        row = decision.model.objects.filter(**decision.row).order_by("pk")[0]
        before = {name: getattr(row, name) for name in decision.values}
        door(engagement, row, decision.values, tmp_path)
        _is_refused(engagement, *decision.named)
        row.refresh_from_db()
        door(engagement, row, before, tmp_path)
        assert gates.refusals(engagement, "load") == []
    assert vendors.writes(practice, since=calls) == []
    moves.perform(engagement, "load")


FIELD = "Site_Name__c"


@pytest.mark.parametrize(
    ("change", "back", "named"),
    [
        ({"action": "length", "length": 200}, {"action": "length", "length": 255}, "255 → 200"),
        ({"action": "hide"}, {"action": "show"}, "→ (none)"),
        ({"action": "remove"}, {"action": "add", "type": "Text", "length": 255}, "→ (none)"),
    ],
)
def test_a_mapped_field_that_changes_in_the_org_makes_the_signature_stale(
    change: dict[str, Any], back: dict[str, Any], named: str, practice: Practice
) -> None:
    engagement = moves.signed_off(practice)
    before, calls = vendors.org(practice), vendors.calls(practice)
    _change_field(practice, FIELD, change)
    stopped = command("run", "load", "--here")
    assert stopped.code == 3
    assert f"Case.{FIELD}" in stopped.error
    assert "Nothing was sent" in stopped.error
    _is_refused(engagement, f"Case.{FIELD}", named)
    _change_field(practice, FIELD, back)
    moves.perform(engagement, "inventory")
    assert gates.refusals(engagement, "load") == []
    assert vendors.writes(practice, since=calls) == []
    if change["action"] != "remove":
        assert vendors.org(practice) == before


def test_a_field_that_nothing_maps_to_changes_nothing(practice: Practice) -> None:
    engagement = moves.signed_off(practice)
    _change_field(practice, "Their_Own__c", {"action": "add", "type": "Text", "length": 40})
    _change_field(practice, "Reason", {"action": "hide"})
    moves.perform(engagement, "inventory")
    assert not signing.stale(engagement)
    moves.perform(engagement, "load")


def test_a_field_removed_after_the_start_stops_the_load_before_anything_is_sent(
    practice: Practice, live_redis: redis.Redis
) -> None:
    """Between the pressing of the button and the worker's first look at the schema."""
    engagement = moves.signed_off(practice)
    run = queue.start(engagement, "load", moves.STAFF)
    before, calls = vendors.org(practice), vendors.calls(practice)
    _change_field(practice, FIELD, {"action": "hide"})
    queue.perform(run.pk)
    run.refresh_from_db()
    assert (run.status, run.exit_code) == (Run.Status.FAILED, 3)
    assert f"Missing at the destination, or hidden from our user: Case.{FIELD}" in run.message
    assert vendors.writes(practice, since=calls) == []
    _change_field(practice, FIELD, {"action": "show"})
    assert vendors.org(practice) == before


def _is_refused(engagement: Engagement, *named: str) -> None:
    """The gate and the command refuse the load, naming the difference."""
    assert signing.stale(engagement)
    refused = " ".join(gates.refusals(engagement, "load"))
    answer = command("run", "load", "--here")
    assert answer.code == 3
    for words in named:
        assert words in refused
        assert words in answer.error


def _change_field(practice: Practice, name: str, change: dict[str, Any]) -> None:
    practice.edit("salesforce", op="field", object="Case", field=name, **change)


def _value(row: Any, path: str) -> Any:
    found = getattr(row, path)
    return found.pk if hasattr(found, "pk") else found


def _line_of(table: list[dict[str, Any]], row: MappingRow) -> dict[str, Any]:
    (line,) = [
        line
        for line in table
        if (line["shape"], line["destination_field"]) == (row.shape, row.destination_field)
    ]
    return line
