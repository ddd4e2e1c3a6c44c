"""Other people's clients against the practice org, unmodified."""

from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceMalformedRequest

from tests.connectors.practice.salesforce.conftest import Org


class Plain(requests.Session):
    """Speaks http where the client insists on https, and goes to our port."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._host = url.removeprefix("http://")

    def request(self, method: Any, url: Any, *args: Any, **more: Any) -> requests.Response:
        _, _, rest = str(url).partition("://")
        path = rest.partition("/")[2]
        return super().request(method, f"http://{self._host}/{path}", *args, **more)


@pytest.fixture
def client(org: Org) -> Salesforce:
    return Salesforce(
        consumer_key=org.urls["client_id"],
        consumer_secret=org.urls["client_secret"],
        domain="practice.my",
        session=Plain(org.urls["url"]),
        version="66.0",
    )


def test_simple_salesforce_signs_in_describes_and_queries(client: Salesforce) -> None:
    names = {each["name"] for each in client.describe()["sobjects"]}
    assert {"Account", "Contact", "Case", "User"} <= names
    fields = {each["name"] for each in client.Case.describe()["fields"]}
    assert "Source_Id__c" in fields
    assert client.query("SELECT COUNT() FROM Case")["totalSize"] == 260
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000


def test_simple_salesforce_pages_through_everything(org: Org, client: Salesforce) -> None:
    org.steer.limits("salesforce", page_size=50)
    assert len(list(client.query_all_iter("SELECT Id, Account.Name FROM Contact"))) == 170


def test_simple_salesforce_writes_single_records(client: Salesforce) -> None:
    id = client.Account.create({"Name": "From a client"})["id"]
    assert client.Account.update(id, {"Phone": "1"}) == 204
    assert client.Account.get(id)["Phone"] == "1"
    assert client.Account.upsert("Source_Id__c/ss1", {"Name": "Up"}) == 201
    assert client.Account.get_by_custom_id("Source_Id__c", "ss1")["Name"] == "Up"
    assert client.Account.delete(id) == 204
    with pytest.raises(SalesforceMalformedRequest):
        client.Account.create({})


def test_simple_salesforce_loads_in_bulk(client: Salesforce) -> None:
    records = [{"Subject": f"Bulk {n}", "Source_Id__c": f"ss/{n}"} for n in range(250)]
    (result,) = client.bulk2.Case.insert(records=records, wait=0.01)
    assert result["numberRecordsProcessed"] == 250
    assert result["numberRecordsFailed"] == 0
    rows = client.bulk2.Case.get_successful_records(result["job_id"])
    assert rows.count("\n") == 251
    assert "ss/249" in rows


def test_simple_salesforce_is_told_why_it_cannot_sign_in_again(
    org: Org, client: Salesforce
) -> None:
    org.steer.edit("salesforce", op="user", set={"active": False})
    with pytest.raises(SalesforceAuthenticationFailed, match="no client credentials user"):
        client.query("SELECT Id FROM Account")
