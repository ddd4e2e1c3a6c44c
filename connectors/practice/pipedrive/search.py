"""Search: over all kinds of records, over one kind, and by one field.

It reads an index that lags: what was written in the last `search_delay` seconds of the practice
clock is not found yet. Texts of notes are not searched.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from connectors.practice.pipedrive.api import Call, Endpoint, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import invalid
from connectors.practice.pipedrive.moments import stamp
from connectors.practice.pipedrive.queries import (
    Parser,
    boolean,
    cursor,
    integer,
    listed,
    make_cursor,
    read,
    text,
    up_to,
    words,
)  # fmt: skip
from connectors.practice.pipedrive.store import Record

SEARCHED = ("address", "varchar", "text", "varchar_auto", "double", "monetary", "phone")
ENTITIES = {"deal": "deals", "person": "persons", "organization": "organizations"}
ENTITIES |= {"product": "products", "lead": "leads"}
FIELDS = {
    "deal": ("title", "notes", "custom_fields"),
    "person": ("name", "email", "phone", "notes", "custom_fields"),
    "organization": ("name", "address", "notes", "custom_fields"),
    "product": ("name", "code", "custom_fields"),
    "lead": ("title", "notes", "custom_fields"),
}
EVERY = ("address", "code", "custom_fields", "email", "name", "notes", "phone", "title",
         "description")  # fmt: skip
NARROWED = {"person_id": "person_id", "organization_id": "org_id", "status": "status"}
NARROWING: dict[str, tuple[str, ...]] = {
    "deal": ("person_id", "organization_id", "status"),
    "person": ("organization_id",),
    "lead": ("person_id", "organization_id"),
}
BASE: dict[str, Parser] = {"term": text(1), "exact_match": boolean, "cursor": cursor}


class Search:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module; they share the search window."""
        found = [
            Operation("v2", "GET", "/itemSearch", 20, self.items, True),
            Operation("v2", "GET", "/itemSearch/field", 20, self.by_field, True),
        ]
        for kind, entity in ENTITIES.items():
            found.append(Operation("v2", "GET", f"/{entity}/search", 20, self._of(kind), True))
        return found

    def _of(self, kind: str) -> Endpoint:
        known = BASE | {"fields": listed(*FIELDS[kind]), "limit": up_to(500)}
        known |= {"include_fields": str}
        for name in NARROWING.get(kind, ()):
            known[name] = words("open", "won", "lost") if name == "status" else integer

        async def search_records(call: Call) -> Reply:
            query = read(call.query, known, "term")
            return self._found(self._matches((kind,), query), query)

        return search_records

    async def items(self, call: Call) -> Reply:
        kinds = listed(*ENTITIES, "file", "mail_attachment", "project")
        known = BASE | {"item_types": kinds, "fields": listed(*EVERY), "limit": up_to(100)}
        known |= {"search_for_related_items": boolean, "include_fields": str}
        query = read(call.query, known, "term")
        wanted = query.get("item_types", ENTITIES)
        return self._found(self._matches([k for k in wanted if k in ENTITIES], query), query)

    def _found(self, found: Iterator[Record], query: dict[str, Any]) -> Reply:
        if len(query["term"]) < 2 and not query.get("exact_match"):
            raise invalid({"term": "length must be at least 2 characters long"})
        rows, place = self._page(found, query)
        items = [{"result_score": 1.0 / (n + 1), "item": row} for n, row in enumerate(rows)]
        return Reply({"items": items}, {"next_cursor": place})

    def _page(self, found: Iterator[Record], query: dict[str, Any]) -> tuple[list[Record], Any]:
        start = int((query.get("cursor") or {"id": 0})["id"])
        end = start + query.get("limit", 100)
        rows = [row for number, row in enumerate(found) if start <= number <= end]
        more = len(rows) > end - start
        return rows[: end - start], make_cursor("offset", end, "asc", end) if more else None

    def _candidates(self, kind: str, term: str) -> list[Record]:
        """Records that hold the term anywhere, whatever the case of ASCII letters."""
        delay = timedelta(seconds=self._company.settings.search_delay)
        indexed = stamp(self._company.world.clock.now() - delay)
        found = self._company.store.holding(ENTITIES[kind], term, indexed)
        return [record for record in found if self._company.sees(record)]

    def _matches(self, kinds: Any, query: dict[str, Any]) -> Iterator[Record]:
        term, exact = query["term"].lower(), query.get("exact_match", False)
        for kind in kinds:
            wanted = query.get("fields", FIELDS[kind])
            for record in self._candidates(kind, query["term"]):
                narrowed = all(
                    record[member] == query[name]
                    for name, member in NARROWED.items()
                    if name in query
                )
                texts = (t.lower() for name in wanted for t in self._texts(kind, record, name))
                if narrowed and any(t == term if exact else term in t for t in texts):
                    yield self._item(kind, record)

    def _texts(self, kind: str, record: Record, name: str) -> list[str]:
        if name == "custom_fields":
            fields = self._company.fields.custom("deal" if kind == "lead" else kind)
            values = [record["custom_fields"].get(f.code) for f in fields if f.type in SEARCHED]
            return [_plain(value) for value in values if value is not None]
        if name in ("email", "phone"):
            return [each["value"] for each in record.get(f"{name}s", ())]
        value = record.get(name)
        return [] if value is None else [_plain(value)]

    def _item(self, kind: str, record: Record) -> Record:
        store = self._company.store
        item: Record = {"id": record.get("uuid", record["id"]), "type": kind}
        item |= {name: record[name] for name in ("title", "name", "code") if name in record}
        item |= {"visible_to": record["visible_to"], "owner": {"id": record["owner_id"]}}
        item |= {"custom_fields": self._texts(kind, record, "custom_fields"), "notes": []}
        if kind in ("deal", "lead", "person"):
            org = store.get("organizations", record["org_id"] or 0)
            item["organization"] = {"id": org["id"], "name": org["name"]} if org else None
        if kind in ("deal", "lead"):
            person = store.get("persons", record["person_id"] or 0)
            item["person"] = {"id": person["id"], "name": person["name"]} if person else None
            item |= {"value": record["value"], "currency": record["currency"]}
            item["is_archived"] = record["is_archived"]
        if kind == "deal":
            stage = store.get("stages", record["stage_id"]) or {}
            item |= {"status": record["status"], "stage": {k: stage[k] for k in ("id", "name")}}
        if kind == "person":
            item |= {f"{n}s": self._texts(kind, record, n) for n in ("phone", "email")}
        if kind == "organization":
            item["address"] = (record["address"] or {}).get("value")
        return item

    async def by_field(self, call: Call) -> Reply:
        """`match` is exact, with the case; or beginning or middle, without."""
        known: dict[str, Parser] = {
            "term": text(1), "entity_type": words(*ENTITIES, "project"), "field": str,
            "match": words("exact", "beginning", "middle"), "limit": up_to(500), "cursor": cursor,
        }  # fmt: skip
        query = read(call.query, known, "term", "entity_type", "field")
        match, kind = query.get("match", "exact"), query["entity_type"]
        if match != "exact" and len(query["term"]) < 2:
            raise invalid({"term": "length must be at least 2 characters long"})
        field = self._company.fields.of.get(kind, {}).get(query["field"])
        if field is None or (field.custom and field.type not in SEARCHED):
            raise invalid({"field": "cannot be searched"})
        found = self._field_matches(kind, query["field"], query["term"], match)
        rows, place = self._page(found, query)
        return Reply(rows, {"next_cursor": place})

    def _field_matches(self, kind: str, code: str, term: str, match: str) -> Iterator[Record]:
        low = term.lower()
        for record in self._candidates(kind, term):
            value = record.get("custom_fields", {}).get(code, record.get(code))
            if value is None or isinstance(value, list):
                continue
            told = _plain(value)
            hit = {
                "exact": told == term,
                "beginning": told.lower().startswith(low),
                "middle": low in told.lower(),
            }
            if hit[match]:
                yield {"id": record["id"], code: value}


def _plain(value: Any) -> str:
    return str(value["value"] if isinstance(value, dict) else value)
