"""Jobs with their appointments and technicians' assignments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import DAY, HOUR, MINUTE, SECOND, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed import names
from connectors.practice.servicetitan.seed.draw import OPENED, TODAY, Draw, nulls
from connectors.practice.servicetitan.seed.office import USERS, Office
from connectors.practice.servicetitan.seed.people import Address, Party, tags

STATUSES = (
    (0.09, "Canceled"),
    (0.06, "Scheduled"),
    (0.03, "Dispatched"),
    (0.02, "InProgress"),
    (0.02, "Hold"),
    (1.0, "Completed"),
)
PRIORITIES = ("Urgent", "High", "Normal", "Low")
# A job's status → that of its appointments and of their assignments, which lack two words.
APPOINTMENT = {"Completed": "Done", "InProgress": "Working"}
ASSIGNMENT = {"Done": "Done", "Working": "Working", "Dispatched": "Dispatched"}


Technician = tuple[int, str, int]


@dataclass(slots=True)
class Job:
    """A job while it is being drawn. `total` in cents, None where nothing was billed yet."""

    id: int
    number: str
    party: Party
    location: tuple[int, str, Address]
    status: str
    kind: tuple[int, str, int, str]
    created: int
    finished: int
    invoice_id: int
    crew: list[Technician]
    total: int | None = None


def job(draw: Draw, party: Party, office: Office, number: int) -> Job:
    """A job of that customer; only recent ones are still open."""
    status = draw.weighted(STATUSES)
    latest = TODAY - DAY
    open_ = status not in ("Completed", "Canceled")
    earliest = max(OPENED, party.created) if not open_ else max(party.created, latest - 21 * DAY)
    created = draw.between(min(earliest, latest - DAY), latest)
    finished = min(TODAY - HOUR, created + draw.below(9 * DAY) + 5 * HOUR)
    lead = draw.below(len(office.technicians))
    crew = [*office.technicians[lead:], *office.technicians[:lead]]
    crew = [technician for technician in crew if technician[2] > finished][:3]
    return Job(
        draw.id(), f"{stamp(created)[2:10].replace('-', '')}{number:05d}", party,
        draw.pick(party.locations), status, draw.pick(office.job_types), created, finished,
        draw.id(), crew,
    )  # fmt: skip


def custom_fields(draw: Draw, priority: str) -> list[dict[str, Any]]:
    """Only what somebody filled in, or opened and left empty."""
    bucket = 1 + 2 * PRIORITIES.index(priority) + draw.below(2)
    wanted = (
        (0.25, 10233, "Permit Number", f"BLD-25-{draw.below(100000):05d}"),
        (0.15, 10240, "Warranty Code", None if draw.chance(0.3) else f"W{draw.below(9999)}"),
        (0.2, 10247, "Equipment Serial", f"SN-{draw.below(10**8):08d}"),
        (0.6, 10254, "Dispatch Priority", str(bucket)),
    )
    return [
        {"typeId": id, "name": name, "value": value}
        for share, id, name, value in wanted
        if draw.chance(share)
    ]


def summary(draw: Draw) -> str | None:
    """HTML as the office's editor leaves it; a few are very long."""
    if draw.chance(0.04):
        return None
    text = draw.pick(names.PROBLEM)
    if draw.chance(0.01):
        text = " ".join(draw.pick(names.PROBLEM) for _ in range(120))
    if draw.chance(0.3):
        return f"<p>{text}</p><ul><li>{draw.pick(names.NOTE)}</li><li>Filter 16&times;25</li></ul>"
    return f"<p>{text}</p>" if draw.chance(0.6) else text


def work_rows(draw: Draw, job: Job, earlier: int | None) -> Iterator[Row]:
    """The job, its appointments and their assignments. `earlier` may be recalled."""
    visits = draw.weighted(((0.72, 1), (0.18, 2), (0.05, 3), (0.03, 4), (0.01, 5), (1, 6)))
    ids = [draw.id() for _ in range(visits)]
    modified = job.finished + draw.below(2 * HOUR) if job.status == "Completed" else job.finished
    yield job_row(draw, job, ids, min(modified, TODAY), earlier)
    for number, id in enumerate(ids):
        yield from visit_rows(draw, job, id, number, number == visits - 1)
    if draw.chance(0.02):
        yield from visit_rows(draw, job, draw.id(), visits, True, deleted=True)


