"""What is read, what becomes of each source object, and the rules of sample and placement."""

from projects.presets import ObjectDefault, PlacementRule, Sample, TechnicianRule
from projects.presets.servicetitan_salesforce.shapes import HOUSEHOLD, NOT_MERGED
from projects.shapes import When

READS = (
    "business-units",
    "tag-types",
    "job-types",
    "technicians",
    "customers",
    "customer-contacts",
    "locations",
    "jobs",
    "appointments",
    "appointment-assignments",
)
PARENTS = {
    "customer-contacts": "customerId",
    "locations": "customerId",
    "jobs": "customerId",
    "appointments": "jobId",
    "appointment-assignments": "jobId",
}

SAMPLE = Sample(
    root="jobs",
    spread=("jobTypeId", "priority", "jobStatus"),
    along=(("customers", "customerId"),),
)
TECHNICIANS = TechnicianRule(
    "technicians",
    name="name",
    email="email",
    active="active",
    work="appointment-assignments",
    worker="technicianId",
    job="jobId",
)
PLACEMENT = PlacementRule("customers", (HOUSEHOLD, NOT_MERGED), "jobs")

OBJECTS = (
    ObjectDefault(
        "customers",
        "Account, Contact",
        "company: 1 → Account + its contact; household: 1 → Contact",
        "full",
    ),
    ObjectDefault(
        "customer-contacts",
        "Contact, Account",
        "many → 1",
        "partial",
        "The first phone, mobile, e-mail and fax of a customer land; further ones are counted "
        "as left out.",
    ),
    ObjectDefault(
        "locations",
        "Contact, Account, Case",
        "many → 1",
        "partial",
        "The customer's first site and every job's own site land as addresses; further sites "
        "are counted as left out.",
    ),
    ObjectDefault("jobs", "Case", "1 → 1", "full"),
    ObjectDefault(
        "appointments",
        "Case",
        "many → 1",
        "partial",
        "First start and last end land on the job's record.",
    ),
    ObjectDefault(
        "appointment-assignments",
        "Case",
        "many → 1",
        "partial",
        "Every technician's id, name and e-mail land on the job's record.",
    ),
    ObjectDefault("technicians", "User", "1 → 1 by e-mail", "reference"),
    ObjectDefault("job-types", "Case", "name", "reference"),
    ObjectDefault("business-units", "Case", "name", "reference"),
    ObjectDefault("tag-types", "Account, Contact, Case", "names", "reference"),
    ObjectDefault("invoices", "", "", "not_yet", "not built yet: invoices, items and payments"),
)

EXCEPTED = {
    "customers": ((When("mergedToId", (None,), negate=True), "merged into another customer"),),
}
LEFT_OUT = {
    "customer-contacts": "further contacts: not built yet",
    "locations": "further sites: not built yet",
    "appointments": "of no job that lands",
    "appointment-assignments": "of no job that lands",
    "technicians": "without work on any job",
    "job-types": "not used by any job",
    "business-units": "not used by any job",
    "tag-types": "not used by any record",
}
CUSTOM = {"jobs": ("job", "")}
