"""What staff decide about an engagement as a whole: gate, change, plan and audit entry in one
transaction. The client's own decision is made by the review page alone."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from projects import audit, gates
from projects.models import Confirmation, Engagement, Finding, Plan, ValueMap
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


def confirm_safety(
    engagement: Engagement, findings: Iterable[Finding], name: str, actor: str
) -> int:
    """A named person saw to these points; how many were not confirmed before. Raises
    StageBlocked where no name is given, or for a finding that is no such point."""
    if not name.strip():
        raise StageBlocked("Say by name who saw to these points.")
    made = []
    with transaction.atomic():
        for finding in findings:
            if finding.severity != Finding.Severity.CONFIRM:
                raise StageBlocked(f"This is not to be confirmed: {finding.message}")
            _, new = Confirmation.objects.get_or_create(
                engagement=engagement,
                digest=Confirmation.digest_for(finding),
                defaults={
                    "message": finding.message,
                    "name": name.strip()[:120],
                    "confirmed_by": actor,
                },
            )
            made += [finding.message] if new else []
        if made:
            audit.record(engagement, actor, "safety confirmed", name=name.strip(), points=made)
    return len(made)
