"""What we read at ServiceTitan and where: data only.

The objects here are what a move needs at least; those of `optional.py` can be left out.
Source: developer.servicetitan.io, API reference of the modules crm, jpm, dispatch,
settings and accounting.
"""

from connectors.servicetitan.feeds import Feed
from connectors.servicetitan.optional import OPTIONAL

ANY = {"active": "Any"}

REQUIRED: dict[str, Feed] = {
    "customers": Feed(
        label="Customers",
        scope="CRM: Customers",
        module="crm",
        path="export/customers",
        total=("customers", ANY),
        custom_fields="customers/custom-fields",
    ),
    # The list of contacts needs a date or customer filter, so it cannot tell a count.
    "customer-contacts": Feed(
        label="Customer contacts",
        scope="CRM: Customers (contacts)",
        module="crm",
        path="export/customers/contacts",
    ),
    "locations": Feed(
        label="Locations",
        scope="CRM: Locations",
        module="crm",
        path="export/locations",
        total=("locations", ANY),
        custom_fields="locations/custom-fields",
    ),
    # A job is cancelled, never inactive: its list has no `active` filter.
    "jobs": Feed(
        label="Jobs",
        scope="Job Planning: Jobs",
        module="jpm",
        path="export/jobs",
        total=("jobs", {}),
        custom_fields="jobs/custom-fields",
    ),
    "appointments": Feed(
        label="Appointments",
        scope="Job Planning: Appointments",
        module="jpm",
        path="export/appointments",
        params=ANY,
        total=("appointments", ANY),
    ),
    # Unlike the other feeds this one hides inactive rows unless asked.
    "appointment-assignments": Feed(
        label="Appointment assignments",
        scope="Dispatch: Appointment Assignments",
        module="dispatch",
        path="export/appointment-assignments",
        params=ANY,
        total=("appointment-assignments", ANY),
    ),
    "technicians": Feed(
        label="Technicians",
        scope="Settings: Technicians",
        module="settings",
        path="export/technicians",
        total=("technicians", ANY),
    ),
    "job-types": Feed(
        label="Job types",
        scope="Job Planning: Job Types",
        module="jpm",
        path="job-types",
        kind="paged",
        params=ANY,
        total=("job-types", ANY),
    ),
    "business-units": Feed(
        label="Business units",
        scope="Settings: Business Units",
        module="settings",
        path="export/business-units",
        total=("business-units", ANY),
    ),
    "tag-types": Feed(
        label="Tag types",
        scope="Settings: Tag Types",
        module="settings",
        path="export/tag-types",
        total=("tag-types", ANY),
    ),
    "invoices": Feed(
        label="Invoices",
        scope="Accounting: Invoices",
        module="accounting",
        path="export/invoices",
        total=("invoices", {"activeState": "All"}),
    ),
}

FEEDS: dict[str, Feed] = REQUIRED | OPTIONAL
