"""What of ServiceTitan is handed over as a reference: what its API gives, what only its screens
show, and what stays behind.

Source: developer.servicetitan.io, API reference of jpm, dispatch, settings, marketing, reporting.
"""

from projects.reference.parts import Pattern, Reports, Section, Shown, Untransferable

ACTIVE = Shown("active", "active")
NAMED = (Shown("name", "name"), ACTIVE)

SECTIONS = (
    Section(
        "job-types",
        "Job-type settings",
        "job-types",
        (
            Shown("name", "name"),
            Shown("class", "class"),
            Shown("priority", "priority"),
            Shown("duration", "duration"),
            Shown("skills", "skills"),
            Shown("business_units", "businessUnitIds", "business-units"),
            Shown("tags", "tagTypeIds", "tag-types"),
            Shown("dispatched_by_optimizer", "isSmartDispatched"),
            Shown("signature_required", "invoiceSignaturesRequired"),
            Shown("no_charge", "noCharge"),
            Shown("sold_threshold", "soldThreshold"),
            Shown("instructions", "summary"),
            ACTIVE,
        ),
    ),
    Section(
        "business-units",
        "Business units",
        "business-units",
        (
            Shown("name", "name"),
            Shown("trade", "trade.name"),
            Shown("division", "division.name"),
            Shown("phone", "phoneNumber"),
            Shown("email", "email"),
            ACTIVE,
        ),
    ),
    Section(
        "zones",
        "Zones",
        "zones",
        (
            Shown("name", "name"),
            Shown("postal_codes", "zips"),
            Shown("cities", "cities"),
            Shown("service_days", "serviceDays"),
            Shown("business_units", "businessUnits", "business-units"),
            Shown("technicians", "technicians", "technicians"),
            ACTIVE,
        ),
    ),
    Section(
        "business-hours",
        "Business hours",
        "business-hours",
        (Shown("from_hour", "fromHour"), Shown("to_hour", "toHour")),
        lists=("weekdays", "saturday", "sunday"),
    ),
    Section(
        "arrival-windows",
        "Arrival windows",
        "arrival-windows",
        (
            Shown("start", "start"),
            Shown("duration", "duration"),
            Shown("business_units", "businessUnitIds", "business-units"),
            ACTIVE,
        ),
    ),
    Section(
        "shifts",
        "Shifts",
        "technician-shifts",
        (),
        pattern=Pattern(
            who="technicianId",
            of="technicians",
            start="start",
            end="end",
            kind="shiftType",
            title="title",
            active="active",
        ),
    ),
    Section(
        "technicians",
        "Technicians as dispatching sees them",
        "technicians",
        (
            Shown("name", "name"),
            Shown("email", "email"),
            Shown("business_unit", "businessUnitId", "business-units"),
            Shown("main_zone", "mainZoneId", "zones"),
            Shown("zones", "zoneIds", "zones"),
            Shown("team", "team"),
            Shown("skills", "skills.name"),
            Shown("positions", "positions"),
            Shown("dispatched_by_optimizer", "isManagedTech"),
            Shown("licence", "licenseType"),
            ACTIVE,
        ),
    ),
    Section(
        "skills",
        "Skills",
        "technician-skills",
        (
            Shown("name", "name"),
            Shown("technician", "technicianId", "technicians"),
            Shown("job_types", "jobTypeIds", "job-types"),
            ACTIVE,
        ),
    ),
    Section("teams", "Teams", "teams", NAMED),
    Section(
        "tags",
        "Tags",
        "tag-types",
        (
            Shown("name", "name"),
            Shown("code", "code"),
            Shown("importance", "importance"),
            Shown("shown_on_dispatch_board", "isVisibleOnDispatchBoard"),
            ACTIVE,
        ),
    ),
    Section("cancel-reasons", "Cancel reasons", "cancel-reasons", NAMED),
    Section("hold-reasons", "Hold reasons", "hold-reasons", NAMED),
)
UNTRANSFERABLE = (
    Untransferable(
        "routes",
        "Routes",
        "The optimizer computes them anew all day and no API gives them. What was driven stands in "
        "each appointment's times; the destination computes its own.",
    ),
    Untransferable(
        "locks",
        "Locked assignments",
        "A lock holds an open job with its technician on the dispatch board. No API tells which "
        "are locked. Note the locks of open jobs by hand on the day of the switch.",
    ),
    Untransferable(
        "scores",
        "Job scores and suggestions",
        "Computed from the optimizer's model at the moment of dispatching, kept nowhere that an "
        "API or an export reaches, and of no meaning to another optimizer.",
    ),
    Untransferable(
        "dispatch-board",
        "Views of the dispatch board",
        "No API gives them. Every dispatcher sets up views of the new board.",
    ),
)
REPORTS = Reports(
    "reports",
    "Dashboards have no API: neither their list nor their tiles can be read. Take a screenshot of "
    "each, note which report feeds each tile, and rebuild them from the reports listed here.",
    words={
        "job": "jobs.jobNumber",
        "invoice": "invoices.referenceNumber",
        "invoice number": "invoices.referenceNumber",
        "technician email": "technicians.email",
        "zip": "locations.address.zip",
        "city": "locations.address.city",
    },
)
