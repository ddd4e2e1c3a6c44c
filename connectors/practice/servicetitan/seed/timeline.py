"""What happened on a job and when: history, timesheets, splits, cancellations."""

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import HOUR, MINUTE, SECOND, parse, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.draw import TODAY, Draw
from connectors.practice.servicetitan.seed.extras import CANCEL_REASONS
from connectors.practice.servicetitan.seed.office import USERS

Body = dict[str, Any]
Event = tuple[int, str, int | None, str]
ENDS = {"Completed": "Job Completed", "Canceled": "Job Canceled", "Hold": "Job On Hold"}
SHARES = {1: (100.0,), 2: (60.0, 40.0)}


def timeline_rows(
    draw: Draw, job: Body, visits: dict[int, Body], crews: list[Body]
) -> Iterator[Row]:
    """All of it for one job."""
    sheets = list(timesheets(draw, visits, crews))
    for body in sheets:
        modified, created = parse(body["modifiedOn"]), parse(body["createdOn"])
        yield Row(
            "job-timesheets", body["id"], modified, created, body["active"], job["id"],
            orjson.dumps(body),
        )  # fmt: skip
    yield from history_rows(draw, job, crews, sheets)
    if job["jobStatus"] == "Completed":
        yield from split_rows(draw, job, crews)
    if job["jobStatus"] == "Canceled" or draw.chance(0.01):
        yield canceled_row(draw, job)


def timesheets(draw: Draw, visits: dict[int, Body], crews: list[Body]) -> Iterator[Body]:
    """One per technician who set out; the arrival is now and then not recorded."""
    for crew in crews:
        visit = visits[crew["appointmentId"]]
        called_off = visit["status"] == "Canceled" and draw.chance(0.25)
        if crew["active"] and (crew["status"] != "Scheduled" or called_off):
            yield timesheet(draw, crew, visit, called_off)


def timesheet(draw: Draw, crew: Body, visit: Body, called_off: bool) -> Body:
    """The milestones of one technician on one appointment, none later than today."""
    start = min(parse(visit["start"]), TODAY - 4 * HOUR)
    dispatched = start - (20 + draw.below(30)) * MINUTE
    arrived = start + draw.below(25) * MINUTE + draw.below(60) * SECOND
    there = crew["status"] in ("Working", "Done") and not called_off
    done = arrived + (30 + draw.below(120)) * MINUTE
    finished = crew["status"] == "Done" and not called_off
    last = done if finished else arrived if there or called_off else dispatched
    return {
        "id": draw.id(),
        "jobId": crew["jobId"],
        "appointmentId": crew["appointmentId"],
        "technicianId": crew["technicianId"],
        "dispatchedOn": stamp(dispatched),
        "arrivedOn": stamp(arrived) if there and not draw.chance(0.08) else None,
        "canceledOn": stamp(arrived) if called_off else None,
        "doneOn": stamp(done) if finished else None,
        "createdOn": stamp(dispatched + 6_110_000),
        "modifiedOn": stamp(last + draw.below(10 * SECOND)),
        "active": not draw.chance(0.01),
    }


def history_rows(draw: Draw, job: Body, crews: list[Body], sheets: list[Body]) -> Iterator[Row]:
    """The events nested under the job, as the feed gives them. One job in twenty comes twice,
    the second time with an event that was in the first."""
    found = sorted(events(draw, job, crews, sheets), key=lambda each: each[0])
    entries = [
        {
            "id": draw.id(),
            "employeeId": who,
            "eventType": kind,
            "date": stamp(at),
            "usedSchedulingTool": tool,
        }
        for at, kind, who, tool in found
    ]
    times = [at for at, *_ in found]
    cut = len(entries) // 2 if len(entries) > 2 and draw.chance(0.05) else len(entries)
    yield history_row(job, entries[:cut], times[cut - 1])
    if cut < len(entries):
        yield history_row(job, entries[cut - 1 :], times[-1])


def history_row(job: Body, entries: list[Body], modified: int) -> Row:
    """One row of the feed; its place there is that of its last event."""
    body = {"jobId": job["id"], "history": entries}
    id = entries[-1]["id"]
    return Row("job-history", id, modified, modified, True, job["id"], orjson.dumps(body))


def events(draw: Draw, job: Body, crews: list[Body], sheets: list[Body]) -> Iterator[Event]:
    """Time, kind, who and by which tool; the optimiser is nobody."""
    yield parse(job["createdOn"]), "Job Booked", job["createdById"], "Manual"
    for crew in crews:
        optimised = draw.chance(0.25)
        tool = "SmartDispatch" if optimised else "Manual"
        who = None if optimised else crew["assignedById"]
        yield parse(crew["createdOn"]), "Technician Assigned", who, tool
        if not crew["active"]:
            yield parse(crew["modifiedOn"]), "Technician Unassigned", who, tool
    for sheet in sheets:
        technician = sheet["technicianId"]
        yield parse(sheet["dispatchedOn"]), "Technician Dispatched", draw.pick(USERS), "Manual"
        if sheet["arrivedOn"]:
            yield parse(sheet["arrivedOn"]), "Technician Arrived", technician, "Manual"
    if job["jobStatus"] in ENDS:
        at = parse(job["completedOn"] or job["modifiedOn"])
        yield at, ENDS[job["jobStatus"]], draw.pick(USERS), "Manual"


def split_rows(draw: Draw, job: Body, crews: list[Body]) -> Iterator[Row]:
    """How those who worked share the job: percent, 100 together."""
    workers = sorted({each["technicianId"] for each in crews if each["active"]})
    rest = 100.0 - 30.0 * (len(workers) - 1)
    shares = SHARES.get(len(workers)) or (rest, *([30.0] * (len(workers) - 1)))
    at = parse(job["completedOn"]) + draw.below(SECOND)
    for technician, share in zip(workers, shares, strict=False):
        id = draw.id()
        body = {
            "id": id,
            "jobId": job["id"],
            "technicianId": technician,
            "split": share,
            "createdOn": stamp(at),
            "modifiedOn": stamp(at),
            "active": True,
        }
        yield Row("job-splits", id, at, at, True, job["id"], orjson.dumps(body))


def canceled_row(draw: Draw, job: Body) -> Row:
    """Why it was called off; inactive where it was booked again."""
    id, active = draw.id(), job["jobStatus"] == "Canceled"
    at = parse(job["modifiedOn"])
    body = {
        "id": id,
        "jobId": job["id"],
        "reasonId": draw.pick(CANCEL_REASONS)[0],
        "memo": "Found someone cheaper" if draw.chance(0.4) else None,
        "createdOn": stamp(at),
        "createdById": draw.pick(USERS),
        "active": active,
    }
    return Row("job-canceled-logs", id, at, at, active, job["id"], orjson.dumps(body))
