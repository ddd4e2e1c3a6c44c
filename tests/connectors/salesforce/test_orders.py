"""Products, price book entries, orders and their items, as the practice org demands them."""

import pytest

from connectors.errors import Misconfigured
from connectors.salesforce.destination import Salesforce
from connectors.values import Row
from tests.connectors.salesforce.conftest import Desk, Open, accounts, key
from tests.practice import Practice

SKU = key(17, "skus")
DAY = "2026-02-11"


def entry(desk: Desk, sku: str = SKU) -> str:
    """The id of the price book entry of a new product."""
    product = desk.create("Product2", {sku: {"Name": "Pump"}})[sku]
    return desk.create("PricebookEntry", {sku: {"Product2Id": product, "UnitPrice": "0"}})[sku]


def order(desk: Desk, number: int = 1) -> str:
    account = next(iter(desk.create("Account", accounts(1)).values()))
    given = {"AccountId": account, "EffectiveDate": DAY}
    return desk.create("Order", {key(number, "invoices"): given})[key(number, "invoices")]


def test_what_nobody_maps_is_sent_with_a_new_record(desk: Desk) -> None:
    priced, id = entry(desk), order(desk)
    values = {"OrderId": id, "PricebookEntryId": priced, "Quantity": "2", "UnitPrice": "10.25"}
    item = desk.create("OrderItem", {key(1, "items"): values})[key(1, "items")]
    assert desk.read("Order", id, "Status")["Status"] == "Draft"
    assert desk.read("PricebookEntry", priced, "IsActive")["IsActive"] is True
    update = [Row(key(1, "invoices"), id, {"Status": "Activated"})]
    (outcome,) = desk.write("update", "Order", update).values()
    assert outcome.status == "done"
    assert desk.read("Order", id, "Status", "TotalAmount") == {
        "Status": "Activated",
        "TotalAmount": "20.5",
    }
    assert desk.read("OrderItem", item, "Quantity") == {"Quantity": "2"}


def test_an_entry_is_known_by_the_key_of_its_product(desk: Desk) -> None:
    priced = entry(desk)
    (found,) = desk.find("PricebookEntry", [SKU, key(18, "skus")])
    assert (found.id, found.key, found.ours) == (priced, SKU, True)
    (fetched,) = desk.destination.fetch("PricebookEntry", [priced], ["UnitPrice"])
    assert (fetched.key, fetched.values) == (SKU, {"UnitPrice": "0"})
    swept = list(desk.destination.sweep("PricebookEntry", SKU.partition("/")[0] + "/", []))
    assert [record.key for record in swept] == [SKU]


def test_a_second_entry_of_a_product_is_there_already(desk: Desk) -> None:
    entry(desk)
    (product,) = desk.find("Product2", [SKU])
    again = Row(SKU, None, {"Product2Id": product.id, "UnitPrice": "5"})
    (outcome,) = desk.write("create", "PricebookEntry", [again]).values()
    assert outcome.status == "exists"


def test_entries_and_activations_never_go_by_a_job(open_destination: Open) -> None:
    with open_destination(bulk_from="51") as destination:
        desk = Desk(destination)
        keys = [key(n, "skus") for n in range(60)]
        products = desk.create("Product2", {k: {"Name": k} for k in keys})
        assert len(desk.opened) == 1
        entries = {k: {"Product2Id": id, "UnitPrice": "1"} for k, id in products.items()}
        desk.create("PricebookEntry", entries)
        assert len(desk.opened) == 1
        assert destination.chunk_size("PricebookEntry", "create", 9000) == 200
        assert destination.chunk_size("Order", "update", 9000) == 200
        assert destination.chunk_size("Order", "create", 9000) == 9000


@pytest.mark.parametrize("object", ["PricebookEntry", "Order"])
def test_without_an_active_standard_price_book_neither_is_sent(
    desk: Desk, vendor: Practice, object: str
) -> None:
    (book,) = vendor.edit("salesforce", op="dump", object="Pricebook2")["records"]
    vendor.edit(
        "salesforce", op="update", object="Pricebook2", id=book["Id"], set={"IsActive": False}
    )
    with pytest.raises(Misconfigured, match="Activate it"):
        desk.write("create", object, [Row(SKU, None, {})])


def test_an_order_s_items_are_told_before_it_is_deleted(desk: Desk) -> None:
    priced, id = entry(desk), order(desk)
    values = {"OrderId": id, "PricebookEntryId": priced, "Quantity": "1", "UnitPrice": "1"}
    desk.create("OrderItem", {key(1, "items"): values})
    for object, parent in (("Order", id), ("PricebookEntry", priced)):
        (child,) = desk.destination.children(object, [parent])
        assert (child.object, child.ours) == ("OrderItem", True)


def test_times_of_creation_that_no_org_lets_us_set_are_no_obstacle(desk: Desk) -> None:
    said = " ".join(each.message for each in desk.destination.obstacles())
    assert "CreatedDate on" not in said or "Order" not in said.partition("CreatedDate on")[2]
    assert isinstance(desk.destination, Salesforce)
