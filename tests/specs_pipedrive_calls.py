"""What the check against Pipedrive's files calls: every operation, with bodies that use most of
what it takes.
"""

from typing import Any

from tests.specs_pipedrive import Checker, upload

FIELDS: dict[str, Any] = {
    "varchar": "text", "varchar_auto": "text", "text": "long", "phone": "+1 555", "double": 1.25,
    "monetary": {"value": 5, "currency": "USD"}, "user": 1, "org": 1, "people": 1,
    "date": "2024-01-01", "daterange": {"value": "2024-01-01", "until": "2024-02-01"},
    "time": {"value": "09:00:00", "timezone_name": "Europe/London"},
    "timerange": {"value": "09:00:00", "until": "10:00:00"}, "address": {"value": "1 Main St"},
}  # fmt: skip
ADDRESS = {"value": "1 Main St, Akron", "locality": "Akron", "postal_code": "44301"}
WHEN = "2023-06-01T16:20:00Z"
SOLD = {"product_id": 1, "item_price": 9.5, "quantity": 2.5, "discount": 10, "comments": "c",
        "tax_method": "inclusive", "billing_start_date": "2024-01-01"}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "organizations": {
        "name": "Acme", "owner_id": 1, "add_time": WHEN, "visible_to": 3, "address": ADDRESS,
        "website": "https://acme.example", "annual_revenue": 5, "employee_count": 3,
    },
    "persons": {
        "name": "Jane Doe", "owner_id": 1, "org_id": 1, "add_time": WHEN, "visible_to": 7,
        "emails": [{"value": "jane@acme.example", "primary": True, "label": "work"}],
        "phones": [{"value": "+15550100"}], "marketing_status": "subscribed",
    },
    "deals": {
        "title": "Repair", "owner_id": 1, "person_id": 1, "org_id": 1, "pipeline_id": 1,
        "stage_id": 2, "value": 1250.5, "currency": "USD", "status": "won", "won_time": WHEN,
        "close_time": WHEN, "probability": 50, "expected_close_date": "2023-06-02",
        "visible_to": 5, "is_archived": False,
    },
    "activities": {
        "subject": "Visit", "type": "meeting", "owner_id": 1, "deal_id": 1, "org_id": 1,
        "due_date": "2023-06-01", "due_time": "09:30", "duration": "01:00", "busy": True,
        "done": True, "location": ADDRESS, "participants": [{"person_id": 1, "primary": True}],
        "attendees": [{"email": "a@b.example", "name": "A"}], "note": "<b>n</b>",
        "public_description": "d",
    },
    "products": {
        "name": "Filter", "code": "F1", "unit": "pc", "tax": 7, "description": "d",
        "prices": [{"currency": "USD", "price": 5, "cost": 2, "direct_cost": 1}],
    },
    "pipelines": {"name": "Jobs", "is_deal_probability_enabled": True},
    "stages": {"name": "New", "pipeline_id": 1, "deal_probability": 10,
               "is_deal_rot_enabled": True, "days_to_rotten": 5},
}  # fmt: skip


def fields(check: Checker) -> dict[str, dict[str, Any]]:
    """Fields of every type, their options, and what a record may then hold of each entity."""
    values: dict[str, dict[str, Any]] = {}
    for entity in ("deal", "person", "organization", "product"):
        path, one = f"/{entity}Fields", f"/{entity}Fields/{{field_code}}"
        values[entity] = {}
        for kind, value in FIELDS.items():
            body = {"field_name": kind, "field_type": kind}
            made = check.call("v2", "POST", path, json=body)
            values[entity][made["field_code"]] = value
        more = {"options": [{"label": "A"}, {"label": "B"}]}
        for kind in ("enum", "set"):
            made = check.call(
                "v2", "POST", path, json={"field_name": kind, "field_type": kind} | more
            )
            id = made["options"][0]["id"]
            values[entity][made["field_code"]] = [id] if kind == "set" else id
            code = made["field_code"]
        (new,) = check.call("v2", "POST", f"{one}/options", code, json=[{"label": "C"}])
        renamed = [{"id": new["id"], "label": "D"}]
        check.call("v2", "PATCH", f"{one}/options", code, json=renamed)
        check.call("v2", "DELETE", f"{one}/options", code, json=[{"id": new["id"]}])
        check.call("v2", "PATCH", one, code, json={"field_name": "other"})
        check.call("v2", "GET", one, code)
        doomed = check.call("v2", "POST", path, json={"field_name": "x", "field_type": "text"})
        check.call("v2", "DELETE", one, doomed["field_code"])
    for entity in (*values, "activity"):
        check.call("v2", "GET", f"/{entity}Fields", params={"limit": 5})
        check.call("v2", "GET", f"/{entity}Fields", params={"include_fields": "ui_visibility"})
        check.call("v1", "GET", f"/{entity}Fields")
    check.call("v2", "GET", "/activityFields/{field_code}", "subject")
    return values


