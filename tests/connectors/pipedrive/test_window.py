"""The burst window by itself, with times shortened."""

from time import monotonic, sleep
from uuid import uuid4

import pytest

from connectors.pipedrive import window
from connectors.pipedrive.window import Window


def test_a_call_counts_from_its_answer_however_long_that_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, seconds in {"SECONDS": 0.2, "UNANSWERED": 0.05, "KEPT_SECONDS": 0.3}.items():
        monkeypatch.setattr(window, name, seconds)
    burst = Window(str(uuid4()))
    burst.wait()
    sleep(0.5)
    burst.answered(calls=1)
    since = monotonic()
    burst.wait()
    assert monotonic() - since > 0.15


def test_what_the_vendor_told_one_process_the_next_knows() -> None:
    account = str(uuid4())
    Window(account).answered(calls=80, left=79)
    assert Window(account).calls == 80


def test_a_file_of_which_only_a_part_was_written_counts_as_none() -> None:
    burst = Window(str(uuid4()))
    burst._path.write_bytes(bytes(3 * 8))
    assert burst.calls == window.LEAST
