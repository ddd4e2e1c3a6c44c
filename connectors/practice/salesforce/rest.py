"""Describe, query and single records."""

from typing import Any
from urllib.parse import unquote

import orjson
from starlette.responses import Response
from starlette.routing import Route

from connectors.practice.salesforce import automation
from connectors.practice.salesforce.api import Call, Door, wanted_size
from connectors.practice.salesforce.bodies import body_pairs, options
from connectors.practice.salesforce.columns import columns
from connectors.practice.salesforce.content_objects import VERSION
from connectors.practice.salesforce.contents import DATA, Contents
from connectors.practice.salesforce.deletes import delete
from connectors.practice.salesforce.describe import describe, summary
from connectors.practice.salesforce.errors import CallError, RowError, not_found
from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.ids import full_id
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.query import Queries, shown
from connectors.practice.salesforce.soql import parse
from connectors.practice.salesforce.store import stored
from connectors.practice.salesforce.values import from_json
from connectors.practice.salesforce.writer import Writer

_RUNNING = {name.lower() for name in automation.QUERY}


class Rest:
    """The endpoints over one org."""

    def __init__(self, org: Org, contents: Contents) -> None:
        self._org, self._contents = org, contents
        self._queries = Queries(org)

    def reset(self) -> None:
        """Forget open cursors and the bytes of files."""
        self._queries = Queries(self._org)
        self._contents.reset()

    def routes(self, door: Door) -> list[Route]:
        """All routes of this module."""
        one = "/sobjects/{object}"
        return [
            *door.routes("", GET=self.resources),
            *door.routes("/sobjects", GET=self.objects),
            *door.routes("/query", GET=self.query),
            *door.routes("/queryAll", GET=self.query),
            *door.routes("/query/{locator}", GET=self.more),
            *door.routes("/tooling/query", GET=self.tooling),
            *door.routes(one, GET=self.about, POST=self.create),
            *door.routes(f"{one}/describe", GET=self.describe),
            *door.routes(f"{one}/{{id}}", GET=self.get, PATCH=self.update, DELETE=self.delete),
            *door.routes(
                f"{one}/{{key}}/{{value:path}}", GET=self.get_by_key, PATCH=self.upsert,
                DELETE=self.delete_by_key,
            ),
        ]  # fmt: skip

    async def resources(self, call: Call) -> Any:
        names = ("sobjects", "query", "queryAll", "limits", "composite", "jobs", "metadata")
        found = {name: f"{call.base}/{name}" for name in names}
        return found | {"identity": self._org.people.identity(str(call.request.base_url))}

    async def objects(self, call: Call) -> Any:
        known = self._org.schema.objects.values()
        return {
            "encoding": "UTF-8",
            "maxBatchSize": 200,
            "sobjects": [summary(each, call.base) for each in known],
        }

    async def about(self, call: Call) -> Any:
        object = call.object(self._org.schema)
        return {"objectDescribe": summary(object, call.base), "recentItems": []}

    async def describe(self, call: Call) -> Any:
        return describe(self._org.schema, call.object(self._org.schema), call.base)

    async def query(self, call: Call) -> Any:
        text = call.query.get("q", "")
        if not text.strip():
            raise CallError(400, "MALFORMED_QUERY", "unexpected token: '<EOF>'")
        if call.query.get("columns") == "true":
            return columns(self._org.schema, text)
        if (parsed := parse(text)).object.lower() in _RUNNING:
            return automation.answer(
                automation.QUERY, parsed, call.base, self._org.settings.automation
            )
        deleted = call.request.url.path.rstrip("/").endswith("queryAll")
        size = wanted_size(call, self._org.settings.page_size)
        return self._queries.start(text, deleted, call.base, size)

    async def tooling(self, call: Call) -> Any:
        """Queries of the Tooling API, which has other objects than records are."""
        if not self._org.rights.view_setup:
            raise CallError(403, "INSUFFICIENT_ACCESS", "View Setup and Configuration is needed")
        parsed = parse(call.query.get("q", ""))
        on = self._org.settings.automation
        return automation.answer(automation.TOOLING, parsed, f"{call.base}/tooling", on)

    async def more(self, call: Call) -> Any:
        size = wanted_size(call, self._org.settings.page_size)
        return self._queries.resume(call.path["locator"], call.base, size)

    async def get(self, call: Call) -> Any:
        return self._shown(call, call.object(self._org.schema), self._id(call))

    async def get_by_key(self, call: Call) -> Any:
        object = call.object(self._org.schema)
        if object.name == VERSION and call.path["value"] == DATA:
            call.path["id"] = call.path["key"]
            return self._contents.content(self._id(call))
        return self._shown(call, object, self._by_key(call, object))

    async def create(self, call: Call) -> Any:
        object = call.object(self._org.schema)
        try:
            if object.name == VERSION:
                id = await self._contents.create(call)
            else:
                pairs = body_pairs(self._org.schema, object, await call.json_object())
                id = self._writer(call).insert(object, pairs)
        except RowError as refused:
            raise refused.call() from refused
        return _created({"id": id, "success": True, "errors": []}, 201)

    async def update(self, call: Call) -> Any:
        object, id, body = call.object(self._org.schema), self._id(call), await call.json_object()
        try:
            pairs = body_pairs(self._org.schema, object, body)
            self._writer(call).update(object, id, pairs)
        except RowError as refused:
            raise refused.call() from refused
        return Response(status_code=204)

    async def upsert(self, call: Call) -> Any:
        object, body = call.object(self._org.schema), await call.json_object()
        key, value = self._key(call, object)
        found = self._org.store.ids(object, key.name, value, 10)
        if len(found) > 1:
            return _created([f"{call.base}/sobjects/{object.name}/{id}" for id in found], 300)
        if not found and call.query.get("updateOnly", "").lower() == "true":
            raise not_found()
        try:
            pairs = body_pairs(self._org.schema, object, body)
            id, created = self._writer(call).upsert(object, key, value, pairs)
        except RowError as refused:
            raise refused.call() from refused
        answer = {"id": id, "success": True, "errors": [], "created": created}
        return _created(answer, 201 if created else 200)

    async def delete(self, call: Call) -> Any:
        return self._delete(call.object(self._org.schema), self._id(call))

    async def delete_by_key(self, call: Call) -> Any:
        object = call.object(self._org.schema)
        return self._delete(object, self._by_key(call, object))

    def _delete(self, object: Object, id: str) -> Response:
        if "D" not in object.rights:
            raise CallError(405, "METHOD_NOT_ALLOWED", "HTTP Method 'DELETE' not allowed")
        try:
            delete(self._org, object, id, self._org.people.integration)
        except RowError as refused:
            raise refused.call() from refused
        return Response(status_code=204)

    def _writer(self, call: Call) -> Writer:
        return Writer(self._org, options(self._org, call), from_json)

    def _id(self, call: Call) -> str:
        object, id = call.object(self._org.schema), full_id(call.path["id"])
        gone = self._org.store.value(object, id, "IsDeleted") if id else None
        if id is None or gone is None:
            raise not_found("Provided external ID field does not exist or is not accessible: "
                            + call.path["id"])  # fmt: skip
        if gone:
            raise CallError(404, "ENTITY_IS_DELETED", "entity is deleted")
        return id

    def _key(self, call: Call, object: Object) -> tuple[Field, str]:
        key = self._org.schema.field(object, call.path["key"])
        if key is None or not (key.external_id or key.name == "Id"):
            raise not_found("Provided external ID field does not exist or is not accessible: "
                            + call.path["key"])  # fmt: skip
        # The server has decoded the path once; a key's own slashes arrive as %2F or plainly.
        return key, unquote(call.path["value"])

    def _by_key(self, call: Call, object: Object) -> str:
        key, value = self._key(call, object)
        found = self._org.store.ids(object, key.name, value, 2)
        if len(found) != 1:
            raise not_found()
        return found[0]

    def _shown(self, call: Call, object: Object, id: str) -> Any:
        fields = self._chosen(call, object)
        row = self._org.store.get(object, id) or {}
        url = f"{call.base}/sobjects/{object.name}/{id}"
        answer: dict[str, Any] = {"attributes": {"type": object.name, "url": url}}
        for each in fields:
            if stored(each):
                answer[each.name] = shown(each, (row[each.name],))
        return answer

    def _chosen(self, call: Call, object: Object) -> list[Field]:
        names = call.query.get("fields")
        if names is None:
            return self._org.schema.fields(object)
        chosen = [self._org.schema.field(object, name.strip()) for name in names.split(",")]
        for name, each in zip(names.split(","), chosen, strict=True):
            if each is None:
                raise CallError(400, "INVALID_FIELD", f"No such column '{name}' on entity"
                                f" '{object.name}'")  # fmt: skip
        return [each for each in chosen if each is not None]


def _created(value: Any, status: int) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json;charset=UTF-8")
