"""The practice Salesforce org as the server and the control API see it."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.checksum import Checksum
from connectors.practice.salesforce.account import Account
from connectors.practice.salesforce.api import VERBS, Door
from connectors.practice.salesforce.assertion import public_key
from connectors.practice.salesforce.bulk import Bulk
from connectors.practice.salesforce.composite import Collections
from connectors.practice.salesforce.contents import Contents
from connectors.practice.salesforce.edits import Edits
from connectors.practice.salesforce.extract import Extract
from connectors.practice.salesforce.metadata import Metadata
from connectors.practice.salesforce.org import Org, assign
from connectors.practice.salesforce.rest import Rest
from connectors.practice.salesforce.seed import Seed
from connectors.practice.salesforce.signin import CLIENT_ID, CLIENT_SECRET, FOREVER, SignIn
from connectors.practice.salesforce.state import checksum
from connectors.practice.world import World

COUNTED = re.compile(r"/services/data/v[^/]+")
READS = re.compile(r"/composite/sobjects/[^/]+/?$|/jobs/query/?$|/oauth2/|/id/")
COPIED = 10_000_000
"""How far a copy's ids lie behind those of the org it is the copy of."""
FAULTS = ("expire_token", "lock_rows", "fail_job", "abort_job")


class SalesforceOrg:
    """One org with REST, Bulk 2.0 and its own sign-in."""

    name = "salesforce"

    def __init__(self, world: World) -> None:
        self._org = Org(world)
        self._signin = SignIn(self._org)
        self._bulk, self._extract = Bulk(self._org), Extract(self._org)
        self._account = Account(self._org, self._signin)
        self._contents = Contents(self._org)
        self._rest, self._composite = Rest(self._org, self._contents), Collections(self._org)
        self._metadata = Metadata(self._org)

    def routes(self) -> dict[str, list[Route]]:
        door = Door(self._org, self._signin)
        parts = (
            self._account, self._composite, self._bulk, self._extract, self._metadata, self._rest,
        )  # fmt: skip
        routes = [route for part in parts for route in part.routes(door)]
        return {"salesforce": [*routes, Route("/{path:path}", self._nothing, methods=VERBS)]}

    async def _nothing(self, request: Request) -> Response:
        return Response(
            b'[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]',
            404,
            media_type="application/json;charset=UTF-8",
        )

    def reset(self) -> None:
        self._bulk.reset()
        self._metadata.reset()
        self._org.renew()
        self._signin.renew()
        self._rest.reset()
        self._extract.reset()
        world = self._org.world
        first = world.seed * 1000 + 1 + world.copy * COPIED
        self._org.store.rebuild(self._org.schema, first)
        Seed(self._org).fill()

    def state(self) -> dict[str, dict[str, Any]]:
        return {
            object.name: checksum(self._org, object, Checksum())
            for object in self._org.schema.objects.values()
        }

    def edit(self, command: dict[str, Any]) -> dict[str, Any]:
        return Edits(self._org, self._contents).apply(command)

    def limits(self, values: dict[str, Any]) -> None:
        """The names and meanings are those of `org.Settings`."""
        if values.get("jwt_key"):
            public_key(str(values["jwt_key"]))
        assign(self._org.settings, values)
        self._org.refresh_rights()
        active = int(self._org.settings.duplicate_rules)
        self._org.store.db.execute("UPDATE DuplicateRule SET IsActive = ?", (active,))
        sandbox = int(self._org.settings.sandbox)
        self._org.store.db.execute("UPDATE Organization SET IsSandbox = ?", (sandbox,))

    def disturb(self, kind: str, fault: dict[str, Any]) -> None:
        """`expire_token`; `lock_rows` (`rows`); `fail_job` and `abort_job` (`after_rows`) hit
        the next job that is closed."""
        if kind not in FAULTS:
            raise ValueError(f"the practice Salesforce knows no fault {kind!r}")
        if kind == "expire_token":
            self._signin.revoke()
        elif kind == "lock_rows":
            self._org.settings.lock_rows += int(fault.get("rows", 1))
        else:
            self._org.armed[kind] = fault

    def is_write(self, method: str, path: str) -> bool:
        if method in ("GET", "HEAD"):
            return False
        return not (method == "POST" and READS.search(path))

    def cost(self, method: str, path: str) -> int:
        return int(bool(COUNTED.match(path)))

    def credentials(self, urls: dict[str, str]) -> dict[str, str | None]:
        return {
            "url": urls["salesforce"],
            "tls_url": urls.get("salesforce-tls"),
            "ca_file": urls.get("ca-file"),
            "token": self._signin.issue(FOREVER),
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
