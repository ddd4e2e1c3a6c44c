"""`engagement show`: where an engagement stands and what it waits for. In: the database only.
Out: state, accounts, each stage with its gate and last run, who signed what."""

import argparse
from typing import Any

from connectors.errors import ConnectorError
from projects import audit, coverage, gates, signing
from projects.commandline.ask import Ask, Groups
from projects.models import Engagement, LoadItem, Run, SignOff
from projects.stages import BY_NAME, check_fields, delta, fields, rollback, undo_fields

ASIDE = (
    check_fields.NAME,
    fields.NAME,
    undo_fields.NAME,
    delta.NAME,
    rollback.NAME,
)
"""Stages that are no step of the way."""


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser("show", parents=[common], help="where it stands, what is next")
    parser.set_defaults(perform=show)


def show(ask: Ask) -> None:
    engagement = ask.engagement()
    document = describe(engagement)
    ask.answer(document, lambda: _tell(ask, engagement, document))


def describe(engagement: Engagement) -> dict[str, Any]:
    """Everything `show` says, as one JSON document."""
    signed = signing.current_sign_off(engagement)
    stages = [_stage(engagement, name) for name in BY_NAME]
    return {
        "engagement": engagement.name,
        "client": engagement.client_name,
        "state": engagement.state,
        "accounts": [_account(c) for c in engagement.connections.order_by("pk")],
        "stages": stages,
        "next": _next(stages),
        "undecided_technicians": engagement.technician_matches.filter(action="undecided").count(),
        "blocking_findings": engagement.findings.filter(severity="blocks").count(),
        "coverage": _coverage(engagement),
        "set_apart": LoadItem.set_apart(engagement).count(),
        "sign_off": _sign_off(engagement, signed) if signed else None,
        "audit_head": audit.head(engagement),
    }


def _coverage(engagement: Engagement) -> dict[str, Any] | None:
    try:
        lines = coverage.coverage(engagement)
    except ConnectorError:
        return None
    return {
        "said": coverage.said(lines),
        "counts": coverage.summary(lines),
        "lines": [
            {
                "title": each.title,
                "state": each.state,
                "destinations": each.destinations,
                "why": [f"{', '.join(names)}: {why}" for names, why in each.why],
            }
            for each in lines
        ],
    }


def _account(connection: Any) -> dict[str, str]:
    return {
        "role": connection.role,
        "kind": connection.kind,
        "account": connection.account_name or connection.account_id,
        "problem": connection.problem,
    }


def _stage(engagement: Engagement, name: str) -> dict[str, Any]:
    last = engagement.runs.filter(stage=name).first()
    return {
        "stage": name,
        "refusals": _refusals(engagement, name),
        "last_run": _run(last) if last else None,
    }


def _next(stages: list[dict[str, Any]]) -> str:
    """The first stage on the way that has not succeeded: how to start it, or what it waits
    for; "" where all of them have."""
    for stage in stages:
        last = stage["last_run"] or {"status": ""}
        if stage["stage"] in ASIDE or last["status"] == Run.Status.SUCCEEDED:
            continue
        if last["status"] in Run.LIVE:
            return f"run {last['run']}: {stage['stage']} is {last['status']}"
        if stage["refusals"]:
            return f"{stage['stage']} waits: {' '.join(stage['refusals'])}"
        return f"engagement run {stage['stage']} --wait"
    return ""


def _refusals(engagement: Engagement, name: str) -> list[str]:
    try:
        return gates.refusals(engagement, name)
    except ConnectorError as missing:
        return [str(missing)]


def _run(run: Run) -> dict[str, Any]:
    whole = run.progress()[""]
    return {
        "run": run.pk,
        "status": run.status,
        "done": whole["done"] or 0,
        "total": whole["total"] or 0,
        "message": run.message,
        "rest": run.rest(),
        "finished_at": run.finished_at,
    }


def _sign_off(engagement: Engagement, signed: SignOff) -> dict[str, Any]:
    return {
        "name": signed.name,
        "decision": signed.decision,
        "given_at": signed.given_at,
        "plan": signed.plan.digest,
        "stale": signing.stale(engagement),
    }


def _tell(ask: Ask, engagement: Engagement, document: dict[str, Any]) -> None:
    ask.say(f"{engagement} — {engagement.client_name}: {engagement.get_state_display()}")
    for account in document["accounts"]:
        problem = f" — {account['problem']}" if account["problem"] else ""
        ask.say(f"  {account['role']}: {account['kind']} {account['account']}{problem}")
    ask.table("", ("Stage", "Last run", "Done", "May start"), [_row(s) for s in document["stages"]])
    signed = document["sign_off"]
    if signed:
        stale = ", but what they signed has changed since" if signed["stale"] else ""
        ask.say(f"Sign-off: {signed['name']} {signed['decision']}{stale}")
    if document["coverage"]:
        ask.say(f"Lands: {document['coverage']['said']}")
    if document["set_apart"]:
        ask.say(f"Waiting, failed, or left as they are: {document['set_apart']:,} records.")
    if document["next"]:
        ask.say(f"Next: {document['next']}")
    ask.say(f"Audit head: {document['audit_head']}")


def _row(stage: dict[str, Any]) -> tuple[Any, ...]:
    last = stage["last_run"]
    status = f"{last['status']} (run {last['run']}) {last['rest']}".strip() if last else ""
    return (
        stage["stage"],
        status,
        last["done"] if last else "",
        " ".join(stage["refusals"]) or "yes",
    )
