"""`python -m tests.clients`: other people's clients against the practice Pipedrive, unmodified.

They are fetched from their registries into a temporary folder, so this is no part of the suite.
What cannot be fetched for want of npm is named; anything else that fails ends with exit code 1.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.practice import Practice, start

HERE = Path(__file__).parent
NPM, TAP = "pipedrive@33.7.0", "tap-pipedrive==2.1.0"


def node(folder: Path, practice: Practice) -> int:
    """The official npm client; its exit code."""
    if not shutil.which("npm"):
        print(f"NOT RUN: {NPM}: there is no npm")
        return 0
    subprocess.run(["npm", "install", "--silent", "--no-audit", NPM], cwd=folder, check=True)
    script = shutil.copy(HERE / "pipedrive.mjs", folder)
    account = practice["pipedrive"]
    control = practice.urls["control"]["url"]
    return subprocess.run(["node", script, account["url"], account["token"], control]).returncode


def tap(folder: Path, practice: Practice) -> int:
    """The Singer tap, in an environment of its own; its exit code."""
    venv.create(folder / "tap", with_pip=True)
    python = folder / "tap" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", TAP, "setuptools<81"], check=True)
    account = practice["pipedrive"]
    script = HERE / "pipedrive_tap.py"
    run = subprocess.run(
        [python, script, account["url"], account["token"]], stderr=subprocess.PIPE, text=True
    )
    if run.returncode:
        print(run.stderr[-3000:], file=sys.stderr)
    return run.returncode


def main() -> int:
    """Both clients, each on a fresh company."""
    practice, results = start(), list[int]()
    try:
        for client in (node, tap):
            practice.reset()
            with TemporaryDirectory() as folder:
                results.append(client(Path(folder), practice))
    finally:
        practice.stop()
    return max(results)


if __name__ == "__main__":
    sys.exit(main())
