"""Every table of the product, one noun group a module."""

from projects.models.audit import AuditEntry, AuditHead
from projects.models.created import CreatedField
from projects.models.engagement import Connection, Engagement
from projects.models.files import FlaggedFile, MeasuredFile, SentFile
from projects.models.mapping import Finding, MappingRow, ObjectRow, TechnicianMatch, ValueMap
from projects.models.plan import Plan
from projects.models.profile import FieldProfile
from projects.models.records import (
    Feed,
    LoadItem,
    Operation,
    OperationBody,
    Placement,
    SourceRecord,
    Ticket,
)
from projects.models.reference import ReferenceUpload
from projects.models.review import Comment, ReviewLink, SampleDiff, SignOff
from projects.models.runs import Difference, Run, Slice
from projects.models.safety import Confirmation
from projects.models.schema import AccountUser, SchemaField

__all__ = [
    "AccountUser",
    "AuditEntry",
    "AuditHead",
    "Comment",
    "Confirmation",
    "Connection",
    "CreatedField",
    "Difference",
    "Engagement",
    "Feed",
    "FieldProfile",
    "Finding",
    "FlaggedFile",
    "LoadItem",
    "MappingRow",
    "MeasuredFile",
    "ObjectRow",
    "Operation",
    "OperationBody",
    "Placement",
    "Plan",
    "ReferenceUpload",
    "ReviewLink",
    "Run",
    "SampleDiff",
    "SchemaField",
    "SentFile",
    "SignOff",
    "Slice",
    "SourceRecord",
    "TechnicianMatch",
    "Ticket",
    "ValueMap",
]
