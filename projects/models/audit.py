"""The append-only line of who did what. Written and verified by projects/audit.py only."""

from django.db import models

from projects.models.engagement import Engagement


class AuditEntry(models.Model):
    """One link of an engagement's chain. `detail` is canonical JSON text: the digest is over
    exactly these characters. Database triggers refuse UPDATE and DELETE."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="audit_entries")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    detail = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("engagement", "sequence")
        verbose_name_plural = "audit entries"
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "sequence"), name="one_audit_entry_a_sequence"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class AuditHead(models.Model):
    """The last link of an engagement's chain under its own seal, so that a cut tail shows.
    Also the lock that puts entries in order."""

    engagement = models.OneToOneField(
        Engagement, models.PROTECT, primary_key=True, related_name="audit_head"
    )
    sequence = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest[:12]}"
