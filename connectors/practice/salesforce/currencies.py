"""Several currencies in one org: which there are, and the field that names a record's.

Source: Salesforce Help, "Manage Multiple Currencies"; Object Reference, "CurrencyType".
"""

from connectors.practice.salesforce.fields import Choice, Field, field, pick, truth

CORPORATE = "USD"
CURRENCIES = (("USD", 1.0, True), ("CAD", 1.37, True), ("EUR", 0.92, False))
"""(code, how many of it are one of the corporate currency, active)."""
ACTIVE = "|".join(code for code, _, active in CURRENCIES if active)
RECORDS = ("Account", "Contact", "Case", "Product2", "PricebookEntry", "Order")
"""Standard objects whose records have a currency; of custom ones, all."""
CURRENCY = field(
    "CurrencyIsoCode", "Currency ISO Code", "picklist", 3, "CUDR",
    choices=tuple(Choice(code, default=code == CORPORATE) for code in ACTIVE.split("|")),
    default=CORPORATE,
)  # fmt: skip
TYPE_FIELDS: tuple[Field, ...] = (
    pick("IsoCode", "Currency ISO Code", "|".join(code for code, *_ in CURRENCIES), "R"),
    field("ConversionRate", "Conversion Rate", "double", 0, "", precision=18, scale=6),
    field("DecimalPlaces", "Decimal Places", "int", 0, "", precision=1),
    truth("IsActive", "Active"),
    truth("IsCorporate", "Corporate Currency"),
)
TYPE_TABLE = ("CurrencyType", "Currency Type", "Currency Types", "01L", "", False, TYPE_FIELDS)
