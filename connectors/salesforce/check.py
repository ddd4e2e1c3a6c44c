"""Signing in and proving the rights a load needs: one sentence for each that is missing."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from simple_salesforce.format import format_soql

from connectors.errors import Misconfigured, NotAuthorised
from connectors.salesforce.answers import NAME
from connectors.salesforce.client import Client
from connectors.salesforce.objects import CORE, KEY_FIELDS, PLAIN_KEYS
from connectors.salesforce.query import query
from connectors.salesforce.schema import Schema, object_spec
from connectors.values import Account

log = logging.getLogger(__name__)

RIGHTS = (("createable", "Create"), ("updateable", "Edit"), ("deletable", "Delete"))


def check(client: Client, schema: Schema) -> Account:
    """Raises NotAuthorised or Misconfigured with every problem found."""
    _check_version(client)
    account = _account(client)
    schema.refresh()
    rights: list[str] = []
    setup: list[str] = []
    for object in CORE:
        answer = schema.describe(object)
        if answer is None:
            rights.append(f"{object} is hidden: grant our user “Read” on it.")
            continue
        rights += missing_rights(object, answer)
        setup += key_problems(object, answer)
        _note_audit(object, answer)
    if rights:
        raise NotAuthorised(f"{NAME}: {' '.join(rights + setup)}")
    if setup:
        raise Misconfigured(f"{NAME}: {' '.join(setup)}")
    return account


def _check_version(client: Client) -> None:
    known = [each["version"] for each in client.call("GET", "/services/data/")]
    if client.version not in known:
        raise Misconfigured(
            f"{NAME}: this org has no API version {client.version}. Set one of its own, the "
            f"newest is {known[-1] if known else 'unknown'}."
        )


def _account(client: Client) -> Account:
    organization = next(query(client, "SELECT Id, Name FROM Organization"))
    user_id = client.session.user_id
    found = query(client, format_soql("SELECT Id, Name FROM User WHERE Id = {}", user_id))
    user = next(found, {"Name": ""})
    return Account(organization["Id"], organization["Name"], user_id, user["Name"])


def missing_rights(object: str, answer: Mapping[str, Any]) -> Iterator[str]:
    """What of an object our user may not do."""
    words = [word for flag, word in RIGHTS if not answer[flag]]
    if words:
        yield f"{object}: grant our user {' and '.join(f'“{word}”' for word in words)} on it."


def key_problems(object: str, answer: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an object's key field."""
    if object not in KEY_FIELDS:
        return
    name = KEY_FIELDS[object]
    field = object_spec(answer).field(name)
    if field is None:
        kind = "Text(80)" if object in PLAIN_KEYS else "Text(80), External ID, Unique"
        yield (
            f"{object} has no field {name}, or field-level security hides it: create it as "
            f"{kind}, and grant our user to edit it."
        )
        return
    if object not in PLAIN_KEYS and not (field.unique and field.external_id):
        yield f"{object}.{name} must be marked both Unique and External ID."
    if not (field.createable and field.updateable):
        yield f"{object}.{name} is read-only for our user: grant edit by field-level security."


def _note_audit(object: str, answer: Mapping[str, Any]) -> None:
    field = object_spec(answer).field("CreatedDate")
    can = "may" if field and field.createable else "may not"
    log.debug("%s: our user %s set CreatedDate when creating %s", NAME, can, object)
