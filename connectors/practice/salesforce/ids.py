"""Record ids: a counter in base 62 behind the object's prefix, and the 3-letter checksum.

15 characters compare case-sensitively; the checksum makes 18 that also compare without case.
"""

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?\Z")
INSTANCE = "Hs"


def checksum(id15: str) -> str:
    """One letter per group of five: bit i is set where character i is a capital."""
    groups = (id15[start : start + 5] for start in (0, 5, 10))
    return "".join(
        LETTERS[sum(1 << place for place, char in enumerate(group) if "A" <= char <= "Z")]
        for group in groups
    )


def make_id(prefix: str, number: int) -> str:
    """The 18-character id of the n-th record of that prefix."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    id15 = prefix + INSTANCE + digits.rjust(10, "0")
    return id15 + checksum(id15)


def full_id(text: str) -> str | None:
    """The 18-character form of an id of 15 or 18; None where it is no id at all."""
    if not SHAPE.match(text):
        return None
    id18 = text[:15] + checksum(text[:15])
    return id18 if text in (id18, id18[:15]) else None
