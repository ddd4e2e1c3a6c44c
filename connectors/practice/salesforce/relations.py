"""Contacts of several accounts: the relation of a contact to its own account, which the org makes
and moves by itself, and further ones, which people make.

Source: Object Reference, "AccountContactRelation"; Salesforce Help, "Contacts to Multiple
Accounts".
"""

from typing import TYPE_CHECKING, Any

from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.fields import Choice, Field, field, lookup, truth

if TYPE_CHECKING:
    from connectors.practice.salesforce.objects import Object
    from connectors.practice.salesforce.org import Org

NAME = "AccountContactRelation"
ROLES = ("Business User", "Decision Maker", "Economic Buyer", "Influencer", "Other")
FIELDS: tuple[Field, ...] = (
    lookup("AccountId", "Account ID", "Account", "C", NAME + "s", "cascade"),
    lookup("ContactId", "Contact ID", "Contact", "C", NAME + "s", "cascade"),
    field("Roles", "Roles", "multipicklist", 4099, "CUN", choices=tuple(map(Choice, ROLES))),
    truth("IsActive", "Active", "CUD", default=True),
    truth("IsDirect", "Direct"),
    field("StartDate", "Start Date", "date", 0, "CUN"),
    field("EndDate", "End Date", "date", 0, "CUN"),
)
TABLE = (
    NAME, "Account Contact Relationship", "Account Contact Relationships", "07k", "CUD", False,
    FIELDS,
)  # fmt: skip


def check_new(org: "Org", object: "Object", row: dict[str, Any]) -> None:
    """A contact has one relation to an account, and none before it has an account of its own."""
    if object.name != NAME:
        return
    contact = org.schema.named("Contact")
    if not org.store.value(contact, row["ContactId"], "AccountId"):
        raise RowError(
            "FIELD_INTEGRITY_EXCEPTION",
            "You can't relate a private contact to an account. Give the contact an account first.",
            "ContactId",
        )
    if _between(org, row["ContactId"], row["AccountId"]):
        raise RowError(
            "DUPLICATE_VALUE", "This contact already has a relationship with this account."
        )


def check_gone(object: "Object", row: dict[str, Any]) -> None:
    """The relation of a contact to its own account goes only with either of them."""
    if object.name == NAME and row["IsDirect"]:
        raise RowError(
            "DELETE_FAILED",
            "You can't delete the relationship between a contact and its primary account.",
        )


def follow(org: "Org", object: "Object", id: str, user: str) -> None:
    """Keep a contact's direct relation with the account it has now: made, moved, or removed."""
    if object.name != "Contact" or not org.features.shared_contacts:
        return
    kind, account = org.schema.named(NAME), org.store.value(object, id, "AccountId")
    mine = org.store.ids(kind, "ContactId", id)
    direct = next((r for r in mine if org.store.value(kind, r, "IsDirect")), None)
    if direct and org.store.value(kind, direct, "AccountId") == account:
        return
    now, other = org.now(), _between(org, id, account)
    stamp = {"LastModifiedDate": now, "LastModifiedById": user, "SystemModstamp": now}
    if direct and (other or not account):
        org.store.update(kind, direct, {"IsDeleted": 1} | stamp)
        org.store.total -= 1
    if other:
        org.store.update(kind, other, {"IsDirect": 1} | stamp)
    elif account and direct:
        org.store.update(kind, direct, {"AccountId": account} | stamp)
    elif account:
        row = {"Id": org.store.next_id(kind.prefix), "IsDeleted": 0, "CreatedDate": now}
        row |= {"CreatedById": user, "AccountId": account, "ContactId": id}
        org.store.insert(kind, row | {"IsActive": 1, "IsDirect": 1} | stamp)


def _between(org: "Org", contact: str, account: str | None) -> str | None:
    kind = org.schema.named(NAME)
    mine = org.store.ids(kind, "ContactId", contact)
    return next((r for r in mine if org.store.value(kind, r, "AccountId") == account), None)
