"""`manage.py sandbox`: serve the practice vendors until Ctrl-C."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connectors.practice.__main__ import add_arguments
from connectors.practice.server import serve

OPTIONS = ("port", "customers", "jobs", "seed", "faults", "copy", "tls", "follow_parent", "rate")


class Command(BaseCommand):
    help = "Serve the practice vendors; the first line on stdout is JSON with every address."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        serve(**{name: options[name] for name in OPTIONS})
