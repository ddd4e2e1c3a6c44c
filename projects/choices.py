"""What source objects may become, where people have a choice.

In: object rows and the preset. Out: the shapes that today's choice leaves, what else may be
chosen, and which choices do not go together. Reads only.
"""

from projects.models import Engagement, ObjectRow
from projects.presets import LANDS, Preset, chosen_shapes, listed, preset
from projects.shapes import Shape


def becomes(engagement: Engagement, chosen: Preset) -> dict[str, str]:
    """Source object → destination objects, as chosen; before that, as the preset has it."""
    rows = engagement.object_rows.values_list("source_object", "destination_objects")
    return {default.source: default.destinations for default in chosen.OBJECTS} | dict(rows)


def possible(engagement: Engagement) -> list[Shape]:
    """The shapes that today's choice leaves, whether their objects are to land or not."""
    chosen = preset(engagement.preset)
    return chosen_shapes(becomes(engagement, chosen), chosen)


def not_chosen(engagement: Engagement) -> set[str]:
    """Destination objects that something else was chosen for."""
    left = {shape.destination for shape in possible(engagement)}
    return {shape.destination for shape in preset(engagement.preset).SHAPES} - left


def options(row: ObjectRow) -> list[str]:
    """Every text that may stand as this row's destination, the proposed one first."""
    defaults = preset(row.engagement.preset).OBJECTS
    found = next((d for d in defaults if d.source == row.source_object), None)
    return [found.destinations, *found.choices] if found else []


def choices_agree(engagement: Engagement) -> str:
    """Which choice needs another one that was not made, in a sentence; "" where none does."""
    rows = list(engagement.object_rows.filter(status__in=LANDS))
    made = {name for row in rows for name in listed(row.destination_objects)}
    shapes = preset(engagement.preset).SHAPES
    for row in rows:
        for shape in shapes:
            fits = shape.root == row.source_object
            if fits and shape.destination in listed(row.destination_objects):
                for other in rows if shape.under not in ("", *made) else ():
                    if any(shape.under in listed(text) for text in options(other)):
                        return (
                            f"{row.source_object} become {shape.destination}, which needs "
                            f"{shape.under}, but {other.source_object} become "
                            f"{other.destination_objects}. Choose what goes together under "
                            "Object rows."
                        )
    return ""
