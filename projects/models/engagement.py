"""One client's move, and the accounts it connects."""

import json
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

import connectors
from connectors.base import Destination, Source
from connectors.errors import Misconfigured

REHEARSED = frozenset({"propose", "fields", "check-fields", "undo-fields", "scan", "sample"})
"""Stages that go to the rehearsal where there is one; every other goes to production."""


class Engagement(models.Model):
    """One client's move: one source, a production destination, perhaps another one to rehearse
    it in, and what people decided about it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        MAPPED = "mapped", "Mapping confirmed"
        SIGNED_OFF = "signed_off", "Sample signed off"
        ACCEPTED = "accepted", "Accepted by the client"
        CLOSED = "closed", "Closed"

    class Households(models.TextChoices):
        PLACEHOLDER = "placeholder", "Under an 'Unassigned Account'"
        NONE = "none", "Without an account"

    name = models.CharField(max_length=120, unique=True)
    client_name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    households = models.CharField(
        "households go",
        max_length=12,
        choices=Households,
        default=Households.PLACEHOLDER,
        help_text="Where the contact of a residential customer hangs.",
    )
    placeholder_children = models.PositiveIntegerField(
        default=9000,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
        help_text="At most so many contacts and cases under one 'Unassigned Account'. "
        "From 10,000 on the vendor slows down and locks.",
    )
    fallback_owner = models.CharField(
        max_length=40,
        blank=True,
        help_text="Destination user id that owns what a technician with action 'fallback' did.",
    )
    sample_size = models.PositiveIntegerField(
        default=150,
        validators=[MinValueValidator(100), MaxValueValidator(500)],
        help_text="How many records the client reviews, 100 to 500.",
    )
    custom_fields = models.PositiveIntegerField(
        "custom fields agreed",
        default=20,
        help_text="From how many custom fields of the source on a scan names them all.",
    )
    flag_over_mb = models.PositiveIntegerField(
        "flag files over",
        default=25,
        help_text="Megabytes. A larger file is loaded only after a decision.",
    )
    blocked_kinds = models.CharField(
        max_length=200,
        blank=True,
        help_text="Endings of files that the destination blocks, such as exe, js.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> "Connection":
        """The account we read. Raises Misconfigured where none is connected."""
        return self._connection(Connection.Role.SOURCE)

    @property
    def destination(self) -> "Connection":
        """The production account. Raises Misconfigured where none is connected."""
        return self._connection(Connection.Role.DESTINATION)

    @property
    def rehearsal(self) -> "Connection | None":
        """The account in which the move is rehearsed, if there is one."""
        return self.connections.filter(role=Connection.Role.REHEARSAL).first()

    @property
    def trial(self) -> "Connection":
        """Where the sample goes, and whose schema the mapping is made for."""
        return self.rehearsal or self.destination

    @property
    def destinations(self) -> list["Connection"]:
        """Every account we may write to, production first."""
        return [self.destination, *filter(None, [self.rehearsal])]

    def goes_to(self, stage: str, at: str = "") -> "Connection":
        """The account that a stage is about besides the source; `at` names another role than
        the usual. Raises Misconfigured where that is not connected."""
        if at:
            return self._connection(at)
        return self.trial if stage in REHEARSED else self.destination

    @property
    def preset(self) -> str:
        """Name of the vendor pair's preset, e.g. "a-b"."""
        return f"{self.source.kind}-{self.destination.kind}"

    def _connection(self, role: str) -> "Connection":
        found = self.connections.filter(role=role).first()
        if found is None:
            raise Misconfigured(f"{self}: no {role} is connected. Add one under Connections.")
        return found


class Connection(models.Model):
    """One account at a vendor: where it is, how we sign in, what it allows."""

    class Role(models.TextChoices):
        SOURCE = "source", "Source"
        DESTINATION = "destination", "Destination"
        REHEARSAL = "rehearsal", "Rehearsal"

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="connections")
    role = models.CharField(max_length=12, choices=Role)
    kind = models.CharField(max_length=20)
    settings = models.JSONField(default=dict, blank=True)
    learned = models.JSONField(default=dict, blank=True, editable=False)
    """What the account said at the newest check of settings that are left to it."""
    sealed = models.TextField(blank=True, editable=False)
    account_id = models.CharField(max_length=80, blank=True, editable=False)
    account_name = models.CharField(max_length=200, blank=True, editable=False)
    user_id = models.CharField(max_length=40, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.TextField(blank=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("engagement", "role"), name="one_connection_a_role"),
        )

    def __str__(self) -> str:
        label = connectors.CONNECTORS[self.kind].label if self.kind in connectors.CONNECTORS else ""
        return f"{label or self.kind} {self.account_name or self.account_id or '(not checked)'}"

    def set_secrets(self, secrets: dict[str, str]) -> None:
        """Encrypt and keep the credentials; call save() afterwards."""
        self.sealed = _fernet().encrypt(json.dumps(secrets).encode()).decode()

    def secrets(self) -> dict[str, str]:
        """The credentials in clear, for a connector only. Raises Misconfigured where the
        key that sealed them is gone."""
        if not self.sealed:
            return {}
        try:
            opened: dict[str, str] = json.loads(_fernet().decrypt(self.sealed.encode()))
        except InvalidToken:
            raise Misconfigured(
                f"{self}: the credentials were sealed with another FIELD_KEY. "
                "Put the old key back or enter the credentials again."
            ) from None
        return opened

    def open_source(self) -> Source:
        return connectors.open_source(self.kind, self.settings | self.learned, self.secrets())

    def open_destination(self) -> Destination:
        return connectors.open_destination(self.kind, self.settings | self.learned, self.secrets())

    def check_account(self) -> None:
        """Sign in and keep who we are there. Raises what the connector raises, after
        keeping its message."""
        self.learned = {}
        opened: Any = (
            self.open_source() if self.role == self.Role.SOURCE else self.open_destination()
        )
        try:
            with opened as connector:
                account = connector.check()
        except Exception as error:
            self._keep(problem=str(error))
            raise
        if self.account_id and self.account_id != account.id and self.load_items.exists():
            message = (
                f"{self}: these credentials open account {account.id}, but records were "
                f"already written to {self.account_id}. Use the credentials of that account."
            )
            self._keep(problem=message)
            raise Misconfigured(message)
        if message := self._same_account(account.id):
            self._keep(problem=message)
            raise Misconfigured(message)
        self.account_id, self.account_name = account.id, account.name
        self.user_id, self.learned = account.user_id, dict(account.learned)
        self._keep(problem="")

    def shut(self, why: str) -> "models.QuerySet[Connection]":
        """Let no run open this account, here or in another engagement, until staff checked it
        again. Returns every connection to it."""
        same = Connection.objects.filter(kind=self.kind, account_id=self.account_id)
        same.update(problem=why)
        return same

    def _same_account(self, account_id: str) -> str:
        """Why an account cannot be both production and rehearsal."""
        others = self.engagement.connections.exclude(pk=self.pk).filter(kind=self.kind)
        other = others.filter(account_id=account_id).exclude(role=self.Role.SOURCE).first()
        if other is None:
            return ""
        return (
            f"Account {account_id} is the {other.get_role_display().lower()} of this engagement "
            "already. A rehearsal needs an account of its own."
        )

    def _keep(self, problem: str) -> None:
        self.problem, self.checked_at = problem, _now()
        found = ("account_id", "account_name", "user_id", "learned")
        self.save(update_fields=["problem", "checked_at", *found])


def _fernet() -> Fernet:
    return Fernet(settings.FIELD_KEY)


def _now() -> datetime:
    return timezone.now()
