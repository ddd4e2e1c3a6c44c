"""Products on deals, in version 2: their sums make up the deal's value; and the deals that a
product is on, in version 1."""

from typing import Any

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.bodies import check_members
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.compound import nullable
from connectors.practice.pipedrive.entities import BILLING, DATE, DEALS, PRODUCTS
from connectors.practice.pipedrive.errors import invalid, not_found
from connectors.practice.pipedrive.moments import old_stamp
from connectors.practice.pipedrive.old import page_parameters
from connectors.practice.pipedrive.queries import (
    PAGE,
    Parser,
    at_most,
    integer,
    make_cursor,
    read,
    read_old,
    words,
)  # fmt: skip
from connectors.practice.pipedrive.store import Record
from connectors.practice.pipedrive.values import Check, flag, number, ref, text, whole, word
from connectors.practice.pipedrive.writer import find

CHECKS: dict[str, Check] = {
    "product_id": ref("products", "Product"),
    "item_price": number(),
    "quantity": number(0),
    "tax": number(0),
    "comments": text(65_535),
    "discount": number(0),
    "is_enabled": flag,
    "tax_method": word("exclusive", "inclusive", "none"),
    "discount_type": word("percentage", "amount"),
    "product_variation_id": nullable(whole(1)),
    "billing_frequency": BILLING,
    "billing_frequency_cycles": nullable(whole(1, 208)),
    "billing_start_date": nullable(DATE),
}
REQUIRED = ("product_id", "item_price", "quantity")
MOST = 100
BORN: Record = {
    "tax": 0, "comments": "", "discount": 0, "is_enabled": True, "tax_method": "exclusive",
    "discount_type": "percentage", "product_variation_id": None, "billing_frequency": "one-time",
    "billing_frequency_cycles": None, "billing_start_date": None, "is_deleted": False,
}  # fmt: skip
LIST = PAGE | {"sort_by": words("id"), "sort_direction": words("asc")}


