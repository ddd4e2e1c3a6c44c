"""What changed at the source after the load: it arrives, once, and nothing of others is lost.
Judged by what the practice vendors hold themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects import audit, gates, queue, signing
from projects.models import Engagement, LoadItem, Run
from projects.stages import tallies
from projects.stages.base import StageBlocked
from projects.stages.delta import COUNTS
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import KEY, TENANT, Row
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def engagement(practice: Practice) -> Engagement:
    """Loaded; then some time passes."""
    engagement = moves.loaded(practice)
    practice.clock(advance=3600)
    return engagement


def source(practice: Practice, **command: Any) -> Row:
    """A dispatcher's edit."""
    return practice.edit("servicetitan", **command)  # type: ignore[no-any-return]


def a_customer(practice: Practice, kind: str, n: int = 0, jobs: bool = True) -> Row:
    """The n-th active customer of that kind with a phone, and with a job if wanted."""
    found = vendors.source(practice)
    contacts = found["customer-contacts"].values()
    phones = {c["customerId"] for c in contacts if c["active"] and c["type"] == "Phone"}
    busy = {j["customerId"] for j in found["jobs"].values()}
    fit = (
        c
        for c in sorted(found["customers"].values(), key=lambda c: int(c["id"]))
        if c["type"] == kind and c["active"] and c["mergedToId"] is None
        and c["id"] in phones and (not jobs or c["id"] in busy)
    )  # fmt: skip
    return [next(fit) for _ in range(n + 1)][-1]


def test_what_changed_arrives_and_nothing_else_is_sent(
    practice: Practice, engagement: Engagement
) -> None:
    before = vendors.org(practice)
    job = source(practice, op="update", object="jobs", nth=0, set={"summary": "<p>New</p>"})
    customer = a_customer(practice, "Residential")
    fresh = source(practice, op="create", object="customers", like=customer["id"],
                   set={"name": "Nora Fresh"})  # fmt: skip
    booked = source(practice, op="create", object="jobs", like=job["id"],
                    set={"customerId": fresh["id"], "recallForId": None})  # fmt: skip
    run = moves.perform(engagement, "delta")
    after = vendors.org(practice)
    assert dict(_changed(before, after)) == {
        _id(after, "Case", f"jobs/{job['id']}"): {"Description": "New"}
    }
    assert set(_new(before, after)) == {
        (name, f"{TENANT}/{key}")
        for name, key in (("Contact", f"customers/{fresh['id']}"), ("Case", f"jobs/{booked['id']}"))
    }
    assert run.tally["Case"] == {
        **dict.fromkeys(COUNTS, 0),
        "looked at": 2,
        "created": 1,
        "updated": 1,
    }
    assert audit.verify(engagement) == []
    calls = vendors.calls(practice)
    moves.perform(engagement, "delta")
    assert vendors.writes(practice, since=calls) == []
    assert not moves.perform(engagement, "reconcile").differences.exists()


def test_what_others_changed_is_kept_and_a_rollback_of_the_delta_brings_the_load_back(
    practice: Practice, engagement: Engagement
) -> None:
    loaded = vendors.org(practice)
    jobs = sorted(vendors.source(practice)["jobs"])[:2]
    for job in jobs:
        source(practice, op="update", object="jobs", id=job,
               set={"summary": "From the source", "customerPo": "PO 77"})  # fmt: skip
    theirs = _id(loaded, "Case", f"jobs/{jobs[0]}")
    practice.edit("salesforce", op="update", object="Case", id=theirs,
                  set={"Description": "By hand"})  # fmt: skip
    run = moves.perform(engagement, "delta")
    after = vendors.org(practice)["Case"]
    assert (after[theirs]["Description"], after[theirs]["Customer_PO__c"]) == ("By hand", "PO 77")
    assert run.tally["Case"]["conflict"] == 1
    assert run.tally["Case"]["updated"] == 1
    assert "1 conflict" in run.message
    kept = engagement.load_items.get(apart=LoadItem.Apart.THEIRS)
    assert (kept.remote_id, kept.state) == (theirs, LoadItem.State.LANDED)
    assert "left so: Description" in kept.reason
    checked = moves.perform(engagement, "reconcile")
    assert [(d.key, d.field, bool(d.explanation)) for d in checked.differences.all()] == [
        (kept.key, "Description", True)
    ]
    shown = command("show").out
    assert "left as they are: 1 records" in shown

    moves.perform(engagement, "rollback", from_run=run.pk)
    back = vendors.org(practice)
    assert dict(_changed(loaded, back)) == {theirs: {"Description": "By hand"}}
    assert gates.refusals(engagement, "delta") == []
    assert not engagement.load_items.filter(state="undone").exists()
    again = moves.perform(engagement, "delta")
    assert again.tally["Case"]["updated"] + again.tally["Case"]["conflict"] == 2
    assert vendors.org(practice)["Case"][theirs]["Customer_PO__c"] == "PO 77"
    assert audit.verify(engagement) == []


