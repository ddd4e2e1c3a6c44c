"""Who may do what when: one table of stages and decisions with their conditions, each with
the sentence that a person reads when it does not hold. Buttons, commands and pages are
generated from it; nothing else decides.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from connectors.errors import Misconfigured
from projects.choices import choices_agree
from projects.gate_conditions import (
    connected,
    extracted,
    fallback_named,
    fields_of_ours,
    files_decided,
    inventoried,
    load_stands,
    loaded,
    mapping_confirmed,
    no_blocking_findings,
    no_live_load,
    no_live_writing_run,
    not_closed,
    not_extracted_anew,
    nothing_of_ours,
    nothing_under_way,
    production_as_rehearsed,
    production_confirmed,
    proposed,
    sampled,
    scanned,
    sign_off_current,
    signed_off,
    something_to_undo,
    takes_fields,
    technicians_decided,
    trial_confirmed,
)
from projects.models import Engagement
from projects.models.engagement import Connection


@dataclass(frozen=True, slots=True)
class Condition:
    """`refusal` returns the sentence why not, or "" where the condition holds. One that is
    about an account takes the account's role as well, if it is not the usual one."""

    name: str
    refusal: Callable[..., str]
    of_account: bool = False


def refusals(engagement: Engagement, action: str, at: str = "") -> list[str]:
    """Why `action` is not allowed now; empty means it is. `at` is the role of the account it
    goes to, if not the usual one. Raises KeyError for an action that GATES does not name."""
    said = (
        condition.refusal(engagement, at) if condition.of_account else condition.refusal(engagement)
        for condition in GATES[action]
    )
    return [sentence for sentence in said if sentence]


def _conditions(*refusing: Callable[[Engagement], str]) -> tuple[Condition, ...]:
    return _named(refusing)


def _named(refusing: Iterable[Callable[..., str]]) -> tuple[Condition, ...]:
    return tuple(Condition(f.__name__.replace("_", " "), f) for f in refusing)


def _at_account(action: str, *refusing: Callable[[Connection], str]) -> tuple[Condition, ...]:
    """Conditions of the one account that the action goes to."""

    def asked(refusal: Callable[[Connection], str]) -> Callable[..., str]:
        def ask(engagement: Engagement, at: str = "") -> str:
            try:
                return refusal(engagement.goes_to(action, at))
            except Misconfigured as missing:
                return str(missing)

        return ask

    return tuple(replace(c, refusal=asked(c.refusal), of_account=True) for c in _named(refusing))


FIELDS = (
    *_conditions(not_closed, connected, inventoried, no_live_writing_run),
    *_at_account("fields", takes_fields),
)

GATES: dict[str, tuple[Condition, ...]] = {
    "inventory": _conditions(not_closed, connected),
    "fields": FIELDS,
    "check-fields": FIELDS,
    "undo-fields": (
        *_conditions(not_closed, connected, no_live_writing_run),
        *_at_account("undo-fields", fields_of_ours, nothing_of_ours),
    ),
    "propose": _conditions(not_closed, inventoried, no_live_writing_run),
    "extract": _conditions(not_closed, connected),
    "scan": _conditions(not_closed, proposed, extracted),
    "confirm": _conditions(
        not_closed,
        proposed,
        scanned,
        technicians_decided,
        files_decided,
        fallback_named,
        choices_agree,
        no_blocking_findings,
        no_live_writing_run,
    ),
    "sample": _conditions(
        not_closed,
        connected,
        extracted,
        scanned,
        mapping_confirmed,
        technicians_decided,
        files_decided,
        fallback_named,
        no_blocking_findings,
        trial_confirmed,
        no_live_load,
        no_live_writing_run,
    ),
    "sign off": _conditions(not_closed, sampled),
    "load": _conditions(
        not_closed,
        connected,
        extracted,
        mapping_confirmed,
        technicians_decided,
        files_decided,
        fallback_named,
        no_blocking_findings,
        production_confirmed,
        signed_off,
        sign_off_current,
        production_as_rehearsed,
        no_live_writing_run,
    ),
    # What the plan does not know holds back the records that need it, and no other.
    "delta": _conditions(
        not_closed,
        connected,
        mapping_confirmed,
        fallback_named,
        production_confirmed,
        signed_off,
        sign_off_current,
        load_stands,
        not_extracted_anew,
        nothing_under_way,
        no_live_writing_run,
    ),
    "reconcile": _conditions(not_closed, connected, loaded),
    "rollback": (
        *_conditions(not_closed, connected, no_live_writing_run),
        *_at_account("rollback", something_to_undo),
    ),
    "reference": _conditions(not_closed),
    "edit mapping": _conditions(not_closed, no_live_writing_run),
}
