"""A record as version 2 shows it: every custom key, null where unset, and what was asked for."""

from typing import Any

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.entities import Entity
from connectors.practice.pipedrive.store import Record

OWN = frozenset({"custom_fields", "_dated"})
COUNTED = {"notes": "notes", "files": "files", "people": "persons", "products": "dealProducts"}
LINKS = {"deals": "deal_id", "persons": "person_id", "organizations": "org_id"}


def show(
    company: Company, entity: Entity, record: Record, query: dict[str, Any] | None = None
) -> Record:
    """The members of an answer. `query` may hold `custom_fields`, `include_fields`,
    `include_option_labels` and `include_labels`."""
    query = query or {}
    hidden = OWN | entity.hidden
    shown = {key: value for key, value in record.items() if key not in hidden}
    if entity.name == "products":
        shown["prices"] = [{"product_id": record["id"]} | price for price in record["prices"]]
        category = record["category"]
        shown["category"] = None if category is None else str(category)
    if entity.kind:
        shown["custom_fields"] = _custom(company, entity, record, query)
    if query.get("include_labels"):
        field = company.fields.labels(entity.kind)
        found = (field.option(id) for id in record["label_ids"])
        shown["labels"] = [option.view() for option in found if option]
    for name in query.get("include_fields", ()):
        shown[name] = _included(company, entity, record, name)
    return shown


def _custom(company: Company, entity: Entity, record: Record, query: dict[str, Any]) -> Record:
    wanted = query.get("custom_fields")
    shown: Record = {}
    for field in company.fields.custom(entity.kind):
        if wanted is not None and field.code not in wanted:
            continue
        value = record["custom_fields"].get(field.code)
        if query.get("include_option_labels") and value is not None and field.options is not None:
            ids = value if isinstance(value, list) else [value]
            options = [{"id": o.id, "label": o.label} for o in map(field.option, ids) if o]
            value = options if isinstance(value, list) else options[0]
        shown[field.code] = value
    return shown


def _included(company: Company, entity: Entity, record: Record, name: str) -> Any:
    if name in record:
        return record[name]
    link = LINKS.get(entity.name)
    what, _, counts = name.rpartition("_")
    if not link or counts != "count":
        return None
    if what.endswith("activities"):
        found = company.store.where("activities", **{link: record["id"]})
        wanted = {"done_activities": (True,), "undone_activities": (False,)}.get(what)
        return sum(wanted is None or each["done"] in wanted for each in found)
    if what in COUNTED:
        return len(company.store.where(COUNTED[what], **{link: record["id"]}))
    if what in ("open_deals", "closed_deals"):
        deals = company.store.where("deals", **{link: record["id"]})
        return sum((deal["status"] == "open") == (what == "open_deals") for deal in deals)
    return 0
