"""Which objects the tenant offers, where, and by what they can be filtered. Data only.

Paths, parameters and defaults as in the vendor's API reference for crm, jpm, dispatch,
settings, accounting, payroll, telecom, marketing and forms v2.
"""

from dataclasses import dataclass, field

CREATED = {"createdOnOrAfter": "created >= ?", "createdBefore": "created < ?"}
RANGES = CREATED | {"modifiedOnOrAfter": "modified >= ?", "modifiedBefore": "modified < ?"}
SUBMITTED = {"submittedOnOrAfter": "modified >= ?", "submittedBefore": "modified < ?"}


@dataclass(frozen=True, slots=True)
class Resource:
    """One object. `path` is relative to `/<module>/v2/tenant/<tenant>/`.

    `filters`: parameter → place in the record ("parent" is the indexed column).
    `unlisted`: fields that only the export feed shows.
    `list_active`: what a list gives without an `active` parameter, None for everything.
    `inactive_flag`, `active_state`: other ways to ask for inactive rows.
    `under`: the object whose id stands in the path as `{}`. `alone`: the path is one object.
    """

    object: str
    module: str
    path: str
    scope: str
    export: bool = True
    export_active: bool | None = None
    list_active: bool | None = True
    takes_active: bool = True
    needs_filter: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    single: bool = False
    filters: dict[str, str] = field(default_factory=dict)
    listed: bool = True
    under: str = ""
    alone: bool = False
    inactive_flag: str = ""
    active_state: bool = False
    ranges: dict[str, str] = field(default_factory=RANGES.copy)
    sorts: dict[str, str] = field(default_factory=dict)
    max_page: int = 5000


CUSTOMER_PLACES = {
    "name": "$.name",
    "street": "$.address.street",
    "city": "$.address.city",
    "state": "$.address.state",
    "zip": "$.address.zip",
}

