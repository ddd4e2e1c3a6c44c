"""The contractor's own set-up: business units, tags, technicians, job types, custom fields."""

from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from connectors.practice.servicetitan.edits import row
from connectors.practice.servicetitan.moments import DAY, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.draw import OPENED, TODAY, Draw, nulls
from connectors.practice.servicetitan.seed.names import TECHNICIANS

UNITS = (
    (317, "HVAC - Residential"),
    (319, "HVAC - Commercial"),
    (323, "Plumbing"),
    (327, "Electrical"),
    (331, "Maintenance"),
    (335, "Drains (closed 2022)"),
)
TAGS = (
    (3301, "Net 30", "High"),
    (3304, "Warranty", "High"),
    (3309, "Referral", None),
    (3312, "VIP", "High"),
    (3315, "Callback", "High"),
    (3318, "Permit Required", "Medium"),
    (3321, "Dog on Site 🐕", "Medium"),
    (3324, "Financing", None),
    (3327, "Rental / Landlord", "Medium"),
    (3330, "Promo 2021", None),
)
JOB_TYPES = (
    ("HVAC - Residential Repair", 317, "Normal", "Service"),
    ("HVAC - Residential Install", 317, "Normal", "Install"),
    ("HVAC - No Cool", 317, "High", "Service"),
    ("HVAC - No Heat", 317, "Urgent", "Service"),
    ("HVAC - Commercial Repair", 319, "High", "Service"),
    ("HVAC - Commercial Install", 319, "Normal", "Install"),
    ("Refrigeration Emergency", 319, "Urgent", "Service"),
    ("Plumbing Repair", 323, "Normal", "Service"),
    ("Water Heater Install", 323, "High", "Install"),
    ("Drain Clearing", 323, "High", "Service"),
    ("Electrical Repair", 327, "Normal", "Service"),
    ("Panel Upgrade", 327, "Low", "Install"),
    ("Maintenance - 1 System", 331, "Low", "Maintenance"),
    ("Maintenance - Multi System", 331, "Low", "Maintenance"),
    ("Estimate", 317, "Normal", "Sales"),
    ("zz Do not use - old tune-up", 331, "Low", "Maintenance"),
)
JOB_FIELDS = (
    (10233, "Permit Number", "Text", None),
    (10240, "Warranty Code", "Text", None),
    (10247, "Equipment Serial", "Text", None),
    (10254, "Dispatch Priority", "Dropdown", [str(n) for n in range(1, 9)]),
)
CUSTOMER_FIELDS = ((9021, "Gate Code", "Text", None), (9028, "Lead Source", "Text", None))
SKILLS = ("RTU", "Boiler", "Gas", "Panel")
FIRST_TECHNICIAN, FIRST_JOB_TYPE = 7_781_203, 6603
USERS = (20117, 20118, 20125, 20131)
HOME = nulls("street unit country city state zip streetAddress latitude longitude")


