"""What the accounts look like, as they were last read."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from connectors.values import FieldSpec, ObjectSpec, User
from projects.models.engagement import Connection, Engagement


class SchemaField(models.Model):
    """One field of one account. Rewritten by every inventory."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="schema_fields")
    object = models.CharField(max_length=80)
    object_label = models.CharField(max_length=200, blank=True)
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
    def objects_of(cls, engagement: Engagement) -> dict[str, str]:
        """Object → what the account it is in calls it."""
        read = cls.objects.filter(connection__engagement=engagement).exclude(object_label="")
        return dict(read.order_by().values_list("object", "object_label").distinct())

    @classmethod
    def _row(cls, connection: Connection, spec: ObjectSpec, field: FieldSpec) -> "SchemaField":
        return cls(
            connection=connection,
            object=spec.name,
            object_label=spec.label[:200],
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


class AccountUser(models.Model):
    """One user of a destination account. Decisions name users by e-mail, because the same
    person has another id in another account."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="users")
    user_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "user_id"), name="one_row_an_account_user"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @classmethod
    def replace(cls, connection: Connection, users: Iterable[User]) -> None:
        """Keep these as all users of the account."""
        cls.objects.filter(connection=connection).delete()
        rows: list[Any] = [cls._row(connection, user) for user in users]
        cls.objects.bulk_create(rows, batch_size=500)

    @classmethod
    def _row(cls, connection: Connection, user: User) -> "AccountUser":
        return cls(
            connection=connection,
            user_id=user.id,
            name=user.name[:200],
            email=user.email.strip().lower(),
            active=user.active,
        )

    @classmethod
    def ids(cls, connection: Connection) -> dict[str, str]:
        """E-mail → user id there; left out where none or several active users have it."""
        return {email: pair[0] for email, pair in cls._by_email(connection).items() if not pair[1:]}

    @classmethod
    def emails(cls, engagement: Engagement) -> dict[str, str]:
        """User id at any destination of the engagement → the e-mail that means this user."""
        found: dict[str, str] = {}
        for connection in engagement.connections.exclude(role=Connection.Role.SOURCE):
            found |= {id: email for email, id in cls.ids(connection).items()}
        return found

    @classmethod
    def _by_email(cls, connection: Connection) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        active = cls.objects.filter(connection=connection, active=True).exclude(email="")
        for email, user_id in active.values_list("email", "user_id"):
            found.setdefault(email, []).append(user_id)
        return found
