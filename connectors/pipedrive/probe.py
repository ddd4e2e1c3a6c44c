"""Whether an account takes a deal's creation time. In: a client. Out: yes or no; nothing is made.

The documents list no such member of a new deal, and accounts were seen that take it. A deal
without a title is refused whatever else it holds, and the refusal names each member that is
not allowed: one that surely is not tells that it does.
Source: Pipedrive API Reference v2, "Add a new deal"; which accounts take it is unconfirmed.
"""

from connectors.errors import RecordRefused
from connectors.pipedrive.client import Client

UNKNOWN_MEMBER = "no_such_member"


def takes_add_time(client: Client) -> bool:
    """Asked by one call of five tokens."""
    body = {"add_time": "2020-01-01T00:00:00Z", UNKNOWN_MEMBER: 1}
    try:
        made = client.call("POST", "/api/v2/deals", body)
    except RecordRefused as refusal:
        said = str(refusal)
        return UNKNOWN_MEMBER in said and "add_time" not in said
    client.call("DELETE", f"/api/v2/deals/{made['data']['id']}")  # nobody is that lenient
    return False
