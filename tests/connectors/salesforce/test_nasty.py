"""A thousand values that loaders trip over, there and back through both ways of writing.

The org trims texts, and so does whoever plans a value.
"""

import random

import pytest

from connectors.salesforce.values import NULL, newlines
from connectors.values import Row
from tests.connectors.salesforce.conftest import Desk, key

PARTS = (
    *'\r\n\t",;\'\\/<>&%{}[]|`^~ ', "\r\n", '""', '","', "\u2028", "\u2029", "\x0b", "\x0c", "\x85",
    "\ufeff", "\u00a0", "\u200b", "\u202e", "e\u0301", "é", "ß", "漢字", "שלום", "🔧", "👩‍🔧", "🇩🇪",
    "𝔘", "#N/A", "null", "NULL", "None", "true", "=1+1", "@x", "+1", "-1", "0", "007", "1e5", "%27",
    "&amp;", "<b>", "</Value>", "' OR 1=1", "\\n", "a", "Z",
)  # fmt: skip
COUNT = 1000


def _texts() -> list[str]:
    random_ = random.Random(20_260_211)
    made = [*PARTS, NULL + " ", " " + NULL, "x" * 32_000, '"' * 32_000, "漢" * 32_000]
    while len(made) < COUNT:
        made.append("".join(random_.choices(PARTS, k=random_.randint(1, 40))))
    return made


@pytest.mark.parametrize("size", [200, COUNT], ids=["collections", "bulk"])
def test_a_thousand_nasty_texts_come_back_as_they_were_sent(desk: Desk, size: int) -> None:
    texts = {key(n): text for n, text in enumerate(_texts())}
    rows = [Row(k, None, {"Name": k, "Description": text}) for k, text in texts.items()]
    ids: dict[str, str] = {}
    for start in range(0, COUNT, size):
        outcomes = desk.write("create", "Account", rows[start : start + size])
        again = [row for row in rows if row.key in outcomes and outcomes[row.key].retry]
        assert {texts[row.key].strip() for row in again} <= {NULL}
        if again:
            outcomes |= desk.write("create", "Account", again)
        assert {o.status for o in outcomes.values()} == {"done"}
        ids |= {k: str(o.id) for k, o in outcomes.items()}
    assert len(desk.opened) == COUNT // size * (size > 200)
    found = desk.destination.fetch("Account", list(ids.values()), ["Description"])
    assert {r.key: r.values["Description"] for r in found} == {
        k: newlines(text).strip() or None for k, text in texts.items()
    }
