"""What the org does beyond field checks: uniqueness, duplicate rules, owners, derived fields."""

import re
from typing import Any

from connectors.practice.salesforce import activities
from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.objects import CLOSED, Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.territories import settle

NUMBERED = re.compile(r"([^{}]*)\{(0+)\}([^{}]*)")
NUMBERS = {"Case": "CaseNumber", "Order": "OrderNumber", "OrderItem": "OrderItemNumber"}
MATCHED = {"Account": "Name", "Contact": "Email"}


def derive(
    org: Org,
    object: Object,
    row: dict[str, Any],
    given: dict[str, Any],
    assign: bool,
    before: dict[str, Any] | None = None,
) -> None:
    """Fill in what a case gets by itself: its contact's account, its closing, its owner; what a
    task or an event does; and states and countries, where the org keeps them by code."""
    if org.features.state_picklists:
        settle(object.name, row, before or {})
    activities.settle(object, row, given, before or {}, org.now())
    if object.name != "Case":
        return
    has_account = "AccountId" in given or bool(before and before["AccountId"])
    if given.get("ContactId") and not has_account:
        contact = org.schema.named("Contact")
        row["AccountId"] = org.store.value(contact, given["ContactId"], "AccountId")
    if "Status" in row:
        closed = row["Status"] in CLOSED
        was = bool(before and before["IsClosed"])
        row["IsClosed"] = int(closed)
        row["ClosedDate"] = (before["ClosedDate"] if before and was else org.now()) * closed or None
    if assign and org.settings.assignment_rule:
        row["OwnerId"] = org.people.queue


def check_owner(org: Org, object: Object, owner: Any) -> None:
    """An inactive user can own nothing new, the queue nothing of a custom object."""
    if owner is not None and object.custom and not owner.startswith("005"):
        raise RowError("INVALID_OPERATION", "Queue not associated with this SObject type")
    if owner is None or not owner.startswith("005"):
        return
    if not org.store.value(org.schema.named("User"), owner, "IsActive"):
        raise RowError(
            "INACTIVE_OWNER_OR_USER",
            f"operation performed with inactive user [{owner}] as owner of {object.name.lower()}",
        )


def name(org: Org, object: Object, row: dict[str, Any]) -> None:
    """The number of a case and of an auto-numbered record; a custom record without a name is
    called by its id."""
    if number := NUMBERS.get(object.name):
        row[number] = f"{org.store.next_number(number) + 1000:08d}"
    elif object.custom and (auto := object.fields["name"].auto):
        start, zeros, end = NUMBERED.fullmatch(auto).groups()  # type: ignore[union-attr]
        row["Name"] = f"{start}{org.store.next_number(object.name):0{len(zeros)}d}{end}"
    elif object.custom:
        row.setdefault("Name", row["Id"][:15])


def owner_of(org: Org, object: Object, row: dict[str, Any]) -> Any:
    """Who owns the record; a detail has the owner of its master."""
    while "OwnerId" not in row and object.masters:
        master = object.masters[0]
        object = org.schema.named(master.references[0])
        row = org.store.get(object, row[master.name] or "") or {}
    return row.get("OwnerId")


def check_access(org: Org, object: Object, row: dict[str, Any], user: str) -> None:
    """Without Modify All Data the records of others are out of reach."""
    if not org.rights.modify_all and owner_of(org, object, row) != user:
        raise RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def check_masters(org: Org, object: Object, row: dict[str, Any], user: str) -> None:
    """A detail may be made only under a master that its maker may edit."""
    if org.rights.modify_all:
        return
    for master in object.masters:
        kind = org.schema.named(master.references[0])
        check_access(org, kind, org.store.get(kind, row[master.name]) or {}, user)


def check_assignment(org: Org, object: Object, row: dict[str, Any]) -> None:
    """A permission set is assigned to a user once."""
    if object.name != "PermissionSetAssignment":
        return
    (twins,) = org.store.db.execute(
        "SELECT MAX(Id) FROM PermissionSetAssignment WHERE IsDeleted = 0 AND AssigneeId = ?"
        " AND PermissionSetId = ?",
        (row["AssigneeId"], row["PermissionSetId"]),
    ).fetchone()
    if twins:
        raise RowError(
            "DUPLICATE_VALUE",
            f"duplicate value found: PermissionSetId duplicates value on record with id: {twins}",
        )


def check_unique(
    org: Org, object: Object, given: dict[str, Any], own: str | None, fresh: set[str]
) -> None:
    """No two live records share a unique value; a twin of the same chunk is not named."""
    for name, value in given.items():
        field = object.fields[name.lower()]
        username = object.name == "User" and name == "Username"
        if value is None or not (field.unique or username):
            continue
        other = [id for id in org.store.ids(object, name, value, 2) if id != own]
        if other and username:
            raise RowError("DUPLICATE_USERNAME", "Duplicate Username.", "Username")
        if other:
            hidden = other[0] in fresh
            shown, id = ("<unknown>", "<unknown>") if hidden else (name, other[0])
            raise RowError(
                "DUPLICATE_VALUE",
                f"duplicate value found: {shown} duplicates value on record with id: {id}",
            )


def check_duplicates(
    org: Org, object: Object, given: dict[str, Any], own: str | None, allowed: bool
) -> None:
    """The org's duplicate rules: accounts by name, contacts by e-mail."""
    name = MATCHED.get(object.name)
    settings = org.settings
    if not name or not settings.duplicate_rules or (allowed and not settings.duplicate_block):
        return
    value = given.get(name)
    if value is not None and any(id != own for id in org.store.ids(object, name, value, 2)):
        raise RowError("DUPLICATES_DETECTED", "Use one of these records?")
