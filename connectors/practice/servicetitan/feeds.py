"""Export feeds: rows in order of change, resumed by an opaque token.

A change becomes visible 15 minutes late, unless `includeRecentChanges` is asked for; then
rows of the last 15 minutes come again on every call.
"""

import struct
from base64 import b64decode, b64encode
from binascii import Error

from starlette.datastructures import QueryParams
from starlette.responses import Response

from connectors.practice.servicetitan.answers import invalid
from connectors.practice.servicetitan.moments import SECOND, parse
from connectors.practice.servicetitan.parameters import active_of, flag
from connectors.practice.servicetitan.records import Records
from connectors.practice.servicetitan.resources import Resource

Position = tuple[int, int]
UTC_KIND = 0x4000000000000000
TAIL = bytes.fromhex("17270f14")
BEYOND_ANY_ID = 2**62


def to_token(position: Position) -> str:
    """21 bytes in base64: a version, the row's change time as .NET writes it, its id, a tail."""
    return b64encode(struct.pack("<BQq4s", 1, position[0] | UTC_KIND, position[1], TAIL)).decode()


def to_position(value: str | None) -> Position:
    """Where `from` points: absent is the beginning, a date is inclusive. Raises Problem 400."""
    if value is None:
        return (0, 0)
    try:
        raw = b64decode(value, validate=True)
        version, time, id, tail = struct.unpack("<BQq4s", raw)
        if (version, tail) == (1, TAIL):
            return (time & ~UTC_KIND, id)
    except (Error, struct.error, ValueError):
        pass
    try:
        return (parse(value), 0)
    except ValueError:
        raise invalid("from", value) from None


def export(
    resource: Resource, records: Records, query: QueryParams, now: int, lag: int, page_rows: int
) -> Response:
    """One page of a feed. `now` in ticks, `lag` in seconds."""
    after = to_position(query.get("from"))
    recent = flag(query, "includeRecentChanges")
    settled = now - lag * SECOND
    active = resource.export_active
    if resource.object in ("appointments", "appointment-assignments"):
        active = active_of(query, active)
    rows = records.feed(resource.object, after, now if recent else settled, page_rows + 1, active)
    more, rows = len(rows) > page_rows, rows[:page_rows]
    position = (rows[-1][0], rows[-1][1]) if rows else after
    if recent and not more and position[0] > settled:
        position = (settled, BEYOND_ANY_ID)
    head = b'{"hasMore":%s,"continueFrom":"%s","data":[' % (
        b"true" if more else b"false",
        to_token(position).encode(),
    )
    body = head + b",".join(row[2] for row in rows) + b"]}"
    return Response(body, media_type="application/json")
