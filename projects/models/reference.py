"""What people upload because no API of the source gives it."""

from django.db import models
from django.utils import timezone

from projects.models.engagement import Engagement


class ReferenceUpload(models.Model):
    """One uploaded part of the rebuild reference, as checked rows. A newer file of the same
    kind takes its place; the audit keeps the digest of each."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="reference_uploads")
    kind = models.CharField(max_length=40)
    rows = models.JSONField()
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    uploaded_by = models.CharField(max_length=150)
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("engagement", "kind")
        constraints = (
            models.UniqueConstraint(fields=("engagement", "kind"), name="one_upload_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"
