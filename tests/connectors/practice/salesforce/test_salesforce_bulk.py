"""Bulk API 2.0 ingest of the practice org: states, results, and what fails a job or a row."""

from typing import Any

import pytest

from tests.connectors.practice.salesforce.conftest import Org

QUOTED = "8450/jobs/"


def keys(rows: list[dict[str, str]]) -> set[str]:
    return {row["Source_Id__c"] for row in rows}


def cases(count: int) -> str:
    return "Subject,Source_Id__c\n" + "".join(f"Job {n},b/{n}\n" for n in range(count))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


def test_a_job_goes_its_way_and_each_row_is_answered_once(org: Org) -> None:
    job = org.open_job("Case", "insert")
    assert job.startswith("750")
    info = org.call("GET", f"/jobs/ingest/{job}").json()
    assert info["state"] == "Open"
    assert info["contentUrl"] == f"services/data/v66.0/jobs/ingest/{job}/batches"
    assert info["apiVersion"] == 66.0
    assert org.http.put("/" + info["contentUrl"] + "/", content=cases(450),
                        headers={"Content-Type": "text/csv"}).status_code == 201  # fmt: skip
    assert org.patch(job, "UploadComplete").json()["state"] == "UploadComplete"
    info = org.ended(job)
    assert (info["state"], info["numberRecordsProcessed"]) == ("JobComplete", 450)
    found = org.results(job)
    assert keys(found["ok"]) == {f"b/{n}" for n in range(450)}
    assert (found["bad"], found["left"]) == ([], [])
    assert {row["sf__Created"] for row in found["ok"]} == {"true"}
    record = org.one(f"SELECT Subject FROM Case WHERE Id = '{found['ok'][0]['sf__Id']}'")
    assert record["Subject"] == found["ok"][0]["Subject"]


def test_results_come_in_another_order_quoted_and_as_utf8(org: Org) -> None:
    job = org.open_job("Case", "insert")
    org.put(job, cases(300).replace("Job", "Büro"))
    org.patch(job, "UploadComplete")
    org.ended(job)
    answer = org.call("GET", f"/jobs/ingest/{job}/successfulResults/")
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8"
    header, *lines = answer.text.splitlines()
    assert header == '"sf__Id","sf__Created",Subject,Source_Id__c'
    order = [line.split(",")[3] for line in lines]
    assert sorted(order) == sorted(f'"b/{n}"' for n in range(300))
    assert order != [f'"b/{n}"' for n in range(300)]


def test_bad_rows_fail_alone_with_code_message_and_fields(org: Org) -> None:
    rows = (
        "LastName,Source_Id__c,Email,AccountId,Birthdate\n"
        "Good,r/1,,,\n,r/2,,,\nX,r/3,nope,,\nX,r/4,,001000000000000AAA,\n"
        f"{'y' * 81},r/5,,,\nX,r/6,,,31/12/1990\nX,r/7,,003000000000000AAA,\n"
    )
    done = org.bulk("Contact", "insert", rows)
    assert (done["state"], done["numberRecordsFailed"]) == ("JobComplete", 6)
    assert keys(done["ok"]) == {"r/1"}
    said = {row["Source_Id__c"]: row["sf__Error"] for row in done["bad"]}
    missing = "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert said["r/2"] == missing
    assert said["r/3"].startswith("INVALID_EMAIL_ADDRESS:")
    assert said["r/4"] == "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:AccountId --"
    assert said["r/5"].startswith("STRING_TOO_LONG:Last Name: data value too large: ")
    assert said["r/5"].endswith("(max length=80):LastName --")
    assert said["r/6"].startswith("INVALID_TYPE_ON_FIELD_IN_RECORD:")
    assert said["r/7"].startswith("MALFORMED_ID:Account ID: id value of incorrect type")
    assert {row["sf__Id"] for row in done["bad"]} == {""}


