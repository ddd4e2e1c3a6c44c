"""What the vendor's refusals of one record come to."""

import pytest

from connectors.salesforce.outcomes import Failure, of_errors, of_result, of_text, refused
from connectors.values import Outcome, Row

KEY = "Source_Id__c"
NEW = Row("7001/customers/1", None, {})
OLD = Row("7001/customers/1", "001Hs00000000mQIAQ", {})


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (
            "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
            Failure("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ("Name",)),
        ),
        (
            "DUPLICATES_DETECTED:Use one of these records?:--",
            Failure("DUPLICATES_DETECTED", "Use one of these records?"),
        ),
        (
            "DELETE_FAILED:It is associated with the following cases.: 00001005\n:--",
            Failure("DELETE_FAILED", "It is associated with the following cases.: 00001005"),
        ),
        ("X_Y:with -- dashes:A__c,B__c --", Failure("X_Y", "with -- dashes", ("A__c", "B__c"))),
        ("UNFORESEEN:what:is:this", Failure("UNFORESEEN", "what:is:this")),
    ],
)
def test_the_error_column_of_a_bulk_result_is_taken_apart(text: str, failure: Failure) -> None:
    assert of_text(text) == failure


def test_a_create_refused_because_our_key_is_there_names_the_record() -> None:
    failure = of_text(
        "DUPLICATE_VALUE:duplicate value found: Source_Id__c duplicates value on record with id: "
        "001Hs00000000mQIAQ:--"
    )
    outcome = refused("create", NEW, failure, KEY, bulk=True)
    assert (outcome.status, outcome.id) == ("exists", "001Hs00000000mQIAQ")


@pytest.mark.parametrize(
    "message",
    [
        "duplicate value found: Tax_Number__c duplicates value on record with id: 001Hs00000000mQ",
        "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
    ],
)
def test_another_duplicate_value_is_a_plain_failure(message: str) -> None:
    outcome = refused("create", NEW, Failure("DUPLICATE_VALUE", message), KEY, bulk=False)
    assert (outcome.status, outcome.id, outcome.retry) == ("failed", None, False)


@pytest.mark.parametrize(
    ("verb", "code", "status"),
    [
        ("delete", "ENTITY_IS_DELETED", "gone"),
        ("update", "ENTITY_IS_DELETED", "gone"),
        ("delete", "NOT_FOUND", "gone"),
        ("delete", "INVALID_CROSS_REFERENCE_KEY", "gone"),
        ("update", "INVALID_CROSS_REFERENCE_KEY", "failed"),
    ],
)
def test_a_record_that_is_no_longer_there_is_gone(verb: str, code: str, status: str) -> None:
    outcome = refused(verb, OLD, Failure(code, "entity is deleted"), KEY, bulk=True)  # type: ignore[arg-type]
    assert (outcome.status, outcome.id) == (status, OLD.id)


def test_only_a_locked_row_may_be_sent_again_as_it_is() -> None:
    locked = refused("create", NEW, Failure("UNABLE_TO_LOCK_ROW", "busy"), KEY, bulk=True)
    wrong = refused("create", NEW, Failure("STRING_TOO_LONG", "Name"), KEY, bulk=True)
    assert (locked.retry, wrong.retry) == (True, False)
    assert wrong.error.startswith("STRING_TOO_LONG")


def test_a_duplicate_rule_is_explained_and_tried_once_more_outside_a_bulk_job() -> None:
    failure = Failure("DUPLICATES_DETECTED", "Use one of these records?")
    in_bulk = refused("create", NEW, failure, KEY, bulk=True)
    alone = refused("create", NEW, failure, KEY, bulk=False)
    assert (in_bulk.retry, alone.retry) == (True, False)
    assert "Duplicate Rules" in alone.error


def test_every_error_of_a_record_is_told() -> None:
    errors = [
        {"statusCode": "REQUIRED_FIELD_MISSING", "message": "no name", "fields": ["Name"]},
        {"statusCode": "INVALID_EMAIL_ADDRESS", "message": "a@", "fields": ["Email"]},
    ]
    assert str(of_errors(errors)) == (
        "REQUIRED_FIELD_MISSING: no name; INVALID_EMAIL_ADDRESS: a@ (Email) (Name)"
    )


def test_a_result_without_success_is_never_taken_for_done() -> None:
    assert of_result("create", NEW, {"id": "001"}, KEY).status == "failed"
    assert of_result("create", NEW, {"success": "true"}, KEY).status == "failed"
    assert of_result("update", OLD, {"success": True}, KEY) == Outcome(OLD.key, "done", OLD.id)