RESOURCES = (
    Resource(
        "customers", "crm", "customers", "tn.crm.customers:r", single=True, filters=CUSTOMER_PLACES
    ),
    Resource(
        "customer-contacts",
        "crm",
        "customers/contacts",
        "tn.crm.customers:r",
        takes_active=False,
        needs_filter=("customerIds", *RANGES),
        unlisted=("active",),
        filters={"customerIds": "parent"},
    ),
    Resource(
        "locations",
        "crm",
        "locations",
        "tn.crm.locations:r",
        single=True,
        filters=CUSTOMER_PLACES | {"customerId": "parent"},
    ),
    Resource(
        "jobs",
        "jpm",
        "jobs",
        "tn.jpm.jobs:r",
        list_active=None,
        takes_active=False,
        unlisted=("active",),
        single=True,
        filters={
            "customerId": "parent",
            "number": "$.jobNumber",
            "jobStatus": "$.jobStatus",
            "priority": "$.priority",
            "locationId": "$.locationId",
            "jobTypeId": "$.jobTypeId",
            "businessUnitId": "$.businessUnitId",
            "invoiceId": "$.invoiceId",
            "soldById": "$.soldById",
        },
    ),
    Resource(
        "appointments",
        "jpm",
        "appointments",
        "tn.jpm.appointments:r",
        single=True,
        filters={"jobId": "parent", "status": "$.status", "customerId": "$.customerId"},
    ),
    Resource(
        "appointment-assignments",
        "dispatch",
        "appointment-assignments",
        "tn.dis.appointment-assignments:r",
        export_active=True,
        filters={"appointmentIds": "parent", "jobId": "$.jobId"},
    ),
    Resource("technicians", "settings", "technicians", "tn.set.technicians:r"),
    Resource("business-units", "settings", "business-units", "tn.set.business-units:r"),
    Resource("tag-types", "settings", "tag-types", "tn.set.tag-types:r"),
    Resource("job-types", "jpm", "job-types", "tn.jpm.job-types:r", export=False, single=True),
    Resource(
        "job-custom-fields",
        "jpm",
        "jobs/custom-fields",
        "tn.jpm.jobs:r",
        export=False,
        takes_active=False,
    ),
    Resource(
        "customer-custom-fields",
        "crm",
        "customers/custom-fields",
        "tn.crm.customers:r",
        export=False,
        takes_active=False,
    ),
    Resource(
        "invoices",
        "accounting",
        "invoices",
        "tn.acc.invoices:r",
        active_state=True,
        filters={"jobId": "parent", "customerId": "$.customer.id", "number": "$.referenceNumber"},
    ),
    Resource("job-notes", "jpm", "job-notes", "tn.jpm.jobs:r", listed=False),
    Resource("job-history", "jpm", "job-history", "tn.jpm.jobs:r", listed=False),
    Resource("job-canceled-logs", "jpm", "job-canceled-logs", "tn.jpm.jobs:r", listed=False),
    Resource(
        "cancel-reasons", "jpm", "job-cancel-reasons", "tn.jpm.jobs:r", export=False,
        list_active=None,
    ),
    Resource(
        "hold-reasons", "jpm", "job-hold-reasons", "tn.jpm.jobs:r", export=False,
        list_active=None,
    ),
    Resource(
        "job-timesheets", "payroll", "jobs/timesheets", "tn.pay.jobs:r",
        filters={"jobIds": "parent", "technicianId": "$.technicianId"},
    ),
    Resource(
        "job-splits", "payroll", "jobs/splits", "tn.pay.jobs:r",
        unlisted=("active",), filters={"jobIds": "parent"},
    ),
    Resource(
        "location-contacts", "crm", "locations/contacts", "tn.crm.locations:r",
        takes_active=False, needs_filter=("locationIds", *RANGES), unlisted=("active",),
        filters={"locationIds": "parent"},
    ),
    Resource(
        "customer-notes", "crm", "customers/{}/notes", "tn.crm.customers:r", export=False,
        takes_active=False, under="customers",
    ),
    Resource(
        "location-notes", "crm", "locations/{}/notes", "tn.crm.locations:r", export=False,
        takes_active=False, under="locations",
    ),
    Resource(
        "contacts", "crm", "contacts", "tn.crm.contacts:r", export=False, takes_active=False,
        list_active=None, filters={"name": "$.name", "title": "$.title"},
    ),
    Resource(
        "contact-relationships", "crm", "contacts/{}/relationships", "tn.crm.contacts:r",
        export=False, takes_active=False, list_active=None, under="contacts", ranges=CREATED,
        filters={"typeSlug": "$.typeSlug", "relatedEntityId": "$.relatedEntityId"},
    ),
    Resource(
        "payments", "accounting", "payments", "tn.acc.payments:r", active_state=True,
        filters={"customerId": "parent"},
    ),
    Resource("calls", "telecom", "calls", "tn.tel.calls:r", listed=False),
    Resource(
        "employees", "settings", "employees", "tn.set.employees:r",
        filters={"name": "$.name", "email": "$.email"},
    ),
    Resource("zones", "dispatch", "zones", "tn.dis.zones:r", export=False),
    Resource(
        "teams", "dispatch", "teams", "tn.dis.teams:r", export=False, takes_active=False,
        inactive_flag="includeInactive",
    ),
    Resource(
        "technician-skills", "dispatch", "technician-skills", "tn.dis.technician-skills:r",
        export=False, filters={"technicianId": "parent"},
    ),
    Resource(
        "arrival-windows", "dispatch", "arrival-windows", "tn.dis.arrival-windows:r",
        export=False, ranges=CREATED,
    ),
    Resource(
        "business-hours", "dispatch", "business-hours", "tn.dis.business-hours:r",
        export=False, alone=True,
    ),
    Resource(
        "technician-shifts", "dispatch", "technician-shifts", "tn.dis.technician-shifts:r",
        export=False,
        filters={"technicianId": "parent", "shiftType": "$.shiftType"},
    ),
    Resource("reports", "reporting", "reports", "tn.rep.reports:r", export=False, listed=False),
    Resource(
        "campaigns", "marketing", "campaigns", "tn.mar.campaigns:r", export=False,
        filters={"name": "$.name"},
    ),
    Resource(
        "attachments", "forms", "jobs/{}/attachments", "tn.frm.jobs:r", export=False,
        takes_active=False, under="jobs", ranges=CREATED,
    ),
    Resource(
        "form-submissions", "forms", "submissions", "tn.frm.submissions:r", export=False,
        ranges=SUBMITTED, sorts={"submittedon": "created"}, max_page=500,
        filters={"formIds": "$.formId", "createdById": "$.createdById"},
    ),
)  # fmt: skip
BY_OBJECT = {resource.object: resource for resource in RESOURCES}
BY_PATH = {(r.module, r.path): r for r in RESOURCES if r.listed and not r.under}
EXPORTS = {(r.module, f"export/{r.path}"): r for r in RESOURCES if r.export}
NESTED = {(r.module, *r.path.split("{}")): r for r in RESOURCES if r.under}
SINGLES = {(r.module, r.path): r for r in RESOURCES if r.single}

# Which field of a record is its `parent` column; a record of another object keeps its own.
PARENTS = {
    "customer-contacts": ("customerId",),
    "locations": ("customerId",),
    "jobs": ("customerId",),
    "appointments": ("jobId",),
    "appointment-assignments": ("appointmentId",),
    "invoices": ("job", "id"),
    "job-notes": ("jobId",),
    "job-history": ("jobId",),
    "job-timesheets": ("jobId",),
    "job-splits": ("jobId",),
    "job-canceled-logs": ("jobId",),
    "location-contacts": ("locationId",),
    "payments": ("customer", "id"),
    "technician-skills": ("technicianId",),
    "technician-shifts": ("technicianId",),
}
