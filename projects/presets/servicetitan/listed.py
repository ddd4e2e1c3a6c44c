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
NOT_MOVED = {
    "form-submissions": (
        "Of a form its signatures land, each as a file of its job: see form-signatures. What was "
        "answered does not: each form asks its own questions, which no field stands for. Keep the "
        "forms you must keep as PDF files of their jobs; those land as attachments."
    ),
    "job-splits": "Shares of payroll: no part of a customer's history.",
}
NOT_MOVED_OBJECTS = tuple(
    ObjectDefault(name, "", "", "excluded", reason) for name, reason in NOT_MOVED.items()
)
