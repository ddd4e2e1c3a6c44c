"""HTML in, plain text out; long text in, numbered pieces of it out. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import lxml.html
from lxml.html import defs

EDGES = {
    **dict.fromkeys(defs.block_tags | {"li", "tr"}, ("\r", "\r")),
    **dict.fromkeys(("td", "th"), ("", " ")),
    "br": ("", "\n"),
}
"""HTML tag → what stands before and after its text. "\\r" is the edge of a block."""
NO_TAG = re.compile(rf"<(?!!--.*?-->|/?(?:{'|'.join(sorted(defs.tags))})\b[^<>]*>)", re.I | re.S)
BLOCK_EDGE = re.compile(r"\n? *\r[\r\n ]*")
IMAGE, NAMED = "[image]", "[image: {}]"
"""Stands in a text where the markup showed one."""
NUMBERED = "({} of {})\n"


def plain(markup: str, images: Iterable[str] = ()) -> str:
    """Blocks and breaks become line ends, tags go, entities are read. A "<" that opens no HTML
    tag is text. `images` are the names of those that have an address, in their order. Raises
    ValueError where the text holds a NUL character."""
    root = lxml.html.fragment_fromstring(  # type: ignore[no-untyped-call]
        NO_TAG.sub("&lt;", markup), create_parent="div"
    )
    return BLOCK_EDGE.sub("\n", "".join(_texts(root, iter(images))))


def pieces(text: str, room: int) -> list[str]:
    """All of the text in pieces of at most so many bytes, each of several with its number."""
    if len(text.encode()) <= room:
        return [text]
    cut = list(_cut(text, room - len(NUMBERED.format(99, 99))))
    return [NUMBERED.format(n, len(cut)) + piece for n, piece in enumerate(cut, start=1)]


def _texts(element: Any, images: Iterator[str]) -> Iterator[str]:
    before, after = EDGES.get(element.tag, ("", ""))
    if element.tag == "img":
        name = next(images, "") if (element.get("src") or "").strip() else ""
        yield NAMED.format(name) if name else IMAGE
    if isinstance(element.tag, str):
        yield before + (element.text or "")
        for child in element:
            yield from _texts(child, images)
            yield child.tail or ""
        yield after


def _cut(text: str, room: int) -> Iterator[str]:
    """Ended at a blank or a line end where one stands in the last quarter of the room."""
    while len(whole := text.encode()) > room:
        head = whole[:room].decode(errors="ignore")
        edge = max(head.rfind("\n"), head.rfind(" "))
        if len(head[: edge + 1].encode()) > room * 3 // 4:
            head = head[:edge]
        yield head
        text = text[len(head) :].lstrip()
    yield text
