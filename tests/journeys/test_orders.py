"""Invoices that become orders: loaded, compared, and taken back, frozen as they are."""

from collections import defaultdict
from decimal import Decimal

import pytest

from projects import queue, rows, signing
from projects.demo import story
from projects.models import Engagement, LoadItem, Operation, Run
from projects.presets import preset
from projects.stages import tallies
from tests import moves
from tests.faults.journey import go_on
from tests.journeys import vendors
from tests.journeys.vendors import KEY, TENANT, Row
from tests.practice import Practice
from tests.workers import Workers, until_held, until_over

pytestmark = pytest.mark.sqlite
CALLS = "/services/data/v66.0/composite/sobjects"

ITEMS = "Product2, PricebookEntry, OrderItem, Line_Item__c"
Org = dict[str, dict[str, Row]]


def choose(engagement: Engagement, **wanted: str) -> None:
    for source, text in (wanted or {"invoices": "Order", "invoice_items": ITEMS}).items():
        row = engagement.object_rows.get(source_object=source.replace("_", "-"))
        row.destination_objects, row.status = text, "full"
        rows.change(row, "anna")


def signed(practice: Practice, spoilt: bool = False) -> Engagement:
    """Accounts, contacts, cases and orders, up to the client's signature."""
    engagement = moves.inventoried(practice)
    story.keep_to_core(engagement)
    choose(engagement)
    Engagement.objects.update(sample_size=100)
    engagement.refresh_from_db()
    moves.perform(engagement, "extract")
    if spoilt:
        _spoil(practice, engagement)
        moves.perform(engagement, "extract")
    moves.perform(engagement, "scan")
    story.decide_technicians(engagement)
    story.confirm_safety(engagement)
    moves.decisions.confirm_mapping(engagement, moves.STAFF)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    return engagement


@pytest.mark.django_db
def test_invoices_land_as_orders_and_go_back_without_a_trace(practice: Practice) -> None:
    before = practice.state()["salesforce"]
    engagement = signed(practice, spoilt=True)
    moves.perform(engagement, "load")
    org = _org(practice)
    _every_order_adds_up(engagement, org)
    _unfit_lines_are_named(engagement, org)
    _households_without_a_place_are_counted(engagement, org)
    since = vendors.calls(practice)
    moves.perform(engagement, "load")
    assert vendors.writes(practice, since) == [], "a second load has nothing to send"
    differences = moves.perform(engagement, "reconcile").differences.all()
    assert [str(line) for line in differences if not line.explanation] == []
    moves.perform(engagement, "rollback")
    assert practice.state()["salesforce"] == before
    assert not LoadItem.objects.exclude(state__in=("undone", "held", "excepted")).exists()


def _org(practice: Practice) -> Org:
    names = ("Product2", "PricebookEntry", "Order", "OrderItem")
    return {name: {row["Id"]: row for row in vendors.dump(practice, name)} for name in names}


def _spoil(practice: Practice, engagement: Engagement) -> None:
    """Lines of three invoices: none sold, without SKU, and a total that is not the product; and
    an invoice of nobody."""
    wrong = ({"quantity": "0.00"}, {"skuId": None}, {"total": "0.07"})
    rows = engagement.source_records.filter(reading="load", object="invoices").order_by("pk")
    whole = [row for row in rows if len(row.data["items"] or ()) > 1]
    for row, values in zip(whole, wrong, strict=False):
        first, *others = row.data["items"]
        practice.edit("servicetitan", op="update", object="invoices", id=int(row.source_id),
                      set={"items": [first | values, *others]})  # fmt: skip
    practice.edit("servicetitan", op="update", object="invoices", id=int(whole[-1].source_id),
                  set={"customer": {"id": 1, "name": "Nobody"}})  # fmt: skip


def _read(engagement: Engagement, object: str) -> dict[str, Row]:
    rows = engagement.source_records.filter(reading="load", object=object)
    return dict(rows.values_list("source_id", "data"))


