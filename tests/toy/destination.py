"""A third destination, steps 2 and 3 of the README's recipe: one record a call, keys that the
vendor takes twice, a remark that holds ours in its text, and no capability at all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors import http
from connectors.answers import error_of
from connectors.marker import bearing, unmarked
from connectors.onebyone import OneByOne, Where
from connectors.values import Account, FieldSpec, ObjectSpec, Record, Row, Setting, User

METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}


class Toy(OneByOne):
    SETTINGS = (Setting("url", "Address"), Setting("token", "Token", secret=True))
    ORDER = ("company", "visit", "remark")
    KEY_FIELDS: Mapping[str, str] = {"company": "key", "visit": "key"}

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        headers = {"Authorization": f"Bearer {secrets['token']}"}
        self._client = http.build_client("Toy", settings["url"], headers=headers)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Account:
        about = self._ask("GET", "/about")
        return Account(about["id"], "Toy company", about["me"], "Migration")

    def describe(self, objects: Sequence[str] = ()) -> list[ObjectSpec]:
        schema = self._ask("GET", "/about")["schema"]
        there = [name for name in objects or self.ORDER if name in schema]
        fields = {o: tuple(FieldSpec(n, n, **f) for n, f in schema[o].items()) for o in there}
        return [ObjectSpec(name, name, False, fields[name]) for name in there]

    def users(self) -> list[User]:
        return [User(**user) for user in self._ask("GET", "/about")["users"]]

    def listed(self, object: str, fields: Sequence[str], where: Where) -> Iterator[Record]:
        asked, after = {field: ",".join(values) for field, values in where.items()}, "0"
        while rows := self._ask("GET", f"/{object}", params={**asked, "after": after}):
            yield from (self._record(raw, fields) for raw in rows)
            after = rows[-1]["id"]

    def send_row(self, object: str, verb: str, row: Row) -> str:
        keyed = object in self.KEY_FIELDS
        body = {**row.values, "key": row.key} if keyed else bearing(row, "text")
        path = f"/{object}/{row.id}" if row.id else f"/{object}"
        return str(self._ask(METHODS[verb], path, json=body)["id"])

    def _record(self, raw: dict[str, Any], fields: Sequence[str]) -> Record:
        if "key" not in raw:
            raw["text"], raw["key"] = unmarked(raw["text"] or "")
        made, changed = (datetime.fromisoformat(raw[n]) for n in ("created", "modified"))
        values = {name: raw[name] or None for name in fields}
        return Record(raw["id"], raw["key"] or "", values, made, changed, raw["by"] == "1")

    def _ask(self, method: str, path: str, **kw: Any) -> Any:
        answer = http.send(self._client, method, path, **kw)
        if answer.is_error:
            raise error_of("Toy", answer)
        return answer.json()
