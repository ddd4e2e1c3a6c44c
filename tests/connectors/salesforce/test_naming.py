"""Field plans into what the vendor's metadata takes, without a vendor."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.salesforce import naming
from connectors.salesforce.plans import FIELDS
from connectors.values import FieldPlan, FieldSpec

NAME = re.compile(r"(?=.{1,40}__c$)[A-Za-z](?:_?[A-Za-z0-9])*__c")
TYPES = [*naming.TYPES, *naming.HOLDS]


def plan(name: str, type: str = "Text", **more: object) -> FieldPlan:
    made = FieldPlan("Case", name, str(more.pop("label", name)), type)
    return replace(made, **more)  # type: ignore[arg-type]


def names(*plans: FieldPlan, taken: naming.Taken | None = None) -> list[str]:
    return [each.name for each in naming.named(plans, taken or {})]


def test_our_own_fields_are_right_as_they_are() -> None:
    shaped = [naming.shaped(each) for each in FIELDS]
    assert naming.related(naming.named(shaped, {}), {}) == list(FIELDS)


@given(st.lists(st.text(max_size=60), max_size=30))
@example(["", "#", "1", "_", "__c", "a__b__c", "ßß", "漢字", "Permit #", "permit_", "PERMIT"])
@example(["x" * 50] * 12)
def test_any_texts_become_valid_names_and_no_two_the_same(texts: list[str]) -> None:
    found = names(*(plan(text) for text in texts))
    assert [name for name in found if not NAME.fullmatch(name)] == []
    assert len({name.lower() for name in found}) == len(texts)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Permit_Number__c", "Permit_Number__c"),
        ("Permit #", "Permit__c"),
        ("Café: crème", "Cafe_creme__c"),
        ("2nd floor?", "Field_2nd_floor__c"),
        ("a" * 39 + " b", "a" * 39 + "__c"),
    ],
)
def test_a_name_keeps_what_of_it_is_allowed(text: str, name: str) -> None:
    assert names(plan(text)) == [name]


def test_a_name_that_is_taken_gets_a_number_and_other_objects_do_not_matter() -> None:
    account = replace(plan("Permit"), object="Account")
    found = names(plan("Permit"), account, plan("PERMIT"), taken={"Case": {"permit"}})
    assert found == ["Permit_2__c", "Permit__c", "PERMIT_3__c"]


@given(
    st.sampled_from(TYPES), st.integers(0, 200_000), st.integers(0, 40), st.integers(0, 40),
    st.lists(st.text(max_size=300), max_size=5), st.text(max_size=600), st.booleans(),
)  # fmt: skip
def test_everything_is_within_the_vendors_limits_and_stays_so(
    type: str, length: int, precision: int, scale: int, picks: list[str], text: str, unique: bool
) -> None:
    wish = plan("X", type, label=text, length=length, precision=precision, scale=scale,
                picklist=tuple(picks), help=text, unique=unique)  # fmt: skip
    found = naming.shaped(wish)
    assert found.type in naming.HOLDS
    assert len(found.label) <= 40
    assert len(found.help) <= 510
    assert found.scale <= found.precision <= 18 or found.type not in naming.NUMBERS
    assert 1 <= found.length <= 255 or found.type != "Text"
    assert 256 <= found.length <= 131_072 or found.type != "LongTextArea"
    assert len({pick.lower() for pick in found.picklist}) == len(found.picklist)
    assert naming.shaped(found) == found


def test_a_text_too_long_for_a_line_becomes_a_long_one_unless_it_is_a_key() -> None:
    assert naming.shaped(plan("X", "string", length=256)).type == "LongTextArea"
    key = naming.shaped(plan("X", "string", length=256, unique=True))
    assert (key.type, key.length) == ("Text", 255)


def test_a_picklist_with_nothing_to_pick_is_a_line_of_text() -> None:
    found = naming.shaped(plan("X", "picklist", picklist=("", " \n ")))
    assert (found.type, found.length, found.picklist) == ("Text", 255, ())
    assert naming.shaped(plan("X", "picklist", picklist=("A", "a", "B"))).picklist == ("A", "B")


def test_two_lookups_to_one_object_have_relationships_of_their_own() -> None:
    wish = replace(plan("Account__c", "Lookup"), references="Account", relationship="Jobs")
    found = naming.related([wish, wish, replace(wish, relationship="")], {"Account": {"jobs"}})
    assert [each.relationship for each in found] == ["Jobs_2", "Jobs_3", "Case_Account"]


@pytest.mark.parametrize(
    ("spec", "wish", "serves"),
    [
        (FieldSpec("X__c", "X", "string", 80), plan("X", length=80), True),
        (FieldSpec("X__c", "X", "string", 40), plan("X", length=80), False),
        (FieldSpec("X__c", "X", "textarea", 255), plan("X", "LongTextArea", length=300), False),
        (FieldSpec("X__c", "X", "picklist", 40), plan("X", length=80), True),
        (FieldSpec("X__c", "X", "boolean"), plan("X", length=80), False),
        (FieldSpec("X__c", "X", "double"), plan("X", "Number"), True),
        (
            FieldSpec("X__c", "X", "reference", 18, references=("User",)),
            plan("X", "Lookup", references="Account"),
            False,
        ),
    ],
)
def test_a_field_that_is_there_serves_if_it_can_hold_the_values(
    spec: FieldSpec, wish: FieldPlan, serves: bool
) -> None:
    assert naming.can_hold(spec, wish) is serves
