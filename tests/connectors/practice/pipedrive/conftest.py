"""A practice company of its own for these tests, and a bare HTTP client that knows its paths."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import practice


class Company:
    """The company over HTTP. `steer` is the control API."""

    def __init__(self, steer: practice.Practice) -> None:
        self.steer, self.urls = steer, steer.urls["pipedrive"]
        # Plain HTTP: reading the machine's certificates would take longer than most tests.
        self.http = httpx.Client(base_url=self.urls["url"], timeout=60, verify=False)
        self.http.headers["x-api-token"] = self.urls["token"]

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """A call of version 2, or of version 1 where the path begins with it."""
        where = path if path.startswith("/v1/") else f"/api/v2{path}"
        return self.http.request(method, where, json=body, params=query)

    def data(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.call(method, path, body, **query)
        assert answer.is_success, answer.text
        return answer.json()["data"]

    def create(self, entity: str, **body: Any) -> Any:
        return self.data("POST", f"/{entity}", body)

    def get(self, entity: str, id: int, **query: Any) -> Any:
        return self.data("GET", f"/{entity}/{id}", **query)

    def change(self, entity: str, id: int, **body: Any) -> Any:
        return self.data("PATCH", f"/{entity}/{id}", body)

    def refusal(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Status and message of a call that is refused."""
        answer = self.call(method, path, body, **query)
        told = answer.json()
        assert told["success"] is False
        return answer.status_code, told["error"]

    def field(self, entity: str, kind: str, **more: Any) -> Any:
        body = {"field_name": f"My {kind}", "field_type": kind} | more
        return self.data("POST", f"/{entity}Fields", body)

    def walk(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The rows of all pages."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", path, **query).raise_for_status().json()
            rows += page["data"]
            query["cursor"] = page["additional_data"]["next_cursor"]
            if query["cursor"] is None:
                return rows

    def limits(self, **values: Any) -> None:
        self.steer.limits("pipedrive", **values)


@pytest.fixture(scope="session")
def running() -> Iterator[practice.Practice]:
    started = practice.start(customers=60, jobs=150, seed=3)
    yield started
    started.stop()


def options(kind: str) -> dict[str, Any]:
    """What a field of that type needs beside its name."""
    return {"options": [{"label": "A"}, {"label": "B"}]} if kind in ("enum", "set") else {}


def fresh(running: practice.Practice) -> Company:
    """Fresh records, no windows, and a search that knows everything at once."""
    running.reset()
    opened = Company(running)
    opened.limits(burst=0, search_burst=0, search_delay=0)
    return opened


@pytest.fixture(scope="module")
def still(running: practice.Practice) -> Iterator[Company]:
    """For a module whose tests change nothing that another one could see."""
    opened = fresh(running)
    yield opened
    opened.http.close()


@pytest.fixture
def company(running: practice.Practice) -> Iterator[Company]:
    opened = fresh(running)
    yield opened
    opened.http.close()
