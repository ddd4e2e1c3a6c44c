"""What a Dispatch Pro contract lists, and the source objects that make up each; and what of the
source's objects nothing is done with, by name."""

from projects.presets import Listed, ObjectDefault

LISTED = (
    Listed("Customers", ("customers",)),
    Listed("Contacts", ("customer-contacts",)),
    Listed("Locations", ("locations",)),
    Listed("Jobs", ("jobs",)),
    Listed("Appointments", ("appointments", "appointment-assignments")),
    Listed("Line items and invoices", ("invoices", "invoice-items", "payment-applications")),
    Listed("Technicians and skills", ("technicians", "technician-skills")),
    Listed("Status history", ("job-history", "job-timesheets")),
    Listed("Calls", ("calls",)),
    Listed("Notes", ("job-notes", "customer-notes", "location-notes")),
    Listed("Attachments and signatures", ("attachments", "form-signatures", "note-images")),
    Listed(
        "Playbook and configuration",
        (
            "job-types",
            "business-units",
            "zones",
            "business-hours",
            "arrival-windows",
            "technician-shifts",
            "teams",
            "tag-types",
            "cancel-reasons",
            "hold-reasons",
        ),
    ),
    Listed("Reports", ("reports",)),
)
BESIDE_JOBS = {
    "location-contacts": ("not_yet", "not built yet: contacts of a site beside its customer's"),
    "customer-notes": ("not_yet", "not built yet: notes on a customer"),
    "location-notes": ("not_yet", "not built yet: notes on a site"),
    "contacts": ("not_yet", "not built yet: people of the contacts hub"),
    "contact-relationships": ("not_yet", "not built yet: people of the contacts hub"),
}
"""Each is a further call for every customer or site, contacts aside."""
NOT_MOVED = {
    "form-submissions": ("not_yet", "not built yet: forms beside their signatures"),
    "job-splits": ("excluded", "Shares of payroll: no part of a customer's history."),
}
BESIDE_JOBS_OBJECTS, NOT_MOVED_OBJECTS = (
    tuple(ObjectDefault(name, "", "", status, reason) for name, (status, reason) in some.items())
    for some in (BESIDE_JOBS, NOT_MOVED)
)
