"""What staff decide about an engagement as a whole: gate, change, plan and audit entry in one
transaction. The client's own decision is made by the review page alone."""

from django.db import transaction
from django.utils import timezone

from projects import audit, gates
from projects.models import Engagement, Plan, ValueMap
from projects.stages.base import StageBlocked


def confirm_mapping(engagement: Engagement, actor: str) -> Plan:
    """Staff stand by today's rows: freezes the plan, draft → mapped. Raises StageBlocked
    with every reason why not."""
    with transaction.atomic():
        reasons = gates.refusals(engagement, "confirm")
        if reasons:
            raise StageBlocked(" ".join(reasons))
        plan = Plan.freeze(engagement, actor)
        Engagement.objects.filter(pk=engagement.pk, state=Engagement.State.DRAFT).update(
            state=Engagement.State.MAPPED
        )
        engagement.mapping_rows.filter(confirmed_by="").update(
            confirmed_by=actor, confirmed_at=timezone.now()
        )
        ValueMap.objects.filter(mapping_row__engagement=engagement, confirmed_by="").update(
            confirmed_by=actor
        )
        engagement.technician_matches.filter(confirmed_by="").update(confirmed_by=actor)
        audit.record(engagement, actor, "mapping confirmed", plan=plan.digest)
    engagement.refresh_from_db()
    return plan
