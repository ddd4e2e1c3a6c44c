"""Reads: SourceRecord, the destinations' users. Writes: TechnicianMatch and Finding — what a
person should see before anything is sent. Every record is transformed once, for its problems.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils import timezone

from connectors.capabilities import TellsObstacles
from connectors.values import Severity
from projects import forecast, manifest, merges, technicians
from projects.archive import archive_of
from projects.forecast import Outlook
from projects.models import AccountUser, Finding, Plan, Slice
from projects.models.plan import missing_fields, with_users
from projects.models.records import LOAD_READING
from projects.presets import Preset, preset, shape_named, shapes_in
from projects.stages import measuring, profiling
from projects.stages.base import Context, Tally
from projects.stages.reading import RecordReader, pieces
from projects.transform import Problem, Transformer

NAME = "scan"
LABEL = "Scan the records"
WRITES = False

EXAMPLES = 20
PROFILES, MEASURES = 3, 4
"""The waves that look at fields and at files; findings are the last."""

SEVERITIES: Mapping[Severity, str] = {
    "blocks": Finding.Severity.BLOCKS,
    "to confirm": Finding.Severity.CONFIRM,
    "to know": Finding.Severity.NOTE,
}

Problems = dict[str, dict[str, Any]]


def run(ctx: Context) -> Tally:
    chosen = preset(ctx.engagement.preset)
    ctx.cut(0, lambda: iter([("technicians", {}, 1)]))
    for piece in ctx.claims(0):
        _look_around(ctx, piece, chosen)
    draft = with_users(Plan.draft(ctx.engagement), AccountUser.ids(ctx.connection))
    ctx.cut(1, lambda: pieces(ctx.engagement, shapes_in(draft, chosen)))
    plan = {**draft, "rows": [row for row in draft["rows"] if _scanned(draft, row)]}
    for piece in ctx.claims(1):
        _scan(ctx, piece, plan)
    ctx.cut(PROFILES, lambda: profiling.pieces(ctx.engagement))
    for piece in ctx.claims(PROFILES):
        profiling.profile(ctx, piece)
    measuring.measure_all(ctx, MEASURES, shapes_in(draft, chosen))
    ctx.cut(2, lambda: iter([("findings", {}, 1)]))
    for piece in ctx.claims(2):
        _keep(ctx, piece, draft)
    return _tally(ctx)


def _look_around(ctx: Context, piece: Slice, chosen: Preset) -> None:
    """Who is at the destinations, and what there stands in a load's way."""
    accounts = ctx.engagement.destinations
    found = manifest.lines(ctx.engagement, ctx.destination, ctx.destination.describe())
    unfit = {
        line.name: f"{line.name} is {line.status}: {line.note}"
        for line in found
        if line.status in manifest.UNFIT
    }
    users = {connection.pk: ctx.open(connection).users() for connection in accounts}
    obstacles = [
        {**asdict(found), "at": connection.role}
        for connection in accounts
        if isinstance(destination := ctx.open(connection), TellsObstacles)
        for found in destination.obstacles()
    ]
    with transaction.atomic():
        for connection in accounts:
            AccountUser.replace(connection, users[connection.pk])
        technicians.propose(ctx.engagement, chosen.TECHNICIANS, users[ctx.connection.pk])
        ctx.finish(piece, done=1, body={"obstacles": obstacles, "unfit": unfit})


