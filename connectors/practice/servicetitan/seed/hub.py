"""The contacts hub: people by themselves, each with its ties to customers; some manage the
property of a company besides. A second model of the same people, with ids of its own.

A stored id is a number; `guid` is how the vendor shows it.
"""

from collections.abc import Iterator

import orjson

from connectors.practice.servicetitan.moments import SECOND, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.office import USERS
from connectors.practice.servicetitan.seed.people import Party

SHARED = 5
"""Every n-th household, by its id, has a tie to a company too."""


def guid(id: int) -> str:
    return f"00000000-0000-4000-8000-{id:012d}"


def number(text: str) -> int | None:
    """The stored id of a guid; None where it is none of ours."""
    head, _, last = text.rpartition("-")
    return int(last) if f"{head}-" == guid(0)[:-12] and last.isdecimal() else None


def hub_rows(party: Party, firm: int | None) -> Iterator[Row]:
    """The customer's person, and what it is tied to: `firm` is a company it may manage."""
    shared = firm if not party.company and party.id % SHARED == 0 else None
    yield from person_rows(
        party.id, party.person, party, (party.id, shared) if shared else (party.id,)
    )


def person_rows(id: int, name: str, party: Party, ties: tuple[int, ...]) -> Iterator[Row]:
    """Somebody of that customer and what it is tied to; who has a further tie is a manager."""
    at = party.created + 5 * SECOND
    made = {"createdOn": stamp(at), "createdBy": USERS[0]}
    changed = {"modifiedOn": stamp(at), "modifiedBy": USERS[0]}
    body = {
        "id": guid(id),
        "referenceId": None,
        "name": name,
        "title": "Property manager" if len(ties) > 1 else None,
        "isArchived": party.fate == "inactive",
        **made,
        **changed,
    }
    yield Row("contacts", id, at, at, True, 0, orjson.dumps(body))
    for n, customer in enumerate(ties):
        tie = {"id": guid(id * 10 + n), "relatedEntityId": customer}
        tie |= {"typeName": "Customer", "typeSlug": "customer", **made}
        yield Row("contact-relationships", id * 10 + n, at, at, True, id, orjson.dumps(tie))
