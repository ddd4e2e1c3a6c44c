"""Clients that are not ours read what we loaded, over https and unmodified."""

import csv
import json
from pathlib import Path

import pytest
import requests
import simple_salesforce

from tests.clients.conftest import MODULES, Loaded, Node

pytestmark = pytest.mark.clients
QUERY = "SELECT Source_Id__c, Subject FROM Case WHERE Source_Id__c LIKE '{}/%'"


def test_jsforce_reads_every_case_by_query_and_in_bulk(loaded: Loaded, node: Node) -> None:
    script = Path(__file__).with_name("read.mjs")
    org = loaded.org
    seen = node.json("node", script, MODULES, org["tls_url"], org["token"], f"{loaded.tenant}/")
    assert seen["keys"] == loaded.keys["Case"]
    assert seen["bulk"] == loaded.keys["Case"]
    assert "Source_Id__c" in seen["fields"]
    assert seen["username"] == "integration@crm.example.com.practice"


def test_the_salesforce_cli_reads_every_case_by_query_and_in_bulk(
    loaded: Loaded, node: Node, tmp_path: Path
) -> None:
    address = ("--instance-url", loaded.org["tls_url"])
    node.run("sf", "org", "login", "access-token", *address, "--no-prompt", "--alias", "practice")
    query = QUERY.format(loaded.tenant)
    ask = ("sf", "data", "query", "-o", "practice", "-q", query)
    found = node.json(*ask, "--json")
    keys = sorted(row["Source_Id__c"] for row in found["result"]["records"])
    assert keys == loaded.keys["Case"]
    assert "Total number of records" in node.run(
        "sf", "data", "query", "-o", "practice", "-q", query
    )
    out = tmp_path / "cases.csv"
    node.run(
        *("sf", "data", "export", "bulk", "-o", "practice", "-q", query),
        *("--output-file", out, "--wait", "2"),
    )
    with out.open(newline="") as file:
        assert sorted(row["Source_Id__c"] for row in csv.DictReader(file)) == loaded.keys["Case"]


def test_sfdmu_copies_every_account_contact_and_case_to_files(
    loaded: Loaded, node: Node, tmp_path: Path
) -> None:
    org = {"name": "practice", "accessToken": loaded.org["token"]}
    like = f"WHERE Source_Id__c LIKE '{loaded.tenant}/%'"
    fields = {
        "Account": "Name, Source_Id__c",
        "Contact": "LastName, AccountId, Source_Id__c",
        "Case": "Subject, ContactId, AccountId, Source_Id__c",
    }
    script = {
        "orgs": [org | {"instanceUrl": loaded.org["tls_url"]}],
        "apiVersion": "66.0",
        "objects": [
            {
                "query": f"SELECT Id, {names} FROM {object} {like}",
                "operation": "Readonly",
                "externalId": "Source_Id__c",
            }
            for object, names in fields.items()
        ],
    }
    (tmp_path / "export.json").write_text(json.dumps(script))
    node.run("sf", "plugins", "link", MODULES / "sfdmu")
    node.run("sf", "sfdmu", "run", "-s", "practice", "-u", "csvfile", "-p", tmp_path)
    for object in fields:
        with (tmp_path / f"{object}.csv").open(newline="", encoding="utf-8-sig") as file:
            keys = sorted(row["Source_Id__c"] for row in csv.DictReader(file))
        assert keys == loaded.keys[object], object


def test_simple_salesforce_reads_every_case_over_https(loaded: Loaded) -> None:
    session = requests.Session()
    session.verify, session.trust_env = loaded.org["ca_file"], False
    org = simple_salesforce.Salesforce(
        instance_url=loaded.org["tls_url"],
        session_id=loaded.org["token"],
        session=session,
        version="66.0",
    )
    rows = org.query_all_iter(QUERY.format(loaded.tenant))
    assert sorted(row["Source_Id__c"] for row in rows) == loaded.keys["Case"]
