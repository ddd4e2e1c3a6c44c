"""What the account still allows, and what a load would use of it: in tokens and in days.

Source: Pipedrive API Documentation, "Rate limiting"; Knowledge Base, "Usage limits in
Pipedrive" (caps by plan and seat).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from connectors.errors import Misconfigured
from connectors.pipedrive.client import Client
from connectors.pipedrive.ledger import NAME, TOKENS, cost
from connectors.pipedrive.objects import RECOMPUTED, THINGS
from connectors.pipedrive.schema import Schema
from connectors.pipedrive.window import SECONDS
from connectors.values import Allowance, Forecast

BASE = 30_000
"""Tokens a day for each seat, times the plan's multiplier."""
CHUNK = 100
"""Rows of one call of ours: at ten requests a second, ten seconds of work."""
DEAL_CAP = 300_000
DEALS = "Deals and leads"
HELD = (
    "the plan holds {:,}; won and lost ones count, archived and deleted ones do not. Fewer years "
    "in scope, archiving old deals, more seats or the next plan make room"
)
"""Of accounts opened since 2025-05-29; older ones count open deals only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one plan allows; deals a seat, custom fields a company. 0 means no limit."""

    multiplier: int
    deals: int
    fields: int


PLANS = {
    "lite": Plan(1, 2_500, 30),
    "growth": Plan(2, 5_000, 100),
    "premium": Plan(5, 15_000, 300),
    "ultimate": Plan(7, 20_000, 500),
    "essential": Plan(1, 2_000, 30),
    "advanced": Plan(2, 4_000, 100),
    "professional": Plan(3, 10_000, 300),
    "power": Plan(5, 15_000, 500),
    "enterprise": Plan(7, 0, 0),
}


def number(text: str, label: str, least: int = 0) -> int:
    """A setting that is a whole number. Raises Misconfigured."""
    plain = text.strip().replace(",", "").replace(" ", "")
    if not plain.isdecimal() or int(plain) < least:
        raise Misconfigured(f"{NAME}: “{text}” is no {label}. Set a whole number.")
    return int(plain)


def one_of(text: str, name: str, choices: Sequence[str]) -> str:
    """A setting that is one of few words. Raises Misconfigured."""
    word = text.strip().lower()
    if word not in choices:
        raise Misconfigured(f"{NAME}: {name} is “{text}”. Set one of: {', '.join(choices)}.")
    return word


def plan_named(text: str) -> str:
    """The setting of that name, "" where it is left open. Raises Misconfigured."""
    name = text.strip().lower()
    if name and name not in PLANS:
        raise Misconfigured(
            f"{NAME}: there is no plan “{text}”. Leave it empty, or set one of: "
            f"{', '.join(p.title() for p in PLANS)}."
        )
    return name


def seats(schema: Schema, setting: int) -> int:
    """As set, otherwise active users."""
    return setting or max(1, sum(user.active for user in schema.users()))


def daily_limit(client: Client, schema: Schema, plan: str, setting: int) -> int | None:
    """Tokens a day as the vendor's answers say, otherwise by plan and seats, which leaves
    top-ups out; None where neither is known."""
    _ = schema.me  # one call, of which the headers tell
    if client.ledger.limit is None and plan:
        client.ledger.limit = BASE * PLANS[plan].multiplier * seats(schema, setting)
    return client.ledger.limit


def guessed(limit: int | None, seats: int) -> str:
    """The plan that such a budget of so many seats speaks for, "" where none does."""
    found = (name for name, p in PLANS.items() if limit == BASE * p.multiplier * seats)
    return next(found, "")


def chunk_size(total: int) -> int:
    return max(1, min(CHUNK, total))


def allowance(client: Client, schema: Schema, plan: str, setting: int) -> list[Allowance]:
    """Today's tokens, less those kept for the client; deals that the plan still holds. Of each
    as far as it is known."""
    daily_limit(client, schema, plan, setting)
    deals, known = deals_left(client, schema, plan, setting), client.ledger.known()
    found = [deals] if deals else []
    if known is None:
        return found
    limit, left = known
    return [Allowance(TOKENS, limit, min(limit, max(0, left - client.ledger.reserve))), *found]


