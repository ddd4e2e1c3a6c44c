"""What was read, what is to be written, and the journal of every write."""

from django.db import models
from django.utils import timezone

from projects.models.engagement import Connection, Engagement
from projects.models.runs import Run, Slice

LOAD_READING = "load"
CHECK_READING = "check"
DELTA_READING = "delta"


class SourceRecord(models.Model):
    """One source record as the vendor sent it. `reading` tells the one that is loaded from
    the one that a reconciliation took anew, and from what a delta has read and not yet merged.
    `parent_id` is the id by which it is joined.

    `dirty`: changed since the last load or delta was through; `was_under` is the parent it
    had then, where that is another."""

    class Ended(models.TextChoices):
        NO = "", "No"
        INACTIVE = "inactive", "Became inactive after the load"
        GONE = "gone", "No longer there"

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="source_records")
    reading = models.CharField(max_length=8, default=LOAD_READING)
    object = models.CharField(max_length=40)
    source_id = models.CharField(max_length=40)
    parent_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField()
    modified_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=8, blank=True)
    dirty = models.BooleanField(default=False)
    was_under = models.CharField(max_length=40, blank=True)
    ended = models.CharField(max_length=8, choices=Ended, blank=True, default=Ended.NO)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "reading", "object", "source_id"), name="one_source_record"
            ),
        )
        indexes = (
            models.Index(
                fields=("engagement", "object"),
                condition=models.Q(dirty=True),
                name="dirty_source_records",
            ),
            models.Index(
                fields=("engagement", "reading", "object", "parent_id"), name="source_by_parent"
            ),
        )

    def __str__(self) -> str:
        return f"{self.object}/{self.source_id}"


class Feed(models.Model):
    """How far one reading of one source object has come."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="feeds")
    reading = models.CharField(max_length=8, default=LOAD_READING)
    object = models.CharField(max_length=40)
    cursor = models.TextField(blank=True)
    records = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, help_text="Why nothing of this object could be read.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "reading", "object"), name="one_feed_a_reading"
            ),
        )

    def __str__(self) -> str:
        return f"{self.object} ({self.reading})"


class Placement(models.Model):
    """Which 'Unassigned Account' a household hangs under. Made once, never moved."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="placements")
    source_id = models.CharField(max_length=40)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("engagement", "source_id"), name="one_placement"),
        )

    def __str__(self) -> str:
        return f"{self.source_id} in {self.number}"


class LoadItem(models.Model):
    """One destination record under our key, in one account."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        FAILED = "failed", "Failed"
        EXCEPTED = "excepted", "Does not land"
        LANDED = "landed", "Landed"
        KEPT = "kept", "Kept at rollback"
        UNDONE = "undone", "Undone"

    class Origin(models.TextChoices):
        NONE = "", "Not there yet"
        CREATED = "created", "Created by us"
        ADOPTED = "adopted", "Was there before us"
        DOUBLE = "double", "Double of one created by us"

    class Apart(models.TextChoices):
        """Why a landed record is not, or not all, as the source would have it."""

        NO = "", "No"
        HELD = "held", "Its change waits"
        THEIRS = "theirs", "Changed at the destination, left so"
        GONE = "gone", "No longer given by the source, left so"

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="load_items")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="load_items")
    object = models.CharField(max_length=80)
    shape = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    source_id = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    origin = models.CharField(max_length=8, choices=Origin, blank=True, default=Origin.NONE)
    remote_id = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    left_at = models.DateTimeField(null=True)
    apart = models.CharField(max_length=8, choices=Apart, blank=True, default=Apart.NO)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "object", "key"), name="one_load_item_a_key"
            ),
        )
        indexes = (
            models.Index(fields=("connection", "object", "state"), name="item_by_state"),
            models.Index(fields=("connection", "object", "remote_id"), name="item_by_remote"),
        )

    def __str__(self) -> str:
        return f"{self.object} {self.key}"

    @classmethod
    def set_apart(cls, engagement: Engagement) -> "models.QuerySet[LoadItem]":
        """Records that are not, or not all, as the source would have them; each has a reason."""
        waits = models.Q(state__in=(cls.State.HELD, cls.State.FAILED))
        items = cls.objects.filter(waits | ~models.Q(apart=cls.Apart.NO), engagement=engagement)
        return items.order_by("object", "key")


class Ticket(models.Model):
    """A submitted chunk. Its remote id is committed before any row is sent."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    run = models.ForeignKey(Run, models.PROTECT, related_name="tickets")
    slice = models.ForeignKey(Slice, models.PROTECT, related_name="tickets")
    object = models.CharField(max_length=80)
    verb = models.CharField(max_length=8)
    remote_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(
                fields=("status",), condition=models.Q(status="open"), name="open_tickets"
            ),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.object} {self.remote_id}"


class Operation(models.Model):
    """One journalled write of one record: committed as `sending` before the call, settled
    after it. An undo is a new operation; it undoes `undoes` and every older live operation
    of its load item, or of these only those from `undoes_from` on."""

    class Status(models.TextChoices):
        SENDING = "sending", "Sending"
        LANDED = "landed", "Landed"
        FAILED = "failed", "Failed"
        LOST = "lost", "Never arrived"
        GONE = "gone", "Was already gone"

    run = models.ForeignKey(Run, models.PROTECT, related_name="operations")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="operations")
    item = models.ForeignKey(LoadItem, models.PROTECT, related_name="operations")
    verb = models.CharField(max_length=8)
    status = models.CharField(max_length=8, choices=Status, default=Status.SENDING)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    undoes_from = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    differing = models.JSONField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("run", "status"),
                condition=models.Q(status="sending"),
                name="sending_operations",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.item_id} {self.status}"


class OperationBody(models.Model):
    """The values of an operation, written once: what was sent, for an update what stood
    there before, for a failure what the vendor said."""

    operation = models.OneToOneField(
        Operation, models.CASCADE, primary_key=True, related_name="body"
    )
    payload = models.JSONField()
    before = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"body of {self.operation_id}"
