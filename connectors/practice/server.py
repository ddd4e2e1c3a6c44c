"""One process, one event loop, a port per vendor host: `serve()` runs until it is told to end.

Out goes, as first line on stdout, one JSON object with every base URL and credential.
"""

import asyncio
import contextlib
import importlib
import os
import signal
import socket
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.types import ASGIApp

from connectors.practice.control import control_app
from connectors.practice.gate import Gate
from connectors.practice.tls import make_certificates
from connectors.practice.world import World

HOST = "127.0.0.1"
PORTS = {
    "control": 0,
    "servicetitan": 1,
    "servicetitan-auth": 2,
    "servicetitan-files": 3,
    "salesforce": 4,
    "pipedrive": 5,
    "salesforce-tls": 6,
}
# The contractor's own system first: the others plant its keys among their records.
VENDORS = {
    name: f"connectors.practice.{name}" for name in ("servicetitan", "salesforce", "pipedrive")
}
"""Name → dotted path of a package or module with `build(world)`."""


def build_world(
    seed: int, customers: int, jobs: int, directory: Path, copy: bool = False, rate: int = 60
) -> World:
    """A seeded world with every practice vendor that this checkout has."""
    world = World(seed, customers, jobs, directory, copy, rate)
    for name, package in VENDORS.items():
        if find_spec(package) and hasattr(module := importlib.import_module(package), "build"):
            world.vendors[name] = module.build(world)
    for vendor in world.vendors.values():
        vendor.reset()
    return world


def applications(world: World) -> dict[str, ASGIApp]:
    """The ASGI application of each port role in use."""
    apps: dict[str, ASGIApp] = {"control": control_app(world)}
    for vendor in world.vendors.values():
        for role, routes in vendor.routes().items():
            starlette = Starlette(routes=routes)
            starlette.router.redirect_slashes = False
            apps[role] = Gate(vendor, starlette, world)
    return apps


def choose_ports(port: int) -> dict[str, int]:
    """Port by role: fixed offsets from `port`, or any free ones where it is 0. Raises SystemExit
    where one is taken: the server would share it, and each of two would get half the calls."""
    with contextlib.ExitStack() as stack:
        sockets = {role: stack.enter_context(socket.socket()) for role in PORTS}
        for role, each in sockets.items():
            wanted = port + PORTS[role] if port else 0
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                each.bind((HOST, wanted))
            except OSError as taken:
                raise SystemExit(
                    f"Port {wanted} cannot be used ({taken.strerror}). The practice vendors need "
                    f"{len(PORTS)} ports in a row: choose another first one."
                ) from None
        return {role: each.getsockname()[1] for role, each in sockets.items()}


def greeting(world: World, urls: dict[str, str]) -> dict[str, Any]:
    """What the first line on stdout says."""
    known: dict[str, Any] = {name: v.credentials(urls) for name, v in world.vendors.items()}
    return known | {"control": {"url": urls["control"]}}


async def _answering(ports: list[int]) -> None:
    for port in ports:
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                break


def _listeners(
    world: World, apps: dict[str, ASGIApp], ports: dict[str, int], tls: bool
) -> tuple[list[Server], dict[str, str]]:
    """The servers, and what clients need by role: base URLs, and `ca-file` with TLS."""
    common: dict[str, Any] = {
        "address": HOST,
        "interface": Interfaces.ASGINL,
        "websockets": False,
        "log_enabled": False,
    }
    servers = [Server(app, port=ports[role], **common) for role, app in apps.items()]
    urls = {role: f"http://{HOST}:{ports[role]}" for role in apps}
    if tls and "salesforce" in apps:
        ca, cert, key = make_certificates(world.directory)
        port = ports["salesforce-tls"]
        servers.append(Server(apps["salesforce"], port=port, ssl_cert=cert, ssl_key=key, **common))
        urls |= {"salesforce-tls": f"https://{HOST}:{port}", "ca-file": str(ca)}
    return servers, urls


async def _orphaned(parent: int, ended: asyncio.Event) -> None:
    while os.getppid() == parent:
        await asyncio.sleep(1)
    ended.set()


async def _run(world: World, ports: dict[str, int], tls: bool, parent: int | None) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    servers, urls = _listeners(world, applications(world), ports, tls)
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    await _answering([ports[role] for role in urls if role in ports])
    sys.stdout.buffer.write(orjson.dumps(greeting(world, urls)) + b"\n")
    sys.stdout.buffer.flush()
    watch = asyncio.create_task(_orphaned(parent, ended)) if parent else None
    await ended.wait()
    if watch:
        watch.cancel()
    world.faults.clear()
    for server in servers:
        server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait(tasks, timeout=2)


def serve(
    port: int = 9100,
    customers: int = 300,
    jobs: int = 1000,
    seed: int = 1,
    faults: str = "none",
    copy: bool = False,
    tls: bool = False,
    follow_parent: bool = False,
    rate: int = 60,
) -> None:
    """Serve until SIGTERM or SIGINT, or with `follow_parent` until the starting process ends.
    Port 0 takes any free ports; `faults` names a storm."""
    parent = os.getppid() if follow_parent else None
    with tempfile.TemporaryDirectory(prefix="practice-") as directory:
        world = build_world(seed, customers, jobs, Path(directory), copy, rate)
        world.faults.add({"kind": "storm", "name": faults, "seed": seed})
        asyncio.run(_run(world, choose_ports(port), tls, parent))
    os._exit(0)  # the server's threads may still wait for clients that never hang up
