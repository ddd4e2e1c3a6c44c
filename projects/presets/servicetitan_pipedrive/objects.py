"""What is read, what becomes of each source object, and the rules of sample and technicians."""

from projects.presets import ObjectDefault, Sample
from projects.presets.servicetitan.handed_over import HANDED_OVER_OBJECTS
from projects.presets.servicetitan.listed import NOT_MOVED_OBJECTS
from projects.presets.servicetitan_pipedrive.beside import BESIDE_LEFT_OUT, BESIDE_OBJECTS
from projects.presets.servicetitan_pipedrive.files import FILE_OBJECTS
from projects.presets.servicetitan_pipedrive.history import (
    HISTORY_LEFT_OUT,
    HISTORY_OBJECTS,
    HISTORY_READS,
)
from projects.presets.servicetitan_pipedrive.sold import SOLD, WHY
from projects.presets.servicetitan_salesforce import objects as source
from projects.presets.servicetitan_salesforce.beside import BESIDE_READS
from projects.presets.servicetitan_salesforce.files import FILE_EXCEPTED, FILE_READS
from projects.presets.servicetitan_salesforce.relations import RELATION_READS
from projects.shapes import When

NOT_READ = frozenset(RELATION_READS)
READS = tuple(name for name in source.READS if name not in NOT_READ)
MAY_BE_CLOSED = source.MAY_BE_CLOSED - NOT_READ
PARENTS = {child: path for child, path in source.PARENTS.items() if child in READS} | {
    "note-images": "noteId"
}
INSIDE = {name: rule for name, rule in source.INSIDE.items() if name in READS}
TECHNICIANS = source.TECHNICIANS
PLACEMENT = None
SAMPLE = Sample(
    root="jobs",
    spread=("jobTypeId", "priority", "jobStatus"),
    along=(("customers", "customerId"), ("locations", "locationId")),
    below=(
        ("customer-contacts", "customerId", "customers"),
        ("appointments", "jobId", "jobs"),
        ("invoice-items", "jobId", "jobs"),
        ("job-notes", "jobId", "jobs"),
        ("customer-notes", "customerId", "customers"),
        ("location-notes", "locationId", "locations"),
        ("calls", "job.id", "jobs"),
        *((name, "jobId", "jobs") for name in FILE_READS),
    ),
)

OBJECTS = (
    ObjectDefault(
        "customers",
        "organizations, persons",
        "company: 1 → organization + its contact; household: 1 → person",
        "full",
    ),
    ObjectDefault(
        "customer-contacts",
        "persons",
        "many → 1 a person",
        "full",
        "The source lists numbers and addresses; only a memo names a person. Rows that name the "
        "same one, whatever the case, are one person, whose key is its first row's; rows that "
        "name nobody, or only a role, are the customer's own person's.",
    ),
    ObjectDefault(
        "locations",
        "organizations, persons, deals",
        "many → 1",
        "full",
        "An organization has one address: the first site's. All sites stand, one a line with "
        "their id, in a text field, and a job's own site on its deal.",
    ),
    ObjectDefault("jobs", "deals, notes", "1 → 1; its history → one note", "full"),
    ObjectDefault(
        "appointments",
        "activities, deals",
        "1 → 1; first and last also → deal",
        "full",
        "A meeting where start and end are known, otherwise a task. Its original status, times, "
        "technicians and id stand in its note, for an activity has no custom fields.",
    ),
    ObjectDefault("appointment-assignments", "activities, deals", "many → 1", "full"),
    ObjectDefault(
        "invoices",
        "deals",
        "1 → 1",
        "partial",
        "Amount, open balance and whether it is paid stand on the job's deal, payments in the note "
        "of its history.",
    ),
    ObjectDefault("job-canceled-logs", "deals", "last → 1", "reference"),
    ObjectDefault("technicians", "users", "1 → 1 by e-mail", "reference"),
    ObjectDefault("job-types", "deals", "option", "reference"),
    ObjectDefault("business-units", "deals", "name", "reference"),
    ObjectDefault("tag-types", "organizations, persons, deals", "labels of each", "reference"),
    ObjectDefault("cancel-reasons", "deals", "lost reason", "reference"),
    ObjectDefault("zones", "", "in the rebuild reference", "handed_over"),
    ObjectDefault("technician-skills", "", "in the rebuild reference", "handed_over"),
    ObjectDefault("campaigns", "", "", "excluded", "Of no use to a deal here."),
    *HANDED_OVER_OBJECTS,
    *HISTORY_OBJECTS,
    ObjectDefault("invoice-items", "", "1 → 1", "excluded", WHY, choices=(SOLD,)),
    ObjectDefault(
        "job-notes",
        "notes",
        "1 → 1",
        "full",
        "With author, id and original time; an image by its file: “[image: NAME, file 123]”.",
    ),
    ObjectDefault(
        "calls",
        "activities",
        "1 → 1",
        "full",
        "A call at its original time and length; numbers, agent and recording in its note.",
    ),
    ObjectDefault("employees", "notes", "name", "reference"),
    *FILE_OBJECTS,
    *BESIDE_OBJECTS,
    *NOT_MOVED_OBJECTS,
    ObjectDefault(
        "e-mails and meetings", "", "", "not_possible", "The source has no API for them."
    ),
)
CORE = {
    "appointments": "reference",
    **dict.fromkeys(("calls", "job-notes", *HISTORY_READS, *BESIDE_READS, *FILE_READS), "excluded"),
}
EXCEPTED = {
    "customers": ((When("mergedToId", (None,), negate=True), "merged into another customer"),),
    **FILE_EXCEPTED,
}
MERGES = source.MERGES
LEFT_OUT = {
    "form-signatures": source.LEFT_OUT["form-signatures"],
    "note-images": source.LEFT_OUT["note-images"],
    **HISTORY_LEFT_OUT,
    **BESIDE_LEFT_OUT,
    "calls": "deleted at the source",
    "employees": "wrote no note",
    "job-notes": "deleted at the source",
    "customer-contacts": "of a customer that was merged",
    "locations": "merged into another site, or of a customer that was merged",
    "invoices": "not the invoice of a job",
    "invoice-items": "not of the invoice of a job",
    "job-canceled-logs": "not the last of their job",
    "technicians": "without work on any job",
    "job-types": "not used by any job",
    "business-units": "not used by any job",
    "cancel-reasons": "not used by any job",
    "tag-types": "not used by any record",
}
CUSTOM = {"jobs": ("job", "")}
