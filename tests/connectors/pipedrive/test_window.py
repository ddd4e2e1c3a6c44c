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
    burst = Window(str(uuid4()), calls=1)
    burst.wait()
    sleep(0.5)
    burst.answered()
    since = monotonic()
    burst.wait()
    assert monotonic() - since > 0.15