def _every_order_adds_up(engagement: Engagement, org: Org) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for item in _read(engagement, "invoice-items").values():
        sums[f"{TENANT}/invoices/{item['invoiceId']}"] += Decimal(item["total"])
    lines: dict[str, Decimal] = defaultdict(Decimal)
    for item in org["OrderItem"].values():
        lines[item["OrderId"]] += round(Decimal(str(item["Quantity"] * item["UnitPrice"])), 2)
    active = [order for order in org["Order"].values() if order["Status"] == "Activated"]
    assert len(active) > len(org["Order"]) / 2
    for order in active:
        assert lines[order["Id"]] == sums[order[KEY]], order[KEY]
    skus = {row["skuId"] for row in _read(engagement, "invoice-items").values()}
    keys = {f"{TENANT}/skus/{sku}" for sku in skus - {None}}
    assert {row[KEY] for row in org["Product2"].values()} == keys, "one product a SKU"
    assert len(org["PricebookEntry"]) == len(keys)


def _unfit_lines_are_named(engagement: Engagement, org: Org) -> None:
    held = LoadItem.objects.filter(object="OrderItem", state="held")
    said = " ".join(sorted(item.reason for item in held))
    assert "0 of it were sold" in said
    assert "it has no SKU" in said
    assert "does not make its total 0.07" in said
    assert engagement.findings.filter(subject__contains="order item › Quantity").exists()
    drafts = {row[KEY] for row in org["Order"].values() if row["Status"] == "Draft"}
    waiting = LoadItem.objects.filter(object="Order", apart="held", state="landed")
    assert waiting.count() == held.count() == 3
    assert {item.key for item in waiting} <= drafts
    billed = {f"{TENANT}/invoices/{i['invoiceId']}"
              for i in _read(engagement, "invoice-items").values()}  # fmt: skip
    assert drafts - {item.key for item in waiting} == drafts - billed, "without lines"


def _households_without_a_place_are_counted(engagement: Engagement, org: Org) -> None:
    assert all(row["AccountId"] for row in org["Order"].values())
    tally = tallies.source_tally(engagement)
    assert all(tallies.adds_up(counts) for counts in tally.values())
    assert tally["invoices"]["landed"] == len(org["Order"])
    assert tally["invoices"]["excepted"] == 1
    assert tally["invoices"]["left out"] == 0
    found = engagement.findings.filter(subject="order › its customer is not known › does not land")
    assert [finding.count for finding in found] == [1]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_orders_are_activated_or_taken_back_leaves_nothing_behind(
    practice: Practice, workers: Workers
) -> None:
    before = practice.state()["salesforce"]
    engagement = signed(practice)
    for stage in ("load", "rollback"):
        method = "PATCH" if stage == "load" else "DELETE"
        match = {"method": method, "path": "/composite/sobjects"}
        fault = practice.fault("hold", vendor="salesforce", match=match, when="after")
        run = queue.start(engagement, stage, moves.STAFF)
        until_held(practice, fault, run)
        workers.strike("horse")
        practice.release(fault)
        until_over(run)
        assert run.status == Run.Status.SUCCEEDED, f"{run.message}{run.traceback}"
        if stage == "load":
            active = [r for r in vendors.dump(practice, "Order") if r["Status"] == "Activated"]
            assert len(active) == LoadItem.objects.filter(object="Order", shape="order",
                operations__ticket__slice__body__shape="activation").distinct().count()  # fmt: skip
    assert practice.state()["salesforce"] == before


@pytest.mark.django_db
def test_an_order_that_others_put_back_is_kept_with_all_it_needs(practice: Practice) -> None:
    engagement = signed(practice)
    moves.perform(engagement, "load")
    order = next(r for r in vendors.dump(practice, "Order") if r["Status"] == "Activated")
    practice.clock(advance=60)
    practice.edit("salesforce", op="update", object="Order", id=order["Id"],
                  set={"Status": "Draft"})  # fmt: skip
    moves.perform(engagement, "rollback")
    (left,) = vendors.dump(practice, "Order")
    assert left["Id"] == order["Id"]
    item = LoadItem.objects.get(object="Order", remote_id=order["Id"])
    assert (item.state, item.reason) == ("kept", "Kept: Status changed after our write.")


