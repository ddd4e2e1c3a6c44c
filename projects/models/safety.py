"""What a person says they saw to before anything is written to an account."""

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from projects.models.engagement import Engagement
from projects.models.mapping import Finding
from projects.models.plan import digest_of


class Confirmation(models.Model):
    """One point that somebody saw to, by name. It holds for exactly these words about that
    account: a scan that finds another rule asks anew."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="confirmations")
    digest = models.CharField(max_length=64)
    message = models.TextField()
    name = models.CharField("who saw to it", max_length=120)
    confirmed_by = models.CharField(max_length=150)
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-confirmed_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "digest"), name="one_confirmation_a_point"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"

    @staticmethod
    def digest_for(finding: Finding) -> str:
        """Of the account's role, the kind, and the words."""
        role = finding.subject.partition(" ")[0]
        return digest_of([role, finding.code, finding.message])

    @classmethod
    def points(cls, engagement: Engagement, role: str = "") -> "QuerySet[Finding]":
        """What the last scan found to be confirmed, in one account or in all."""
        found = engagement.findings.filter(severity=Finding.Severity.CONFIRM)
        return found.filter(subject__startswith=f"{role} ") if role else found

    @classmethod
    def open_points(cls, engagement: Engagement, role: str = "") -> list[Finding]:
        """Those of them that nobody confirmed yet."""
        done = set(engagement.confirmations.values_list("digest", flat=True))
        return [f for f in cls.points(engagement, role) if cls.digest_for(f) not in done]
