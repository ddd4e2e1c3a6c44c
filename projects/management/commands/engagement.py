"""`manage.py engagement …`: the scripted form of what staff do in admin.

In: a subcommand and its options. Out: text or, with --json, one document on stdout; one
message on stderr where it does not end with 0.
"""

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import BaseCommand

from projects.commandline import (
    auditing,
    bundle,
    controlling,
    creating,
    deciding,
    fields,
    forecasting,
    reference,
    running,
    showing,
)
from projects.commandline.ask import Ask, add_common
from projects.commandline.exits import expected

GROUPS = (
    creating,
    showing,
    running,
    controlling,
    deciding,
    fields,
    forecasting,
    reference,
    bundle,
    auditing,
)

LOGGING_FROM = 2


class Command(BaseCommand):
    help = (
        "Work on an engagement. Exit: 0 done, 2 bad input, 3 waits for a person, "
        "4 vendor or network, 5 finished with differences."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_common(parser, None)
        common = argparse.ArgumentParser(add_help=False)
        add_common(common, argparse.SUPPRESS)
        groups = parser.add_subparsers(metavar="SUBCOMMAND", required=True)
        for group in GROUPS:
            group.add(groups, common)

    def handle(self, *args: Any, **options: Any) -> None:
        with expected(), _quiet(options["verbosity"]):
            options["perform"](Ask.of(options))


@contextmanager
def _quiet(verbosity: int) -> Iterator[None]:
    """With --here this process does a worker's part; its log is for those who ask (-v 2)."""
    before = logging.root.manager.disable
    if verbosity < LOGGING_FROM:
        logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