class Sold:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company, self._store = company, company.store

    def operations(self) -> list[Operation]:
        """All of this module."""
        path = "/deals/{id}/products"
        return [
            Operation("v2", "GET", "/deals/products", 10, self.of_deals),
            Operation("v2", "GET", path, 10, self.list),
            Operation("v2", "POST", path, 5, self.create),
            Operation("v2", "POST", f"{path}/bulk", 25, self.create_many),
            Operation("v2", "DELETE", path, 15, self.delete_many),
            Operation("v2", "PATCH", f"{path}/{{attachment}}", 5, self.update),
            Operation("v2", "DELETE", f"{path}/{{attachment}}", 3, self.delete),
            Operation("v1", "GET", "/products/{id}/deals", 20, self.deals),
        ]

    def _deal(self, call: Call) -> Record:
        return find(self._company, DEALS, call.path["id"])

    async def list(self, call: Call) -> Reply:
        return self._page([self._deal(call)["id"]], read(call.query, LIST))

    async def of_deals(self, call: Call) -> Reply:
        known: dict[str, Parser] = LIST | {"deal_ids": at_most(MOST, integer)}
        query = read(call.query, known, "deal_ids")
        return self._page(query["deal_ids"], query)

    def _page(self, deals: Any, query: dict[str, Any]) -> Reply:
        after, limit = (query.get("cursor") or {"id": 0})["id"], query.get("limit", 100)
        rows = [row for id in deals for row in self._store.where("dealProducts", deal_id=id)]
        rows = sorted((row for row in rows if row["id"] > after), key=lambda row: int(row["id"]))
        last = rows[limit - 1]["id"] if len(rows) > limit else 0
        place = make_cursor("id", last, "asc", last) if last else None
        return Reply([show(row) for row in rows[:limit]], {"next_cursor": place})

    async def create(self, call: Call) -> Reply:
        deal, sent = self._deal(call), self._checked(await call.json(), *REQUIRED)
        with self._store.transaction():
            row = self._add(deal, sent)
            self._revalue(deal)
        return Reply(show(row), status=201)

    async def create_many(self, call: Call) -> Reply:
        deal, body = self._deal(call), await call.json()
        rows = body.get("data") if type(body) is dict and set(body) == {"data"} else None
        if type(rows) is not list or not 1 <= len(rows) <= MOST:
            raise invalid({"data": f"must be an array of 1 to {MOST} items"})
        sent = [self._checked(one, *REQUIRED) for one in rows]
        with self._store.transaction():
            made = [self._add(deal, one) for one in sent]
            self._revalue(deal)
        return Reply([show(row) for row in made], status=201)

    async def update(self, call: Call) -> Reply:
        deal, row = self._deal(call), self._row(call)
        row |= self._checked(await call.json()) | {"update_time": self._company.now()}
        return self._save(deal, row)

    async def delete(self, call: Call) -> Reply:
        deal, row = self._deal(call), self._row(call)
        self._save(deal, row | {"is_deleted": True})
        return Reply({"id": row["id"]})

    async def delete_many(self, call: Call) -> Reply:
        deal, query = self._deal(call), read(call.query, {"ids": at_most(MOST, integer)})
        rows = self._store.where("dealProducts", deal_id=deal["id"])
        doomed = [row for row in rows if row["id"] in query.get("ids", [r["id"] for r in rows])]
        for row in doomed[:MOST]:
            self._save(deal, row | {"is_deleted": True})
        more = len(doomed) > MOST
        ids = [row["id"] for row in doomed[:MOST]]
        return Reply({"ids": ids}, {"more_items_in_collection": more})

    async def deals(self, call: Call) -> Reply:
        """The deals that a product is on, as version 1 lists them: with less of each."""
        product = find(self._company, PRODUCTS, call.path["id"])
        query = read_old(call.query, page_parameters(500))
        rows = self._store.where("dealProducts", product_id=product["id"])
        ids = sorted({row["deal_id"] for row in rows})
        found = [deal for id in ids if (deal := self._store.get("deals", id))]
        shown = [_old(deal) for deal in found if not deal["is_deleted"]]
        start, limit = query.get("start", 0), query.get("limit", 100)
        place = {"start": start, "limit": limit}
        place["more_items_in_collection"] = len(shown) > start + limit
        return Reply(shown[start : start + limit], {"pagination": place})

    def _row(self, call: Call) -> Record:
        id = call.path["attachment"]
        row = self._store.get("dealProducts", int(id)) if id.isdigit() else None
        if row is None or row["is_deleted"] or str(row["deal_id"]) != call.path["id"]:
            raise not_found("Deal product")
        return row

    def _checked(self, body: Any, *required: str) -> Record:
        return check_members(self._company, body, CHECKS, *required)

    def _add(self, deal: Record, sent: Record) -> Record:
        now = self._company.now()
        row = BORN | {"deal_id": deal["id"], "currency": deal["currency"], **sent}
        row |= {"add_time": now, "update_time": now}
        product = self._store.get("products", row["product_id"]) or {}
        row["name"] = product["name"]
        row["order_nr"] = len(self._store.where("dealProducts", deal_id=deal["id"])) + 1
        self._store.insert("dealProducts", row)
        return row

    def _save(self, deal: Record, row: Record) -> Reply:
        with self._store.transaction():
            self._store.save("dealProducts", row)
            self._revalue(deal)
        return Reply(show(row))

    def _revalue(self, deal: Record) -> None:
        rows = self._store.where("dealProducts", deal_id=deal["id"])
        value = round(sum(total(row) for row in rows if row["is_enabled"]), 2)
        self._store.save("deals", deal | {"value": value, "update_time": self._company.now()})


def _old(deal: Record) -> Record:
    """What version 1 shows of a deal, of which people read the most."""
    same = ("id", "title", "value", "currency", "status", "stage_id", "pipeline_id", "is_archived")
    times = {name: old_stamp(deal[name]) for name in ("add_time", "update_time")}
    return {name: deal[name] for name in same} | times | {"active": True, "deleted": False}


def total(row: Record) -> float:
    """What a row costs, after its discount."""
    full = row["item_price"] * row["quantity"]
    off = full * row["discount"] / 100 if row["discount_type"] == "percentage" else row["discount"]
    return float(round(full - off, 2))


def show(row: Record) -> Record:
    """A row as version 2 shows it."""
    return {name: value for name, value in row.items() if name != "is_deleted"} | {
        "sum": total(row)
    }
