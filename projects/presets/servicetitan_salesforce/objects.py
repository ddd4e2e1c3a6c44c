"""What is read, what becomes of each source object, and the rules of sample and placement."""

from projects.presets import Inside, ObjectDefault, PlacementRule, Sample, TechnicianRule
from projects.presets.servicetitan.conditions import HOUSEHOLD, MERGED_INTO, NOT_MERGED
from projects.presets.servicetitan.handed_over import HANDED_OVER, HANDED_OVER_OBJECTS
from projects.presets.servicetitan.listed import NOT_MOVED_OBJECTS
from projects.presets.servicetitan_salesforce.beside import (
    BESIDE_LEFT_OUT,
    BESIDE_OBJECTS,
    BESIDE_PARENTS,
    BESIDE_READS,
)
from projects.presets.servicetitan_salesforce.files import (
    FILE_EXCEPTED,
    FILE_OBJECTS,
    FILE_READS,
)
from projects.presets.servicetitan_salesforce.relations import (
    RELATION_LEFT_OUT,
    RELATION_OBJECTS,
    RELATION_READS,
)
from projects.shapes import When

READS = (
    "business-units",
    "tag-types",
    "job-types",
    "zones",
    "campaigns",
    "cancel-reasons",
    "technicians",
    "employees",
    "technician-skills",
    "customers",
    "customer-contacts",
    "locations",
    "jobs",
    "appointments",
    "appointment-assignments",
    "job-canceled-logs",
    "job-history",
    "job-notes",
    "job-timesheets",
    "invoices",
    "invoice-items",
    "payments",
    "payment-applications",
    "calls",
    *BESIDE_READS,
    *RELATION_READS,
    *FILE_READS,
    *HANDED_OVER,
)
MAY_BE_CLOSED = frozenset(
    {
        "calls",
        "zones",
        "campaigns",
        "cancel-reasons",
        "employees",
        "technician-skills",
        "job-canceled-logs",
        "job-history",
        "job-notes",
        "job-timesheets",
        "invoices",
        "invoice-items",
        "payments",
        "payment-applications",
        *BESIDE_READS,
        *RELATION_READS,
        *FILE_READS,
        *HANDED_OVER,
    }
)
PARENTS = {
    "customers": MERGED_INTO,
    "customer-contacts": "customerId",
    "locations": "customerId",
    "jobs": "customerId",
    "appointments": "jobId",
    "appointment-assignments": "appointmentId",
    "job-canceled-logs": "jobId",
    "job-history": "jobId",
    "job-notes": "jobId",
    "job-timesheets": "jobId",
    "invoice-items": "invoiceId",
    "payment-applications": "invoiceId",
    **BESIDE_PARENTS,
    "contact-relationships": "contactId",
    **dict.fromkeys(FILE_READS, "jobId"),
}

