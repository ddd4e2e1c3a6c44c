"""What runs by itself in the practice org, as queries tell it: flows and assignment rules where
records are asked for, triggers, validation rules and workflow rules at the Tooling API.

In: SOQL of one object, plain columns and comparisons by AND. Out: an answer as `/query` gives it.
Source: Object Reference, "FlowDefinitionView", "AssignmentRule"; Tooling API, "ApexTrigger",
"ValidationRule", "WorkflowRule".
"""

from collections.abc import Iterator
from typing import Any

from connectors.practice.salesforce.errors import CallError
from connectors.practice.salesforce.ids import make_id
from connectors.practice.salesforce.soql import Group, Query, Test, malformed

Row = dict[str, Any]


def _flow(name: str, label: str, trigger: str | None, object: str | None, active: bool) -> Row:
    return {
        "ApiName": name,
        "Label": label,
        "ProcessType": "AutoLaunchedFlow" if trigger else "Flow",
        "TriggerType": trigger,
        "TriggerObjectOrEvent.QualifiedApiName": object,
        "IsActive": active,
    }


FLOWS = (
    _flow("Case_Welcome", "Case: welcome e-mail", "RecordAfterSave", "Case", True),
    _flow("Contact_Names", "Contact: tidy names", "RecordBeforeSave", "Contact", True),
    _flow("Lead_Score", "Lead: score", "RecordAfterSave", "Lead", True),
    _flow("Old_Case_Alert", "Case: old alert", "RecordAfterSave", "Case", False),
    _flow("Call_Script", "Call script", None, None, True),
)
QUERY: dict[str, tuple[str, tuple[Row, ...]]] = {
    "FlowDefinitionView": ("", FLOWS),
    "AssignmentRule": (
        "01Q",
        ({"Name": "Standard case assignment", "SobjectType": "Case", "Active": True},),
    ),
}
TOOLING: dict[str, tuple[str, tuple[Row, ...]]] = {
    "ApexTrigger": (
        "01q",
        (
            {"Name": "AccountRollup", "TableEnumOrId": "Account", "Status": "Active"},
            {"Name": "CaseLegacy", "TableEnumOrId": "Case", "Status": "Inactive"},
        ),
    ),
    "ValidationRule": (
        "03d",
        (
            {
                "ValidationName": "Phone_digits",
                "Active": True,
                "ErrorMessage": "A phone number has ten digits.",
                "EntityDefinition.QualifiedApiName": "Contact",
            },
            {
                "ValidationName": "Old_rule",
                "Active": False,
                "ErrorMessage": "Not used.",
                "EntityDefinition.QualifiedApiName": "Account",
            },
        ),
    ),
    "WorkflowRule": ("01Q", ({"Name": "Tell the owner", "TableEnumOrId": "Case"},)),
}


def answer(
    known: dict[str, tuple[str, tuple[Row, ...]]], query: Query, base: str, on: bool
) -> dict[str, Any]:
    """The rows that the query wants; none where the org has no automation (`on`). Raises
    CallError for an object or column that is not there."""
    name = next((n for n in known if n.lower() == query.object.lower()), None)
    if name is None:
        raise CallError(400, "INVALID_TYPE", f"sObject type '{query.object}' is not supported.")
    if query.group or query.order or any(item.aggregate for item in query.items):
        raise malformed("only columns and WHERE are built for this object")
    prefix, rows = known[name]
    numbered = [{"Id": _id(prefix, n), **row} for n, row in enumerate(rows, start=1)]
    found = [row for row in numbered if on and _holds(query.where, row, name)]
    records = [_shown(query, row, name, base) for row in found]
    return {"totalSize": len(records), "done": True, "records": records}


def _id(prefix: str, number: int) -> str:
    return make_id(prefix or "3dd", number)


def _column(row: Row, path: str, name: str) -> str:
    found = next((known for known in row if known.lower() == path.lower()), None)
    if found is None:
        message = f"No such column '{path}' on entity '{name}'."
        raise CallError(400, "INVALID_FIELD", message)
    return found


def _holds(where: Any, row: Row, name: str) -> bool:
    if where is None:
        return True
    if isinstance(where, Group) and where.operator.lower() == "and":
        return all(_holds(part, row, name) for part in where.parts)
    if not isinstance(where, Test) or where.operator not in ("=", "!="):
        raise malformed("only comparisons joined by AND are built for this object")
    is_it = row[_column(row, where.item.path, name)] == _constant(where.value)
    return bool(is_it == (where.operator == "="))


def _constant(literal: Any) -> Any:
    words = {"true": True, "false": False, "null": None}
    value = getattr(literal, "value", None)
    if getattr(literal, "kind", "") == "word":
        return words.get(str(value).lower())
    return value


def _shown(query: Query, row: Row, name: str, base: str) -> Row:
    shown: Row = {"attributes": {"type": name, "url": f"{base}/sobjects/{name}/{row['Id']}"}}
    for path, value in _values(query, row, name):
        head, _, rest = path.partition(".")
        if rest:
            shown[head] = {"attributes": {"type": head}, rest: value} if value else None
        else:
            shown[head] = value
    return shown


def _values(query: Query, row: Row, name: str) -> Iterator[tuple[str, Any]]:
    for item in query.items:
        column = _column(row, item.path, name)
        yield column, row[column]
