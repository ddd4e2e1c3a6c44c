"""`engagement create`: an engagement with its accounts checked, or nothing at all.
In: FILE, or the first line of `manage.py sandbox`. Out: its rows and an audit entry."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from connectors.values import User
from projects import audit
from projects.commandline import accounts
from projects.commandline.accounts import Checked, Given
from projects.commandline.ask import Ask, Groups, read_json
from projects.commandline.exits import BAD_INPUT, bad_input, stop
from projects.models import Connection, Engagement
from projects.presets import PRESETS

PARTS = {"name", "client", "settings", *accounts.ROLES, *accounts.OPTIONAL}
SETTINGS = {
    "households",
    "placeholder_children",
    "fallback_owner",
    "sample_size",
    "custom_fields",
}
PRACTICE = {"name": "Practice move", "client": "Practice contractor"}

DESCRIPTION = """\
Make an engagement from FILE, after signing in to its accounts. Where one of them is not
accepted, nothing is made.

FILE is one JSON object ("-" reads it from stdin):
  name         unique; --engagement names it afterwards
  client       the client's name, as their review page shows it
  settings     optional: households (placeholder or none), placeholder_children (1 to 9999),
               fallback_owner (e-mail or id of a destination user), sample_size (100 to 500),
               custom_fields (from how many of the source a scan names them)
  source, destination
               each {"kind": …, "settings": {…}, "secrets": {…}}
  rehearsal    optional: another account of the destination's kind; fields and sample go to it
A value {"env": "NAME"} is read from the environment, so that FILE needs to hold no secret.
`engagement create --example` prints such a file to fill in.
"""


def add(groups: Groups, common: argparse.ArgumentParser) -> None:
    parser = groups.add_parser(
        "create",
        parents=[common],
        help="make an engagement",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", nargs="?")
    parser.add_argument("--example", action="store_true", help="print a FILE to fill in")
    parser.add_argument(
        "--practice", metavar="JSON", help="file with the first line of `manage.py sandbox`"
    )
    parser.add_argument(
        "--destination", metavar="KIND", help="which of the practice destinations", default=""
    )
    parser.set_defaults(perform=create)


def create(ask: Ask) -> None:
    if ask["example"]:
        text = orjson.dumps(_example(), option=orjson.OPT_INDENT_2).decode()
        ask.console.file.write(text + "\n")
        return
    where = ask["file"] or ask["practice"]
    if not where:
        raise stop(BAD_INPUT, "Say FILE or --practice; `engagement create --example` shows one.")
    body = _practice(ask) if ask["practice"] else {}
    body |= read_json(ask["file"]) if ask["file"] else {}
    if ask["engagement"]:
        body["name"] = ask["engagement"]
    problems: list[str] = []
    engagement, given = _read(body, problems)
    if problems:
        raise bad_input(problems, where)
    checked = {one.role: accounts.check(one, where) for one in given}
    _require_apart(checked, where)
    owner = (body.get("settings") or {}).get("fallback_owner", "")
    engagement.fallback_owner = _owner(owner, checked["destination"].users, where)
    _save(engagement, given, checked, ask.actor)
    _tell(ask, engagement)


def _read(body: Mapping[str, Any], problems: list[str]) -> tuple[Engagement, list[Given]]:
    """The engagement, not saved, and its accounts; what is wrong goes to `problems`."""
    problems += [f"{name}: unknown" for name in sorted(body.keys() - PARTS)]
    roles = (*accounts.ROLES, *(role for role in accounts.OPTIONAL if role in body))
    given = [accounts.read(role, body.get(role), problems) for role in roles]
    settings = body.get("settings", {})
    if not isinstance(settings, Mapping):
        problems.append("settings: must be an object")
        settings = {}
    problems += [f"settings.{name}: unknown" for name in sorted(settings.keys() - SETTINGS)]
    known = {n: v for n, v in settings.items() if n in SETTINGS - {"fallback_owner"}}
    engagement = Engagement(name=body.get("name", ""), client_name=body.get("client", ""), **known)
    try:
        engagement.full_clean()
    except ValidationError as wrong:
        for name, messages in wrong.message_dict.items():
            shown = f"settings.{name}" if name in SETTINGS else name.removesuffix("_name")
            problems += [f"{shown}: {message}" for message in messages]
    read = {one.role: one for one in given if one}
    if len(read) == len(roles):
        problems += _unfit(read)
    return engagement, list(read.values())


def _unfit(given: Mapping[str, Given]) -> Iterator[str]:
    """Why these accounts do not go together."""
    pair = f"{given['source'].kind}-{given['destination'].kind}"
    if pair not in PRESETS:
        yield f"no preset moves {pair}, only {', '.join(PRESETS)}"
    rehearsal = given.get("rehearsal")
    if rehearsal and rehearsal.kind != given["destination"].kind:
        yield f"rehearsal.kind: must be {given['destination'].kind}, as the destination's"


def _require_apart(checked: Mapping[str, Checked], where: str) -> None:
    ids = [checked[role].account.id for role in ("destination", "rehearsal") if role in checked]
    if len(set(ids)) < len(ids):
        raise bad_input([f"rehearsal: is account {ids[0]}, the destination itself"], where)


def _owner(given: str, users: list[User], where: str) -> str:
    """The destination user's id, given by e-mail or id; "" where none is named."""
    if not given:
        return ""
    wanted = str(given).strip().lower()
    found = [u for u in users if u.active and (u.id == given or u.email.lower() == wanted)]
    if len(found) == 1:
        return found[0].id
    said = "no active user" if not found else f"{len(found)} active users"
    problem = f"settings.fallback_owner: the destination has {said} “{given}”"
    raise bad_input([problem], where)


