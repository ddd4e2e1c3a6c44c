"""What transforms make of money and other numbers."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from projects.fitting import Unfit
from tests.projects.converting import convert


@given(st.decimals(-(10**14), 10**14, places=2))
@example(Decimal("-0.00"))
@example(Decimal("90071992547409.93"))
@example(Decimal("0.10"))
def test_money_as_text_keeps_every_cent(amount: Decimal) -> None:
    text = convert("decimal", f"{amount:f}")
    assert Decimal(text) == amount
    assert text != "-0"
    assert "." not in text or not text.endswith("0")


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_number_to_six_decimals_keeps_all_six(number: Decimal) -> None:
    assert Decimal(convert("decimal", f"{number:f}", "6")) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.0000000000000000000", "1"),
        ("-12.50", "-12.5"),
        ("-0.00", "0"),
        ("1287.40", "1287.4"),
        ("100", "100"),
        (100, "100"),
        ("1E+3", "1000"),
        (" 7.10 ", "7.1"),
        ("9007199254740993", "9007199254740993"),
        ("0.005", "0"),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_written_plainly(value: Any, text: str | None) -> None:
    assert convert("decimal", value) == text


@pytest.mark.parametrize("value", ["12,50", "NaN", "Infinity", "n/a", "9" * 40])
def test_what_is_not_a_number_is_refused_with_its_text(value: str) -> None:
    with pytest.raises(Unfit, match="is not a number") as unfit:
        convert("decimal", value)
    assert unfit.value.value == value


@pytest.mark.parametrize(
    ("balance", "total", "said"),
    [
        ("0.00", "12.50", "Paid"),
        ("12.50", "12.50", "Open"),
        ("2.50", "12.50", "Part paid"),
        ("0.00", "0.00", "Paid"),
        (None, "0.00", "Paid"),
    ],
)
def test_an_invoice_is_paid_by_its_balance(balance: Any, total: str, said: str) -> None:
    assert convert("settled", balance, "total", record={"total": total}) == said


@pytest.mark.parametrize(
    ("change", "total", "said"),
    [
        ({}, "22.00", None),
        ({"charged": False}, "2.00", None),
        ({"price": "-10", "total": "-20"}, "-18.00", "below 0 is taken"),
        ({"product": None}, "22.00", "has no SKU"),
        ({}, "22.01", "make 22, the whole is 22.01"),
    ],
)
def test_a_line_of_a_bill_counts_where_the_whole_bill_adds_up(
    change: dict[str, Any], total: str, said: str | None
) -> None:
    line = {"count": "2.0", "price": "10.00", "total": "20.00", "product": 7, "charged": True}
    bill = {"lines": [line | change], "tax": "2.00", "whole": total}
    argument = "lines: count, price, total, product, charged; tax; whole"
    if said is None:
        assert convert("billed", "2.0", argument, record=bill) == "2"
        assert convert("billed", None, argument, record=bill) == "1"
    else:
        with pytest.raises(Unfit, match=said):
            convert("billed", "2.0", argument, record=bill)


@pytest.mark.parametrize(
    ("count", "price", "total", "sku", "said"),
    [
        ("2.0000000000000000000", "10.25", "20.50", 7, "2"),
        ("0.5", "-25", "-12.50", 7, "0.5"),
        ("3", "9.999", "30.00", 7, "3"),
        ("3", "9.99", None, 7, "3"),
        ("0", "5", "0", 7, "0 of it were sold"),
        ("-1", "5", "-5", 7, "-1 of it were sold"),
        ("0.125", "8", "1.00", 7, "more than 2 decimals"),
        ("3", "9.999", "29.97", 7, "does not make its total 29.97"),
        ("1", "5", "5", None, "it has no SKU"),
        ("1", "5", "5", 0, "it has no SKU"),
        ("one", "5", "5", 7, "are no numbers"),
    ],
)
def test_what_was_sold_makes_its_total_to_the_cent_or_is_refused(
    count: str, price: str, total: str | None, sku: int | None, said: str
) -> None:
    record = {"price": price, "total": total, "skuId": sku}
    if said == count.rstrip("0").rstrip(".") or said == count:
        assert convert("sold", count, "price, total, skuId", record=record) == said
    else:
        with pytest.raises(Unfit, match=said):
            convert("sold", count, "price, total, skuId", record=record)
