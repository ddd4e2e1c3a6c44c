"""SOQL, paging and describe of the practice org."""

from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import DATA, Org

NOBODY = "001000000000000AAA"


def refusal(answer: Any) -> str:
    return str(answer[0]["errorCode"])


def test_count_comes_as_total_size_and_count_of_a_field_as_a_record(org: Org) -> None:
    plain = org.query("SELECT count() FROM Case")
    assert plain["records"] == []
    named = org.query("SELECT COUNT(Id) FROM Case")["records"][0]
    assert named == {"attributes": {"type": "AggregateResult"}, "expr0": plain["totalSize"]}
    assert plain["totalSize"] == 260


def test_pages_follow_each_other_and_lose_nothing(org: Org) -> None:
    org.steer.limits("salesforce", page_size=100)
    first = org.query("SELECT Id FROM Case")
    assert (first["totalSize"], len(first["records"]), first["done"]) == (260, 100, False)
    assert first["nextRecordsUrl"].startswith(f"{DATA}/query/01g")
    ids = [record["Id"] for record in org.records("SELECT Id FROM Case")]
    assert len(set(ids)) == 260


def test_rows_created_while_paging_do_not_shift_the_pages(org: Org) -> None:
    org.steer.limits("salesforce", page_size=200)
    answer = org.query("SELECT Id FROM Case ORDER BY Id DESC")
    org.steer.edit("salesforce", op="create", object="Case", values={"Subject": "late"})
    rest = org.http.get(answer["nextRecordsUrl"]).json()
    assert len(answer["records"]) + len(rest["records"]) == 260
    assert rest["done"]


def test_names_in_any_case_aliases_and_parents_are_understood(org: Org) -> None:
    text = "select id, c.account.NAME, Contact.Owner.Email from CASE c where c.contact.name != null"
    record = org.query(text + " limit 1")["records"][0]
    assert set(record) == {"attributes", "Id", "Account", "Contact"}
    assert record["Account"]["Name"]
    assert record["Contact"]["Owner"]["Email"] == "dana.dispatcher@crm.example.com"
    assert record["attributes"]["url"] == f"{DATA}/sobjects/Case/{record['Id']}"


def test_nulls_are_explicit_and_a_missing_parent_is_null(org: Org) -> None:
    id = org.create("Contact", LastName="Alone")
    record = org.one(f"SELECT Email, Account.Name, IsDeleted FROM Contact WHERE Id = '{id}'")
    assert record == {"Email": None, "Account": None, "IsDeleted": False}


def test_null_is_unequal_to_every_value(org: Org) -> None:
    every = org.query("SELECT count() FROM Case")["totalSize"]
    keyed = "Source_Id__c LIKE '8450/jobs/%'"
    with_key = org.query(f"SELECT count() FROM Case WHERE {keyed}")["totalSize"]
    assert with_key == 20
    for without in (
        f"NOT ({keyed})",
        "Source_Id__c = null",
        f"NOT {keyed} AND Source_Id__c != 'x'",
        "Source_Id__c NOT IN ("
        + ",".join(
            f"'{r['Source_Id__c']}'"
            for r in org.records(f"SELECT Source_Id__c FROM Case WHERE {keyed}")
        )
        + ")",
    ):
        answer = org.query(f"SELECT count() FROM Case WHERE {without}")
        assert answer["totalSize"] == every - with_key, without


def test_text_compares_without_case_and_escapes_are_undone(org: Org) -> None:
    id = org.create("Account", Name="O'Neil \\ 100%")
    escaped = "o\\'neil \\\\ 100%"
    assert org.one(f"SELECT Id FROM Account WHERE Name = '{escaped}'")["Id"] == id
    assert org.one("SELECT Id FROM Account WHERE Name LIKE '%100\\%'")["Id"] == id
    assert org.records("SELECT Id FROM Account WHERE Name LIKE '%1\\%'") == []


