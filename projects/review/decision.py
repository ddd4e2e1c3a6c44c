"""The client's decision, made here and nowhere else. In: a link and what its holder sent.
Out: a SignOff, the engagement's state and an audit entry in one transaction, or a refusal
that stores nothing."""

from dataclasses import dataclass, field

from django.db import transaction

from projects import audit, gates
from projects.models import Engagement, Plan, ReviewLink, SignOff
from projects.models.plan import Change, digest_of
from projects.review import sample
from projects.review.forms import SignForm
from projects.review.sample import Sample

ACTIONS = {
    SignOff.Decision.ACCEPTED: "sample signed off",
    SignOff.Decision.CHANGES: "changes asked",
}
MOVES = {
    SignOff.Decision.ACCEPTED: (Engagement.State.MAPPED, Engagement.State.SIGNED_OFF),
    SignOff.Decision.CHANGES: (Engagement.State.SIGNED_OFF, Engagement.State.MAPPED),
}


@dataclass(slots=True)
class Refused(Exception):
    """Why nothing can be signed now, and what changed in the mapping meanwhile."""

    reasons: list[str]
    changes: list[Change] = field(default_factory=list)


def sign(link: ReviewLink, form: SignForm) -> SignOff | None:
    """Keep a decision; None where the form needs correcting. Raises Refused where the client
    saw another plan or sample than today's, which is looked at before anything they wrote."""
    with transaction.atomic():
        engagement = Engagement.objects.select_for_update().get(pk=link.engagement_id)
        newest = signable(engagement)
        _require_seen(newest, form.data.get("plan", ""), form.data.get("sample", ""))
        return _keep(link, engagement, newest, form) if form.is_valid() else None


def signable(engagement: Engagement) -> Sample:
    """The sample that can be signed now. Raises Refused."""
    reasons = gates.refusals(engagement, "sign off")
    newest = sample.ready(engagement)
    if reasons or newest is None:
        raise Refused(reasons or ["A new sample is being loaded. Come back when it is there."])
    today = Plan.draft(engagement)
    if digest_of(today) != newest.plan.digest:
        raise Refused(
            [
                "The mapping was changed after this sample was loaded. A new sample is needed "
                "before you can decide; we are going to tell you when it is there."
            ],
            newest.plan.changes(today),
        )
    return newest


def _require_seen(newest: Sample, plan: str, digest: str) -> None:
    """The page that was filled in must have shown exactly this."""
    if plan != newest.plan.digest or digest != sample.sample_digest(newest.run):
        raise Refused(
            [
                "Since you opened that page, another sample was loaded or the mapping was "
                "changed. Look through the records again, then sign on a fresh page."
            ]
        )


def _keep(link: ReviewLink, engagement: Engagement, newest: Sample, form: SignForm) -> SignOff:
    said = form.cleaned_data
    decision = SignOff.Decision(said["decision"])
    signed = SignOff.objects.create(
        engagement=engagement,
        link=link,
        plan=newest.plan,
        run=newest.run,
        sample_digest=said["sample"],
        decision=decision,
        name=said["name"],
        comment=said["comment"],
        ticked=said["ticked"],
    )
    before, after = MOVES[decision]
    Engagement.objects.filter(pk=engagement.pk, state=before).update(state=after)
    audit.record(
        engagement,
        f"client: {signed.name}",
        ACTIONS[decision],
        plan=said["plan"],
        sample=said["sample"],
        run=newest.run.pk,
        ticked=said["ticked"],
        link=link.pk,
        sign_off=signed.pk,
    )
    return signed
