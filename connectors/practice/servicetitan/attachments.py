"""Files of jobs: a list per job, a redirect per file, and a blob host of its own.

Nothing is stored: which files a job has, and their bytes, follow from its id. The list shows
neither size nor type. A download is a signed address on the file host, good for some minutes;
like the real one that host refuses a call which still carries our `Authorization`.
"""

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from connectors.practice.clock import Clock
from connectors.practice.servicetitan.answers import Problem
from connectors.practice.servicetitan.moments import SECOND, parse, stamp

MEGABYTE = 1024 * 1024
KEY = b"practice file host"
GOOD_FOR = 600  # seconds
PER_JOB = 4
# name, size, content type; the last of a job may be too large, empty, mislabelled or lost.
USUAL = (
    ("IMG_{:04d}.jpg", 18_000, "image/jpeg"),
    ("invoice.pdf", 6_400, "application/pdf"),
    ("IMG_0931.jpg", 9_500, "image/jpeg"),
)
ODD = (
    ("walkthrough.mp4", 27 * MEGABYTE, "video/mp4"),
    ("empty.txt", 0, "text/plain"),
    ("scan.jpg", 4_000, "application/pdf"),
    ("lost.png", -1, "image/png"),
    ("Unterschrift – Müller 🖊.png", 9_000, "image/png"),
)


@dataclass(frozen=True, slots=True)
class File:
    """One file. Size -1: the list knows it, the file host has lost it."""

    id: int
    name: str
    size: int
    type: str


def files_of(job: int) -> list[File]:
    """None for most of the jobs, up to four for the others; names repeat within a job."""
    chance = blake2b(b"%d" % job, digest_size=4).digest()
    names = [USUAL[n % len(USUAL)] for n in range(chance[0] % 4)] if chance[1] % 4 == 0 else []
    if chance[2] % 12 == 0:
        names.append(ODD[chance[3] % len(ODD)])
    return [
        File(job * PER_JOB + n, name.format(chance[0] * 7), size, kind)
        for n, (name, size, kind) in enumerate(names)
    ]


def file(id: int) -> File:
    """Raises Problem 404 where there is none."""
    found = next((each for each in files_of(id // PER_JOB) if each.id == id), None)
    if not found:
        raise Problem(404)
    return found


def listing(job: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a job's list; `fileName` is a storage path."""
    return [
        {
            "id": each.id,
            "fileName": f"Images/Job/{job['id']}/{each.name}",
            "createdById": job["createdById"],
            "createdOn": stamp(parse(job["createdOn"]) + n * SECOND),
        }
        for n, each in enumerate(files_of(job["id"]))
    ]


def signature(id: int, until: str) -> str:
    """What makes an address on the file host good until that Unix time."""
    return hmac.new(KEY, f"{id} {until}".encode(), sha256).hexdigest()


class FileHost:
    """Hands out addresses and serves them. `url` is its own base URL."""

    def __init__(self) -> None:
        self.url = ""

    def redirect(self, id: int, clock: Clock) -> Response:
        """Where the file is, for the next ten minutes."""
        file(id)
        until = str(int(clock.now().timestamp()) + GOOD_FOR)
        return RedirectResponse(f"{self.url}/blob/{id}?se={until}&sig={signature(id, until)}", 302)

    def serve(self, request: Request, clock: Clock) -> Response:
        """The bytes, streamed. 403: expired, wrongly signed or `Authorization` sent along."""
        id, until = int(request.path_params["id"]), request.query_params.get("se", "0")
        good = hmac.compare_digest(signature(id, until), request.query_params.get("sig", ""))
        fresh = until.isdecimal() and int(until) > clock.now().timestamp()
        if not (good and fresh) or "authorization" in request.headers:
            return Response("<Error><Code>AuthenticationFailed</Code></Error>", 403)
        try:
            wanted = file(id)
        except Problem:
            return Response(status_code=404)
        if wanted.size < 0:
            return Response("<Error><Code>BlobNotFound</Code></Error>", 404)
        headers = {"Content-Length": str(wanted.size)}
        return StreamingResponse(content(wanted), 200, headers, wanted.type)


async def content(wanted: File) -> AsyncIterator[bytes]:
    """The file's bytes in pieces: its own number over and over."""
    piece = (b"%020d" % wanted.id) * 3277
    left = wanted.size
    while left > 0:
        yield piece[:left]
        left -= len(piece)
