"""What a JSON record and the request headers say about a write."""

from typing import Any

from connectors.practice.salesforce.api import Call
from connectors.practice.salesforce.bound import Bound, Unknown, bind, bind_parent
from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.schema import Schema
from connectors.practice.salesforce.writer import Options


def options(org: Org, call: Call) -> Options:
    """Who writes, and the headers for assignment and duplicate rules. The assignment rule
    runs unless the caller says FALSE: that is the vendor's default."""
    rule = call.header("sforce-duplicate-rule-header").replace(" ", "")
    return Options(
        org.people.integration,
        assign=call.header("sforce-auto-assign") != "false",
        allow_duplicates="allowsave=true" in rule.split(";"),
    )


def body_pairs(
    schema: Schema, object: Object, record: dict[str, Any], skip: frozenset[str] = frozenset()
) -> list[tuple[Bound, Any]]:
    """The members of a record as bound names with values. Raises RowError INVALID_FIELD."""
    pairs = []
    for name, value in record.items():
        if name == "attributes" or name.lower() in skip:
            continue
        try:
            if isinstance(value, dict):
                pairs.append(_parent(schema, object, name, value))
            else:
                pairs.append((bind(schema, object, name), value))
        except Unknown as unknown:
            raise RowError(
                "INVALID_FIELD", f"No such column '{unknown}' on sobject of type {object.name}"
            ) from unknown
    return pairs


def _parent(schema: Schema, object: Object, name: str, value: dict[str, Any]) -> tuple[Bound, Any]:
    keys = [key for key in value if key != "attributes"]
    if len(keys) != 1:
        raise Unknown(name)
    kind = (value.get("attributes") or {}).get("type", "")
    lookup = next((f for f in schema.fields(object) if f.relationship == name), None)
    target = kind if lookup is None or len(lookup.references) > 1 else ""
    return bind_parent(schema, object, name, keys[0], target), value[keys[0]]
