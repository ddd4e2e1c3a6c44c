"""Which fields we created at a destination, so that exactly these can be removed again."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import models
from django.utils import timezone

from connectors.values import FieldPlan
from projects.models.engagement import Connection
from projects.models.runs import Run


class CreatedField(models.Model):
    """One field that a run created, kept before it asked for it. `plan` is its FieldPlan."""

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="created_fields")
    run = models.ForeignKey(Run, models.PROTECT, related_name="created_fields")
    object = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    plan = models.JSONField()
    asked_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("run", "object", "name"), name="one_field_a_run"),
        )

    def __str__(self) -> str:
        return f"{self.object}.{self.name}"

    @classmethod
    def remember(cls, run: Run, connection: Connection, plans: Iterable[FieldPlan]) -> None:
        """Keep what is about to be created; harmless to repeat."""
        rows: list[Any] = [
            cls(run=run, connection=connection, object=p.object, name=p.name, plan=asdict(p))
            for p in plans
        ]
        cls.objects.bulk_create(rows, batch_size=200, ignore_conflicts=True)

    @classmethod
    def there(cls, connection: Connection) -> "models.QuerySet[CreatedField]":
        """Those that were not removed again."""
        return cls.objects.filter(connection=connection, removed_at=None)

    def as_plan(self) -> FieldPlan:
        return FieldPlan(**{**self.plan, "picklist": tuple(self.plan["picklist"])})
