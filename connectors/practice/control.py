"""The control API: what a test, a demo or a trainer uses to steer the practice vendors."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from connectors.practice.faults import GATE_KINDS
from connectors.practice.vendor import Vendor
from connectors.practice.world import World

Endpoint = Callable[[Request], Awaitable[Response]]


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status, media_type="application/json")


async def body(request: Request) -> dict[str, Any]:
    """The JSON object of the request; an absent one is empty. Raises ValueError."""
    raw = await request.body()
    value = orjson.loads(raw) if raw else {}
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")
    return value


def said_back(endpoint: Endpoint) -> Endpoint:
    """Turn the words of a ValueError or KeyError into a 400 that the caller can read."""

    async def wrapped(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ValueError, KeyError, TypeError) as bad:
            return answer({"error": f"{type(bad).__name__}: {bad}"}, 400)
        except Exception as bug:
            traceback.print_exc()
            return answer({"error": f"{type(bug).__name__}: {bug}"}, 500)

    return wrapped


class Control:
    """The endpoints, over one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def reset(self, request: Request) -> Response:
        self.world.reset(**await body(request))
        return answer({})

    async def state(self, request: Request) -> Response:
        return answer({name: vendor.state() for name, vendor in self.world.vendors.items()})

    async def history(self, request: Request) -> Response:
        since = int(request.query_params.get("since", 0))

        async def lines() -> AsyncIterator[bytes]:  # a plain iterator would run in a thread
            for some in self.world.history.lines(since):
                yield some

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def set_fault(self, request: Request) -> Response:
        spec = await body(request)
        if spec.get("vendor") is not None or spec["kind"] not in GATE_KINDS | {"storm"}:
            self._vendor(spec)
        ids = self.world.faults.add(spec)
        return answer({"id": ids[0] if ids else None, "ids": ids})

    async def list_faults(self, request: Request) -> Response:
        return answer(self.world.faults.view())

    async def clear_faults(self, request: Request) -> Response:
        self.world.faults.clear()
        return answer({})

    async def release(self, request: Request) -> Response:
        self.world.faults.release(int((await body(request))["id"]))
        return answer({})

    async def clock(self, request: Request) -> Response:
        wish, clock = await body(request), self.world.clock
        if "now" in wish:
            clock.set(datetime.fromisoformat(wish["now"]))
        if "advance" in wish:
            clock.advance(float(wish["advance"]))
        if "freeze" in wish:
            clock.freeze(bool(wish["freeze"]))
        return answer({"now": clock.now().isoformat()})

    async def edit(self, request: Request) -> Response:
        command = await body(request)
        return answer(self._vendor(command).edit(command))

    async def limits(self, request: Request) -> Response:
        values = await body(request)
        vendor = self._vendor(values)
        vendor.limits({name: value for name, value in values.items() if name != "vendor"})
        return answer({})

    def _vendor(self, command: dict[str, Any]) -> Vendor:
        name = command.get("vendor")
        if name not in self.world.vendors:
            known = ", ".join(self.world.vendors)
            raise ValueError(f"vendor must be one of {known}, not {name!r}")
        return self.world.vendors[name]


def control_app(world: World) -> Starlette:
    """The application of the control port."""
    control = Control(world)
    table: list[tuple[str, str, Endpoint]] = [
        ("POST", "/reset", control.reset),
        ("GET", "/state", control.state),
        ("GET", "/history", control.history),
        ("POST", "/faults", control.set_fault),
        ("GET", "/faults", control.list_faults),
        ("DELETE", "/faults", control.clear_faults),
        ("POST", "/faults/release", control.release),
        ("POST", "/clock", control.clock),
        ("GET", "/clock", control.clock),
        ("POST", "/edit", control.edit),
        ("POST", "/limits", control.limits),
    ]
    return Starlette(
        routes=[Route(path, said_back(handle), methods=[verb]) for verb, path, handle in table]
    )
