"""People of a customer. The source lists one phone number or e-mail address a row, of whom only the
memo says: rows whose memos name the same person are that person's, and rows whose memo names
nobody, or somebody in the customer's own name, are the customer's own contact's.

A company's own contact is the person whom the first such memo names. Rows that are out of use
count as well, so that a person stays the same when a row is put out of use.
"""

from dataclasses import replace

from projects.conditions import Names, Namesake, Own, Same
from projects.presets.servicetitan.conditions import ACTIVE, COMPANY, NOT_MERGED, has
from projects.shapes import Condition, Part, When

CONTACTS = "customer-contacts"
MEMO = "memo"


def _one(name: str, type: str) -> Part:
    return Part(name, CONTACTS, "parent", where=(When("type", (type,)),), prefer=(ACTIVE,))


def _all(name: str, *types: str) -> Part:
    where = (When("type", types),)
    return Part(name, CONTACTS, "parent", where=where, order=("createdOn",), pick="all")


FIRSTS = (_one("phone", "Phone"), _one("mobile", "MobilePhone"), _one("email", "Email"))
"""The number or address of each kind that has a field of its own."""
LISTS = (_all("phones", "Phone", "MobilePhone", "Fax"), _all("emails", "Email"))

LISTED = Part("listed", CONTACTS, "parent")
"""Any row: without one a company has no contact."""
PERSON = Part("person", CONTACTS, "parent", where=(Names(MEMO),))
"""Of a company: the row that names its own contact."""


def own(parts: tuple[Part, ...], *names: str) -> tuple[Part, ...]:
    """What reaches the customer's own contact, whom the names at these paths hold."""
    return tuple(replace(part, fit=Own(MEMO, names)) for part in parts)


def theirs(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """What reaches the person whom the root names."""
    return tuple(replace(part, of="customer", fit=Namesake(MEMO, MEMO)) for part in parts)


FURTHER_KEY = "customer-contacts/{@id}"
FURTHER_PARTS = (
    Part("customer", "customers", "id", paths=("customerId",), where=(NOT_MERGED,)),
    Part("company", "customers", "id", paths=("customerId",), where=(COMPANY,)),
    replace(PERSON, of="company"),
    *theirs((Part("first", CONTACTS, "parent"),)),
)
FURTHER: tuple[Condition, ...] = (
    Names(MEMO),
    Names(MEMO, ("customer.name", "person.memo")),
    has("customer"),
    Same("first.@id", "@id"),
)
"""Of a row: it is the first that names a person who is not the customer's own contact."""
