"""What the list of form submissions can be asked for, unlike any other list."""

from typing import Any

from starlette.datastructures import QueryParams

from connectors.practice.servicetitan.answers import invalid
from connectors.practice.servicetitan.resources import SUBMITTED

STATUSES = ("Started", "Completed", "Any")
OWNER = (
    "SELECT 1 FROM json_each(CAST(body AS TEXT), '$.owners')"
    " WHERE json_extract(value, '$.type') = ?"
)
STATUS = "json_extract(CAST(body AS TEXT), '$.status') = ?"


def submission_terms(query: QueryParams) -> tuple[list[str], list[Any]]:
    """Conditions and their values: `status`, `ownerType`, `owners[0].type` with `owners[0].id`.
    Raises Problem 400, also for a time that does not end in Z."""
    for name in SUBMITTED:
        if not query.get(name, "Z").endswith("Z"):
            raise invalid(name, query[name])
    terms: list[str] = []
    values: list[Any] = []
    status = query.get("status", "Completed")
    if status not in STATUSES:
        raise invalid("status", status)
    if status != "Any":
        terms.append(STATUS)
        values.append(status)
    if "ownerType" in query:
        terms.append(f"EXISTS ({OWNER})")
        values.append(query["ownerType"])
    owners = list(owners_of(query))
    if owners:
        one = f"EXISTS ({OWNER} AND json_extract(value, '$.id') = ?)"
        terms.append(f"({' OR '.join([one] * len(owners))})")
        values += (part for owner in owners for part in owner)
    return terms, values


def owners_of(query: QueryParams) -> list[tuple[str, int]]:
    """The owners that are asked for, by type and id."""
    found: list[tuple[str, int]] = []
    while (name := f"owners[{len(found)}]") + ".id" in query:
        id = query[f"{name}.id"]
        if not id.isdecimal() or f"{name}.type" not in query:
            raise invalid(f"{name}.id", id)
        found.append((query[f"{name}.type"], int(id)))
    return found
