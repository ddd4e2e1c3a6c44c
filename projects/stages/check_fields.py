"""Reads: the manifest of fields and the account. Writes: what is found, field by field; at the
destination nothing: what is missing is deployed as a check only."""

from typing import Any

from connectors.capabilities import field_maker
from projects import manifest
from projects.models import Slice
from projects.stages.base import Context, Tally
from projects.stages.fields import deploy, refuse

NAME = "check-fields"
LABEL = "Check the fields"
WRITES = False


def run(ctx: Context) -> Tally:
    ctx.cut(0, lambda: iter([("fields", {}, 1)]))
    for piece in ctx.claims(0):
        _check(ctx, piece)
    body = ctx.run.slices.get(wave=0).body
    refuse(body["problems"])
    tally: dict[str, int] = body["counted"]
    return {"fields": tally}


def _check(ctx: Context, piece: Slice) -> None:
    found = manifest.lines(ctx.engagement, ctx.destination, ctx.destination.describe())
    missing = manifest.to_create(found)
    problems: list[str] = []
    if missing:
        problems = deploy(ctx, field_maker(ctx.destination).package(missing), check_only=True)
    body: dict[str, Any] = {
        "fields": {line.name: line.status.value for line in found},
        "counted": manifest.counted(found),
        "problems": problems,
    }
    ctx.finish(piece, body=body, done=1)
