"""Names as people read them. In: the schema as the inventory read it, mapping rows,
technician matches. Out: labels; a name that has none stands for itself. They explain a
decision and are no part of it, so a changed label makes nothing stale."""

from dataclasses import dataclass

from projects.models import Engagement, SchemaField


@dataclass(frozen=True, slots=True)
class Labels:
    sources: dict[tuple[str, str], str]
    destinations: dict[tuple[str, str], str]
    users: dict[str, str]

    @classmethod
    def of(cls, engagement: Engagement) -> "Labels":
        """Three queries, whatever is shown."""
        rows = list(engagement.mapping_rows.all())
        fields = SchemaField.objects.filter(
            connection__engagement=engagement,
            object__in={row.destination_object for row in rows},
        )
        matches = engagement.technician_matches.exclude(user_id="")
        return cls(
            {(row.shape, row.path): row.source_label for row in rows if row.source_label},
            {(field.object, field.name): field.label for field in fields if field.label},
            {match.user_id: match.user_name for match in matches if match.user_name},
        )

    def source(self, shape: str, path: str) -> str:
        return self.sources.get((shape, path), path)

    def destination(self, object: str, name: str) -> str:
        return self.destinations.get((object, name), name)

    def user(self, id: str) -> str:
        return self.users.get(id, id)

    def value(self, value: str) -> str:
        """A user's id with the name beside it; any other value as it is."""
        return f"{self.users[value]} ({value})" if value in self.users else value
