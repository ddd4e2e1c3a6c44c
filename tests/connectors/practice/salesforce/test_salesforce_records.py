"""Writing single records and collections in the practice org, and what it refuses."""

from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org

QUIET = {"Sforce-Auto-Assign": "FALSE"}
SAVE = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=false"}
GONE = "001000000000000AAA"


def code(answer: Any) -> str:
    return str(answer.json()[0]["errorCode"])


def errors(results: list[dict[str, Any]]) -> list[str]:
    return [r["errors"][0]["statusCode"] if r["errors"] else "" for r in results]


def of(object: str, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": object}, **values}


@pytest.mark.parametrize(
    ("object", "values", "refused", "field"),
    [
        ("Account", {}, "REQUIRED_FIELD_MISSING", "Name"),
        ("Account", {"Name": "   "}, "REQUIRED_FIELD_MISSING", "Name"),
        ("Contact", {"FirstName": "A"}, "REQUIRED_FIELD_MISSING", "LastName"),
        ("Account", {"Name": "x" * 256}, "STRING_TOO_LONG", "Name"),
        ("Case", {"Site_Address__c": "x" * 256}, "STRING_TOO_LONG", "Site_Address__c"),
        ("Account", {"Name": "a", "Nope__c": 1}, "INVALID_FIELD", None),
        ("Case", {"CaseNumber": "1"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "CaseNumber"),
        ("Case", {"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", "IsClosed"),
        ("Case", {"SystemModstamp": "2020-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE",
         "SystemModstamp"),
        ("Case", {"Id": GONE}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Id"),
        ("Case", {"Source_Created_Date__c": "2024-05-06"}, "INVALID_TYPE_ON_FIELD_IN_RECORD",
         "Source_Created_Date__c"),
        ("Case", {"Source_Created_Date__c": "2024-05-06T01:02:03"},
         "INVALID_TYPE_ON_FIELD_IN_RECORD", "Source_Created_Date__c"),
        ("Case", {"Source_Created_Date__c": "2024-02-31T01:02:03Z"},
         "INVALID_TYPE_ON_FIELD_IN_RECORD", "Source_Created_Date__c"),
        ("Case", {"Job_Total__c": "1,5"}, "INVALID_TYPE_ON_FIELD_IN_RECORD", "Job_Total__c"),
        ("Case", {"Job_Total__c": 10**17}, "NUMBER_OUTSIDE_VALID_RANGE", "Job_Total__c"),
        ("Case", {"Subject": 5}, "INVALID_TYPE_ON_FIELD_IN_RECORD", "Subject"),
        ("Case", {"IsEscalated": "maybe"}, "INVALID_TYPE_ON_FIELD_IN_RECORD", "IsEscalated"),
        ("Contact", {"LastName": "a", "Email": "a@b"}, "INVALID_EMAIL_ADDRESS", "Email"),
        ("Contact", {"LastName": "a", "Birthdate": "31.12.1990"},
         "INVALID_TYPE_ON_FIELD_IN_RECORD", "Birthdate"),
        ("Contact", {"LastName": "a", "AccountId": "nonsense"}, "MALFORMED_ID", "AccountId"),
        ("Contact", {"LastName": "a", "AccountId": "003000000000000AAA"}, "MALFORMED_ID",
         "AccountId"),
        ("Contact", {"LastName": "a", "AccountId": GONE}, "INVALID_CROSS_REFERENCE_KEY",
         "AccountId"),
        ("Case", {"Account": {"Source_Id__c": "nobody"}}, "INVALID_FIELD", None),
    ],
)  # fmt: skip
def test_a_wrong_record_is_refused_by_rest_and_by_collections_alike(
    org: Org, object: str, values: dict[str, Any], refused: str, field: str | None
) -> None:
    answer = org.call("POST", f"/sobjects/{object}", json=values)
    assert (answer.status_code, code(answer)) == (400, refused)
    assert answer.json()[0].get("fields", []) == ([field] if field else [])
    (result,) = org.collect("POST", [of(object, **values)])
    assert errors([result]) == [refused]
    assert result["success"] is False
    assert "id" not in result


def test_a_restricted_picklist_refuses_and_an_open_one_takes_in_what_it_does_not_know(
    org: Org,
) -> None:
    id = org.create("Case", Status="Somewhere")
    assert org.one(f"SELECT Status FROM Case WHERE Id = '{id}'") == {"Status": "Somewhere"}
    case = org.call("GET", "/sobjects/Case/describe").json()
    status = next(f for f in case["fields"] if f["name"] == "Status")
    added = next(v for v in status["picklistValues"] if v["value"] == "Somewhere")
    assert added["active"] is False
    (user,) = org.collect("POST", [of("User", LastName="x", LocaleSidKey="xx_XX")])
    assert errors([user]) == ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]


def test_texts_are_trimmed_and_empty_ones_are_null(org: Org) -> None:
    id = org.create("Account", Name="  Wide  ", Phone="  ", Site="")
    found = org.one(f"SELECT Name, Phone, Site FROM Account WHERE Id = '{id}'")
    assert found == {"Name": "Wide", "Phone": None, "Site": None}


def test_a_unique_key_is_kept_unique_without_regard_to_case(org: Org) -> None:
    id = org.create("Account", Name="First", Source_Id__c="8450/customers/Z1")
    answer = org.call(
        "POST", "/sobjects/Account", json={"Name": "Second", "Source_Id__c": "8450/customers/z1"}
    )
    assert code(answer) == "DUPLICATE_VALUE"
    expected = f"Source_Id__c duplicates value on record with id: {id}"
    assert answer.json()[0]["message"].endswith(expected)
    org.call("DELETE", f"/sobjects/Account/{id}")
    org.create("Account", Name="Third", Source_Id__c="8450/customers/z1")


def test_twins_of_one_call_are_not_named(org: Org) -> None:
    twins = [of("Account", Name=f"Twin {n}", Source_Id__c="8450/twin") for n in (1, 2)]
    results = org.collect("POST", twins)
    assert errors(results) == ["", "DUPLICATE_VALUE"]
    assert results[1]["errors"][0]["message"].endswith("record with id: <unknown>")


def test_audit_fields_are_kept_on_create_and_refused_on_update_and_upsert(org: Org) -> None:
    dispatcher = org.one("SELECT Id FROM User WHERE LastName = 'Dispatcher'")["Id"]
    audit = {"CreatedDate": "2019-03-04T05:06:07Z", "CreatedById": dispatcher}
    id = org.create("Case", **audit)
    found = org.one(f"SELECT CreatedDate, CreatedById FROM Case WHERE Id = '{id}'")
    assert found == {"CreatedDate": "2019-03-04T05:06:07.000+0000", "CreatedById": dispatcher}
    refused = "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert code(org.call("PATCH", f"/sobjects/Case/{id}", json=audit)) == refused
    assert code(org.call("PATCH", "/sobjects/Case/Source_Id__c/new", json=audit)) == refused
    org.steer.limits("salesforce", audit_fields=False)
    assert code(org.call("POST", "/sobjects/Case", json=audit)) == refused


def test_the_assignment_rule_takes_a_case_unless_told_not_to(org: Org) -> None:
    ours = org.http.get("/services/oauth2/userinfo").json()["user_id"]
    taken, kept = org.create("Case"), org.create("Case", headers=QUIET)
    owner = "SELECT OwnerId, Owner.Name FROM Case WHERE Id = '{}'"
    assert org.one(owner.format(taken))["Owner"]["Name"] == "Incoming Cases"
    assert org.one(owner.format(kept))["OwnerId"] == ours
    org.call("PATCH", f"/sobjects/Case/{kept}", json={"Subject": "x"})
    assert org.one(owner.format(kept))["OwnerId"].startswith("00G")
    results = org.collect("POST", [of("Case")], headers=QUIET)
    assert org.one(owner.format(results[0]["id"]))["OwnerId"] == ours


def test_the_duplicate_rules_refuse_unless_saving_is_allowed(org: Org) -> None:
    org.create("Account", Name="Same Name")
    twice = {"Name": "same name"}
    assert code(org.call("POST", "/sobjects/Account", json=twice)) == "DUPLICATES_DETECTED"
    org.create("Account", headers=SAVE, **twice)
    mail = org.one("SELECT Email FROM Contact WHERE Email != null LIMIT 1")["Email"]
    person = of("Contact", LastName="Twin", Email=mail)
    assert errors(org.collect("POST", [person])) == ["DUPLICATES_DETECTED"]
    assert errors(org.collect("POST", [person], headers=SAVE)) == [""]
    org.steer.limits("salesforce", duplicate_block=True)
    assert errors(org.collect("POST", [person], headers=SAVE)) == ["DUPLICATES_DETECTED"]
    org.steer.limits("salesforce", duplicate_rules=False)
    assert errors(org.collect("POST", [person])) == [""]
    assert {r["IsActive"] for r in org.records("SELECT IsActive FROM DuplicateRule")} == {False}


def test_an_inactive_user_can_own_nothing_new(org: Org) -> None:
    inactive = org.one("SELECT Id FROM User WHERE IsActive = false")["Id"]
    answer = org.call("POST", "/sobjects/Case", json={"OwnerId": inactive}, headers=QUIET)
    assert code(answer) == "INACTIVE_OWNER_OR_USER"
    queue = org.one("SELECT Id FROM Group WHERE Type = 'Queue'")["Id"]
    org.create("Case", headers=QUIET, OwnerId=queue)
    answer = org.call("POST", "/sobjects/Account", json={"Name": "q", "OwnerId": queue})
    assert code(answer) == "MALFORMED_ID"


def test_records_of_a_user_who_left_can_be_changed_only_with_the_orgs_switch(org: Org) -> None:
    dispatcher = org.one("SELECT Id FROM User WHERE LastName = 'Dispatcher'")["Id"]
    id = org.create("Account", Name="Left behind", OwnerId=dispatcher)
    org.call("PATCH", f"/sobjects/User/{dispatcher}", json={"IsActive": False})
    change = {"Phone": "1"}
    assert org.call("PATCH", f"/sobjects/Account/{id}", json=change).status_code == 204
    org.steer.limits("salesforce", audit_fields=False)
    refused = org.call("PATCH", f"/sobjects/Account/{id}", json=change)
    assert code(refused) == "INACTIVE_OWNER_OR_USER"


def test_a_creation_date_that_was_set_counts_as_content(org: Org) -> None:
    def state(date: str) -> Any:
        id = org.create("Account", Name="Dated", CreatedDate=date)
        found = org.steer.state()["salesforce"]["Account"]
        org.call("DELETE", f"/sobjects/Account/{id}")
        return found

    assert state("2020-01-01T00:00:00Z") == state("2020-01-01T00:00:00Z")
    assert state("2020-01-01T00:00:00Z") != state("2020-01-01T00:00:01Z")


def test_a_case_gets_the_account_of_its_contact(org: Org) -> None:
    account = org.create("Account", Name="Parent")
    contact = org.create("Contact", LastName="Child", AccountId=account)
    case = org.create("Case", ContactId=contact)
    assert org.one(f"SELECT AccountId FROM Case WHERE Id = '{case}'")["AccountId"] == account
    bare = org.create("Case", ContactId=contact, AccountId=None)
    text = f"SELECT AccountId FROM Case WHERE Id = '{bare}'"
    assert org.one(text)["AccountId"] is None
    org.call("PATCH", f"/sobjects/Case/{bare}", json={"ContactId": contact})
    assert org.one(text)["AccountId"] == account
    org.call(
        "PATCH", f"/sobjects/Case/{bare}", json={"ContactId": org.create("Contact", LastName="Z")}
    )
    assert org.one(text)["AccountId"] == account


def test_closing_a_case_sets_its_closed_date_and_reopening_empties_it(org: Org) -> None:
    id = org.create("Case", Status="Cancelled")
    text = f"SELECT IsClosed, ClosedDate FROM Case WHERE Id = '{id}'"
    closed = org.one(text)
    assert closed["IsClosed"] is True
    assert closed["ClosedDate"] is not None
    org.call("PATCH", f"/sobjects/Case/{id}", json={"Status": "Working"})
    assert org.one(text) == {"IsClosed": False, "ClosedDate": None}


def test_a_delete_cascades_is_restricted_and_can_still_be_seen(org: Org) -> None:
    account = org.create("Account", Name="Top")
    contact = org.create("Contact", LastName="Under", AccountId=account)
    case = org.create("Case", ContactId=contact, AccountId=account)
    task = org.create("Task", WhatId=case, Subject="call")
    comment = org.create("CaseComment", ParentId=case, CommentBody="hello")
    number = org.one(f"SELECT CaseNumber FROM Case WHERE Id = '{case}'")["CaseNumber"]
    for object, id in (("Account", account), ("Contact", contact)):
        answer = org.call("DELETE", f"/sobjects/{object}/{id}")
        assert (answer.status_code, code(answer)) == (400, "DELETE_FAILED")
        assert number in answer.json()[0]["message"]
    assert org.call("DELETE", f"/sobjects/Case/{case}").status_code == 204
    assert org.records(f"SELECT Id FROM Task WHERE Id = '{task}'") == []
    assert org.records(f"SELECT Id FROM CaseComment WHERE Id = '{comment}'") == []
    assert org.call("DELETE", f"/sobjects/Account/{account}").status_code == 204
    assert org.records(f"SELECT Id FROM Contact WHERE Id = '{contact}'") == []
    found = org.records(f"SELECT IsDeleted FROM Contact WHERE Id = '{contact}'", "queryAll")
    assert found == [{"IsDeleted": True}]


def test_what_is_deleted_or_never_was_is_told_apart(org: Org) -> None:
    id = org.create("Account", Name="Short lived")
    assert org.call("DELETE", f"/sobjects/Account/{id}").status_code == 204
    again = org.call("DELETE", f"/sobjects/Account/{id}")
    assert (again.status_code, code(again)) == (404, "ENTITY_IS_DELETED")
    never = org.call("GET", f"/sobjects/Account/{GONE}")
    assert (never.status_code, code(never)) == (404, "NOT_FOUND")
    results = org.call("DELETE", f"/composite/sobjects?ids={id},{GONE},xyz").json()
    assert errors(results) == ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    child = of("Contact", LastName="x", AccountId=id)
    assert errors(org.collect("POST", [child])) == ["ENTITY_IS_DELETED"]
    updates = [of("Account", id=id, Name="x"), of("Account", id=GONE, Name="x")]
    assert errors(org.collect("PATCH", updates)) == [
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
    ]


def test_users_cannot_be_deleted_and_user_names_are_unique(org: Org) -> None:
    user = org.one("SELECT Id, Username FROM User WHERE LastName = 'Dispatcher'")
    answer = org.call("DELETE", f"/sobjects/User/{user['Id']}")
    assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
    profile = org.one("SELECT Id FROM Profile")["Id"]
    new = {
        "Username": user["Username"], "LastName": "New", "Email": "new@crm.example.com",
        "Alias": "new", "CommunityNickname": "new", "ProfileId": profile,
        "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US",
        "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US",
    }  # fmt: skip
    assert code(org.call("POST", "/sobjects/User", json=new)) == "DUPLICATE_USERNAME"
    org.create("User", **new | {"Username": "new@crm.example.com"})


def test_upsert_by_key_creates_updates_and_answers_300_when_ambiguous(org: Org) -> None:
    path = "/sobjects/Account/Source_Id__c/8450%2Fcustomers%2Fu1"
    first = org.call("PATCH", path, json={"Name": "Up"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    second = org.call("PATCH", path, json={"Phone": "1"})
    assert (second.status_code, second.json()["created"]) == (200, False)
    assert org.call("GET", f"{path}?fields=Name,Phone").json()["Phone"] == "1"
    edit = {"op": "duplicate", "object": "Account", "key": "8450/customers/u1"}
    org.steer.edit("salesforce", **edit)
    third = org.call("PATCH", path, json={"Phone": "2"})
    assert (third.status_code, len(third.json())) == (300, 2)
    ghost = org.call("PATCH", "/sobjects/Account/Source_Id__c/no?updateOnly=true", json={})
    assert ghost.status_code == 404


def test_collections_upsert_and_retrieve_in_the_order_asked(org: Org) -> None:
    records = [of("Account", Name=f"Col {n}", Source_Id__c=f"c{n}") for n in range(3)]
    created = org.collect("PATCH", records, below="/Account/Source_Id__c")
    assert [r["created"] for r in created] == [True] * 3
    again = org.collect("PATCH", records[::-1], below="/Account/Source_Id__c")
    assert [r["created"] for r in again] == [False] * 3
    assert [r["id"] for r in again] == [r["id"] for r in created][::-1]
    ids = [again[0]["id"], GONE, again[2]["id"]]
    body = {"ids": ids, "fields": ["Name", "Owner.Name"]}
    found = org.call("POST", "/composite/sobjects/Account", json=body).json()
    assert [f and f["Name"] for f in found] == ["Col 2", None, "Col 0"]


def test_one_bad_record_undoes_all_with_all_or_none(org: Org) -> None:
    records = [of("Account", Name="Fine"), of("Account")]
    loose = org.collect("POST", records)
    assert errors(loose) == ["", "REQUIRED_FIELD_MISSING"]
    records[0]["Name"] = "Undone"
    strict = org.collect("POST", records, together=True)
    assert errors(strict) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert org.query("SELECT count() FROM Account WHERE Name = 'Undone'")["totalSize"] == 0


def test_more_than_200_records_a_call_are_refused(org: Org) -> None:
    body = {"records": [of("Case")] * 201}
    answer = org.call("POST", "/composite/sobjects", json=body)
    assert (answer.status_code, code(answer)) == (400, "EXCEEDED_ID_LIMIT")


def test_a_parent_may_be_named_by_its_key(org: Org) -> None:
    account = org.create("Account", Name="Keyed", Source_Id__c="k1")
    case = org.create("Case", Account={"Source_Id__c": "k1"})
    assert org.one(f"SELECT AccountId FROM Case WHERE Id = '{case}'")["AccountId"] == account
    owner = {"attributes": {"type": "User"}, "Username": "dana.dispatcher@crm.example.com.practice"}
    case = org.create("Case", headers=QUIET, Owner=owner)
    found = org.one(f"SELECT Owner.Name FROM Case WHERE Id = '{case}'")
    assert found["Owner"]["Name"] == "Dana Dispatcher"


def test_storage_and_locked_rows_refuse_single_records(org: Org) -> None:
    org.steer.limits("salesforce", lock_rows=1)
    account = org.one("SELECT Id FROM Account LIMIT 1")["Id"]
    children = [of("Case", AccountId=account) for _ in range(2)]
    assert errors(org.collect("POST", children)) == ["UNABLE_TO_LOCK_ROW", ""]
    org.steer.limits("salesforce", data_storage_mb=1)
    assert errors(org.collect("POST", children)) == ["STORAGE_LIMIT_EXCEEDED"] * 2


def test_without_modify_all_records_of_others_are_out_of_reach(org: Org) -> None:
    other = org.one("SELECT Id FROM Account LIMIT 1")["Id"]
    org.steer.edit("salesforce", op="user", set={"modify_all": False})
    answer = org.call("PATCH", f"/sobjects/Account/{other}", json={"Name": "x"})
    assert code(answer) == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_others_change_records_behind_our_back_and_it_shows(org: Org) -> None:
    org.create("Account", Name="Ours", Source_Id__c="ours/1")
    edit = {"vendor": "salesforce", "object": "Account", "key": "ours/1"}
    before = org.steer.state()["salesforce"]["Account"]
    org.steer.clock(advance=60)
    org.steer.edit(**edit, op="update", set={"Phone": "555"})
    text = "SELECT Id, Phone, LastModifiedDate, CreatedDate, LastModifiedBy.Name FROM Account"
    found = org.one(f"{text} WHERE Source_Id__c = 'ours/1'")
    assert found["Phone"] == "555"
    assert found["LastModifiedBy"]["Name"] == "Dana Dispatcher"
    assert found["LastModifiedDate"] > found["CreatedDate"]
    assert org.steer.state()["salesforce"]["Account"] != before
    org.steer.edit(**edit, op="update", set={"Phone": None})
    assert org.steer.state()["salesforce"]["Account"] == before
    org.steer.edit(**edit, op="delete")
    dump = org.steer.edit("salesforce", op="dump", object="Account")["records"]
    assert found["Id"] not in {row["Id"] for row in dump}
    with pytest.raises(ValueError, match="carries the key"):
        org.steer.edit(**edit, op="delete")


def test_the_checksum_tells_content_not_server_made_fields(org: Org) -> None:
    key = {"Source_Id__c": "s/1"}
    first = org.create("Account", Name="State", **key)
    org.create("Case", headers=QUIET, AccountId=first)
    before = org.steer.state()["salesforce"]
    for case in org.records(f"SELECT Id FROM Case WHERE AccountId = '{first}'"):
        org.call("DELETE", f"/sobjects/Case/{case['Id']}")
    org.call("DELETE", f"/sobjects/Account/{first}")
    assert org.steer.state()["salesforce"] != before
    org.steer.clock(advance=3600)
    second = org.create("Account", Name="State", **key)
    org.create("Case", headers=QUIET, AccountId=second)
    assert first != second
    assert org.steer.state()["salesforce"] == before
