"""What the client signed, and whether it still stands for today's rows."""

from django.db.models import QuerySet

from projects.models import Engagement, Operation, Plan, SignOff
from projects.models.engagement import Connection
from projects.models.plan import digest_of


def live_writes(account: Connection) -> "QuerySet[Operation]":
    """What we wrote there and did not take back."""
    return Operation.objects.filter(
        item__connection=account, status=Operation.Status.LANDED, undoes=None
    ).exclude(item__state="undone")


def current_sign_off(engagement: Engagement) -> SignOff | None:
    """The newest sign-off that is not withdrawn."""
    return engagement.sign_offs.filter(withdrawn_at=None).order_by("-given_at", "-id").first()


def stale(engagement: Engagement) -> bool:
    """True where the signed plan does not stand for what today's rows give."""
    signed = current_sign_off(engagement)
    return signed is not None and not stands(engagement, signed.plan)


def stands(engagement: Engagement, plan: Plan) -> bool:
    """Whether today's rows give that plan; or, once it is loaded, an addendum to it: what
    turned up since is decided, and nothing that was decided then is changed."""
    today = Plan.draft(engagement)
    if plan.digest == digest_of(today):
        return True
    return live_load(engagement).exists() and plan.allows(today)


def live_load(engagement: Engagement) -> "QuerySet[Operation]":
    """What a load wrote that was not taken back."""
    return live_writes(engagement.destination).filter(run__stage="load")
