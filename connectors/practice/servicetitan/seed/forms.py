"""Form submissions: a technician's checklist with photos and the customer's signature."""

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import MINUTE, SECOND, parse, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.draw import TODAY, Draw, day
from connectors.practice.servicetitan.seed.people import Party

SIGNATURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAQCAAAAAB1xaNtAAAAKklEQVR42mP4TyJgoJcGBgYUnXi4DCSphnBpqRrF"
    "00RqHvU0sZ6mbeIDAOIwlIiMO/b9AAAAAElFTkSuQmCC"
)
FORMS = ((4410, "Commercial Service Checklist"), (4413, "Residential Service Checklist"))


def form_rows(
    draw: Draw, party: Party, job: dict[str, Any], crews: list[dict[str, Any]]
) -> Iterator[Row]:
    """A third of the jobs that were done have one, few of them were never finished."""
    crew = next((each for each in crews if each["active"]), None)
    if not crew or job["jobStatus"] != "Completed" or not draw.chance(0.35):
        return
    id, completed = draw.id(), not draw.chance(0.04)
    at = min(TODAY, parse(job["completedOn"]) + draw.below(30 * MINUTE))
    form, name = FORMS[0 if party.company else 1]
    owners = [{"type": "Job", "id": job["id"]}, {"type": "Customer", "id": party.id}]
    body = {
        "id": id,
        "formId": form,
        "formName": name,
        "submittedOn": stamp(at),
        "createdById": crew["technicianId"] - 1,
        "status": "Completed" if completed else "Started",
        "owners": owners[: 1 + draw.chance(0.2)],
        "units": [*checks(draw, at), *([sign_off(draw, party, id, at)] if completed else [])],
    }
    active = not draw.chance(0.01)
    yield Row("form-submissions", id, at, at, active, job["id"], orjson.dumps(body))


def checks(draw: Draw, at: int) -> Iterator[dict[str, Any]]:
    """A heading, and a section with each kind of field; photos come with some."""
    yield {"id": "h1", "name": "Please fill in on site", "type": "Header"}
    photo = [image(f"IMG_{draw.below(9000):04d}.jpg", at)] if draw.chance(0.5) else []
    parts = ["Filter", "Belt", "Thermostat"]
    replaced = parts[: draw.below(4)]
    yield section("s1", "System", [
        answer("q1", "Compressor", "Stoplight", value=draw.pick(("Green", "Yellow", "Red", None))),
        answer("q2", "Supply temperature", "Number", value=50.5 + draw.below(90) / 2),
        answer("q3", "Replaced", "Checkbox", values=replaced, options=",".join(parts)),
        answer("q4", "Next visit", "Date", value=day(at)),
        answer("q5", "Refrigerant", "Dropdown", value="R-410A", options="R-22,R-410A"),
        answer("q6", "Photos", "Picture") | {"attachments": photo},
    ])  # fmt: skip


def sign_off(draw: Draw, party: Party, id: int, at: int) -> dict[str, Any]:
    """Who signed is a field like any other; some refuse."""
    refused = draw.chance(0.08)
    file = f"sig_{id}.png"
    # Some tenants' signatures hold the picture, others only its name.
    drawn = SIGNATURE if id % 3 else file
    signature = answer(
        "q8", "Customer signature", "Signature", value="" if refused else drawn,
        isRefused=refused, refusalReason="Customer not on site" if refused else "",
    )  # fmt: skip
    if not refused:
        signature["attachments"] = [image(file, at)]
    signer = answer("q7", "Signed by", "Text", value="" if refused else party.person)
    return section("s2", "Sign-off", [signer, signature])


def section(id: str, name: str, units: list[dict[str, Any]]) -> dict[str, Any]:
    """Fields under one heading."""
    return {"id": id, "name": name, "type": "Section", "description": "", "units": units}


def answer(id: str, name: str, kind: str, **own: Any) -> dict[str, Any]:
    """A field; `own` is what only its kind has."""
    return {"id": id, "name": name, "type": kind, "comment": "", "attachments": [], **own}


def image(name: str, at: int) -> dict[str, str]:
    """A picture as a form names it; no address gives its bytes."""
    taken = stamp(at - MINUTE - at % SECOND)
    return {"fileName": name, "createdFrom": taken, "originalFileName": name, "thumbnail": ""}