@dataclass
class Office:
    """What the rest of the seed refers to. A technician is (id, name, last working tick)."""

    technicians: list[tuple[int, str, int]] = field(default_factory=list)
    job_types: list[tuple[int, str, int, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def open_office(draw: Draw, jobs: int) -> Office:
    """The set-up of a contractor of that size."""
    office = Office()
    office.rows += (row("business-units", unit(id, name)) for id, name in UNITS)
    office.rows += (row("tag-types", tag(*fields)) for fields in TAGS)
    for number, name in enumerate(TECHNICIANS[: max(14, min(len(TECHNICIANS), jobs // 1000))]):
        record = technician(number, name)
        left = TODAY if record["active"] else TODAY - 300 * DAY
        office.technicians.append((record["id"], name, left))
        office.rows.append(row("technicians", record))
    for number, (name, unit_id, priority, kind) in enumerate(JOB_TYPES):
        record = job_type(number, name, unit_id, priority, kind)
        office.rows.append(row("job-types", record))
        if record["active"]:
            office.job_types.append((record["id"], name, unit_id, priority))
    for object, fields in (
        ("job-custom-fields", JOB_FIELDS),
        ("customer-custom-fields", CUSTOMER_FIELDS),
    ):
        office.rows += (row(object, custom_field(*each)) for each in fields)
    return office


def dates(created: int = OPENED, modified: int = OPENED) -> dict[str, str]:
    """The two times every record has."""
    return {"createdOn": stamp(created), "modifiedOn": stamp(modified)}


def unit(id: int, name: str) -> dict[str, Any]:
    """A business unit; one is closed."""
    empty = nulls(
        "invoiceHeader invoiceMessage authorizationParagraph acknowledgementParagraph "
        "materialSku quickbooksClass accountCode franchiseId conceptCode "
        "corporateContractNumber division tenant"
    )
    address = {
        "street": "900 Depot Way",
        "unit": None,
        "city": "Burbank",
        "state": "CA",
        "zip": "91502",
        "country": "USA",
        "latitude": 34.18,
        "longitude": -118.31,
        "isManualCoordinates": False,
        "isMilitary": False,
    }
    return {
        "id": id,
        "active": "closed" not in name,
        "name": name,
        "officialName": f"Practice Comfort {name}",
        "email": "office@practice.example",
        "currency": "USD",
        "phoneNumber": "8185550100",
        **empty,
        "defaultTaxRate": 0.0966,
        "address": address,
        "trade": {"id": id % 7 + 1, "name": name.split(" ")[0]},
        "tagTypeIds": [],
        **dates(),
        "externalData": None,
    }


def tag(id: int, name: str, importance: str | None) -> dict[str, Any]:
    """A tag type; the old promotion is inactive."""
    return {
        "id": id,
        "name": name,
        "color": f"#{id * 4099 % 0xFFFFFF:06x}",
        "code": name[:3].upper(),
        "importance": importance,
        "isConversionOpportunity": False,
        "allowToUseOnTimesheetActivity": False,
        "isVisibleOnDispatchBoard": importance is not None,
        "active": "2021" not in name,
        **dates(),
    }


def email_of(number: int, name: str) -> str | None:
    """first.last@practice.example; one in ten has none, one in five writes it in mixed case."""
    if number % 10 == 6:
        return None
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().replace(" ", ".")
    return f"{plain}@Practice.example" if number % 5 == 3 else f"{plain.lower()}@practice.example"


def technician(number: int, name: str) -> dict[str, Any]:
    """A technician; the twelfth has left but has history."""
    first, _, last = name.partition(" ")
    empty = nulls(
        "aadUserId permissions currentValue jobId mobilePhone outboundCallerId payrollId "
        "payrollProfileId appoitmentId shiftStart shiftEnd startDate location bio memo"
    )
    active = number != 11
    return {
        "id": FIRST_TECHNICIAN + number * 7,
        "userId": FIRST_TECHNICIAN + number * 7 - 1,
        "name": name,
        "roleIds": [41],
        "businessUnitId": UNITS[number % 5][0],
        "mainZoneId": 515,
        "zoneIds": [515, 518],
        "email": email_of(number, name),
        "phoneNumber": f"818555{100 + number:04d}" if number % 4 else None,
        "loginName": f"{first[0]}{last}".lower(),
        "home": HOME if number % 3 else None,
        "dailyGoal": 1500.0,
        "isManagedTech": True,
        "licenseType": "ManagedTech",
        "customFields": [],
        "active": active,
        **empty,
        "burdenRate": 0.0,
        "team": ("Commercial A", "Residential A", "Plumbing", None)[number % 4],
        "jobFilter": "AllScheduledDispatchedWorkingToday",
        "accountLocked": not active,
        "commissionRate": 0.0,
        "firstName": first,
        "lastName": last,
        "hourlyRate": 0.0,
        "soldByRate": 0.0,
        "status": "Idle",
        "skills": [{"id": 88 + number % 4, "name": SKILLS[number % len(SKILLS)]}],
        "positions": ["Service"] if number % 3 else ["Installer", "Service"],
        **dates(OPENED, OPENED + (number + 1) * DAY if active else TODAY - 299 * DAY),
    }


def job_type(number: int, name: str, unit_id: int, priority: str, kind: str) -> dict[str, Any]:
    """A job type; the last one is retired."""
    return {
        "id": FIRST_JOB_TYPE + number * 3,
        "name": name,
        "businessUnitIds": [unit_id],
        "skills": [SKILLS[number % len(SKILLS)]] if kind in ("Service", "Install") else [],
        "tagTypeIds": [],
        "priority": priority,
        "duration": 7200,
        "soldThreshold": 250.0 if kind == "Sales" else None,
        "class": kind,
        "summary": "",
        "noCharge": False,
        "enforceRecurringServiceEventSelection": False if number % 2 else None,
        "invoiceSignaturesRequired": kind != "Sales",
        **dates(),
        "externalData": None,
        "active": not name.startswith("zz"),
        "isSmartDispatched": kind == "Service",
    }


def custom_field(id: int, name: str, kind: str, options: list[str] | None) -> dict[str, Any]:
    """A type of custom field."""
    return {"id": id, "name": name, "dataType": kind, "dataTypeOptions": options, **dates()}
