"""The practice ServiceTitan as the server and the control API see it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.checksum import Checksum
from connectors.practice.limits import Window
from connectors.practice.servicetitan.api import Api
from connectors.practice.servicetitan.edits import Edits
from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.resources import BY_OBJECT, RESOURCES
from connectors.practice.servicetitan.seed import rows
from connectors.practice.servicetitan.signin import (
    APP_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    TENANT,
    SignIn,
)
from connectors.practice.world import World

VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
IGNORED = frozenset({"modifiedOn"})
KINDS = {"company": "Commercial", "household": "Residential"}


class ServiceTitan:
    """One tenant with its API, sign-in and file hosts."""

    name = "servicetitan"

    def __init__(self, world: World) -> None:
        self._world = world
        self._records = Records(world.directory)
        self._signin = SignIn(sorted({resource.scope for resource in RESOURCES}))
        self._api = Api(self._records, self._signin)

    def routes(self) -> dict[str, list[Route]]:
        path = "/{module}/v2/tenant/{tenant}/{path:path}"
        return {
            "servicetitan": [Route(path, self._api.endpoint, methods=VERBS)],
            "servicetitan-auth": [Route("/connect/token", self._token, methods=["POST"])],
            "servicetitan-files": [Route("/blob/{id:int}", self._blob)],
        }

    async def _blob(self, request: Request) -> Response:
        return self._api.files.serve(request, self._world.clock)

    async def _token(self, request: Request) -> Response:
        return await self._signin.endpoint(request, self._world.clock)

    def reset(self) -> None:
        world = self._world
        sizes = (world.seed, world.customers, world.jobs)
        self._records.refill(sizes, rows(*sizes))
        self._signin.ttl, self._signin.window = 900, Window(0, 60)
        self._api.clock = world.clock
        self._api.defaults(world.rate)

    def state(self) -> dict[str, dict[str, Any]]:
        found = {}
        for name in self._records.objects():
            checksum = Checksum(IGNORED)
            for record in self._records.each(name):
                checksum.add(record)
            found[name] = checksum.value()
        return found

    def edit(self, command: dict[str, Any]) -> dict[str, Any]:
        return Edits(self._records, self._world.clock).apply(command)

    def limits(self, values: dict[str, Any]) -> None:
        """`rate` and `seconds` (calls per window), `token_ttl`, `token_rate` (per minute),
        `page_rows` (per feed page), `lag` (seconds), `clamp`, `deny` (objects without scope)."""
        api, signin = self._api, self._signin
        unknown = set(values.get("deny", ())) - BY_OBJECT.keys()
        if unknown:
            raise ValueError(f"deny names no object: {', '.join(sorted(unknown))}")
        if "rate" in values:
            api.window = Window(int(values["rate"]), float(values.get("seconds", 1)))
        if "token_rate" in values:
            signin.window = Window(int(values["token_rate"]), 60)
        signin.ttl = int(values.get("token_ttl", signin.ttl))
        api.page_rows = int(values.get("page_rows", api.page_rows))
        api.lag = int(values.get("lag", api.lag))
        api.clamp = bool(values.get("clamp", api.clamp))
        api.denied = frozenset(values.get("deny", api.denied))

    def disturb(self, kind: str, fault: dict[str, Any]) -> None:
        if kind != "expire_token":
            raise ValueError(f"the practice ServiceTitan knows no fault {kind!r}")
        self._signin.revoke()

    def is_write(self, method: str, path: str) -> bool:
        return method not in ("GET", "HEAD") and path != "/connect/token"

    def cost(self, method: str, path: str) -> int:
        return 1

    def credentials(self, urls: dict[str, str]) -> dict[str, str | None]:
        self._api.files.url = urls["servicetitan-files"]
        return {
            "api_url": urls["servicetitan"],
            "auth_url": urls["servicetitan-auth"],
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "app_key": APP_KEY,
            "tenant": TENANT,
            "calls_per_second": str(max(1, self._world.rate // 2)),
            "file_hosts": urls["servicetitan-files"].partition("://")[2],
        }

    def keys(self, kind: str, n: int) -> list[str]:
        """Source keys of active companies or households, or of jobs, spread over all of them."""
        if kind == "job":
            name, found = "jobs", self._records.query("SELECT id FROM records WHERE object='jobs'")
        else:
            name, found = (
                "customers",
                self._records.query(
                    "SELECT id FROM records WHERE object = 'customers' AND active"
                    " AND json_extract(CAST(body AS TEXT), '$.type') = ?",
                    (KINDS[kind],),
                ),
            )
        ids = sorted(id for (id,) in found)
        step = max(1, len(ids) // n) if n else 1
        return [f"{TENANT}/{name}/{id}" for id in ids[::step][:n]]

    def technicians(self) -> list[dict[str, Any]]:
        wanted = ("id", "name", "email", "active")
        return [{k: t[k] for k in wanted} for t in self._records.each("technicians")]
