"""The rest of the contractor's set-up: people of the office, zones, teams, skills, windows,
hours, reasons and campaigns. Ids that jobs and technicians already name are kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from connectors.practice.servicetitan.edits import row
from connectors.practice.servicetitan.moments import DAY, HOUR, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.draw import OPENED, TODAY, nulls
from connectors.practice.servicetitan.seed.office import UNITS, USERS, dates

# name, role, login; users are those that records name as their creator, and one who left.
PEOPLE = (
    ("Morgan Lee", "CSR", "csr.lee"),
    ("Jo Castell", "Dispatch", "jcastell"),
    ("Ruth Ågren", "Accounting", "ragren"),
    ("Vic Moreno", "Owner", "vmoreno"),
    ("Terry Blank", "GeneralOffice", "tblank"),
)
ZONES = (
    (515, "San Fernando Valley", ["91506", "91352"], ["Burbank", "Sun Valley"]),
    (518, "Foothills", ["91205", "91101", "91011", "91006"], ["Glendale", "Pasadena"]),
    (521, "Ventura (closed)", None, ["Oxnard"]),
)
TEAMS = (
    (811, "Commercial A", True),
    (812, "Residential A", True),
    (813, "Plumbing", True),
    (814, "Night Shift 2021", False),
)
CANCEL_REASONS = (
    (6101, "Customer canceled", True),
    (6104, "Price too high", True),
    (6107, "Duplicate job", True),
    (6110, "No one home", True),
    (6113, "Weather", False),
)
HOLD_REASONS = ((6201, "Waiting for parts", True), (6204, "Waiting for permit", True))
CAMPAIGNS = (
    (2044, "Existing Customer", True),
    (2051, "Yelp", True),
    (2058, "Door Hangers 2021", False),
)
FIRST_EMPLOYEE, FIRST_SKILL, FIRST_SHIFT = 30201, 900_101, 960_001
SATURDAY, SUNDAY = 5, 6


def setup_rows(technicians: list[dict[str, Any]], job_types: list[int]) -> Iterator[Row]:
    """Every row of these objects. `job_types`: ids that a skill may be needed for."""
    yield from (row("employees", employee(n, *each)) for n, each in enumerate(PEOPLE))
    yield from (row("zones", zone(*each)) for each in ZONES)
    yield from (row("teams", team(*each)) for each in TEAMS)
    yield from (row("cancel-reasons", named(*each)) for each in CANCEL_REASONS)
    yield from (row("hold-reasons", named(*each)) for each in HOLD_REASONS)
    yield from (row("campaigns", campaign(*each)) for each in CAMPAIGNS)
    for number, technician in enumerate(technicians):
        yield row("technician-skills", skill(number, technician, job_types))
        yield from shifts(number, technician)
    for number, start in enumerate(("08:00:00", "12:00:00", "16:00:00", "20:00:00")):
        yield window(number, start)
    yield Row("business-hours", 1, OPENED, OPENED, True, 0, orjson.dumps(HOURS))


HOURS = {
    "weekdays": [{"fromHour": 7, "toHour": 12}, {"fromHour": 13, "toHour": 18}],
    "saturday": [{"fromHour": 8, "toHour": 13}],
    "sunday": [],
}


def named(id: int, name: str, active: bool) -> dict[str, Any]:
    """A reason."""
    return {"id": id, "name": name, "active": active, **dates()}


def employee(number: int, name: str, role: str, login: str) -> dict[str, Any]:
    """Someone of the office. What they create names `userId`, which is not `id`."""
    first, _, last = name.partition(" ")
    active = number < len(USERS)
    return {
        "id": FIRST_EMPLOYEE + number * 3,
        "userId": USERS[number] if active else 20140,
        "name": name,
        "firstName": first,
        "lastName": last,
        "managerId": FIRST_EMPLOYEE + 9 if number != 3 else None,
        "role": role,
        "roleIds": [52],
        "businessUnitId": UNITS[0][0] if number % 2 else None,
        **dates(modified=OPENED if active else TODAY - 200 * DAY),
        "email": f"{login}@practice.example" if number != 2 else None,
        "phoneNumber": f"818555{200 + number:04d}" if number % 2 else None,
        "loginName": login,
        "active": active,
        "aadUserId": None,
        "accountLocked": not active,
        "home": None,
        "agentId": 900 + number,
        "startDate": stamp(OPENED),
        "terminationDate": None if active else stamp(TODAY - 200 * DAY),
        "hourlyRate": 0.0,
        "overtimeProfileId": None,
        "customFields": [],
        "permissions": None,
    }


def zone(id: int, name: str, zips: list[str] | None, cities: list[str]) -> dict[str, Any]:
    """A zone; one is closed."""
    return {
        "id": id,
        "active": "closed" not in name,
        "name": name,
        "zips": zips,
        "cities": cities,
        **nulls("territoryNumbers locnNumbers"),
        "createdBy": USERS[3],
        **dates(),
        "serviceDaysEnabled": False,
        "serviceDays": [],
        "businessUnits": [id for id, _ in UNITS[:5]],
        "technicians": [],
    }


def team(id: int, name: str, active: bool) -> dict[str, Any]:
    """A team: technicians name it by text."""
    return {"id": id, "active": active, "name": name, "createdBy": USERS[3], **dates()}


def campaign(id: int, name: str, active: bool) -> dict[str, Any]:
    """A marketing campaign."""
    return {
        "id": id,
        "name": name,
        **dates(),
        "active": active,
        "isDefaultCampaign": id == CAMPAIGNS[0][0],
        "category": {"id": 71, "name": "Organic", "active": True},
        **nulls("source otherSource businessUnit medium otherMedium"),
        "campaignPhoneNumbers": [f"818555{id:04d}"],
    }


def skill(number: int, technician: dict[str, Any], job_types: list[int]) -> dict[str, Any]:
    """What a technician can do; the id is a text here, a number on the technician."""
    return {
        "id": str(FIRST_SKILL + number),
        "name": technician["skills"][0]["name"],
        "active": technician["active"],
        "technicianId": technician["id"],
        "jobTypeIds": job_types[number % 4 :: 4],
        **dates(),
    }


def shifts(number: int, technician: dict[str, Any]) -> Iterator[Row]:
    """Two weeks of shifts up to today, from 8 in Los Angeles; every third technician is on call
    on Saturdays, and one shift was cancelled. Whoever has left has none."""
    if not technician["active"]:
        return
    for day in range(14):
        start = TODAY - TODAY % DAY + (day - 13) * DAY + 16 * HOUR
        weekday = datetime.fromisoformat(stamp(start)).weekday()
        if weekday == SUNDAY or (weekday == SATURDAY and number % 3):
            continue
        on_call = weekday == SATURDAY
        body = {
            "id": FIRST_SHIFT + number * 14 + day,
            "shiftType": "OnCall" if on_call else "Normal",
            "title": "Weekend on call" if on_call else "Day shift",
            "note": None,
            "active": (number, weekday) != (1, 0),
            "technicianId": technician["id"],
            "start": stamp(start),
            "end": stamp(start + (5 if on_call else 9) * HOUR),
            "timesheetCodeId": None,
            **dates(),
        }
        yield row("technician-shifts", body)


def window(number: int, start: str) -> Row:
    """An arrival window: it has no times of its own; the late one is no longer offered."""
    body = {
        "id": 741 + number,
        "start": start,
        "duration": "04:00:00",
        "businessUnitIds": [id for id, _ in UNITS[:5]],
        "active": number < 3,
    }
    return Row("arrival-windows", 741 + number, OPENED, OPENED, number < 3, 0, orjson.dumps(body))
