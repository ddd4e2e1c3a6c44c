"""`engagement audit verify` and `audit export`. In: the chain and the journal. Out: the proof
that neither was touched; every write as one CSV line."""

import argparse
import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson
from django.db.models import Max

from projects import audit
from projects.commandline.ask import Ask, Groups, write_file
from projects.commandline.exits import DIFFERENCES, stop
from projects.models import Engagement, Operation

HEADER = (
    "operation",
    "run",
    "stage",
    "source key",
    "destination object",
    "destination id",
    "verb",
    "undoes",
    "status",
    "sent at",
    "settled at",
    "fields",
    "read back differently",
    "digest",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula."""
FAULTS_SHOWN = 50


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser("audit", parents=[common], help="prove or export what was done")
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    one = kinds.add_parser("verify", parents=[common], help="prove that the chain is whole")
    one.add_argument("--head", default="", help="a head printed earlier; it must be a link still")
    one.set_defaults(perform=verify)
    one = kinds.add_parser("export", parents=[common], help="every write as one CSV line")
    one.add_argument("file", metavar="FILE", help='"-" is stdout')
    one.set_defaults(perform=export)


def verify(ask: Ask) -> None:
    engagement = ask.engagement()
    faults = audit.verify(engagement, ask["head"])
    head = audit.head(engagement)
    document = {
        "head": head,
        "whole": not faults,
        "faults": [{"sequence": f.sequence, "message": f.message} for f in faults],
    }
    ask.answer(document, lambda: ask.say(f"Head: {head}"))
    if faults:
        lines = "\n".join(f"  {fault.message}" for fault in faults[:FAULTS_SHOWN])
        raise stop(DIFFERENCES, f"The audit chain has {len(faults)} fault(s):\n{lines}")


def export(ask: Ask) -> None:
    engagement = ask.engagement()
    journal = Operation.objects.filter(item__engagement=engagement)
    last = journal.aggregate(last=Max("pk"))["last"] or 0
    journal = journal.filter(pk__lte=last)
    count, head = journal.count(), audit.head(engagement)
    write_file(ask["file"], _lines(engagement, journal, count, head))
    if ask["file"] != "-":
        document = {"file": ask["file"], "records": count, "head": head}
        ask.answer(document, lambda: ask.say(f"{count:,} records, head {head}: {ask['file']}"))


def escape(cell: str) -> str:
    """The cell so that no spreadsheet runs it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _lines(engagement: Engagement, journal: Any, count: int, head: str) -> Iterator[bytes]:
    yield _line("engagement", engagement.name)
    yield _line("records", count)
    yield _line("head", head)
    yield _line(*HEADER)
    rows = journal.select_related("run", "item", "body").order_by("pk")
    for operation in rows.iterator(chunk_size=500):
        yield _line(*_cells(operation))


def _cells(operation: Operation) -> tuple[object, ...]:
    item = operation.item
    return (
        operation.pk,
        operation.run_id,
        operation.run.stage,
        item.key,
        item.object,
        item.remote_id,
        operation.verb,
        operation.undoes_id or "",
        operation.status,
        operation.sent_at.isoformat(),
        operation.settled_at.isoformat() if operation.settled_at else "",
        _changes(operation),
        _values(operation.differing or {}),
        operation.digest,
    )


def _changes(operation: Operation) -> str:
    """Each field with its value before and after, as JSON values. A purge leaves no body."""
    body = getattr(operation, "body", None)
    if body is None:
        return ""
    before = body.before or {}
    return "; ".join(
        f"{name}: {_json(before.get(name))} → {_json(after)}"
        for name, after in sorted(body.payload.items())
    )


def _values(values: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {_json(value)}" for name, value in sorted(values.items()))


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _line(*cells: object) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([escape(c) if isinstance(c, str) else c for c in cells])
    return out.getvalue().encode()
