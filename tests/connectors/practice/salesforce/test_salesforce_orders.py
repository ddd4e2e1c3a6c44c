"""What the practice org demands of products, price books, orders and order items."""

from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org

DAY = "2026-02-11"


@pytest.fixture
def book(org: Org) -> str:
    return str(org.one("SELECT Id FROM Pricebook2 WHERE IsStandard = true")["Id"])


@pytest.fixture
def account(org: Org) -> str:
    return org.create("Account", Name="Buyer")


def product(org: Org, book: str, **more: Any) -> str:
    """The id of a price book entry of a new product."""
    id = org.create("Product2", Name="Pump", IsActive=True)
    given = {"Product2Id": id, "Pricebook2Id": book, "UnitPrice": 0, "IsActive": True}
    return org.create("PricebookEntry", **given | more)


def order(org: Org, account: str, book: str, **more: Any) -> str:
    given = {"AccountId": account, "EffectiveDate": DAY, "Status": "Draft", "Pricebook2Id": book}
    return org.create("Order", **given | more)


def item(org: Org, order: str, entry: str, **more: Any) -> str:
    given = {"OrderId": order, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 10.25}
    return org.create("OrderItem", **given | more)


def refused(org: Org, method: str, path: str, **values: Any) -> str:
    answer = org.call(method, f"/sobjects/{path}", json=values or None)
    assert answer.status_code == 400, answer.text
    return str(answer.json()[0]["errorCode"])


def test_an_order_gets_its_items_and_is_then_activated(org: Org, account: str, book: str) -> None:
    id = order(org, account, book)
    item(org, id, product(org, book))
    assert org.call("PATCH", f"/sobjects/Order/{id}", json={"Status": "Activated"}).is_success
    found = org.one(f"SELECT Status, TotalAmount, OrderNumber FROM Order WHERE Id = '{id}'")
    assert found == {"Status": "Activated", "TotalAmount": 20.5, "OrderNumber": "00001001"}


def test_an_order_is_born_a_draft_of_an_account(org: Org, account: str, book: str) -> None:
    given = {"AccountId": account, "EffectiveDate": DAY, "Status": "Draft", "Pricebook2Id": book}
    assert refused(org, "POST", "Order", **given | {"Status": "Activated"}) == "FAILED_ACTIVATION"
    assert refused(org, "POST", "Order", **given | {"AccountId": None}) == "REQUIRED_FIELD_MISSING"
    del given["EffectiveDate"]
    assert refused(org, "POST", "Order", **given) == "REQUIRED_FIELD_MISSING"


def test_an_order_without_items_or_with_other_changes_is_not_activated(
    org: Org, account: str, book: str
) -> None:
    id = order(org, account, book)
    assert refused(org, "PATCH", f"Order/{id}", Status="Activated") == "FAILED_ACTIVATION"
    item(org, id, product(org, book))
    both = {"Status": "Activated", "PoNumber": "7"}
    assert refused(org, "PATCH", f"Order/{id}", **both) == "FAILED_ACTIVATION"


def test_an_activated_order_is_frozen_until_it_is_a_draft_again(
    org: Org, account: str, book: str
) -> None:
    id, entry = order(org, account, book), product(org, book)
    line = item(org, id, entry)
    assert org.call("PATCH", f"/sobjects/Order/{id}", json={"Status": "Activated"}).is_success
    frozen = [
        ("PATCH", f"Order/{id}", {"PoNumber": "7"}),
        ("DELETE", f"Order/{id}", {}),
        ("DELETE", f"OrderItem/{line}", {}),
        ("PATCH", f"OrderItem/{line}", {"UnitPrice": 1}),
        ("DELETE", f"Account/{account}", {}),
        ("POST", "OrderItem", {"OrderId": id, "PricebookEntryId": entry, "Quantity": 1}),
    ]
    for method, path, values in frozen:
        assert refused(org, method, path, **values) == "INVALID_OPERATION", (method, path)
    assert org.call("PATCH", f"/sobjects/Order/{id}", json={"Status": "Draft"}).is_success
    assert org.call("DELETE", f"/sobjects/Order/{id}").is_success
    assert org.records(f"SELECT Id FROM OrderItem WHERE OrderId = '{id}'") == []


def test_an_item_needs_an_active_entry_of_the_orders_book_and_a_quantity(
    org: Org, account: str, book: str
) -> None:
    id, entry = order(org, account, book), product(org, book)
    line = {"OrderId": id, "PricebookEntryId": entry, "Quantity": 1, "UnitPrice": 5}
    integrity = "FIELD_INTEGRITY_EXCEPTION"
    for quantity in (0, -1):
        assert refused(org, "POST", "OrderItem", **line | {"Quantity": quantity}) == integrity
    idle = product(org, book, IsActive=False)
    assert refused(org, "POST", "OrderItem", **line | {"PricebookEntryId": idle}) == integrity
    loose = order(org, account, book, Pricebook2Id=None)
    assert refused(org, "POST", "OrderItem", **line | {"OrderId": loose}) == integrity
    del line["PricebookEntryId"]
    assert refused(org, "POST", "OrderItem", **line) == "REQUIRED_FIELD_MISSING"


def test_a_product_has_one_entry_a_book_and_the_standard_one_first(org: Org, book: str) -> None:
    own = org.create("Pricebook2", Name="Trade", IsActive=True)
    id = org.create("Product2", Name="Pump", IsActive=True)
    entry = {"Product2Id": id, "Pricebook2Id": own, "UnitPrice": 1}
    assert refused(org, "POST", "PricebookEntry", **entry) == "STANDARD_PRICE_NOT_DEFINED"
    org.create("PricebookEntry", **entry | {"Pricebook2Id": book})
    assert refused(org, "POST", "PricebookEntry", **entry | {"Pricebook2Id": book}) == (
        "DUPLICATE_VALUE"
    )
    assert org.create("PricebookEntry", **entry)
