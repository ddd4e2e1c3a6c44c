"""Working off one ingest job: 200 rows a transaction, 10,000 a batch, results out of order."""

import asyncio
from collections.abc import Iterator
from itertools import islice

from connectors.practice.salesforce.bound import Bound, Unknown, bind
from connectors.practice.salesforce.deletes import delete
from connectors.practice.salesforce.errors import JobError, RowError
from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.ids import full_id
from connectors.practice.salesforce.jobs import Job
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.values import Stored, from_text
from connectors.practice.salesforce.writer import Options, Writer

CHUNK, BATCH = 200, 10_000
NULL = "#N/A"
DELETES = ("delete", "hardDelete")


def from_cell(field: Field, text: str) -> Stored:
    """A CSV cell that is not empty; `#N/A` is null."""
    return None if text == NULL else from_text(field, text)


class Ingest:
    """One job at work. `run` ends when the job has ended."""

    def __init__(self, org: Org, job: Job, object: Object) -> None:
        self._org, self._job, self._object = org, job, object
        self._header: list[str] = []
        self._columns: list[Bound] = []
        self._id_column = 0
        self._good: list[str] = []
        self._bad: list[str] = []
        self._stop = {
            kind: int(org.armed.pop(kind).get("after_rows", 0))
            for kind in ("fail_job", "abort_job")
            if kind in org.armed
        }

    async def run(self) -> None:
        """Wait as the vendor does, then work through the rows."""
        await asyncio.sleep(self._org.settings.bulk_delay)
        job = self._job
        if job.state != "UploadComplete":
            return
        job.state = "InProgress"
        rows = job.rows()
        left: list[list[str]] = []
        try:
            self._begin(rows)
            await self._work(rows, left)
            if job.state == "InProgress":
                self._flush()
                job.state = "JobComplete"
        except JobError as failed:
            job.error = str(failed)
        except Exception:
            job.error, job.state = "InternalServerError : unexpected error", "Failed"
            raise
        self._flush()
        self._leave(left, rows)
        if job.error:
            job.state = "Failed"

    def _begin(self, rows: Iterator[list[str]]) -> None:
        job = self._job
        self._header = next(rows, [])
        for name, added in (("successfulResults", "sf__Created"), ("failedResults", "sf__Error")):
            job.file(name).write_text(job.header(["sf__Id", added], self._header), newline="")
        job.check_endings()
        if job.operation in DELETES:
            if [name.lower() for name in self._header] != ["id"]:
                raise JobError("InvalidBatch : 'delete' batch must contain only ids")
            return
        self._columns = [self._bind(name) for name in self._header]
        wanted = {"update": "Id", "upsert": job.key or ""}.get(job.operation)
        if wanted:
            lowered = [name.lower() for name in self._header]
            if wanted.lower() not in lowered:
                raise JobError(f"InvalidBatch : Field name not found : {wanted}")
            self._id_column = lowered.index(wanted.lower())

    def _bind(self, name: str) -> Bound:
        try:
            return bind(self._org.schema, self._object, name)
        except Unknown as unknown:
            text = str(unknown)
            if text.startswith("type is"):
                raise JobError(f"InvalidBatch : {text}") from unknown
            raise JobError(f"InvalidBatch : Field name not found : {name}") from unknown

    async def _work(self, rows: Iterator[list[str]], left: list[list[str]]) -> None:
        job = self._job
        while chunk := list(islice(rows, CHUNK)):
            left[:] = chunk
            self._interrupt()
            if job.state != "InProgress":
                return
            if job.processed % BATCH == 0:
                self._flush()
                self._take_batch()
            if any(len(row) != len(self._header) for row in chunk):
                raise JobError("ClientInputError : the number of columns differs from the header")
            self._chunk(chunk)
            left.clear()
            await asyncio.sleep(0)

    def _interrupt(self) -> None:
        for kind, rows in self._stop.items():
            if self._job.processed >= rows:
                if kind == "fail_job":
                    raise JobError("InternalServerError : the job was stopped")
                self._job.state = "Aborted"

    def _take_batch(self) -> None:
        if self._org.batches_left() <= 0:
            raise JobError("ExceededQuota : ApiBatchItems Limit exceeded.")
        self._org.batches.add(self._org.now())

    def _chunk(self, chunk: list[list[str]]) -> None:
        options = Options(self._job.user, assign=self._job.rule is not None)
        writer = Writer(self._org, options, from_cell)
        with self._org.store.transaction():
            for row in chunk:
                self._row(writer, row)
        self._job.processed += len(chunk)

    def _row(self, writer: Writer, row: list[str]) -> None:
        job = self._job
        try:
            id, created = self._write(writer, row)
        except RowError as refused:
            job.failed += 1
            named = job.operation in ("update", *DELETES)
            id = row[self._id_column] if named else ""
            self._bad.append(job.line([id, refused.bulk(), *row]))
        else:
            self._good.append(job.line([id, str(created).lower(), *row]))

    def _write(self, writer: Writer, row: list[str]) -> tuple[str, bool]:
        job, object = self._job, self._object
        pairs = [
            (bound, cell)
            for place, (bound, cell) in enumerate(zip(self._columns, row, strict=False))
            if cell != "" and not (job.operation != "insert" and place == self._id_column)
        ]
        if job.operation == "insert":
            return writer.insert(object, pairs), True
        if job.operation == "upsert":
            key = self._columns[self._id_column].field
            value = row[self._id_column]
            if not value:
                raise RowError("MISSING_ARGUMENT", f"{key.name} not specified")
            return writer.upsert(object, key, value, pairs)
        id = self._id(row[self._id_column])
        if job.operation == "update":
            writer.update(object, id, pairs)
        else:
            delete(self._org, object, id, job.user)
            if job.operation == "hardDelete":
                self._org.store.db.execute(f'DELETE FROM "{object.name}" WHERE Id = ?', (id,))
        return id, False

    def _id(self, text: str) -> str:
        if not text:
            raise RowError("MISSING_ARGUMENT", "Id not specified in an update call")
        id = full_id(text)
        if id is None or not id.startswith(self._object.prefix):
            label = f"{self._object.label} ID"
            raise RowError("MALFORMED_ID", f"{label}: id value of incorrect type: {text}", "Id")
        return id

    def _flush(self) -> None:
        """Append the results of one batch in an order that is not the client's."""
        for name, lines in (("successfulResults", self._good), ("failedResults", self._bad)):
            self._job.random.shuffle(lines)
            with self._job.file(name).open("a", encoding="utf-8", newline="") as file:
                file.writelines(lines)
            lines.clear()

    def _leave(self, left: list[list[str]], rows: Iterator[list[str]]) -> None:
        """Write down the rows that nothing was done with."""
        job = self._job
        with job.file("unprocessedrecords").open("w", encoding="utf-8", newline="") as file:
            file.write(job.header([], self._header))
            file.writelines(job.line(row) for row in left)
            if job.state == "JobComplete":
                return
            try:
                file.writelines(job.line(row) for row in rows)
            except JobError as bad:
                job.error = job.error or str(bad)
