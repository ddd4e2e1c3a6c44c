"""Whom the remarks beside phone numbers and e-mail addresses name, and whose rows they are."""

from typing import Any

import pytest

from projects import people
from projects.conditions import Names, Namesake, Own, Same
from projects.presets import preset
from projects.shapes import Part, Record, Shape, dirty, join, lean
from tests.projects.test_shapes import Owners, Shelf, child

PRESETS = ("servicetitan-salesforce", "servicetitan-pipedrive")


@pytest.mark.parametrize(
    ("remark", "name"),
    [
        ("Mary Smith", "Mary Smith"),
        ("  Mary   Smith ", "Mary Smith"),
        ("Mary Smith (cell)", "Mary Smith"),
        ("Property Manager - Mary Smith", "Mary Smith"),
        ("Mary Smith / work", "Mary Smith"),
        ("Smith, Mary [AP]", "Smith, Mary"),
        ("Mary's cell", "Mary"),
        ("Zoë D'Angelo", "Zoë D'Angelo"),
        ("AP", ""),
        ("wife's cell", ""),
        ("Front Desk", ""),
        ("unit 4, call first", ""),
        ("m.smith@example.com", ""),
        ("the dog is in the yard so ring twice please", ""),
        (" - ", ""),
        ("", ""),
    ],
)
def test_a_remark_names_a_person_or_nobody(remark: str, name: str) -> None:
    assert people.named(remark) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mary Smith", " MARY smith ", True),
        ("Mary Smith", "Smith, Mary (cell)", True),
        ("Mary Smith", "Mary", False),
        ("Mary Smith", "John Smith", False),
        ("Office", "Office", False),
    ],
)
def test_the_same_words_are_the_same_person(one: str, other: str, same: bool) -> None:
    assert people.alike(one, other) == people.alike(other, one) == same


def test_a_customer_s_own_name_holds_its_own_people() -> None:
    assert not people.another("john", ["Smith, John & Mary"])
    assert not people.another("Tenant", ["Smith, John"])
    assert people.another("Mary Smith", ["Smith, John"])
    assert people.others(["Mary", "MARY", "cell", "Bo Lee", "John"], "Smith, John") == 2


def row(id: int, customer: int, memo: str | None, **data: Any) -> dict[str, Any]:
    data = {"type": "Phone", "value": str(id), "active": True, **data}
    return child(str(id), str(customer), customerId=customer, memo=memo, **data)


CUSTOMERS = [
    child("1", "", type="Commercial", name="Acme LLC", mergedToId=None),
    child("2", "", type="Residential", name="Smith, John", mergedToId=None),
    child("3", "", type="Commercial", name="Gone Inc", mergedToId=1),
]
ROWS = [
    row(10, 1, None),
    row(11, 1, "AP"),
    row(12, 1, "Dana Fox", active=False),
    row(13, 1, "bo lee"),
    row(14, 1, "Office - DANA FOX", type="Email"),
    row(15, 1, "Bo Lee (cell)", type="MobilePhone"),
    row(16, 1, "Cy Young"),
    row(20, 2, "Mary Smith"),
    row(21, 2, "john smith"),
    row(22, 2, None),
    row(30, 3, "Ann Orr"),
]


def assembled(name: str, rows: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Key → the numbers and addresses of that contact."""
    found = {}
    shelf = Shelf(**{"customers": CUSTOMERS, "customer-contacts": rows})
    for shape in preset(name).SHAPES:
        if shape.name in ("company contact", "household", "further contact"):
            roots = CUSTOMERS if shape.root == "customers" else rows
            for each in join(shape, roots, shelf):
                lists = (*each.record["phones"], *each.record["emails"])
                key = f"{shape.root}/{each.record['@id']}"
                found[key] = {reached["value"] for reached in lists}
    return found


ALL = {
    "customers/1": {"10", "11", "12", "14"},
    "customer-contacts/13": {"13", "15"},
    "customer-contacts/16": {"16"},
    "customers/2": {"21", "22"},
    "customer-contacts/20": {"20"},
}


@pytest.mark.parametrize("name", PRESETS)
def test_every_row_of_a_customer_is_exactly_one_person_s(name: str) -> None:
    assert assembled(name, ROWS) == ALL
    assert assembled(name, [*ROWS, row(90, 1, "CY young"), row(91, 1, "Ed Poe")]) == ALL | {
        "customer-contacts/16": {"16", "90"},
        "customer-contacts/91": {"91"},
    }
    fewer = [r for r in ROWS if r["@id"] not in ("11", "16")]
    left = ALL | {"customers/1": ALL["customers/1"] - {"11"}}
    assert assembled(name, fewer) == {k: v for k, v in left.items() if k[-2:] != "16"}


@pytest.mark.parametrize("name", PRESETS)
def test_a_changed_row_touches_its_person_and_the_customer_s_own_contact(name: str) -> None:
    owners = Owners(**{"customers": CUSTOMERS, "customer-contacts": ROWS})
    shapes = {shape.name: shape for shape in preset(name).SHAPES}
    changed = {"customer-contacts": {"15"}}
    assert {"13", "15"} <= dirty(shapes["further contact"], changed, owners)
    assert "1" in dirty(shapes["company contact"], changed, owners)
    assert {"20", "21"} <= dirty(shapes["further contact"], {"customers": {"2"}}, owners)


def test_the_scope_of_a_shape_needs_what_its_parts_are_found_by() -> None:
    shape = Shape(
        "s", "S", "X", "rows", "r/{@id}",
        where=(Same("first.@id", "@id"), Names("memo", ("customer.name",))),
        parts=(
            Part("customer", "customers", "id", paths=("customerId",)),
            Part("unused", "rows", "parent", of="customer"),
            Part("main", "rows", "parent", of="customer", fit=Own("memo", ("customer.name",))),
            Part("first", "rows", "parent", of="main", fit=Namesake("memo", "main.memo")),
        ),
    )  # fmt: skip
    assert [part.name for part in lean(shape).parts] == ["customer", "main", "first"]


def test_two_values_are_the_same_or_are_not() -> None:
    record: Record = {"a": 1, "b": {"c": 1}, "d": 2}
    assert Same("a", "b.c").holds(record)
    assert Same("a", "d", negate=True).holds(record)
    assert not Same("a", "x").holds(record)
