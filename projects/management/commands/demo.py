"""`manage.py demo`: a practice contractor, moved stage by stage.

In: nothing but this checkout. Out: progress bars, a result table, addresses and logins; the
product stays up until Ctrl-C unless --exit. Ends with 5 where reconciliation finds
differences that nothing explains.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand
from rich.console import Console

from connectors import CONNECTORS, creates_fields
from projects.commandline import accounts
from projects.demo import client, plants, processes, report, story, workday
from projects.stages import tallies
from projects.stages.reconcile import unexplained

SIZES = {"small": (300, 1_000), "medium": (10_000, 25_000), "large": (40_000, 100_000)}
PRACTICE_PORT, SITE_PORT = 9100, 8000
BOTH = "both"
DIFFERENCES = 5


class Command(BaseCommand):
    help = "Move a practice contractor from the practice source to a practice destination."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--exit", action="store_true", help="end after the tables")
        parser.add_argument("--size", choices=SIZES, default="small")
        kinds = accounts.kinds("destination")
        parser.add_argument("--destination", choices=(*kinds, BOTH), default=kinds[0])
        parser.add_argument("--faults", default="none")
        parser.add_argument("--rollback", action="store_true", help="undo it all, and prove it")
        parser.add_argument("--plant", action="store_true", help="make nine errors behind our back")
        parser.add_argument("--full", action="store_true", help="every object, at any size")
        parser.add_argument("--practice-port", type=int, default=PRACTICE_PORT)
        parser.add_argument("--port", type=int, default=SITE_PORT)

    def handle(self, **options: Any) -> None:
        folder = _own_data_folder()
        signal.signal(signal.SIGTERM, _interrupt)
        console = Console(highlight=False)
        with ExitStack() as stack:
            try:
                code = Demo(console, folder, options, stack).tell()
            except KeyboardInterrupt:
                code = 0
        sys.exit(code)


class Demo:
    """One telling of the story, with everything it has to start."""

    def __init__(
        self, console: Console, folder: Path, options: dict[str, Any], stack: ExitStack
    ) -> None:
        self.console, self.folder, self.options = console, folder, options
        customers, jobs = SIZES[options["size"]]
        self.practice, self.urls = stack.enter_context(
            processes.practice(options["practice_port"], customers, jobs, options["faults"], folder)
        )
        self.product, self.site = stack.enter_context(
            processes.product(options["port"], settings.WORKERS, folder)
        )
        self.control = stack.enter_context(
            httpx.Client(base_url=self.urls["control"]["url"], timeout=120)
        )

    def tell(self) -> int:
        """The whole story, once a destination; the exit code."""
        password, code = _make_staff(), 0
        chosen = self.options["destination"]
        for kind in accounts.kinds("destination") if chosen == BOTH else [chosen]:
            code = max(code, self._move(kind))
        self._report_memory()
        self.console.print(f"Admin   {self.site}/admin/  (staff / {password})", soft_wrap=True)
        self.console.print(f"Practice vendors' control  {self.urls['control']['url']}")
        if not self.options["exit"]:
            self.console.print("Everything stays up. Ctrl-C ends it.")
            signal.pause()
        return code

    def _move(self, kind: str) -> int:
        """One move to a reconciliation, and back where that is asked for; the exit code."""
        label = CONNECTORS[kind].label
        self.console.rule(label)
        engagement = story.connect(
            self.urls, accounts.kinds("source")[0], kind, f"Practice move to {label}"
        )
        self.story = story.Story(self.console, engagement)
        self.story.run("inventory")
        self.story.run("propose")
        if self.options["size"] != "small" and not self._on("full"):
            story.keep_to_core(engagement)
            self.console.print("Staff: people and jobs only (FULL=1 moves it all).")
        self.story.run("extract")
        if creates_fields(kind):
            self.story.run("fields")
        before = self._state(kind)
        self.story.run("scan")
        decided = story.decide_technicians(engagement)
        self.console.print(f"Staff: {decided} technicians without a user fall back to one.")
        if left := story.decide_files(engagement):
            self.console.print(f"Staff: {left} files over the limit are left out.")
        story.confirm(engagement)
        self.story.run("sample")
        link = story.review_url(engagement, self.site)
        client.sign_off(link)
        self.console.print(f"Client: {client.NAME} accepted the sample on the review page.")
        self.story.run("load")
        edits = workday.pass_by(engagement, self.urls["control"]["url"])
        self.console.print(f"Dispatchers: a day later, {edits} records changed or are new.")
        brought = self.story.run("delta")
        planted = (
            plants.plant(engagement, self.urls["control"]["url"]) if self._on("plant") else None
        )
        reconciled = self.story.run("reconcile")
        code = self._judge(reconciled, planted)
        if self._on("rollback"):
            code = max(code, self._roll_back(kind, before))
        self._report(brought, reconciled, link)
        return code

    def _on(self, name: str) -> bool:
        return bool(self.options[name])

    def _state(self, kind: str) -> dict[str, Any]:
        return story.vendor_state(self.control, kind)

    def _judge(self, reconciled: Any, planted: plants.Planted | None) -> int:
        """0 where nothing differs; 5 where something does — and with planted errors only if
        exactly those were named."""
        found = {(d.kind, d.key) for d in reconciled.differences.all()}
        if planted is None:
            return DIFFERENCES if unexplained(reconciled.differences).exists() else 0
        if found != planted:
            self.console.print(f"Not named: {planted - found}. False alarm: {found - planted}.")
            return 1
        self.console.print("Planted errors: all nine named, nothing else.")
        return DIFFERENCES

    def _roll_back(self, kind: str, before: dict[str, Any]) -> int:
        self.story.run("rollback")
        after = self._state(kind)
        if after == before:
            self.console.print("Rollback: the destination's records are what they were before.")
            return 0
        changed = {name for name in before if after.get(name) != before[name]}
        self.console.print(f"Rollback left differences in: {', '.join(sorted(changed))}.")
        return DIFFERENCES

    def _report(self, brought: Any, reconciled: Any, link: str) -> None:
        engagement = self.story.engagement
        report.stages(self.console, self.story.results)
        tally = tallies.source_tally(engagement)
        report.tally(self.console, f"Delta: {brought.message}", brought.tally)
        report.tally(self.console, "Source records", tally)
        for name, why in tallies.left_out(engagement, tally).items():
            self.console.print(f"Left out of {name}: {why}.")
        landed = tallies.destination_tally(engagement.destination)
        report.tally(self.console, "Destination records", landed)
        report.differences(self.console, list(reconciled.differences.all()))
        self.console.print(f"Review  {link}", soft_wrap=True)

    def _report_memory(self) -> None:
        peaks = processes.peaks(self.practice) | processes.peaks(self.product)
        peaks["worker"] = max([peaks.get("worker", 0.0), *(r.peak_mb for r in self.story.results)])
        peaks["this command"] = processes.own_peak()
        kept = self.folder.parent / "demo-small.json"
        if self.options["size"] == "small":
            kept.write_text(json.dumps(peaks))
        earlier = json.loads(kept.read_text()) if kept.exists() else {}
        report.memory(self.console, peaks, {} if self.options["size"] == "small" else earlier)


def _own_data_folder() -> Path:
    """A folder of the demo's own, empty: this process starts again with it where the settings
    were read with another."""
    folder = Path(settings.BASE_DIR) / ".data" / "demo"
    if Path(settings.DATA_DIR) != folder:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        environment = {"LOG_LEVEL": "WARNING", **os.environ, "DATA_DIR": str(folder)}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)
    return folder


def _make_staff() -> str:
    """The practice staff login; its password is made up anew for each demo."""
    password = secrets.token_urlsafe(9)
    get_user_model().objects.create_superuser("staff", password=password)
    return password


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
