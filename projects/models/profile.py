"""How source fields are filled, as the last scan counted them."""

from django.db import models

from projects.models.engagement import Engagement


class FieldProfile(models.Model):
    """How one source field is filled over all extracted records. Rewritten by every scan.

    `distinct` stops at 1000. `values` has each value with its count where there are few.
    """

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="field_profiles")
    object = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    records = models.PositiveIntegerField()
    filled = models.PositiveIntegerField()
    distinct = models.PositiveIntegerField()
    longest = models.PositiveIntegerField(help_text="Characters of the longest value.")
    longest_id = models.CharField("id of the longest", max_length=40, blank=True)
    values = models.JSONField(null=True)

    class Meta:
        ordering = ("object", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("engagement", "object", "name"), name="one_profile_a_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.object}.{self.name}: {self.filled} of {self.records}"
