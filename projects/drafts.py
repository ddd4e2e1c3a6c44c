"""What each destination record should be, and whether it can be sent now.

In: drafts of one object. Out: their load items, and an intent for each that is ready; the
others are held, with the reason on the load item. Database only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from more_itertools import chunked, unique_everseen

from connectors.values import Value
from projects import journal
from projects.files import Content
from projects.journal import Intent
from projects.models import LoadItem
from projects.models.plan import digest_of
from projects.shapes import Mention, Record
from projects.stages.base import Context

FETCH = 500


@dataclass(slots=True)
class Draft:
    """What one destination record should be. `awaits`: records (object, key) that must have
    landed before, though no field points at them. `others`: the values that further roots of
    the same key would have given."""

    key: str
    shape: str
    source_id: str
    values: dict[str, Value]
    parents: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    awaits: Sequence[tuple[str, str]] = ()
    problems: list[str] = field(default_factory=list)
    once: bool = False
    second: bool = False
    excepted: bool = False
    """Does not land at all, for the reason among the problems."""
    content: Content | None = None
    others: list[dict[str, Value]] = field(default_factory=list)
    mentions: Sequence[tuple[Mention, Record, str]] = ()


def items_of(ctx: Context, object: str, drafts: Sequence[Draft]) -> dict[str, LoadItem]:
    """The load item of each draft, made where there is none yet."""
    connection = ctx.connection
    LoadItem.objects.bulk_create(
        (
            LoadItem(
                engagement=ctx.engagement,
                connection=connection,
                object=object,
                shape=d.shape,
                key=d.key,
                source_id=d.source_id,
            )
            for d in drafts
        ),
        batch_size=journal.BATCH,
        ignore_conflicts=True,
    )
    found: dict[str, LoadItem] = {}
    for some in chunked((d.key for d in drafts), FETCH):
        rows = LoadItem.objects.filter(connection=connection, object=object, key__in=some)
        found.update((item.key, item) for item in rows)
    return found


def sendable(ctx: Context, drafts: Sequence[Draft], items: Mapping[str, LoadItem]) -> list[Intent]:
    """Drafts that can be sent and are not there yet as they should be; the rest is held,
    with its reason on the load item."""
    drafts = _each_once(drafts)
    parents = _parents(ctx, drafts)
    ready: list[Intent] = []
    for draft in drafts:
        item = items[draft.key]
        landed = item.state == LoadItem.State.LANDED
        if (draft.once and landed) or (draft.second and not landed):
            continue
        values, reasons = _resolve(draft, parents)
        digest = digest_of(values)
        if reasons:
            if landed:
                item.apart = LoadItem.Apart.HELD
            else:
                excepted = LoadItem.State.EXCEPTED
                item.state = excepted if draft.excepted else LoadItem.State.HELD
            item.reason = " ".join(reasons)
        elif not landed or item.digest != digest:
            if item.state == LoadItem.State.UNDONE:
                item.remote_id, item.origin = "", LoadItem.Origin.NONE
            ready.append(
                Intent(item, values, digest=digest, second=draft.second, content=draft.content)
            )
        elif item.apart != LoadItem.Apart.THEIRS:
            item.apart, item.reason = LoadItem.Apart.NO, ""
    return ready


def _each_once(drafts: Sequence[Draft]) -> list[Draft]:
    """Without those that an earlier one of the same key stands for."""
    return list(unique_everseen(drafts, key=lambda d: d.key if d.once else id(d)))


def _parents(ctx: Context, drafts: Sequence[Draft]) -> dict[tuple[str, str], LoadItem]:
    wanted: dict[str, set[str]] = {}
    for draft in drafts:
        for object, key in (*draft.parents.values(), *draft.awaits):
            wanted.setdefault(object, set()).add(key)
    connection = ctx.connection
    found: dict[tuple[str, str], LoadItem] = {}
    for object, keys in wanted.items():
        for some in chunked(sorted(keys), FETCH):
            rows = LoadItem.objects.filter(connection=connection, object=object, key__in=some)
            found.update(((object, item.key), item) for item in rows)
    return found


def _resolve(
    draft: Draft, parents: Mapping[tuple[str, str], LoadItem]
) -> tuple[dict[str, Value], list[str]]:
    """The draft's values with its parents' ids, and why it must wait."""
    values, reasons = dict(draft.values), list(draft.problems)
    waits_for = [*draft.parents.items(), *(("", each) for each in draft.awaits)]
    for name, (object, key) in waits_for:
        parent = parents.get((object, key))
        if parent is None or parent.state != LoadItem.State.LANDED:
            why = f" ({parent.reason})" if parent and parent.reason else ""
            reasons.append(f"Waits for its {object} {key}{why}.")
        elif name:
            values[name] = parent.remote_id
    return values, reasons
