"""What stands at the practice vendors, read without any of the product's own code."""

from typing import Any

import httpx

from tests.practice import Practice

KEY = "Source_Id__c"
TENANT = "8450"
FEEDS = {
    "customers": "crm/v2/tenant/{}/export/customers",
    "customer-contacts": "crm/v2/tenant/{}/export/customers/contacts",
    "locations": "crm/v2/tenant/{}/export/locations",
    "jobs": "jpm/v2/tenant/{}/export/jobs",
    "appointments": "jpm/v2/tenant/{}/export/appointments",
    "appointment-assignments": "dispatch/v2/tenant/{}/export/appointment-assignments?active=Any",
    "technicians": "settings/v2/tenant/{}/export/technicians",
    "employees": "settings/v2/tenant/{}/export/employees",
    "job-notes": "jpm/v2/tenant/{}/export/job-notes",
    "calls": "telecom/v2/tenant/{}/export/calls",
    "job-timesheets": "payroll/v2/tenant/{}/export/jobs/timesheets",
    "invoices": "accounting/v2/tenant/{}/export/invoices",
    "payments": "accounting/v2/tenant/{}/export/payments",
}
FURTHER = 200_000_000
"""Ids of the rows of further people are above this."""
NOBODY = (
    *(None, "Office", "AP", "Front Desk", "Property Manager", "Owner", "Tenant", "wife's cell"),
    "Cell",
)
MOVED = ("Account", "Contact", "Case")
SERVER_MADE = ("LastModifiedDate", "LastModifiedById", "SystemModstamp", "ClosedDate")
"""`ClosedDate` is the server's, too: nobody can set it on a case that is there already."""

Row = dict[str, Any]


def source(practice: Practice) -> dict[str, dict[int, Row]]:
    """Source object → id → record, from the vendor's own export feeds."""
    account = practice["servicetitan"]
    form = {name: account[name] for name in ("client_id", "client_secret")}
    signed_in = httpx.post(
        f"{account['auth_url']}/connect/token", data=form | {"grant_type": "client_credentials"}
    )
    headers = {
        "ST-App-Key": account["app_key"],
        "Authorization": f"Bearer {signed_in.json()['access_token']}",
    }
    with httpx.Client(base_url=account["api_url"], headers=headers, timeout=30) as client:
        return {
            name: {row["id"]: row for row in _feed(client, path.format(account["tenant"]))}
            for name, path in FEEDS.items()
        }


def org(practice: Practice) -> dict[str, dict[str, Row]]:
    """Destination object → id → live record, as stored."""
    return {name: _dump(practice, name) for name in MOVED}


def dump(practice: Practice, name: str) -> list[Row]:
    """Every live record of one destination object."""
    return list(_dump(practice, name).values())


def by_key(records: dict[str, Row]) -> dict[str, Row]:
    """The records that carry a key of ours, each key once."""
    keyed = [row for row in records.values() if row[KEY]]
    found = {row[KEY]: row for row in keyed}
    assert len(found) == len(keyed), "a key is there more than once"
    return found


def further(source: dict[str, dict[int, Row]]) -> dict[str, dict[int, set[int]]]:
    """People beside the customers' own contacts: key of the person → customer → the person's rows.
    Whoever typed the memos spelt them in several ways. Where no other row of a company names
    anybody, the first of these people is its own contact."""
    found: dict[int, dict[str, set[int]]] = {}
    named = set()
    for id, row in sorted(source["customer-contacts"].items()):
        customer = source["customers"][row["customerId"]]
        if id > FURTHER and customer["mergedToId"] is None:
            name = row["memo"].replace("(cell)", "").replace("Office - ", "").strip().casefold()
            found.setdefault(customer["id"], {}).setdefault(name, set()).add(id)
        elif row["memo"] not in NOBODY or customer["type"] != "Commercial":
            named.add(customer["id"])
    return {
        f"{TENANT}/customer-contacts/{min(ids)}": {customer: ids}
        for customer, people in found.items()
        for ids in list(people.values())[customer not in named :]
    }


def content(record: Row) -> Row:
    """The record without what the server changes by itself at every write."""
    return {name: value for name, value in record.items() if name not in SERVER_MADE}


def writes(practice: Practice, since: int = 0) -> list[Row]:
    """Every writing call to the destination after call `since`."""
    history = practice.history(since)
    return [call for call in history if call["vendor"] == "salesforce" and call["write"]]


def calls(practice: Practice) -> int:
    """Number of the newest call."""
    return max((call["n"] for call in practice.history()), default=0)


def _feed(client: httpx.Client, path: str) -> list[Row]:
    rows: list[Row] = []
    url = httpx.URL(path)
    while True:
        page = client.get(url).raise_for_status().json()
        rows += page["data"]
        url = url.copy_set_param("from", page["continueFrom"])
        if not page["hasMore"]:
            return rows


def _dump(practice: Practice, name: str) -> dict[str, Row]:
    records = practice.edit("salesforce", op="dump", object=name)["records"]
    return {row["Id"]: row for row in records}