def test_a_delta_that_is_rolled_back_with_its_load_leaves_the_org_as_it_was(
    practice: Practice,
) -> None:
    before = vendors.org(practice)
    engagement = moves.loaded(practice)
    practice.clock(advance=3600)
    source(practice, op="update", object="jobs", nth=0, set={"summary": "Twice written"})
    customer = a_customer(practice, "Commercial")
    source(practice, op="create", object="customers", like=customer["id"], set={"name": "New Co"})
    moves.perform(engagement, "delta")
    moves.perform(engagement, "rollback")
    after = vendors.org(practice)
    assert list(_changed(before, after)) == []
    assert list(_new(before, after)) == []
    assert gates.refusals(engagement, "delta") == [
        "Load everything first: this brings only what changed since."
    ]


def test_what_is_merged_or_gone_is_left_and_named_and_its_children_move_on(
    practice: Practice, engagement: Engagement
) -> None:
    loaded = vendors.org(practice)
    gone, survivor = (a_customer(practice, "Residential", n) for n in (0, 1))
    jobs = [j for j in vendors.source(practice)["jobs"].values() if j["customerId"] == gone["id"]]
    source(practice, op="merge", object="customers", id=gone["id"], into=survivor["id"])
    company = a_customer(practice, "Commercial")
    source(practice, op="delete", object="customers", id=company["id"])
    phone = _phone(practice, a_customer(practice, "Residential", 3)["id"])
    source(practice, op="update", object="customer-contacts", id=phone["id"],
           set={"value": "+1 312 555 0188"})  # fmt: skip
    zone = source(practice, op="remove", object="zones", nth=0)
    assert zone == {}
    moves.perform(engagement, "delta")
    after = vendors.org(practice)
    cases, contacts = (vendors.by_key(after[name]) for name in ("Case", "Contact"))
    to = contacts[f"{TENANT}/customers/{survivor['id']}"]["Id"]
    assert jobs
    assert {cases[f"{TENANT}/jobs/{job['id']}"]["ContactId"] for job in jobs} == {to}
    left = engagement.load_items.get(apart=LoadItem.Apart.GONE, object="Contact")
    assert left.source_id == str(gone["id"])
    assert "merged into another customer" in left.reason
    assert after["Contact"][left.remote_id] == loaded["Contact"][left.remote_id]
    found = {f.code: f for f in engagement.findings.filter(code__in=("left", "became inactive"))}
    assert found["left"].records == [str(gone["id"])]
    assert set(found["became inactive"].records) == {str(gone["id"]), str(company["id"])}
    assert contacts[f"{TENANT}/customers/{phone['customerId']}"]["Phone"] == "+1 312 555 0188"
    assert not [c for c in cases.values() if c["Technician_Zone__c"] in _ended(engagement)]
    differences = moves.perform(engagement, "reconcile").differences.all()
    assert [(d.kind, d.key) for d in differences if d.explanation] == [("unexpected", left.key)]
    assert [d for d in differences if not d.explanation] == []
    assert all(tallies.adds_up(n) for n in tallies.source_tally(engagement).values())


def test_what_changes_of_a_person_arrives_on_that_person(
    practice: Practice, engagement: Engagement
) -> None:
    before, customer = vendors.org(practice), a_customer(practice, "Commercial")
    like = _phone(practice, customer["id"])["id"]

    def add(memo: str | None, number: str) -> Row:
        values = {"type": "Phone", "memo": memo, "value": number, "active": True}
        return source(practice, op="create", object="customer-contacts", like=like, set=values)

    first = add("Nell New", "+1 312 555 0171")
    moves.perform(engagement, "delta")
    landed = vendors.org(practice)
    key = f"{TENANT}/customer-contacts/{first['id']}"
    assert list(_changed(before, landed)) == []
    assert list(_new(before, landed)) == [("Contact", key)]
    practice.clock(advance=3600)
    add("NELL NEW (cell)", "+1 312 555 0172")
    add(None, "+1 312 555 0173")
    moves.perform(engagement, "delta")
    after = vendors.org(practice)
    person = _id(after, "Contact", f"customer-contacts/{first['id']}")
    own = _id(after, "Contact", f"customers/{customer['id']}")
    numbers = {id: (row.get("Further_Phones__c") or "") for id, row in after["Contact"].items()}
    assert dict(_changed(landed, after)) == {
        id: {"Further_Phones__c": numbers[id]} for id in (person, own)
    }
    assert numbers[person].splitlines() == ["+1 312 555 0171", "+1 312 555 0172"]
    assert numbers[own].endswith("+1 312 555 0173")
    assert list(_new(landed, after)) == []
    assert not moves.perform(engagement, "reconcile").differences.exists()
    assert all(tallies.adds_up(n) for n in tallies.source_tally(engagement).values())


