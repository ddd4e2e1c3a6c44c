"""Nine errors made behind our back at the practice destination, for reconciliation to find:
five records altered, two dropped, one doubled, one hung under another parent."""

import hashlib
from typing import Any

import httpx
from django.core.management import CommandError

from projects.models import Engagement, LoadItem
from projects.presets import preset

Planted = set[tuple[str, str]]
"""(kind of difference, key)."""


def plant(engagement: Engagement, control_url: str) -> Planted:
    """Make the errors in records of the sampled kind; returns what must be found."""
    connection = engagement.destination
    items = list(
        LoadItem.objects.filter(
            connection=connection, state=LoadItem.State.LANDED, shape=_sampled_shape(engagement)
        )
    )
    items.sort(key=lambda item: hashlib.sha256(item.key.encode()).hexdigest())
    altered, dropped, doubled, moved = items[:5], items[5:7], items[7], items[8]
    edit = _Editor(control_url, connection.kind, moved.object)
    for item in altered:
        edit(op="update", id=item.remote_id, set={_text_field(engagement): "Altered by hand"})
    for item in dropped:
        edit(op="delete", id=item.remote_id)
    edit(op="duplicate", key=doubled.key)
    field, parent = _other_parent(engagement, moved)
    edit(op="update", id=moved.remote_id, set={field: parent})
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


def _sampled_shape(engagement: Engagement) -> str:
    chosen = preset(engagement.preset)
    return next(s.name for s in chosen.SHAPES if s.root == chosen.SAMPLE.root)


def _text_field(engagement: Engagement) -> str:
    """A mapped plain text field of these records that takes any value."""
    row = engagement.mapping_rows.filter(
        shape=_sampled_shape(engagement), transform="copy", destination_field__endswith="__c"
    ).order_by("destination_field")
    return str(row.values_list("destination_field", flat=True)[0])


def _other_parent(engagement: Engagement, moved: LoadItem) -> tuple[str, str]:
    """The record's first lookup, and a parent of the same object that is not its own."""
    shapes = preset(engagement.preset).SHAPES
    lookup = next(s for s in shapes if s.name == moved.shape).lookups[0]
    payload = moved.operations.select_related("body").latest("pk").body.payload
    other = (
        LoadItem.objects.filter(connection=moved.connection, object=lookup.object, state="landed")
        .exclude(remote_id=payload.get(lookup.field, ""))
        .first()
    )
    assert other is not None, "the practice contractor has more than one account"
    return lookup.field, other.remote_id
