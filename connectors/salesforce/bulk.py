"""Bulk API 2.0 ingest: one job a chunk. Create (and tell the id), upload once, close, ask,
read the results.

In: a chunk. Out: a ticket with the job's id; later, from this process or another, an outcome
per row. Rows of results come in no particular order: our key travels as a column of its own.
A delete job takes ids only, so another process than the one that sent it gets outcomes whose
`key` is the record's id; the caller matches those by id.
Source: Bulk API 2.0 Developer Guide, "Bulk API 2.0 Ingest".
"""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from connectors.errors import Refused, Unavailable
from connectors.salesforce.answers import NotFound
from connectors.salesforce.client import Client
from connectors.salesforce.collections import Fields
from connectors.salesforce.identity import MARKED, carrying, key_of
from connectors.salesforce.objects import KEY_FIELDS
from connectors.salesforce.outcomes import done, of_text, refused
from connectors.salesforce.values import OnlyAsJson, Unsendable, to_cell
from connectors.values import Chunk, Outcome, Pending, Row, Ticket, Verb

LARGEST = 10_000
"""Rows the vendor puts into one batch; a larger job is cut there by itself."""
UPLOAD_BYTES = 90_000_000
"""A job takes 100 MB."""
JOBS = "/jobs/ingest"
OPERATIONS: dict[Verb, str] = {"create": "insert", "update": "update", "delete": "delete"}
RUNNING = frozenset({"UploadComplete", "InProgress"})
POLLS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds between questions; each is an API call."""
STEP_ATTEMPTS = 3

# Notes of a job exceed the reader's 131,072 characters once quoted and echoed with an error.
csv.field_size_limit(sys.maxsize)


class Bulk:
    """The jobs of one org that this process sends or collects."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked: dict[str, int] = {}
        self._keys: dict[str, dict[str, str]] = {}

    def send(self, chunk: Chunk, fields: Fields, opened: Callable[[Ticket], None]) -> Ticket:
        """Open a job, tell it, upload, close. Raises Unavailable where a step's answer is
        lost for good; the job then tells what was done. Rows that cannot be sent are
        outcomes of the ticket."""
        content, left = to_csv(chunk, fields)
        if len(left) == len(chunk.rows):
            return Ticket(chunk.verb, chunk.object, outcomes=tuple(left))
        id = self._open(chunk)
        ticket = Ticket(chunk.verb, chunk.object, id, tuple(left))
        opened(ticket)
        if chunk.verb == "delete" or (chunk.verb == "update" and chunk.object in MARKED):
            self._keys[id] = {row.id: row.key for row in chunk.rows if row.id}
        self._upload(id, content)
        self._set_state(id, "UploadComplete", frozenset({"Open"}))
        return ticket

    def collect(self, ticket: Ticket) -> Pending | Iterable[Outcome]:
        """Outcomes once the job has ended, however it ended. A job that was never closed is
        aborted: nothing of it was written. One that the vendor no longer knows (results are
        kept seven days) has no outcomes."""
        id = ticket.remote_id
        try:
            job = self._client.call("GET", f"{JOBS}/{id}")
            if job["state"] == "Open":
                self.abort(id)
                return Pending(POLLS[0])
        except NotFound:
            return ticket.outcomes
        if job["state"] in RUNNING:
            asked = self._asked[id] = self._asked.get(id, -1) + 1
            seconds = POLLS[min(asked, len(POLLS) - 1)]
            return Pending(seconds, int(job.get("numberRecordsProcessed") or 0))
        return self._outcomes(ticket)

    def abort(self, id: str) -> None:
        """Stop the job unless it has ended."""
        try:
            self._set_state(id, "Aborted", RUNNING | {"Open"})
        except NotFound:
            return

    def _open(self, chunk: Chunk) -> str:
        wish = {
            "object": chunk.object,
            "operation": OPERATIONS[chunk.verb],
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        return str(self._client.call("POST", JOBS, wish)["id"])

    def _upload(self, id: str, content: bytes) -> None:
        """A job takes one upload, so a second one is tried only while the job is open; that
        it is refused then says that the first arrived."""
        for attempt in range(1, STEP_ATTEMPTS + 1):
            try:
                return self._client.upload(f"{JOBS}/{id}/batches", content)
            except Unavailable:
                if attempt == STEP_ATTEMPTS or self._state(id) != "Open":
                    raise
            except Refused:
                if attempt == 1:
                    raise
                return None

    def _set_state(self, id: str, state: str, allowed: frozenset[str]) -> None:
        for attempt in range(1, STEP_ATTEMPTS + 1):
            try:
                self._client.call("PATCH", f"{JOBS}/{id}", {"state": state})
                return
            except NotFound:
                raise
            except (Unavailable, Refused):
                if self._state(id) not in allowed:
                    return
                if attempt == STEP_ATTEMPTS:
                    raise

    def _state(self, id: str) -> str:
        return str(self._client.call("GET", f"{JOBS}/{id}")["state"])

    def _outcomes(self, ticket: Ticket) -> Iterator[Outcome]:
        yield from ticket.outcomes
        for line in self._lines(ticket, "successfulResults"):
            row = self._row(ticket, line)
            yield done(row, line["sf__Id"])
        for line in self._lines(ticket, "failedResults"):
            row, failure = self._row(ticket, line), of_text(line["sf__Error"])
            yield refused(ticket.verb, row, failure, KEY_FIELDS.get(ticket.object, ""), bulk=True)
        for line in self._lines(ticket, "unprocessedrecords"):
            row = self._row(ticket, line)
            yield Outcome(row.key, "unprocessed", row.id)
        self._asked.pop(ticket.remote_id, None)
        self._keys.pop(ticket.remote_id, None)

    def _lines(self, ticket: Ticket, results: str) -> Iterator[dict[str, Any]]:
        with self._client.download(f"{JOBS}/{ticket.remote_id}/{results}") as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            yield from csv.DictReader(text)

    def _row(self, ticket: Ticket, line: dict[str, Any]) -> Row:
        id = line.get("Id") or line.get("sf__Id") or None
        key = key_of(ticket.object, line)
        if not key:
            key = self._keys.get(ticket.remote_id, {}).get(id or "", id or "")
        return Row(key, id, {})


def to_csv(chunk: Chunk, fields: Fields) -> tuple[bytes, list[Outcome]]:
    """The upload of a job, and the outcomes of rows that are not in it: those that cannot be
    sent, and those that would make it too large."""
    columns = _columns(chunk)
    content, left = io.BytesIO(), list[Outcome]()
    content.write(_line(columns))
    for row in chunk.rows:
        try:
            line = _line(_cells(chunk, row, columns, fields))
        except Unsendable as reason:
            again = isinstance(reason, OnlyAsJson)
            left.append(Outcome(row.key, "failed", row.id, str(reason), retry=again))
            continue
        if content.tell() + len(line) > UPLOAD_BYTES:
            left.append(Outcome(row.key, "unprocessed", row.id))
        else:
            content.write(line)
    return content.getvalue(), left


def _columns(chunk: Chunk) -> list[str]:
    if chunk.verb == "delete":
        return ["Id"]
    first = ["Id"] if chunk.verb == "update" else []
    names = dict.fromkeys(name for row in chunk.rows for name in row.values)
    keyed = [KEY_FIELDS[chunk.object]] if chunk.object in KEY_FIELDS else []
    if chunk.object in MARKED and chunk.verb == "create":
        keyed = [MARKED[chunk.object].text]
    return list(dict.fromkeys([*first, *keyed, *names]))


def _cells(chunk: Chunk, row: Row, columns: list[str], fields: Fields) -> list[str]:
    """An empty cell, for a field the row does not have, leaves it as it is."""
    if chunk.verb == "delete":
        return [row.id or ""]
    fixed = {"Id": row.id or "", **carrying(chunk.object, row, fields)}
    return [
        fixed[name] if name in fixed
        else to_cell(row.values[name], fields[name]) if name in row.values
        else ""
        for name in columns
    ]  # fmt: skip


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return out.getvalue().encode()
