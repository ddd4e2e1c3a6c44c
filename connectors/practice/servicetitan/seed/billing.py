"""Invoices: every job has one from the day it is booked, at 0.00 until the work is done.

Money is drawn in cents and written as the vendor does: strings with 2, 10 or 19 decimals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import DAY, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed import names
from connectors.practice.servicetitan.seed.draw import TODAY, Draw, day, nulls
from connectors.practice.servicetitan.seed.office import UNITS, USERS
from connectors.practice.servicetitan.seed.people import Party
from connectors.practice.servicetitan.seed.work import Job

UNIT_NAMES = dict(UNITS)
TAX = 966  # per 10,000
INCOME = {
    "id": 231140,
    "name": "Service Income",
    "number": "4010",
    "type": "Income",
    "detailType": "Income",
}
CLERK = {"id": USERS[0], "name": "csr.lee", "modifiedOn": "2025-06-01T08:00:00.1Z"}
ITEM_EMPTY = nulls(
    "budgetCodeId inventoryLocationId inventoryLocation costOfSaleAccount "
    "assetAccount itemGroup importId exportId inventoryStatus memberPrice "
    "installedEquipmentId estimateItemId"
)
INVOICE_EMPTY = nulls(
    "importId exportId materialSkuId membershipId budgetCodeId invoiceType batch "
    "depositedOn adjustmentToId projectId commissionEligibilityDate assignedTo"
)
ROYALTY = {"status": "Pending", "date": None, "sentOn": None, "memo": None}


@dataclass(frozen=True, slots=True)
class Bill:
    """What makes one invoice different from another; money in cents."""

    id: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    subtotal: int = 0
    tax: int = 0
    balance: int = 0
    adjusts: int | None = None


def money(cents: int) -> str:
    """Cents as the vendor's text, e.g. `-12.50`."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def item(draw: Draw, job: Job, order: int, at: int) -> tuple[int, dict[str, Any]]:
    """One line and what it adds to the bill, in cents."""
    name, sku, kind, price, cost = draw.pick(names.WORK)
    quantity = 1 if kind != "Material" else 1 + draw.below(4)
    if order and draw.chance(0.06):
        name, sku, kind, price, cost, quantity = "Discount", "DISC", "PriceModifier", -2500, 0, 1
    chargeable = not draw.chance(0.03)
    sum = price * quantity
    unit = job.kind[2]
    line = {
        "id": draw.id(),
        "description": f"{name}<br/>Labor included." if kind == "Service" else name,
        "quantity": f"{quantity}.0000000000000000000",
        "cost": f"{money(cost)}00000000",
        "totalCost": money(cost * quantity),
        **ITEM_EMPTY,
        "price": money(price),
        "type": kind,
        "skuName": sku,
        "skuId": 17_760_000 + len(name) * 97,
        "total": money(sum),
        "inventory": False,
        "taxable": kind != "Service",
        "isChargeable": chargeable,
        "generalLedgerAccount": INCOME,
        "membershipTypeId": 0,
        "displayName": name,
        "soldHours": 2.5 if kind == "Service" else None,
        "createdOn": stamp(at),
        "modifiedOn": stamp(at),
        "serviceDate": day(at),
        "order": order + 1,
        "businessUnit": {"id": unit, "name": UNIT_NAMES[unit]},
        "createdById": job.crew[0][0],
        "displayInAmount": True,
        "addOn": False,
        "technicianId": job.crew[0][0],
    }
    return sum if chargeable else 0, line


def invoice_rows(draw: Draw, job: Job) -> Iterator[Row]:
    """The job's invoice, and now and then a credit that adjusts it. Sets `job.total`."""
    lines, subtotal = [], 0
    if job.status == "Completed" and not draw.chance(0.03):
        for order in range(draw.weighted(((0.4, 1), (0.3, 2), (0.2, 3), (1, 4)))):
            sum, line = item(draw, job, order, job.finished)
            subtotal += sum
            lines.append(line)
    tax = subtotal * TAX // 10_000
    job.total = subtotal + tax if job.status == "Completed" else None
    total = subtotal + tax
    balance = draw.weighted(((0.8, 0), (0.1, total // 2), (1, total)))
    job.party.balance += balance
    bill = Bill(job.invoice_id, lines, subtotal, tax, balance)
    yield invoice_row(draw, job.party, job, bill)
    if total > 20_000 and draw.chance(0.01):
        credit = Bill(draw.id(), subtotal=-5000, adjusts=job.invoice_id)
        yield invoice_row(draw, job.party, job, credit)


def membership_invoice_row(draw: Draw, party: Party) -> Row:
    """An invoice without a job."""
    return invoice_row(draw, party, None, Bill(draw.id(), subtotal=19900))


def invoice_row(draw: Draw, party: Party, job: Job | None, bill: Bill) -> Row:
    """The record; `customFields` and empty `items` are null, as real tenants send them."""
    created = job.created + 471_127 if job else draw.between(party.created, TODAY)
    billed = job.finished if job else created
    modified = min(TODAY, billed + draw.below(3 * DAY)) if job else created
    place = _place(party.address)
    where = job.location if job else None
    unit = job.kind[2] if job else UNITS[4][0]
    total = bill.subtotal + bill.tax
    body = {
        "summary": draw.pick(names.PROBLEM) if bill.lines else None,
        "items": bill.lines or None,
        "customFields": None,
        "active": True,
        "discountTotal": "0.00",
        **INVOICE_EMPTY,
        "paidOn": day(modified) if bill.balance == 0 and total else None,
        "invoiceConfiguration": "JobInvoice" if job else "MembershipInvoice",
        "id": bill.id,
        "syncStatus": "Posted" if total else "Pending",
        "referenceNumber": job.number if job else str(bill.id),
        "invoiceDate": day(billed),
        "dueDate": day(billed + 30 * DAY) if party.company else day(billed),
        "subTotal": money(bill.subtotal),
        "salesTax": money(bill.tax),
        "salesTaxCode": {"id": 18050, "name": "LA County", "taxRate": 0.0966},
        "taxZoneId": 77,
        "total": money(total),
        "balance": money(bill.balance),
        "customer": {"id": party.id, "name": party.name},
        "customerAddress": place,
        "location": {"id": where[0], "name": where[1]} if where else None,
        "locationAddress": _place(where[2]) if where else None,
        "businessUnit": {"id": unit, "name": UNIT_NAMES[unit]},
        "termName": "Net 30" if party.company else "Due Upon Receipt",
        "createdBy": CLERK["name"],
        "createdOn": stamp(created),
        "modifiedOn": stamp(modified),
        "adjustmentToId": bill.adjusts,
        "job": {"id": job.id, "number": job.number, "type": job.kind[1]} if job else None,
        "royalty": ROYALTY,
        "employeeInfo": CLERK,
        "sentStatus": "Sent" if total else "NotSent",
        "reviewStatus": "Reviewed" if total else "NeedsReview",
    }
    parent = job.id if job else 0
    return Row("invoices", bill.id, modified, created, True, parent, orjson.dumps(body))


def _place(address: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in address.items() if k not in ("latitude", "longitude")}
