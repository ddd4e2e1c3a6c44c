"""Finding what a name in a record or CSV header means: a field, or a parent's key."""

from dataclasses import dataclass

from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.schema import Schema


@dataclass(frozen=True, slots=True)
class Bound:
    """A field to write, and where its value is a parent's key: that parent and key field."""

    field: Field
    parent: Object | None = None
    key: Field | None = None


class Unknown(Exception):
    """No such field for this user. The text is the name as it was sent, or why it is none."""


def bind(schema: Schema, object: Object, name: str) -> Bound:
    """`Name`, `Account.Source_Id__c` or `User:Owner.Username`. Raises Unknown."""
    if "." in name:
        path, _, key = name.partition(".")
        prefix, _, relationship = path.rpartition(":")
        return bind_parent(schema, object, relationship, key, prefix)
    field = schema.field(object, name)
    if field is None:
        raise Unknown(name)
    return Bound(field)


def bind_parent(
    schema: Schema, object: Object, relationship: str, key: str, target: str = ""
) -> Bound:
    """A parent named by one of its keys; a polymorphic one needs its type named too."""
    lookups = [
        f for f in schema.fields(object) if (f.relationship or "").lower() == relationship.lower()
    ]
    if not lookups:
        raise Unknown(f"{relationship}.{key}")
    field = object.fields[lookups[0].name.lower()]
    if target and len(field.references) == 1:
        raise Unknown(
            f"type is not needed for non polymorphic foreign key references: {relationship}"
        )
    if not target and len(field.references) > 1:
        raise Unknown(f"type is needed for polymorphic foreign key references: {relationship}")
    name = target or field.references[0]
    parent = schema.object(name) if name in field.references else None
    found = schema.field(parent, key) if parent else None
    if found is None or not (found.external_id or found.id_lookup):
        raise Unknown(f"{relationship}.{key}")
    return Bound(field, parent, found)