def test_a_key_already_there_is_named_unless_it_is_of_the_same_chunk(org: Org) -> None:
    id = org.create("Case", Source_Id__c="d/1")
    done = org.bulk("Case", "insert", "Source_Id__c,Subject\nd/1,a\nd/2,b\nd/2,c\n")
    named = "DUPLICATE_VALUE:duplicate value found: {} duplicates value on record with id: {}:--"
    assert {row["sf__Error"] for row in done["bad"]} == {
        named.format("Source_Id__c", id),
        named.format("<unknown>", "<unknown>"),
    }
    assert len(done["ok"]) == 1


def test_an_empty_cell_leaves_a_value_and_na_empties_it(org: Org) -> None:
    id = org.create("Account", Name="Cells", Phone="1", Fax="2")
    done = org.bulk("Account", "update", f"Id,Phone,Fax\n{id[:15]},,#N/A\n")
    assert done["ok"][0]["sf__Created"] == "false"
    found = org.one(f"SELECT Phone, Fax FROM Account WHERE Id = '{id}'")
    assert found == {"Phone": "1", "Fax": None}


def test_values_with_quotes_commas_and_line_ends_arrive_whole(org: Org) -> None:
    done = org.bulk("Case", "insert", 'Subject,Description\n"a ""b"", c","one\ntwo"\n')
    id = done["ok"][0]["sf__Id"]
    found = org.one(f"SELECT Subject, Description FROM Case WHERE Id = '{id}'")
    assert found == {"Subject": 'a "b", c', "Description": "one\ntwo"}


@pytest.mark.parametrize(
    ("ending", "content", "state"),
    [
        ("LF", "Subject\na\n", "JobComplete"),
        ("CRLF", "Subject\r\na\r\n", "JobComplete"),
        ("LF", "Subject\r\na\r\n", "Failed"),
        ("CRLF", "Subject\na\n", "Failed"),
        ("LF", 'Subject\n"a\r\nb"\n', "Failed"),
    ],
)
def test_the_bytes_must_end_lines_as_the_job_says(
    org: Org, ending: str, content: str, state: str
) -> None:
    done = org.bulk("Case", "insert", content, lineEnding=ending)
    assert done["state"] == state
    if state == "Failed":
        expected = "ClientInputError : LineEnding is invalid on user data. Current LineEnding"
        assert done["errorMessage"].startswith(expected)
        assert (len(done["ok"]), len(done["left"])) == (0, 1)


@pytest.mark.parametrize(
    ("operation", "content", "message"),
    [
        ("insert", "Subject,Nope\na,b\n", "InvalidBatch : Field name not found : Nope"),
        ("insert", "\ufeffSubject\na\n", "InvalidBatch : Field name not found : \ufeffSubject"),
        ("insert", "Account.Nope\na\n", "InvalidBatch : Field name not found : Account.Nope"),
        ("insert", "Owner.Username\na\n", "InvalidBatch : type is needed for polymorphic"),
        ("insert", "Account:Account.Source_Id__c\na\n",
         "InvalidBatch : type is not needed for non polymorphic"),
        ("update", "Subject\na\n", "InvalidBatch : Field name not found : Id"),
        ("delete", "Id,Subject\na,b\n", "InvalidBatch : 'delete' batch must contain only ids"),
        ("insert", "Subject,Origin\na\n", "ClientInputError : "),
        ("insert", b"Subject\n\xff\xfe\n", "ClientInputError : "),
    ],
)  # fmt: skip
def test_a_file_the_org_cannot_read_fails_the_job_and_nothing_is_written(
    org: Org, operation: str, content: str | bytes, message: str
) -> None:
    before = org.steer.state()["salesforce"]["Case"]
    done = org.bulk("Case", operation, content)
    assert done["state"] == "Failed"
    assert done["errorMessage"].startswith(message)
    assert done["ok"] == done["bad"] == []
    assert org.steer.state()["salesforce"]["Case"] == before


