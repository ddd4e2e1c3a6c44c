"""What the org does beyond field checks: uniqueness, duplicate rules, owners, derived fields."""

from typing import Any

from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.objects import CLOSED, Object
from connectors.practice.salesforce.org import Org

MATCHED = {"Account": "Name", "Contact": "Email"}


def derive(
    org: Org,
    object: Object,
    row: dict[str, Any],
    given: dict[str, Any],
    assign: bool,
    before: dict[str, Any] | None = None,
) -> None:
    """Fill in what a case gets by itself: its contact's account, its closing, its owner."""
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
    """An inactive user can own nothing new."""
    if owner is None or not owner.startswith("005"):
        return
    if not org.store.value(org.schema.named("User"), owner, "IsActive"):
        raise RowError(
            "INACTIVE_OWNER_OR_USER",
            f"operation performed with inactive user [{owner}] as owner of {object.name.lower()}",
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
