"""The door of the REST API: version, session, permission, allowance; then the endpoint.

Every endpoint is `async (Call) -> Response | JSON value`; errors become arrays here.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.salesforce.activities import archive
from connectors.practice.salesforce.errors import CallError, not_found
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.schema import Schema
from connectors.practice.salesforce.signin import SignIn

VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
OLDEST, NEWEST = 31, 67
DATA = "/services/data/v{version}"


class Call:
    """One call that passed the door. `base` is `/services/data/vNN.0`."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.path: dict[str, str] = request.path_params
        self.query = request.query_params
        self.version = self.path.get("version", "")
        self.base = f"/services/data/v{self.version}"

    def object(self, schema: Schema) -> Object:
        """The object that the path names. Raises CallError."""
        found = schema.object(self.path["object"])
        if found is None:
            raise not_found()
        return found

    async def json(self) -> Any:
        """The JSON body. Raises CallError."""
        kind = self.request.headers.get("content-type", "")
        if not kind.startswith("application/json"):
            raise CallError(
                415, "UNSUPPORTED_MEDIA_TYPE", f"Content-Type of {kind or 'none'} is not supported"
            )
        try:
            return orjson.loads(await self.request.body())
        except orjson.JSONDecodeError as bad:
            raise CallError(400, "JSON_PARSER_ERROR", str(bad)) from bad

    async def json_object(self) -> dict[str, Any]:
        """The JSON body, which must be an object. Raises CallError."""
        body = await self.json()
        if not isinstance(body, dict):
            raise CallError(400, "JSON_PARSER_ERROR", "The HTTP entity body must be an object")
        return body

    def header(self, name: str) -> str:
        """A request header, in lower case."""
        return str(self.request.headers.get(name, "")).lower()


Endpoint = Callable[[Call], Awaitable[Any]]


class Door:
    """Makes routes whose calls are checked before an endpoint sees them."""

    def __init__(self, org: Org, signin: SignIn) -> None:
        self._org, self._signin = org, signin

    def routes(self, path: str, **endpoints: Endpoint) -> list[Route]:
        """Routes of one path below `/services/data/vNN.0`, with and without a last slash."""

        async def handle(request: Request) -> Response:
            return await self.answer(request, endpoints)

        return [Route(f"{DATA}{path}{end}", handle, methods=VERBS) for end in ("", "/")]

    async def answer(self, request: Request, endpoints: dict[str, Endpoint]) -> Response:
        """Check and carry out a call to one of these endpoints, by verb."""
        counted = False
        try:
            self._check(request)
            self._org.calls.add(self._org.now())
            counted = True
            endpoint = endpoints.get(request.method)
            if endpoint is None:
                raise _not_allowed(request.method, endpoints)
            self._org.refresh_access()
            archive(self._org)
            value = await endpoint(Call(request))
            response = value if isinstance(value, Response) else self._json(request, value)
        except CallError as refused:
            response = self._json(request, refused.body(), refused.status)
        if counted:
            settings = self._org.settings
            usage = f"api-usage={self._org.calls_used()}/{settings.daily_api}"
            response.headers["Sforce-Limit-Info"] = usage
        return response

    def _json(self, request: Request, value: Any, status: int = 200) -> Response:
        pretty = request.headers.get("x-prettyprint") == "1"
        body = orjson.dumps(value, option=orjson.OPT_INDENT_2 if pretty else None)
        return Response(body, status, media_type="application/json;charset=UTF-8")

    def _check(self, request: Request) -> None:
        version = request.path_params.get("version", "66.0")
        whole, _, rest = version.partition(".")
        if not whole.isdigit() or rest != "0" or int(whole) > NEWEST:
            raise not_found()
        if int(whole) < OLDEST:
            raise CallError(410, "UNSUPPORTED_API_VERSION", "GONE")
        if not self._signin.valid(request.headers.get("authorization", "")):
            raise CallError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if not self._org.rights.api_enabled:
            raise CallError(
                403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this user"
            )
        if self._org.calls_used() >= self._org.settings.daily_api:
            raise CallError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def _not_allowed(method: str, endpoints: dict[str, Endpoint]) -> CallError:
    allowed = ",".join(endpoints)
    return CallError(
        405, "METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed. Allowed are {allowed}"
    )


def wanted_size(call: Call, largest: int) -> int:
    """Rows a page: `Sforce-Query-Options: batchSize=n`, within the vendor's bounds."""
    _, _, number = call.header("sforce-query-options").replace(" ", "").partition("batchsize=")
    return min(largest, max(200, int(number))) if number.isdigit() else largest