def _save(
    engagement: Engagement, given: list[Given], checked: Mapping[str, Checked], actor: str
) -> None:
    try:
        with transaction.atomic():
            engagement.save(force_insert=True)
            for one in given:
                _connect(engagement, one, checked[one.role])
            kinds = {one.role: one.kind for one in given}
            audit.record(engagement, actor, "engagement created", **kinds)
    except IntegrityError:
        raise stop(BAD_INPUT, f"There is an engagement “{engagement.name}” already.") from None


def _connect(engagement: Engagement, given: Given, checked: Checked) -> None:
    account = checked.account
    connection = Connection(
        engagement=engagement,
        role=given.role,
        kind=given.kind,
        settings=given.settings,
        account_id=account.id,
        account_name=account.name,
        user_id=account.user_id,
        checked_at=timezone.now(),
    )
    connection.set_secrets(given.secrets)
    connection.save()


def _practice(ask: Ask) -> dict[str, Any]:
    urls = read_json(ask["practice"])
    body: dict[str, Any] = dict(PRACTICE)
    for role in accounts.ROLES:
        there = [kind for kind in accounts.kinds(role) if kind in urls]
        wished = ask["destination"] if role == "destination" else ""
        if wished and wished not in there:
            raise stop(BAD_INPUT, f"{ask['practice']} has no {role} “{wished}”, only {there}.")
        if not there:
            raise stop(
                BAD_INPUT, f"{ask['practice']} is not the first line of `manage.py sandbox`."
            )
        body[role] = accounts.from_practice(wished or there[0], urls)
    return body


def _example() -> dict[str, Any]:
    return {
        "name": "Northside Plumbing 2026",
        "client": "Northside Plumbing",
        "settings": {"households": "placeholder", "sample_size": 150, "fallback_owner": ""},
        **{role: accounts.example(role) for role in accounts.ROLES},
    }


def _tell(ask: Ask, engagement: Engagement) -> None:
    connections = [engagement.source, *engagement.destinations]
    document = {
        "engagement": engagement.name,
        "accounts": {
            c.role: {"kind": c.kind, "id": c.account_id, "name": c.account_name}
            for c in connections
        },
    }
    lines = [f"Created “{engagement}”.", *(f"  {c.get_role_display()}: {c}" for c in connections)]
    ask.answer(document, lambda: ask.say(*lines, "Next: engagement run inventory --wait"))
