"""The command as a script calls it, and rows for it to work on."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from projects import audit
from projects.models import (
    Connection,
    Engagement,
    LoadItem,
    MappingRow,
    Operation,
    OperationBody,
    Run,
    SchemaField,
    Slice,
    TechnicianMatch,
    Ticket,
    ValueMap,
)

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    error: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def command(*words: object) -> Answer:
    out = io.StringIO()
    try:
        call_command("engagement", *map(str, words), stdout=out)
    except CommandError as error:
        return Answer(error.returncode, out.getvalue(), str(error))
    return Answer(0, out.getvalue(), "")


def process(environment: dict[str, str], *words: object) -> Answer:
    """The command as a process of its own, which nobody watches on a terminal."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "engagement", *map(str, words)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(ended.returncode, ended.stdout, ended.stderr)


def northside() -> Engagement:
    """Two accounts that were checked, one mapped field, one technician; nothing extracted."""
    made = Engagement.objects.create(name="Northside", client_name="Northside Plumbing")
    for role, kind, account in (
        ("source", "servicetitan", "8450"),
        ("destination", "salesforce", "00D1"),
    ):
        Connection.objects.create(engagement=made, role=role, kind=kind, account_id=account)
    for name in ("Status", "Description"):
        SchemaField.objects.create(
            connection=made.destination, object="Case", name=name, type="string"
        )
    row = mapping_row(made, "jobStatus", "Status", transform="value_map")
    ValueMap.objects.create(mapping_row=row, source_value="Done", destination_value="Closed")
    mapping_row(made, "summary", "Description")
    TechnicianMatch.objects.create(engagement=made, technician_id="7", name="Ann")
    audit.record(made, "test", "engagement created")
    return made


def mapping_row(engagement: Engagement, source: str, field: str, **more: str) -> MappingRow:
    return MappingRow.objects.create(
        engagement=engagement,
        shape="job",
        source_object="jobs",
        source_field=source,
        destination_object="Case",
        destination_field=field,
        **more,
    )


def run_of(engagement: Engagement, stage: str, status: str, **more: Any) -> Run:
    return Run.objects.create(engagement=engagement, stage=stage, status=status, **more)


def put(path: Path, body: Any) -> Path:
    path.write_text(json.dumps(body))
    return path


def written(
    engagement: Engagement, key: str, payload: dict[str, Any], before: Any = None
) -> Operation:
    number = LoadItem.objects.count()
    run, _ = Run.objects.get_or_create(engagement=engagement, stage="load", status="succeeded")
    piece = Slice.objects.create(run=run, object="Case", number=number)
    ticket = Ticket.objects.create(run=run, slice=piece, object="Case", verb="update")
    item = LoadItem.objects.create(
        engagement=engagement,
        connection=engagement.destination,
        object="Case",
        shape="job",
        key=key,
        source_id="1",
        state="landed",
        remote_id="500A",
    )
    verb = "update" if before else "create"
    made = Operation.objects.create(
        run=run, ticket=ticket, item=item, verb=verb, status="landed", digest="d" * 64
    )
    OperationBody.objects.create(operation=made, payload=payload, before=before)
    return made