def _scan(ctx: Context, piece: Slice, plan: Mapping[str, Any]) -> None:
    shape = shape_named(preset(ctx.engagement.preset), piece.body["shape"])
    transformer = Transformer(plan, shape.name)
    archive = archive_of(ctx.destination, shape.destination, shape.name, timezone.now().date())
    problems: Problems = {}
    done = excepted = 0
    for some in RecordReader(ctx.engagement).join(shape, piece.body):
        for joined in some:
            result = transformer.apply(joined.record)
            if rule := shape.bars(joined.record) or result.excepted:
                excepted += 1
                problem = Problem(rule, f"does not land as {shape.destination}: {rule}.")
                _count(problems, shape.name, joined.record["@id"], problem, "does not land")
            if archive and archive.takes(result.values):
                problem = Problem(archive.field, archive.message)
                _count(problems, shape.name, joined.record["@id"], problem, "archived at once")
            for problem in result.problems:
                _count(problems, shape.name, joined.record["@id"], problem, "does not fit")
            for problem in result.left_out:
                _count(problems, shape.name, joined.record["@id"], problem, "left out")
        done += len(some)
        ctx.advance(piece, done=done)
    fits = {"problems": problems, "records": 0 if shape.second else done - excepted}
    ctx.finish(piece, body={**piece.body, **fits}, done=piece.total)


def _count(problems: Problems, shape: str, source_id: str, problem: Problem, code: str) -> None:
    """One finding a value without map; for other problems one a field, for each message
    names its own value."""
    subject = f"{shape} › {problem.field} › "
    code = "too long" if problem.length else code
    subject += problem.source_value if problem.unmapped else code
    known = problems.setdefault(
        subject,
        {
            "message": problem.message,
            "code": "no value map" if problem.unmapped else code,
            "blocks": problem.unmapped,
            "length": problem.length,
            "n": 0,
            "ids": [],
        },
    )
    known["n"] += 1
    _keep_longest(known, {"length": problem.length, "message": problem.message})
    if len(known["ids"]) < EXAMPLES:
        known["ids"].append(source_id)


