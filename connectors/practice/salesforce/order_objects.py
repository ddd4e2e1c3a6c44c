"""Products, price books, orders and their items: data only."""

from connectors.practice.salesforce.customs import KEY
from connectors.practice.salesforce.fields import Field, field, label_of, lookup, pick, text, truth

PRODUCT, BOOK, ENTRY = "Product2", "Pricebook2", "PricebookEntry"
ORDER, ITEM = "Order", "OrderItem"
DRAFT, ACTIVATED = "Draft", "Activated"


def _money(name: str, label: str, flags: str, formula: str = "") -> Field:
    return field(name, label, "currency", 0, flags, precision=18, scale=2, formula=formula)


PRODUCT_FIELDS = (
    text("Name", "Product Name", 255, "CU"),
    text("ProductCode", "Product Code", 255),
    field("Description", "Product Description", "textarea", 4000, "CUN"),
    pick("Family", "Product Family", "None"),
    truth("IsActive", "Active", "CUD"),
)
BOOK_FIELDS = (
    text("Name", "Price Book Name", 255, "CU"),
    text("Description", "Description", 255),
    truth("IsActive", "Active", "CUD"),
    truth("IsStandard", "Is Standard Price Book"),
)
ENTRY_FIELDS = (
    lookup("Pricebook2Id", "Price Book ID", BOOK, "C", "PricebookEntries", "cascade"),
    lookup("Product2Id", "Product ID", PRODUCT, "C", "PricebookEntries", "cascade"),
    _money("UnitPrice", "List Price", "CU"),
    truth("IsActive", "Active", "CUD"),
    truth("UseStandardPrice", "Use Standard Price", "CUD"),
    field("Name", "Product Name", "string", 255, "N", formula=(
        "(SELECT p.Name FROM Product2 p WHERE p.Id = {t}.Product2Id)")),
)  # fmt: skip
ORDER_FIELDS = (
    lookup("AccountId", "Account ID", "Account", "CUN", "Orders", "cascade"),
    lookup("Pricebook2Id", "Price Book ID", BOOK, "CUN", "Orders", "restrict"),
    field("EffectiveDate", "Order Start Date", "date", 0, "CU"),
    field("EndDate", "Order End Date", "date", 0, "CUN"),
    pick("Status", "Status", f"{DRAFT}|{ACTIVATED}", "CUR"),
    text("Name", "Order Name", 80),
    text("PoNumber", "PO Number", 80),
    text("OrderReferenceNumber", "Order Reference Number", 80),
    pick("Type", "Order Type", "New|Renewal"),
    field("Description", "Description", "textarea", 32000, "CUN"),
    field("OrderNumber", "Order Number", "string", 30, "DI"),
    lookup("OwnerId", "Owner ID", "Group|User", "CUD"),
    _money("TotalAmount", "Order Amount", "", (
        "(SELECT COALESCE(ROUND(SUM(i.Quantity * i.UnitPrice), 2), 0) FROM OrderItem i"
        " WHERE i.OrderId = {t}.Id AND i.IsDeleted = 0)")),
)  # fmt: skip
ITEM_FIELDS = (
    lookup("OrderId", "Order ID", ORDER, "C", "OrderItems", "cascade"),
    lookup("PricebookEntryId", "Price Book Entry ID", ENTRY, "CN", "OrderItems", "restrict"),
    lookup("Product2Id", "Product ID", PRODUCT, "N", "OrderItems", "restrict"),
    field("Quantity", "Quantity", "double", 0, "CU", precision=18, scale=2),
    _money("UnitPrice", "Unit Price", "CUN"),
    _money("TotalPrice", "Total Price", "N", "ROUND({t}.Quantity * {t}.UnitPrice, 2)"),
    field("ServiceDate", "Start Date", "date", 0, "CUN"),
    field("EndDate", "End Date", "date", 0, "CUN"),
    text("Description", "Line Description", 255),
    field("OrderItemNumber", "Order Product Number", "string", 30, "DI"),
)

# As `objects.TABLES`. None of them keeps audit dates.
ORDER_TABLES: tuple[tuple[str, str, str, str, str, bool, tuple[Field, ...]], ...] = (
    (PRODUCT, "Product", "Products", "01t", "CUD", False, PRODUCT_FIELDS),
    (BOOK, "Price Book", "Price Books", "01s", "CUD", False, BOOK_FIELDS),
    (ENTRY, "Price Book Entry", "Price Book Entries", "01u", "CUD", False, ENTRY_FIELDS),
    (ORDER, "Order", "Orders", "801", "CUD", False, ORDER_FIELDS),
    (ITEM, "Order Product", "Order Products", "802", "CUD", False, ITEM_FIELDS),
)
ORDER_CUSTOMS: dict[str, tuple[Field, ...]] = {
    PRODUCT: (KEY,),
    ORDER: (KEY, lookup("Case__c", label_of("Case__c"), "Case", children="Orders__r")),
    ITEM: (KEY,),
}
