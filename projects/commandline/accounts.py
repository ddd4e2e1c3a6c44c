"""The accounts of a new engagement. In: what FILE says of each. Out: accounts that were
signed in to, or every problem at once. Nothing is written here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import connectors
from connectors.errors import ConnectorError
from connectors.values import Account, Setting, User
from projects.commandline.exits import code_of, stop
from projects.models import Connection

ROLES = ("source", "destination")
OPTIONAL = ("rehearsal",)
PARTS = {"kind", "settings", "secrets"}


@dataclass(frozen=True, slots=True)
class Given:
    """One account as FILE describes it, its secrets read from the environment."""

    role: str
    kind: str
    settings: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def label(self) -> str:
        return f"{self.role} ({connectors.CONNECTORS[self.kind].label})"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the sign-in found. `users` only for a destination."""

    account: Account
    users: list[User]


def read(role: str, body: Any, problems: list[str]) -> Given | None:
    """The account of that role, or None after adding what is wrong to `problems`."""
    if not isinstance(body, Mapping) or not isinstance(body.get("kind"), str):
        problems.append(f'{role}: must be an object with "kind", "settings" and "secrets"')
        return None
    problems += [f"{role}.{name}: unknown" for name in sorted(body.keys() - PARTS)]
    kind, known = body["kind"], kinds(role)
    if kind not in known:
        problems.append(f"{role}.kind: there is no “{kind}”, only {', '.join(known)}")
        return None
    pools = {part: body.get(part, {}) for part in ("settings", "secrets")}
    found: dict[str, dict[str, str]] = {}
    for part, values in pools.items():
        if not isinstance(values, Mapping):
            problems.append(f"{role}.{part}: must be an object")
            return None
        found[part] = _values(f"{role}.{part}", values, problems)
    specs = connectors.settings_of(kind)
    named = {problem.partition(":")[0] for problem in problems}
    wrong = _misplaced(role, specs, found)
    problems += [problem for problem in wrong if problem.partition(":")[0] not in named]
    return Given(role, kind, found["settings"], found["secrets"])


def kinds(role: str) -> list[str]:
    """Which vendors can have this role; a rehearsal is one more destination."""
    role = "source" if role == "source" else "destination"
    return [name for name, kind in connectors.CONNECTORS.items() if kind.role == role]


def check(given: Given, where: str) -> Checked:
    """Sign in. Raises CommandError that names the account and what to do."""
    try:
        if given.role == Connection.Role.SOURCE:
            with connectors.open_source(given.kind, given.settings, given.secrets) as source:
                return Checked(source.check(), [])
        opened = connectors.open_destination(given.kind, given.settings, given.secrets)
        with opened as destination:
            return Checked(destination.check(), destination.users())
    except ConnectorError as error:
        raise stop(
            code_of(error),
            f"The {given.label} was not accepted: {error}\n"
            f'Nothing was created. Correct "{given.role}" in {where} and run this again.',
        ) from error


def example(role: str) -> dict[str, Any]:
    """A filled-in pattern of the first kind of this role."""
    kind = kinds(role)[0]
    specs = connectors.settings_of(kind)
    return {
        "kind": kind,
        "settings": {s.name: s.default or _blank(s) for s in specs if not s.secret},
        "secrets": {s.name: {"env": f"{kind}_{s.name}".upper()} for s in specs if s.secret},
    }


def from_practice(kind: str, urls: Mapping[str, Any]) -> dict[str, Any]:
    """The account of that kind in the first line of `manage.py sandbox`."""
    specs = connectors.settings_of(kind)
    values = {name: value for name, value in urls[kind].items() if value is not None}
    return {
        "kind": kind,
        "settings": {s.name: values[s.name] for s in specs if not s.secret and s.name in values},
        "secrets": {s.name: values[s.name] for s in specs if s.secret and s.name in values},
    }


def _blank(spec: Setting) -> str:
    return f"<{spec.label}>" if spec.required else ""


def _values(where: str, given: Mapping[str, Any], problems: list[str]) -> dict[str, str]:
    found = {}
    for name, value in given.items():
        if isinstance(value, Mapping) and value.keys() == {"env"}:
            text = os.environ.get(str(value["env"]), "")
            if not text:
                problems.append(f"{where}.{name}: the environment has no {value['env']}")
            found[name] = text
        elif isinstance(value, str | int) and not isinstance(value, bool):
            found[name] = str(value)
        else:
            problems.append(f'{where}.{name}: must be text or {{"env": "NAME"}}')
    return found


def _misplaced(
    role: str, specs: tuple[Setting, ...], found: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Names that the kind does not know, stand in the wrong part, or are missing."""
    homes = {s.name: "secrets" if s.secret else "settings" for s in specs}
    problems = []
    for part, values in found.items():
        for name in values:
            home = homes.get(name)
            if home is None:
                problems.append(f"{role}.{part}.{name}: unknown, there is {', '.join(homes)}")
            elif home != part:
                problems.append(f'{role}.{part}.{name}: belongs under "{home}"')
    for spec in specs:
        home = homes[spec.name]
        stands = any(values.get(spec.name, "").strip() for values in found.values())
        if spec.required and not spec.default and not stands:
            problems.append(f"{role}.{home}.{spec.name}: is missing ({spec.label})")
    return problems
