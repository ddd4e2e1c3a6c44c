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
from projects.shapes import Longer, Lookup, Shape

PIECES = 8
ROOM = 3900
"""Bytes of a comment, less what holds our key."""
DIRECTIONS = (("Inbound", "Inbound"), ("Outbound", "Outbound"))


def _name(number: int) -> str:
    return "note" if number == 1 else f"note continued {number}"


def _note(number: int) -> Shape:
    """One of the comments that a long note becomes. A piece holds three quarters of its room
    at least, and an image takes up to four times the room of its markup: a shorter text has no
    such piece."""
    least = (number - 1) * ROOM // 6 - len(HEAD)
    longer = (Longer("text", least),) if number > 1 else ()
    return Shape(
        _name(number),
        "Note on a job" if number == 1 else f"Note on a job, piece {number}",
        "CaseComment",
        "job-notes",
        "job-notes/{@id}" if number == 1 else f"job-notes/{{@id}}/{number}",
        where=(NOT_INACTIVE, *longer),
        parts=(WRITER, OFFICE),
        lookups=(Lookup("ParentId", "Case", "jobs/{jobId}"),),
        title="Note {@id}",
    )


def _note_rows(number: int) -> tuple[RowDefault, ...]:
    shape, piece = _name(number), f"{number}/{PIECES} {ROOM} images note-{{@id}} {HEAD}"
    dated = f"{piece}, {{createdOn}}"
    return (
        RowDefault(shape, "text", "CommentBody", "piece", dated, without="CreatedDate"),
        RowDefault(shape, "text", "CommentBody", "piece", piece),
        RowDefault(shape, "createdOn", "CreatedDate", "instant"),
        RowDefault(shape, "writer.id", "CreatedById", "user"),
    )


CALL = Shape(
    "call",
    "Call",
    "Task",
    "calls",
    "calls/{@id}",
    where=(NOT_INACTIVE,),
    parts=CALL_PARTS,
    lookups=(
        Lookup("WhatId", "Case", "jobs/{job.id}", (has("about"),)),
        Lookup("WhatId", "Account", "customers/{caller.@id}", (of("caller", COMPANY), *CALLER)),
        Lookup("WhoId", "Contact", "customers/{caller.@id}", (of("caller", HOUSEHOLD), *CALLER)),
        Lookup("WhoId", "Contact", "customers/{caller.@id}", (has("person"), *CALLER)),
    ),
    title="{direction} call {from}",
)
CALL_ROWS = (
    RowDefault("call", "", "Subject", "template", "{direction} call{reason?: }{reason.name}"),
    RowDefault("call", "", "Status", "template", "Completed"),
    RowDefault("call", "", "TaskSubtype", "template", "Call"),
    RowDefault("call", "direction", "CallType", "value_map", values=DIRECTIONS),
    RowDefault("call", "type", "CallDisposition"),
    RowDefault("call", "duration", "CallDurationInSeconds", "seconds"),
    RowDefault("call", "createdOn", "ActivityDate", "day"),
    RowDefault("call", "createdOn", "CreatedDate", "instant"),
    RowDefault("call", "createdOn", "Source_Created_Date__c", "instant"),
    RowDefault("call", "agent.name", "Agent__c", "first_of", "createdBy.name"),
    RowDefault("call", "from", "Caller__c"),
    RowDefault("call", "to", "Called__c"),
    RowDefault("call", "reason.name", "Call_Reason__c"),
    RowDefault("call", "campaign.name", "Campaign__c"),
    RowDefault("call", "recordingUrl", "Recording__c", "first_of", "voiceMailPath"),
    RowDefault("call", "excuseMemo", "Description", "first_of", "tag"),
)

_numbers = range(1, PIECES + 1)
ACTIVITY_SHAPES = (*(_note(number) for number in _numbers), CALL)
ACTIVITY_ROWS = (*(row for number in _numbers for row in _note_rows(number)), *CALL_ROWS)
