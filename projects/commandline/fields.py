"""`engagement fields` and `undo-fields`: what the destination would have, lacks and got from us.
In: an account. Out: a table, a sheet or a package to carry in by hand; a run that removes."""

import argparse
from pathlib import Path

from connectors.base import Destination
from connectors.capabilities import field_maker
from projects import manifest
from projects.cells import FORMATS
from projects.commandline import running
from projects.commandline.ask import Ask, Groups, write_file
from projects.commandline.exits import BAD_INPUT, PERSON, stop
from projects.models import Connection, CreatedField
from projects.stages import undo_fields


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser(
        "fields", parents=[common], help="the fields a move needs: there, missing, unfit"
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help=".csv or .xlsx for the list; anything else for the package that creates what is "
        "missing",
    )
    parser.add_argument(
        "--undo", action="store_true", help="FILE gets the package that removes what we created"
    )
    running.add_account(parser)
    parser.set_defaults(perform=fields)
    parser = groups.add_parser(
        "undo-fields", parents=[common], help="remove the fields that we created"
    )
    parser.add_argument("--yes", action="store_true", help="what is lost is understood")
    running.add_account(parser)
    running.add_waiting(parser, "say what would be lost, and do nothing")
    parser.set_defaults(perform=undo)


def fields(ask: Ask) -> None:
    engagement = ask.engagement()
    connection = engagement.goes_to("fields", ask["at"] or "")
    with connection.open_destination() as destination:
        found = manifest.lines(engagement, destination, destination.describe())
        if ask["file"]:
            write_file(ask["file"], [_body(ask, connection, destination, found)])
    if ask["file"] == "-":
        return
    counted = manifest.counted(found)
    document = {
        "account": connection.account_id,
        "fields": [dict(zip(manifest.COLUMNS, line.cells, strict=True)) for line in found],
        "counted": counted,
    }
    ask.answer(document, lambda: _tell(ask, connection, found, counted))


def undo(ask: Ask) -> None:
    engagement = ask.engagement()
    connection = engagement.goes_to(undo_fields.NAME, ask["at"] or "")
    created = [str(field) for field in CreatedField.there(connection)]
    if not (ask["yes"] or ask["plan"]):
        lost = "\n".join(f"  {line}" for line in undo_fields.LOST)
        raise stop(
            PERSON,
            f"{len(created)} field(s) would be removed at {connection}.\n{lost}\n"
            "Say --yes once that is understood.",
        )
    running.plan_or_start(ask, engagement, undo_fields.NAME, running.account(ask))


def _body(
    ask: Ask, connection: Connection, destination: Destination, found: list[manifest.Line]
) -> bytes:
    format = Path(ask["file"]).suffix.lower().removeprefix(".")
    if ask["undo"]:
        created = [field.as_plan() for field in CreatedField.there(connection)]
        if not created:
            raise stop(BAD_INPUT, f"We created no fields at {connection}.")
        return field_maker(destination).undo_package(created)
    if format in FORMATS:
        return manifest.sheet(found, format)
    missing = manifest.to_create(found)
    if not missing:
        raise stop(BAD_INPUT, f"Nothing is missing at {connection}: there is no package to make.")
    return field_maker(destination).package(missing)


def _tell(
    ask: Ask, connection: Connection, found: list[manifest.Line], counted: dict[str, int]
) -> None:
    rows = [(line.name, line.plan.type, line.status.value, line.note) for line in found]
    open_ = [row for row in rows if row[2] != manifest.Status.THERE]
    if open_:
        ask.table(f"Fields at {connection}", ("Field", "Type", "Status", "Note"), open_)
    ask.say(", ".join(f"{n:,} {status}" for status, n in counted.items()))
    if ask["file"]:
        ask.say(f"Written to {ask['file']}.")
