"""Texts that name other records by what became of them there. In: drafts. Out: their texts
with the ids of those that landed, and said so of the others. Database only.
"""

from collections.abc import Iterable, Sequence

from more_itertools import chunked

from projects.drafts import FETCH, Draft
from projects.models import Connection, LoadItem
from projects.shapes import fill


def resolve(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Bring the texts of these drafts up to date."""
    ids = _landed(connection, drafts)
    for draft in drafts:
        for mention, record, key in draft.mentions:
            if text := draft.values.get(mention.field):
                there = ids.get((mention.object, key))
                words = mention.landed if there else mention.left
                said = fill(words, {**record, "@there": there})
                draft.values[mention.field] = str(text).replace(fill(mention.words, record), said)


def _landed(connection: Connection, drafts: Iterable[Draft]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {}
    for draft in drafts:
        for mention, _, key in draft.mentions:
            wanted.setdefault(mention.object, set()).add(key)
    found: dict[tuple[str, str], str] = {}
    landed = LoadItem.objects.filter(connection=connection, state=LoadItem.State.LANDED)
    for object, keys in wanted.items():
        for some in chunked(sorted(keys), FETCH):
            rows = landed.filter(object=object, key__in=some).values_list("key", "remote_id")
            found.update(((object, key), id) for key, id in rows)
    return found
