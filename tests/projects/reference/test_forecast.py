"""What the load needs of the destination's limits: counted by the scan, warned of with figures,
read anew on the page."""

import pytest
from django.test import Client

from projects import forecast
from projects.models import Engagement
from tests import moves
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = pytest.mark.django_db


def page(site: Client, engagement: Engagement, rest: str = "change/", **headers: str) -> str:
    address = f"/admin/projects/engagement/{engagement.pk}/{rest}"
    return site.get(address, follow=True, headers=headers).content.decode()


def test_a_scan_keeps_what_the_load_needs_as_the_command_counts_it(
    site: Client, extracted: Engagement
) -> None:
    assert forecast.kept(extracted) is None
    moves.perform(extracted, "scan")
    outlook = forecast.kept(extracted)
    assert outlook is not None
    told = command("forecast", "--json").document
    assert {o: n for o, n in told["records"].items() if n} == {
        o: n for o, n in outlook.records.items() if n
    }
    assert {line.name: line.needed for line in outlook.lines} == {
        each["name"]: each["needed"] for each in told["forecast"]
    }
    assert not extracted.findings.filter(code="over the limit").exists()
    shown = page(site, extracted)
    assert 'id="limits"' in shown
    assert "DailyApiRequests" in shown


def test_a_limit_that_the_load_exceeds_is_a_finding_with_its_figures(
    site: Client, extracted: Engagement, practice: Practice
) -> None:
    practice.limits("salesforce", data_storage_mb=0)
    moves.perform(extracted, "scan")
    finding = extracted.findings.get(code="over the limit")
    assert finding.subject == "DataStorageMB"
    assert "the load needs 2 (2 kB a record, whatever its size), but 0 are left" in finding.message
    assert "2 too many" in page(site, extracted)


def test_the_limits_are_read_anew_when_asked_for(
    site: Client, extracted: Engagement, practice: Practice
) -> None:
    assert "Scan the records first" in page(site, extracted, "limits/")
    moves.perform(extracted, "scan")
    before = len(practice.history())
    assert "/limits" not in page(site, extracted, "limits/", **{"HX-Request": "true"})[:50]
    asked = [call["path"] for call in practice.history(before)]
    assert any(path.endswith("/limits") for path in asked)
    assert "<html" not in page(site, extracted, "limits/", **{"HX-Request": "true"})
    assert "← " in page(site, extracted, "limits/")
