"""The comparison that a client signs and that a reconciliation counts."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.diff import Line, differing, flatten, lines, text

NAMES = st.text("abcdef", min_size=1, max_size=4)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
RECORDS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES | st.lists(st.text(max_size=3), max_size=3),
        lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3),
        max_leaves=8,
    ),
    max_size=6,
)


def line(record: dict[str, Any], planned: dict[str, Any], found: dict[str, Any]) -> Line:
    """The one line of a record whose field `a` feeds the destination field `A`."""
    (only,) = lines(record, {}, {"a": ["A"]}, planned, found)
    return only


@pytest.mark.parametrize(
    ("source", "planned", "found", "verdict"),
    [
        ("x", "x", "x", "same"),
        (7, "7", "7", "same"),
        (None, None, None, "same"),
        ("Urgent", "High", "High", "converted"),
        ("x", None, None, "converted"),
        ("x", "x", "y", "differs"),
        ("x", "x", None, "differs"),
        (None, None, "y", "differs"),
        ("1", "1", 1, "differs"),
    ],
)
def test_the_verdict_compares_planned_with_read_back_and_then_with_the_source(
    source: Any, planned: Any, found: Any, verdict: str
) -> None:
    assert line({"a": source}, {"A": planned}, {"A": found}).verdict == verdict


def test_a_field_that_feeds_nothing_is_said_not_to_move() -> None:
    (only,) = lines({"campaignId": 77}, {"campaignId": "Campaign"}, {}, {}, {})
    assert (only.source, only.label, only.source_value) == ("campaignId", "Campaign", "77")
    assert (only.destination, only.verdict) == ("", "not moved")


def test_a_field_whose_destination_was_left_out_of_the_plan_does_not_move() -> None:
    assert line({"a": 1}, {}, {"A": "1"}).verdict == "not moved"


def test_a_field_that_feeds_two_has_two_lines() -> None:
    both = lines({"a": "x"}, {}, {"a": ["A", "B"]}, {"A": "x", "B": "X"}, {"A": "x", "B": "X"})
    assert [(li.destination, li.verdict) for li in both] == [("A", "same"), ("B", "converted")]


def test_a_constant_comes_last_and_without_a_source() -> None:
    found = lines({"z": 1}, {}, {}, {"Type": "Job"}, {"Type": "Job"})
    assert [(li.source, li.destination, li.read_back) for li in found] == [
        ("z", "", ""),
        ("", "Type", "Job"),
    ]


def test_a_mapped_field_that_the_record_lacks_still_has_its_line() -> None:
    (only,) = lines({}, {}, {"site.name": ["Site"]}, {"Site": None}, {})
    assert (only.source, only.source_value, only.verdict) == ("site.name", "", "same")


@given(RECORDS, st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine that others use
def test_every_source_field_and_every_planned_field_has_a_line(record: Any, data: Any) -> None:
    paths = [path for path, _ in flatten(record)]
    mapped = data.draw(st.lists(st.sampled_from(paths), unique=True)) if paths else []
    targets = {path: [f"F{n}"] for n, path in enumerate(mapped)}
    planned = {name: "v" for names in targets.values() for name in names} | {"Constant": "c"}
    found = lines(record, {}, targets, planned, planned)
    assert {li.source for li in found if li.source} == set(paths)
    assert sorted(li.destination for li in found if li.destination) == sorted(planned)


def test_nested_records_custom_fields_and_lists_are_leaves_that_people_can_read() -> None:
    record = {
        "@id": "1",
        "@parent": "5",
        "active": True,
        "site": {"@id": "9", "address": {"city": "Toledo"}},
        "customFields": [{"typeId": 77, "value": "Gate 4"}, {"typeId": 78, "value": None}],
        "tags": [{"name": "vip"}, {"@id": "3"}, {"appointmentNumber": "1007-1"}],
        "ids": [1, 2],
        "none": [],
    }
    assert dict(flatten(record)) == {
        "active": "yes",
        "site.address.city": "Toledo",
        "customFields.77": "Gate 4",
        "customFields.78": "",
        "tags": "vip; 3; 1007-1",
        "ids": "1; 2",
        "none": "",
    }


def test_text_is_what_a_person_reads() -> None:
    assert [text(v) for v in (None, True, False, 0, "0")] == ["", "yes", "no", "0", "0"]


def test_differing_names_each_planned_field_with_the_value_that_stands_there() -> None:
    planned = {"A": "1", "B": None, "C": "x", "D": None}
    assert differing(planned, {"A": "1", "B": "left", "Z": "ours not"}) == {"B": "left", "C": None}
