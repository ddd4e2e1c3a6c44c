"""Files that a person must decide about, and what was sent of those that went."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet

from projects.models.engagement import Engagement
from projects.models.records import Operation
from projects.models.runs import Run

MEGABYTE = 1024**2


class FlaggedFile(models.Model):
    """A file of the source that is not loaded without a decision."""

    class Why(models.TextChoices):
        LARGE = "large", "Over the engagement's limit"
        TOO_LARGE = "too large", "Over the destination's limit"
        KIND = "kind", "A kind that the destination blocks"

    class Action(models.TextChoices):
        UNDECIDED = "undecided", "Undecided"
        LOAD = "load", "Load it anyway"
        SKIP = "skip", "Leave it out"

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="flagged_files")
    object = models.CharField("source object", max_length=40)
    source_id = models.CharField(max_length=40)
    name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField("size in bytes", null=True, blank=True)
    why = models.CharField(max_length=12, choices=Why)
    action = models.CharField(max_length=12, choices=Action, default=Action.UNDECIDED)
    reason = models.CharField(max_length=255, blank=True, help_text="Why it is left out.")
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ("object", "-size", "source_id")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "object", "source_id"), name="one_flag_a_file"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.name}"

    @property
    def key(self) -> str:
        """Which source record it is, as plans name it."""
        return f"{self.object}/{self.source_id}"

    def clean(self) -> None:
        """Raises ValidationError for a decision that cannot work."""
        if self.action == self.Action.LOAD and self.why == self.Why.TOO_LARGE:
            raise ValidationError(
                {"action": "The destination takes no file of this size. Leave it out."}
            )
        if self.action == self.Action.SKIP and not self.reason.strip():
            raise ValidationError({"reason": "Say why it is left out: the client reads it."})


class MeasuredFile(models.Model):
    """What the source told of a file without sending it: its size (None where it tells none),
    or why it cannot be had. `run` is the newest scan that met it; `digest` is of the source
    record that was asked about."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="measured_files")
    run = models.ForeignKey(Run, models.CASCADE, related_name="measured_files")
    object = models.CharField(max_length=40)
    source_id = models.CharField(max_length=40)
    name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    lost = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("object", "source_id")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "object", "source_id"), name="one_measure_a_file"
            ),
        )

    def __str__(self) -> str:
        return f"{self.object}/{self.source_id} {self.name}"

    @classmethod
    def there(cls, engagement: Engagement, scan: Run | None = None) -> "QuerySet[MeasuredFile]":
        """The files that the newest whole scan met, or `scan`, or an unfinished one since."""
        whole = engagement.runs.filter(stage="scan", status=Run.Status.SUCCEEDED)
        scan = scan or whole.order_by("-pk").first()
        rows = cls.objects.filter(engagement=engagement)
        return rows.filter(run__gte=scan.pk) if scan else rows.none()


class SentFile(models.Model):
    """What a create sent of a file, written once: its bytes counted and summed on the way."""

    operation = models.OneToOneField(
        Operation, models.CASCADE, primary_key=True, related_name="file"
    )
    size = models.PositiveBigIntegerField()
    md5 = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.size} bytes, {self.md5}"
