"""People of several customers, where the source has them by themselves and the destination relates
one contact to several accounts: a household's person who is tied to a company too."""

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
from projects.shapes import Lookup, Part, Shape, When

TO_CUSTOMER = When("typeSlug", ("customer",))
RELATION_SHAPES = (
    Shape(
        "relation",
        "Contact of a further account",
        "AccountContactRelation",
        "contact-relationships",
        "contact-relationships/{@id}",
        where=(
            TO_CUSTOMER,
            has("customer"),
            of("customer", COMPANY),
            of("customer", NOT_MERGED),
            has("person"),
            has("placement"),
        ),
        parts=(
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
            Part(
                "person",
                "customers",
                "ids",
                paths=("ties.relatedEntityId",),
                follow=MERGED_INTO,
                where=(HOUSEHOLD, NOT_MERGED),
            ),
            Part("placement", "placements", "id", paths=("person.@id",)),
        ),
        lookups=(
            Lookup("AccountId", "Account", "customers/{customer.@id}"),
            Lookup("ContactId", "Contact", "customers/{person.@id}"),
        ),
        title="{hub.name}",
    ),
)
RELATION_ROWS = (
    RowDefault("relation", "hub.isArchived", "IsActive", "one_of", "false"),
    RowDefault("relation", "hub.title", "Source_Title__c"),
    RowDefault("relation", "createdOn", "Source_Created_Date__c", "instant"),
)
RELATION_OBJECTS = (
    ObjectDefault(
        "contact-relationships",
        "AccountContactRelation",
        "1 → 1 between a household's contact and a company",
        "partial",
        "Where the destination relates a contact to several accounts. People of companies alone "
        "are not told apart: they land as the customer's contact does.",
    ),
    ObjectDefault("contacts", "AccountContactRelation", "title and state", "reference"),
)
RELATION_READS = ("contacts", "contact-relationships")
RELATION_LEFT_OUT = {
    "contacts": "tied to no household and company at once",
    "contact-relationships": "between no household and a company",
}
