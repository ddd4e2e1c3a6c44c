"""Reports are read as their descriptions, category by category."""

from typing import Any

import pytest

from connectors.errors import NotAuthorised
from connectors.practice.servicetitan.seed.reports import CATEGORIES, REPORTS
from connectors.servicetitan.source import ServiceTitan
from tests.practice import Practice


def records(source: ServiceTitan, **how: Any) -> list[dict[str, Any]]:
    return [record for page in source.read("reports", **how) for record in page.records]


def test_every_report_comes_with_its_category_and_columns(source: ServiceTitan) -> None:
    found = {report["id"]: report for report in records(source)}
    assert found.keys() == {id for id, *_ in REPORTS}
    jobs = found[80769010]
    assert jobs["category"] == {"id": "operations", "name": "Operations"}
    assert {"name": "JobNumber", "label": "Job Number", "dataType": "String"} in jobs["fields"]
    assert source.identity("reports", jobs) == "80769010"


def test_a_reading_of_reports_goes_on_after_the_category_read_last(source: ServiceTitan) -> None:
    pages = list(source.read("reports"))
    assert [page.last for page in pages] == [False] * (len(CATEGORIES) - 1) + [True]
    rest = records(source, cursor=pages[0].cursor)
    assert len(pages[0].records) + len(rest) == len(REPORTS)
    assert pages[0].records[0]["category"]["id"] == "accounting"


def test_reports_ask_for_descriptions_only(source: ServiceTitan, vendor: Practice) -> None:
    records(source)
    asked = {
        (call["method"], call["path"].rpartition("/")[2])
        for call in vendor.history()
        if "/reporting/" in call["path"]
    }
    assert {method for method, _ in asked} == {"GET"}
    assert "data" not in {end for _, end in asked}


def test_closed_reports_are_named_and_can_be_left_out(
    source: ServiceTitan, vendor: Practice
) -> None:
    vendor.limits("servicetitan", deny=["reports", "technician-shifts"])
    with pytest.raises(NotAuthorised, match=r"Reporting: Reports.*leave reports out"):
        records(source)
    assert {"reports", "technician-shifts"} <= set(source.missing_optional())


def test_shifts_are_read_with_those_that_were_cancelled(source: ServiceTitan) -> None:
    (page,) = source.read("technician-shifts")
    assert {"Normal", "OnCall"} == {shift["shiftType"] for shift in page.records}
    assert any(not shift["active"] for shift in page.records)
    assert source.count("technician-shifts") == len(page.records)
