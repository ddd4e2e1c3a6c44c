"""Paged lists and single records, as live as the table: a row may move while one pages."""

from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.responses import Response

from connectors.practice.servicetitan import parameters
from connectors.practice.servicetitan.answers import Problem
from connectors.practice.servicetitan.moments import parse
from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.resources import Resource
from connectors.practice.servicetitan.submissions import submission_terms

DEFAULT_PAGE = 50
LAST_TICK = 2**62


def active_wanted(resource: Resource, query: QueryParams) -> bool | None:
    """Active rows, inactive ones, or None for both."""
    if resource.active_state:
        return parameters.active_state_of(query)
    if resource.inactive_flag:
        return None if parameters.flag(query, resource.inactive_flag) else True
    if resource.takes_active:
        return parameters.active_of(query, resource.list_active)
    return resource.list_active


def conditions(resource: Resource, query: QueryParams, parent: int | None) -> tuple[str, list[Any]]:
    """The WHERE clause that path and parameters ask for, and its values."""
    terms = ["object = ?"]
    values: list[Any] = [resource.object]
    if (active := active_wanted(resource, query)) is not None:
        terms.append(f"active = {int(active)}")
    if parent is not None:
        terms.append("parent = ?")
        values.append(parent)
    if resource.object == "form-submissions":
        more, wanted = submission_terms(query)
        terms += more
        values += wanted
    for name, term in resource.ranges.items():
        if (moment := parameters.moment(query, name)) is not None:
            terms.append(term)
            values.append(moment)
    for name, place in {"ids": "id", **resource.filters}.items():
        if name in query:
            term, found = _filter(query, name, place)
            terms.append(term)
            values.extend(found)
    return " AND ".join(terms), values


def _filter(query: QueryParams, name: str, place: str) -> tuple[str, list[Any]]:
    if place in ("id", "parent"):
        wanted = parameters.ids(query, name) or []
        return f"{place} IN ({','.join('?' * len(wanted))})", list(wanted)
    # `name` and places match on a part of the text, everything else on the whole.
    text = f"json_extract(CAST(body AS TEXT), '{place}')"
    if name == "name" or place.startswith("$.address"):
        return f"{text} LIKE ?", [f"%{query[name]}%"]
    return f"CAST({text} AS TEXT) = ?", [query[name]]


def page(
    resource: Resource, records: Records, query: QueryParams, clamp: bool,
    parent: int | None = None,
) -> Response:  # fmt: skip
    """One page of a list. Over the maximum page size: clamped, or refused as a strict tenant."""
    if resource.needs_filter and not any(name in query for name in resource.needs_filter):
        raise Problem(400, {resource.needs_filter[0]: ["At least one filter must be given."]})
    number, size = page_of(query, clamp, resource.max_page)
    where, values = conditions(resource, query, parent)
    rows = records.query(
        f"SELECT body FROM records WHERE {where} ORDER BY {parameters.order(query, resource.sorts)}"
        " LIMIT ? OFFSET ?",
        (*values, size + 1, (number - 1) * size),
    ).fetchall()
    total = None
    if parameters.flag(query, "includeTotal"):
        total = records.query(f"SELECT count(*) FROM records WHERE {where}", values).fetchone()[0]
    return envelope(number, size, total, [shown(resource, body) for (body,) in rows])


def page_of(query: QueryParams, clamp: bool, most: int) -> tuple[int, int]:
    """Which page, and how many rows it has."""
    number = parameters.number(query, "page", 1)
    size = parameters.number(query, "pageSize", DEFAULT_PAGE)
    if size > most and not clamp:
        raise Problem(400, {"pageSize": [f"The field pageSize must be at most {most}."]})
    return number, min(size, most)


def envelope(number: int, size: int, total: int | None, rows: list[Any]) -> Response:
    """What every list answers; one row over `size` tells that there is more."""
    body = {
        "page": number,
        "pageSize": size,
        "hasMore": len(rows) > size,
        "totalCount": total,
        "data": rows[:size],
    }
    return Response(orjson.dumps(body), media_type="application/json")


def paged(
    resource: Resource, rows: list[dict[str, Any]], query: QueryParams, clamp: bool
) -> Response:
    """A page of rows that are all at hand, filtered by when they were created."""
    number, size = page_of(query, clamp, resource.max_page)
    start = parameters.moment(query, "createdOnOrAfter") or 0
    end = parameters.moment(query, "createdBefore") or LAST_TICK
    rows = [each for each in rows if start <= parse(each["createdOn"]) < end]
    if "DESC" in parameters.order(query, {}):
        rows.reverse()
    total = len(rows) if parameters.flag(query, "includeTotal") else None
    return envelope(number, size, total, rows[(number - 1) * size :][: size + 1])


def alone(resource: Resource, records: Records) -> Response:
    """The object of which there is one, without an envelope."""
    (body,) = records.query(
        "SELECT body FROM records WHERE object = ?", (resource.object,)
    ).fetchone()
    return Response(body, media_type="application/json")


def single(resource: Resource, records: Records, id: int) -> Response:
    """One record by id, inactive ones too. Raises Problem 404."""
    row = records.query(
        "SELECT body FROM records WHERE object = ? AND id = ?", (resource.object, id)
    ).fetchone()
    if not row:
        raise Problem(404)
    return Response(orjson.dumps(shown(resource, row[0])), media_type="application/json")


def shown(resource: Resource, body: bytes) -> Any:
    """The record as lists show it: some have fewer fields than the feed."""
    if not resource.unlisted:
        return orjson.Fragment(body)
    return {k: v for k, v in orjson.loads(body).items() if k not in resource.unlisted}