SAMPLE = Sample(
    root="jobs",
    spread=("jobTypeId", "priority", "jobStatus"),
    along=(("customers", "customerId"), ("locations", "locationId")),
    below=(
        ("customer-contacts", "customerId", "customers"),
        ("appointments", "jobId", "jobs"),
        ("invoices", "job.id", "jobs"),
        ("invoice-items", "jobId", "jobs"),
        ("payment-applications", "invoiceId", "invoices"),
        ("job-history", "jobId", "jobs"),
        ("job-notes", "jobId", "jobs"),
        ("calls", "job.id", "jobs"),
        ("job-timesheets", "jobId", "jobs"),
        *((name, "jobId", "jobs") for name in FILE_READS),
    ),
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
PLACEMENT = PlacementRule(
    "customers",
    (HOUSEHOLD, NOT_MERGED),
    "jobs",
    people="customer-contacts",
    remark="memo",
    name="name",
)

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
        "many → 1 a person",
        "full",
        "The source lists numbers and addresses; only a memo names a person. Rows that name the "
        "same one, whatever the case, are one contact, whose key is its first row's; rows that "
        "name nobody, or only a role, are the customer's own contact's. The first phone, mobile "
        "and e-mail have fields of their own; all of them stand, one a line, in two text fields.",
    ),
    ObjectDefault(
        "locations",
        "Service_Location__c, Contact, Account",
        "1 → 1; the first also → mailing or shipping address",
        "full",
    ),
    ObjectDefault(
        "jobs",
        "Case",
        "1 → 1, recalls → ParentId in a second pass",
        "full",
        "The source has no service level (SLA): SLA_Due__c is from a custom field of that name, "
        "else the end of the first appointment's arrival window. Its mapping row says which.",
    ),
    ObjectDefault(
        "appointments",
        "Appointment__c, Case",
        "1 → 1; first and last also → Case",
        "full",
        "May land in the calendar too, as an event of at most 14 days. Events and tasks of a year "
        "past are archived in the night after the load; the scan counts them.",
        choices=("Appointment__c, Event, Case",),
    ),
    ObjectDefault(
        "appointment-assignments",
        "Appointment__c, Case",
        "many → 1",
        "full",
        "Every technician's id, name and e-mail land on the job's record and the appointment's.",
    ),
    ObjectDefault("invoices", "Invoice__c", "1 → 1", "full", choices=("Order",)),
    ObjectDefault(
        "invoice-items",
        "Invoice_Item__c, Line_Item__c",
        "1 → 1 under each",
        "full",
        choices=("Product2, PricebookEntry, OrderItem, Line_Item__c",),
    ),
    ObjectDefault(
        "payments",
        "Payment__c",
        "1 → one a paid invoice",
        "partial",
        "A payment lands once for each invoice it is applied to; an unapplied rest is left out.",
    ),
    ObjectDefault("payment-applications", "Payment__c", "1 → 1", "full"),
    ObjectDefault(
        "job-history",
        "Job_Milestone__c",
        "1 → 1",
        "full",
        "The source names the event, its time and its actor, not the status before and after. May "
        "land as a finished task too, which is archived once a year past.",
        choices=("Job_Milestone__c, Task",),
    ),
    ObjectDefault(
        "job-timesheets",
        "Job_Milestone__c",
        "1 → up to 4",
        "full",
        "Dispatched, arrived, done and cancelled times; needs the payroll scope. May land as "
        "finished tasks too, which are archived once a year past.",
        choices=("Job_Milestone__c, Task",),
    ),
    ObjectDefault("job-canceled-logs", "Case", "last → 1", "reference"),
    ObjectDefault("technicians", "User", "1 → 1 by e-mail", "reference"),
    ObjectDefault("technician-skills", "Skill__c", "1 → 1", "full"),
    ObjectDefault("job-types", "Case", "name", "reference"),
    ObjectDefault("business-units", "Case", "name", "reference"),
    ObjectDefault("tag-types", "Account, Contact, Case", "names", "reference"),
    ObjectDefault("zones", "Service_Location__c, Case", "name", "reference"),
    ObjectDefault("campaigns", "Case", "name", "reference"),
    ObjectDefault("cancel-reasons", "Case", "name", "reference"),
    *HANDED_OVER_OBJECTS,
    ObjectDefault(
        "job-notes",
        "CaseComment",
        "1 → 1; a long one → up to 8",
        "full",
        "HTML as text, with author, pin and original time; an image by its file: “[image: NAME]”.",
    ),
    ObjectDefault("employees", "CaseComment", "name", "reference"),
    *FILE_OBJECTS,
    *BESIDE_OBJECTS,
    *RELATION_OBJECTS,
    *NOT_MOVED_OBJECTS,
    ObjectDefault(
        "calls",
        "Task",
        "1 → 1",
        "full",
        "Direction, duration, agent and original time; a recording is named by its address. Of a "
        "year past they are archived in the night after the load; the scan counts them.",
    ),
    ObjectDefault(
        "e-mails and meetings", "", "", "not_possible", "The source has no API for them."
    ),
)

CORE = {
    "locations": "reference",
    "appointments": "reference",
    **dict.fromkeys(
        (
            "calls",
            "invoices",
            "invoice-items",
            "payments",
            "payment-applications",
            "job-history",
            "job-notes",
            "job-timesheets",
            "technician-skills",
            *BESIDE_READS,
            *RELATION_READS,
            *FILE_READS,
        ),
        "excluded",
    ),
}
EXCEPTED = {
    "customers": ((When(MERGED_INTO, (None,), negate=True), "merged into another customer"),),
    **FILE_EXCEPTED,
}
MERGES = {"customers": MERGED_INTO, "locations": MERGED_INTO}
LEFT_OUT = {
    "form-signatures": "no longer active, or of no job",
    "note-images": "in a note that was deleted",
    "customer-contacts": "of a customer that was merged",
    "locations": "merged into another site, or of a customer merged in a circle",
    "invoices": "of no customer that lands",
    "invoice-items": "of an invoice that does not land",
    "payments": "applied to no invoice",
    "job-canceled-logs": "not the last of their job",
    "calls": "deleted at the source",
    "employees": "wrote no note",
    **BESIDE_LEFT_OUT,
    **RELATION_LEFT_OUT,
    "job-notes": "deleted at the source",
    "technicians": "without work on any job",
    "technician-skills": "no longer active",
    "job-timesheets": "no longer active",
    "job-types": "not used by any job",
    "business-units": "not used by any job",
    "zones": "not used by any record",
    "campaigns": "not used by any job",
    "cancel-reasons": "not used by any job",
    "tag-types": "not used by any record",
}
INSIDE = {
    "invoice-items": Inside("invoices", "items.id", "invoiceId"),
    "payment-applications": Inside("payments", "appliedTo.appliedId", "paymentId"),
}
CUSTOM = {"jobs": ("job", "")}
