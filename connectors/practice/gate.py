"""The door of every practice vendor: numbers each call, writes it down, lets faults strike.

An ASGI application around a vendor's own. A fault wraps the application once more: one
function per kind, all of the same shape. `when` is "before" the vendor handled the call
(it never sees it, or not yet) or "after" (it committed, the client does not learn of it).
"""

import asyncio
import contextlib
import os
import signal
import socket
import stat
import traceback
from collections.abc import Awaitable, Callable
from functools import partial

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.practice.faults import GATE_KINDS, Fault
from connectors.practice.vendor import Vendor
from connectors.practice.world import World

Wrapped = Callable[[Fault, ASGIApp, Scope, Receive, Send], Awaitable[None]]


class Dropped(Exception):
    """The client gets no (further) answer; the server's own error path must not send one."""


class Gate:
    """`Gate(vendor, app, world)` is the application a vendor's port serves."""

    def __init__(self, vendor: Vendor, app: ASGIApp, world: World) -> None:
        self._vendor, self._app, self._world = vendor, app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode()
        # A base address that ends with a slash gives two; web servers make one of them.
        method, path = scope["method"], "/" + scope["path"].lstrip("/")
        scope = {**scope, "path": path}
        call = self._world.history.begin(
            self._vendor.name,
            method,
            f"{path}?{query}" if query else path,
            self._vendor.is_write(method, path),
            self._vendor.cost(method, path),
            self._world.clock.now(),
        )
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            await send(message)
            if message["type"] == "http.response.start":
                status = message["status"]

        struck = self._world.faults.striking(call)
        try:
            app = self._wrap(struck)
        except ValueError as unknown:  # the vendor has no such fault: tell whoever set it
            app = Response(str(unknown), 500, media_type="text/plain")
        try:
            await app(scope, receive, watched)
        except Dropped:
            raise
        except Exception:
            traceback.print_exc()  # a bug of a practice vendor; the server would hide it
            raise
        finally:
            names = ",".join(fault.kind for fault in struck)
            self._world.history.end(call, status, names or None)

    def _wrap(self, struck: list[Fault]) -> ASGIApp:
        app = self._app
        for fault in struck:
            if fault.kind in GATE_KINDS:
                app = partial(KINDS[fault.kind], fault, app)
            else:
                self._vendor.disturb(fault.kind, fault.spec)
        return app


def _after(fault: Fault) -> bool:
    return bool(fault.spec.get("when", "before") == "after")


async def _whole(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


async def _ignore(message: Message) -> None:
    """A `send` for a client that will never read."""


async def _capture(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """What the vendor would have answered; it has committed when this returns."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages


async def status(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `status` with `body` (JSON), or an HTML page as gateways send them."""
    if _after(fault):
        await app(scope, receive, _ignore)
    else:
        await _whole(receive)  # an unread upload would reset the connection instead
    spec = fault.spec
    headers = {"Retry-After": str(spec["retry_after"])} if "retry_after" in spec else {}
    body = spec.get("body", f"<html><body><h1>{spec.get('status', 503)}</h1></body></html>")
    await Response(
        body if isinstance(body, str) else orjson.dumps(body),
        spec.get("status", 503),
        headers,
        "text/html" if isinstance(body, str) else "application/json",
    )(scope, receive, send)


async def hold(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Wait until `POST /faults/release`, then go on, even if the client has gone."""
    body = await _whole(receive)
    replayed = _replay(body, receive)
    messages = await _capture(app, scope, replayed) if _after(fault) else None
    fault.held += 1
    try:
        await fault.released.wait()
    finally:
        fault.held -= 1
    if messages is None:
        messages = await _capture(app, scope, replayed)
    with contextlib.suppress(Exception):  # the client may have gone
        for message in messages:
            await send(message)


async def late(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Commit `delay` seconds after the client gave up (or after `timeout`, default 60 s)."""
    body = await _whole(receive)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(fault.spec.get("timeout", 60)):
            while (await receive())["type"] != "http.disconnect":
                pass
    await asyncio.sleep(fault.spec.get("delay", 1))
    await app(scope, _replay(body, receive), _ignore)
    drop(scope)


async def kill(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send `signal` to `pid` or each of `pids`, before or after the vendor handles the call."""
    replayed = _replay(await _whole(receive), receive)
    messages = await _capture(app, scope, replayed) if _after(fault) else None
    pids = fault.spec.get("pids") or [fault.spec["pid"]]
    number = signal.Signals[f"SIG{fault.spec.get('signal', 'KILL').removeprefix('SIG')}"]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), number)
    if messages is None:
        messages = await _capture(app, scope, replayed)
    with contextlib.suppress(Exception):  # the client may be the one that was killed
        for message in messages:
            await send(message)


async def reset(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Drop the connection without an answer, before or after commit."""
    if _after(fault):
        await app(scope, receive, _ignore)
    drop(scope)


async def truncate(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send half the body of the answer, then drop the connection."""
    start, *rest = await _capture(app, scope, receive)
    body = b"".join(message.get("body", b"") for message in rest)
    kept = [h for h in start["headers"] if h[0].lower() != b"content-length"]
    length = (b"content-length", str(len(body) + (not body)).encode())
    await send({**start, "headers": [*kept, length]})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await asyncio.sleep(0.05)  # let the half leave before the connection goes
    drop(scope)


async def stall(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send half the body of the answer, wait until `POST /faults/release`, send the rest."""
    start, *rest = await _capture(app, scope, receive)
    body = b"".join(message.get("body", b"") for message in rest)
    half = len(body) // 2
    await send(start)
    await send({"type": "http.response.body", "body": body[:half], "more_body": True})
    fault.held += 1
    try:
        await fault.released.wait()
    finally:
        fault.held -= 1
    with contextlib.suppress(Exception):  # the client may have gone
        await send({"type": "http.response.body", "body": body[half:]})


async def slow(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer only after `seconds`."""
    await asyncio.sleep(fault.spec.get("seconds", 1))
    await app(scope, receive, send)


KINDS: dict[str, Wrapped] = {
    "status": status,
    "hold": hold,
    "late": late,
    "kill": kill,
    "reset": reset,
    "truncate": truncate,
    "stall": stall,
    "slow": slow,
}


def drop(scope: Scope) -> None:
    """Close the TCP connection of that call, and raise so that nothing is sent on it.

    The server offers no way to abort a connection, so its socket is found by the peer's
    address among our own descriptors.
    """
    host, port = scope["client"]
    peer = (host, int(port))  # the server hands the port over as text
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):
            # Only sockets: closing a copy of a database file's descriptor would drop its locks.
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as copy:
                    if copy.getpeername()[:2] == peer:
                        copy.shutdown(socket.SHUT_RDWR)
    raise Dropped
