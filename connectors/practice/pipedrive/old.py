"""What the records of version 1 share: parents in a body, pages by offset, finding one."""

from collections.abc import Callable
from typing import Any

from connectors.practice.pipedrive.api import Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import not_found, refused
from connectors.practice.pipedrive.queries import Parser, integer, up_to
from connectors.practice.pipedrive.store import Record, member

PARENTS = {
    "deal_id": ("deals", "Deal"),
    "person_id": ("persons", "Person"),
    "org_id": ("organizations", "Organization"),
    "product_id": ("products", "Product"),
    "activity_id": ("activities", "Activity"),
    "lead_id": ("leads", "Lead"),
}
NOBODY = ("project_id", "task_id")
TITLES = {"deal_id": "title", "lead_id": "title", "activity_id": "subject"}


def old_number(value: Any, key: str) -> int:
    """A whole number, as number or as digits. Raises Refused."""
    if type(value) is str and value.isdigit() and len(value) < 18:
        return int(value)
    if type(value) is not int or value < 0:
        raise refused(400, f"{key} must be a number")
    return value


def old_flag(value: Any, key: str) -> bool:
    """0 or 1. Raises Refused."""
    if type(value) is bool or value not in (0, 1, "0", "1"):
        raise refused(400, f"{key} must be 0 or 1")
    return bool(int(value))


def parents(company: Company, body: dict[str, Any], *names: str) -> dict[str, Any]:
    """The ids of the parents that a body names, each of a live record. Raises Refused."""
    found: dict[str, Any] = {}
    for name in names:
        value = body.get(name)
        if value in (None, ""):
            found |= {name: None} if name in body else {}
            continue
        if name in NOBODY:
            raise refused(400, f"{name} was not found")
        label = PARENTS[name][1]
        found[name] = value if name == "lead_id" else old_number(value, name)
        record = parent(company, name, found[name])
        if record is None or record["is_deleted"] or not company.sees(record):
            raise not_found(label)
    return found


def parent(company: Company, name: str, id: Any) -> Record | None:
    """The record behind a parent's id, deleted or not."""
    if name == "lead_id":
        return next(iter(company.store.where("leads", uuid=id)), None)
    return company.store.get(PARENTS[name][0], id)


def title(company: Company, name: str, id: Any) -> str | None:
    """What a parent is called."""
    record = parent(company, name, id) if id is not None and name in PARENTS else None
    return str(record[TITLES.get(name, "name")]) if record else None


def find_old(company: Company, entity: str, label: str, id: str) -> Record:
    """The record of that id, a deleted one too if the company shows them. Raises Refused."""
    record = company.store.get(entity, int(id)) if id.isdigit() and len(id) < 18 else None
    if record is None or (record["is_deleted"] and not company.settings.deleted_get):
        raise not_found(label)
    return record


def page_parameters(most: int) -> dict[str, Parser]:
    """How a list of version 1 is asked for a page."""
    return {"start": integer, "limit": up_to(most)}


def old_page(
    company: Company,
    entity: str,
    query: dict[str, Any],
    show: Callable[[Record], Record],
    conditions: dict[str, Any],
    since: str | None = None,
    nested: bool = True,
) -> Reply:
    """One page by offset. The place is in `pagination`, or without `nested` beside it."""
    where = ["gone = 0", *(f"{member(name)} = ?" for name in conditions)]
    values = [*conditions.values()]
    if since:
        where.append("update_time >= ?")
        values.append(since)
    start, limit = query.get("start", 0), query.get("limit", 100)
    end = f"ORDER BY id LIMIT {limit + 1} OFFSET {start}"
    found = company.store.select(entity, " AND ".join(where), tuple(values), end)
    more = len(found) > limit
    place: dict[str, Any] = {"start": start, "limit": limit, "more_items_in_collection": more}
    if nested and more:
        place["next_start"] = start + limit
    return Reply([show(r) for r in found[:limit]], {"pagination": place} if nested else place)
