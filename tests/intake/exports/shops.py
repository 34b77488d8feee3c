"""Orders of shop systems and market places."""

from __future__ import annotations

from tests.intake.exports.built import Export, listed, typed

SHOPIFY_OLDER = listed("""
Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|Currency|Subtotal|Shipping|Taxes|
Total|Discount Code|Discount Amount|Shipping Method|Created at|Lineitem quantity|Lineitem name|Lineitem price|
Lineitem compare at price|Lineitem sku|Lineitem requires shipping|Lineitem taxable|Lineitem fulfillment status|
Billing Name|Billing Street|Billing Address1|Billing Address2|Billing Company|Billing City|Billing Zip|Billing Province|
Billing Country|Billing Phone|Shipping Name|Shipping Street|Shipping Address1|Shipping Address2|Shipping Company|
Shipping City|Shipping Zip|Shipping Province|Shipping Country|Shipping Phone|Notes|Note Attributes|Cancelled at|
Payment Method|Payment Reference|Refunded Amount|Vendor""")

SHOPIFY = (
    *SHOPIFY_OLDER,
    *listed("""
Outstanding Balance|Employee|Location|Device ID|Id|Tags|Risk Level|Source|Lineitem discount|Tax 1 Name|Tax 1 Value|
Tax 2 Name|Tax 2 Value|Tax 3 Name|Tax 3 Value|Tax 4 Name|Tax 4 Value|Tax 5 Name|Tax 5 Value|Phone|Receipt Number|Duties|
Billing Province Name|Shipping Province Name|Payment ID|Payment Terms Name|Next Payment Due At|Payment References"""),
)

SHOPIFY_ROLES = {
    "customer_id": "Email",
    "ordered_at": "Created at",
    "amount": "Total",
    "order_id": "Name",
    "product": "Lineitem name",
    "quantity": "Lineitem quantity",
    "unit_price": "Lineitem price",
    "currency": "Currency",
    "status": "Financial Status",
    "refunded_amount": "Refunded Amount",
}