def records(check: Checker) -> None:
    """Every record of version 2: create, read, change, list, page, delete."""
    values = fields(check)
    for entity, body in BODIES.items():
        path, one = f"/{entity}", f"/{entity}/{{id}}"
        kind = entity.removesuffix("s")
        if kind in values:
            body = body | {"custom_fields": values[kind]}
        id = check.call("v2", "POST", path, json=body)["id"]
        patched = {k: v for k, v in body.items() if k != "add_time"}
        check.call("v2", "PATCH", one, id, json=patched)
        check.call("v2", "GET", one, id)
        check.call("v2", "GET", path, params={"limit": 500})
        check.call("v2", "GET", path, params={"limit": 2, "sort_direction": "desc"})
        check.call("v2", "POST", path, json=body | {"nonsense": 1}, status=400)
        check.call("v2", "GET", one, 999_999, status=404)
        check.call("v2", "DELETE", one, id)
        check.call("v2", "GET", path, params={"nonsense": 1}, status=400)
    check.call("v2", "GET", "/deals/archived")
    labelled = {"include_labels": "true", "include_option_labels": "true"}
    check.call("v2", "GET", "/deals", params=labelled | {"include_fields": "notes_count"})


def around(check: Checker) -> None:
    """What hangs on records: products, followers, participants, notes, files, leads, search."""
    sold = check.call("v2", "POST", "/deals/{id}/products", 5, json=SOLD)["id"]
    check.call("v2", "POST", "/deals/{id}/products/bulk", 5, json={"data": [SOLD]})
    one = "/deals/{id}/products/{product_attachment_id}"
    check.call("v2", "PATCH", one, 5, sold, json={"quantity": 1})
    check.call("v2", "GET", "/deals/{id}/products", 5)
    check.call("v2", "GET", "/deals/products", params={"deal_ids": "5"})
    check.call("v1", "GET", "/products/{id}/deals", 1)
    check.call("v2", "DELETE", one, 5, sold)
    check.call("v2", "DELETE", "/deals/{id}/products", 5)
    for entity in ("deals", "persons", "organizations", "products"):
        path = f"/{entity}/{{id}}/followers"
        check.call("v2", "POST", path, 1, json={"user_id": 2})
        check.call("v2", "GET", path, 1)
        check.call("v2", "DELETE", f"{path}/{{follower_id}}", 1, 2)
    for entity in ("deals", "persons", "organizations", "products", "leads"):
        check.call("v2", "GET", f"/{entity}/search", params={"term": "re", "limit": 20})
    check.call("v2", "GET", "/itemSearch", params={"term": "Abbott"})
    by_name = {"term": "Filter", "entity_type": "product", "field": "name"}
    check.call("v2", "GET", "/itemSearch/field", params=by_name)
    path = "/deals/{id}/participants"
    link = check.call("v1", "POST", path, 5, json={"person_id": 3})["id"]
    check.call("v1", "GET", path, 5)
    check.call("v1", "DELETE", f"{path}/{{deal_participant_id}}", 5, link)


def old(check: Checker) -> None:
    """Version 1."""
    body = {"content": "<b>n</b>", "deal_id": 1, "add_time": "2020-01-01 10:00:00"}
    note = check.call("v1", "POST", "/notes", json=body | {"pinned_to_deal_flag": 1})["id"]
    check.call("v1", "PUT", "/notes/{id}", note, json={"content": "x"})
    check.call("v1", "GET", "/notes/{id}", note)
    check.call("v1", "GET", "/notes", params={"deal_id": 1, "limit": 1})
    check.call("v1", "DELETE", "/notes/{id}", note)
    file = upload(check, deal_id=1, person_id=1, org_id=1, product_id=1)["id"]
    check.call("v1", "PUT", "/files/{id}", file, data={"name": "b.txt", "description": "d"})
    check.call("v1", "GET", "/files/{id}", file)
    check.call("v1", "GET", "/files/{id}/download", file)
    check.call("v1", "GET", "/files")
    for entity in ("deals", "persons", "organizations", "products"):
        check.call("v1", "GET", f"/{entity}/{{id}}/files", 1)
    check.call("v1", "DELETE", "/files/{id}", file)
    made = {"name": "Site visit", "icon_key": "truck", "color": "AABBCC"}
    kind = check.call("v1", "POST", "/activityTypes", json=made)["id"]
    check.call("v1", "PUT", "/activityTypes/{id}", kind, json={"name": "Visit"})
    check.call("v1", "DELETE", "/activityTypes/{id}", kind)
    lead = {"title": "L", "person_id": 1, "value": {"amount": 5, "currency": "USD"}}
    id = check.call("v1", "POST", "/leads", json=lead | {"visible_to": "3"})["id"]
    check.call("v1", "PATCH", "/leads/{id}", id, json={"title": "M"})
    check.call("v1", "GET", "/leads/{id}", id)
    check.call("v1", "DELETE", "/leads/{id}", id)
    check.call("v1", "GET", "/leads/{id}", id, status=404)
    check.call("v1", "GET", "/deals/summary", params={"status": "won"})
    for path in ("/leads", "/leads/archived", "/leadLabels", "/activityTypes", "/users",
                 "/users/me", "/permissionSets", "/currencies", "/webhooks", "/noteFields",
                 "/filters"):  # fmt: skip
        check.call("v1", "GET", path)
    check.call("v1", "GET", "/users/find", params={"term": "a"})
    check.call("v1", "GET", "/users/{id}", 1)
    check.call("v1", "GET", "/users/{id}", 999, status=404)
    check.call("v1", "POST", "/users", json={"email": "new@crm.example.com"})
