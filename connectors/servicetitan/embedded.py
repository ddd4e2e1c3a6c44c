"""Files that lie inside other records: signatures in forms, images in the text of notes.

In: a record as the vendor sends it. Out: one record for each file in it, with `content`: the
bytes as a data: URI, an address, or a name that leads nowhere. What the value of a signature
holds is not documented (API reference, Forms, Submissions): all three are taken.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.pictures import ending, pictures

SIGNERS = ("sign", "name")
Record = dict[str, Any]


def signatures(form: Record) -> Iterator[Record]:
    """Every field of the kind Signature, refused ones too. `signer` is the text beside it
    that is called after signing, or after a name."""
    owners = {name: form.get(name) for name in ("jobId", "customerId", "locationId")}
    for number, (field, beside) in enumerate(_fields(form.get("units")), 1):
        named = [each.get("fileName") for each in field.get("attachments") or ()]
        file = next(filter(None, named), None)
        content = field.get("value") or file
        yield {
            "id": f"{form['id']}-{number}",
            "submissionId": form["id"],
            "formName": form.get("formName"),
            "name": field.get("name"),
            "fileName": file or f"signature-{form['id']}-{number}.{ending(content or '')}",
            "content": content,
            "signer": _signer(beside),
            "isRefused": bool(field.get("isRefused")),
            "refusalReason": field.get("refusalReason"),
            "signedOn": form.get("submittedOn"),
            "createdById": form.get("createdById"),
            "active": form.get("active", True),
            **owners,
        }


def images(note: Record) -> Iterator[Record]:
    """Every image of a note's text, called after the note and its place in it."""
    kept = ("jobId", "createdById", "createdOn", "modifiedOn", "active")
    for picture in pictures(note.get("text") or "", f"note-{note['id']}"):
        yield {
            "id": f"{note['id']}-{picture.number}",
            "noteId": note["id"],
            "number": picture.number,
            "fileName": picture.name,
            "content": picture.address,
            **{name: note.get(name) for name in kept},
        }


def _fields(units: Any) -> Iterator[tuple[Record, Any]]:
    """Signature fields at any depth, each with the fields of its own section."""
    for unit in units or ():
        if unit.get("type") == "Signature":
            yield unit, units
        yield from _fields(unit.get("units"))


def _signer(beside: Any) -> str | None:
    texts = [u for u in beside or () if u.get("type") == "Text" and _text(u, "value")]
    for word in SIGNERS:
        for each in texts:
            if word in _text(each, "name").lower():
                return _text(each, "value")
    return None


def _text(unit: Mapping[str, Any], name: str) -> str:
    return str(unit.get(name) or "").strip()
