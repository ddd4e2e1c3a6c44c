"""Notes on customers, locations and jobs, and the contacts of locations."""

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import HOUR, MINUTE, SECOND, parse, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed import names
from connectors.practice.servicetitan.seed.draw import TODAY, Draw
from connectors.practice.servicetitan.seed.office import USERS
from connectors.practice.servicetitan.seed.people import Party, phone

# One red point: what an office pastes from its clipboard ends up inside the text.
IMAGE = (
    '<img alt="" src="data:image/png;base64,'
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
    '">'
)


def text(draw: Draw) -> str:
    """Plain text or HTML as the editor leaves it; one in fifty holds a picture."""
    words = draw.pick((*names.NOTE, *names.SAID))
    if draw.chance(0.02):
        return f"<p>{words}</p>{IMAGE}"
    if draw.chance(0.4):
        return f"<div>{words.replace('&', '&amp;')}<br><b>{draw.pick(names.NOTE)}</b></div>"
    return words


def note(draw: Draw, start: int, author: int) -> tuple[dict[str, Any], int, int]:
    """What all notes have, and its two times."""
    created = draw.between(start, TODAY - HOUR)
    modified = created if draw.chance(0.9) else draw.between(created, TODAY)
    body = {
        "text": text(draw),
        "isPinned": draw.chance(0.08),
        "createdById": author,
        "createdOn": stamp(created),
        "modifiedOn": stamp(modified),
    }
    return body, created, modified


def job_note_rows(draw: Draw, job: dict[str, Any]) -> Iterator[Row]:
    """None to three; few were deleted again."""
    start = parse(job["createdOn"])
    for number in range(draw.weighted(((0.45, 0), (0.3, 1), (0.15, 2), (1, 3)))):
        id, active = draw.id(), not draw.chance(0.02)
        body, created, modified = note(draw, start, author(draw, job))
        if number == 0:  # most are written in the hour of the booking
            created = modified = start + draw.below(HOUR) + MINUTE
            body["createdOn"] = body["modifiedOn"] = stamp(created)
        body = {"id": id, "active": active, **body, "jobId": job["id"]}
        yield Row("job-notes", id, modified, created, active, job["id"], orjson.dumps(body))


def author(draw: Draw, job: dict[str, Any]) -> int:
    """A user of the office, or the technician who sold the job: by the user's id."""
    seller = job["soldById"]
    return seller - 1 if seller and draw.chance(0.4) else draw.pick(USERS)


def party_rows(draw: Draw, party: Party, contacts: list[dict[str, Any]]) -> Iterator[Row]:
    """The customer's notes, and those and the contacts of its locations."""
    for _ in range(draw.weighted(((0.65, 0), (0.25, 1), (0.07, 2), (1, 4)))):
        yield parent_note(draw, "customer-notes", party.id, party.created)
    for number, (id, _, _) in enumerate(party.locations):
        if draw.chance(0.15):
            yield parent_note(draw, "location-notes", id, party.created)
        if number == 0 and draw.chance(0.7):
            for contact in contacts:
                yield copied(draw, contact, id)
        elif number and draw.chance(0.5):
            yield own(draw, party, id)


def parent_note(draw: Draw, object: str, parent: int, start: int) -> Row:
    """A note that does not name what it is on: its list does."""
    id = draw.id()
    body, created, modified = note(draw, start, draw.pick(USERS))
    return Row(object, id, modified, created, True, parent, orjson.dumps({"id": id, **body}))


def copied(draw: Draw, contact: dict[str, Any], location: int) -> Row:
    """The same number or address once more, under another id."""
    body = {k: v for k, v in contact.items() if k != "customerId"}
    return contact_row(body | {"id": draw.id(), "locationId": location})


def own(draw: Draw, party: Party, location: int) -> Row:
    """Somebody who is only reached there."""
    value, at = phone(draw), stamp(party.created + 3 * SECOND)
    body = {
        "modifiedOn": at,
        "phoneSettings": {"phoneNumber": value, "doNotText": False},
        "createdOn": at,
        "preferences": None,
        "id": draw.id(),
        "type": "Phone",
        "value": value,
        "memo": draw.pick(names.ROLE),
        "locationId": location,
        "active": not draw.chance(0.03),
    }
    return contact_row(body)


def contact_row(body: dict[str, Any]) -> Row:
    """The stored form of a contact of a location."""
    modified, created = parse(body["modifiedOn"]), parse(body["createdOn"])
    return Row(
        "location-contacts", body["id"], modified, created, body["active"], body["locationId"],
        orjson.dumps(body),
    )  # fmt: skip
