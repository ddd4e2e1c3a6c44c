"""A whole move into an org that keeps states and countries by code and has several currencies, or
contacts of several accounts."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from projects.models import Engagement, LoadItem
from projects.stages import tallies
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import KEY, TENANT
from tests.practice import Practice

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
RELATION = "AccountContactRelation"


@pytest.fixture
def switched_on(moved_contractor: Practice) -> Iterator[Practice]:
    moved_contractor.limits("salesforce", state_picklists=True, multi_currency=True)
    moved_contractor.reset()
    with transaction.atomic():
        yield moved_contractor
    moved_contractor.reset()


@pytest.fixture
def related(moved_contractor: Practice) -> Iterator[Practice]:
    moved_contractor.limits("salesforce", shared_contacts=True)
    moved_contractor.reset()
    with transaction.atomic():
        yield moved_contractor
    moved_contractor.reset()


def retype(practice: Practice, **address: str | None) -> int:
    """A company's site whose address says this."""
    source = vendors.source(practice)
    firms = {
        c["id"]
        for c in source["customers"].values()
        if c["type"] == "Commercial" and c["active"] and not c["mergedToId"]
    }
    there = {row[KEY] for row in vendors.org(practice)["Account"].values()}
    sites = [s for s in source["locations"].values() if s["customerId"] in firms]
    site = next(s for s in sites if f"{TENANT}/customers/{s['customerId']}" not in there)
    values = {"address": {**site["address"], **address}}
    practice.edit("servicetitan", op="update", object="locations", id=site["id"], set=values)
    return int(site["customerId"])


def test_states_countries_and_currencies_land_by_their_codes(switched_on: Practice) -> None:
    firm = retype(switched_on, state="Ontario", country=None)
    engagement = moves.mapped(switched_on)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    moves.perform(engagement, "load")
    assert not moves.perform(engagement, "reconcile").differences.exists()
    source = vendors.source(switched_on)
    accounts = vendors.by_key(vendors.org(switched_on)["Account"])
    account = accounts[f"{TENANT}/customers/{firm}"]
    assert (account["ShippingStateCode"], account["ShippingCountryCode"]) == ("ON", "CA")
    assert (account["ShippingState"], account["ShippingCountry"]) == ("Ontario", "Canada")
    contacts = vendors.by_key(vendors.org(switched_on)["Contact"])
    coded = [row for row in contacts.values() if row["MailingStateCode"]]
    assert len(coded) > len(source["customers"]) // 2
    assert {row["MailingCountryCode"] for row in coded} == {"US"}
    cases = vendors.by_key(vendors.org(switched_on)["Case"])
    assert {row["CurrencyIsoCode"] for row in cases.values()} == {"USD"}


def test_what_the_org_does_not_know_is_named_and_not_sent(switched_on: Practice) -> None:
    retype(switched_on, state="Upper Austria", country="USA")
    for n in range(3):
        values = {"currency": "EUR"}
        switched_on.edit("servicetitan", op="update", object="business-units", nth=n, set=values)
    engagement = moves.inventoried(switched_on)
    for stage in ("extract", "scan"):
        moves.perform(engagement, stage)
    found = engagement.findings.filter(code="no value map", severity="blocks")
    said = " ".join(found.values_list("message", flat=True))
    assert "Account.ShippingStateCode has no value “UPPER AUSTRIA”" in said
    for name in ("Case", "Invoice__c", "Invoice_Item__c", "Line_Item__c", "Payment__c"):
        assert f"{name}.CurrencyIsoCode has no value “EUR”" in said
    assert engagement.state == Engagement.State.DRAFT


def test_a_contact_that_others_related_to_a_further_account_outlives_a_rollback(
    related: Practice,
) -> None:
    before = related.state()["salesforce"]
    engagement = moves.mapped(related)
    moves.perform(engagement, "sample")
    contacts = vendors.org(related)["Contact"]
    ours = set(
        LoadItem.objects.filter(object="Contact", origin="created").values_list("key", flat=True)
    )
    contact = next(row for row in contacts.values() if row[KEY] in ours and row["AccountId"])
    direct = [row for row in vendors.dump(related, RELATION) if row["IsDirect"]]
    assert contact["Id"] in {row["ContactId"] for row in direct}
    office = next(a for a in vendors.org(related)["Account"].values() if not a[KEY])
    values = {"AccountId": office["Id"], "ContactId": contact["Id"], "Roles": "Other"}
    made = related.edit("salesforce", op="create", object=RELATION, values=values)["id"]
    moves.perform(engagement, "rollback")
    left = {row["Id"] for row in vendors.dump(related, RELATION)}
    assert made in left
    kept = LoadItem.objects.filter(state="kept")
    assert contact[KEY] in set(kept.values_list("key", flat=True))
    related.edit("salesforce", op="delete", object=RELATION, id=made)
    moves.perform(engagement, "rollback")
    assert related.state()["salesforce"] == before


def test_a_person_who_is_tied_to_a_further_company_is_related_to_its_account(
    related: Practice,
) -> None:
    before = related.state()["salesforce"]
    engagement = moves.mapped(related, core=False)
    assert engagement.mapping_rows.filter(destination_object=RELATION).count() == 6
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    moves.perform(engagement, "load")
    assert not moves.perform(engagement, "reconcile").differences.exists()
    accounts = {row["Id"]: row[KEY] for row in vendors.org(related)["Account"].values()}
    contacts = {row["Id"]: row[KEY] for row in vendors.org(related)["Contact"].values()}
    made = [row for row in vendors.dump(related, RELATION) if row[KEY]]
    assert len(made) > 2
    ties = engagement.source_records.filter(object="contact-relationships")
    by_key = {f"{TENANT}/contact-relationships/{tie.source_id}": tie for tie in ties}
    source = vendors.source(related)
    further, rows = vendors.further(source), source["customer-contacts"]
    pairs = set()
    for row in made:
        tie = by_key[row[KEY]]
        assert accounts[row["AccountId"]] == f"{TENANT}/customers/{tie.data['relatedEntityId']}"
        person = int(tie.data["contactId"].rpartition("-")[2])
        key = f"{TENANT}/customer-contacts/{person}"
        if key not in further:
            home = rows[person]["customerId"] if person in rows else person
            key = f"{TENANT}/customers/{home}"
        assert contacts[row["ContactId"]] == key
        assert (row["IsDirect"], row["Source_Title__c"]) == (False, "Property manager")
        pairs.add((person, tie.data["relatedEntityId"]))
    assert {pair for pair in pairs if pair[0] > vendors.FURTHER} == _shared(engagement, source)
    tally = tallies.source_tally(engagement)
    assert all(tallies.adds_up(tally[name]) for name in ("contact-relationships", "contacts"))
    moves.perform(engagement, "rollback")
    assert related.state()["salesforce"] == before


def _shared(
    engagement: Engagement, source: dict[str, dict[int, vendors.Row]]
) -> set[tuple[int, int]]:
    """People beside those whom customers are called by, each with the company that they are tied
    to besides."""
    found = set()
    for tie in engagement.source_records.filter(object="contact-relationships"):
        person, customer = int(tie.data["contactId"][-12:]), tie.data["relatedEntityId"]
        if person > vendors.FURTHER and source["customers"][customer]["type"] == "Commercial":
            home = source["customer-contacts"][person]["customerId"]
            found |= {(person, customer)} if home != customer else set()
    assert found
    return found
