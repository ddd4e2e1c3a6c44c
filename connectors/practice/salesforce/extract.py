"""Bulk API 2.0 query: a SOQL text goes in, CSV pages come out once the job has ended."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.salesforce.api import Call, Door
from connectors.practice.salesforce.bulk import CSV, KEPT, invalid
from connectors.practice.salesforce.compile import Column
from connectors.practice.salesforce.errors import CallError, not_found
from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.jobs import DELIMITERS, ENDED, ENDINGS, Job
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.query import Cursor, Queries, shown
from connectors.practice.salesforce.soql import parse
from connectors.practice.salesforce.values import instant

PROPERTIES = frozenset({"operation", "query", "contentType", "columnDelimiter", "lineEnding"})
PAGE = 50_000


class Extract:
    """The query jobs of one org and their endpoints."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.reset()

    def reset(self) -> None:
        """Forget every job."""
        self._queries = Queries(self._org)
        self._jobs: dict[str, tuple[Job, Cursor]] = {}

    def routes(self, door: Door) -> list[Route]:
        """All routes of this module."""
        one = "/jobs/query/{id}"
        return [
            *door.routes("/jobs/query", GET=self.list, POST=self.create),
            *door.routes(one, GET=self.info, PATCH=self.abort, DELETE=self.delete),
            *door.routes(f"{one}/results", GET=self.results),
        ]

    async def create(self, call: Call) -> Any:
        wish = await call.json_object()
        if unknown := set(wish) - PROPERTIES:
            raise CallError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
        if wish.get("operation") not in ("query", "queryAll"):
            raise invalid("InvalidJob : Unsupported operation", "INVALIDOPERATION")
        delimiter, ending = wish.get("columnDelimiter", "COMMA"), wish.get("lineEnding", "LF")
        if delimiter not in DELIMITERS or ending not in ENDINGS:
            raise invalid("InvalidJob : Unsupported delimiter or line ending")
        cursor = self._open(str(wish.get("query", "")), wish["operation"] == "queryAll")
        org, id = self._org, self._org.store.next_id("750")
        job = Job(
            id,
            "query",
            wish["operation"],
            cursor.compiled.object.name,
            org.people.integration,
            org.now(),
            call.version,
            org.world.directory / id,
            delimiter=delimiter,
            ending=ending,
            state="UploadComplete",
        )
        self._jobs[id] = job, cursor
        asyncio.get_running_loop().call_later(org.settings.bulk_delay, self._end, job, cursor)
        return job.info()

    def _open(self, text: str, deleted: bool) -> Cursor:
        parsed = parse(text)
        if parsed.group or parsed.offset or any(item.aggregate for item in parsed.items):
            raise CallError(400, "API_ERROR", "Aggregates and OFFSET not supported in Bulk Query")
        cursor = self._queries.open(text, deleted)
        if any(column.field.type == "address" for column in cursor.compiled.columns):
            raise CallError(400, "API_ERROR", "Compound fields not supported in Bulk Query")
        return cursor

    def _end(self, job: Job, cursor: Cursor) -> None:
        if job.state not in ENDED:
            job.state, job.processed = "JobComplete", len(cursor.rows)

    def _job(self, call: Call) -> tuple[Job, Cursor]:
        found = self._jobs.get(call.path["id"])
        if found is None or self._org.now() - found[0].created > KEPT:
            raise not_found()
        return found

    async def list(self, call: Call) -> Any:
        jobs = [job.info() for job, _ in self._jobs.values()]
        return {"done": True, "records": jobs, "nextRecordsUrl": None}

    async def info(self, call: Call) -> Any:
        return self._job(call)[0].info()

    async def abort(self, call: Call) -> Any:
        job, _ = self._job(call)
        if (await call.json_object()).get("state") != "Aborted" or job.state in ENDED:
            raise invalid(f"InvalidJobState : the job is {job.state}", "INVALIDJOBSTATE")
        job.state = "Aborted"
        return job.info()

    async def delete(self, call: Call) -> Any:
        job, _ = self._job(call)
        del self._jobs[job.id]
        return Response(status_code=204)

    async def results(self, call: Call) -> Any:
        job, cursor = self._job(call)
        if job.version != call.version:
            raise CallError(409, "API_VERSION_MISMATCH", f"the job is of version {job.version}")
        if job.state != "JobComplete":
            raise invalid(f"InvalidJobState : the job is {job.state}", "INVALIDJOBSTATE")
        start, most = _place(call.query.get("locator")), call.query.get("maxRecords", "")
        end = start + (min(PAGE, int(most)) if most.isdigit() and int(most) else PAGE)
        rows = self._queries.fetch(cursor, start, end)
        columns = cursor.compiled.columns
        lines = [job.line([".".join(column.path) for column in columns])]
        lines += [job.line(_cells(columns, row)) for row in rows]
        following = _locator(end) if end < len(cursor.rows) else "null"
        headers = {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(rows))}
        return Response("".join(lines), headers=headers | {"content-type": CSV})


def _locator(place: int) -> str:
    return urlsafe_b64encode(str(place).encode()).decode()


def _place(locator: str | None) -> int:
    try:
        return int(urlsafe_b64decode(locator)) if locator else 0
    except ValueError as bad:
        raise CallError(400, "INVALID_QUERY_LOCATOR", "invalid query locator") from bad


def _cells(columns: list[Column], row: tuple[Any, ...]) -> list[str]:
    cells, place = [], 2
    for column in columns:
        cells.append(_cell(column.field, row[place]))
        place += len(column.sql)
    return cells


def _cell(field: Field, value: Any) -> str:
    if value is not None and field.type == "datetime":
        return instant(value, "Z")
    plain = shown(field, (value,))
    if isinstance(plain, bool):
        return str(plain).lower()
    return "" if plain is None else str(plain)
