"""Which objects the tenant offers, where, and by what they can be filtered. Data only.

Paths, parameters and defaults as in the vendor's API reference for crm, jpm, dispatch,
settings and accounting v2.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Resource:
    """One object. `path` is relative to `/<module>/v2/tenant/<tenant>/`.

    `filters`: parameter → place in the record ("parent" is the indexed column); a `csv`
    suffix takes several values. `unlisted`: fields that only the export feed shows.
    `list_active`: what a list gives without an `active` parameter, None for everything.
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


RANGES = {
    "createdOnOrAfter": "created >= ?",
    "createdBefore": "created < ?",
    "modifiedOnOrAfter": "modified >= ?",
    "modifiedBefore": "modified < ?",
}
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
        filters={"jobId": "parent", "customerId": "$.customer.id", "number": "$.referenceNumber"},
    ),
)
BY_OBJECT = {resource.object: resource for resource in RESOURCES}
BY_PATH = {(resource.module, resource.path): resource for resource in RESOURCES}
EXPORTS = {(r.module, f"export/{r.path}"): r for r in RESOURCES if r.export}

# Which field of a record is its `parent` column.
PARENTS = {
    "customer-contacts": ("customerId",),
    "locations": ("customerId",),
    "jobs": ("customerId",),
    "appointments": ("jobId",),
    "appointment-assignments": ("appointmentId",),
    "invoices": ("job", "id"),
}
