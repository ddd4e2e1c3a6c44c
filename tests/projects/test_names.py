"""A vendor is a folder, a line in a table and a preset: the product's own code names none."""

import re
from collections.abc import Iterator
from pathlib import Path

import connectors
from projects.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]
VENDORS = {"salesforce", "pipedrive", "servicetitan", *connectors.CONNECTORS}
NAMED = re.compile("|".join(map(re.escape, sorted(VENDORS))) + r"|__c\b", re.IGNORECASE)
"""Also the ending of one vendor's own field names."""


def files() -> Iterator[Path]:
    for folder in ("projects", "migrator", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            pair = "presets" in path.parts and path.parent.name != "presets"
            if path.is_file() and "__pycache__" not in path.parts and not pair:
                yield path


def test_no_file_but_a_preset_names_a_vendor() -> None:
    looked_at = list(files())
    assert len(looked_at) > 100
    named = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in looked_at
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1)
        if NAMED.search(line)
    }
    names = {str(path.relative_to(ROOT)) for path in looked_at if NAMED.search(path.name)}
    assert named | names == set()


def test_every_pair_is_found_by_its_folder_and_connects_two_known_kinds() -> None:
    assert "servicetitan-salesforce" in PRESETS
    for pair in PRESETS:
        source, destination = pair.split("-")
        assert connectors.CONNECTORS[source].role == "source"
        assert connectors.CONNECTORS[destination].role == "destination"
