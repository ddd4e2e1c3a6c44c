"""What both accounts look like, as the inventory last read them."""

from typing import Any

from django.db import models
from django.utils import timezone

from connectors.base import FieldSpec, ObjectSpec
from projects.models.engagement import Connection


class SchemaField(models.Model):
    """One field of one account. Rewritten by every inventory."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="schema_fields")
    object = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    label = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=40)
    length = models.PositiveIntegerField(default=0)
    required = models.BooleanField(default=False)
    createable = models.BooleanField(default=True)
    updateable = models.BooleanField(default=True)
    custom = models.BooleanField(default=False)
    unique = models.BooleanField(default=False)
    external_id = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    picklist = models.JSONField(default=list, blank=True)
    references = models.JSONField(default=list, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("object", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "object", "name"), name="one_row_a_schema_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.object}.{self.name}"

    @classmethod
    def replace(cls, connection: Connection, objects: list[ObjectSpec]) -> int:
        """Keep these objects as the account's whole schema; returns the number of fields."""
        cls.objects.filter(connection=connection).delete()
        rows: list[Any] = [
            cls._row(connection, spec, field) for spec in objects for field in spec.fields
        ]
        return len(cls.objects.bulk_create(rows, batch_size=500))

    @classmethod
    def _row(cls, connection: Connection, spec: ObjectSpec, field: FieldSpec) -> "SchemaField":
        return cls(
            connection=connection,
            object=spec.name,
            name=field.name,
            label=field.label[:200],
            type=field.type,
            length=field.length,
            required=field.required,
            createable=field.createable,
            updateable=field.updateable,
            custom=field.custom,
            unique=field.unique,
            external_id=field.external_id,
            restricted=field.restricted,
            picklist=list(field.picklist),
            references=list(field.references),
        )
