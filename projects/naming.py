"""Names of people as transforms: a name in parts, and the name in a remark beside a number."""

from typing import Any

from connectors.values import Value
from projects import people
from projects.fitting import Context, clean
from projects.shapes import fill


def last_name(value: Any, context: Context) -> Value:
    """The family name; the whole text where no person's name can be made out. The first of
    the argument's {path}s that has a value stands in for an empty name."""
    name = clean(value) or clean(fill(context.argument, context.record))
    if name is None:
        return None
    return people.split(name)[1]


def first_name(value: Any, context: Context) -> Value:
    """Title and given names; None where the whole name stands in for the family name."""
    return clean(people.split(clean(value) or "")[0])


def person(value: Any, context: Context) -> Value:
    """The person whom the remark names; the argument's {path}s stand in where it names nobody."""
    return clean(_named(value)) or clean(fill(context.argument, context.record))


def person_last(value: Any, context: Context) -> Value:
    return last_name(_named(value), context)


def person_first(value: Any, context: Context) -> Value:
    return first_name(_named(value), context)


def _named(value: Any) -> str:
    return people.named(clean(value) or "")
