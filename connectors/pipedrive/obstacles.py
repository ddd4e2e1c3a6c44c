"""What to see to before a load: what the account's own records say, and what no API tells.

In: one account. Out: obstacles, each with what to do. Nothing is changed.
Source: Pipedrive API Reference, Webhooks; Knowledge Base, "Usage limits", "Visibility groups",
"Workflow automation", "Contact Sync".
"""

from collections.abc import Iterator

from connectors.errors import ConnectorError
from connectors.pipedrive import limits
from connectors.pipedrive.client import Client
from connectors.pipedrive.objects import KEY_FIELDS
from connectors.pipedrive.schema import Schema, label_of
from connectors.values import Obstacle

BY_HAND = (
    (
        "automation",
        "Workflow automations, sequences and e-mail campaigns run for records we write, and no "
        "API call shows or stops them. Go through Tools, Automations and Sequences; switch off "
        "what reacts to new or changed organizations, persons, deals and activities, note which, "
        "and switch it on again afterwards.",
    ),
    (
        "visibility",
        "The API shows a token what its user may see. Let our user see everything (visibility "
        "groups, permission sets), or checks and rollback would miss records without a word; "
        "and look at the default visibility of new records, which ours get.",
    ),
    (
        "unconfirmed",
        "Not established for every account: whether an organization's or person's add_time is "
        "kept as sent, how large a file may be (the setting says 25 MB), whether options may be "
        "added to the built-in labels. The sample shows each before the client signs.",
    ),
)
"""Code and what a person must look at."""


STAYS = (
    "A deleted record stays in the trash for 30 days, and its number is not given again.",
    "What automations, campaigns and webhooks did about our writes has happened.",
    "Field options that were added stay; tokens that were used are used.",
)


def obstacles(client: Client, schema: Schema, plan: str, seats: int) -> list[Obstacle]:
    """First what blocks, then what to know."""
    schema.refresh()
    found = [
        *_rights(schema),
        *_keys(schema),
        *_budget(client, schema, plan, seats),
        *_caps(client, schema, plan, seats),
        *_doubles(schema),
        *_webhooks(client),
        *(Obstacle(code, "to know", message) for code, message in BY_HAND),
    ]
    return sorted(found, key=lambda each: each.severity != "blocks")


def is_admin(schema: Schema) -> bool:
    """Entries of apps that the company does not use are absent rather than false."""
    access = schema.me.get("access") or ()
    return any(a.get("admin") and a.get("app") in ("sales", "global") for a in access)


def _rights(schema: Schema) -> Iterator[Obstacle]:
    if not is_admin(schema):
        yield Obstacle(
            "no_admin",
            "blocks",
            f"{schema.me.get('name')}, whose token we use, is no admin of deals. Fields, stages "
            "and other users' records need one: take an admin's token, or make this user one.",
        )


def _keys(schema: Schema) -> Iterator[Obstacle]:
    lacking = [o for o, name in KEY_FIELDS.items() if name not in schema.columns(o)]
    if lacking:
        yield Obstacle(
            "no_key_field",
            "blocks",
            f"{', '.join(lacking)} cannot hold our key yet. Create missing fields.",
        )


def _budget(client: Client, schema: Schema, plan: str, seats: int) -> Iterator[Obstacle]:
    if limits.daily_limit(client, schema, plan, seats) is None:
        yield Obstacle(
            "budget_unknown",
            "to know",
            "The account does not tell its daily budget. Set plan and seats in the connection, "
            "or no forecast can be made.",
        )


def _caps(client: Client, schema: Schema, plan: str, setting: int) -> Iterator[Obstacle]:
    seats = limits.seats(schema, setting)
    name = plan or limits.guessed(client.ledger.limit, seats)
    if not name:
        return
    allowed = limits.PLANS[name]
    if held := limits.deals_left(client, schema, plan, setting):
        yield Obstacle(
            "deal_cap",
            "to know" if held.left else "blocks",
            f"{name.title()} with {seats} seats holds {held.limit:,} deals and leads, of which "
            f"{held.left:,} are left; won and lost ones count, archived and deleted ones do not "
            "(an account older than June 2025 counts open ones only). If the jobs do not fit into "
            "the rest: fewer years in scope, archiving old deals, more seats, or the next plan, "
            "which also shortens the load (see the forecast).",
        )
    fields = sum(column.custom for o in KEY_FIELDS for column in schema.columns(o).values())
    if allowed.fields and fields > allowed.fields * 0.8:
        yield Obstacle(
            "field_cap",
            "to know",
            f"{name.title()} holds {allowed.fields} custom fields; {fields} are there. Fields "
            "that nobody uses may be deleted, or mapping rows left out.",
        )


def _doubles(schema: Schema) -> Iterator[Obstacle]:
    for object in KEY_FIELDS:
        labels = [label_of(f).casefold() for f in schema.fields(object) if f["is_custom_field"]]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            yield Obstacle(
                "same_label",
                "to know",
                f"{object} has more than one field called {', '.join(twice)}. They are listed "
                "with their codes; nothing is mapped to them by itself. Rename all but one.",
            )


def _webhooks(client: Client) -> Iterator[Obstacle]:
    try:
        found = client.call("GET", "/api/v1/webhooks").get("data") or []
    except ConnectorError as error:
        yield Obstacle(
            "webhooks_unknown",
            "to know",
            f"Webhooks could not be read ({error}). Look under Tools, Webhooks, by hand.",
        )
        return
    for hook in found:
        if hook.get("is_active"):
            host = str(hook.get("subscription_url") or "").split("?")[0]
            yield Obstacle(
                "webhook",
                "to know",
                f"A webhook tells {host} of every “{hook.get('event_action')} "
                f"{hook.get('event_object')}”. It will be called for each record we write: "
                "delete it for the load, or make sure that its receiver can take it.",
            )
