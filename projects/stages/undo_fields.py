"""Reads: which fields we created in the account. Writes: removes exactly those, as the vendor's
own deployment; then the schema anew. Never by itself: a person confirms what is lost."""

from django.db import transaction
from django.utils import timezone

from connectors.capabilities import field_maker
from projects import audit
from projects.models import CreatedField, SchemaField, Slice
from projects.stages.base import Context, Tally
from projects.stages.fields import deploy, refuse

NAME = "undo-fields"
LABEL = "Remove the fields we created"
WRITES = True

LOST = (
    "Every value in these fields is lost, also what people entered there themselves.",
    "An object that holds nothing but our fields and our records goes as a whole.",
    "Reports, list views and page layouts that show these fields no longer do; page layouts "
    "that we made are removed, so assign others first.",
    "The mapping then names fields that are not there: nothing can be loaded into this account "
    "until they are created again.",
)


def run(ctx: Context) -> Tally:
    ctx.cut(0, lambda: iter([("fields", {}, 1)]))
    for piece in ctx.claims(0):
        _remove(ctx, piece)
    body = ctx.run.slices.get(wave=0).body
    return {"fields": {"removed": len(body["removed"])}}


def _remove(ctx: Context, piece: Slice) -> None:
    created = list(CreatedField.there(ctx.connection))
    ctx.destination.describe()
    package = field_maker(ctx.destination).undo_package([field.as_plan() for field in created])
    for check_only in (True, False):
        refuse(deploy(ctx, package, check_only))
    specs = ctx.destination.describe()
    names = [str(field) for field in created]
    with transaction.atomic():
        SchemaField.replace(ctx.connection, specs)
        CreatedField.objects.filter(pk__in=[field.pk for field in created]).update(
            removed_at=timezone.now()
        )
        ctx.finish(piece, body={"removed": names}, done=1)
        audit.record(
            ctx.engagement,
            ctx.run.started_by,
            "fields removed",
            fields=names,
            account=ctx.connection.account_id,
        )
