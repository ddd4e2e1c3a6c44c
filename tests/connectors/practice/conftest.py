"""One process of practice vendors for all tests here, as on its first day for each."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.practice import Practice, start


@pytest.fixture(scope="session")
def running() -> Iterator[Practice]:
    started = start(tls=True)
    yield started
    started.stop()


@pytest.fixture
def practice(running: Practice) -> Practice:
    running.reset(customers=300, jobs=1000, seed=1)
    return running


class Tenant(httpx.Client):
    """A client of the practice ServiceTitan that knows its paths and nothing else."""

    def __init__(self, account: dict[str, str]) -> None:
        super().__init__(base_url=account["api_url"], timeout=10)
        self.account = account
        self.headers["ST-App-Key"] = account["app_key"]
        self.sign_in()

    def token(self, **other: str) -> httpx.Response:
        names = ("client_id", "client_secret")
        form = {name: self.account[name] for name in names} | {"grant_type": "client_credentials"}
        return httpx.post(f"{self.account['auth_url']}/connect/token", data=form | other)

    def sign_in(self) -> None:
        self.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def path(self, path: str) -> str:
        module, _, rest = path.partition("/")
        return f"/{module}/v2/tenant/{self.account['tenant']}/{rest}"

    def fetch(self, path: str, **query: Any) -> httpx.Response:
        return self.get(self.path(path), params=query)

    def data(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The rows of one page."""
        answer = self.fetch(path, **query)
        answer.raise_for_status()
        return list(answer.json()["data"])

    def feed(self, path: str, **query: Any) -> tuple[list[dict[str, Any]], str]:
        """All rows of an export feed and the token after them."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.fetch(path, **query).raise_for_status().json()
            rows += page["data"]
            query["from"] = page["continueFrom"]
            if not page["hasMore"]:
                return rows, page["continueFrom"]


@pytest.fixture
def tenant(practice: Practice) -> Iterator[Tenant]:
    with Tenant(practice["servicetitan"]) as client:
        yield client
