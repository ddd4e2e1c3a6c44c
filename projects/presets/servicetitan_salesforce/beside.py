"""What is known of customers and sites beside their jobs: notes, and who is reached at a site.
Parts and proposed rows for the shapes of those records."""

from projects.presets import ObjectDefault, RowDefault
from projects.presets.servicetitan.conditions import NOT_INACTIVE
from projects.shapes import Part

WRITTEN = (
    "createdById writers,offices userId "
    "{createdOn}{author.name? }{author.name} (user {createdById}): {isPinned?Pinned. }{text}"
)
WHY = (
    "One a line, with time and author, in a long text of the record: a note of the vendor's own "
    "cannot be loaded in bulk or found by our key, and a task would be work to do. "
    "An inline image is named as “[image]”."
)


def notes(object: str) -> tuple[Part, ...]:
    """The notes whose parent is the root, and who wrote them."""
    authors = (("writers", "technicians"), ("offices", "employees"))
    return (
        Part("notes", object, "parent", where=(NOT_INACTIVE,), order=("createdOn",), pick="all"),
        *(
            Part(name, people, "value", paths=("notes.createdById",), match="userId", pick="all")
            for name, people in authors
        ),
    )


REACHED = Part("reached", "location-contacts", "parent", order=("createdOn",), pick="all")
BESIDE_ROWS = (
    *(
        RowDefault(shape, "notes", "Source_Notes__c", "log", WRITTEN)
        for shape in ("company", "household", "site")
    ),
    RowDefault("site", "reached", "Site_Contacts__c", "lines", "{type}: {value} {memo}"),
)
BESIDE_OBJECTS = (
    ObjectDefault("customer-notes", "Account, Contact", "many → 1", "full", WHY),
    ObjectDefault("location-notes", "Service_Location__c", "many → 1", "full", WHY),
    ObjectDefault(
        "location-contacts",
        "Service_Location__c",
        "many → 1",
        "full",
        "Number or address and memo, one a line: the source says of whom only in the memo.",
    ),
)
BESIDE_READS = ("customer-notes", "location-notes", "location-contacts")
BESIDE_PARENTS = {
    "customer-notes": "customerId",
    "location-notes": "locationId",
    "location-contacts": "locationId",
}
BESIDE_LEFT_OUT = {
    "customer-notes": "of a customer that was merged",
    "location-notes": "of a site that does not land",
    "location-contacts": "of a site that does not land",
}