def _keep_longest(known: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Of values that are too long the longest speaks: who makes room for it, makes room for all."""
    if other["length"] > known["length"]:
        known["length"], known["message"] = other["length"], other["message"]


def _keep(ctx: Context, piece: Slice, plan: Mapping[str, Any]) -> None:
    merged: Problems = {}
    for body in ctx.run.slices.filter(wave=1).values_list("body", flat=True):
        for subject, found in body.get("problems", {}).items():
            known = merged.setdefault(subject, {**found, "n": 0, "ids": []})
            known["n"] += found["n"]
            _keep_longest(known, found)
            known["ids"] = (known["ids"] + found["ids"])[:EXAMPLES]
    outlook = _outlook(ctx)
    found = (
        _missing(ctx, plan),
        _unfit(ctx, plan),
        _many_custom(ctx),
        _closed(ctx),
        _obstacles(ctx),
        _circles(ctx),
        _findings(ctx, merged),
        measuring.findings(ctx),
    )
    with transaction.atomic():
        ctx.engagement.findings.all().delete()
        Finding.objects.bulk_create([*_over(ctx, outlook), *chain.from_iterable(found)])
        ctx.finish(piece, done=1, body={"outlook": forecast.as_json(outlook)})


def _outlook(ctx: Context) -> Outlook:
    """What the load will use of production's limits, from what was just counted."""
    records: Counter[str] = Counter()
    for object, body in ctx.run.slices.filter(wave=1).values_list("object", "body"):
        records[object] += body["records"]
    sent = measuring.files_to_send(ctx.engagement, ctx.run)
    now = f"{timezone.now():%-d %b %Y, %H:%M} UTC"
    with ctx.engagement.destination.open_destination() as destination:
        return forecast.look(destination, dict(records), sent, now)


def _over(ctx: Context, outlook: Outlook) -> Iterator[Finding]:
    for line in outlook.lines:
        if line.over:
            yield Finding(
                engagement=ctx.engagement,
                code="over the limit",
                severity=Finding.Severity.NOTE,
                subject=line.name,
                message=forecast.warning(line),
            )


def _findings(ctx: Context, problems: Problems) -> Iterator[Finding]:
    for subject, found in problems.items():
        blocks = found["blocks"]
        yield Finding(
            engagement=ctx.engagement,
            code=found["code"],
            severity=Finding.Severity.BLOCKS if blocks else Finding.Severity.NOTE,
            subject=subject[:255],
            message=f"{found['n']} record(s) of {subject.split(' › ')[0]}"
            f"{', the longest' if found['length'] else ''}: {found['message']}",
            count=found["n"],
            records=found["ids"],
        )


def _circles(ctx: Context) -> Iterator[Finding]:
    chosen = preset(ctx.engagement.preset)
    for object, ids in merges.circles(ctx.engagement, chosen).items():
        yield Finding(
            engagement=ctx.engagement,
            code="merged in a circle",
            severity=Finding.Severity.NOTE,
            subject=object,
            message=f"{len(ids)} {object} were merged into each other in a circle: what names one "
            "of them lands without it. Correct this at the source and extract again.",
            count=len(ids),
            records=ids[:EXAMPLES],
        )


def _closed(ctx: Context) -> Iterator[Finding]:
    for feed in ctx.engagement.feeds.filter(reading=LOAD_READING).exclude(problem=""):
        yield Finding(
            engagement=ctx.engagement,
            code="not readable",
            severity=Finding.Severity.NOTE,
            subject=feed.object,
            message=f"Nothing of {feed.object} will land: {feed.problem}",
        )


def _obstacles(ctx: Context) -> Iterator[Finding]:
    """What the destinations' own set-up puts in a load's way."""
    for number, found in enumerate(ctx.run.slices.get(wave=0).body["obstacles"]):
        yield Finding(
            engagement=ctx.engagement,
            code=found["code"].replace("_", " "),
            severity=SEVERITIES[found["severity"]],
            subject=f"{found['at']} {number + 1}",
            message=found["message"],
        )


def _missing(ctx: Context, plan: Mapping[str, Any]) -> Iterator[Finding]:
    for name in missing_fields(plan):
        yield Finding(
            engagement=ctx.engagement,
            code="missing field",
            severity=Finding.Severity.BLOCKS,
            subject=name,
            message=f"{name} is mapped, but the destination has no such field or hides it from "
            "our user. Create it or make it visible and take the inventory again, and scan again; "
            "or change the mapping row and scan again.",
        )


def _unfit(ctx: Context, plan: Mapping[str, Any]) -> Iterator[Finding]:
    unfit = ctx.run.slices.get(wave=0).body["unfit"]
    mapped = {f"{row['object']}.{row['field']}" for row in plan["rows"]}
    for name in sorted(mapped & unfit.keys()):
        yield Finding(
            engagement=ctx.engagement,
            code="unfit field",
            severity=Finding.Severity.BLOCKS,
            subject=name,
            message=f"{unfit[name]} Change the field there, or the mapping row, and scan again.",
        )


def _many_custom(ctx: Context) -> Iterator[Finding]:
    """More custom fields than were agreed on are a question of scope, not of the data."""
    custom = ctx.engagement.source.schema_fields.filter(custom=True)
    names = [f"{field.object}.{field.label or field.name}" for field in custom]
    agreed = ctx.engagement.custom_fields
    if len(names) > agreed:
        yield Finding(
            engagement=ctx.engagement,
            code="many custom fields",
            severity=Finding.Severity.NOTE,
            subject="source",
            count=len(names),
            records=names,
            message=f"The source has {len(names)} custom fields, {agreed} are agreed. Decide with "
            "the client which of them go along: each is a mapping row, to a field or to nowhere.",
        )


def _scanned(plan: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Undecided technicians are asked for by the gate, and a field that the destination lacks
    is named once, not once a record."""
    owner = row["transform"] in ("owner", "sure_owner")
    return not owner and f"{row['object']}.{row['field']}" in plan["fields"]


def _tally(ctx: Context) -> Tally:
    findings = ctx.engagement.findings
    return {
        "findings": {
            "blocks": findings.filter(severity="blocks").count(),
            "to know": findings.filter(severity="note").count(),
        },
        "technicians": {
            "matched": ctx.engagement.technician_matches.filter(action="match").count(),
            "undecided": ctx.engagement.technician_matches.filter(action="undecided").count(),
        },
    }