def test_a_hidden_field_fails_the_job_as_if_it_were_not_there(org: Org) -> None:
    org.steer.edit("salesforce", op="field", action="hide", object="Case", field="Origin")
    done = org.bulk("Case", "insert", "Subject,Origin\na,Web\n")
    assert done["errorMessage"] == "InvalidBatch : Field name not found : Origin"
    assert done["left"] == [{"Subject": "a", "Origin": "Web"}]


def test_audit_dates_are_for_insert_only(org: Org) -> None:
    done = org.bulk("Case", "insert", "Source_Id__c,CreatedDate\na/1,2015-01-02T03:04:05.000Z\n")
    id = done["ok"][0]["sf__Id"]
    found = org.one(f"SELECT CreatedDate FROM Case WHERE Id = '{id}'")
    assert found["CreatedDate"] == "2015-01-02T03:04:05.000+0000"
    for operation, content, more in (
        ("update", f"Id,CreatedDate\n{id},2015-01-02T03:04:05Z\n", {}),
        ("upsert", "Source_Id__c,CreatedDate\na/2,2015-01-02T03:04:05Z\n",
         {"externalIdFieldName": "Source_Id__c"}),
    ):  # fmt: skip
        done = org.bulk("Case", operation, content, **more)
        assert done["bad"][0]["sf__Error"].startswith("INVALID_FIELD_FOR_INSERT_UPDATE:")


def test_upsert_tells_created_from_updated_and_refuses_a_key_held_twice(org: Org) -> None:
    org.create("Account", Name="Known", Source_Id__c="u/1")
    org.create("Account", Name="Twice", Source_Id__c="u/2")
    org.steer.edit("salesforce", op="duplicate", object="Account", key="u/2")
    rows = "Source_Id__c,Name\nu/1,Renamed\nu/2,x\nu/3,New\n,None\n"
    done = org.bulk("Account", "upsert", rows, externalIdFieldName="Source_Id__c")
    made = {row["Source_Id__c"]: row["sf__Created"] for row in done["ok"]}
    assert made == {"u/1": "false", "u/3": "true"}
    said = {row["Source_Id__c"]: row["sf__Error"].split(":")[0] for row in done["bad"]}
    assert said == {"u/2": "DUPLICATE_EXTERNAL_ID", "": "MISSING_ARGUMENT"}


def test_parents_and_owners_may_be_named_by_key(org: Org) -> None:
    account = org.create("Account", Name="Parent", Source_Id__c="p/1")
    owner = "dana.dispatcher@crm.example.com.practice"
    rows = f"Subject,Account.Source_Id__c,User:Owner.Username\na,p/1,{owner}\nb,p/9,\n"
    done = org.bulk("Case", "insert", rows)
    id = done["ok"][0]["sf__Id"]
    found = org.one(f"SELECT AccountId, Owner.Username FROM Case WHERE Id = '{id}'")
    assert (found["AccountId"], found["Owner"]["Username"]) == (account, owner)
    expected = (
        "INVALID_FIELD:Foreign key external ID: p/9 not found for field Source_Id__c"
        " in entity Account:--"
    )
    assert done["bad"][0]["sf__Error"] == expected


def test_bulk_runs_no_assignment_rule_unless_the_job_names_one(org: Org) -> None:
    plain = org.bulk("Case", "insert", "Subject\na\n")["ok"][0]["sf__Id"]
    ruled = org.bulk("Case", "insert", "Subject\na\n", assignmentRuleId="01Q000000000001AAA")
    owner = "SELECT OwnerId FROM Case WHERE Id = '{}'"
    assert org.one(owner.format(plain))["OwnerId"].startswith("005")
    assert org.one(owner.format(ruled["ok"][0]["sf__Id"]))["OwnerId"].startswith("00G")


def test_bulk_has_no_way_past_an_alerting_duplicate_rule(org: Org) -> None:
    org.create("Account", Name="Twin")
    done = org.bulk("Account", "insert", "Name\nTwin\nOther\n")
    assert done["bad"][0]["sf__Error"] == "DUPLICATES_DETECTED:Use one of these records?:--"
    assert [row["Name"] for row in done["ok"]] == ["Other"]


