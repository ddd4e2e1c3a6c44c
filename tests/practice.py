"""Start the practice vendors in a process of their own, and steer them from a test."""

import atexit
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent


class Practice:
    """A running set of practice vendors. `urls` is the JSON of its first stdout line."""

    def __init__(self, process: subprocess.Popen[bytes], urls: dict[str, Any]) -> None:
        self.process, self.urls = process, urls
        self._http = httpx.Client(base_url=urls["control"]["url"], timeout=120)

    def __getitem__(self, vendor: str) -> Any:
        """The addresses and credentials of one vendor."""
        return self.urls[vendor]

    def _send(self, method: str, path: str, value: Any = None, **params: Any) -> Any:
        answer = self._http.request(method, path, json=value, params=params)
        if answer.is_error:
            raise ValueError(answer.text)
        return answer

    def reset(self, **sizes: int) -> None:
        """Seed again; drop faults, limits and history; set the clock to real time."""
        self._send("POST", "/reset", sizes)

    def state(self) -> Any:
        """Vendor → object → count and checksum."""
        return self._send("GET", "/state").json()

    def history(self, since: int = 0) -> list[dict[str, Any]]:
        """Every call after number `since`."""
        lines = self._send("GET", "/history", since=since).text.splitlines()
        return [json.loads(line) for line in lines]

    def fault(self, kind: str, **spec: Any) -> int:
        """Set a fault (`connectors/practice/faults.py` says what may be in it); its id."""
        return int(self._send("POST", "/faults", {"kind": kind} | spec).json()["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Every fault with its counts; `held` says how many calls wait in it."""
        return self._send("GET", "/faults").json()  # type: ignore[no-any-return]

    def clear_faults(self) -> None:
        """Drop every fault; calls on hold go on."""
        self._send("DELETE", "/faults")

    def release(self, id: int) -> None:
        """Let the calls go that wait in a `hold`."""
        self._send("POST", "/faults/release", {"id": id})

    def clock(self, **wish: Any) -> str:
        """`now="…"`, `advance=seconds`, `freeze=True`; the answer is the practice time."""
        return str(self._send("POST", "/clock", wish).json()["now"])

    def edit(self, vendor: str, **command: Any) -> Any:
        """Change a record behind the client's back, as a user of the vendor would."""
        return self._send("POST", "/edit", {"vendor": vendor} | command).json()

    def limits(self, vendor: str, **values: Any) -> None:
        """Set allowances, windows and rights until the next reset."""
        self._send("POST", "/limits", {"vendor": vendor} | values)

    def stop(self) -> None:
        """End the process and wait for it."""
        self._http.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    customers: int = 300,
    jobs: int = 1000,
    seed: int = 1,
    faults: str = "none",
    tls: bool = False,
    copy: bool = False,
    rate: int = 2000,
    module: str = "connectors.practice",
) -> Practice:
    """A new process on free ports; it answers on all of them when this returns. `rate` is what
    the source takes a second, more than a real one, so that tests do not wait. `module` may
    serve more vendors than the product has."""
    sizes = {"customers": customers, "jobs": jobs, "seed": seed, "faults": faults, "rate": rate}
    options = [text for name, value in sizes.items() for text in (f"--{name}", str(value))]
    wished = {"--tls": tls, "--copy": copy}
    options += ["--port", "0", "--follow-parent", *(name for name, on in wished.items() if on)]
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the practice vendors ended with code {process.wait()} at start")
    practice = Practice(process, json.loads(line))
    atexit.register(practice.stop)
    return practice
