"""What is known of customers and sites beside their jobs: notes, who is reached at a site, and
what of the people of several customers a vendor of one organization a person can hold. Shapes,
parts and proposed rows side by side."""

from projects.presets import ObjectDefault, RowDefault
from projects.presets.servicetitan.conditions import (
    COMPANY,
    HOUSEHOLD,
    MERGED_INTO,
    customer,
    of,
)
from projects.presets.servicetitan.joins import CUSTOMER, HEAD, KNOWN, OFFICE, WRITER
from projects.shapes import Lookup, Part, Shape

OWNER = "customers/{customer.@id}"
ON_CUSTOMER = (
    Lookup("org_id", "organizations", OWNER, (of("customer", COMPANY),)),
    Lookup("person_id", "persons", OWNER, (of("customer", HOUSEHOLD),)),
)
AT_SITE = ", on the site {site.name} (#{site.id})"
REACHED = Part(
    "reached", "location-contacts", "parent", of="sites", order=("createdOn",), pick="all"
)
REACHED_LINE = "- {type}: {value} {memo}"


def _note(name: str, label: str, object: str, *owner: Part) -> Shape:
    return Shape(
        name,
        label,
        "notes",
        object,
        f"{object}/{{@id}}",
        where=KNOWN,
        parts=(*owner, WRITER, OFFICE),
        lookups=ON_CUSTOMER,
        title="Note {@id}",
    )


def _note_rows(name: str, head: str) -> tuple[RowDefault, ...]:
    return (
        RowDefault(name, "text", "content", "piece", f"1/1 88000 {head}"),
        RowDefault(name, "createdOn", "add_time", "instant"),
        RowDefault(name, "writer.id", "user_id", "user"),
    )


BESIDE_SHAPES = (
    _note("customer note", "Note on a customer", "customer-notes", CUSTOMER),
    _note(
        "site note",
        "Note on a site",
        "location-notes",
        Part("site", "locations", "id", paths=("locationId",), follow=MERGED_INTO),
        customer("customer", "site.customerId"),
    ),
)
BESIDE_ROWS = (
    *_note_rows("customer note", HEAD),
    *_note_rows("site note", f"{HEAD}{AT_SITE}"),
)
WHY = "With author, id and original time; an inline image is named as “[image]”."
BESIDE_OBJECTS = (
    ObjectDefault("customer-notes", "notes", "1 → 1 on the customer", "full", WHY),
    ObjectDefault(
        "location-notes",
        "notes",
        "1 → 1 on the site's customer",
        "full",
        f"The note names its site, which is no record of its own here. {WHY}",
    ),
    ObjectDefault(
        "location-contacts",
        "organizations, persons",
        "many → 1",
        "full",
        "A line each below their site in the text field of all sites: the source says of whom a "
        "number or address is only in its memo.",
    ),
    ObjectDefault(
        "contacts",
        "",
        "",
        "excluded",
        "People land from their customer's numbers and addresses, which also hold what reaches "
        "them. The hub adds a title and whether a person is archived.",
    ),
    ObjectDefault(
        "contact-relationships",
        "",
        "",
        "not_possible",
        "Here a person belongs to one organization: somebody of several customers is a person of "
        "each.",
    ),
)
BESIDE_LEFT_OUT = {
    "customer-notes": "of a customer that was merged in a circle",
    "location-notes": "of a site that is gone, or whose customer is",
    "location-contacts": "of a site that does not land",
}
