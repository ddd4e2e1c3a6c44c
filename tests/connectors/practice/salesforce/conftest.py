"""A practice org of its own for these tests, and a bare HTTP client that knows its paths."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import practice

DATA = "/services/data/v66.0"
ENDED = ("JobComplete", "Failed", "Aborted")


class Org:
    """The org over HTTP. `steer` is the control API."""

    def __init__(self, steer: practice.Practice) -> None:
        self.steer, self.urls = steer, steer.urls["salesforce"]
        # Plain HTTP: reading the machine's certificates would take longer than most tests.
        self.http = httpx.Client(base_url=self.urls["url"], timeout=60, verify=False)
        self.http.headers["Authorization"] = f"Bearer {self.token()['access_token']}"

    def token(self, **other: str) -> Any:
        form = {name: self.urls[name] for name in ("client_id", "client_secret")}
        form |= {"grant_type": "client_credentials"} | other
        return self.http.post("/services/oauth2/token", data=form).json()

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, DATA + path, **more)

    def query(self, text: str, resource: str = "query") -> Any:
        return self.call("GET", f"/{resource}", params={"q": text}).json()

    def records(self, text: str, resource: str = "query") -> list[dict[str, Any]]:
        """All pages, without `attributes`."""
        answer, found = self.query(text, resource), []
        while True:
            found += answer["records"]
            if answer["done"]:
                return [{k: v for k, v in r.items() if k != "attributes"} for r in found]
            answer = self.http.get(answer["nextRecordsUrl"]).json()

    def one(self, text: str) -> dict[str, Any]:
        (record,) = self.records(text)
        return record

    def create(self, object: str, headers: dict[str, str] | None = None, **values: Any) -> str:
        answer = self.call("POST", f"/sobjects/{object}", json=values, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def collect(self, method: str, records: list[dict[str, Any]], **more: Any) -> Any:
        body = {"allOrNone": more.pop("together", False), "records": records}
        path = "/composite/sobjects" + more.pop("below", "")
        return self.call(method, path, json=body, **more).json()

    def open_job(self, object: str, operation: str, **more: Any) -> str:
        wish = {"object": object, "operation": operation, "contentType": "CSV", "lineEnding": "LF"}
        answer = self.call("POST", "/jobs/ingest", json=wish | more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def put(self, job: str, content: str | bytes) -> httpx.Response:
        return self.call(
            "PUT", f"/jobs/ingest/{job}/batches", content=content,
            headers={"Content-Type": "text/csv"},
        )  # fmt: skip

    def patch(self, job: str, state: str) -> httpx.Response:
        return self.call("PATCH", f"/jobs/ingest/{job}", json={"state": state})

    def ended(self, job: str) -> dict[str, Any]:
        while True:
            info: dict[str, Any] = self.call("GET", f"/jobs/ingest/{job}").json()
            if info["state"] in ENDED:
                return info

    def bulk(self, object: str, operation: str, content: str | bytes, **more: Any) -> Any:
        """Run a whole job: its last info, with `ok`, `bad` and `left` rows as dicts."""
        job = self.open_job(object, operation, **more)
        assert self.put(job, content).status_code == 201
        assert self.patch(job, "UploadComplete").status_code == 200
        return self.ended(job) | self.results(job)

    def results(self, job: str) -> dict[str, list[dict[str, str]]]:
        names = {"ok": "successfulResults", "bad": "failedResults", "left": "unprocessedrecords"}
        return {
            short: list(csv.DictReader(io.StringIO(self.result(job, name))))
            for short, name in names.items()
        }

    def result(self, job: str, name: str) -> str:
        return self.call("GET", f"/jobs/ingest/{job}/{name}").text


@pytest.fixture(scope="session")
def running() -> Iterator[practice.Practice]:
    started = practice.start(customers=60, jobs=150, seed=3)
    yield started
    started.stop()


@pytest.fixture
def steer(running: practice.Practice) -> practice.Practice:
    """Fresh records, and bulk jobs and deployments that start at once."""
    running.reset()
    running.limits("salesforce", bulk_delay=0, deploy_delay=0)
    return running


@pytest.fixture
def org(steer: practice.Practice) -> Iterator[Org]:
    opened = Org(steer)
    yield opened
    opened.http.close()
