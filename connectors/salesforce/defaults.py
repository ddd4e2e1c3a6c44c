"""What the vendor demands of a new record and nobody should have to map: an order is born a
draft and in a price book, a price book entry in one, a product ready for use.

In: one org. Out: values to send with every create of an object; the price book is looked up
once. Source: Object Reference, "Order", "PricebookEntry", "Pricebook2", "Product2".
"""

from collections.abc import Mapping

from connectors.errors import Misconfigured
from connectors.salesforce.answers import NAME
from connectors.salesforce.client import Client
from connectors.salesforce.query import query
from connectors.values import Value

BOOK = "SELECT Id, IsActive FROM Pricebook2 WHERE IsStandard = true"


class Defaults:
    """The values of one org."""

    def __init__(self, client: Client) -> None:
        self._client, self._book = client, ""

    def values(self, object: str) -> Mapping[str, Value]:
        """Field → value. Raises Misconfigured where the org has no price book to sell from."""
        if object == "Product2":
            return {"IsActive": True}
        if object == "PricebookEntry":
            return {"Pricebook2Id": self.book(), "IsActive": True}
        return {"Pricebook2Id": self.book(), "Status": "Draft"} if object == "Order" else {}

    def book(self) -> str:
        """The id of the org's standard price book."""
        if not self._book:
            found = next(query(self._client, BOOK), None)
            if found is None or not found["IsActive"]:
                how = "hides its standard price book" if found is None else "has it inactive"
                raise Misconfigured(
                    f"{NAME}: products and orders need the standard price book, but the org "
                    f"{how}. Activate it (Price Books, Standard Price Book), grant our user to "
                    "read it, and start again; or let invoices become another object."
                )
            self._book = str(found["Id"])
        return self._book
