"""The toy's practice vendor, step 1 of the README's recipe: companies, visits under them, remarks
under those. One record a call, no unique key, no upsert, no bulk; what it refuses is in
`_refusal` and `_wrong`."""

from datetime import datetime
from email.utils import format_datetime
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


def _text(length: int = 0, required: bool = False) -> Row:
    return {"type": "string", "length": length, "required": required, "references": ()}


def _lookup(to: str) -> Row:
    return {"type": "reference", "length": 20, "required": True, "references": (to,)}


SCHEMA: dict[str, dict[str, Row]] = {
    "company": {"name": _text(80, True), "phone": _text(40), "note": _text(), "key": _text(80)},
    "visit": {
        "company": _lookup("company"),
        "title": _text(120, True),
        "note": _text(),
        "owner": _text(20),
        "key": _text(80),
    },
    "remark": {"visit": _lookup("visit"), "text": _text(), "kind": _text(20)},
}


class Toy:
    name = "toy"

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> dict[str, list[Route]]:
        return {
            "toy": [
                Route("/about", self._about),
                Route("/{object}", self._list),
                Route("/{object}", self._make, methods=["POST"]),
                Route("/{object}/{id}", self._one, methods=["PATCH", "DELETE"]),
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
        above = {n: object for n, f in SCHEMA[name].items() for object in f["references"]}
        return {n: self._rows[o].get(row[n], {}).get("key") for n, o in above.items()}

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
        if "resets_at" in values:
            back = datetime.fromisoformat(values["resets_at"])
            self._resets_at = format_datetime(back, usegmt=True)

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
        known = (who for who in self._world.technicians() if who["email"])
        users += (who | {"id": str(n)} for n, who in enumerate(known, 100))
        about = {"id": "toy-1", "me": US, "users": users, "schema": SCHEMA}
        return self._refusal(request, {}) or JSONResponse(about)

    async def _list(self, request: Request) -> Response:
        """A page after the id `after`, of records whose fields have one of the values asked."""
        if refused := self._refusal(request, {}):
            return refused
        asked = {name: set(text.split(",")) for name, text in request.query_params.items()}
        (after,) = asked.pop("after")
        rows = (
            r for i, r in self._rows[request.path_params["object"]].items() if int(i) > int(after)
        )
        rows = [r for r in rows if all(r.get(n) in values for n, values in asked.items())]
        return JSONResponse([r for r in rows if int(r["id"]) > int(after)][:PAGE])

    async def _make(self, request: Request) -> Response:
        object, body = request.path_params["object"], await request.json()
        if refused := self._refusal(request, dict.fromkeys(SCHEMA.get(object, ())) | body):
            return refused
        return JSONResponse(self._create(object, body, US), 201)

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
        return JSONResponse({"id": id})

    def _refusal(self, request: Request, body: Row) -> Response | None:
        """401 without the token; 429 once no call is left; 404 for an unknown object; 400 for
        an unknown field, one that may not be empty, a text too long, or a parent that is not
        there."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "unauthorised"}, 401)
        self._left -= 1
        if self._left < 0:
            return JSONResponse({"error": "quota"}, 429, {"Retry-After": self._resets_at})
        object = request.path_params.get("object", "company")
        if object not in SCHEMA:
            return JSONResponse({"error": "no such object"}, 404)
        wrong = next(filter(None, (self._wrong(object, *each) for each in body.items())), "")
        return JSONResponse({"error": wrong}, 400) if wrong else None

    def _wrong(self, object: str, name: str, value: str | None) -> str:
        if name not in SCHEMA[object]:
            return f"no field {name}"
        field = SCHEMA[object][name]
        if not value:
            return f"{name} is required" if field["required"] else ""
        if 0 < field["length"] < len(value):
            return f"{name} is too long"
        missing = field["references"] and not any(
            value in self._rows[o] for o in field["references"]
        )
        return f"{name} names no record" if missing else ""

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
