"""What the org demands of price book entries, orders and their items.

An order is born a draft, gets its items, and is then activated by a change of nothing but its
status; an activated one is frozen until it is a draft again.
"""

from typing import Any

from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.order_objects import (
    ACTIVATED,
    BOOK,
    DRAFT,
    ENTRY,
    ITEM,
    ORDER,
    PRODUCT,
)
from connectors.practice.salesforce.org import Org

Row = dict[str, Any]
CURRENCY = "CurrencyIsoCode"


def check_new(org: Org, object: Object, row: Row) -> None:
    """Before an insert. Raises RowError."""
    if object.name == ENTRY:
        _check_entry(org, row)
    elif object.name == ORDER:
        _check_born(row)
    elif object.name == ITEM:
        order = _row(org, ORDER, row["OrderId"])
        _check_draft(order)
        _check_item(org, row, order)
        row["Product2Id"] = _row(org, ENTRY, row["PricebookEntryId"])["Product2Id"]


def check_change(org: Org, object: Object, given: Row, before: Row) -> None:
    """Before an update. Raises RowError."""
    if object.name == ITEM:
        _check_draft(_row(org, ORDER, before["OrderId"]))
        _check_quantity(before | given)
    if object.name != ORDER:
        return
    if given.get("Status", before["Status"]) == ACTIVATED:
        if set(given) != {"Status"}:
            _check_draft(before)
            raise RowError("FAILED_ACTIVATION", "Change nothing but the status to activate.")
        if not org.store.ids(org.schema.named(ITEM), "OrderId", before["Id"], 1):
            raise RowError("FAILED_ACTIVATION", "An order must have at least one product.")


def check_gone(org: Org, doomed: dict[str, Object]) -> None:
    """Before a delete of these records, by id. Raises RowError."""
    for id, object in doomed.items():
        if object.name == ORDER:
            _check_draft(_row(org, ORDER, id))
        elif object.name == ITEM:
            _check_draft(_row(org, ORDER, _row(org, ITEM, id)["OrderId"]))


def _check_entry(org: Org, row: Row) -> None:
    entries = org.schema.named(ENTRY)
    same = org.store.ids(entries, "Product2Id", row["Product2Id"])
    books = [org.store.value(entries, id, "Pricebook2Id") for id in same]
    if row["Pricebook2Id"] in books:
        raise RowError("DUPLICATE_VALUE", "This price definition already exists in this price book")
    standard = org.store.ids(org.schema.named(BOOK), "IsStandard", 1)
    if row["Pricebook2Id"] not in standard and not set(books) & set(standard):
        raise RowError("STANDARD_PRICE_NOT_DEFINED", "No standard price defined for this product")


def _check_born(row: Row) -> None:
    if row["Status"] != DRAFT:
        raise RowError(
            "FAILED_ACTIVATION", "Choose a valid order status and save your changes.", "Status"
        )
    if not row.get("AccountId"):
        raise RowError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [AccountId]", "AccountId"
        )


def _check_draft(order: Row) -> None:
    if order["Status"] == ACTIVATED:
        raise RowError("INVALID_OPERATION", "An activated order cannot be changed or deleted.")


def _check_item(org: Org, row: Row, order: Row) -> None:
    _check_quantity(row)
    if not row.get("PricebookEntryId"):
        raise RowError(
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [PricebookEntryId]",
            "PricebookEntryId",
        )
    entry = _row(org, ENTRY, row["PricebookEntryId"])
    if entry.get(CURRENCY) != order.get(CURRENCY):
        raise RowError(
            "FIELD_INTEGRITY_EXCEPTION",
            "The price book entry is in another currency than the order.",
            "PricebookEntryId",
        )
    if entry["Pricebook2Id"] != order["Pricebook2Id"]:
        raise RowError(
            "FIELD_INTEGRITY_EXCEPTION",
            "The price book entry is in another price book than the order.",
            "PricebookEntryId",
        )
    if not (entry["IsActive"] and _row(org, PRODUCT, entry["Product2Id"])["IsActive"]):
        raise RowError(
            "FIELD_INTEGRITY_EXCEPTION", "The price book entry is inactive.", "PricebookEntryId"
        )


def _check_quantity(row: Row) -> None:
    if not row["Quantity"] > 0:
        raise RowError(
            "FIELD_INTEGRITY_EXCEPTION", "Quantity must be greater than zero.", "Quantity"
        )


def _row(org: Org, object: str, id: str) -> Row:
    return org.store.get(org.schema.named(object), id) or {}