def _ended(engagement: Engagement) -> set[str]:
    """Names of the zones that the source has no more."""
    rows = engagement.source_records.filter(reading="load", object="zones", ended="gone")
    names = {data["name"] for data in rows.values_list("data", flat=True)}
    assert len(names) == 1
    return names


def _phone(practice: Practice, customer: int) -> Row:
    """The phone that lands in the contact's own field."""
    found = vendors.source(practice)["customer-contacts"].values()
    phones = [c for c in found if c["customerId"] == customer and c["type"] == "Phone"]
    active = [c for c in phones if c["active"]]
    return min(active or phones, key=lambda c: int(c["id"]))


def test_what_needs_a_decision_waits_for_it_and_lands_with_the_next_delta(
    practice: Practice, engagement: Engagement
) -> None:
    loaded = vendors.org(practice)
    jobs = sorted(vendors.source(practice)["jobs"])[:3]
    source(practice, op="update", object="jobs", id=jobs[0], set={"priority": "Blazing"})
    field = source(practice, op="create", object="job-custom-fields", nth=0,
                   like=0, set={"name": "Roof"})  # fmt: skip
    value = [{"typeId": field["id"], "name": "Roof", "value": "Slate"}]
    source(practice, op="update", object="jobs", id=jobs[1], set={"customFields": value})
    technician = source(practice, op="create", object="technicians", nth=0, like=0,
                        set={"name": "Nell New", "email": "nell@new.example"})  # fmt: skip
    sold = source(practice, op="create", object="jobs", like=jobs[2],
                  set={"soldById": technician["id"], "customFields": []})  # fmt: skip
    run = moves.perform(engagement, "delta")
    held = {i.source_id: i for i in engagement.load_items.filter(object="Case") if i.reason}
    assert set(held) == {str(jobs[0]), str(jobs[1]), str(sold["id"])}
    assert "no value map for “Blazing”" in held[str(jobs[0])].reason
    assert "custom field “Roof” came after the sign-off" in held[str(jobs[1])].reason
    assert f"Technician {technician['id']} has no decided" in held[str(sold["id"])].reason
    assert run.tally["Case"]["held"] == 3
    assert list(_changed(loaded, vendors.org(practice))) == []
    assert not moves.perform(engagement, "reconcile").differences.filter(explanation="").exists()

    priorities = engagement.mapping_rows.get(shape="job", destination_field="Priority")
    priorities.value_maps.create(source_value="Blazing", destination_value="High")
    row = engagement.mapping_rows.get(source_field=f"customFields.{field['id']}")
    assert (row.destination_field, row.confirmed_by) == ("", "")
    row.confirm(moves.STAFF)
    row.save()
    engagement.technician_matches.filter(technician_id=technician["id"]).update(
        action="skip", confirmed_by=moves.STAFF
    )
    assert not signing.stale(engagement)
    assert "Decisions were added since" in _page(engagement)
    run = moves.perform(engagement, "delta")
    assert run.plan != signing.current_sign_off(engagement).plan  # type: ignore[union-attr]
    cases = vendors.by_key(vendors.org(practice)["Case"])
    assert cases[f"{TENANT}/jobs/{jobs[0]}"]["Source_Priority__c"] == "Blazing"
    assert f"{TENANT}/jobs/{sold['id']}" in cases
    assert not LoadItem.set_apart(engagement).exists()
    assert not moves.perform(engagement, "reconcile").differences.exists()

    priorities.value_maps.filter(source_value="Blazing").update(destination_value="Low")
    moves.perform(engagement, "delta")
    assert vendors.org(practice)["Case"][held[str(jobs[0])].remote_id]["Priority"] == "Low"
    priorities.value_maps.filter(source_value="Urgent").update(destination_value="Low")
    calls = vendors.calls(practice)
    answer = command("run", "delta", "--here")
    assert answer.code == 3
    assert "job.Priority › values › Urgent: High → Low" in answer.error
    assert vendors.writes(practice, since=calls) == []


