"""The toy's preset, step 6 of the README's recipe: customers, their jobs, and the jobs'
appointments as remarks."""

from projects.presets import ObjectDefault, PlacementRule, RowDefault, Sample, TechnicianRule
from projects.shapes import Lookup, Part, Shape, When

READS = (
    "technicians",
    "customers",
    "customer-contacts",
    "jobs",
    "appointments",
    "appointment-assignments",
)
MAY_BE_CLOSED: frozenset[str] = frozenset()
PARENTS = {
    "customer-contacts": "customerId",
    "jobs": "customerId",
    "appointments": "jobId",
    "appointment-assignments": "appointmentId",
}
SAMPLE = Sample(
    root="jobs",
    spread=("priority", "jobStatus"),
    along=(("customers", "customerId"),),
    below=(("appointments", "jobId", "jobs"),),
)
TECHNICIANS = TechnicianRule(
    "technicians", "name", "email", "active", "appointment-assignments", "technicianId", "jobId"
)
PLACEMENT = PlacementRule("customers", (When("@id", ()),), "jobs")
PHONE = Part("phone", "customer-contacts", "parent", where=(When("type", ("Phone",)),))
VISITS = Part("visits", "appointments", "parent", order=("start",), pick="all")
WORK = Part("work", "appointment-assignments", "parent", of="visits", order=("assignedOn",))

SHAPES = (
    Shape("company", "Company", "company", "customers", "customers/{@id}", parts=(PHONE,)),
    Shape(
        "visit",
        "Visit",
        "visit",
        "jobs",
        "jobs/{@id}",
        parts=(VISITS, WORK),
        lookups=(Lookup("company", "company", "customers/{customerId}"),),
        title="{jobNumber}",
    ),
    Shape(
        "remark",
        "Remark",
        "remark",
        "appointments",
        "appointments/{@id}",
        lookups=(Lookup("visit", "visit", "jobs/{jobId}"),),
    ),
)
OBJECTS = (
    ObjectDefault("customers", "company", "1 → 1", "full"),
    ObjectDefault("customer-contacts", "company", "many → 1", "partial", "The first phone."),
    ObjectDefault("jobs", "visit", "1 → 1", "full"),
    ObjectDefault("appointments", "remark", "1 → 1", "full"),
    ObjectDefault("appointment-assignments", "visit", "many → 1", "partial", "The first."),
)
ROWS = (
    RowDefault("company", "name", "name"),
    RowDefault("company", "phone.value", "phone"),
    RowDefault("company", "type", "note"),
    RowDefault("visit", "jobNumber", "title"),
    RowDefault("visit", "summary", "note", "html_text"),
    RowDefault("visit", "work.technicianId", "owner", "owner"),
    RowDefault("remark", "start", "text", "instant"),
)
CORE: dict[str, str] = {}
EXCEPTED: dict[str, tuple[tuple[When, str], ...]] = {}
MERGES: dict[str, str] = {}
LEFT_OUT: dict[str, str] = {}
CUSTOM: dict[str, tuple[str, str]] = {}
