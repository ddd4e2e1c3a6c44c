"""Which records make up each destination record: joins, scopes, lookups."""

from projects.presets.servicetitan.conditions import (
    ACTIVE,
    COMPANY,
    HOUSEHOLD,
    NOT_MERGED,
    has,
    of,
)
from projects.presets.servicetitan.joins import JOB_PARTS, KNOWN, SITE, TAGS
from projects.presets.servicetitan.people import (
    CONTACTS,
    FIRSTS,
    FURTHER,
    FURTHER_KEY,
    FURTHER_PARTS,
    LISTED,
    LISTS,
    PERSON,
    own,
    theirs,
)
from projects.presets.servicetitan_salesforce.activity import ACTIVITY_SHAPES
from projects.presets.servicetitan_salesforce.beside import notes
from projects.presets.servicetitan_salesforce.files import FILE_SHAPES
from projects.presets.servicetitan_salesforce.further import FURTHER_SHAPES
from projects.presets.servicetitan_salesforce.orders import ORDER_SHAPES
from projects.presets.servicetitan_salesforce.relations import RELATION_SHAPES
from projects.presets.servicetitan_salesforce.timeline import TIMELINE_SHAPES
from projects.shapes import Lookup, Part, Shape, When


def _contact(name: str, *types: str) -> Part:
    return Part(name, CONTACTS, "parent", where=(When("type", types),), prefer=(ACTIVE,))


PLACEMENT = Part("placement", "placements", "id", paths=("customer.@id",))

SHAPES = (
    Shape(
        "company",
        "Company account",
        "Account",
        "customers",
        "customers/{@id}",
        where=(COMPANY, NOT_MERGED),
        parts=(
            SITE,
            _contact("phone", "Phone", "MobilePhone"),
            _contact("fax", "Fax"),
            TAGS,
            *notes("customer-notes"),
        ),
        title="{name}",
    ),
    Shape(
        "placeholder",
        "Unassigned Account",
        "Account",
        "placements",
        "placements/{number}",
        title="Unassigned Account {number}",
        once=True,
    ),
    Shape(
        "household",
        "Household contact",
        "Contact",
        "customers",
        "customers/{@id}",
        where=(HOUSEHOLD, NOT_MERGED),
        parts=(
            SITE,
            *own((*FIRSTS, *LISTS), "name"),
            TAGS,
            *notes("customer-notes"),
            Part("placement", "placements", "id", paths=("@id",)),
        ),
        lookups=(
            Lookup("AccountId", "Account", "placements/{placement.number}", (has("placement"),)),
        ),
        title="{name}",
    ),
    Shape(
        "company contact",
        "Company contact",
        "Contact",
        "customers",
        "customers/{@id}",
        where=(COMPANY, NOT_MERGED, has("listed")),
        parts=(LISTED, PERSON, *own((*FIRSTS, *LISTS), "name", "person.memo")),
        lookups=(Lookup("AccountId", "Account", "customers/{@id}"),),
        title="{person.memo}",
    ),
    Shape(
        "further contact",
        "Further person of a customer",
        "Contact",
        CONTACTS,
        FURTHER_KEY,
        where=FURTHER,
        parts=(
            *FURTHER_PARTS,
            *theirs((*FIRSTS, *LISTS)),
            Part("placement", "placements", "id", paths=("customer.@id",)),
        ),
        lookups=(
            Lookup("AccountId", "Account", "customers/{customer.@id}", (has("company"),)),
            Lookup("AccountId", "Account", "placements/{placement.number}", (has("placement"),)),
        ),
        title="{memo}",
    ),
    Shape(
        "job",
        "Job",
        "Case",
        "jobs",
        "jobs/{@id}",
        parts=(*JOB_PARTS, PLACEMENT),
        lookups=(
            Lookup(
                "AccountId",
                "Account",
                "customers/{customer.@id}",
                (of("customer", COMPANY), *KNOWN),
            ),
            Lookup("AccountId", "Account", "placements/{placement.number}", (has("placement"),)),
            Lookup(
                "ContactId",
                "Contact",
                "customers/{customer.@id}",
                (of("customer", HOUSEHOLD), *KNOWN),
            ),
            Lookup("ContactId", "Contact", "customers/{customer.@id}", (has("person"), *KNOWN)),
            Lookup(
                "Service_Location__c",
                "Service_Location__c",
                "locations/{site.@id}",
                (has("site"), of("site", NOT_MERGED), *KNOWN),
            ),
        ),
        title="{jobNumber} {jobType.name}",
    ),
    *FURTHER_SHAPES,
    *RELATION_SHAPES,
    *ACTIVITY_SHAPES,
    *TIMELINE_SHAPES,
    *FILE_SHAPES,
    *ORDER_SHAPES,
)
