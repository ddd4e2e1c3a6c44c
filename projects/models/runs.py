"""Executions of stages, the pieces that workers claim, and what a reconciliation found."""

from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from projects.models.engagement import Connection, Engagement
from projects.models.plan import Plan


class Run(models.Model):
    """One execution of one stage."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        CANCELLING = "cancelling", "Cancelling"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        ERRORED = "errored", "Errored"
        CANCELLED = "cancelled", "Cancelled"

    LIVE = (Status.QUEUED, Status.RUNNING, Status.PAUSED, Status.CANCELLING)

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="runs")
    connection = models.ForeignKey(Connection, models.PROTECT, null=True, related_name="runs")
    stage = models.CharField(max_length=12)
    writes = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="runs")
    options = models.JSONField(default=dict, blank=True)
    started_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    peak_kb = models.PositiveIntegerField(
        default=0, help_text="Largest memory of a worker of this run, as getrusage gives it."
    )
    exit_code = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    traceback = models.TextField(blank=True)
    tally = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("connection",),
                condition=Q(writes=True, status__in=("queued", "running", "paused", "cancelling")),
                name="one_live_writing_run_a_connection",
            ),
            models.UniqueConstraint(
                fields=("engagement", "stage"),
                condition=Q(status__in=("queued", "running", "paused", "cancelling")),
                name="one_live_run_a_stage",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.pk}: {self.stage}"

    @property
    def live(self) -> bool:
        return self.status in self.LIVE

    def rest(self) -> str:
        """When a paused run goes on, in words; "" where it is not paused."""
        if self.status != self.Status.PAUSED:
            return ""
        if self.resume_at is None:
            return "Goes on when a person resumes it."
        left = max(0, round((self.resume_at - timezone.now()).total_seconds()))
        when = f"{self.resume_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"Goes on by itself at {when}, in {timedelta(seconds=left)}."

    def progress(self) -> dict[str, dict[str, int]]:
        """Per object what is done and, as far as known, the total; "" sums them up."""
        rows = self.slices.values("object").annotate(done=Sum("done"), total=Sum("total"))
        parts = {r["object"]: {"done": r["done"], "total": r["total"]} for r in rows}
        whole = {k: sum(p[k] for p in parts.values()) for k in ("done", "total")}
        return {"": whole, **parts}

    def rate(self) -> float:
        """Records a second since the start, over the run's own working time."""
        if self.started_at is None:
            return 0.0
        seconds = ((self.finished_at or timezone.now()) - self.started_at).total_seconds()
        done = self.slices.aggregate(n=Sum("done"))["n"] or 0
        return done / seconds if seconds > 0 else 0.0

    def move(self, *expected: str, to: str, **changes: object) -> bool:
        """Compare-and-set of the status. False where another process was faster."""
        moved = Run.objects.filter(pk=self.pk, status__in=expected).update(status=to, **changes)
        if moved:
            self.refresh_from_db()
        return bool(moved)


class Slice(models.Model):
    """What one worker claims. A claim raises `epoch`; a worker whose epoch is no longer the
    slice's has lost it and may write nothing more."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLAIMED = "claimed", "Claimed"
        DONE = "done", "Done"

    run = models.ForeignKey(Run, models.PROTECT, related_name="slices")
    wave = models.PositiveSmallIntegerField(default=0)
    object = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    body = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    epoch = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("run", "wave", "number")
        constraints = (
            models.UniqueConstraint(fields=("run", "wave", "number"), name="one_slice_a_number"),
        )

    def __str__(self) -> str:
        return f"{self.object} {self.number} of run {self.run_id}"

    @classmethod
    def claimable(cls, run: Run, wave: int) -> "QuerySet[Slice]":
        """Open slices of the wave, and those whose holder let the lease run out."""
        expired = Q(status=cls.Status.CLAIMED, lease_until__lt=timezone.now())
        return cls.objects.filter(Q(status=cls.Status.OPEN) | expired, run=run, wave=wave)

    @classmethod
    def claim(cls, run: Run, wave: int, owner: str) -> "Slice | None":
        """Take the next claimable slice, or None where there is none now."""
        for candidate in cls.claimable(run, wave).order_by("number")[:4]:
            taken = cls.claimable(run, wave).filter(pk=candidate.pk, epoch=candidate.epoch)
            if taken.update(
                status=cls.Status.CLAIMED,
                epoch=F("epoch") + 1,
                owner=owner,
                lease_until=timezone.now() + timedelta(seconds=settings.LEASE_SECONDS),
            ):
                candidate.refresh_from_db()
                return candidate
        return None

    def held(self) -> "QuerySet[Slice]":
        """This slice as a query that matches only while our claim stands."""
        return Slice.objects.filter(pk=self.pk, epoch=self.epoch, status=self.Status.CLAIMED)

    def renew(self, **changes: Any) -> bool:
        """Lengthen the lease and keep counts. False where the claim is lost."""
        lease = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
        return bool(self.held().update(lease_until=lease, **changes))


class Difference(models.Model):
    """One thing a reconciliation found that is not as it should be."""

    class Kind(models.TextChoices):
        MISSING = "missing", "Missing at the destination"
        DOUBLE = "double", "There more than once"
        ALTERED = "altered", "Another value than planned"
        REPARENTED = "re-parented", "Hangs under another record"
        UNEXPECTED = "unexpected", "Carries our key, but nothing at the source gives it"

    run = models.ForeignKey(Run, models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=12, choices=Kind)
    object = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    remote_id = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=120, blank=True)
    expected = models.TextField(blank=True)
    found = models.TextField(blank=True)
    explanation = models.TextField(blank=True)

    class Meta:
        ordering = ("run", "object", "key", "field")

    def __str__(self) -> str:
        return f"{self.kind}: {self.object} {self.key} {self.field}".strip()
