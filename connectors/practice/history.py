"""Every call a practice vendor got: in go method and path, out come JSON lines.

Neither bodies nor headers are kept, and secrets in a query string are blanked.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from connectors.practice.database import open_database

COLUMNS = ("n", "time", "vendor", "call", "write", "method", "path", "status", "cost", "fault")
SECRETS = re.compile(
    r"(?i)([?&](?:servicetitanapplicationkey|api_token|access_token|oauth_token|sid|sig"
    r"|client_secret)=)[^&]*"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived. `call` counts per vendor; `write` counts its writes, else None."""

    n: int
    vendor: str
    call: int
    write: int | None
    method: str
    path: str


class History:
    """Calls in order of arrival. `status` is what the client was sent: None while the call
    is open, 0 where it got no answer."""

    def __init__(self, path: Path) -> None:
        self._db: sqlite3.Connection = open_database(path)
        self._db.execute(
            "CREATE TABLE calls (n INTEGER PRIMARY KEY, time TEXT, vendor TEXT, call INTEGER,"
            " write INTEGER, method TEXT, path TEXT, status INTEGER, cost INTEGER, fault TEXT)"
        )
        self._counts: Counter[str] = Counter()

    def begin(
        self, vendor: str, method: str, path: str, write: bool, cost: int, now: datetime
    ) -> Call:
        """Number the call and write it down, with no status yet."""
        self._counts.update(["", vendor] + ([f"{vendor} writes"] if write else []))
        call = Call(
            self._counts[""],
            vendor,
            self._counts[vendor],
            self._counts[f"{vendor} writes"] if write else None,
            method,
            SECRETS.sub(r"\1…", path),
        )
        self._db.execute(
            "INSERT INTO calls VALUES (?,?,?,?,?,?,?,NULL,?,NULL)",
            (call.n, now.isoformat(), vendor, call.call, call.write, method, call.path, cost),
        )
        return call

    def end(self, call: Call, status: int, fault: str | None) -> None:
        """Note what the client was sent and which fault struck."""
        self._db.execute(
            "UPDATE calls SET status = ?, fault = ? WHERE n = ?", (status, fault, call.n)
        )

    def lines(self, since: int = 0) -> Iterator[bytes]:
        """The calls after number `since`, one JSON object a line."""
        while rows := self._db.execute(
            "SELECT * FROM calls WHERE n > ? ORDER BY n LIMIT 1000", (since,)
        ).fetchall():
            yield b"".join(
                orjson.dumps(dict(zip(COLUMNS, row, strict=True))) + b"\n" for row in rows
            )
            since = rows[-1][0]

    def clear(self) -> None:
        """Forget every call and count from 1 again."""
        self._db.execute("DELETE FROM calls")
        self._counts.clear()