def _page(engagement: Engagement) -> str:
    staff, _ = User.objects.get_or_create(username="anna", is_staff=True, is_superuser=True)
    site = Client()
    site.force_login(staff)
    return site.get(f"/admin/projects/engagement/{engagement.pk}/change/").content.decode()


PLACES = {
    "while it reads": {"vendor": "servicetitan", "match": {"path": "export/jobs"}, "times": 99},
    "while it lands": {"vendor": "salesforce", "match": {"write": True}, "at": 2, "times": 99},
}


@pytest.mark.parametrize("place", PLACES)
def test_a_delta_cut_off_and_given_up_is_made_good_by_the_next(
    place: str, practice: Practice, engagement: Engagement
) -> None:
    jobs = sorted(vendors.source(practice)["jobs"])[:2]
    customer = a_customer(practice, "Residential")
    fresh = source(practice, op="create", object="customers", like=customer["id"],
                   set={"name": "Nora Fresh"})  # fmt: skip
    source(practice, op="update", object="jobs", id=jobs[0], set={"summary": "One"})
    source(practice, op="create", object="jobs", like=jobs[1],
           set={"customerId": fresh["id"], "summary": "Two", "recallForId": None})  # fmt: skip
    before, calls = vendors.org(practice), vendors.calls(practice)
    practice.fault("status", status=503, when="before", **PLACES[place])
    run = queue.start(engagement, "delta", moves.STAFF, here=True)
    assert run.status == Run.Status.PAUSED
    queue.cancel(run, moves.STAFF)
    queue.sweep()
    practice.clear_faults()
    moves.perform(engagement, "delta")
    after = vendors.org(practice)
    changed = dict(_changed(before, after))
    assert changed == {_id(after, "Case", f"jobs/{jobs[0]}"): {"Description": "One"}}
    assert len(list(_new(before, after))) == 2
    assert vendors.writes(practice, since=calls)
    assert not moves.perform(engagement, "reconcile").differences.exists()
    assert audit.verify(engagement) == []


def test_an_item_taken_off_an_invoice_is_left_and_named(practice: Practice) -> None:
    engagement = moves.mapped(practice, core=False)
    moves.perform(engagement, "sample")
    moves.sign(engagement)
    moves.perform(engagement, "load")
    practice.clock(advance=3600)
    rows = engagement.source_records.filter(reading="load", object="invoices").order_by("pk")
    invoice = next(r for r in rows if len(r.data["items"] or ()) > 1)
    first, *others = invoice.data["items"]
    source(practice, op="update", object="invoices", id=int(invoice.source_id),
           set={"items": others})  # fmt: skip
    run = moves.perform(engagement, "delta")
    left = LoadItem.objects.filter(engagement=engagement, apart=LoadItem.Apart.GONE)
    assert {i.source_id for i in left} == {str(first["id"])}
    assert run.tally["Invoice_Item__c"]["left"] == 1
    assert engagement.findings.filter(code="left", records=[str(first["id"])]).exists()
    assert not moves.perform(engagement, "reconcile").differences.filter(explanation="").exists()
    assert all(tallies.adds_up(n) for n in tallies.source_tally(engagement).values())


def test_a_delta_before_the_load_or_after_a_new_extract_is_refused(practice: Practice) -> None:
    engagement = moves.signed_off(practice)
    calls = vendors.calls(practice)
    with pytest.raises(StageBlocked, match="Load everything first"):
        queue.start(engagement, "delta", moves.STAFF, here=True)
    assert command("run", "delta", "--here").code == 3
    assert vendors.writes(practice, since=calls) == []
    moves.perform(engagement, "load")
    moves.perform(engagement, "extract")
    with pytest.raises(StageBlocked, match="extracted anew since the load"):
        queue.start(engagement, "delta", moves.STAFF, here=True)
    moves.perform(engagement, "load")
    moves.perform(engagement, "delta")


def _id(org: dict[str, dict[str, Row]], object: str, key: str) -> str:
    return str(vendors.by_key(org[object])[f"{TENANT}/{key}"]["Id"])


def _changed(
    before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]]
) -> Iterator[tuple[str, Row]]:
    """Id and new values of every record that is not as it was."""
    for name, records in before.items():
        for id, record in records.items():
            old, new = vendors.content(record), vendors.content(after[name][id])
            if old != new:
                yield id, {n: v for n, v in new.items() if old.get(n) != v}


def _new(
    before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]]
) -> Iterator[tuple[str, str]]:
    for name, records in after.items():
        for id in records.keys() - before[name].keys():
            yield name, records[id][KEY]
