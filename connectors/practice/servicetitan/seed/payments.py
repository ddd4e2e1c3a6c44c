"""Payments: what a customer paid on its invoices, to the cent what they no longer leave open."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import SECOND, parse, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.billing import CLERK, money
from connectors.practice.servicetitan.seed.draw import Draw, day, nulls

Invoice = dict[str, Any]
Parts = list[tuple[Invoice, int]]
KINDS = ((0.45, ("Credit Card", "165")), (0.35, ("Check", "164")), (0.15, ("ACH", "171")))
CASH = (1.0, ("Cash", "166"))
UNDEPOSITED = {
    "id": 231002,
    "name": "Undeposited Funds",
    "number": "1499",
    "type": "OtherCurrentAsset",
    "detailType": "UndepositedFunds",
}


def cents(text: str) -> int:
    """The vendor's text in cents."""
    return int(Decimal(text) * 100)


def payment_rows(draw: Draw, company: bool, invoices: list[Invoice]) -> Iterator[Row]:
    """Usually one payment an invoice; a deposit makes two, a company's cheque may settle up
    to three invoices, a credit is paid back."""
    held: Parts = []
    paid_by: dict[int, int] = {}
    for invoice in invoices:
        paid = cents(invoice["total"]) - cents(invoice["balance"])
        if paid > 0:
            if paid > 1000 and draw.chance(0.08):
                deposit = paid * 3 // 10
                paid -= deposit
                yield payment_row(draw, [(invoice, deposit)], paid_by)
            held.append((invoice, paid))
        if held and not (company and len(held) < 3 and draw.chance(0.2)):
            yield payment_row(draw, held, paid_by)
            held = []
        if paid < 0:
            yield payment_row(draw, [(invoice, paid)], paid_by)
        elif paid and draw.chance(0.01):
            yield payment_row(draw, [(invoice, paid)], {}, void=True)
    if held:
        yield payment_row(draw, held, paid_by)


def payment_row(draw: Draw, parts: Parts, paid_by: dict[int, int], void: bool = False) -> Row:
    """One payment. A voided one is inactive and applied to nothing; few leave a credit.
    `paid_by`: invoice → its last payment, which a refund names."""
    id, first = draw.id(), parts[0][0]
    at = max(parse(invoice["modifiedOn"]) for invoice, _ in parts) + draw.below(SECOND)
    applied = sum(cents for _, cents in parts)
    extra = 2500 if applied > 0 and not void and draw.chance(0.02) else 0
    kind, kind_id = draw.weighted((*KINDS, CASH))
    refund = first["adjustmentToId"]
    body = {
        "active": not void,
        "appliedTo": [] if void else [application(draw, *part, at) for part in parts],
        "authCode": f"{draw.below(10**6):06d}" if kind == "Credit Card" else None,
        **nulls("batch customFields deposit referenceNumber"),
        "businessUnit": first["businessUnit"],
        "checkNumber": str(10_000 + draw.below(9000)) if kind == "Check" else None,
        "createdBy": CLERK["name"],
        "createdOn": stamp(at),
        "customer": first["customer"],
        "date": day(at),
        "generalLedgerAccount": UNDEPOSITED,
        "id": id,
        "memo": "Credit paid back" if applied < 0 else "Entered twice" if void else None,
        "modifiedOn": stamp(at),
        "refundedPaymentId": paid_by.get(refund) if refund else None,
        "syncStatus": draw.pick(("Posted", "Posted", "Exported", "Pending")),
        "total": money(applied + extra),
        "type": kind,
        "typeId": kind_id,
        "unappliedAmount": money(applied if void else extra),
    }
    paid_by.update((invoice["id"], id) for invoice, _ in parts)
    return Row("payments", id, at, at, not void, first["customer"]["id"], orjson.dumps(body))


def application(draw: Draw, invoice: Invoice, amount: int, at: int) -> dict[str, Any]:
    """How much of a payment goes to one invoice."""
    return {
        "appliedAmount": money(amount),
        "appliedBy": CLERK["name"],
        "appliedId": draw.id(),
        "appliedOn": stamp(at),
        "appliedTo": invoice["id"],
        "appliedToReferenceNumber": invoice["referenceNumber"],
    }
