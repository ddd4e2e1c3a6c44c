"""Creating, changing and deleting a record of version 2: the body is checked, then the rules."""

from typing import Any

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.customs import custom_values
from connectors.practice.pipedrive.entities import Entity, Member
from connectors.practice.pipedrive.errors import (
    Bad,
    forbidden,
    invalid,
    not_found,
    refused,
    unknown,
)  # fmt: skip
from connectors.practice.pipedrive.rules import RULES, no_rule
from connectors.practice.pipedrive.store import Record
from connectors.practice.pipedrive.values import instant


def members(company: Company, entity: Entity, creating: bool) -> dict[str, Member]:
    """What a body may hold now."""
    found = {key: m for key, m in entity.body.items() if creating or m.on == "both"}
    if creating and entity.name == "deals" and company.settings.deal_add_time:
        found["add_time"] = Member(instant)
    return found


def check_body(company: Company, entity: Entity, body: Any, creating: bool) -> Record:
    """The checked members of a body. Raises Refused, naming every wrong key."""
    if type(body) is not dict:
        raise invalid({"value": "must be an object"})
    known = members(company, entity, creating)
    kept: Record = {}
    wrong: dict[str, str] = {}
    for key, value in body.items():
        if key == "custom_fields" and entity.kind:
            kept[key], more = custom_values(company, entity.kind, value)
            wrong |= more
        elif key not in known:
            wrong[key] = unknown(key)
        elif value is not None or not known[key].null:
            try:
                kept[key] = known[key].check(company, value)
            except Bad as bad:
                wrong[key] = str(bad)
        else:
            kept[key] = None
    if creating:
        missing = (key for key, m in known.items() if m.required and key not in body)
        wrong |= dict.fromkeys(missing, "is required")
    if wrong:
        raise invalid(wrong)
    return kept


def merge_custom(old: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Custom values after a change; null clears one, an empty object clears all of them."""
    merged = old | sent if sent else {}
    return {code: value for code, value in merged.items() if value is not None}


def check_right(company: Company, entity: Entity) -> None:
    """Pipelines and stages are for administrators. Raises Refused."""
    if entity.setup and not company.settings.admin:
        raise forbidden()


def create(company: Company, entity: Entity, body: Any, user: int) -> Record:
    """A new record, owned by `user` where the body names nobody. Raises Refused."""
    check_right(company, entity)
    sent, now = check_body(company, entity, body, True), company.now()
    new: Record = {"id": 0, "add_time": now, "update_time": now, "is_deleted": False}
    if "owner_id" in entity.body:
        new["owner_id"] = user
    if "visible_to" in entity.body:
        new["visible_to"] = company.everybody()
    if entity.name in ("deals", "activities"):
        new["creator_user_id"] = user
    # `_dated`: the record keeps a time that its maker gave, so it counts in the checksum.
    new |= entity.born | sent | {"_dated": "add_time" in sent}
    if entity.kind:
        new["custom_fields"] = merge_custom({}, sent.get("custom_fields", {}))
    RULES.get(entity.name, no_rule)(company, None, new, sent)
    new["is_deleted"] = False
    company.store.insert(entity.name, new)
    return new


def find(company: Company, entity: Entity, id: str | int, deleted: bool = False) -> Record:
    """The record of that id, a deleted one only if it is asked for. Raises Refused."""
    number = int(id) if str(id).isdigit() and len(str(id)) < 18 else 0
    record = company.store.get(entity.name, number)
    if record is None or not company.sees(record) or (record["is_deleted"] and not deleted):
        raise not_found(entity.label)
    return record


def update(company: Company, entity: Entity, id: str | int, body: Any) -> Record:
    """The record with what the body changes. Raises Refused."""
    check_right(company, entity)
    old = find(company, entity, id)
    sent = check_body(company, entity, body, False)
    new = old | sent | {"update_time": company.now()}
    if "custom_fields" in sent:
        new["custom_fields"] = merge_custom(old["custom_fields"], sent["custom_fields"])
    RULES.get(entity.name, no_rule)(company, old, new, sent)
    company.store.save(entity.name, new)
    return new


def delete(company: Company, entity: Entity, id: str | int) -> Record:
    """Mark the record as deleted. Raises Refused."""
    check_right(company, entity)
    record = find(company, entity, id)
    if record.get("is_archived") and not company.settings.archived_delete:
        raise refused(400, "Archived deals cannot be deleted.")
    member = {"pipelines": "pipeline_id", "stages": "stage_id"}.get(entity.name)
    if member and company.store.where("deals", **{member: record["id"]}):
        raise refused(400, f"{entity.label} has deals and cannot be deleted.")
    record |= {"is_deleted": True, "update_time": company.now()}
    company.store.save(entity.name, record)
    return record
