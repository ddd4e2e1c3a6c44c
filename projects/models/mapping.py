"""What people decide: where each object, field, value and technician goes."""

from django.db import models
from django.utils import timezone

from projects.models.engagement import Engagement


class ObjectRow(models.Model):
    """Where one source object lands, and what of it does not."""

    class Status(models.TextChoices):
        FULL = "full", "Full"
        PARTIAL = "partial", "Partial"
        REFERENCE = "reference", "Read to complete other records"
        HANDED_OVER = "handed_over", "Handed over as a reference"
        EXCLUDED = "excluded", "Left out, by decision"
        NOT_POSSIBLE = "not_possible", "Not possible"

    LANDS = (Status.FULL, Status.PARTIAL)
    COMPARED = (*LANDS, Status.REFERENCE)
    READ = (*COMPARED, Status.HANDED_OVER)

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="object_rows")
    position = models.PositiveSmallIntegerField(default=0)
    source_object = models.CharField(max_length=80)
    destination_objects = models.CharField(max_length=200, blank=True)
    cardinality = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=12, choices=Status)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("position", "source_object")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "source_object"), name="one_row_a_source_object"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_object} → {self.destination_objects or 'nowhere'}"


class MappingRow(models.Model):
    """One source field → one destination field. An empty destination field means that a
    person sees that the source field goes nowhere.

    `shape` names which destination record it is for, `part` which joined record of the shape
    holds the source field ("" = the root). `argument` belongs to the transform.
    """

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="mapping_rows")
    shape = models.CharField(max_length=40)
    part = models.CharField(max_length=40, blank=True)
    source_object = models.CharField(max_length=80)
    source_field = models.CharField(max_length=120, blank=True)
    source_label = models.CharField(max_length=200, blank=True)
    destination_object = models.CharField(max_length=80)
    destination_field = models.CharField(max_length=120, blank=True)
    transform = models.CharField(max_length=40, default="copy")
    argument = models.CharField(max_length=2000, blank=True)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, default=1)
    reasons = models.CharField(max_length=255, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("shape", "destination_object", "destination_field", "source_field", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "shape", "destination_field"),
                condition=~models.Q(destination_field=""),
                name="one_mapping_row_a_destination_field",
                violation_error_message="This destination field already has a mapping row "
                "in this shape. Change that row, or clear it first.",
            ),
        )

    def __str__(self) -> str:
        source = f"{self.source_object}.{self.source_field}" if self.source_field else "constant"
        return f"{source} → {self.destination_object}.{self.destination_field or '(nowhere)'}"

    @property
    def path(self) -> str:
        """Where the source value stands in the joined record of the shape."""
        return ".".join(filter(None, (self.part, self.source_field)))

    def confirm(self, actor: str) -> None:
        """Keep who stands by this row as it is; call save() afterwards."""
        self.confirmed_by, self.confirmed_at = actor, timezone.now()


class ValueMap(models.Model):
    """One source value → one destination value within a mapping row. An empty destination
    value clears the field."""

    mapping_row = models.ForeignKey(MappingRow, models.CASCADE, related_name="value_maps")
    source_value = models.CharField(max_length=255)
    destination_value = models.CharField(max_length=255, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ("mapping_row", "source_value")
        constraints = (
            models.UniqueConstraint(
                fields=("mapping_row", "source_value"), name="one_map_a_source_value"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_value} → {self.destination_value or '(empty)'}"


class TechnicianMatch(models.Model):
    """Technician → destination user. Nothing is loaded while one is undecided."""

    class Action(models.TextChoices):
        MATCH = "match", "Owned by this user"
        FALLBACK = "fallback", "Owned by the fallback owner"
        SKIP = "skip", "No owner set (the vendor's default)"
        UNDECIDED = "undecided", "Undecided"

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="technician_matches")
    technician_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    email = models.CharField("last-known e-mail", max_length=254, blank=True)
    active = models.BooleanField(default=True)
    jobs = models.PositiveIntegerField(default=0)
    action = models.CharField(max_length=12, choices=Action, default=Action.UNDECIDED)
    user_id = models.CharField(max_length=40, blank=True)
    user_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ("name", "technician_id")
        verbose_name_plural = "technician matches"
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "technician_id"), name="one_match_a_technician"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} → {self.user_name or self.get_action_display()}"


class Finding(models.Model):
    """A problem in the data that a person should see, and what they decided."""

    class Severity(models.TextChoices):
        BLOCKS = "blocks", "Blocks sample and load"
        CONFIRM = "confirm", "To confirm before the sample"
        NOTE = "note", "To know"

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="findings")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity)
    subject = models.CharField(max_length=255)
    message = models.TextField()
    count = models.PositiveIntegerField(default=0)
    records = models.JSONField(default=list, blank=True, help_text="The first source ids.")
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("severity", "code", "subject")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "code", "subject"), name="one_finding_a_subject"
            ),
        )

    def __str__(self) -> str:
        return self.message
