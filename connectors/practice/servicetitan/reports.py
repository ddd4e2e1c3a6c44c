"""The tenant's reports as the reporting API describes them: categories, the reports of one, and
one with its parameters and columns. Their data is asked for by POST, which this tenant refuses.

In: a path below `reporting/v2/tenant/<tenant>/`. Out: a page or a description. Raises Problem.
"""

from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.responses import Response

from connectors.practice.servicetitan import lists
from connectors.practice.servicetitan.answers import Problem
from connectors.practice.servicetitan.parameters import flag
from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.resources import BY_OBJECT

LISTED = ("id", "name", "description")


def answer(records: Records, path: str, query: QueryParams, clamp: bool) -> Response:
    """The page or description at `path`."""
    match path.split("/"):
        case ["report-categories"]:
            return _page(list(records.each("report-categories")), query, clamp)
        case ["report-category", category, "reports"]:
            found = _reports(records, category)
            return _page([{n: each[n] for n in LISTED} for each in found], query, clamp)
        case ["report-category", category, "reports", id]:
            for each in _reports(records, category):
                if str(each["id"]) == id:
                    return Response(orjson.dumps(each), media_type="application/json")
    raise Problem(404)


def _page(rows: list[dict[str, Any]], query: QueryParams, clamp: bool) -> Response:
    number, size = lists.page_of(query, clamp, BY_OBJECT["reports"].max_page)
    total = len(rows) if flag(query, "includeTotal") else None
    return lists.envelope(number, size, total, rows[(number - 1) * size :][: size + 1])


def _reports(records: Records, category: str) -> list[dict[str, Any]]:
    """The reports of a category, by id. Raises Problem 404 for an unknown one."""
    known = records.query("SELECT id, body FROM records WHERE object = 'report-categories'")
    place = next((id for id, body in known if orjson.loads(body)["id"] == category), None)
    if place is None:
        raise Problem(404)
    bodies = records.query(
        "SELECT body FROM records WHERE object = 'reports' AND parent = ? ORDER BY id", (place,)
    )
    return [orjson.loads(body) for (body,) in bodies]
