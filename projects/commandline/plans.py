"""`--plan`: what a stage would do, counted from what is in the database; nothing is sent.
In: an engagement and a stage. Out: the gate's refusals, counts by object, what to know."""

from typing import Any, cast

import connectors
from connectors.base import Destination
from projects import gates, sampling
from projects.commandline.ask import Ask
from projects.commandline.exits import PERSON, stop
from projects.models import CreatedField, Engagement, LoadItem, Plan, Run
from projects.models.records import LOAD_READING
from projects.presets import preset, shapes_in
from projects.shapes import Shape, lean
from projects.stages import rollback, tallies, undo_fields, undoing
from projects.stages.base import Context, Tally
from projects.stages.reading import PLACEMENTS, RecordReader, pieces

NOTES = {
    "sample": ("Takes back the sample before it first.",),
    "load": ("Records that stand there as planned already are not sent again.",),
    "delta": ("What changed at the source is known once it was read.",),
    "reconcile": ("Reads both accounts anew; writes to neither.",),
    "check-fields": ("Deploys as a check only; changes nothing.",),
    "undo-fields": undo_fields.LOST,
}


def show(ask: Ask, engagement: Engagement, stage: str, options: dict[str, Any]) -> None:
    """Print the plan of a stage. Raises CommandError 3 where its gate is shut."""
    refused = gates.refusals(engagement, stage, options.get("at", ""))
    counted = counts(engagement, stage, options)
    notes = NOTES.get(stage, ())
    if stage == rollback.NAME:
        notes = rollback.stays(engagement.goes_to(stage, options.get("at", "")))
    document = {
        "stage": stage,
        "allowed": not refused,
        "refusals": refused,
        "counts": counted,
        "notes": notes,
    }
    title = f"{stage} of “{engagement}” would touch"
    ask.answer(document, lambda: _tell(ask, title, counted, notes))
    if refused:
        raise stop(PERSON, f"{stage} cannot start: {' '.join(refused)}")


def counts(engagement: Engagement, stage: str, options: dict[str, Any]) -> Tally:
    """Object → count by name, of what the stage would touch."""
    if stage == "load":
        return {o: {"records": n} for o, n in to_write(engagement).items()}
    if stage == "sample":
        picked = sampling.pick(engagement)
        return {o: {"records": n} for o, n in to_write(engagement, picked).items()}
    if stage == rollback.NAME:
        return _to_undo(engagement, options)
    if stage == "reconcile":
        return tallies.destination_tally(engagement.destination)
    if stage in ("fields", "check-fields", "undo-fields"):
        connection = engagement.goes_to(stage, options.get("at", ""))
        return {"fields": {"created by us": CreatedField.there(connection).count()}}
    if stage == "propose":
        return {"mapping rows": {"there already": engagement.mapping_rows.count()}}
    feeds = engagement.feeds.filter(reading=LOAD_READING)
    known = dict(feeds.values_list("object", "records"))
    return {o: {"read before": known.get(o, 0)} for o in preset(engagement.preset).READS}


def to_write(engagement: Engagement, picks: dict[str, list[str]] | None = None) -> dict[str, int]:
    """Destination object → records that the extracted source gives, parents first."""
    shapes = shapes_in(Plan.draft(engagement), preset(engagement.preset), second=False)
    return {
        object: sum(_count(engagement, s, picks) for s in shapes if s.destination == object)
        for object in order(engagement)
    }


def order(engagement: Engagement) -> tuple[str, ...]:
    """Destination objects, parents first."""
    kind = engagement.destination.kind
    return cast(type[Destination], connectors.connector_class(kind)).ORDER


def _count(engagement: Engagement, shape: Shape, picks: dict[str, list[str]] | None) -> int:
    parts = pieces(engagement, [shape], picks)
    if not shape.where or shape.root == PLACEMENTS:
        return sum(total for _, _, total in parts)
    scope = lean(shape)
    reader = RecordReader(engagement)
    return sum(len(some) for _, body, _ in parts for some in reader.join(scope, body))


def _to_undo(engagement: Engagement, options: dict[str, Any]) -> Tally:
    ctx = Context(Run(engagement=engagement, stage=rollback.NAME, options=options), "plan")
    scope = rollback.scope(options)
    counted: Tally = {}
    for object in reversed(order(engagement)):
        items = undoing.candidates(ctx, object, scope)
        adopted = items.filter(origin=LoadItem.Origin.ADOPTED).count()
        counted[object] = {"delete": items.count() - adopted, "restore": adopted}
    return counted


def _tell(ask: Ask, title: str, counted: Tally, notes: tuple[str, ...]) -> None:
    ask.tally(title, counted)
    ask.say(*notes)
