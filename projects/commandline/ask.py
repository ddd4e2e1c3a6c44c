"""One call of the command: its options, and how it answers. In: parsed options. Out: the
engagement it is about, who acts, and text for people or one JSON document on stdout."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import orjson
from rich.console import Console
from rich.table import Table

from projects.commandline.exits import BAD_INPUT, plain, stop
from projects.models import Engagement
from projects.stages.base import Tally

PIPE_WIDTH = 200
"""Columns where stdout is no terminal: a table in a log is cut no narrower than this."""

Groups = Any
"""What `add_subparsers` returns; argparse gives the type no public name."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked. `console` writes to stdout."""

    options: Mapping[str, Any]
    console: Console

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Ask":
        out: TextIO = options.get("stdout") or sys.stdout
        width = None if out.isatty() else PIPE_WIDTH
        return cls(
            options, Console(file=out, width=width, markup=False, emoji=False, highlight=False)
        )

    def __getitem__(self, option: str) -> Any:
        return self.options.get(option)

    @property
    def json(self) -> bool:
        return bool(self["json"])

    @property
    def actor(self) -> str:
        """Who acts, as the audit chain keeps it."""
        return self["actor"] or f"command: {_os_user()}"

    def engagement(self) -> Engagement:
        """The one that was named, or the only one there is."""
        name = self["engagement"]
        found = list(Engagement.objects.filter(name=name) if name else Engagement.objects.all())
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"“{e.name}”" for e in Engagement.objects.all()[:10])
        if not names:
            raise stop(BAD_INPUT, "There is no engagement yet. Start with `engagement create`.")
        wrong = f"There is no engagement “{name}”. There is" if name else "Say --engagement, one of"
        raise stop(BAD_INPUT, f"{wrong}: {names}.")

    def answer(self, document: Mapping[str, Any], tell: Callable[[], None]) -> None:
        """The document where JSON was asked for, else what `tell` prints."""
        if self.json:
            text = orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str).decode()
            self.console.file.write(text + "\n")
        else:
            tell()

    def say(self, *lines: str) -> None:
        for line in lines:
            self.console.print(plain(line), soft_wrap=True)

    def table(self, title: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Numbers to the right, with thousands separated."""
        if title:
            self.say(title)
        table = Table()
        body = [[f"{c:,}" if isinstance(c, int) else plain(str(c)) for c in row] for row in rows]
        for position, name in enumerate(names):
            cells = "".join(row[position].replace(",", "") for row in body)
            table.add_column(name, justify="right" if cells.isdigit() else "left", overflow="fold")
        for row in body:
            table.add_row(*row)
        self.console.print(table)

    def tally(self, title: str, counted: Tally) -> None:
        """One row an object, one column a count that is not zero everywhere."""
        names = list(dict.fromkeys(n for c in counted.values() for n, v in c.items() if v))
        rows = [[object, *(counts.get(n, 0) for n in names)] for object, counts in counted.items()]
        self.table(title, ["Object", *names], rows)


def read_file(path: str) -> bytes:
    """The bytes of FILE, or of stdin for "-"."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise stop(BAD_INPUT, f"{path} cannot be read: {error.strerror}.") from None


def read_json(path: str) -> dict[str, Any]:
    """The JSON object in FILE."""
    try:
        found = orjson.loads(read_file(path))
    except orjson.JSONDecodeError as error:
        raise stop(
            BAD_INPUT, f"{path} is not JSON: {error.msg} in line {error.lineno}, {error.colno}."
        ) from None
    if not isinstance(found, dict):
        raise stop(BAD_INPUT, f"{path} must hold one JSON object.")
    return found


def write_file(path: str, parts: Iterable[bytes]) -> None:
    """Write FILE whole or not at all; "-" is stdout."""
    if path == "-":
        sys.stdout.buffer.writelines(parts)
        return
    part = Path(f"{path}.part")
    try:
        with part.open("wb") as out:
            out.writelines(parts)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise stop(BAD_INPUT, f"{path} cannot be written: {error.strerror}.") from None


def add_common(parser: argparse.ArgumentParser, default: Any) -> None:
    """Options that may stand before or after the subcommand; there the default is SUPPRESS,
    so that what stood before is kept."""
    parser.add_argument("--engagement", metavar="NAME", default=default)
    parser.add_argument("--json", action="store_true", default=default, help="answer in JSON")
    parser.add_argument(
        "--as", dest="actor", metavar="USER", default=default, help="who acts, for the audit"
    )


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
