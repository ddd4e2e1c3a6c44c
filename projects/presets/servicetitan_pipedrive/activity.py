"""What people said and wrote: notes on jobs, and calls. Shapes and proposed rows side by side."""

from projects.presets import RowDefault
from projects.presets.servicetitan.conditions import (
    COMPANY,
    HOUSEHOLD,
    NOT_INACTIVE,
    has,
    of,
)
from projects.presets.servicetitan.joins import CALL_PARTS, CALLER, HEAD, OFFICE, WRITER
from projects.shapes import Lookup, Mention, Part, Shape

OF_CALLER = "customers/{caller.@id}"
ANY = "Inbound, Outbound"
NOTE = f"1/1 88000 images note-{{@id}} {HEAD}"
IMAGE = Mention(
    "content",
    "images",
    "[image: {fileName}]",
    "files",
    "note-images/{@id}",
    landed="[image: {fileName}, file {@there}]",
    left="[image: {fileName}, not moved]",
)
"""Whether a note shows an image whose address asks for a sign-in is not documented, nor that
its markup is kept: the file hangs on the deal, and the text names it."""
CALLED = "\n".join(
    (
        "From {from} to {to}",
        "Type: {type}",
        "Agent: {agent.name}",
        "Reason: {reason.name}",
        "Campaign: {campaign.name}",
        "Recording: {recordingUrl}",
        "Voicemail: {voiceMailPath}",
        "Memo: {excuseMemo}",
        "At: {createdOn}",
    )
)

ACTIVITY_SHAPES = (
    Shape(
        "note",
        "Note on a job",
        "notes",
        "job-notes",
        "job-notes/{@id}",
        where=(NOT_INACTIVE,),
        parts=(
            WRITER,
            OFFICE,
            Part("images", "note-images", "parent", pick="all"),
        ),
        lookups=(Lookup("deal_id", "deals", "jobs/{jobId}"),),
        mentions=(IMAGE,),
        title="Note {@id}",
    ),
    Shape(
        "call",
        "Call",
        "activities",
        "calls",
        "calls/{@id}",
        where=(NOT_INACTIVE,),
        parts=CALL_PARTS,
        lookups=(
            Lookup("deal_id", "deals", "jobs/{job.id}", (has("about"),)),
            Lookup("org_id", "organizations", OF_CALLER, (of("caller", COMPANY), *CALLER)),
            Lookup("person_id", "persons", OF_CALLER, (of("caller", HOUSEHOLD), *CALLER)),
            Lookup("person_id", "persons", OF_CALLER, (has("person"), *CALLER)),
        ),
        title="{direction} call {from}",
    ),
)
ACTIVITY_ROWS = (
    RowDefault("note", "text", "content", "piece", NOTE),
    RowDefault("note", "createdOn", "add_time", "instant"),
    RowDefault("note", "writer.id", "user_id", "user"),
    RowDefault("call", "", "subject", "template", "{direction} call{reason?: }{reason.name}"),
    RowDefault("call", "", "type", "template", "Call"),
    RowDefault("call", "direction", "done", "one_of", ANY),
    RowDefault("call", "createdOn", "due_date", "day"),
    RowDefault("call", "createdOn", "due_time", "clock"),
    RowDefault("call", "duration", "duration", "hours"),
    RowDefault("call", "from", "note", "lines", CALLED),
)
