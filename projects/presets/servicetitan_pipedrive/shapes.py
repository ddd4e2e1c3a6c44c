"""Which records make up each destination record: joins, scopes, lookups."""

from dataclasses import replace

from projects.presets.servicetitan.conditions import COMPANY, HOUSEHOLD, NOT_MERGED, has, of
from projects.presets.servicetitan.joins import (
    CREW,
    CUSTOMER,
    JOB_PARTS,
    KNOWN,
    SITE,
    TAGS,
    decisive,
    listed,
)
from projects.presets.servicetitan.people import (
    CONTACTS,
    FURTHER,
    FURTHER_KEY,
    FURTHER_PARTS,
    LISTED,
    LISTS,
    PERSON,
    own,
    theirs,
)
from projects.presets.servicetitan_pipedrive.activity import ACTIVITY_SHAPES
from projects.presets.servicetitan_pipedrive.beside import BESIDE_SHAPES, REACHED
from projects.presets.servicetitan_pipedrive.files import FILE_SHAPES
from projects.presets.servicetitan_pipedrive.history import HISTORY_SHAPE
from projects.presets.servicetitan_pipedrive.sold import SOLD_SHAPES
from projects.shapes import Lookup, Part, Shape, When

SITES = replace(SITE, name="sites", pick="all")
VISIT_PARTS = (CUSTOMER, listed("person", "customer"), decisive(), *CREW)
WHOLE = (has("start"), has("end"))
OF_JOB = "customers/{customer.@id}"


PEOPLE = (
    Lookup("org_id", "organizations", OF_JOB, (of("customer", COMPANY), *KNOWN)),
    Lookup("person_id", "persons", OF_JOB, (of("customer", HOUSEHOLD), *KNOWN)),
    Lookup("person_id", "persons", OF_JOB, (has("person"), *KNOWN)),
)
"""A company's organization, and the person: of a company its contact, else the household."""


SHAPES = (
    Shape(
        "company",
        "Organization",
        "organizations",
        "customers",
        "customers/{@id}",
        where=(COMPANY, NOT_MERGED),
        parts=(SITE, SITES, REACHED, TAGS),
        title="{name}",
    ),
    Shape(
        "household",
        "Household",
        "persons",
        "customers",
        "customers/{@id}",
        where=(HOUSEHOLD, NOT_MERGED),
        parts=(SITE, SITES, REACHED, *own(LISTS, "name"), TAGS),
        title="{name}",
    ),
    Shape(
        "company contact",
        "Contact of a company",
        "persons",
        "customers",
        "customers/{@id}",
        where=(COMPANY, NOT_MERGED, has("listed")),
        parts=(LISTED, PERSON, *own(LISTS, "name", "person.memo")),
        lookups=(Lookup("org_id", "organizations", "customers/{@id}"),),
        title="{person.memo}",
    ),
    Shape(
        "further contact",
        "Further person of a customer",
        "persons",
        CONTACTS,
        FURTHER_KEY,
        where=FURTHER,
        parts=(*FURTHER_PARTS, *theirs(LISTS)),
        lookups=(Lookup("org_id", "organizations", "customers/{customer.@id}", (has("company"),)),),
        title="{memo}",
    ),
    Shape(
        "job",
        "Job",
        "deals",
        "jobs",
        "jobs/{@id}",
        parts=(*JOB_PARTS, Part("invoice", "invoices", "id", paths=("invoiceId",))),
        lookups=PEOPLE,
        title="{jobNumber} {jobType.name}",
    ),
    *(
        Shape(
            name,
            label,
            "activities",
            "appointments",
            "appointments/{@id}",
            where=where,
            parts=VISIT_PARTS,
            lookups=(Lookup("deal_id", "deals", "jobs/{jobId}"), *PEOPLE),
            title="Appointment {appointmentNumber}",
        )
        for name, label, where in (
            ("appointment", "Appointment with a time", WHOLE),
            ("undated", "Appointment without a start", (When("start", (None,)),)),
            ("open-ended", "Appointment without an end", (has("start"), When("end", (None,)))),
        )
    ),
    *ACTIVITY_SHAPES,
    *BESIDE_SHAPES,
    HISTORY_SHAPE,
    *SOLD_SHAPES,
    *FILE_SHAPES,
)
