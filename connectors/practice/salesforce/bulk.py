"""Bulk API 2.0 ingest: create, upload once, close, poll, fetch results, abort, delete, list."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from connectors.practice.salesforce.api import Call, Door
from connectors.practice.salesforce.content_objects import FILES
from connectors.practice.salesforce.errors import CallError, not_found
from connectors.practice.salesforce.ingest import Ingest
from connectors.practice.salesforce.jobs import BLOCK, DELIMITERS, ENDED, ENDINGS, Job
from connectors.practice.salesforce.org import DAY, Org

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
PROPERTIES = frozenset(
    {
        "object",
        "operation",
        "contentType",
        "columnDelimiter",
        "lineEnding",
        "externalIdFieldName",
        "assignmentRuleId",
    }
)
KEPT = 7 * DAY
LISTED = 1000
SMALL = 100_000
CSV = "text/csv; charset=UTF-8"


class Bulk:
    """The jobs of one org and their endpoints."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._directory: Path = org.world.directory / "salesforce-jobs"
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def reset(self) -> None:
        """Stop and forget every job."""
        for task in self._tasks.values():
            task.cancel()
        for job in self._jobs.values():
            job.forget()
        self._jobs, self._tasks = {}, {}
        self._directory.mkdir(exist_ok=True)

    def routes(self, door: Door) -> list[Route]:
        """All routes of this module."""
        one = "/jobs/ingest/{id}"
        return [
            *door.routes("/jobs/ingest", GET=self.list, POST=self.create),
            *door.routes(one, GET=self.info, PATCH=self.change, DELETE=self.delete),
            *door.routes(f"{one}/batches", PUT=self.upload),
            *door.routes(f"{one}/{{results}}", GET=self.results),
        ]

    async def create(self, call: Call) -> Any:
        if call.header("content-type").startswith("multipart/form-data"):
            return await self._create_whole(call)
        return self._new(await call.json_object(), call.version).info()

    async def _create_whole(self, call: Call) -> Any:
        form = await call.request.form()
        parts = {
            name: await part.read() if isinstance(part, UploadFile) else str(part).encode()
            for name, part in form.items()
        }
        if set(parts) != {"job", "content"} or len(parts["content"]) > SMALL:
            raise invalid("InvalidJob : a job and a content part of at most 100,000 characters")
        job = self._new(orjson.loads(parts["job"]), call.version)
        job.file("upload").write_bytes(parts["content"])
        job.uploaded = True
        self._close(job)
        return job.info()

    def _new(self, wish: dict[str, Any], version: str) -> Job:
        self._check(wish)
        id = self._org.store.next_id("750")
        job = Job(
            id,
            "ingest",
            wish["operation"],
            self._org.schema.named(wish["object"]).name,
            self._org.people.integration,
            self._org.now(),
            version,
            self._directory / id,
            key=wish.get("externalIdFieldName"),
            rule=wish.get("assignmentRuleId"),
            delimiter=wish.get("columnDelimiter", "COMMA"),
            ending=wish.get("lineEnding", "LF"),
            random=Random(self._org.random.random()),
        )
        self._jobs[id] = job
        return job

    def _check(self, wish: dict[str, Any]) -> None:
        if unknown := set(wish) - PROPERTIES:
            raise CallError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
        object = self._org.schema.object(str(wish.get("object")))
        if object is None:
            raise invalid(f"InvalidJob : Unable to find object: {wish.get('object')}")
        if object.name in FILES and wish.get("operation") in ("insert", "upsert"):
            raise invalid(f"InvalidJob : Binary content of {object.name} is not supported")
        if wish.get("operation") not in OPERATIONS:
            raise invalid("InvalidJob : Unsupported operation", "INVALIDOPERATION")
        may = self._org.rights.hard_delete or self._org.may_hard_delete
        if wish["operation"] == "hardDelete" and not may:
            raise invalid("FeatureNotEnabled : hardDelete not enabled", "FEATURENOTENABLED")
        if wish.get("contentType", "CSV") != "CSV":
            raise invalid("InvalidJob : Unsupported content type")
        delimiter, ending = wish.get("columnDelimiter", "COMMA"), wish.get("lineEnding", "LF")
        if delimiter not in DELIMITERS or ending not in ENDINGS:
            raise invalid("InvalidJob : Unsupported delimiter or line ending")
        self._check_key(wish, wish.get("externalIdFieldName"))

    def _check_key(self, wish: dict[str, Any], name: str | None) -> None:
        if wish["operation"] != "upsert":
            if name:
                raise invalid("InvalidJob : externalIdFieldName is for upsert only")
            return
        object = self._org.schema.named(wish["object"])
        key = self._org.schema.field(object, name or "")
        if key is None or not (key.external_id or key.id_lookup):
            raise invalid(f"InvalidJob : Field name provided, {name} does not match an External ID,"
                          f" Salesforce Id, or indexed field for {object.name}")  # fmt: skip

    def _job(self, call: Call) -> Job:
        job = self._jobs.get(call.path["id"])
        if job is None or self._org.now() - job.created > KEPT:
            raise not_found()
        return job

    async def info(self, call: Call) -> Any:
        return self._job(call).info()

    async def list(self, call: Call) -> Any:
        jobs = [job.info() for job in self._jobs.values()]
        self._org.random.shuffle(jobs)
        start = int(call.query.get("queryLocator", "0"))
        more = start + LISTED < len(jobs)
        following = f"{call.base}/jobs/ingest?queryLocator={start + LISTED}" if more else None
        return {
            "done": not more,
            "records": jobs[start : start + LISTED],
            "nextRecordsUrl": following,
        }

    async def upload(self, call: Call) -> Any:
        job = self._job(call)
        if not call.header("content-type").startswith("text/csv"):
            raise CallError(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be text/csv")
        if job.state != "Open" or job.uploaded:
            raise invalid("InvalidJobState : the job takes no (further) data", "INVALIDJOBSTATE")
        job.uploaded = True
        try:
            await self._receive(call, job)
        except (CallError, ClientDisconnect):
            job.uploaded = False
            raise
        return Response(status_code=201)

    async def _receive(self, call: Call, job: Job) -> None:
        size = 0
        with job.file("upload").open("wb") as file:
            async for part in call.request.stream():
                size += len(part)
                if size <= self._org.settings.max_upload:
                    file.write(part)
        if size > self._org.settings.max_upload:
            raise CallError(413, "REQUEST_ENTITY_TOO_LARGE", "the upload is larger than allowed")

    async def change(self, call: Call) -> Any:
        job, wish = self._job(call), await call.json_object()
        state = wish.get("state")
        if state == "UploadComplete" and job.state == "Open" and job.uploaded:
            self._close(job)
        elif state == "Aborted" and job.state not in ENDED:
            self._abort(job)
        else:
            raise invalid(
                f"InvalidJobState : cannot change from {job.state} to {state}", "INVALIDJOBSTATE"
            )
        return job.info()

    def _close(self, job: Job) -> None:
        job.state = "UploadComplete"
        object = self._org.schema.named(job.object)
        work = Ingest(self._org, job, object)
        self._tasks[job.id] = asyncio.get_running_loop().create_task(work.run())

    def _abort(self, job: Job) -> None:
        # A job at work stops before its next chunk and then writes what it left.
        working, job.state = job.state == "InProgress", "Aborted"
        if working:
            return
        if task := self._tasks.pop(job.id, None):
            task.cancel()
        if job.uploaded:
            job.abandon()

    async def delete(self, call: Call) -> Any:
        job = self._job(call)
        if job.state in ("Open", "InProgress"):
            raise invalid(f"InvalidJobState : a job {job.state} is not deleted", "INVALIDJOBSTATE")
        if task := self._tasks.pop(job.id, None):
            task.cancel()
        del self._jobs[job.id]
        job.forget()
        return Response(status_code=204)

    async def results(self, call: Call) -> Any:
        job, name = self._job(call), call.path["results"]
        if name not in ("successfulResults", "failedResults", "unprocessedrecords"):
            raise not_found()
        if job.state not in ENDED:
            raise invalid("InvalidJobState : the job has not ended", "INVALIDJOBSTATE")
        if task := self._tasks.get(job.id):
            await asyncio.wait([task])
        path = job.file(name)
        if not path.exists():
            return Response(b"", media_type=CSV)
        return StreamingResponse(_blocks(path), media_type=CSV)


async def _blocks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def invalid(message: str, code: str = "INVALIDJOB") -> CallError:
    """400 in the words of the bulk API."""
    return CallError(400, code, message)
