"""Transforms to codes: of a state, a country, a currency. In: what people typed, and a value map
from names to codes. Out: the code; whether the destination has it is judged with its field."""

from typing import Any

from connectors.values import Value
from projects.fitting import Context, clean
from projects.shapes import at

STATE = "state: "
"""Begins an entry in the value map of a country that stands for a state without a country."""


def code(value: Any, context: Context) -> Value:
    """The code that the value map has for a text, whatever its case and dots; without one the
    text itself in capitals, as codes are written. The argument stands where there is no text."""
    text = clean(value) or clean(context.argument)
    return None if text is None else _mapped(text, context, _bare(text).upper())


def country(value: Any, context: Context) -> Value:
    """The code of an address's country. Where it names a state and no country, the value map's
    entry "state: …" tells it, otherwise the argument: no state goes without a country."""
    if text := clean(value):
        return _mapped(text, context, _bare(text).upper())
    state = clean(at(context.record, f"{context.path.rpartition('.')[0]}.state"))
    return _mapped(f"{STATE}{state}", context, clean(context.argument)) if state else None


def _mapped(text: str, context: Context, otherwise: str | None) -> str | None:
    """By the map, where an empty destination value clears the field."""
    if text not in context.values:
        wanted = _bare(text)
        text = next((name for name in context.values if _bare(name) == wanted), text)
    return context.values.get(text, otherwise) or None


def _bare(text: str) -> str:
    return text.replace(".", "").casefold()
