"""The members of a body of version 2 that is no record: all that is wrong is told at once."""

from typing import Any

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import Bad, invalid, unknown
from connectors.practice.pipedrive.values import Check


def check_members(
    company: Company, body: Any, known: dict[str, Check], *required: str
) -> dict[str, Any]:
    """The checked members. Raises Refused, naming every wrong one."""
    if type(body) is not dict:
        raise invalid({"value": "must be an object"})
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for key, value in body.items():
        try:
            if key not in known:
                raise Bad(unknown(key))
            kept[key] = known[key](company, value)
        except Bad as bad:
            wrong[key] = str(bad)
    wrong |= {key: "is required" for key in required if key not in body}
    if wrong:
        raise invalid(wrong)
    return kept
