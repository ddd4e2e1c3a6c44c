"""Invoices as orders, the other choice: products with their price book entries, orders with
their items, and the activation of those whose items all landed. Shapes and rows of each.

An order needs an account: the company's own, or the one that a household was placed under.
"""

from projects.presets import RowDefault
from projects.presets.servicetitan.conditions import COMPANY, customer, has, of
from projects.shapes import Either, Lookup, Part, Shape, When

PLACE = Part("placement", "placements", "id", paths=("payer.@id",))
OF_INVOICE = (
    customer("payer", "customer.id"),
    PLACE,
    Part("businessUnit", "business-units", "id", paths=("businessUnit.id",)),
)
OF_ITEM = (
    Part("invoice", "invoices", "id", paths=("invoiceId",)),
    customer("payer", "invoice.customer.id"),
    PLACE,
    Part("businessUnit", "business-units", "id", paths=("invoice.businessUnit.id",)),
)
PAYS = Either((of("payer", COMPANY), has("placement")))
DEMANDS = (
    (has("payer"), "its customer is not known"),
    (PAYS, "it is of a household without an account, which an order needs"),
)
SKU = When("skuId", (None, 0), negate=True)

ORDER_SHAPES = (
    Shape(
        "product",
        "Product",
        "Product2",
        "invoice-items",
        "skus/{skuId}",
        where=(SKU, PAYS),
        parts=OF_ITEM,
        title="{displayName}",
        once=True,
        under="Order",
    ),
    Shape(
        "list price",
        "List price of a product",
        "PricebookEntry",
        "invoice-items",
        "skus/{skuId}",
        where=(SKU, PAYS),
        parts=OF_ITEM,
        lookups=(Lookup("Product2Id", "Product2", "skus/{skuId}"),),
        title="{displayName}",
        once=True,
        under="Order",
    ),
    Shape(
        "order",
        "Invoice as an order",
        "Order",
        "invoices",
        "invoices/{@id}",
        demands=DEMANDS,
        parts=(*OF_INVOICE, Part("work", "jobs", "id", paths=("job.id",))),
        lookups=(
            Lookup("AccountId", "Account", "customers/{payer.@id}", (of("payer", COMPANY),)),
            Lookup("AccountId", "Account", "placements/{placement.number}"),
            Lookup("Case__c", "Case", "jobs/{job.id}", (has("job.id"),)),
        ),
        title="{referenceNumber}",
    ),
    Shape(
        "order item",
        "Invoice item as an order's",
        "OrderItem",
        "invoice-items",
        "invoice-items/{@id}",
        demands=DEMANDS,
        parts=OF_ITEM,
        lookups=(
            Lookup("OrderId", "Order", "invoices/{invoiceId}"),
            Lookup("PricebookEntryId", "PricebookEntry", "skus/{skuId}"),
        ),
        title="{displayName}",
        under="Order",
    ),
    Shape(
        "activation",
        "Activation of an order",
        "Order",
        "invoices",
        "invoices/{@id}",
        where=(PAYS, When("sold", (None, []), negate=True)),
        parts=(*OF_INVOICE, Part("sold", "invoice-items", "parent", pick="all")),
        awaits=(Lookup("sold", "OrderItem", "invoice-items/{@id}"),),
        second=True,
        under="OrderItem",
        seals=True,
    ),
)
CURRENCY = "businessUnit.currency", "CurrencyIsoCode", "code", "{default}"
"""An item has its order's. A product has one price, so one currency: an order in another is
refused by name."""
ORDER_ROWS = (
    RowDefault("list price", *CURRENCY, there=True),
    RowDefault("order", *CURRENCY, there=True),
    RowDefault("product", "displayName", "Name", "first_of", "skuName"),
    RowDefault("product", "skuName", "ProductCode"),
    RowDefault("list price", "", "UnitPrice", "amount"),
    RowDefault("order", "", "Name", "template", "Invoice {referenceNumber}"),
    RowDefault("order", "referenceNumber", "OrderReferenceNumber"),
    RowDefault("order", "work.customerPo", "PoNumber"),
    RowDefault("order", "invoiceDate", "EffectiveDate", "day"),
    RowDefault("order", "summary", "Description", "html_text"),
    RowDefault("order item", "quantity", "Quantity", "sold", "price, total, skuId"),
    RowDefault("order item", "price", "UnitPrice", "decimal"),
    RowDefault("order item", "serviceDate", "ServiceDate", "day"),
    RowDefault("order item", "displayName", "Description", "shorten", "255"),
    RowDefault("activation", "", "Status", "template", "Activated"),
)
