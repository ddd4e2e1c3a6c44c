"""Cells of a spreadsheet. In: a value. Out: text that no spreadsheet runs as a formula."""

import re
from typing import Any

FORMATS = ("csv", "xlsx")
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def escaped(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) else text
