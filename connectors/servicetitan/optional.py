"""What we also read where the app's scopes allow it, and where: data only.

Source: developer.servicetitan.io, API reference of the modules crm, jpm, payroll, dispatch,
settings, accounting, telecom, marketing and forms. The answer of the list of attachments is
not in the reference: its rows are as integrators see them.
"""

from connectors.servicetitan.embedded import images, signatures
from connectors.servicetitan.feeds import Feed, Inside, Under

ANY = {"active": "Any"}


def _small(label: str, scope: str, module: str, path: str) -> Feed:
    """A short list that is read whole."""
    return Feed(label, scope, module, path, kind="paged", params=ANY, total=(path, ANY))


OPTIONAL: dict[str, Feed] = {
    "job-notes": Feed("Job notes", "Job Planning: Jobs (notes)", "jpm", "export/job-notes"),
    "job-history": Feed(
        label="Job history",
        scope="Job Planning: Jobs (history)",
        module="jpm",
        path="export/job-history",
        modified_field="date",
        inside=Inside("history", outer={"jobId": "jobId"}),
    ),
    "job-timesheets": Feed(
        label="Job timesheets",
        scope="Payroll: Jobs (timesheets)",
        module="payroll",
        path="export/jobs/timesheets",
        total=("jobs/timesheets", ANY),
    ),
    "job-splits": Feed(
        label="Job splits",
        scope="Payroll: Jobs (splits)",
        module="payroll",
        path="export/jobs/splits",
        total=("jobs/splits", ANY),
    ),
    # A log is written once; where the job is booked again it becomes inactive.
    "job-canceled-logs": Feed(
        label="Job cancellations",
        scope="Job Planning: Jobs (canceled logs)",
        module="jpm",
        path="export/job-canceled-logs",
        modified_field="createdOn",
    ),
    "cancel-reasons": _small(
        "Cancel reasons", "Job Planning: Job Cancel Reasons", "jpm", "job-cancel-reasons"
    ),
    "hold-reasons": _small(
        "Hold reasons", "Job Planning: Job Hold Reasons", "jpm", "job-hold-reasons"
    ),
    "location-contacts": Feed(
        label="Location contacts",
        scope="CRM: Locations (contacts)",
        module="crm",
        path="export/locations/contacts",
    ),
    # People by themselves, with ids of their own; the customers' contacts are numbers.
    "contacts": Feed(
        label="Contacts hub",
        scope="CRM: Contacts",
        module="crm",
        path="contacts",
        kind="paged",
        total=("contacts", {}),
    ),
    "contact-relationships": Feed(
        label="Contacts hub, relationships",
        scope="CRM: Contacts",
        module="crm",
        path="contacts/{}/relationships",
        kind="paged",
        modified_field="createdOn",
        since="createdOnOrAfter",
        under=Under("contacts", "contactId"),
    ),
    "customer-notes": Feed(
        label="Customer notes",
        scope="CRM: Customers (notes)",
        module="crm",
        path="customers/{}/notes",
        kind="paged",
        under=Under("customers", "customerId"),
    ),
    "location-notes": Feed(
        label="Location notes",
        scope="CRM: Locations (notes)",
        module="crm",
        path="locations/{}/notes",
        kind="paged",
        under=Under("locations", "locationId"),
    ),
    # An item that is taken off an invoice leaves no trace but the invoice without it.
    "invoice-items": Feed(
        label="Invoice items",
        scope="Accounting: Invoices",
        module="accounting",
        path="export/invoices",
        inside=Inside(
            "items",
            outer={
                "invoiceId": "id",
                "invoiceNumber": "referenceNumber",
                "jobId": "job.id",
                "customerId": "customer.id",
                "active": "active",
            },
        ),
    ),
    "payments": Feed(
        label="Payments",
        scope="Accounting: Payments",
        module="accounting",
        path="export/payments",
        total=("payments", {"activeState": "All"}),
    ),
    "payment-applications": Feed(
        label="Payment applications",
        scope="Accounting: Payments",
        module="accounting",
        path="export/payments",
        id_field="appliedId",
        inside=Inside(
            "appliedTo",
            outer={
                "paymentId": "id",
                "customerId": "customer.id",
                "paymentDate": "date",
                "paymentType": "type",
                "active": "active",
                "createdOn": "createdOn",
                "modifiedOn": "modifiedOn",
            },
            inner={"invoiceId": "appliedTo", "amount": "appliedAmount"},
        ),
    ),
    # Its lists are a legacy bundle and a newer version, both of another shape.
    "calls": Feed("Calls", "Telecom: Calls", "telecom", "export/calls"),
    "employees": Feed(
        label="Employees",
        scope="Settings: Employees",
        module="settings",
        path="export/employees",
        total=("employees", ANY),
    ),
    "zones": _small("Zones", "Dispatch: Zones", "dispatch", "zones"),
    "teams": Feed(
        label="Teams",
        scope="Dispatch: Teams",
        module="dispatch",
        path="teams",
        kind="paged",
        params={"includeInactive": "true"},
        total=("teams", {"includeInactive": "true"}),
    ),
    "technician-skills": _small(
        "Technician skills", "Dispatch: Technician Skills", "dispatch", "technician-skills"
    ),
    "arrival-windows": Feed(
        label="Arrival windows",
        scope="Dispatch: Arrival Windows",
        module="dispatch",
        path="arrival-windows",
        kind="paged",
        params=ANY,
        total=("arrival-windows", ANY),
        modified_field="",
        since="",
    ),
    "business-hours": Feed(
        label="Business hours",
        scope="Dispatch: Business Hours",
        module="dispatch",
        path="business-hours",
        kind="single",
        modified_field="",
    ),
    "technician-shifts": _small(
        "Technician shifts", "Dispatch: Technician Shifts", "dispatch", "technician-shifts"
    ),
    "reports": Feed(
        label="Reports",
        scope="Reporting: Reports",
        module="reporting",
        path="report-categories",
        kind="catalogue",
        since="",
    ),
    "campaigns": _small("Campaigns", "Marketing: Campaigns", "marketing", "campaigns"),
    "attachments": Feed(
        label="Attachments",
        scope="Forms: Jobs (attachments)",
        module="forms",
        path="jobs/{}/attachments",
        kind="paged",
        modified_field="createdOn",
        since="createdOnOrAfter",
        under=Under("jobs", "jobId"),
        file="jobs/attachment/{}",
    ),
    # More rows than 500 a page are more than the vendor's own server can hold.
    "form-submissions": Feed(
        label="Form submissions",
        scope="Forms: Submissions",
        module="forms",
        path="submissions",
        kind="paged",
        params={"status": "Any", "active": "Any"},
        total=("submissions", {"status": "Any", "active": "Any"}),
        modified_field="submittedOn",
        since="submittedOnOrAfter",
        most_rows=500,
        owners={"jobId": "Job", "customerId": "Customer", "locationId": "Location"},
    ),
    # Signatures and images lie inside other records; none of the lists below counts them.
    "form-signatures": Feed(
        label="Signatures in forms",
        scope="Forms: Submissions",
        module="forms",
        path="submissions",
        kind="paged",
        params={"status": "Any", "active": "Any"},
        modified_field="signedOn",
        since="submittedOnOrAfter",
        most_rows=500,
        owners={"jobId": "Job", "customerId": "Customer", "locationId": "Location"},
        found=signatures,
    ),
    "note-images": Feed(
        label="Images in job notes",
        scope="Job Planning: Jobs (notes)",
        module="jpm",
        path="export/job-notes",
        found=images,
    ),
}
