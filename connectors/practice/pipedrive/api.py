"""The door of the API: block, token, windows, budget; then the endpoint of the operation.

An operation is a version, a verb, a path with `{names}`, what it costs, and its endpoint:
`async (Call) -> Reply | Response`. What it refuses becomes JSON here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import Refused, invalid, plain, refused
from connectors.practice.pipedrive.ledger import PAGE, Ledger

LEGACY = "api_token"
BASES = {"/api/v2": "v2", "/api/v1": "v1", "/v1": "v1"}


class Call:
    """One call that passed the door."""

    def __init__(self, request: Request, path: dict[str, str]) -> None:
        self.request, self.path = request, path
        # The legacy way to give a token is no parameter of any operation.
        given = [pair for pair in request.query_params.multi_items() if pair[0] != LEGACY]
        self.query = QueryParams(given)

    async def json(self) -> Any:
        """The JSON body. Raises Refused."""
        kind = self.request.headers.get("content-type", "")
        raw = await self.request.body()
        if not kind.startswith("application/json"):
            raise invalid({"value": "the body must be JSON"})
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as bad:
            raise refused(400, "Invalid JSON in the request body") from bad

    async def form(self) -> dict[str, Any]:
        """The members of a JSON object or of a form, as version 1 takes them. Raises Refused."""
        if "json" in self.request.headers.get("content-type", ""):
            body = await self.json()
            if type(body) is not dict:
                raise refused(400, "The request body must be an object")
            return body
        return dict(await self.request.form())


@dataclass
class Reply:
    """A success: `more` are members beside `data`."""

    data: Any
    additional: dict[str, Any] | None = None
    status: int = 200
    more: dict[str, Any] = field(default_factory=dict)

    def response(self) -> Response:
        """As it is sent."""
        body: dict[str, Any] = {"success": True, "data": self.data}
        if self.additional is not None:
            body["additional_data"] = self.additional
        return Response(orjson.dumps(body | self.more), self.status, media_type="application/json")


Endpoint = Callable[[Call], Awaitable[Reply | Response]]


@dataclass(frozen=True)
class Operation:
    """One thing that can be called."""

    version: str
    method: str
    path: str
    cost: int
    endpoint: Endpoint
    search: bool = False


class Table:
    """Finds the operation of a call."""

    def __init__(self, operations: list[Operation]) -> None:
        self._known: dict[tuple[str, str, int], list[tuple[list[str], Operation]]] = {}
        for operation in operations:
            parts = operation.path.strip("/").split("/")
            place = (operation.version, parts[0], len(parts))
            self._known.setdefault(place, []).append((parts, operation))

    def find(self, method: str, path: str) -> tuple[Operation | None, dict[str, str], bool]:
        """The operation and what its names stand for; whether the path has others."""
        base = next((base for base in BASES if path.startswith(base + "/")), None)
        if base is None:
            return None, {}, False
        given = path[len(base) + 1 :].split("/")
        best: tuple[Operation | None, dict[str, str], bool] = (None, {}, False)
        for parts, operation in self._known.get((BASES[base], given[0], len(given)), ()):
            names = _match(parts, given)
            if names is None:
                continue
            if operation.method != method:
                best = (best[0], best[1], True)
            elif best[0] is None or len(names) < len(best[1]):
                best = (operation, names, True)
        return best


def _match(parts: list[str], given: list[str]) -> dict[str, str] | None:
    names = {}
    for part, value in zip(parts, given, strict=True):
        if part.startswith("{"):
            names[part[1:-1]] = value
        elif part != value:
            return None
    return names


class Door:
    """Answers every call to the company's host."""

    def __init__(self, company: Company, ledger: Ledger, table: Table) -> None:
        self._company, self._ledger, self._table = company, ledger, table

    async def answer(self, request: Request) -> Response:
        """Check and carry out one call."""
        if self._ledger.blocked():
            await request.body()
            return Response(PAGE, 403, media_type="text/html")
        operation, names, known = self._table.find(request.method, request.url.path)
        try:
            response = await self._carry_out(request, operation, names, known)
        except Refused as no:
            response = Response(orjson.dumps(no.body()), no.status, media_type="application/json")
        if response.status_code == 401:
            response.headers["x-401-by-gw"] = "true"
        else:
            response.headers.update(self._ledger.headers(bool(operation and operation.search)))
        response.headers["x-correlation-id"] = str(uuid4())
        return response

    def _check_token(self, request: Request) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        legacy = request.query_params.get(LEGACY, "")
        if request.headers.get("x-api-token", bearer or legacy) not in self._company.tokens:
            raise plain(401, "unauthorized access")

    def _admit(self, request: Request, operation: Operation | None, known: bool) -> Operation:
        self._check_token(request)
        self._ledger.take(operation.cost if operation else 0, bool(operation and operation.search))
        if operation is None:
            raise refused(405 if known else 404, "Unknown method .")
        return operation

    async def _carry_out(
        self, request: Request, operation: Operation | None, names: dict[str, str], known: bool
    ) -> Response:
        try:
            operation = self._admit(request, operation, known)
        except Refused:
            await request.body()  # an unread upload would reset the connection instead
            raise
        self._company.purge()
        reply = await operation.endpoint(Call(request, names))
        return reply if isinstance(reply, Response) else reply.response()
