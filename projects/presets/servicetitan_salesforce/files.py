"""Files of jobs: attachments, signatures in forms, images in notes. Each becomes a version on
the job's case. Shapes and proposed rows of each, side by side."""

from projects.presets import ObjectDefault, RowDefault
from projects.presets.servicetitan.conditions import NOT_INACTIVE, has
from projects.presets.servicetitan.joins import SIGNED
from projects.shapes import Lookup, Shape, When

FILE = "ContentVersion"
ON_CASE = (Lookup("FirstPublishLocationId", "Case", "jobs/{jobId}"),)

FILE_SHAPES = (
    Shape(
        "attachment",
        "File of a job",
        FILE,
        "attachments",
        "attachments/{@id}",
        lookups=ON_CASE,
        title="{fileName}",
        file=True,
    ),
    Shape(
        "signature",
        "Signature in a form",
        FILE,
        "form-signatures",
        "form-signatures/{@id}",
        where=(has("jobId"), SIGNED, NOT_INACTIVE),
        lookups=ON_CASE,
        title="Signature {signer}",
        file=True,
    ),
    Shape(
        "note image",
        "Image in a job note",
        FILE,
        "note-images",
        "note-images/{@id}",
        where=(NOT_INACTIVE,),
        lookups=ON_CASE,
        title="{fileName}",
        file=True,
    ),
)
FILE_ROWS = (
    RowDefault("attachment", "fileName", "Title", "file_name"),
    RowDefault("attachment", "fileName", "PathOnClient", "file_name"),
    RowDefault("attachment", "createdOn", "CreatedDate", "instant"),
    RowDefault("signature", "", "Title", "template", "Signature {signer}"),
    RowDefault(
        "signature",
        "",
        "Description",
        "template",
        "Signed by {signer} at {signedOn}: {name}, {formName}",
    ),
    RowDefault("signature", "fileName", "PathOnClient", "file_name"),
    RowDefault("signature", "signedOn", "CreatedDate", "instant"),
    RowDefault("note image", "fileName", "Title", "file_name"),
    RowDefault("note image", "", "Description", "template", "Image {number} of note {noteId}"),
    RowDefault("note image", "fileName", "PathOnClient", "file_name"),
    RowDefault("note image", "createdOn", "CreatedDate", "instant"),
)
FILE_OBJECTS = (
    ObjectDefault("attachments", FILE, "1 → 1 on the case", "full"),
    ObjectDefault(
        "form-signatures",
        f"{FILE}, Case",
        "1 → 1 on the case; the last also → who signed and when",
        "partial",
        "Where the form holds the picture; one that is only named there is a finding.",
    ),
    ObjectDefault(
        "note-images",
        FILE,
        "1 → 1 on the case",
        "partial",
        "Images inside a note or on the tenant's own hosts; others are named in a finding.",
    ),
    ObjectDefault(
        "files of customers and sites", "", "", "not_possible", "The source has no API for them."
    ),
)
FILE_READS = ("attachments", "form-signatures", "note-images")
FILE_EXCEPTED = {"form-signatures": ((When("isRefused", (True,)), "the customer did not sign"),)}
