"""People of several customers, where the source has them by themselves and the destination relates
one contact to several accounts: a household's person who is tied to a company too, and somebody
of a company who is tied to another.

The source gives its people no number that their phones and e-mails bear as well: they are told
by their customer and their name.
"""

from dataclasses import replace

from projects.conditions import Names, Namesake, Same
from projects.presets import ObjectDefault, RowDefault
from projects.presets.servicetitan.conditions import (
    COMPANY,
    HOUSEHOLD,
    MERGED_INTO,
    NOT_MERGED,
    customer,
    has,
    of,
)
from projects.presets.servicetitan.people import CONTACTS, MEMO, PERSON
from projects.shapes import Lookup, Part, Shape, When

TO_CUSTOMER = When("typeSlug", ("customer",))
TO_COMPANY = (TO_CUSTOMER, has("customer"), of("customer", COMPANY), of("customer", NOT_MERGED))
KEY = "contact-relationships/{@id}"
TIES = (
    customer("customer", "relatedEntityId"),
    Part("hub", "contacts", "id", paths=("contactId",)),
    Part(
        "ties",
        "contact-relationships",
        "parent",
        of="hub",
        where=(TO_CUSTOMER,),
        order=("createdOn",),
        pick="all",
    ),
)
TIED = Part(
    "tied", "customers", "ids", paths=("ties.relatedEntityId",), follow=MERGED_INTO, pick="all"
)
ACCOUNT = Lookup("AccountId", "Account", "customers/{customer.@id}")
NAMED = Part("row", CONTACTS, "parent", fit=Namesake(MEMO, "hub.name"))
"""The first phone or e-mail of the person at one of the customers."""
FURTHER = "customer-contacts/{row.@id}"

RELATION_SHAPES = (
    Shape(
        "relation",
        "Contact of a further account",
        "AccountContactRelation",
        "contact-relationships",
        KEY,
        where=(*TO_COMPANY, has("person"), has("placement")),
        parts=(
            *TIES,
            replace(TIED, name="person", where=(HOUSEHOLD, NOT_MERGED), pick="first"),
            Part("placement", "placements", "id", paths=("person.@id",)),
            replace(NAMED, of="person"),
        ),
        lookups=(
            ACCOUNT,
            Lookup("ContactId", "Contact", FURTHER, (Names("row.memo", ("person.name",)),)),
            Lookup("ContactId", "Contact", "customers/{person.@id}"),
        ),
        title="{hub.name}",
    ),
    Shape(
        "company relation",
        "Person of a company, of a further account",
        "AccountContactRelation",
        "contact-relationships",
        KEY,
        where=(
            *TO_COMPANY,
            When("placement", (None,)),
            has("home"),
            Same("home.@id", "customer.@id", negate=True),
        ),
        parts=(
            *TIES,
            replace(TIED, name="household", where=(HOUSEHOLD, NOT_MERGED), pick="first"),
            Part("placement", "placements", "id", paths=("household.@id",)),
            replace(TIED, where=(COMPANY, NOT_MERGED)),
            replace(NAMED, of="tied"),
            Part("home", "customers", "id", paths=("row.customerId",)),
            replace(PERSON, of="home"),
        ),
        lookups=(
            ACCOUNT,
            Lookup(
                "ContactId", "Contact", FURTHER, (Names("row.memo", ("home.name", "person.memo")),)
            ),
            Lookup("ContactId", "Contact", "customers/{home.@id}"),
        ),
        title="{hub.name}",
    ),
)
RELATION_ROWS = tuple(
    replace(row, shape=shape.name)
    for shape in RELATION_SHAPES
    for row in (
        RowDefault("", "hub.isArchived", "IsActive", "one_of", "false"),
        RowDefault("", "hub.title", "Source_Title__c"),
        RowDefault("", "createdOn", "Source_Created_Date__c", "instant"),
    )
)
RELATION_OBJECTS = (
    ObjectDefault(
        "contact-relationships",
        "AccountContactRelation",
        "1 → 1 between a person's contact and a further company",
        "partial",
        "Where the destination relates a contact to several accounts. A household's person is "
        "known by the household; one of a company by its name, which a phone or e-mail of the "
        "company must bear, for the hub's own ids stand nowhere else.",
    ),
    ObjectDefault("contacts", "AccountContactRelation", "title and state", "reference"),
)
RELATION_READS = ("contacts", "contact-relationships")
RELATION_LEFT_OUT = {
    "contacts": "tied to one customer only, or named by no phone or e-mail of the companies",
    "contact-relationships": "to the customer that has the contact already, or of somebody whom "
    "no phone or e-mail of the companies names",
}