def deals_left(client: Client, schema: Schema, plan: str, setting: int) -> Allowance | None:
    """Deals and leads; None where the plan sets no limit or is not known."""
    own = seats(schema, setting)
    name = plan or guessed(client.ledger.limit, own)
    most = PLANS[name].deals if name else 0
    if not most:
        return None
    cap = min(most * own, DEAL_CAP)
    return Allowance(DEALS, cap, max(0, cap - counted_there(client)))


def tokens(counts: Mapping[str, int]) -> int:
    """Of creating so many records of each object, looking them up before and reading them
    back after."""
    return sum(_tokens(object, count) for object, count in counts.items())


def rollback_tokens(counts: Mapping[str, int]) -> int:
    """Of deleting them again, with a look at each before."""
    return sum(
        n * (cost("DELETE", f"{THINGS[o].path}/1") + (0 if THINGS[o].new else 2))
        + ceil(n / CHUNK) * 20
        for o, n in counts.items()
        if o in THINGS
    )  # fmt: skip


def forecast(
    client: Client, schema: Schema, plan: str, setting: int, counts: Mapping[str, int]
) -> list[Forecast]:
    """Object → records to create, against what is left today."""
    return [
        Forecast(a.name, counts.get("deals", 0), a.left, HELD.format(a.limit))
        if a.name == DEALS
        else Forecast(a.name, tokens(counts), a.left, _days(client, schema, a, setting, counts))
        for a in allowance(client, schema, plan, setting)
    ]


def days(needed: int, left: int, daily: int) -> int:
    """Days that a load takes, today being the first."""
    return 1 if needed <= left else 1 + ceil((needed - left) / max(1, daily))


def counted_there(client: Client) -> int:
    """What counts against the plan's number of deals."""
    summary = client.call("GET", "/api/v1/deals/summary").get("data") or {}
    leads = sum(len(page) for page in client.pages_v1("/api/v1/leads"))
    return int(summary.get("total_count") or 0) + leads


def _tokens(object: str, count: int) -> int:
    thing = THINGS.get(object)
    if thing is None or not count:
        return 0
    look_up = cost("GET", thing.path) * ceil(count / (CHUNK if thing.under else 500))
    if object in RECOMPUTED:  # what is above is read before and after
        look_up += 2 * cost("GET", THINGS[RECOMPUTED[object].object].path) * ceil(count / CHUNK)
    read_back = cost("GET", thing.path) * ceil(count / CHUNK) if thing.new else 2 * count
    return count * cost("POST", thing.path) + look_up + read_back


def _days(
    client: Client, schema: Schema, a: Allowance, setting: int, counts: Mapping[str, int]
) -> str:
    needed, own = tokens(counts), seats(schema, setting)
    daily = max(1, a.limit - client.ledger.reserve)
    name = guessed(a.limit, own)
    said = [
        f"{name.title() or 'This plan'}, {own} seat{'s' * (own > 1)}, {a.limit:,} tokens a day: "
        f"{_say(days(needed, a.left, daily))}"
    ]
    more = own * 2
    per_seat = a.limit / own
    said.append(f"with {more} seats {_say(days(needed, a.left, int(per_seat * more)))}")
    if name and name != "ultimate":
        top = BASE * PLANS["ultimate"].multiplier * own
        said.append(f"on Ultimate {_say(days(needed, a.left, top))}")
    said.append(_binds(client, counts, needed <= a.left))
    return "; ".join(said) + f". Taking it back costs about {rollback_tokens(counts):,}."


def _binds(client: Client, counts: Mapping[str, int], fits: bool) -> str:
    """Which limit the load meets first: the window of two seconds or the day."""
    if not fits:
        return "the day's budget is the limit, not the burst"
    minutes = ceil(sum(counts.values()) / client.window.calls * SECONDS / 60)
    return f"the burst of {client.window.calls} calls in two seconds is the limit: {minutes} min"


def _say(days: int) -> str:
    return f"{days} day{'s' * (days > 1)}"
