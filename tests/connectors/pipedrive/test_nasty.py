"""A thousand values that loaders trip over, there and back: as fields, and as notes.

The company trims notes, and so does whoever plans a value.
"""

import random

import pytest

from connectors.pipedrive.values import newlines
from connectors.values import Row
from tests.connectors.pipedrive.conftest import Desk, key

PARTS = (
    *'\r\n\t",;\'\\/<>&%{}[]|`^~ ', "\r\n", '""', '","', "\u2028", "\u2029", "\x0b", "\x0c", "\x85",
    "\ufeff", "\u00a0", "\u200b", "\u202e", "e\u0301", "é", "ß", "漢字", "שלום", "🔧", "👩‍🔧", "🇩🇪",
    "𝔘", "null", "NULL", "None", "true", "=1+1", "@x", "+1", "-1", "0", "007", "1e5", "%27",
    "&amp;", "&nbsp;", "<b>", "</b>", "<br>", "<!-- x -->", "[ref ", "]", "' OR 1=1", "\\n", "a",
)  # fmt: skip
COUNT, CHUNK = 1000, 250


def _texts() -> list[str]:
    random_ = random.Random(20_260_211)
    made = [*PARTS, "x" * 60_000, '"' * 60_000, "漢" * 20_000]
    while len(made) < COUNT:
        made.append("".join(random_.choices(PARTS, k=random_.randint(1, 40))))
    return made


@pytest.mark.parametrize(("object", "field"), [("deals", "Description"), ("notes", "content")])
def test_a_thousand_nasty_texts_come_back_as_they_were_sent(
    desk: Desk, object: str, field: str
) -> None:
    desk.make_fields()
    needed: dict[str, str] = {"title": "A deal"}
    if object == "notes":
        needed = {"deal_id": desk.create("deals", {key(-1): needed})[key(-1)]}
    texts = {key(n): text.strip() or "-" for n, text in enumerate(_texts())}
    rows = [Row(k, None, {**needed, field: text}) for k, text in texts.items()]
    ids: dict[str, str] = {}
    for start in range(0, COUNT, CHUNK):
        outcomes = desk.write("create", object, rows[start : start + CHUNK])
        assert {o.status for o in outcomes.values()} == {"done"}
        ids |= {k: str(o.id) for k, o in outcomes.items()}
    found = desk.destination.sweep(object, "7001/", [field])
    back = {r.key: r.values[field] for r in found if r.key in texts}
    assert back.keys() == texts.keys()
    assert {k: (back[k], t) for k, t in texts.items() if back[k] != newlines(t)} == {}
