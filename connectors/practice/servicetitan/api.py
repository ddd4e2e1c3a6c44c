"""The API port: who may call, how often, and which feed or list a path means."""

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from connectors.practice.clock import Clock
from connectors.practice.limits import Window
from connectors.practice.servicetitan import attachments, feeds, lists, reports
from connectors.practice.servicetitan.answers import Problem
from connectors.practice.servicetitan.moments import ticks
from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.resources import (
    BY_OBJECT,
    BY_PATH,
    EXPORTS,
    NESTED,
    SINGLES,
    Resource,
)
from connectors.practice.servicetitan.seed.hub import number
from connectors.practice.servicetitan.signin import APP_KEY, SignIn


class Api:
    """Every path under `/<module>/v2/tenant/<tenant>/`."""

    def __init__(self, records: Records, signin: SignIn) -> None:
        self._records, self._signin = records, signin
        self.files = attachments.FileHost()
        self.clock = Clock()
        self.defaults()

    def defaults(self, rate: int = 60) -> None:
        """The vendor's documented limits: 60 calls a second, changes visible after 15 min."""
        self.window = Window(rate, 1)
        self.lag, self.page_rows, self.clamp = 900, 1000, False
        self.denied: frozenset[str] = frozenset()

    async def endpoint(self, request: Request) -> Response:
        """Handle one call; bodies on GET are tolerated and not read."""
        try:
            self._admit(request)
            return self._dispatch(request)
        except Problem as problem:
            response = problem.response()
            if problem.status == 401:
                response.headers["WWW-Authenticate"] = "Bearer"
            return response

    def _admit(self, request: Request) -> None:
        """Raises Problem: 401 app key or token, 403 tenant or method, 429."""
        headers, query = request.headers, request.query_params
        if APP_KEY not in (headers.get("st-app-key"), query.get("servicetitanapplicationkey")):
            raise Problem(401)
        claims = self._signin.check(headers.get("authorization", ""), self.clock)
        if not claims:
            raise Problem(401)
        if claims["tenant"] != request.path_params["tenant"]:
            raise Problem(403)
        if request.method != "GET":  # the practice tenant is read-only
            raise Problem(403)
        if wait := self.window.take():
            raise Problem(429, retry_after=wait)

    def _dispatch(self, request: Request) -> Response:
        module, path = request.path_params["module"], request.path_params["path"]
        query = request.query_params
        if module == "reporting":
            self._permit(BY_OBJECT["reports"])
            return reports.answer(self._records, path, query, self.clamp)
        if resource := EXPORTS.get((module, path)):
            self._permit(resource)
            now = ticks(self.clock.now())
            return feeds.export(resource, self._records, query, now, self.lag, self.page_rows)
        if resource := BY_PATH.get((module, path)):
            self._permit(resource)
            if resource.alone:
                return lists.alone(resource, self._records)
            return lists.page(resource, self._records, query, self.clamp)
        return self._by_id(module, path, query)

    def _by_id(self, module: str, path: str, query: QueryParams) -> Response:
        """Paths that end in an id, or have one in the middle: what hangs under a record."""
        head, _, last = path.rpartition("/")
        if not last.isdecimal():
            head, _, id = head.rpartition("/")
            return self._nested(NESTED.get((module, f"{head}/", f"/{last}")), id, query)
        if (module, head) == ("forms", "jobs/attachment"):
            self._permit(BY_OBJECT["attachments"])
            return self.files.redirect(int(last), self.clock)
        resource = SINGLES.get((module, head))
        if not resource:
            raise Problem(404)
        self._permit(resource)
        return lists.single(resource, self._records, int(last))

    def _nested(self, resource: Resource | None, id: str, query: QueryParams) -> Response:
        at = number(id) if resource and resource.under == "contacts" else _whole(id)
        if not resource or at is None:
            raise Problem(404)
        self._permit(resource)
        parent = self._records.get(resource.under, at)
        if not parent:
            raise Problem(404)
        if resource.object == "attachments":
            return lists.paged(resource, attachments.listing(parent), query, self.clamp)
        return lists.page(resource, self._records, query, self.clamp, at)

    def _permit(self, resource: Resource) -> None:
        if resource.object in self.denied:
            raise Problem(403)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