def test_deleting_tells_gone_restricted_and_wrong_rows_apart(org: Org) -> None:
    account, gone = org.create("Account", Name="A"), org.create("Account", Name="B")
    org.create("Case", AccountId=account)
    free = org.create("Account", Name="C")
    org.call("DELETE", f"/sobjects/Account/{gone}")
    rows = f"Id\n{account}\n{gone}\n{free}\n003000000000000AAA\n"
    done = org.bulk("Account", "delete", rows)
    said = {row["sf__Id"]: row["sf__Error"].split(":")[0] for row in done["bad"]}
    assert said == {
        account: "DELETE_FAILED",
        gone: "ENTITY_IS_DELETED",
        "003000000000000AAA": "MALFORMED_ID",
    }
    assert [row["sf__Id"] for row in done["ok"]] == [free]


def test_hard_delete_needs_its_permission(org: Org) -> None:
    wish = {"object": "Account", "operation": "hardDelete"}
    answer = org.call("POST", "/jobs/ingest", json=wish)
    assert code(answer) == (400, "FEATURENOTENABLED")
    org.steer.edit("salesforce", op="user", set={"hard_delete": True})
    id = org.create("Account", Name="Gone for good")
    org.bulk("Account", "hardDelete", f"Id\n{id}\n")
    assert org.records(f"SELECT Id FROM Account WHERE Id = '{id}'", "queryAll") == []


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        ({"object": "Nope", "operation": "insert"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "merge"}, "INVALIDOPERATION"),
        ({"object": "Case", "operation": "upsert"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "upsert", "externalIdFieldName": "Subject"},
         "INVALIDJOB"),
        ({"object": "Case", "operation": "insert", "contentType": "JSON"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "insert", "columnDelimiter": "DOT"}, "INVALIDJOB"),
        ({"object": "Case", "operation": "insert", "concurrencyMode": "Serial"},
         "JSON_PARSER_ERROR"),
    ],
)  # fmt: skip
def test_a_job_that_makes_no_sense_is_not_created(
    org: Org, wish: dict[str, str], refused: str
) -> None:
    assert code(org.call("POST", "/jobs/ingest", json=wish)) == (400, refused)


def test_data_is_taken_once_as_csv_and_up_to_a_size(org: Org) -> None:
    job = org.open_job("Case", "insert")
    assert code(org.patch(job, "UploadComplete")) == (400, "INVALIDJOBSTATE")
    wrong = org.call("PUT", f"/jobs/ingest/{job}/batches", json={})
    assert wrong.status_code == 415
    org.steer.limits("salesforce", max_upload=20)
    assert org.put(job, cases(10)).status_code == 413
    assert org.put(job, "Subject\na\n").status_code == 201
    assert code(org.put(job, "Subject\nb\n")) == (400, "INVALIDJOBSTATE")
    org.patch(job, "UploadComplete")
    org.ended(job)
    assert code(org.patch(job, "UploadComplete")) == (400, "INVALIDJOBSTATE")
    assert code(org.patch(job, "Aborted")) == (400, "INVALIDJOBSTATE")
    assert [row["Subject"] for row in org.results(job)["ok"]] == ["a"]


def test_results_are_not_there_before_the_end_nor_after_a_delete(org: Org) -> None:
    org.steer.limits("salesforce", bulk_delay=600)
    job = org.open_job("Case", "insert")
    org.put(job, cases(3))
    org.patch(job, "UploadComplete")
    answer = org.call("GET", f"/jobs/ingest/{job}/successfulResults")
    assert code(answer) == (400, "INVALIDJOBSTATE")
    assert org.patch(job, "Aborted").json()["state"] == "Aborted"
    assert keys(org.results(job)["left"]) == {"b/0", "b/1", "b/2"}
    listed = org.call("GET", "/jobs/ingest", params={"jobType": "V2Ingest"}).json()
    assert [each["id"] for each in listed["records"]] == [job]
    assert org.call("DELETE", f"/jobs/ingest/{job}").status_code == 204
    assert code(org.call("GET", f"/jobs/ingest/{job}")) == (404, "NOT_FOUND")


