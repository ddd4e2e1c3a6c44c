"""The source objects that are read for the rebuild reference alone, and what becomes of them."""

from projects.presets import ObjectDefault

HANDED_OVER = {
    "hold-reasons": "",
    "teams": "",
    "arrival-windows": "",
    "business-hours": "",
    "technician-shifts": "As a weekly pattern a technician, from the last eight weeks.",
    "reports": "Their columns and where each landed; the reports themselves are rebuilt.",
}
HANDED_OVER_OBJECTS = tuple(
    ObjectDefault(name, "", "in the rebuild reference", "handed_over", reason)
    for name, reason in HANDED_OVER.items()
)
