"""Values to JSON and CSV and back, without a vendor."""

import csv
import io
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.salesforce.bulk import to_csv
from connectors.salesforce.values import (
    NULL,
    OnlyAsJson,
    Unsendable,
    from_vendor,
    newlines,
    to_cell,
    to_json,
)
from connectors.values import Chunk, FieldSpec, Row, Value

NASTY = st.text(
    st.one_of(
        st.sampled_from("\r\n\",;\t'\\ \u2028\u2029\x0b\x0c\x85\ufeff"),
        st.sampled_from("éß漢字🔧👩‍🔧שלום\u202e\u200f#N/A=+-@"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    min_size=1,
)


def spec(type: str, length: int = 0) -> FieldSpec:
    return FieldSpec("Field__c", "Field", type, length)


@settings(max_examples=1000)
@given(NASTY)
@example("\r")
@example("a\r\nb\rc\nd")
@example('""","')
@example("x" * 131_072)
@example("\ufeffbyte order mark")
def test_any_text_survives_the_csv_of_a_bulk_job(text: str) -> None:
    if text.strip() == NULL:
        return
    chunk = Chunk("create", "Account", (Row("7001/customers/1", None, {"Field__c": text}),))
    content, left = to_csv(chunk, {"Field__c": spec("textarea")})
    assert not left
    assert b"\r" not in content
    header, row = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    assert dict(zip(header, row, strict=True)) == {
        "Source_Id__c": "7001/customers/1",
        "Field__c": newlines(text) if text.strip() else NULL,
    }


@settings(max_examples=300)
@given(NASTY)
@example(NULL)
def test_any_text_survives_json(text: str) -> None:
    sent = orjson.loads(orjson.dumps(to_json(text, spec("textarea"))))
    assert from_vendor(sent, "textarea") == (newlines(text) if text.strip() else None)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**16), max_value=10**16
    )
)
@example(Decimal("1234567890123456.78"))
def test_money_never_passes_through_a_float(number: Decimal) -> None:
    sent = orjson.dumps({"v": to_json(f"{number:f}", spec("currency"))})
    assert Decimal(sent.removeprefix(b'{"v":').removesuffix(b"}").decode()) == number


@pytest.mark.parametrize(
    ("type", "answered", "canonical"),
    [
        ("currency", Decimal("1287.40"), "1287.4"),
        ("currency", Decimal("1.5E7"), "15000000"),
        ("double", Decimal("-0.0"), "0"),
        ("int", 5, "5"),
        ("datetime", "2026-02-11T15:02:18.000+0000", "2026-02-11T15:02:18Z"),
        ("datetime", "2026-02-11T17:02:18.000+0200", "2026-02-11T15:02:18Z"),
        ("date", "2026-02-11", "2026-02-11"),
        ("boolean", False, False),
        ("multipicklist", "B;A", "A;B"),
        ("textarea", "one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("string", "", None),
        ("string", None, None),
        ("address", {"city": "Akron"}, None),
    ],
)
def test_an_answer_is_read_in_canonical_form(type: str, answered: Any, canonical: Value) -> None:
    found = from_vendor(answered, type)
    assert found == canonical
    assert found.__class__ is canonical.__class__


@pytest.mark.parametrize(
    ("type", "value", "json", "cell"),
    [
        ("currency", "1287.4", b"1287.4", "1287.4"),
        ("int", "5", b"5", "5"),
        ("datetime", "2026-02-11T15:02:18Z", b'"2026-02-11T15:02:18.000Z"',
         "2026-02-11T15:02:18.000Z"),
        ("boolean", True, b"true", "true"),
        ("boolean", "true", b"true", "true"),
        ("boolean", None, b"false", "false"),
        ("multipicklist", "B;A;A", b'"A;B"', "A;B"),
        ("string", None, b"null", NULL),
        ("string", "", b"null", NULL),
        ("reference", None, b"null", NULL),
    ],
)  # fmt: skip
def test_a_value_is_sent_in_the_vendors_form(
    type: str, value: Value, json: bytes, cell: str
) -> None:
    assert orjson.dumps(to_json(value, spec(type))) == json
    assert to_cell(value, spec(type)) == cell


@pytest.mark.parametrize(
    ("type", "value", "complaint"),
    [
        ("string", "a\0b", "NUL"),
        ("string", "a\ud800b", "Unicode"),
        ("string", "x" * 81, "STRING_TOO_LONG: Field__c: 81 characters do not fit into 80"),
        ("currency", "1e5", "no plain number"),
        ("currency", "1,287.40", "no plain number"),
        ("currency", "٣", "no plain number"),
        ("int", "5.5", "no whole number"),
        ("boolean", "maybe", "neither true nor false"),
        ("boolean", 1, "neither true nor false"),
        ("date", "11/02/2026", "no date"),
        ("datetime", "2026-02-11T15:02:18+02:00", "no datetime"),
        ("datetime", "2026-02-30T15:02:18Z", "no datetime"),
    ],
)
def test_a_value_the_vendor_would_alter_is_not_sent(
    type: str, value: Value, complaint: str
) -> None:
    for send in (to_json, to_cell):
        with pytest.raises(Unsendable, match=complaint):
            send(value, spec(type, 80))


def test_what_only_a_bulk_job_would_misread_may_still_go_as_json() -> None:
    for text in (NULL, f" {NULL} ", "x" * 131_073):
        assert to_json(text, spec("textarea")) == text
        with pytest.raises(OnlyAsJson):
            to_cell(text, spec("textarea"))


def test_a_field_that_a_row_does_not_have_is_an_empty_cell_and_a_cleared_one_is_not() -> None:
    rows = (Row("k/1", "001A", {"Phone": None}), Row("k/2", "001B", {"Fax": "1"}))
    fields = {"Phone": spec("phone"), "Fax": spec("phone")}
    content, _ = to_csv(Chunk("update", "Account", rows), fields)
    assert content.decode().splitlines() == [
        '"Id","Source_Id__c","Phone","Fax"',
        '"001A","k/1","#N/A",""',
        '"001B","k/2","","1"',
    ]


def test_rows_that_do_not_fit_into_one_job_are_left_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("connectors.salesforce.bulk.UPLOAD_BYTES", 200)
    rows = tuple(Row(f"k/{n}", None, {"Phone": "0123456789"}) for n in range(20))
    content, left = to_csv(Chunk("create", "Account", rows), {"Phone": spec("phone")})
    assert len(content) <= 200
    assert {o.status for o in left} == {"unprocessed"}
    assert len(content.splitlines()) - 1 + len(left) == 20
