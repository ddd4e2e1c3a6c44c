"""Bulk jobs: what one is, and where its upload and its result files lie."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as data
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from connectors.practice.salesforce.errors import JobError
from connectors.practice.salesforce.values import instant

DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "SEMICOLON": ";",
    "PIPE": "|",
    "CARET": "^",
    "BACKQUOTE": "`",
}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
FOREIGN = {"LF": re.compile(rb"\r"), "CRLF": re.compile(rb"\r(?!\n)|(?<!\r)\n")}
ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
BLOCK = 1 << 20


@dataclass(slots=True)
class Job:
    """One ingest or query job. Counters are rows; `uploaded` once the one PUT went well."""

    id: str
    kind: str
    operation: str
    object: str
    user: str
    created: int
    version: str
    path: Path
    key: str | None = None
    rule: str | None = None
    delimiter: str = "COMMA"
    ending: str = "LF"
    state: str = "Open"
    uploaded: bool = False
    processed: int = 0
    failed: int = 0
    error: str = ""
    query: str = ""
    random: Random = data(default_factory=Random)

    def info(self) -> dict[str, Any]:
        """The job as the API shows it."""
        ingest = self.kind == "ingest"
        info: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.user,
            "createdDate": instant(self.created),
            "systemModstamp": instant(self.created),
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "jobType": "V2Ingest" if ingest else "V2Query",
            "lineEnding": self.ending,
            "columnDelimiter": self.delimiter,
            "numberRecordsProcessed": self.processed,
            "retries": 0,
            "totalProcessingTime": self.processed // 10,
        }
        if ingest:
            info |= {
                "numberRecordsFailed": self.failed,
                "apiActiveProcessingTime": self.processed // 20,
                "apexProcessingTime": 0,
            }
        if self.key:
            info["externalIdFieldName"] = self.key
        if self.rule:
            info["assignmentRuleId"] = self.rule
        if ingest and self.state == "Open":
            info["contentUrl"] = f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"
        if self.error:
            info["errorMessage"] = self.error
        return info

    def file(self, name: str) -> Path:
        """`upload`, `successfulResults`, `failedResults`, `unprocessedrecords` or `results`."""
        return self.path.with_suffix(f".{name}")

    def line(self, cells: list[str]) -> str:
        """One line of a result file: every cell quoted, ended as the job says."""
        out = StringIO()
        csv.writer(
            out,
            delimiter=DELIMITERS[self.delimiter],
            lineterminator=ENDINGS[self.ending],
            quoting=csv.QUOTE_ALL,
        ).writerow(cells)
        return out.getvalue()

    def header(self, added: list[str], names: list[str]) -> str:
        """The first line of a result file: our columns quoted, the client's as they came."""
        cells = [f'"{name}"' for name in added] + names
        return DELIMITERS[self.delimiter].join(cells) + ENDINGS[self.ending]

    def check_endings(self) -> None:
        """The bytes must end lines as the job says, inside quoted values too."""
        tail = b""
        with self.file("upload").open("rb") as file:
            while block := file.read(BLOCK):
                if block.endswith(b"\r"):
                    block += file.read(1)
                if FOREIGN[self.ending].search(tail + block, len(tail)):
                    raise JobError(
                        "ClientInputError : LineEnding is invalid on user data. Current LineEnding"
                        f" setting is {self.ending}"
                    )
                tail = block[-1:]

    def rows(self) -> Iterator[list[str]]:
        """The header and the rows of the upload. Raises JobError where it is no CSV."""
        with self.file("upload").open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, delimiter=DELIMITERS[self.delimiter], strict=True)
            try:
                yield from (row for row in reader if row)
            except (csv.Error, UnicodeDecodeError) as bad:
                raise JobError(f"ClientInputError : Error parsing CSV: {bad}") from bad

    def abandon(self) -> None:
        """The job ends before its first row: all of the upload is unprocessed."""
        with self.file("unprocessedrecords").open("w", encoding="utf-8", newline="") as file:
            try:
                rows = self.rows()
                file.write(self.header([], next(rows, [])))
                file.writelines(self.line(row) for row in rows)
            except JobError as bad:
                self.error = str(bad)

    def forget(self) -> None:
        """Delete every file of it."""
        for path in self.path.parent.glob(f"{self.path.name}.*"):
            path.unlink()
