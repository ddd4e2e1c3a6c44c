"""Nine errors made behind our back at the practice destination, for reconciliation to find:
five records altered, two dropped, one doubled, one hung under another parent."""

import hashlib
from typing import Any

import httpx
from django.core.management import CommandError

from projects import journal
from projects.models import Engagement, LoadItem
from projects.presets import preset, shapes_in
from projects.shapes import Shape

Planted = set[tuple[str, str]]
"""(kind of difference, key)."""


def plant(engagement: Engagement, control_url: str) -> Planted:
    """Make the errors in records under which nothing of ours hangs, so that each is one
    error; returns what must be found."""
    connection = engagement.destination
    leaf = _leaf(engagement)
    landed = LoadItem.objects.filter(connection=connection, state=LoadItem.State.LANDED)
    items = list(landed.filter(shape=leaf.name))
    items.sort(key=lambda item: hashlib.sha256(item.key.encode()).hexdigest())
    altered, dropped, doubled, moved = items[:5], items[5:7], items[7], items[8]
    edit = _Editor(control_url, connection.kind, moved.object)
    for item in altered:
        edit(op="update", id=item.remote_id, set={_text_field(engagement, leaf): "By hand"})
    for item in dropped:
        edit(op="delete", id=item.remote_id)
    edit(op="duplicate", key=doubled.key)
    field, parent = _other_parent(leaf, moved)
    edit(op="update", id=moved.remote_id, set={field: _as_stored(parent)})
    return {
        *(("altered", item.key) for item in altered),
        *(("missing", item.key) for item in dropped),
        ("double", doubled.key),
        ("re-parented", moved.key),
    }


class _Editor:
    """Edits as another user of the practice destination."""

    def __init__(self, control_url: str, vendor: str, object: str) -> None:
        self.url, self.vendor, self.object = f"{control_url}/edit", vendor, object

    def __call__(self, **command: Any) -> None:
        body = {"vendor": self.vendor, "object": self.object, **command}
        answer = httpx.post(self.url, json=body, timeout=60)
        if answer.is_error:
            raise CommandError(f"The practice vendor refused the planted error: {answer.text}")


def _leaf(engagement: Engagement) -> Shape:
    """The first kind of record that hangs under others and has none under itself."""
    written = engagement.runs.filter(stage="load").exclude(plan=None)[0]
    assert written.plan is not None
    shapes = shapes_in(written.plan.body, preset(engagement.preset), second=False)
    parents = {lookup.object for shape in shapes for lookup in shape.lookups}
    return next(s for s in shapes if s.lookups and s.destination not in parents)


def _text_field(engagement: Engagement, leaf: Shape) -> str:
    """A mapped plain text field of these records that takes any value, a custom one first."""
    own = engagement.destination.schema_fields.filter(object=leaf.destination, type="string")
    rows = engagement.mapping_rows.filter(shape=leaf.name, transform__in=("copy", "template"))
    mapped = set(rows.values_list("destination_field", flat=True))
    names = own.filter(updateable=True, name__in=mapped).order_by("-custom", "name")
    return str(names.values_list("name", flat=True)[0])


def _as_stored(id: str) -> str | int:
    """An id as the vendor itself writes it: some count, some have letters in it."""
    return int(id) if id.isdecimal() else id


def _other_parent(leaf: Shape, moved: LoadItem) -> tuple[str, str]:
    """The record's first lookup, and a parent of the same object that is not its own."""
    lookup = leaf.lookups[0]
    own = journal.left_values([moved.pk])[moved.pk].get(lookup.field)
    others = LoadItem.objects.filter(
        connection=moved.connection, object=lookup.object, state=LoadItem.State.LANDED
    )
    other = others.exclude(remote_id=own or "").first()
    assert other is not None, "the practice contractor has more than one parent to choose from"
    return lookup.field, other.remote_id
