"""Records that the source merged into others: who stands for whom, and who for nobody. Reads
the reading that is loaded."""

from projects.models import Engagement, SourceRecord
from projects.models.records import LOAD_READING
from projects.presets import Preset
from projects.shapes import survivor


def successors(engagement: Engagement, chosen: Preset, object: str) -> dict[str, str]:
    """Merged record → the one it was merged into, which may be merged itself."""
    if (field := chosen.MERGES.get(object)) is None:
        return {}
    records = SourceRecord.objects.filter(engagement=engagement, reading=LOAD_READING)
    rows = records.filter(object=object).values_list("source_id", f"data__{field}")
    return {source_id: str(into) for source_id, into in rows.iterator() if into}


def circles(engagement: Engagement, chosen: Preset) -> dict[str, list[str]]:
    """Object → records whose mergers go round in a circle, so that nothing stands for them."""
    found = {}
    for object in chosen.MERGES:
        into = successors(engagement, chosen, object)
        if lost := sorted(id for id in into if survivor(id, into) is None):
            found[object] = lost
    return found
