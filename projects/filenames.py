"""What a file is called at the destination: the last part of its path, without what could
mislead whoever sees it there. Pure."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any

from projects.fitting import Context

LONGEST_ENDING = 20


def file_name(value: Any, context: Context) -> str:
    """A name of at most as many characters as the argument says (255 without one). Controls and
    marks that turn the direction of reading go; where nothing is left it is the record's id.
    A long name is shortened before its ending."""
    last = re.split(r"[/\\]", str(value or ""))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    name = " ".join(visible.split()).strip(". ") or f"file {context.record['@id']}"
    most = int(context.argument or 255)
    if len(name) <= most:
        return name
    ending = PurePosixPath(name).suffix
    ending = ending if len(ending) <= LONGEST_ENDING else ""
    return name[: most - len(ending)].rstrip() + ending
