"""Images in a text of markup: found in order and named; the bytes of those that lie in it.

Used by sources, whose texts they are, and by whoever writes such a text without them.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import lxml.html

PIECE = 64 * 1024
INLINE = re.compile(r"\s*data:(?P<type>[\w.+-]+/[\w.+-]+)?(?P<more>(?:;[^;,]*)*),", re.I)
ENDINGS = {
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "image/x-icon": "ico",
    "application/pdf": "pdf",
    "text/plain": "txt",
}
ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})$")


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a text: its place from 1 on, what it is called, where its bytes are."""

    number: int
    name: str
    address: str


def pictures(markup: str, stem: str) -> Iterator[Picture]:
    """The images of a text, named after `stem`. Those without an address are not counted."""
    if "<img" not in markup.lower():
        return
    root = lxml.html.fromstring(f"<div>{markup}</div>")  # type: ignore[no-untyped-call]
    found = [(each.get("src") or "").strip() for each in root.iter("img")]
    for number, address in enumerate(filter(None, found), 1):
        yield Picture(number, f"{stem}-{number}.{ending(address)}", address)


def inline(address: str) -> bool:
    """Whether the address holds the bytes themselves."""
    return INLINE.match(address) is not None


def ending(address: str) -> str:
    """What the name of the file at that address should end in."""
    if match := INLINE.match(address):
        kind = (match["type"] or "text/plain").lower()
        return ENDINGS.get(kind) or re.sub(r"\W", "", kind.partition("/")[2])[:8] or "bin"
    found = ENDING.search(re.split("[?#]", address)[0])
    return found[1].lower() if found else "bin"


def content(address: str) -> Iterator[bytes]:
    """The bytes that lie in an inline address, in pieces. Raises ValueError where it is none."""
    if not (match := INLINE.match(address)):
        raise ValueError("no inline image")
    text = address[match.end() :]
    if ";base64" not in match["more"].lower():
        yield unquote_to_bytes(text)
        return
    packed = unquote_to_bytes("".join(text.split()))
    step = PIECE // 3 * 4
    try:
        for start in range(0, len(packed), step):
            yield base64.b64decode(packed[start : start + step], validate=True)
    except binascii.Error:
        raise ValueError("an inline image is cut off or damaged") from None
