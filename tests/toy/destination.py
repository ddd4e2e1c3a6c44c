"""A third destination, written by the README's recipe: one record a call, no bulk, no upsert,
no key that the vendor would refuse twice; a remark holds our key as a marker in its text."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import httpx

from connectors import http
from connectors.errors import Misconfigured, NotAuthorised, QuotaExhausted, Unavailable
from connectors.values import (
    Account,
    Allowance,
    Child,
    Chunk,
    FieldPlan,
    FieldSpec,
    FileObject,
    Forecast,
    ObjectSpec,
    Obstacle,
    Outcome,
    Pending,
    Record,
    Row,
    Setting,
    Ticket,
    User,
    Value,
    Verb,
)

PARENT = {"visit": "company", "remark": "visit"}
METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}


class Toy:
    SETTINGS = (Setting("url", "Address"), Setting("token", "Token", secret=True))
    ORDER: tuple[str, ...] = ("company", "visit", "remark")
    KEY_FIELDS: Mapping[str, str] = {"company": "key", "visit": "key"}
    FILES: Mapping[str, FileObject] = {}
    STAYS: tuple[str, ...] = ("Numbers that were counted up stay used.",)
    FIELDS: tuple[FieldPlan, ...] = ()

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        headers = {"Authorization": f"Bearer {secrets['token']}"}
        self._http = http.build_client("Toy", settings["url"], headers=headers)

    def __repr__(self) -> str:
        return "<Toy>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def check(self) -> Account:
        about = self._about()
        return Account(about["id"], "Toy company", about["me"], "Migration")

    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]:
        schema = self._about()["schema"]
        there = [name for name in objects or self.ORDER if name in schema]
        fields = {n: tuple(_field(f, spec) for f, spec in schema[n].items()) for n in there}
        return [ObjectSpec(name, name.title(), False, fields[name]) for name in there]

    def users(self) -> list[User]:
        return [User(**{n: u[n] for n in User.__slots__}) for u in self._about()["users"]]

    def find(self, object: str, rows: Sequence[Row]) -> Iterator[Record]:
        keys = {row.key for row in rows}
        if object in self.KEY_FIELDS:
            listed = self._list(object)
        else:
            parents = {row.values.get(PARENT[object]) for row in rows} - {None}
            listed = (r for p in sorted(map(str, parents)) for r in self._list(object, visit=p))
        found = (self._record(object, raw, ()) for raw in listed if keys)
        return (record for record in found if record.key in keys)

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Iterator[Record]:
        for start in range(0, len(ids), 50):
            for raw in self._list(object, ids=",".join(ids[start : start + 50])):
                yield self._record(object, raw, fields)

    def sweep(self, object: str, prefix: str, fields: Sequence[str]) -> Iterator[Record]:
        found = (self._record(object, raw, fields) for raw in self._list(object))
        return (record for record in found if record.key.startswith(prefix))

    def children(self, object: str, ids: Sequence[str]) -> Iterator[Child]:
        below = [child for child, parent in PARENT.items() if parent == object]
        for child, id in ((child, id) for child in below for id in ids):
            for raw in self._list(child, **{object: id}):
                yield Child(id, child, raw["id"], raw.get("title") or "", self._ours(raw))

    def chunk_size(self, object: str, verb: Verb, total: int) -> int:
        return 20

    def submit(self, chunk: Chunk, opened: Callable[[Ticket], None]) -> Ticket:
        outcomes = tuple(self._send(chunk.verb, chunk.object, row) for row in chunk.rows)
        return Ticket(chunk.verb, chunk.object, outcomes=outcomes)

    def collect(self, ticket: Ticket) -> Pending | Iterable[Outcome]:
        return ticket.outcomes

    def abort(self, ticket: Ticket) -> None: ...

    def allowance(self) -> list[Allowance]:
        return [Allowance("calls", 10**6, max(0, self._about()["left"]))]

    def forecast(
        self, counts: Mapping[str, int], sizes: Mapping[str, int] | None = None
    ) -> list[Forecast]:
        return [Forecast("calls", sum(counts.values()), self.allowance()[0].left)]

    def obstacles(self) -> list[Obstacle]:
        return []

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return list(fields)

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return []

    def hidden(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        return []

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        raise Misconfigured("The toy creates no fields.")

    undo_package = package

    def deploy(self, package: bytes, check_only: bool) -> str:
        raise Misconfigured("The toy creates no fields.")

    def deployed(self, id: str) -> Pending | list[str]:
        return []

    def grant(self) -> None: ...

    def _about(self) -> dict[str, Any]:
        return self._call("GET", "/about").json()  # type: ignore[no-any-return]

    def _call(self, method: str, path: str, **kw: Any) -> httpx.Response:
        answer = http.send(self._http, method, path, **kw)
        if answer.status_code == 401:
            raise NotAuthorised("Toy: the token is not accepted. Enter another.")
        if answer.status_code == 429:
            at = answer.json()["resets_at"]
            again = datetime.fromisoformat(at) if at else None
            raise QuotaExhausted("Toy: no calls are left.", resets_at=again)
        if answer.status_code >= 500:
            raise Unavailable(f"Toy: {method} {path} was answered {answer.status_code}.")
        return answer

    def _list(self, object: str, **asked: str) -> Iterator[dict[str, Any]]:
        """From the vendor's own list, never from a search that may lag behind it."""
        after = "0"
        while rows := self._call("GET", f"/{object}", params={**asked, "after": after}).json():
            yield from rows
            after = rows[-1]["id"]

    def _send(self, verb: Verb, object: str, row: Row) -> Outcome:
        path = f"/{object}" if verb == "create" else f"/{object}/{row.id}"
        body: dict[str, Any] = dict(row.values)
        if object in self.KEY_FIELDS:
            body["key"] = row.key
        elif "text" in body or verb == "create":
            body["text"] = f"{body.get('text') or ''}\n[{row.key}]"
        answer = self._call(METHODS[verb], path, json=None if verb == "delete" else body)
        if answer.status_code == 404:
            return Outcome(row.key, "gone", row.id)
        if answer.is_error:
            error, locked = f"{answer.status_code}: {answer.text}", answer.status_code == 423
            return Outcome(row.key, "failed", row.id, error, retry=locked)
        return Outcome(row.key, "done", answer.json()["id"] if verb == "create" else row.id)

    def _record(self, object: str, raw: dict[str, Any], fields: Iterable[str]) -> Record:
        values: dict[str, Value] = dict(raw)
        if object not in self.KEY_FIELDS:
            text, _, marker = (raw["text"] or "").rpartition("\n[")
            values |= {"text": text or None, "key": marker.removesuffix("]")}
        made, changed = (datetime.fromisoformat(raw[n]) for n in ("created", "modified"))
        wanted = {name: values.get(name) or None for name in fields}
        return Record(raw["id"], str(values["key"] or ""), wanted, made, changed, self._ours(raw))

    def _ours(self, raw: Mapping[str, Any]) -> bool:
        return bool(raw["by"] == "1")


def _field(name: str, spec: Mapping[str, Any]) -> FieldSpec:
    marker = 100 if name == "text" else 0
    to = (spec["to"],) if spec["to"] else ()
    return FieldSpec(
        name,
        name.title(),
        "reference" if to else "string",
        length=max(0, spec["length"] - marker),
        required=spec["required"],
        references=to,
    )
