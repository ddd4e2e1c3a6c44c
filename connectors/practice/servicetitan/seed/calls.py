"""Telephone calls: the one that booked a job, and those that led to nothing."""

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import MINUTE, SECOND, parse, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.draw import TODAY, Draw, nulls
from connectors.practice.servicetitan.seed.extras import CAMPAIGNS, PEOPLE
from connectors.practice.servicetitan.seed.office import USERS
from connectors.practice.servicetitan.seed.people import Party, phone

OFFICE = "8185550100"
REASONS = (
    ("Unbooked", {"id": 401, "name": "Price shopping"}),
    ("Excused", {"id": 404, "name": "Existing appointment"}),
    ("NotLead", {"id": 407, "name": "Vendor"}),
    ("Abandoned", None),
)


def call_rows(draw: Draw, party: Party, job: dict[str, Any]) -> Iterator[Row]:
    """Half of the jobs were booked on the telephone."""
    if not draw.chance(0.5):
        return
    name = next(name for id, name, _ in party.locations if id == job["locationId"])
    about = {
        "customer": {"id": party.id, "name": party.name},
        "location": {"id": job["locationId"], "name": name},
        "job": {"id": job["id"], "number": job["jobNumber"]},
    }
    end = parse(job["createdOn"])
    yield call_row(draw, end, party.phone, "Booked", None, about)
    if draw.chance(0.1):  # called back about the same job
        at = min(TODAY, end + draw.below(600) * MINUTE)
        yield call_row(draw, at, party.phone, None, None, about, outbound=True)


def stray_call_rows(draw: Draw, party: Party) -> Iterator[Row]:
    """Calls without a job, some by a stranger."""
    if not draw.chance(0.2):
        return
    kind, reason = draw.pick(REASONS)
    known = kind != "NotLead" and draw.chance(0.7)
    about = nulls("location job") | {
        "customer": {"id": party.id, "name": party.name} if known else None
    }
    at = draw.between(party.created, TODAY)
    yield call_row(draw, at, party.phone if known else phone(draw), kind, reason, about)


def call_row(
    draw: Draw, at: int, number: str, kind: str | None, reason: Any, about: dict[str, Any],
    outbound: bool = False,
) -> Row:  # fmt: skip
    """One call that ended then; the caller's number comes without punctuation."""
    id, length, who = draw.id(), 15 + draw.below(900), draw.below(len(USERS))
    created, active = at - length * SECOND, not draw.chance(0.01)
    other = "".join(filter(str.isdigit, number))[-10:]
    agent = {"id": 900 + who, "name": PEOPLE[who][0]}
    body = {
        "id": id,
        "duration": f"00:{length // 60:02d}:{length % 60:02d}",
        "from": OFFICE if outbound else other,
        "to": other if outbound else OFFICE,
        "direction": "Outbound" if outbound else "Inbound",
        "status": "Completed",
        "type": kind,
        "recordingUrl": f"https://calls.practice.example/{id}.mp3" if draw.chance(0.8) else None,
        "voiceMailPath": None,
        "createdOn": stamp(created),
        "modifiedOn": stamp(at),
        "reason": reason,
        **about,
        "campaign": None if outbound else dict(zip(("id", "name"), CAMPAIGNS[0], strict=False)),
        "agent": agent if kind != "Abandoned" else None,
        "createdBy": {"id": USERS[who], "name": PEOPLE[who][2]},
        "excuseMemo": "Asked about the bill" if kind == "Excused" else None,
        "tag": None,
        "active": active,
        "lead": None,
    }
    return Row("calls", id, at, created, active, 0, orjson.dumps(body))
