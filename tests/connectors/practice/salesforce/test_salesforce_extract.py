"""Bulk API 2.0 query of the practice org."""

import csv
import io
from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org


def started(org: Org, text: str, operation: str = "query") -> Any:
    return org.call("POST", "/jobs/query", json={"operation": operation, "query": text})


def ended(org: Org, text: str, operation: str = "query") -> str:
    id = started(org, text, operation).json()["id"]
    while org.call("GET", f"/jobs/query/{id}").json()["state"] != "JobComplete":
        pass
    return str(id)


def test_pages_of_a_query_job_follow_the_locator_until_it_is_null(org: Org) -> None:
    id = ended(org, "SELECT Id, Subject, Contact.Name, IsClosed, CreatedDate FROM Case")
    rows: list[dict[str, str]] = []
    params = {"maxRecords": "100"}
    while params.get("locator") != "null":
        answer = org.call("GET", f"/jobs/query/{id}/results", params=params)
        page = list(csv.DictReader(io.StringIO(answer.text)))
        assert answer.headers["Sforce-NumberOfRecords"] == str(len(page))
        rows += page
        params["locator"] = answer.headers["Sforce-Locator"]
    assert len({row["Id"] for row in rows}) == len(rows) == 260
    assert list(rows[0]) == ["Id", "Subject", "Contact.Name", "IsClosed", "CreatedDate"]
    assert rows[0]["CreatedDate"].endswith(".000Z")
    assert {row["IsClosed"] for row in rows} == {"true", "false"}


def test_query_all_sees_the_deleted(org: Org) -> None:
    gone = org.create("Account", Name="Gone")
    org.call("DELETE", f"/sobjects/Account/{gone}")
    text = f"SELECT Id FROM Account WHERE Id = '{gone}'"
    sizes = {
        kind: org.call("GET", f"/jobs/query/{ended(org, text, kind)}/results").text.count("\n")
        for kind in ("query", "queryAll")
    }
    assert sizes == {"query": 1, "queryAll": 2}


def test_results_are_of_the_version_that_made_the_job(org: Org) -> None:
    id = ended(org, "SELECT Id FROM Account")
    other = org.http.get(f"/services/data/v60.0/jobs/query/{id}/results")
    assert other.status_code == 409


def test_results_wait_for_the_end(org: Org) -> None:
    org.steer.limits("salesforce", bulk_delay=600)
    id = started(org, "SELECT Id FROM Account").json()["id"]
    answer = org.call("GET", f"/jobs/query/{id}/results")
    assert answer.json()[0]["errorCode"] == "INVALIDJOBSTATE"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(Id) FROM Case",
        "SELECT Id FROM Case LIMIT 1 OFFSET 2",
        "SELECT BillingAddress FROM Account",
        "SELECT Nope FROM Account",
        "nonsense",
    ],
)
def test_what_a_query_job_cannot_do_is_refused_at_once(org: Org, text: str) -> None:
    assert started(org, text).status_code == 400
