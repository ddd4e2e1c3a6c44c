"""`/metadata/deployRequest`: take a zip, work it off a little later, say how it went."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.salesforce.api import Call, Door
from connectors.practice.salesforce.errors import CallError, not_found
from connectors.practice.salesforce.metadata.deploy import Component, Deploy, Options
from connectors.practice.salesforce.metadata.package import Broken, Package, read
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.values import instant

OPTIONS = {
    "allowMissingFiles": False,
    "autoUpdatePackage": False,
    "checkOnly": False,
    "ignoreWarnings": False,
    "performRetrieve": False,
    "purgeOnDelete": False,
    "rollbackOnError": True,
    "singlePackage": False,
}
OTHERS = {"testLevel", "runTests"}
LEVELS = ("NoTestRun", "RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg")
LARGEST = 39 * 1024 * 1024
KEPT = 100
ENDED = frozenset({"Succeeded", "SucceededPartial", "Failed", "Canceled"})


@dataclass(slots=True)
class Request:
    """One deployment as the caller asks after it. Times are seconds since 1970."""

    id: str
    options: dict[str, Any]
    created: int
    status: str = "Pending"
    started: int | None = None
    ended: int | None = None
    deploy: Deploy | None = None


class Metadata:
    """The deployments of one org and their endpoints; one works at a time."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._requests: dict[str, Request] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    def reset(self) -> None:
        """Stop and forget every deployment."""
        for task in self._tasks.values():
            task.cancel()
        self._requests, self._tasks, self._turn = {}, {}, asyncio.Lock()

    def routes(self, door: Door) -> list[Route]:
        """All routes of this module."""
        path = "/metadata/deployRequest"
        return [
            *door.routes(path, POST=self.create),
            *door.routes(f"{path}/{{id}}", GET=self.info, PATCH=self.cancel),
        ]

    async def create(self, call: Call) -> Any:
        if not self._org.rights.modify_metadata:
            raise CallError(
                403, "INSUFFICIENT_ACCESS", "use of the Metadata API requires a user with the"
                " ModifyAllData or ModifyMetadata permissions",
            )  # fmt: skip
        content, options = await _parts(call)
        self._check(options)
        request = Request(self._org.store.next_id("0Af"), OPTIONS | options, self._org.now())
        self._requests[request.id] = request
        while len(self._requests) > KEPT:
            del self._requests[next(iter(self._requests))]
        task = asyncio.get_running_loop().create_task(self._work(request, content))
        self._tasks[request.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(request.id, None))
        return _answer(self._shown(request, details=False), 201)

    def _check(self, options: dict[str, Any]) -> None:
        if unknown := set(options) - set(OPTIONS) - OTHERS:
            raise CallError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
        for name in OPTIONS:
            if not isinstance(options.get(name, False), bool):
                raise CallError(400, "JSON_PARSER_ERROR", f"{name} must be true or false")
        if (options.get("testLevel") or "NoTestRun") not in LEVELS:
            raise CallError(400, "JSON_PARSER_ERROR", "unknown value for the enum 'TestLevel'")
        if not options.get("rollbackOnError", True) and not self._org.settings.sandbox:
            raise CallError(
                400, "INVALID_OPERATION", "rollbackOnError must be true in a production org"
            )

    async def _work(self, request: Request, content: bytes) -> None:
        async with self._turn:
            await asyncio.sleep(self._org.settings.deploy_delay)
            request.status, request.started = "InProgress", self._org.now()
            await asyncio.sleep(self._org.settings.deploy_delay)
            self._carry_out(request, content)

    def _carry_out(self, request: Request, content: bytes) -> None:
        wish = request.options
        options = Options(
            wish["checkOnly"], wish["rollbackOnError"], wish["ignoreWarnings"],
            wish["allowMissingFiles"],
        )  # fmt: skip
        request.ended = self._org.now()
        try:
            if not wish["singlePackage"]:
                raise Broken("package.xml", "No package.xml found")
            request.deploy = Deploy(self._org, read(content), options)
        except Broken as bad:
            lost = Component("", bad.file, bad.file, bad.problem, line=bad.line)
            request.deploy = Deploy(self._org, Package(), options, [lost])
            request.status = "Failed"
            return
        well = request.deploy.run()
        partly = not options.rollback and any(not each.problem for each in request.deploy.done)
        request.status = "Succeeded" if well else "SucceededPartial" if partly else "Failed"

    async def info(self, call: Call) -> Any:
        details = call.query.get("includeDetails", "false").lower() == "true"
        return self._shown(self._found(call), details)

    async def cancel(self, call: Call) -> Any:
        request, body = self._found(call), await call.json_object()
        wish = body.get("deployResult")
        if not isinstance(wish, dict) or wish.get("status") != "Canceling":
            raise CallError(400, "JSON_PARSER_ERROR", "deployResult.status must be Canceling")
        if request.status in ENDED:
            raise CallError(400, "INVALID_ID_FIELD", "Deployment already completed")
        if task := self._tasks.get(request.id):
            task.cancel()
        request.status, request.ended = "Canceled", self._org.now()
        return _answer(self._shown(request, details=False), 202)

    def _found(self, call: Call) -> Request:
        found = self._requests.get(call.path["id"])
        if found is None:
            raise not_found()
        return found

    def _shown(self, request: Request, details: bool) -> dict[str, Any]:
        return {
            "id": request.id,
            "validatedDeployRequestId": None,
            "deployOptions": request.options,
            "deployResult": self._result(request, details),
        }

    def _result(self, request: Request, details: bool) -> dict[str, Any]:
        deploy, at = request.deploy, instant(request.ended or request.created)
        failures = [deploy.shown(each, at) for each in deploy.failures()] if deploy else []
        every = [deploy.shown(each, at) for each in deploy.done] if deploy else []
        fine = [each for each in every if each["success"]]
        total = sum(bool(each["componentType"]) for each in every)
        return {
            "id": request.id,
            "status": request.status,
            "done": request.status in ENDED,
            "success": request.status == "Succeeded",
            "checkOnly": request.options["checkOnly"],
            "rollbackOnError": request.options["rollbackOnError"],
            "ignoreWarnings": request.options["ignoreWarnings"],
            "runTestsEnabled": False,
            "createdBy": self._org.people.integration,
            "createdDate": instant(request.created),
            "startDate": None if request.started is None else instant(request.started),
            "completedDate": None if request.ended is None else instant(request.ended),
            "lastModifiedDate": at,
            "errorMessage": None,
            "errorStatusCode": None,
            "stateDetail": None,
            "numberComponentErrors": len(failures),
            "numberComponentsDeployed": sum(bool(each["componentType"]) for each in fine),
            "numberComponentsTotal": total,
            "numberTestErrors": 0,
            "numberTestsCompleted": 0,
            "numberTestsTotal": 0,
            "details": {"componentFailures": failures, "componentSuccesses": fine}
            if details
            else None,
        }


async def _parts(call: Call) -> tuple[bytes, dict[str, Any]]:
    if not call.header("content-type").startswith("multipart/form-data"):
        raise CallError(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be multipart/form-data")
    form = await call.request.form()
    wish = form.get("json") or form.get("entity_content")
    file = form.get("file")
    if wish is None or not isinstance(file, UploadFile) or len(form) != 2:
        raise CallError(400, "INVALID_MULTIPART_REQUEST", "a json part and a file part are needed")
    if (file.size or 0) > LARGEST:
        raise CallError(400, "LIMIT_EXCEEDED", "Maximum size of request reached: 39 MB")
    text = await wish.read() if isinstance(wish, UploadFile) else wish
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as bad:
        raise CallError(400, "JSON_PARSER_ERROR", str(bad)) from bad
    options = body.get("deployOptions") if isinstance(body, dict) else None
    if not isinstance(options, dict) or set(body) != {"deployOptions"}:
        raise CallError(400, "JSON_PARSER_ERROR", "deployOptions must be given")
    return await file.read(), options


def _answer(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json;charset=UTF-8")
