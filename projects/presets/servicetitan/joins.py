"""Joins of source records that the presets of several destinations share."""

from projects.presets.servicetitan.conditions import (
    ACTIVE,
    MERGED_INTO,
    NOT_INACTIVE,
    NOT_MERGED,
    customer,
    has,
    of,
)
from projects.shapes import Part, When


def listed(name: str, owner: str) -> Part:
    """The row of somebody reached at the customer, one in use before others."""
    return Part(name, "customer-contacts", "parent", of=owner, prefer=(ACTIVE,))


def decisive(visits: str = "") -> Part:
    """The assignment whose technician counts: the last one done, else the last one."""
    return Part(
        "decisive",
        "appointment-assignments",
        "parent",
        of=visits,
        where=(ACTIVE,),
        prefer=(When("status", ("Done",)),),
        order=("modifiedOn",),
        pick="last",
    )


KNOWN = (has("customer"), of("customer", NOT_MERGED))
SIGNED = When("isRefused", (True,), negate=True)
CUSTOMER = customer("customer", "customerId")
SITE = Part("site", "locations", "parent", prefer=(ACTIVE,))
TAGS = Part("tags", "tag-types", "ids", paths=("tagTypeIds",), pick="all", order=("name",))
WRITER = Part("writer", "technicians", "value", paths=("createdById",), match="userId")
OFFICE = Part("office", "employees", "value", paths=("createdById",), match="userId")
HEAD = "{isPinned?Pinned. }By {writer.name}{office.name} (user {createdById})"
"""The first line of a note."""

CREW = (
    Part(
        "assignments",
        "appointment-assignments",
        "parent",
        prefer=(ACTIVE,),
        order=("assignedOn",),
        pick="all",
    ),
    Part(
        "workers",
        "technicians",
        "ids",
        paths=("assignments.technicianId",),
        pick="all",
        order=("name",),
    ),
)
"""Who was sent to an appointment."""

CALL_PARTS = (
    Part("about", "jobs", "id", paths=("job.id",)),
    customer("caller", "customer.id"),
    listed("person", "caller"),
)
CALLER = (has("caller"), of("caller", NOT_MERGED))

JOB_PARTS = (
    CUSTOMER,
    listed("person", "customer"),
    Part("site", "locations", "id", paths=("locationId",), follow=MERGED_INTO),
    Part("jobType", "job-types", "id", paths=("jobTypeId",)),
    Part("businessUnit", "business-units", "id", paths=("businessUnitId",)),
    TAGS,
    Part("visits", "appointments", "parent", order=("start",), pick="all"),
    Part("first", "appointments", "parent", prefer=(ACTIVE,), order=("start",)),
    Part("last", "appointments", "parent", prefer=(ACTIVE,), order=("end",), pick="last"),
    Part(
        "assignments",
        "appointment-assignments",
        "parent",
        of="visits",
        order=("assignedOn",),
        pick="all",
    ),
    decisive("visits"),
    Part(
        "technicians",
        "technicians",
        "ids",
        paths=("assignments.technicianId", "soldById"),
        pick="all",
        order=("name",),
    ),
    Part("technician", "technicians", "id", paths=("decisive.technicianId", "soldById")),
    Part("zone", "zones", "id", paths=("technician.mainZoneId",)),
    Part("campaign", "campaigns", "id", paths=("campaignId",)),
    Part("cancellation", "job-canceled-logs", "parent", prefer=(ACTIVE,), pick="last"),
    Part(
        "signature",
        "form-signatures",
        "parent",
        where=(SIGNED, NOT_INACTIVE),
        order=("signedOn",),
        pick="last",
    ),
    Part("cancelReason", "cancel-reasons", "id", paths=("cancellation.reasonId",)),
)
