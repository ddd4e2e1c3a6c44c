"""Files as the practice org keeps them: a version with the bytes, the document around its
versions, and a link to each record that shows it. Data only.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.practice.salesforce.fields import Field, field, lookup, pick, text, truth, when

if TYPE_CHECKING:
    from connectors.practice.salesforce.objects import Object

VERSION, DOCUMENT, LINK = "ContentVersion", "ContentDocument", "ContentDocumentLink"
FILES = frozenset({VERSION, DOCUMENT, LINK})
"""Objects whose records use file storage, not data storage."""
SHOW = ("Account", "Contact", "Case", "User")
PLACES = ((VERSION, "firstpublishlocationid"), (LINK, "linkedentityid"))
"""Fields that point at any record that can show a file."""


def _size() -> Field:
    return field("ContentSize", "Size", "int", 0, "N", precision=9)


def _privacy(flags: str) -> Field:
    return pick("SharingPrivacy", "File Privacy on Records", "N|P", flags, "N")


VERSION_FIELDS = (
    lookup("ContentDocumentId", "ContentDocument ID", DOCUMENT, "CD",
           children="ContentVersions", on_delete="cascade"),
    truth("IsLatest", "Is Latest"),
    text("VersionNumber", "Version Number", 20, "N"),
    text("Title", "Title", 255, "CUI"),
    field("Description", "Description", "textarea", 1000, "CUN"),
    text("ReasonForChange", "Reason For Change", 1000),
    text("PathOnClient", "Path On Client", 500, "CN"),
    pick("PublishStatus", "Publication Status", "P|R|U", "RD", "P"),
    pick("ContentLocation", "Content Origin", "S|E|L", "CRD", "S"),
    pick("Origin", "Content Origin", "C|H", "CRD", "C"),
    lookup("FirstPublishLocationId", "First Publish Location ID", "Case", "CN"),
    lookup("OwnerId", "Owner ID", "User", "CUD"),
    when("ContentModifiedDate", "Content Modified Date", "CN"),
    truth("IsMajorVersion", "Major Version", "CD", default=True),
    _privacy("CURD"),
    _size(),
    text("Checksum", "Checksum", 50, "N"),
    text("FileType", "File Type", 20, "N"),
    text("FileExtension", "File Extension", 40, "N"),
    field("VersionData", "Version Data", "base64", 0, "CUN", formula=(
        "'/services/data/v66.0/sobjects/ContentVersion/' || {t}.Id || '/VersionData'")),
)  # fmt: skip
DOCUMENT_FIELDS = (
    text("Title", "Title", 255, "UI"),
    lookup("OwnerId", "Owner ID", "User", "UD"),
    lookup("LatestPublishedVersionId", "Latest Published Version ID", VERSION, "N"),
    field("Description", "Description", "textarea", 1000, "UN"),
    truth("IsArchived", "Is Archived", "UD"),
    pick("PublishStatus", "Publication Status", "P|R|U", "RD", "P"),
    _privacy("URD"),
    _size(),
    text("FileType", "File Type", 20, "N"),
    text("FileExtension", "File Extension", 40, "N"),
)
LINK_FIELDS = (
    lookup("ContentDocumentId", "ContentDocument ID", DOCUMENT, "C",
           children="ContentDocumentLinks", on_delete="cascade"),
    lookup("LinkedEntityId", "Linked Entity ID", "Case", "C",
           children="ContentDocumentLinks", on_delete="cascade"),
    pick("ShareType", "Share Type", "V|C|I", "CUR"),
    pick("Visibility", "Visibility", "AllUsers|InternalUsers|SharedUsers", "CUNR"),
)  # fmt: skip
CONTENT_TABLES = (
    (VERSION, "Content Version", "Content Versions", "068", "CU", True, VERSION_FIELDS),
    (DOCUMENT, "Content Document", "Content Documents", "069", "UD", False, DOCUMENT_FIELDS),
    (LINK, "Content Document Link", "Content Document Links", "06A", "CUD", False, LINK_FIELDS),
)


def shown_anywhere(objects: "Mapping[str, Object]") -> None:
    """Let files be on records of every object that the org has now."""
    places = tuple(each.name for each in objects.values() if each.custom or each.name in SHOW)
    for name, key in PLACES:
        fields = objects[name.lower()].fields
        fields[key] = replace(fields[key], references=places)