def job_row(draw: Draw, job: Job, ids: list[int], modified: int, earlier: int | None) -> Row:
    """The job itself."""
    job_type, _, unit, usual = job.kind
    priority = usual if draw.chance(0.7) else draw.pick(PRIORITIES)
    completed = job.status == "Completed"
    empty = nulls(
        "projectId warrantyId jobGeneratedLeadSource leadCallId partnerLeadCallId "
        "bookingId membershipId createdFromEstimateId"
    )
    body = {
        "summary": summary(draw),
        "customFields": custom_fields(draw, priority),
        "externalData": None,
        "id": job.id,
        "jobNumber": job.number,
        **empty,
        "customerId": job.party.id,
        "locationId": job.location[0],
        "jobStatus": job.status,
        "completedOn": stamp(job.finished) if completed else None,
        "businessUnitId": unit,
        "jobTypeId": job_type,
        "priority": priority,
        "campaignId": 2044,
        "appointmentCount": len(ids),
        "firstAppointmentId": ids[0],
        "lastAppointmentId": ids[-1],
        "recallForId": earlier if draw.chance(0.03) else None,
        "noCharge": completed and job.total == 0,
        "notificationsEnabled": draw.chance(0.9),
        "createdOn": stamp(job.created),
        "createdById": draw.pick(USERS),
        "modifiedOn": stamp(modified),
        "tagTypeIds": tags(draw, 0.2),
        "soldById": job.crew[0][0] if completed and draw.chance(0.5) else None,
        "customerPo": f"PO-{draw.below(10**5)}" if draw.chance(0.1) else None,
        "invoiceId": job.invoice_id,
        "total": None if job.total is None else job.total / 100,
        "estimateIds": [],
        "active": True,
    }
    return Row("jobs", job.id, modified, job.created, True, job.party.id, orjson.dumps(body))


def visit_rows(
    draw: Draw, job: Job, id: int, number: int, last: bool, deleted: bool = False
) -> Iterator[Row]:
    """One appointment and who was sent to it. All but the last of an open job are done."""
    status = APPOINTMENT.get(job.status, job.status)
    if not last and job.status != "Canceled":
        status = "Done"
    start = job.created + HOUR * (20 + 30 * number)
    start -= start % HOUR
    end = start + 2 * HOUR
    happened = status in ("Done", "Working")
    modified = min(TODAY, end if happened else job.created + draw.below(12 * HOUR))
    modified = max(modified, job.created + SECOND) + draw.below(SECOND)
    body = {
        "id": id,
        "jobId": job.id,
        "appointmentNumber": f"{job.number}-{number + 1}",
        "start": stamp(start),
        "end": stamp(end),
        "arrivalWindowStart": stamp(start) if draw.chance(0.9) else None,
        "arrivalWindowEnd": stamp(start + 4 * HOUR) if draw.chance(0.9) else None,
        "status": status,
        "specialInstructions": draw.pick(names.NOTE) if draw.chance(0.2) else None,
        "createdOn": stamp(job.created + 155_247),
        "modifiedOn": stamp(modified),
        "customerId": job.party.id,
        "unused": False,
        "createdById": draw.pick(USERS),
        "isConfirmed": draw.chance(0.5),
        "active": not deleted,
    }
    created = job.created + 155_247
    yield Row("appointments", id, modified, created, not deleted, job.id, orjson.dumps(body))
    if not deleted and not (status in ("Scheduled", "Canceled") and draw.chance(0.3)):
        yield from crew_rows(draw, job, id, status, modified)


def crew_rows(draw: Draw, job: Job, visit: int, status: str, modified: int) -> Iterator[Row]:
    """One technician, sometimes two or three; a re-assignment leaves an inactive row."""
    status = ASSIGNMENT.get(status, "Scheduled")
    size = draw.weighted(((0.85, 1), (0.12, 2), (1, 3)))
    if draw.chance(0.15):
        before = draw.pick(job.crew)
        yield crew_row(draw, job, visit, before, "Scheduled", job.created + HOUR, False)
    for technician in job.crew[:size]:
        yield crew_row(draw, job, visit, technician, status, modified, True)


def crew_row(
    draw: Draw, job: Job, visit: int, who: Technician, status: str, at: int, active: bool
) -> Row:
    """One technician on one appointment."""
    id = draw.id()
    created = job.created + MINUTE + draw.below(10 * SECOND)
    modified = max(at, created)
    body = {
        "id": id,
        "technicianId": who[0],
        "technicianName": who[1],
        "assignedById": draw.pick(USERS),
        "assignedOn": stamp(created),
        "status": status,
        "isPaused": False,
        "jobId": job.id,
        "appointmentId": visit,
        "createdOn": stamp(created),
        "modifiedOn": stamp(modified),
        "active": active,
    }
    return Row("appointment-assignments", id, modified, created, active, visit, orjson.dumps(body))
