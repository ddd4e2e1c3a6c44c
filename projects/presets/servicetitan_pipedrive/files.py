"""Files of jobs: attachments, signatures in forms, images in notes. Each becomes a file of the
job's deal. Shapes and proposed rows side by side."""

from dataclasses import replace

from projects.presets import ObjectDefault, RowDefault
from projects.presets.servicetitan_salesforce import files as source
from projects.shapes import Lookup

ON_DEAL = (Lookup("deal_id", "deals", "jobs/{jobId}"),)
WHY = "By its original name with its id; the vendor keeps no creation time of its own for it."
OF_NOTES = (
    "On the deal; the note names each by file and id, or as not moved. Whether a note would show "
    "an image that asks for a sign-in is not documented."
)

FILE_SHAPES = tuple(
    replace(shape, destination="files", lookups=ON_DEAL) for shape in source.FILE_SHAPES
)
FILE_ROWS = tuple(RowDefault(s.name, "fileName", "name", "file_name") for s in FILE_SHAPES)


def _reason(default: ObjectDefault) -> str:
    if default.source == "note-images":
        return f"{default.reason} {OF_NOTES}"
    return default.reason or WHY


FILE_OBJECTS = tuple(
    replace(each, destinations="files", cardinality="1 → 1 on the deal", reason=_reason(each))
    if each.source in source.FILE_READS
    else each
    for each in source.FILE_OBJECTS
)
