"""Reads: the fields that the destination's connector would have. Writes: those that are missing,
as the vendor's own deployment, with our right to use them; then the schema anew.

Optional: a person may as well carry the package into the account by hand.
"""

from django.db import transaction

from connectors.capabilities import field_maker
from connectors.values import Pending
from projects import audit, manifest
from projects.models import CreatedField, SchemaField, Slice
from projects.stages.base import Context, StageBlocked, Tally

NAME = "fields"
LABEL = "Create missing fields"
WRITES = True


def run(ctx: Context) -> Tally:
    ctx.cut(0, lambda: iter([("fields", {}, 1)]))
    for piece in ctx.claims(0):
        _create(ctx, piece)
    body = ctx.run.slices.get(wave=0).body
    return {"fields": {"wanted": body["wanted"], "created": len(body["created"])}}


def _create(ctx: Context, piece: Slice) -> None:
    found = manifest.lines(ctx.engagement, ctx.destination, ctx.destination.describe())
    missing = manifest.to_create(found)
    if missing:
        package = field_maker(ctx.destination).package(missing)
        # Tried first without a change, so that a refusal leaves nothing half-made; and kept
        # before the change, so that a killed worker's fields are known to be ours.
        refuse(deploy(ctx, package, check_only=True))
        CreatedField.remember(ctx.run, ctx.connection, missing)
        if problems := deploy(ctx, package, check_only=False):
            CreatedField.objects.filter(run=ctx.run).delete()
            refuse(problems)
        field_maker(ctx.destination).grant()
    specs = ctx.destination.describe()
    names = [str(field) for field in CreatedField.objects.filter(run=ctx.run)]
    with transaction.atomic():
        SchemaField.replace(ctx.connection, specs)
        ctx.finish(piece, body={"wanted": len(found), "created": names}, done=1)
        if names:
            audit.record(
                ctx.engagement,
                ctx.run.started_by,
                "fields created",
                fields=names,
                account=ctx.connection.account_id,
            )


def deploy(ctx: Context, package: bytes, check_only: bool) -> list[str]:
    """Hand a package in and wait for the answer: its problems, a sentence each."""
    maker = field_maker(ctx.destination)
    work = maker.deploy(package, check_only)
    while isinstance(answer := maker.deployed(work), Pending):
        ctx.wait(answer.seconds)
    return answer


def refuse(problems: list[str]) -> None:
    """Raises StageBlocked where there are any."""
    if problems:
        raise StageBlocked(
            f"The destination refuses the fields: {'; '.join(problems[:5])}. Nothing was changed. "
            "Correct this there, or carry the package into the account by hand and take the "
            "inventory again."
        )
