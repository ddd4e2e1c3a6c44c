"""What the practice org has only where it is switched on: codes of states, currencies, contacts of
several accounts."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org
from tests.connectors.practice.salesforce.test_salesforce_custom import fields
from tests.practice import Practice

RELATION = "AccountContactRelation"
PROBLEM = "There was a problem with this state, even though it may appear correct."


def born_with(steer: Practice, **features: bool) -> Org:
    steer.limits("salesforce", **features)
    steer.reset()
    steer.limits("salesforce", bulk_delay=0)
    return Org(steer)


@pytest.fixture
def coded(steer: Practice) -> Iterator[Org]:
    opened = born_with(steer, state_picklists=True)
    yield opened
    opened.http.close()
    steer.reset()


@pytest.fixture
def priced(steer: Practice) -> Iterator[Org]:
    opened = born_with(steer, multi_currency=True)
    yield opened
    opened.http.close()
    steer.reset()


@pytest.fixture
def shared(steer: Practice) -> Iterator[Org]:
    opened = born_with(steer, shared_contacts=True)
    yield opened
    opened.http.close()
    steer.reset()


def refused(org: Org, **values: Any) -> dict[str, Any]:
    answer = org.call("POST", "/sobjects/Account", json={"Name": "A", **values})
    assert answer.status_code == 400, answer.text
    error: dict[str, Any] = answer.json()[0]
    return error


def test_an_org_has_neither_unless_it_was_switched_on(org: Org) -> None:
    assert not {"BillingStateCode", "CurrencyIsoCode"} & fields(org, "Account").keys()
    for name in ("CurrencyType", RELATION):
        assert org.query(f"SELECT Id FROM {name}")[0]["errorCode"] == "INVALID_TYPE"


def test_states_are_described_with_their_names_and_countries(coded: Org) -> None:
    found = fields(coded, "Account")["BillingStateCode"]
    assert (found["dependentPicklist"], found["controllerName"]) == (True, "BillingCountryCode")
    labels = {each["value"]: each["label"] for each in found["picklistValues"]}
    assert (labels["OH"], labels["ON"]) == ("Ohio", "Ontario")
    for_countries = {each["value"]: each["validFor"] for each in found["picklistValues"]}
    assert (for_countries["OH"], for_countries["ON"]) == ("gA==", "QA==")
    assert "MailingCountryCode" in fields(coded, "Contact")


@pytest.mark.parametrize(
    "given",
    [
        {"BillingStateCode": "OH", "BillingCountryCode": "US"},
        {"BillingState": "Ohio", "BillingCountry": "United States"},
    ],
)
def test_text_and_code_tell_the_same(coded: Org, given: dict[str, str]) -> None:
    id = coded.create("Account", Name="Coded", **given)
    names = ("BillingState", "BillingStateCode", "BillingCountry", "BillingCountryCode")
    row = coded.one(f"SELECT {', '.join(names)} FROM Account WHERE Id = '{id}'")
    assert [row[name] for name in names] == ["Ohio", "OH", "United States", "US"]


@pytest.mark.parametrize(
    "given",
    [
        {"BillingStateCode": "ZZ", "BillingCountryCode": "US"},
        {"BillingState": "Upper Austria", "BillingCountryCode": "US"},
        {"BillingStateCode": "OH", "BillingCountryCode": "CA"},
        {"BillingStateCode": "OH", "BillingState": "Texas", "BillingCountryCode": "US"},
        {"BillingStateCode": "OH"},
        {"BillingCountry": "USA"},
    ],
)
def test_a_state_or_country_that_is_not_known_is_refused(coded: Org, given: dict[str, str]) -> None:
    assert refused(coded, **given)["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"


def test_the_refusal_names_the_field_in_bulk_too(coded: Org) -> None:
    table = "Name,ShippingStateCode,ShippingCountryCode\nA,ZZ,US\n"
    (bad,) = coded.bulk("Account", "insert", table)["bad"]
    assert bad["sf__Error"].startswith(f"FIELD_INTEGRITY_EXCEPTION:{PROBLEM}")
    assert bad["sf__Error"].endswith(":ShippingState --")


def test_a_state_cannot_stay_when_its_country_goes(coded: Org) -> None:
    id = coded.create("Account", Name="A", BillingStateCode="OH", BillingCountryCode="US")
    (result,) = coded.collect("PATCH", [
        {"attributes": {"type": "Account"}, "id": id, "BillingCountryCode": None}
    ])  # fmt: skip
    (error,) = result["errors"]
    assert error["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert error["message"].startswith("A country must be specified before")


def test_a_record_is_in_the_org_s_own_currency_unless_told_otherwise(priced: Org) -> None:
    found = fields(priced, "Invoice__c")["CurrencyIsoCode"]
    assert found["restrictedPicklist"]
    assert found["defaultedOnCreate"]
    assert {each["value"] for each in found["picklistValues"]} == {"USD", "CAD"}
    for given, expected in (({}, "USD"), ({"CurrencyIsoCode": "CAD"}, "CAD")):
        id = priced.create("Invoice__c", Total__c=5, **given)
        row = priced.one(f"SELECT CurrencyIsoCode FROM Invoice__c WHERE Id = '{id}'")
        assert row["CurrencyIsoCode"] == expected
    listed = priced.records("SELECT IsoCode, IsActive, IsCorporate FROM CurrencyType")
    assert {r["IsoCode"]: (r["IsActive"], r["IsCorporate"]) for r in listed} == {
        "USD": (True, True), "CAD": (True, False), "EUR": (False, False),
    }  # fmt: skip


@pytest.mark.parametrize("currency", ["EUR", "XXX"])
def test_an_inactive_or_unknown_currency_is_refused(priced: Org, currency: str) -> None:
    error = refused(priced, CurrencyIsoCode=currency)
    assert error["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert currency in error["message"]


def relations(org: Org, contact: str) -> list[tuple[str, bool]]:
    rows = org.records(
        f"SELECT AccountId, IsDirect FROM {RELATION} WHERE ContactId = '{contact}' ORDER BY Id"
    )
    return [(row["AccountId"], row["IsDirect"]) for row in rows]


def test_a_contact_s_own_relation_is_made_moved_and_removed_by_the_org(shared: Org) -> None:
    first, second = (shared.create("Account", Name=name) for name in ("One", "Two"))
    contact = shared.create("Contact", LastName="Ito", AccountId=first)
    assert relations(shared, contact) == [(first, True)]
    shared.call("PATCH", f"/sobjects/Contact/{contact}", json={"AccountId": second})
    assert relations(shared, contact) == [(second, True)]
    further = shared.create(RELATION, AccountId=first, ContactId=contact, Roles="Other;Notary")
    assert relations(shared, contact) == [(second, True), (first, False)]
    row = shared.one(f"SELECT Roles, IsActive FROM {RELATION} WHERE Id = '{further}'")
    assert (row["Roles"], row["IsActive"]) == ("Other;Notary", True)
    shared.call("PATCH", f"/sobjects/Contact/{contact}", json={"AccountId": first})
    assert relations(shared, contact) == [(first, True)]
    shared.call("PATCH", f"/sobjects/Contact/{contact}", json={"AccountId": None})
    assert relations(shared, contact) == []


def test_a_direct_relation_is_neither_made_nor_deleted_by_hand(shared: Org) -> None:
    account, other = (shared.create("Account", Name=name) for name in ("One", "Two"))
    contact = shared.create("Contact", LastName="Ito", AccountId=account)
    private = shared.create("Contact", LastName="Alone")
    pairs = ((account, contact, "DUPLICATE_VALUE"), (other, private, "FIELD_INTEGRITY_EXCEPTION"))
    for to, of, code in pairs:
        body = {"AccountId": to, "ContactId": of}
        answer = shared.call("POST", f"/sobjects/{RELATION}", json=body).json()
        assert answer[0]["errorCode"] == code
    body = {"AccountId": other, "ContactId": contact, "IsDirect": True}
    answer = shared.call("POST", f"/sobjects/{RELATION}", json=body).json()
    assert answer[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    direct = shared.one(f"SELECT Id FROM {RELATION} WHERE ContactId = '{contact}'")["Id"]
    answer = shared.call("DELETE", f"/sobjects/{RELATION}/{direct}").json()
    assert answer[0]["errorCode"] == "DELETE_FAILED"
    further = shared.create(RELATION, AccountId=other, ContactId=contact)
    assert shared.call("DELETE", f"/sobjects/{RELATION}/{further}").status_code == 204
    assert shared.call("DELETE", f"/sobjects/Contact/{contact}").status_code == 204
    assert relations(shared, contact) == []