def test_ids_of_15_and_18_characters_are_the_same_and_compare_with_case(org: Org) -> None:
    id = org.create("Account", Name="Ids")
    assert org.one(f"SELECT Name FROM Account WHERE Id = '{id[:15]}'")["Name"] == "Ids"
    assert org.one(f"SELECT Name FROM Account WHERE Id IN ('{id}')")["Name"] == "Ids"
    swapped = id[:15].swapcase()
    answer = org.query(f"SELECT Id FROM Account WHERE Id = '{swapped}'")
    assert answer["totalSize"] == 0


def test_instants_filter_and_come_back_to_the_second(org: Org) -> None:
    id = org.create("Case", Source_Created_Date__c="2024-05-06T07:08:09.987+02:00")
    where = "Source_Created_Date__c = 2024-05-06T05:08:09Z"
    record = org.one(f"SELECT Id, Source_Created_Date__c FROM Case WHERE {where}")
    assert record == {"Id": id, "Source_Created_Date__c": "2024-05-06T05:08:09.000+0000"}


def test_a_semi_join_and_grouping_find_doubles(org: Org) -> None:
    key = org.one("SELECT Source_Id__c FROM Account WHERE Source_Id__c != null LIMIT 1")
    org.steer.edit("salesforce", op="duplicate", object="Account", key=key["Source_Id__c"])
    text = "SELECT Source_Id__c k, COUNT(Id) n FROM Account WHERE Source_Id__c != null"
    assert org.records(f"{text} GROUP BY Source_Id__c HAVING COUNT(Id) > 1") == [
        {"k": key["Source_Id__c"], "n": 2}
    ]
    inner = "SELECT AccountId FROM Contact WHERE FirstName = 'Ada'"
    found = org.records(f"SELECT Id FROM Account WHERE Id IN ({inner})")
    direct = org.records("SELECT AccountId FROM Contact WHERE FirstName = 'Ada'")
    assert {r["Id"] for r in found} == {r["AccountId"] for r in direct if r["AccountId"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Nope = 1", "INVALID_FIELD"),
        ("SELECT Nope.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id, FROM Account", "MALFORMED_QUERY"),
        ('SELECT Id FROM Account WHERE Name = "x"', "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'it's'", "MALFORMED_QUERY"),
        ("SELECT * FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreatedDate > '2024-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2024-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Account ORDER BY Source_Tags__c", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Id = 'nonsense'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_with_400(org: Org, text: str, code: str) -> None:
    answer = org.call("GET", "/query", params={"q": text})
    assert (answer.status_code, refusal(answer.json())) == (400, code)


def test_an_unknown_cursor_is_refused(org: Org) -> None:
    answer = org.call("GET", "/query/01gHs0000000000AAA-2000")
    assert (answer.status_code, refusal(answer.json())) == (400, "INVALID_QUERY_LOCATOR")


def test_describe_gives_types_rights_picklists_and_children(org: Org) -> None:
    case = org.call("GET", "/sobjects/case/describe").json()
    fields = {field["name"]: field for field in case["fields"]}
    key = fields["Source_Id__c"]
    assert (key["length"], key["unique"], key["externalId"], key["custom"]) == (
        80,
        True,
        True,
        True,
    )
    assert fields["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert fields["CaseNumber"]["createable"] is False
    assert fields["Job_Total__c"]["scale"] == 2
    values = [each["value"] for each in fields["Status"]["picklistValues"]]
    assert values == ["New", "Working", "On Hold", "Escalated", "Closed", "Cancelled"]
    assert fields["Status"]["restrictedPicklist"] is False
    account = org.call("GET", "/sobjects/Account/describe").json()
    children = {(c["childSObject"], c["field"]): c for c in account["childRelationships"]}
    assert children["Contact", "AccountId"]["cascadeDelete"]
    assert children["Case", "AccountId"]["restrictedDelete"]
    assert account["recordTypeInfos"][0]["master"]


def test_audit_fields_are_createable_only_with_the_switch_and_the_right(org: Org) -> None:
    def createable() -> bool:
        case = org.call("GET", "/sobjects/Case/describe").json()
        return {f["name"]: f["createable"] for f in case["fields"]}["CreatedDate"] is True

    assert createable()
    org.steer.limits("salesforce", audit_fields=False)
    assert not createable()
    org.steer.limits("salesforce", audit_fields=True)
    org.steer.edit("salesforce", op="user", set={"modify_all": False})
    assert not createable()


def test_a_hidden_field_is_missing_everywhere(org: Org) -> None:
    org.steer.edit("salesforce", op="field", action="hide", object="Case", field="Warranty_Code__c")
    case = org.call("GET", "/sobjects/Case/describe").json()
    assert "Warranty_Code__c" not in {field["name"] for field in case["fields"]}
    assert refusal(org.query("SELECT Warranty_Code__c FROM Case")) == "INVALID_FIELD"
    answer = org.call("POST", "/sobjects/Case", json={"Warranty_Code__c": "x"})
    assert refusal(answer.json()) == "INVALID_FIELD"


def test_fields_come_go_and_change_length(org: Org) -> None:
    spec = {"vendor": "salesforce", "op": "field", "object": "Case"}
    org.steer.edit(**spec, action="add", field="Color__c", type="Text", length=10)
    id = org.create("Case", Color__c="red")
    assert org.one(f"SELECT Color__c FROM Case WHERE Id = '{id}'") == {"Color__c": "red"}
    org.steer.edit(**spec, action="length", field="Color__c", length=2)
    answer = org.call("PATCH", f"/sobjects/Case/{id}", json={"Color__c": "blue"})
    assert refusal(answer.json()) == "STRING_TOO_LONG"
    org.steer.edit(**spec, action="remove", field="Color__c")
    assert refusal(org.query("SELECT Color__c FROM Case")) == "INVALID_FIELD"


def test_the_org_holds_records_of_its_own_some_under_our_keys(org: Org) -> None:
    counts = {name: org.steer.state()["salesforce"][name]["count"] for name in
              ("Account", "Contact", "Case")}  # fmt: skip
    assert sum(counts.values()) >= 500
    kinds = {"Account": "8450/customers/", "Contact": "8450/customers/", "Case": "8450/jobs/"}
    keys = {
        name: org.steer.edit("salesforce", op="ids", object=name, prefix=prefix)
        for name, prefix in kinds.items()
    }
    assert sum(map(len, keys.values())) >= 50
    assert not set(keys["Account"]) & set(keys["Contact"])
    ours = org.http.get("/services/oauth2/userinfo").json()["user_id"]
    assert org.query(f"SELECT count() FROM Case WHERE CreatedById = '{ours}'")["totalSize"] == 0


def test_one_technician_has_no_user_and_one_user_is_inactive(org: Org) -> None:
    users = org.records("SELECT Email, IsActive, Username FROM User")
    assert len({user["Username"] for user in users}) == len(users)
    assert sum(not user["IsActive"] for user in users) == 1
    assert any(user["Email"] != user["Email"].lower() for user in users)


def test_reset_gives_the_same_org_again(org: Org) -> None:
    before = org.steer.state()["salesforce"]
    org.create("Account", Name="Gone soon")
    assert org.steer.state()["salesforce"] != before
    org.steer.reset()
    assert org.steer.state()["salesforce"] == before


def test_a_querys_columns_are_told_without_its_rows(org: Org) -> None:
    soql = "SELECT Id, Subject, Account.Owner.Name, IsClosed FROM Case"
    told = org.call("GET", "/query", params={"q": soql, "columns": "true"}).json()
    names = [column["columnName"] for column in told["columnMetadata"]]
    assert names == ["Id", "Subject", "Account", "IsClosed"]
    account, closed = told["columnMetadata"][2:]
    assert account["joinColumns"][0]["joinColumns"][0]["columnName"] == "Name"
    assert closed["booleanType"]
    assert (told["entityName"], told["keyPrefix"], told["idSelected"]) == ("Case", "500", True)
    counted = "SELECT Status, COUNT(Id) n FROM Case GROUP BY Status"
    told = org.call("GET", "/query", params={"q": counted, "columns": "true"}).json()
    assert [c["columnName"] for c in told["columnMetadata"] if c["aggregate"]] == ["n"]


def test_the_resources_name_who_we_are_and_a_doubled_slash_is_one(org: Org) -> None:
    address = org.call("GET", "").json()["identity"]
    about = org.http.get(address.replace("/id/", "//id/")).json()
    assert about["username"] == "integration@crm.example.com.practice"