EXPORTS = (
    Export(
        recipe="shopify_orders",
        file="orders_export_1.csv",
        headers=SHOPIFY,
        # ann bought in January and twice in February, one of them for two products; gus gave a phone number only; the
        # order of eve was voided; bob got all of his second one back, fay a part
        rows=typed("""
            Name  | Email        | Phone        | Financial Status   | Currency | Total | Refunded Amount | Created at                | Lineitem quantity | Lineitem name | Lineitem price | Source
            #1008 | fay@shop.test |             | partially_refunded | EUR      | 40.00 | 15.00           | 2024-02-29 23:30:00 +0100 | 2                 | Towel         | 20.00          | web
            #1007 | bob@shop.test |             | refunded           | EUR      | 19.40 | 19.40           | 2024-02-20 09:00:00 +0100 | 1                 | Brush         | 14.50          | web
            #1006 | ann@shop.test |             | paid               | EUR      | 13.90 | 0.00            | 2024-02-14 18:45:00 +0100 | 1                 | Soap          | 9.00           | pos
            #1005 | eve@shop.test |             | voided             | EUR      | 24.90 | 0.00            | 2024-02-11 08:00:00 +0100 | 1                 | Towel         | 20.00          | web
            #1004 | ann@shop.test |             | paid               | EUR      | 55.35 | 0.00            | 2024-02-02 12:00:00 +0100 | 3                 | Soap          | 9.00           | web
            #1004 | ann@shop.test |             |                    |          |       |                 | 2024-02-02 12:00:00 +0100 | 1                 | Towel         | 20.00          |
            #1003 |              | +33612345678 | paid               | EUR      | 33.90 | 0.00            | 2024-01-31 23:45:00 +0100 | 1                 | Towel         | 20.00          | pos
            #1002 | bob@shop.test |             | paid               | EUR      | 13.90 | 0.00            | 2024-01-18 23:30:00 +0100 | 1                 | Soap          | 9.00           | web
            #1001 | ann@shop.test |             | paid               | EUR      | 37.40 | 0.00            | 2024-01-05 10:00:00 +0100 | 2                 | Soap          | 9.00           | web
            #1001 | ann@shop.test |             |                    |          |       |                 | 2024-01-05 10:00:00 +0100 | 1                 | Brush         | 14.50          |
            #1000 | gil@shop.test |             | pending            | EUR      | 99.00 | 0.00            | 2024-01-04 10:00:00 +0100 | 9                 | Soap          | 9.00           | web
            """),
        roles=SHOPIFY_ROLES | {"channel": "Source"},
        customers=4,
        months={"2024-01": (3, 3, "85.20"), "2024-02": (3, 4, "94.25")},
        timezone="Europe/Paris",
    ),
    Export(
        recipe="shopify_orders",
        file="orders_export_2019.csv",
        headers=SHOPIFY_OLDER,
        rows=typed("""
            Name  | Email         | Financial Status | Currency | Total | Refunded Amount | Created at                | Lineitem quantity | Lineitem name | Lineitem price
            #12   | bob@shop.test | paid             | USD      | 20.00 | 0.00            | 2019-02-01 00:30:00 -0500 | 1                 | Mug           | 20.00
            #11   | ann@shop.test | refunded         | USD      | 30.00 | 30.00           | 2019-01-20 10:00:00 -0500 | 1                 | Mug           | 20.00
            #11   | ann@shop.test |                  |          |       |                 | 2019-01-20 10:00:00 -0500 | 1                 | Cup           | 10.00
            #10   | ann@shop.test | paid             | USD      | 10.00 | 0.00            | 2019-01-03 10:00:00 -0500 | 1                 | Cup           | 10.00
            """),
        roles=SHOPIFY_ROLES,
        customers=2,
        months={"2019-01": (1, 2, "10.00"), "2019-02": (1, 1, "20.00")},
        timezone="America/New_York",
    ),
    Export(
        recipe="woo_orders_csv",
        file="orders-export-2024_03_01.csv",
        headers=listed("""
order_id|order_number|order_date|paid_date|status|shipping_total|shipping_tax_total|fee_total|fee_tax_total|tax_total|
cart_discount|order_discount|discount_total|order_total|order_subtotal|order_currency|payment_method|
payment_method_title|transaction_id|customer_ip_address|customer_user_agent|shipping_method|customer_id|customer_user|
customer_email|billing_first_name|billing_last_name|billing_company|billing_email|billing_phone|billing_country"""),
        # 0 is no customer: the guests are g1 and g2; the order of m2 came back whole, two never were paid
        rows=typed("""
            order_id | order_date          | status    | cart_discount | order_total | order_currency | customer_id | customer_user | customer_email
            501      | 2024-01-03 10:00:00 | completed | 0.00          | 30.00       | EUR            | 0           |               | g1@w.test
            502      | 2024-01-09 10:00:00 | completed | 5.00          | 25.00       | EUR            | 0           |               | g2@w.test
            503      | 2024-01-15 10:00:00 | completed | 0.00          | 80.00       | EUR            | 12          | user12        | m1@w.test
            504      | 2024-02-02 10:00:00 | processing | 0.00         | 30.00       | EUR            | 0           |               | g1@w.test
            505      | 2024-02-10 10:00:00 | cancelled | 0.00          | 99.00       | EUR            | 0           |               | g3@w.test
            506      | 2024-02-20 10:00:00 | on-hold   | 0.00          | 20.00       | EUR            | 12          | user12        | m1@w.test
            507      | 2024-02-22 10:00:00 | refunded  | 0.00          | 45.00       | EUR            | 15          | user15        | m2@w.test
            """),
        roles={
            "customer_id": "customer_id",
            "ordered_at": "order_date",
            "amount": "order_total",
            "order_id": "order_id",
            "currency": "order_currency",
            "status": "status",
        },
        customers=4,
        months={"2024-01": (3, 3, "135.00"), "2024-02": (2, 2, "30.00")},
        timezone="Europe/Paris",
    ),
    Export(
        recipe="woo_orders_csv",
        file="orders-export-2015.csv",
        headers=listed("""
order_id|order_number|date|status|shipping_total|order_shipping|order_tax|cart_discount|order_discount|order_total|
payment_method|shipping_method|customer_user|billing_first_name|billing_last_name|billing_email|billing_phone|
billing_city|billing_state|billing_country|billing_company|shipping_city|customer_note|order_item_1|order_notes"""),
        rows=typed("""
            order_id | date                | status     | order_total | customer_user | billing_email
            71       | 2015-05-02 10:00:00 | completed  | 12.50       | 0             | a@w.test
            72       | 2015-05-03 10:00:00 | completed  | 7.50        | 0             | b@w.test
            73       | 2015-06-01 10:00:00 | failed     | 7.50        | 0             | b@w.test
            74       | 2015-06-02 10:00:00 | processing | 20.00       | 8             | c@w.test
            """),
        roles={
            "customer_id": "customer_user",
            "ordered_at": "date",
            "amount": "order_total",
            "order_id": "order_id",
            "status": "status",
        },
        customers=3,
        months={"2015-05": (2, 2, "20.00"), "2015-06": (1, 1, "20.00")},
    ),
)