@pytest.mark.django_db
def test_without_a_standard_price_book_nothing_of_orders_is_sent(practice: Practice) -> None:
    engagement = signed(practice)
    moves.perform(engagement, "rollback")
    (book,) = vendors.dump(practice, "Pricebook2")
    practice.edit("salesforce", op="update", object="Pricebook2", id=book["Id"],
                  set={"IsActive": False})  # fmt: skip
    run = queue.start(engagement, "load", moves.STAFF, here=True)
    assert run.status == Run.Status.FAILED
    assert "standard price book, but the org has it inactive" in run.message
    assert not Operation.objects.filter(item__object="Order", run=run, status="landed")
    assert [vendors.dump(practice, name) for name in ("Order", "OrderItem")] == [[], []]


@pytest.mark.django_db
def test_another_choice_makes_the_sign_off_stale_until_it_is_put_back(practice: Practice) -> None:
    engagement = signed(practice)
    assert not signing.stale(engagement)
    choose(engagement, invoices="Invoice__c")
    assert signing.stale(engagement)
    choose(engagement, invoices="Order")
    assert not signing.stale(engagement)


@pytest.mark.django_db
def test_what_changes_of_an_activated_order_is_brought_and_the_order_activated_again(
    practice: Practice, valkey_url: str
) -> None:
    before = practice.state()["salesforce"]
    engagement = signed(practice)
    moves.perform(engagement, "load")
    practice.clock(advance=3600)
    summed, itemed = [r for r in vendors.dump(practice, "Order") if r["Status"] == "Activated"][:2]
    ids = [int(order[KEY].rpartition("/")[2]) for order in (summed, itemed)]
    first, *others = _read(engagement, "invoices")[str(ids[1])]["items"]
    added = {**first, "id": 77_000_000_001, "displayName": "Forgotten"}
    items = [{**first, "displayName": "Said anew"}, *others, added]
    for id, values in zip(ids, ({"summary": "Paid twice"}, {"items": items}), strict=True):
        practice.edit("servicetitan", op="update", object="invoices", id=id, set=values)
    match = {"method": "PATCH", "path": "/composite/sobjects$"}
    practice.fault("reset", vendor="salesforce", match=match, when="after", every=2)
    tally = go_on(queue.start(engagement, "delta", moves.STAFF, here=True)).tally
    practice.clear_faults()
    assert (tally["Order"]["updated"], tally["OrderItem"]["updated"]) == (1, 1)
    assert tally["OrderItem"]["created"] == 1
    undone = Operation.objects.filter(item__object="Order", undoes__isnull=False, status="landed")
    assert {op.item.key for op in undone} == {summed[KEY], itemed[KEY]}, "and no other order"
    org = _org(practice)
    assert org["Order"][summed["Id"]]["Description"] == "Paid twice"
    assert {org["Order"][order["Id"]]["Status"] for order in (summed, itemed)} == {"Activated"}
    said = {i["Description"] for i in org["OrderItem"].values() if i["OrderId"] == itemed["Id"]}
    assert {"Said anew", "Forgotten"} <= said
    differences = moves.perform(engagement, "reconcile").differences.filter(explanation="")
    assert [str(line) for line in differences] == []
    moves.perform(engagement, "rollback")
    assert practice.state()["salesforce"] == before


def test_an_invoice_that_can_be_no_order_says_why() -> None:
    (order,) = (s for s in preset("servicetitan-salesforce").SHAPES if s.name == "order")
    company, household = {"type": "Commercial"}, {"type": "Residential"}
    assert order.bars({"payer": company, "placement": None}) == ""
    assert order.bars({"payer": household, "placement": {"number": 1}}) == ""
    assert "household without an account" in order.bars({"payer": household, "placement": None})
    assert "customer is not known" in order.bars({"payer": None, "placement": None})
