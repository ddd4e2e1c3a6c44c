"""Customers with their contacts and locations."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

import orjson

from connectors.practice.servicetitan.moments import DAY, SECOND, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed import names
from connectors.practice.servicetitan.seed.draw import OPENED, TODAY, Draw
from connectors.practice.servicetitan.seed.office import TAGS, USERS

Address = dict[str, Any]
IMPORTED = OPENED + 40 * DAY + 3 * SECOND + 1_273_309  # one bulk import: many rows, one time


@dataclass(slots=True)
class Party:
    """A customer while it is being drawn. `fate`: active, inactive or merged."""

    id: int
    name: str
    person: str
    company: bool
    fate: str
    address: Address
    phone: str
    email: str
    created: int
    modified: int
    merged_to: int | None = None
    balance: int = 0  # cents; what its invoices leave open
    locations: list[tuple[int, str, Address]] = field(default_factory=list)


def fate_of(draw: Draw) -> str:
    """5 % are inactive and 2 % merged into another customer."""
    return draw.weighted(((0.05, "inactive"), (0.02, "merged"), (1, "active")))


def address(draw: Draw) -> Address:
    """Free text as offices type it, a few parts missing."""
    city, state, zip, latitude, longitude = draw.pick(names.TOWN)
    known = draw.chance(0.9)
    return {
        "street": f"{100 + draw.below(9800)} {draw.pick(names.STREET)}",
        "unit": f"Ste {1 + draw.below(400)}" if draw.chance(0.12) else None,
        "city": city,
        "state": None if draw.chance(0.01) else state,
        "zip": None if draw.chance(0.01) else zip,
        "country": draw.weighted(((0.85, "USA"), (0.1, "United States"), (1, None))),
        "latitude": latitude + draw.below(900) / 1e4 if known else None,
        "longitude": longitude - draw.below(900) / 1e4 if known else None,
    }


def phone(draw: Draw) -> str:
    """Never normalised."""
    digits = f"818555{draw.below(10000):04d}"
    area, rest = digits[:3], digits[6:]
    forms = (digits, f"({area}) 555-{rest}", f"+1{digits}", f"{area}.555.{rest}", digits)
    return draw.pick(forms)


def person_name(draw: Draw, first: str, last: str) -> str:
    """The one name field, as different dispatchers fill it."""
    forms = ((0.6, f"{last}, {first}"), (0.3, f"{first} {last}"))
    return draw.weighted((*forms, (1, f"{first} & {draw.pick(names.FIRST)} {last}")))


def party(draw: Draw, company: bool, fate: str, earlier: list[Party]) -> Party:
    """A new customer; some are an earlier one typed in again."""
    created = IMPORTED if draw.chance(0.08) else draw.between(OPENED, TODAY - 10 * DAY)
    modified = created if draw.chance(0.3) else draw.between(created, TODAY)
    first, last = draw.pick(names.FIRST), draw.pick(names.LAST)
    name = person_name(draw, first, last)
    if company:
        form = draw.pick(names.FORM)
        name = f"{draw.pick(names.PLACE)} {draw.pick(names.TRADE)} {form}".rstrip()
    mail = f"{first}.{last}@{draw.pick(names.MAIL)}".replace("'", "")
    new = Party(
        draw.id(), name, f"{first} {last}", company, fate, address(draw), phone(draw),
        normalize("NFKD", mail).encode("ascii", "ignore").decode(), created, modified,
    )  # fmt: skip
    if earlier and (fate == "merged" or draw.chance(0.02)):
        twin(draw, new, draw.pick(earlier))
    return new


def twin(draw: Draw, new: Party, old: Party) -> None:
    """Make the new one the same customer as the old one, written a little differently."""
    new.company, new.person, new.address = old.company, old.person, old.address
    new.phone, new.email = old.phone, old.email if draw.chance(0.7) else new.email
    if old.company:
        new.name = old.name.replace("Group", "Grp").replace(" LLC", "").replace("Inc.", "Inc")
    else:
        new.name = old.person if "," in old.name else ", ".join(old.person.split(" ", 1)[::-1])
    if new.fate == "merged":
        new.merged_to = old.id


def customer_row(draw: Draw, party: Party) -> Row:
    """The customer; some companies are typed Residential, a few have no type at all."""
    kind: str | None = "Commercial" if party.company else "Residential"
    if party.company and draw.chance(0.06):
        kind = "Residential"
    elif draw.chance(0.004):
        kind = None
    fields = [{"typeId": 9021, "name": "Gate Code", "value": f"#{draw.below(10000):04d}"}]
    fields.append({"typeId": 9028, "name": "Lead Source", "value": draw.pick((None, "Yelp"))})
    body = {
        "id": party.id,
        "active": party.fate == "active",
        "name": party.name,
        "type": kind,
        "address": party.address,
        "customFields": fields[: draw.below(3)] if draw.chance(0.2) else [],
        "balance": party.balance / 100,
        "taxExempt": draw.chance(0.03),
        "tagTypeIds": tags(draw, 0.15),
        "doNotMail": draw.chance(0.05),
        "doNotService": draw.chance(0.01),
        "nationalAccount": False,
        "createdOn": stamp(party.created),
        "createdById": draw.pick(USERS),
        "modifiedOn": stamp(party.modified),
        "mergedToId": party.merged_to,
        "paymentTermId": 118 if party.company else None,
        "creditLimit": 5000.0 if draw.chance(0.02) else None,
        "creditLimitBalance": None,
        "externalData": None if draw.chance(0.9) else [],
    }
    active = party.fate == "active"
    return Row("customers", party.id, party.modified, party.created, active, 0, orjson.dumps(body))


def tags(draw: Draw, share: float) -> list[int]:
    """Some have one tag, few two."""
    if not draw.chance(share):
        return []
    return sorted({draw.pick(TAGS)[0] for _ in range(1 + draw.below(2))})


def contact_rows(draw: Draw, party: Party) -> Iterator[Row]:
    """One row per phone and e-mail; only the memo may tell whose it is."""
    wanted = [("Phone" if party.company else "MobilePhone", party.phone)]
    if draw.chance(0.75):
        wanted.append(("Email", party.email))
    if draw.chance(0.25 if not party.company else 0.6):
        wanted.append(("Phone", phone(draw)))
    if party.company and draw.chance(0.4):
        wanted.append(("Email", f"AP@{party.name.split()[0].lower()}.example"))
    if draw.chance(0.02):
        wanted.append(("Email", f"{party.email}; billing@example.com"))
    if draw.chance(0.01):
        wanted.append(("Email", "none given"))
    if party.company and draw.chance(0.1):
        wanted.append(("Fax", phone(draw)))
    for kind, value in wanted:
        yield contact_row(draw, party, kind, value)


def contact_row(draw: Draw, party: Party, kind: str, value: str) -> Row:
    """One phone number or e-mail address."""
    memos = (None, party.person, draw.pick(names.ROLE), f"{draw.pick(names.ROLE)} - {party.person}")
    id, email = draw.id(), kind == "Email"
    active = not draw.chance(0.03)
    created = party.created + 1_094_010
    modified = created if draw.chance(0.7) else draw.between(created, TODAY)
    body = {
        "modifiedOn": stamp(modified),
        "phoneSettings": None if email else {"phoneNumber": value, "doNotText": draw.chance(0.1)},
        "createdOn": stamp(created),
        "preferences": {
            "jobRemindersEnabled": True,
            "marketingUpdatesEnabled": draw.chance(0.5),
            "invoiceStatementNotification": email,
        },
        "id": id,
        "type": kind,
        "value": value,
        "memo": draw.pick(memos),
        "customerId": party.id,
        "active": active,
    }
    return Row("customer-contacts", id, modified, created, active, party.id, orjson.dumps(body))


def location_rows(draw: Draw, party: Party) -> Iterator[Row]:
    """One location copies the customer's address; companies may have up to 40."""
    several = draw.weighted(((0.82, 1), (0.1, 2), (0.05, 3), (1, 4 + draw.below(3))))
    if party.company and draw.chance(0.02):
        several = 10 + draw.below(31)
    for number in range(several):
        place = party.address if number == 0 else address(draw)
        name = party.name if number == 0 else f"{party.name} - {place['street']}"
        id = draw.id()
        party.locations.append((id, name, place))
        active = party.fate == "active" and not (number and draw.chance(0.04))
        created = party.created + 936_382 + number
        modified = created if draw.chance(0.5) else draw.between(created, TODAY)
        body = {
            "taxZoneId": 77,
            "id": id,
            "customerId": party.id,
            "active": active,
            "name": name,
            "address": place,
            "customFields": [],
            "createdOn": stamp(created),
            "createdById": draw.pick(USERS),
            "modifiedOn": stamp(modified),
            "mergedToId": None,
            "zoneId": 515 if draw.chance(0.8) else None,
            "taxExempt": False,
            "tagTypeIds": tags(draw, 0.05),
            "externalData": None,
        }
        yield Row("locations", id, modified, created, active, party.id, orjson.dumps(body))
