"""Names as people read them. In: the schema as the inventory read it, the users as the scan
read them, mapping rows, technician matches. Out: labels; a name that has none stands for
itself. They explain a decision and are no part of it, so a changed label makes nothing stale."""

from dataclasses import dataclass

from projects.models import AccountUser, Engagement, SchemaField
from projects.models.plan import Change

PLACES = {
    "fields": "Field of the new system",
    "objects": "Kind of record",
    "policies": "Rule",
    "rows": "Mapping",
    "technicians": "Technician",
}
"""Part of a plan body → what a client calls it."""


@dataclass(frozen=True, slots=True)
class Labels:
    sources: dict[tuple[str, str], str]
    destinations: dict[tuple[str, str], str]
    users: dict[str, str]
    """By id and by e-mail."""
    technicians: dict[str, str]

    @classmethod
    def of(cls, engagement: Engagement) -> "Labels":
        """Four queries, whatever is shown."""
        rows = list(engagement.mapping_rows.all())
        fields = SchemaField.objects.filter(
            connection__engagement=engagement,
            object__in={row.destination_object for row in rows},
        )
        matches = list(engagement.technician_matches.all())
        # An active user speaks for an e-mail that a former one had, too.
        accounts = AccountUser.objects.filter(connection__engagement=engagement).order_by("active")
        return cls(
            {(row.shape, row.path): row.source_label for row in rows if row.source_label},
            {(field.object, field.name): field.label for field in fields if field.label},
            {m.user_id: m.user_name for m in matches if m.user_id and m.user_name}
            | {key: u.name for u in accounts for key in (u.user_id, u.email) if key and u.name},
            {match.technician_id: match.name for match in matches},
        )

    def source(self, shape: str, path: str) -> str:
        return self.sources.get((shape, path), path)

    def destination(self, object: str, name: str) -> str:
        return self.destinations.get((object, name), name)

    def user(self, id: str) -> str:
        return self.users.get(id, id)

    def change(self, change: Change) -> Change:
        """A changed leaf of a plan, named by what it is about rather than where it stands."""
        place, *rest = change.what.split(" › ")
        if rest and place == "technicians":
            rest[0] = self.technicians.get(rest[0], rest[0])
        elif rest and place == "rows":
            rest = [self._field(rest[0]), *(part for part in rest[1:] if part != "values")]
        what = " › ".join([PLACES.get(place, place), *(part.replace("_", " ") for part in rest)])
        return Change(what, self.value(change.before), self.value(change.after))

    def _field(self, row: str) -> str:
        shape, _, name = row.partition(".")
        labels = [label for (_, field), label in self.destinations.items() if field == name]
        return f"{labels[0] if labels else name} of a {shape}"

    def value(self, value: str) -> str:
        """A user's id or e-mail with the name beside it; any other value as it is."""
        return f"{self.users[value]} ({value})" if value in self.users else value
