"""Our key as the last line of a text, where a vendor has no field for it. Pure."""

import re

from connectors.values import Row, Value

MARK = re.compile(r"\n?\[ref ([^\s\[\]]+)\]")


def marked(text: str | None, key: str) -> str:
    """The text with our key, for a person to see, at its end."""
    return f"{text}\n[ref {key}]" if text else f"[ref {key}]"


def unmarked(text: str) -> tuple[str | None, str]:
    """The text without our mark, and the key that it names; "" where it has none."""
    found = list(MARK.finditer(text))
    if not found:
        return text or None, ""
    last = found[-1]
    return (text[: last.start()] + text[last.end() :]) or None, last[1]


def bearing(row: Row, text: str) -> dict[str, Value]:
    """The row's values with our key at the end of that text; a change of others leaves it."""
    if row.id and text not in row.values:
        return dict(row.values)
    given = row.values.get(text)
    return {**row.values, text: marked(str(given) if given else None, row.key)}