def test_jobs_are_forgotten_after_seven_days(org: Org) -> None:
    org.steer.limits("salesforce", token_ttl=10**7)
    job = org.open_job("Case", "insert")
    org.steer.clock(advance=7 * 86_400 + 1)
    assert code(org.call("GET", f"/jobs/ingest/{job}")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(("kind", "state"), [("fail_job", "Failed"), ("abort_job", "Aborted")])
def test_a_job_that_ends_midway_keeps_what_it_did_and_lists_the_rest(
    org: Org, kind: str, state: str
) -> None:
    match = {"method": "PATCH", "path": "/jobs/ingest/"}
    org.steer.fault(kind, vendor="salesforce", match=match, after_rows=400)
    done = org.bulk("Case", "insert", cases(1000))
    assert done["state"] == state
    sizes = [len(done[name]) for name in ("ok", "bad", "left")]
    assert sizes == [400, 0, 600]
    assert keys(done["ok"]) | keys(done["left"]) == {f"b/{n}" for n in range(1000)}
    count = org.query("SELECT count() FROM Case WHERE Source_Id__c LIKE 'b/%'")["totalSize"]
    assert count == 400


def test_a_batch_is_taken_per_10000_rows_and_the_quota_ends_a_job(org: Org) -> None:
    def left() -> int:
        return int(org.call("GET", "/limits").json()["DailyBulkApiBatches"]["Remaining"])

    before = left()
    org.bulk("Case", "insert", "Subject\na\n")
    assert left() == before - 1
    org.steer.limits("salesforce", bulk_batches=2, batches_used=0)
    content = "Subject\n" + "a\n" * 10_001
    done = org.bulk("Case", "insert", content)
    assert done["state"] == "Failed"
    assert done["errorMessage"].startswith("ExceededQuota")
    assert (len(done["ok"]), len(done["left"])) == (10_000, 1)


def test_locked_rows_fail_and_may_be_sent_again(org: Org) -> None:
    account = org.create("Account", Name="Busy")
    org.steer.limits("salesforce", lock_rows=2)
    rows = "Source_Id__c,AccountId\n" + "".join(f"l/{n},{account}\n" for n in range(5))
    done = org.bulk("Case", "insert", rows)
    assert {row["sf__Error"].split(":")[0] for row in done["bad"]} == {"UNABLE_TO_LOCK_ROW"}
    again = "Source_Id__c,AccountId\n" + "".join(
        f"{row['Source_Id__c']},{account}\n" for row in done["bad"]
    )
    assert len(org.bulk("Case", "insert", again)["ok"]) == len(done["bad"]) == 2


def test_a_small_job_may_come_whole_in_one_call(org: Org) -> None:
    wish = '{"object":"Case","operation":"insert","contentType":"CSV","lineEnding":"LF"}'
    parts = {
        "job": (None, wish, "application/json"),
        "content": ("content", "Subject\nwhole\n", "text/csv"),
    }
    info = org.call("POST", "/jobs/ingest", files=parts).json()
    assert info["state"] == "UploadComplete"
    assert org.ended(info["id"])["numberRecordsProcessed"] == 1


def test_other_delimiters_work_both_ways(org: Org) -> None:
    job = org.open_job("Case", "insert", columnDelimiter="PIPE")
    org.put(job, "Subject|Origin\na,b|Web\n")
    org.patch(job, "UploadComplete")
    org.ended(job)
    header, line = org.result(job, "successfulResults").splitlines()
    assert header == '"sf__Id"|"sf__Created"|Subject|Origin'
    assert line.endswith('|"true"|"a,b"|"Web"')
