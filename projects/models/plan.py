"""The frozen sum of everything people decided: what a sample, a sign-off and a load refer to."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import models
from django.utils import timezone

from projects.models.engagement import Connection, Engagement
from projects.models.mapping import MappingRow, ObjectRow, TechnicianMatch
from projects.models.schema import AccountUser, SchemaField
from projects.presets import chosen_shapes, preset

ABSENT = "(none)"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of "what changed": where, and the two values as people read them."""

    what: str
    before: str
    after: str


class Plan(models.Model):
    """Immutable, content-addressed. Two engagements' rows that decide the same give the
    same digest, so putting a change back makes an old sign-off valid again."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="plans")
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("engagement", "digest"), name="one_plan_a_digest"),
        )

    def __str__(self) -> str:
        return f"plan {self.digest[:12]}"

    @classmethod
    def draft(cls, engagement: Engagement, at: Connection | None = None) -> dict[str, Any]:
        """The body that a plan made from today's rows would have, with the fields as they are
        in the account `at`, by default the one that the sample goes to. Users are named by
        e-mail where that is known, so that the same decision is the same plan anywhere."""
        emails = AccountUser.emails(engagement)
        rows = list(
            engagement.mapping_rows.exclude(destination_field="").prefetch_related("value_maps")
        )
        return {
            "preset": engagement.preset,
            "tenant": engagement.source.account_id,
            "policies": {
                "households": engagement.households,
                "placeholder_children": engagement.placeholder_children,
                "fallback_owner": emails.get(engagement.fallback_owner, engagement.fallback_owner),
            },
            "objects": [_object(row) for row in engagement.object_rows.order_by("source_object")],
            "rows": sorted((_row(row) for row in rows), key=_row_order),
            "technicians": {
                match.technician_id: _technician(match, emails)
                for match in engagement.technician_matches.all()
            },
            "files": {flagged.key: flagged.action for flagged in engagement.flagged_files.all()},
            "fields": _touched_fields(at or engagement.trial, rows),
        }

    @classmethod
    def freeze(cls, engagement: Engagement, actor: str) -> "Plan":
        """Today's rows as a plan; the one already there where nothing changed."""
        body = cls.draft(engagement)
        plan, _ = cls.objects.get_or_create(
            engagement=engagement,
            digest=digest_of(body),
            defaults={"body": body, "created_by": actor},
        )
        return plan

    def allows(self, other: dict[str, Any]) -> bool:
        """Whether a body is this plan or an addendum to it: everything decided here stands
        there unchanged, and what is more answers what this plan did not know."""
        return _only_adds(self.body, other)

    def outdated(self, other: dict[str, Any], shapes: Collection[str]) -> bool:
        """Whether records of these shapes that landed by this plan may be others by that body:
        rows came or changed. A value or technician that was added answers what was held."""
        before, after = (
            _named([row for row in body["rows"] if row["shape"] in shapes])
            for body in (self.body, other)
        )
        if before.keys() != after.keys() or not _only_adds(before, after):
            return True
        owned = any(row["transform"] == "owner" for row in after.values())
        return owned and not _only_adds(_decided(self.body), _decided(other))

    def changes(self, other: dict[str, Any]) -> list[Change]:
        """What differs between this plan and another body, one line a leaf; one line a row,
        field or technician that came or went as a whole."""
        mine, theirs = dict(_leaves(self.body)), dict(_leaves(other))
        whole = {_entry(what) for what in mine} ^ {_entry(what) for what in theirs}
        mine, theirs = _folded(mine, whole), _folded(theirs, whole)
        return [
            Change(what, mine.get(what, ABSENT), theirs.get(what, ABSENT))
            for what in sorted(mine.keys() | theirs.keys())
            if mine.get(what) != theirs.get(what)
        ]


def missing_fields(body: Mapping[str, Any]) -> list[str]:
    """Mapped destination fields, as "Object.Field", that the schema in the plan does not have;
    not those of shapes that the choice of destinations leaves out."""
    becomes = {row["source"]: row["destination"] for row in body["objects"]}
    names = {shape.name for shape in chosen_shapes(becomes, preset(body["preset"]))}
    rows = (row for row in body["rows"] if row["shape"] in names)
    mapped = {f"{row['object']}.{row['field']}" for row in rows}
    return sorted(mapped - body["fields"].keys())


