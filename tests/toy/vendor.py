"""The toy's practice vendor: companies, visits under them, remarks under those. One record a
call, no unique key, no upsert, no bulk; what it refuses is in `_refusal`."""

from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.practice.checksum import Checksum
from connectors.practice.world import World

TOKEN = "toy-token-1a2b3c"
US, PAGE = "1", 100
Row = dict[str, Any]


def _text(length: int, required: bool = False, to: str = "") -> Row:
    return {"length": length, "required": required, "to": to}


SCHEMA: dict[str, dict[str, Row]] = {
    "company": {"name": _text(80, True), "phone": _text(40), "note": _text(0), "key": _text(80)},
    "visit": {
        "company": _text(20, True, "company"),
        "title": _text(120, True),
        "note": _text(0),
        "owner": _text(20),
        "key": _text(80),
    },
    "remark": {"visit": _text(20, True, "visit"), "text": _text(900)},
}


class Toy:
    name = "toy"

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> dict[str, list[Route]]:
        many, one = Route("/{object}", self._many, methods=["GET", "POST"]), "/{object}/{id}"
        return {
            "toy": [
                Route("/about", self._about),
                many,
                Route(one, self._one, methods=["PATCH", "DELETE"]),
            ]
        }

    def reset(self) -> None:
        self._ids, self._left, self._resets_at = count(1), 10**6, ""
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in SCHEMA}
        for key in ("", *self._world.contractor_keys("company", 1)):
            self._create("company", {"name": "Was here before", "key": key}, "2")

    def state(self) -> dict[str, Row]:
        found = {}
        for name, rows in self._rows.items():
            checksum = Checksum(frozenset({"id", "created", "modified"}))
            for row in rows.values():
                checksum.add(row | self._parents(name, row))
            found[name] = checksum.value()
        return found

    def _parents(self, name: str, row: Row) -> Row:
        """By what the parents are called: ids are another matter each time."""
        to = {n: f["to"] for n, f in SCHEMA[name].items() if f["to"]}
        return {n: self._rows[o].get(row[n], {}).get("key") for n, o in to.items()}

    def edit(self, command: Row) -> Row:
        """`op`: dump, create or update, of `object`, with `id` and `set`."""
        rows = self._rows[command["object"]]
        if command["op"] == "create":
            return self._create(command["object"], command["set"], "2")
        if command["op"] == "update":
            self._world.clock.advance(60)
            rows[command["id"]] |= command["set"] | {"modified": self._now()}
        return {"records": list(rows.values())}

    def limits(self, values: Row) -> None:
        """`left`: calls; `resets_at`: when the account says that they come back."""
        self._left = values["left"]
        self._resets_at = values.get("resets_at", "")

    def disturb(self, kind: str, fault: Row) -> None:
        raise ValueError(f"the toy knows no fault {kind!r}")

    def is_write(self, method: str, path: str) -> bool:
        return method != "GET"

    def cost(self, method: str, path: str) -> int:
        return 1

    def credentials(self, urls: dict[str, str]) -> dict[str, str | None]:
        return {"url": urls["toy"], "token": TOKEN}

    async def _about(self, request: Request) -> Response:
        users = [{"id": US, "name": "Migration", "email": "migration@toy.test", "active": True}]
        for n, who in enumerate(self._world.technicians(), 100):
            if who["email"]:
                users.append(dict(who, id=str(n)))
        about = {"id": "toy-1", "me": US, "users": users, "schema": SCHEMA, "left": self._left}
        return self._refusal(request) or JSONResponse(about)

    async def _many(self, request: Request) -> Response:
        object = request.path_params["object"]
        body = await request.json() if request.method == "POST" else {}
        if refused := self._refusal(request, body):
            return refused
        if request.method == "POST":
            needed = [n for n, f in SCHEMA[object].items() if f["required"] and not body.get(n)]
            if needed:
                return JSONResponse({"error": f"{needed[0]} is required"}, 400)
            return JSONResponse(self._create(object, body, US), 201)
        asked = dict(request.query_params)
        after, ids = int(asked.pop("after", 0)), asked.pop("ids", "")
        rows = [r for i, r in self._rows[object].items() if int(i) > after]
        rows = [r for r in rows if not ids or r["id"] in ids.split(",")]
        rows = [r for r in rows if all(r.get(n) == v for n, v in asked.items())]
        return JSONResponse(rows[:PAGE])

    async def _one(self, request: Request) -> Response:
        object, id = request.path_params["object"], request.path_params["id"]
        body = await request.json() if request.method == "PATCH" else {}
        if refused := self._refusal(request, body):
            return refused
        if id not in self._rows[object]:
            return JSONResponse({"error": "no such record"}, 404)
        if request.method == "PATCH":
            self._rows[object][id] |= body | {"modified": self._now()}
            return JSONResponse(self._rows[object][id])
        under = [n for n, rows in self._rows.items() for r in rows.values() if r.get(object) == id]
        if under:
            return JSONResponse({"error": f"{len(under)} {under[0]} hang under it"}, 409)
        del self._rows[object][id]
        return Response(status_code=204)

    def _refusal(self, request: Request, body: Row | None = None) -> Response | None:
        """401 without the token; 429 once no call is left; 404 for an unknown object; 400 for
        an unknown field, a text too long, or a parent that is not there."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "unauthorised"}, 401)
        self._left -= 1
        if self._left < 0:
            return JSONResponse({"error": "quota", "resets_at": self._resets_at}, 429)
        object = request.path_params.get("object", "company")
        if object not in SCHEMA:
            return JSONResponse({"error": "no such object"}, 404)
        for name, value in (body or {}).items():
            field = SCHEMA[object].get(name)
            if field is None:
                return JSONResponse({"error": f"no field {name}"}, 400)
            if value and field["length"] and len(value) > field["length"]:
                return JSONResponse({"error": f"{name} is too long"}, 400)
            if value and field["to"] and value not in self._rows[field["to"]]:
                return JSONResponse({"error": f"{name} names no {field['to']}"}, 400)
        return None

    def _create(self, object: str, values: Row, by: str) -> Row:
        blank = dict.fromkeys(SCHEMA[object])
        stamps = {"by": by, "created": self._now(), "modified": self._now()}
        row = blank | values | {"id": str(next(self._ids))} | stamps
        self._rows[object][row["id"]] = row
        return row

    def _now(self) -> str:
        return self._world.clock.now().isoformat()


def build(world: World) -> Toy:
    return Toy(world)
