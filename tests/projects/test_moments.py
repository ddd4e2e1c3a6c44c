"""What transforms make of points in time, days and durations."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.fitting import Excepted, Unfit
from tests.projects.converting import convert


@given(st.text("0123456789", max_size=7), st.sampled_from(["Z", "", "+00:00"]))
def test_a_moment_may_have_up_to_seven_digits_of_a_second(digits: str, zone: str) -> None:
    fraction = f".{digits}" if digits else ""
    assert convert("instant", f"2026-02-11T15:02:18{fraction}{zone}") == "2026-02-11T15:02:18Z"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-02-11T15:02:18-06:00", "2026-02-11T21:02:18Z"),
        ("2026-01-01T00:30:00+05:30", "2025-12-31T19:00:00Z"),
        ("2026-02-11T15:02:18", "2026-02-11T15:02:18Z"),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0999-05-06T00:00:00Z", "0999-05-06T00:00:00Z"),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_becomes_utc_and_the_vendors_empty_time_nothing(value: Any, moment: Any) -> None:
    assert convert("instant", value) == moment


@pytest.mark.parametrize("value", ["soon", "02/11/2026", "9999-12-31T23:59:59-05:00"])
def test_what_is_no_moment_is_refused(value: str) -> None:
    with pytest.raises(Unfit, match="not a date and time"):
        convert("instant", value)


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-02-11T00:00:00Z", "2026-02-11"), ("2026-02-11", "2026-02-11"), (None, None)],
)
def test_a_day_stays_the_day_it_is(value: Any, day: str | None) -> None:
    assert convert("day", value) == day


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:12:34", "754"), ("1.01:00:05", "90005"), ("00:00:01.5000000", "1"), (None, None)],
)
def test_a_duration_in_seconds(text: str | None, seconds: str | None) -> None:
    assert convert("seconds", text) == seconds


def test_what_is_no_duration_is_unfit() -> None:
    with pytest.raises(Unfit, match="is no duration"):
        convert("seconds", "a while")


def test_an_end_before_its_start_is_no_duration() -> None:
    with pytest.raises(Unfit, match="before the start"):
        convert("span", "2026-02-11T15:00:00Z", "end", record={"end": "2026-02-11T14:00:00Z"})


def test_a_timeline_tells_what_several_lists_hold_in_order_of_time_and_by_whom() -> None:
    record = {
        "visits": [
            {"by": 7, "arrived": "2026-02-11T15:02:18.7Z", "done": None},
            {"by": 9, "arrived": "2026-02-11T16:00:00Z", "done": "2026-02-12T08:30:00Z"},
        ],
        "paid": [{"on": "2026-02-12T00:00:00Z", "for": 3, "amount": "12.50"}],
        "crew": [{"@id": "7", "name": "Ada"}],
        "office": [{"userId": 9, "name": "Lee"}],
    }
    argument = "\n".join(
        (
            "paid on for bills.@id Paid {amount}{who.number? by }{who.number}",
            "visits done by crew.@id,office.userId Done: {who.name}",
            "visits arrived by crew.@id,office.userId Arrived: {who.name}",
        )
    )
    assert convert("timeline", None, argument, record=record) == (
        "2026-02-11 15:02:18 UTC Arrived: Ada\n"
        "2026-02-11 16:00:00 UTC Arrived: Lee\n"
        "2026-02-12 Paid 12.50\n"
        "2026-02-12 08:30:00 UTC Done: Lee"
    )
    assert convert("timeline", None, argument, record={}) is None


def test_what_is_from_before_the_first_day_does_not_land() -> None:
    for transform, lands in (("day", "2025-01-31"), ("instant", "2025-01-31T00:00:00Z")):
        assert convert(transform, "2025-01-31T00:00:00Z", "2025-01-31") == lands
        with pytest.raises(Excepted, match="archive rule: from before 2025-01-31"):
            convert(transform, "2025-01-30T23:59:59Z", "2025-01-31")
        assert convert(transform, None, "2025-01-31") is None


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2025-01-01T08:00:00Z", "2025-01-15T08:00:00Z", ""),
        ("2025-01-01T08:00:00Z", "2025-01-01T08:00:00Z", ""),
        ("2025-01-01T08:00:00Z", "2025-01-15T08:00:01Z", "within 14 days"),
        ("2025-01-01T08:00:00Z", "2025-01-01T07:59:59Z", "within 14 days"),
        (None, "2025-01-01T08:00:00Z", "no start, or no end"),
        ("2025-01-01T08:00:00Z", "0001-01-01T00:00:00Z", "no start, or no end"),
    ],
)
def test_an_appointment_ends_within_so_many_days(start: str | None, end: str, said: str) -> None:
    record = {"start": start, "end": end}
    if said:
        with pytest.raises(Excepted, match=said):
            convert("until", end, "start 14", record=record)
    else:
        assert convert("until", end, "start 14", record=record) == end
