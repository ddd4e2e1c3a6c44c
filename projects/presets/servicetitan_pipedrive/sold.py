"""What was sold on a job, where people choose it: products, and the lines of the job's own invoice
on its deal. Shapes and proposed rows side by side.

The vendor makes the sum of a deal's lines its value. All lines of a job land, with its tax as one
more, where they make the job's total to the cent; otherwise none does, each with the reason.
Source: Pipedrive API Reference v2, "Add a product to a deal"; that a price may be below 0 is
documented nowhere.
"""

from projects.conditions import Same
from projects.presets import RowDefault
from projects.presets.servicetitan.conditions import has
from projects.shapes import Lookup, Part, Shape, When

PRODUCTS, LINES = "products", "deal products"
SOLD = f"{PRODUCTS}, {LINES}"
WHY = (
    "The items' total stands on the deal. As products of the deal they land where its invoice's "
    "items and tax make the job's total, for the vendor makes their sum the deal's value: choose "
    "it here, and set the status to full. A call each."
)
SKU = When("skuId", (None, 0), negate=True)
TAX = When("invoice.salesTax", (None, "", "0", "0.0", "0.00"), negate=True)
BILLED = "lines: quantity, price, total, skuId, isChargeable; invoice.salesTax; job.total"
NOT_CHARGED = (("true", "0"), ("false", "100"))

OF_INVOICE = (
    Part("invoice", "invoices", "id", paths=("invoiceId",)),
    Part("job", "jobs", "id", paths=("invoice.job.id",)),
    Part("lines", "invoice-items", "parent", of="invoice", order=("order",), pick="all"),
    Part("first", "invoice-items", "parent", of="invoice", order=("order",)),
)
OF_JOB = (has("job"), Same("job.invoiceId", "invoice.id"))
TAXED = (*OF_JOB, TAX, Same("first.@id", "@id"), has("businessUnit.id"))
TAX_KEY = "taxes/{businessUnit.id}"
ON_DEAL = Lookup("deal_id", "deals", "jobs/{job.@id}")

SOLD_SHAPES = (
    Shape(
        "product",
        "Product",
        PRODUCTS,
        "invoice-items",
        "skus/{skuId}",
        where=(SKU, *OF_JOB),
        parts=OF_INVOICE,
        title="{displayName}",
        once=True,
        under=LINES,
    ),
    Shape(
        "tax",
        "Sales tax as a product",
        PRODUCTS,
        "invoice-items",
        TAX_KEY,
        where=TAXED,
        parts=OF_INVOICE,
        title="Sales tax {businessUnit.name}",
        once=True,
        under=LINES,
    ),
    Shape(
        "line",
        "Product of a deal",
        LINES,
        "invoice-items",
        "invoice-items/{@id}",
        where=OF_JOB,
        parts=OF_INVOICE,
        lookups=(ON_DEAL, Lookup("product_id", PRODUCTS, "skus/{skuId}", (SKU,))),
        title="{displayName}",
        under=PRODUCTS,
    ),
    Shape(
        "tax line",
        "Sales tax of a deal",
        LINES,
        "invoice-items",
        "invoice-items/{@id}/tax",
        where=TAXED,
        parts=OF_INVOICE,
        lookups=(ON_DEAL, Lookup("product_id", PRODUCTS, TAX_KEY)),
        title="Sales tax of invoice {invoiceNumber}",
        under=PRODUCTS,
    ),
)
SOLD_ROWS = (
    RowDefault("product", "displayName", "name", "first_of", "skuName, skuId"),
    RowDefault("product", "skuName", "code"),
    RowDefault("tax", "", "name", "template", "Sales tax {businessUnit.name}"),
    RowDefault("line", "quantity", "quantity", "billed", BILLED),
    RowDefault("line", "price", "item_price", "decimal"),
    RowDefault("line", "isChargeable", "discount", "value_map", values=NOT_CHARGED),
    RowDefault("line", "description", "comments", "html_text"),
    RowDefault("tax line", "", "quantity", "billed", BILLED),
    RowDefault("tax line", "invoice.salesTax", "item_price", "decimal"),
)
