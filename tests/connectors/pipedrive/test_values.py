"""Values there and back, by kind: what goes out, in the vendor's words, comes in as it was."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.marker import marked, unmarked
from connectors.pipedrive.objects import TYPES, Kind
from connectors.pipedrive.values import (
    Column,
    Unsendable,
    from_html,
    from_json,
    marked_name,
    to_html,
    to_json,
    unmarked_name,
)
from connectors.values import FieldSpec

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=200
)
KEYS = st.from_regex(r"[0-9]{1,6}/[a-z-]{1,12}/[A-Za-z0-9/]{1,20}", fullmatch=True)


def column(kind: Kind, length: int = 0, picks: tuple[str, ...] = ()) -> Column:
    spec = FieldSpec("field", "Field", TYPES[kind], length=length, picklist=picks)
    ids = {label: n for n, label in enumerate(picks, 1)}
    return Column(spec, kind, "f" * 40, ids=ids, labels={n: label for label, n in ids.items()})


def there_and_back(value: Any, column: Column) -> Any:
    sent = orjson.dumps(to_json(value, column, "USD"))
    return from_json(orjson.loads(sent), column)


@given(TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert there_and_back(text, column("text")) == text


@given(TEXTS)
def test_a_text_that_travels_as_html_comes_back_as_it_was(text: str) -> None:
    assert from_html(to_html(text)) == text


@given(st.none() | TEXTS, KEYS)
def test_our_mark_goes_on_and_comes_off_without_a_trace(text: str | None, key: str) -> None:
    assert unmarked(from_html(to_html(marked(text, key)))) == (text, key)


@given(st.from_regex(r"[A-Za-z0-9 ._-]{1,40}", fullmatch=True), KEYS)
def test_a_file_name_holds_our_key_before_its_ending(name: str, key: str) -> None:
    named = marked_name(name, key)
    assert "/" not in named
    assert unmarked_name(named) == (name, key)


def test_a_text_that_somebody_wrote_below_our_mark_is_kept() -> None:
    assert unmarked("ours\n[ref 1/jobs/2]\ntheirs") == ("ours\ntheirs", "1/jobs/2")


@pytest.mark.parametrize("kind", ["number", "money"])
@given(st.decimals(-(10**14), 10**14, places=4))
def test_numbers_keep_every_digit_or_are_refused(kind: Kind, number: Decimal) -> None:
    text = f"{number:f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    if Decimal(str(float(text))) == number:
        assert there_and_back(text, column(kind)) == text
        return
    assert len(text.strip("-").replace(".", "")) > 15
    with pytest.raises(Unsendable, match="more digits"):
        to_json(text, column(kind))


@given(st.datetimes().filter(lambda moment: moment.year >= 1000))
def test_instants_come_back_to_the_second(moment: Any) -> None:
    text = moment.replace(microsecond=0).isoformat() + "Z"
    assert there_and_back(text, column("instant")) == text
    assert there_and_back(text, column("v1 instant")) == text


@given(st.integers(0, 99), st.integers(0, 59))
def test_hours_and_minutes_come_back_in_either_form(hours: int, minutes: int) -> None:
    text = f"{hours:02}:{minutes:02}"
    assert there_and_back(text, column("clock")) == text
    assert from_json(f"{text}:00", column("clock")) == text


@given(st.sets(st.sampled_from(["Hot", "VIP", "Do not call", "漢字"])))
def test_options_travel_as_ids_and_come_back_as_sorted_labels(labels: set[str]) -> None:
    known = column("options", picks=("Hot", "VIP", "Do not call", "漢字"))
    assert there_and_back(";".join(labels), known) == (";".join(sorted(labels)) or None)


def test_ways_to_reach_somebody_keep_their_kind_and_the_first_is_primary() -> None:
    lines = "+1 555 0100 (mobile)\n+1 555 0101\nafter five (p.m.)"
    sent = to_json(lines, column("contacts"))
    assert [(one["label"], one["primary"]) for one in sent] == [
        ("mobile", True),
        ("work", False),
        ("work", False),
    ]
    assert from_json(sent, column("contacts")) == lines


def test_an_address_keeps_its_parts() -> None:
    whole = "1 Main St\nUnit 2, Akron\nlocality: Akron\npostal_code: 44301"
    sent = to_json(whole, column("address"))
    assert sent == {
        "value": "1 Main St\nUnit 2, Akron",
        "locality": "Akron",
        "postal_code": "44301",
    }
    assert from_json({**sent, "country": None}, column("address")) == whole


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "1e5"),
        ("number", "12 dollars"),
        ("id", "abc"),
        ("option", "unknown"),
        ("date", "2026-02-30"),
        ("instant", "yesterday"),
        ("instant", "0001-01-01T00:00:00Z"),
        ("clock", "noon"),
        ("flag", "maybe"),
        ("text", "a\0b"),
        ("text", "\ud800"),
    ],
)
def test_what_would_be_cut_or_refused_is_not_sent(kind: Kind, value: str) -> None:
    with pytest.raises(Unsendable, match="field"):
        to_json(value, column(kind))


def test_a_text_that_is_too_long_is_not_sent() -> None:
    assert to_json("x" * 255, column("text", 255)) == "x" * 255
    with pytest.raises(Unsendable, match="256 characters do not fit into 255"):
        to_json("x" * 256, column("text", 255))
