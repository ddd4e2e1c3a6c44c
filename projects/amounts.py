"""What is sold, in numbers. Pure. In: what the source states, as text. Out: what a destination
that multiplies by itself arrives at to the cent — or ValueError with a sentence.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from connectors.canonical import plain

CENTS = 2


def settled(balance: str | None, total: str | None) -> str | None:
    """ "Paid", "Part paid" or "Open"; None where nothing is stated."""
    if not (balance or total):
        return None
    if Decimal(balance or 0) == 0:
        return "Paid"
    return "Open" if Decimal(balance or 0) == Decimal(total or 0) else "Part paid"


def sold(count: str | None, price: str | None, total: str | None, product: str | None) -> str:
    """How many of a product were sold. With the price in cents it must make the total."""
    if product in (None, "0"):
        raise ValueError("of no product: it has no SKU")
    try:
        many, each, whole = (Decimal(text or 0) for text in (count, price, total))
    except InvalidOperation:
        raise ValueError(f"“{count}” × “{price}” = “{total}” are no numbers") from None
    if many <= 0:
        raise ValueError(f"{plain(many)} of it were sold; a line needs more than none")
    if many != round(many, CENTS):
        raise ValueError(f"{plain(many)} has more than {CENTS} decimals")
    if total is not None and round(many * round(each, CENTS), CENTS) != round(whole, CENTS):
        raise ValueError(f"{plain(many)} × {plain(each)} does not make its total {plain(whole)}")
    return plain(many)


class Line(NamedTuple):
    """A line of a bill, as the source states it; one that is not charged says "false"."""

    number: str | None
    price: str | None
    total: str | None
    product: str | None
    charged: str | None


def billed(lines: Sequence[Line], tax: str | None, whole: str | None) -> None:
    """Whether the lines of a bill can be its whole at a destination that adds them up itself."""
    made = Decimal(tax or 0)
    for line in lines:
        number = Decimal(sold(line.number, line.price, line.total, line.product))
        price = Decimal(line.price or 0)
        if price < 0:
            raise ValueError(
                f"its bill has a line of {plain(price)}, and whether a price below 0 is taken "
                "there is not documented"
            )
        made += 0 if line.charged == "false" else round(number * price, CENTS)
    if round(made, CENTS) != round(Decimal(whole or 0), CENTS):
        raise ValueError(
            f"lines and tax make {plain(made)}, the whole is {plain(Decimal(whole or 0))}"
        )
