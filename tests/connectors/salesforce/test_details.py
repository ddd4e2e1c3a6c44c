"""Custom objects under their masters, and check boxes."""

from typing import Any

import pytest

from connectors.salesforce.objects import ORDER, PARENTS
from connectors.values import Row
from tests.connectors.salesforce.conftest import Desk, key
from tests.practice import Practice

BOTH = pytest.mark.parametrize("count", [9, 201], ids=["collections", "bulk"])
DETAILS = [
    ("Line_Item__c", "Case__c", "Case"),
    ("Job_Milestone__c", "Case__c", "Case"),
    ("Invoice_Item__c", "Invoice__c", "Invoice__c"),
]


def masters(desk: Desk, object: str) -> list[str]:
    values: dict[str, Any] = {"Subject": "Fix"} if object == "Case" else {"Name": "1"}
    return sorted(desk.create(object, {key(n, "masters"): values for n in range(3)}).values())


@BOTH
@pytest.mark.parametrize(("detail", "field", "master"), DETAILS, ids=[d[0] for d in DETAILS])
def test_details_travel_sorted_by_their_master(
    desk: Desk, vendor: Practice, count: int, detail: str, field: str, master: str
) -> None:
    ids = masters(desk, master)
    values = {key(n, "d"): {"Name": f"D{n}", field: ids[n % 3]} for n in range(count)}
    desk.create(detail, values)
    dumped = vendor.edit("salesforce", op="dump", object=detail)["records"]
    ours = sorted((r for r in dumped if r["Source_Id__c"] in values), key=lambda r: str(r["Id"]))
    assert [r[field] for r in ours] == [ids[n // (count // 3)] for n in range(count)]


@BOTH
def test_a_detail_without_a_master_fails_alone(desk: Desk, count: int) -> None:
    (case, *_) = masters(desk, "Case")
    rows = [Row(key(n, "d"), None, {"Name": "D", "Case__c": case if n else None})
            for n in range(count)]  # fmt: skip
    outcomes = desk.write("create", "Line_Item__c", rows)
    assert {k for k, o in outcomes.items() if o.status != "done"} == {key(0, "d")}
    assert outcomes[key(0, "d")].error.startswith("REQUIRED_FIELD_MISSING")


def test_what_a_delete_takes_along_or_cuts_loose_is_named_before_it(desk: Desk) -> None:
    (case, *_) = masters(desk, "Case")
    line = desk.create("Line_Item__c", {key(1, "l"): {"Name": "L", "Case__c": case}})[key(1, "l")]
    visit = desk.create("Appointment__c", {key(1, "a"): {"Name": "A", "Case__c": case}})
    found = list(desk.destination.children("Case", [case]))
    assert {(c.object, c.id, c.label, c.ours) for c in found} == {
        ("Line_Item__c", line, "L", True),
        ("Appointment__c", visit[key(1, "a")], "A", True),
    }
    desk.write("delete", "Case", [Row(key(0, "masters"), case, {})])
    assert not list(desk.destination.fetch("Line_Item__c", [line], []))
    assert desk.read("Appointment__c", visit[key(1, "a")], "Case__c") == {"Case__c": None}


@BOTH
@pytest.mark.parametrize(
    ("given", "read"),
    [("true", True), ("false", False), (True, True), (False, False), (None, False), ("", False)],
)
def test_a_check_box_takes_words_and_truths(
    desk: Desk, count: int, given: str | bool | None, read: bool
) -> None:
    values = {key(n): {"LastName": "Ito", "Is_Primary__c": given} for n in range(count)}
    ids = desk.create("Contact", values)
    assert desk.read("Contact", ids[key(1)], "Is_Primary__c") == {"Is_Primary__c": read}


@BOTH
@pytest.mark.parametrize("given", ["yes", "True", "1", 1, "wahr"])
def test_any_other_word_in_a_check_box_fails_its_record(
    desk: Desk, count: int, given: str | int
) -> None:
    values = {key(n): {"LastName": "Ito", "Is_Primary__c": n > 1} for n in range(count)}
    values[key(0)]["Is_Primary__c"] = given  # type: ignore[assignment]
    outcomes = desk.write("create", "Contact", [Row(k, None, v) for k, v in values.items()])
    assert {k for k, o in outcomes.items() if o.status != "done"} == {key(0)}
    assert "Is_Primary__c" in outcomes[key(0)].error


def test_parents_of_every_object_are_lookups_that_it_has(desk: Desk) -> None:
    specs = {spec.name: spec for spec in desk.destination.describe()}
    lacking = [
        (object, name)
        for object, names in PARENTS.items()
        if object in specs
        for name in names
        if not (field := specs[object].field(name)) or not field.references
    ]
    assert lacking == [("Line_Item__c", "Opportunity__c")]
    assert PARENTS.keys() - specs.keys() == {"AccountContactRelation"}
    assert set(PARENTS) == set(ORDER) - {"Account"}
