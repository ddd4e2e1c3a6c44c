"""Search, products on deals, followers."""

import pytest

from tests.connectors.practice.pipedrive.conftest import Company


def test_search_knows_a_record_only_after_its_delay(company: Company) -> None:
    company.limits(search_delay=30)
    code = company.field("deal", "varchar")["field_code"]
    id = company.create("deals", title="x", custom_fields={code: "ST-JOB-1"})["id"]
    query = {"term": "ST-JOB-1", "entity_type": "deal", "field": code, "match": "exact"}
    assert company.data("GET", "/itemSearch/field", **query) == []
    assert company.walk("/deals", sort_direction="desc", limit=1)[0]["id"] == id
    company.steer.clock(advance=31)
    assert [row["id"] for row in company.data("GET", "/itemSearch/field", **query)] == [id]


def test_an_exact_match_by_field_minds_the_case_and_others_do_not(company: Company) -> None:
    code = company.field("deal", "varchar")["field_code"]
    id = company.create("deals", title="x", custom_fields={code: "ST-JOB-100%"})["id"]
    field = {"entity_type": "deal", "field": code}
    for term, match, hit in (
        ("ST-JOB-100%", "exact", True), ("st-job-100%", "exact", False),
        ("ST-JOB-1", "exact", False), ("st-job-1", "beginning", True), ("job", "middle", True),
        ("_T-JOB", "middle", False),
    ):  # fmt: skip
        found = company.data("GET", "/itemSearch/field", term=term, match=match, **field)
        assert [row["id"] for row in found] == [id] * hit, (term, match)
    exact = {"term": "st-job-100%", "fields": "custom_fields", "exact_match": "true"}
    items = company.data("GET", "/deals/search", **exact)["items"]
    assert [item["item"]["id"] for item in items] == [id]


def test_what_is_deleted_or_no_text_is_not_found(company: Company) -> None:
    code = company.field("deal", "date")["field_code"]
    query = {"term": "2024-01-01", "entity_type": "deal", "field": code}
    assert company.refusal("GET", "/itemSearch/field", **query)[0] == 400
    id = company.create("organizations", name="Unheard of Ltd")["id"]
    assert company.data("GET", "/itemSearch", term="Unheard of")["items"][0]["item"]["id"] == id
    company.data("DELETE", f"/organizations/{id}")
    assert company.data("GET", "/itemSearch", term="Unheard of")["items"] == []


def test_search_comes_in_pages(company: Company) -> None:
    ids: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = company.call("GET", "/deals/search", term="quote", limit=20, **cursor).json()
        ids += [item["item"]["id"] for item in page["data"]["items"]]
        cursor = {"cursor": page["additional_data"]["next_cursor"]}
        if cursor["cursor"] is None:
            break
    assert len(ids) == len(set(ids)) == 65


def test_products_make_up_the_value_of_their_deal(company: Company) -> None:
    path = "/deals/5/products"
    row = {"product_id": 1, "item_price": 10, "quantity": 2.5}
    first = company.data("POST", path, row)
    assert first["sum"] == 25
    company.data("POST", f"{path}/bulk", {"data": [row | {"discount": 10}] * 2})
    assert company.get("deals", 5)["value"] == 70
    assert [deal["id"] for deal in company.data("GET", "/v1/products/1/deals")] == [5]
    assert company.get("deals", 5, include_fields="products_count")["products_count"] == 3
    company.data("PATCH", f"{path}/{first['id']}", {"is_enabled": False})
    assert company.get("deals", 5)["value"] == 45
    company.data("DELETE", path)
    assert company.get("deals", 5)["value"] == 0


@pytest.mark.parametrize(
    "wrong", [{"quantity": "1"}, {"product_id": 99}, {"price": 1}, {"tax_method": "vat"}]
)
def test_a_wrong_product_row_is_refused(company: Company, wrong: dict[str, object]) -> None:
    row = {"product_id": 1, "item_price": 10, "quantity": 1} | wrong
    assert company.refusal("POST", "/deals/5/products", row)[0] == 400
    many = {"data": [row | {"quantity": 1, "product_id": 1}] * 101}
    assert company.refusal("POST", "/deals/5/products/bulk", many)[0] == 400


def test_a_user_follows_once(company: Company) -> None:
    path = "/persons/5/followers"
    assert company.call("POST", path, {"user_id": 2}).status_code == 201
    assert company.refusal("POST", path, {"user_id": 2})[0] == 400
    assert [row["user_id"] for row in company.data("GET", path)] == [2]
    company.data("DELETE", f"{path}/2")
    assert company.data("GET", path) == []
