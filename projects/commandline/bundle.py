"""`engagement export` and `import`: what people decided, as one JSON file that goes back in
whole or not at all. Credentials, sign-offs and confirmations never travel. A FILE ending in
.csv or .xlsx holds one table instead."""

import argparse
import hashlib
from pathlib import Path

import orjson
from django.db import transaction

from projects import audit, exchange, rows
from projects.cells import FORMATS
from projects.commandline import decided
from projects.commandline.ask import Ask, Groups, read_file, read_json, write_file
from projects.commandline.exits import BAD_INPUT, bad_input, stop
from projects.models import Engagement, Plan
from projects.models.plan import Change, digest_of

SHEETS = tuple(f".{format}" for format in FORMATS)
CHANGES_SHOWN = 50


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser("export", parents=[common], help="write what people decided")
    _add_file(parser)
    parser.set_defaults(perform=export)
    parser = groups.add_parser("import", parents=[common], help="take over what a file decides")
    _add_file(parser)
    parser.add_argument("--plan", action="store_true", help="show what would change, do nothing")
    parser.set_defaults(perform=take)


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=".json for everything, .csv or .xlsx")
    parser.add_argument(
        "--table", choices=exchange.TABLES, help="which table a .csv or .xlsx holds"
    )


def export(ask: Ask) -> None:
    engagement, path = ask.engagement(), ask["file"]
    if _sheet(ask):
        body = exchange.export_rows(engagement, ask["table"], _sheet(ask))
        counted: dict[str, int] = {}
    else:
        found = decided.read(engagement)
        body = orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        counted = {name: len(found[name]) for name in decided.TABLES}
    write_file(path, [body])
    if path != "-":
        document = {"file": path, "rows": counted}
        listed = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counted.items())
        ask.answer(document, lambda: ask.say(f"Written to {path}. {listed}".rstrip()))


def take(ask: Ask) -> None:
    engagement = ask.engagement()
    rows.require_open(engagement)
    if _sheet(ask):
        _take_sheet(ask, engagement)
        return
    body = read_json(ask["file"])
    problems = decided.problems(engagement, body)
    if problems:
        raise bad_input(problems, ask["file"])
    before = Plan(body=Plan.draft(engagement))
    with transaction.atomic():
        if refused := decided.apply(engagement, body, ask.actor):
            raise bad_input(refused, ask["file"])
        after = Plan.draft(engagement)
        changes, digest = before.changes(after), digest_of(after)
        seen = hashlib.sha256(orjson.dumps(body)).hexdigest()
        detail = {"file": seen, "changes": len(changes), "plan": digest}
        audit.record(engagement, ask.actor, "decisions imported", **detail)
        transaction.set_rollback(bool(ask["plan"]))
    _tell(ask, changes, digest)


def _take_sheet(ask: Ask, engagement: Engagement) -> None:
    data = read_file(ask["file"])
    report = exchange.import_rows(
        engagement, ask["table"], data, _sheet(ask), ask.actor, dry_run=bool(ask["plan"])
    )
    if not report.ok:
        raise bad_input([str(problem) for problem in report.problems], ask["file"])
    counted = {name: getattr(report, name) for name in ("added", "changed", "unchanged")}
    line = ", ".join(f"{n:,} {name}" for name, n in counted.items())
    ask.answer(counted, lambda: ask.say(f"{'Would be: ' if ask['plan'] else ''}{line}."))


def _sheet(ask: Ask) -> str:
    """ "csv" or "xlsx" where FILE is one; "" for JSON."""
    suffix = Path(ask["file"]).suffix.lower()
    if suffix not in SHEETS:
        if ask["table"]:
            raise stop(BAD_INPUT, "--table is for a FILE that ends in .csv or .xlsx.")
        return ""
    if not ask["table"]:
        raise stop(
            BAD_INPUT, f"A {suffix} holds one table: say --table {' or '.join(exchange.TABLES)}."
        )
    return suffix.removeprefix(".")


def _tell(ask: Ask, changes: list[Change], digest: str) -> None:
    lines = [{"what": c.what, "before": c.before, "after": c.after} for c in changes]
    document = {"changed": not ask["plan"], "changes": lines, "plan": digest}

    def tell() -> None:
        rows = [(c.what, c.before, c.after) for c in changes[:CHANGES_SHOWN]]
        word = "would change" if ask["plan"] else "changed"
        if rows:
            title = f"{len(changes):,} value(s) of the plan {word}"
            ask.table(title, ("What", "Before", "After"), rows)
        ask.say(f"Plan {digest[:12]}." if rows else "Nothing in the plan is different.")

    ask.answer(document, tell)