def with_users(body: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """The plan with the users' ids of one account in the place of their e-mails."""
    owner = body["policies"]["fallback_owner"]
    return {
        **body,
        "policies": {**body["policies"], "fallback_owner": ids.get(owner, owner)},
        "technicians": {
            technician: {**match, "user": ids.get(match["user"], match["user"])}
            for technician, match in body["technicians"].items()
        },
    }


def unknown_users(body: Mapping[str, Any], ids: Mapping[str, str]) -> list[str]:
    """Users of the plan, as "e-mail (for whom)", whom the account has not, or not active."""
    wanted = {
        match["user"]: match["name"]
        for match in body["technicians"].values()
        if match["action"] == TechnicianMatch.Action.MATCH
    }
    wanted.setdefault(body["policies"]["fallback_owner"], "fallback owner")
    return sorted(
        f"{user} ({who})" for user, who in wanted.items() if "@" in user and user not in ids
    )


def digest_of(body: Any) -> str:
    """SHA-256 of the canonical JSON of `body`, in hex."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _object(row: ObjectRow) -> dict[str, str]:
    return {
        "source": row.source_object,
        "destination": row.destination_objects,
        "status": row.status,
    }


def _row(row: MappingRow) -> dict[str, Any]:
    return {
        "shape": row.shape,
        "part": row.part,
        "source": f"{row.source_object}.{row.source_field}",
        "path": row.path,
        "object": row.destination_object,
        "field": row.destination_field,
        "transform": row.transform,
        "argument": row.argument,
        "values": {v.source_value: v.destination_value for v in row.value_maps.all()},
    }


def _row_order(row: dict[str, Any]) -> tuple[str, str]:
    return row["shape"], row["field"]


def _technician(match: TechnicianMatch, emails: Mapping[str, str]) -> dict[str, str]:
    user = emails.get(match.user_id, match.user_id)
    return {"name": match.name, "action": match.action, "user": user}


def _touched_fields(connection: Connection, rows: Iterable[MappingRow]) -> dict[str, Any]:
    touched = {(row.destination_object, row.destination_field) for row in rows}
    fields = SchemaField.objects.filter(connection=connection, object__in={o for o, _ in touched})
    return {f"{f.object}.{f.name}": _field(f) for f in fields if (f.object, f.name) in touched}


def _field(field: SchemaField) -> dict[str, Any]:
    return {
        "type": field.type,
        "length": field.length,
        "required": field.required,
        "createable": field.createable,
        "updateable": field.updateable,
        "restricted": field.restricted,
        "picklist": sorted(field.picklist),
    }


def _only_adds(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        return all(name in after and _only_adds(v, after[name]) for name, v in before.items())
    if isinstance(before, list) and isinstance(after, list):
        if before and isinstance(before[0], dict):
            return _only_adds(_named(before), _named(after))
        # An empty list of values is no restriction: the first one is a change, not an addition.
        return before == after or (bool(before) and set(before) <= set(after))
    return bool(before == after)


def _decided(body: Mapping[str, Any]) -> dict[str, Any]:
    technicians = body["technicians"].items()
    return {id: match for id, match in technicians if match["action"] != "undecided"}


def _named(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows of a plan body, each under the name it has in "what changed"."""
    return {f"{r['shape']}.{r['field']}" if "field" in r else r["source"]: r for r in rows}


def _entry(what: str) -> str:
    """The path of the row, field or technician that a leaf belongs to."""
    return " › ".join(what.split(" › ")[:2])


def _folded(leaves: Mapping[str, str], whole: Collection[str]) -> dict[str, str]:
    """The leaves of each of these entries as one, which tells all that it holds."""
    found: dict[str, str] = {}
    for what, value in leaves.items():
        entry = _entry(what)
        if entry not in whole or what == entry:
            found[what] = value
        elif value:
            told = f"{what.removeprefix(f'{entry} › ')} {value}"
            found[entry] = f"{found[entry]}, {told}" if entry in found else told
    return found


def _leaves(body: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Each leaf of a plan body under a path that names its row, not its position."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _leaves(value, f"{path} › {key}" if path else str(key))
    elif isinstance(body, list) and body and isinstance(body[0], dict):
        for name, row in _named(body).items():
            yield from _leaves(row, f"{path} › {name}")
    else:
        yield path, ", ".join(map(str, body)) if isinstance(body, list) else str(body)
