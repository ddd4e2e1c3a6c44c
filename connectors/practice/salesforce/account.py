"""What the org says about itself and its user: limits, record counts, identity, versions."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.salesforce.api import NEWEST, OLDEST, Call, Door
from connectors.practice.salesforce.errors import CallError
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.signin import SignIn


class Account:
    """The endpoints over one org."""

    def __init__(self, org: Org, signin: SignIn) -> None:
        self._org, self._signin = org, signin

    def routes(self, door: Door) -> list[Route]:
        """All routes of this module; versions, sign-in and identity lie outside the door."""
        post, get = ["POST"], ["GET", "POST"]
        return [
            *door.routes("/limits", GET=self.limits),
            *door.routes("/limits/recordCount", GET=self.counts),
            *(Route(f"/services/data{end}", self.versions) for end in ("", "/")),
            Route("/services/oauth2/token", self._signin.endpoint, methods=post),
            Route("/services/oauth2/userinfo", self.userinfo, methods=get),
            Route("/id/{organization}/{user}", self.identity, methods=get),
        ]

    async def versions(self, request: Request) -> Response:
        found = [
            {
                "label": _season(n),
                "url": f"/services/data/v{n}.0",
                "version": f"{n}.0",
            }
            for n in range(OLDEST, NEWEST + 1)
        ]
        return _json(found)

    async def limits(self, call: Call) -> Any:
        org, settings = self._org, self._org.settings
        if not org.rights.view_setup:
            raise CallError(403, "INSUFFICIENT_ACCESS", "View Setup and Configuration is needed")
        api = max(0, settings.daily_api - org.calls_used())
        left = {
            "DailyApiRequests": (settings.daily_api, api),
            "DailyBulkApiBatches": (settings.bulk_batches, org.batches_left()),
            "DailyBulkV2QueryJobs": (10_000, 10_000),
            "DailyBulkV2QueryFileStorageMB": (976_562, 976_562),
            "DailyAsyncApexExecutions": (250_000, 250_000),
            "DataStorageMB": (settings.data_storage_mb, org.storage_left()),
            "FileStorageMB": (settings.file_storage_mb, org.file_storage_left() // 1024**2),
            "HourlyTimeBasedWorkflow": (1000, 1000),
            "SingleEmail": (5000, 5000),
        }
        return {name: {"Max": most, "Remaining": now} for name, (most, now) in left.items()}

    async def counts(self, call: Call) -> Any:
        names = [name for name in call.query.get("sObjects", "").split(",") if name]
        known = [self._org.schema.object(name) for name in names]
        counts = [
            {"name": each.name, "count": self._org.store.count(each)} for each in known if each
        ]
        return {"sObjects": counts}

    async def identity(self, request: Request) -> Response:
        return self._about(request, "/id/")

    async def userinfo(self, request: Request) -> Response:
        return self._about(request, "")

    def _about(self, request: Request, prefix: str) -> Response:
        if not self._signin.valid(request.headers.get("authorization", "")):
            return Response("Bad_OAuth_Token", 403, media_type="text/plain")
        org, base = self._org, str(request.base_url).rstrip("/")
        user = org.store.get(org.schema.named("User"), org.people.integration) or {}
        about = {
            "sub": org.people.identity(base),
            "user_id": org.people.integration,
            "organization_id": org.people.organization,
            "username": user["Username"],
            "preferred_username": user["Username"],
            "display_name": f"{user['FirstName']} {user['LastName']}",
            "name": f"{user['FirstName']} {user['LastName']}",
            "email": user["Email"],
            "active": True,
            "user_type": "STANDARD",
            "urls": {
                "rest": f"{base}/services/data/v{{version}}/",
                "sobjects": f"{base}/services/data/v{{version}}/sobjects/",
                "query": f"{base}/services/data/v{{version}}/query/",
            },
        }
        if prefix:
            about = {"id": about["sub"], "asserted_user": True} | about
        return _json(about)


def _season(version: int) -> str:
    """67 is Summer '26; three versions a year, and Winter carries the next year's number."""
    year, third = divmod(version - 67 + 1, 3)
    return f"{('Spring', 'Summer', 'Winter')[third]} '{26 + year + (third == 2)}"


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json;charset=UTF-8")
