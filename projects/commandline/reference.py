"""`engagement reference`: the rebuild reference as a file, and what people upload for it.
In: the database, or a file to upload. Out: JSON of the published form."""

import argparse
from pathlib import Path

from projects.commandline.ask import Ask, Groups, read_file, write_file
from projects.commandline.exits import BAD_INPUT, bad_input, stop
from projects.presets import preset
from projects.reference import document, uploads


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser(
        "reference",
        parents=[common],
        help="write what is handed over to be rebuilt by hand, or upload a part of it",
    )
    parser.add_argument("file", metavar="FILE", help="what is written, or with --upload read")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--schema", action="store_true", help="write the JSON Schema of it instead")
    what.add_argument("--upload", metavar="KIND", help="take FILE over as this part")
    parser.set_defaults(perform=reference)


def reference(ask: Ask) -> None:
    if ask["schema"]:
        write_file(ask["file"], [document.SCHEMA.read_bytes()])
    elif ask["upload"]:
        _upload(ask)
    else:
        _write(ask)


def _write(ask: Ask) -> None:
    built = document.build(ask.engagement())
    write_file(ask["file"], [document.as_json(built)])
    if ask["file"] == "-":
        return
    said = {"file": ask["file"], "sections": document.count(built)}
    missing = [part["title"] for part in built["sections"] if part["origin"] == "missing"]
    parts = ", ".join(f"{n} {origin}" for origin, n in said["sections"].items())
    lines = [f"{ask['file']}: {len(built['sections'])} parts ({parts})."]
    if missing:
        lines.append(f"Missing, and how to obtain it stands in the file: {', '.join(missing)}.")
    ask.answer(said | {"missing": missing}, lambda: ask.say(*lines))


def _upload(ask: Ask) -> None:
    engagement, kind = ask.engagement(), ask["upload"]
    known = [upload.name for upload in preset(engagement.preset).REBUILD.uploads]
    if kind not in known:
        raise stop(BAD_INPUT, f"There is no part “{kind}” to upload, only: {', '.join(known)}.")
    data, name = read_file(ask["file"]), Path(ask["file"]).name
    if problems := uploads.keep(engagement, kind, data, name, ask.actor):
        raise bad_input([str(problem) for problem in problems], ask["file"])
    rows = len(engagement.reference_uploads.get(kind=kind).rows)
    ask.answer({"kind": kind, "rows": rows}, lambda: ask.say(f"{kind}: {rows} rows are kept."))
