"""What the client sees, says and signs."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.utils import timezone

from projects.models.engagement import Engagement
from projects.models.plan import Plan
from projects.models.records import LoadItem
from projects.models.runs import Run


class ReviewLink(models.Model):
    """A client's way in: whoever holds the link sees this one engagement. Only a digest of
    the token is kept, so a lost link is replaced, not shown again."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="review_links")
    label = models.CharField(max_length=120, help_text="For whom the link is.")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.CharField(max_length=150, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.engagement}: {self.label}"

    @classmethod
    def issue(
        cls, engagement: Engagement, label: str, actor: str, days: int = 30
    ) -> tuple["ReviewLink", str]:
        """A new link and its token. The token is not kept and cannot be had again."""
        token = secrets.token_urlsafe(32)
        link = cls.objects.create(
            engagement=engagement,
            label=label,
            created_by=actor,
            token_digest=_digest(token),
            expires_at=timezone.now() + timedelta(days=days),
        )
        return link, token

    @classmethod
    def open(cls, token: str) -> "ReviewLink | None":
        """The link of that token while it is neither expired nor revoked."""
        return cls.objects.filter(
            token_digest=_digest(token), revoked_at=None, expires_at__gt=timezone.now()
        ).first()


class SampleDiff(models.Model):
    """One record of a sample: a line per source field with its source value, what was
    planned, what was read back, and the verdict. `lines` is a list of diff.Line as dicts."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="sample_diffs")
    item = models.ForeignKey(LoadItem, models.CASCADE, related_name="sample_diffs")
    title = models.CharField(max_length=255, blank=True)
    lines = models.JSONField()
    differing = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("run", "id")
        constraints = (
            models.UniqueConstraint(fields=("run", "item"), name="one_diff_a_sample_record"),
        )

    def __str__(self) -> str:
        return f"{self.item} in {self.run}"


class Comment(models.Model):
    """Something the client wrote about the sample, or about one record of it."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="comments")
    diff = models.ForeignKey(SampleDiff, models.SET_NULL, null=True, blank=True)
    field = models.CharField(max_length=160, blank=True)
    author = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-written_at",)

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:60]}"


class SignOff(models.Model):
    """A named client person's yes or no to a plan and to the sample they saw. Made by the
    review page alone."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        CHANGES = "changes", "Asks for changes"

    TICK_POINTS = ("job type", "priority", "technician", "address")

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="sign_offs")
    link = models.ForeignKey(ReviewLink, models.PROTECT, related_name="sign_offs")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sign_offs")
    run = models.ForeignKey(Run, models.PROTECT, related_name="sign_offs")
    sample_digest = models.CharField(max_length=64)
    decision = models.CharField(max_length=8, choices=Decision)
    name = models.CharField(max_length=120)
    comment = models.TextField(blank=True, max_length=4000)
    ticked = models.JSONField(default=list)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        ordering = ("-given_at",)

    def __str__(self) -> str:
        return f"{self.name}: {self.get_decision_display()}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
