"""Text and numbers in the canonical form that `values` describes. Pure."""

from decimal import Decimal


def plain(number: Decimal) -> str:
    """No exponent, no trailing zeros, no negative zero."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def newlines(text: str) -> str:
    """LF line ends, whatever stood there."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
