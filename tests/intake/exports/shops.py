"""Orders of shop systems and market places, and deals."""

from __future__ import annotations

from functools import partial

from tests.intake.exports.built import Export, comma, listed, typed

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
    Export(
        recipe="woo_orders_report",
        file="orders-report.csv",
        headers=listed("""
Date|Order #|N. Revenue (formatted)|Status|Customer|Customer type|Product(s)|Items sold|Coupon(s)|Net Sales|Attribution"""),
        # what came back of order 902 is a row of its own; two customers may be called Kim Lee
        rows=typed("""
            Date                | Order # | N. Revenue (formatted) | Status     | Customer | Customer type | Product(s)          | Items sold | Net Sales | Attribution
            2024-02-20 09:00:00 | 904     | $30.00                 | processing | Kim Lee  | returning     | 1× Mug              | 1          | 30        | Direct
            2024-02-11 10:00:00 | 902     | -$20.00                | refunded   | Ana Lima | new           | 1× Bowl             | -1         | -20       | Source: Google
            2024-01-19 18:00:00 | 903     | $1,200.50              | completed  | Kim Lee  | new           | 2× Mug, 10× Teapot  | 12         | 1200.5    | Direct
            2024-01-11 10:00:00 | 902     | $20.00                 | refunded   | Ana Lima | new           | 1× Bowl             | 1          | 20        | Source: Google
            2024-01-10 10:00:00 | 901     | $99.00                 | on-hold    | Bo Dahl  | new           | 3× Teapot           | 3          | 99        | Direct
            """),
        roles={
            "ordered_at": "Date",
            "amount": "Net Sales",
            "order_id": "Order #",
            "quantity": "Items sold",
            "channel": "Attribution",
            "status": "Status",
        },
        months={"2024-01": (None, 2, "1220.50"), "2024-02": (None, 1, "10.00")},
    ),
    Export(
        recipe="woo_orders_report",
        file="orders-report-2020.csv",
        headers=listed("""
Date|Order #|N. Revenue (formatted)|Status|Customer|Customer type|Product(s)|Items sold|Coupon(s)|N. Revenue"""),
        rows=typed("""
            Date                | Order # | N. Revenue (formatted) | Status    | Customer | Items sold | N. Revenue
            2020-06-02 09:00:00 | 12      | 30,00 €                | Completed | Kim Lee  | 1          | 30
            2020-05-20 09:00:00 | 11      | 12,50 €                | Completed | Bo Dahl  | 1          | 12.5
            """),
        roles={
            "ordered_at": "Date",
            "amount": "N. Revenue",
            "order_id": "Order #",
            "quantity": "Items sold",
            "status": "Status",
        },
        months={"2020-05": (None, 1, "12.50"), "2020-06": (None, 1, "30.00")},
    ),
    Export(
        recipe="amazon_orders",
        file="all orders.txt",
        headers=listed("""
amazon-order-id|merchant-order-id|purchase-date|last-updated-date|order-status|fulfillment-channel|sales-channel|
order-channel|url|ship-service-level|product-name|sku|asin|item-status|quantity|currency|item-price|item-tax|
shipping-price|shipping-tax|gift-wrap-price|gift-wrap-tax|item-promotion-discount|ship-promotion-discount|ship-city|
ship-state|ship-postal-code|ship-country|promotion-ids|is-business-order|purchase-order-number|price-designation"""),
        # 111-2 holds two products; of 111-4 one was cancelled
        rows=typed("""
            amazon-order-id | purchase-date             | order-status                 | sales-channel | product-name | item-status | quantity | currency | item-price | item-tax
            111-1           | 2024-01-31T23:30:00+00:00 | Shipped                      | Amazon.de     | Mug          | Shipped     | 1        | EUR      | 10.00      | 1.90
            111-2           | 2024-01-15T10:00:00+00:00 | Shipped - Delivered to Buyer | Amazon.de     | Mug          | Shipped     | 2        | EUR      | 20.00      | 3.80
            111-2           | 2024-01-15T10:00:00+00:00 | Shipped - Delivered to Buyer | Amazon.de     | Bowl         | Shipped     | 1        | EUR      | 15.00      | 2.85
            111-3           | 2024-01-16T10:00:00+00:00 | Cancelled                    | Amazon.de     | Bowl         | Cancelled   | 0        | EUR      |            |
            111-4           | 2024-02-01T10:00:00+00:00 | Unshipped                    | Amazon.fr     | Bowl         | Unshipped   | 1        | EUR      | 15.00      | 2.85
            111-4           | 2024-02-01T10:00:00+00:00 | Unshipped                    | Amazon.fr     | Mug          | Cancelled   | 1        | EUR      | 10.00      | 1.90
            """),
        roles={
            "ordered_at": "purchase-date",
            "amount": "item-price",
            "order_id": "amazon-order-id",
            "product": "product-name",
            "quantity": "quantity",
            "channel": "sales-channel",
            "currency": "currency",
            "status": "order-status",
        },
        months={"2024-01": (None, 2, "45.00"), "2024-02": (None, 1, "15.00")},
        written=partial(comma, delimiter="\t"),
    ),
    Export(
        recipe="amazon_shipments",
        file="fulfilled shipments.txt",
        headers=listed("""
amazon-order-id|merchant-order-id|shipment-id|shipment-item-id|amazon-order-item-id|merchant-order-item-id|purchase-date|
payments-date|shipment-date|reporting-date|buyer-email|buyer-name|buyer-phone-number|sku|product-name|quantity-shipped|
currency|item-price|item-tax|shipping-price|shipping-tax|gift-wrap-price|gift-wrap-tax|ship-service-level|recipient-name|
ship-address-1|ship-address-2|ship-address-3|ship-city|ship-state|ship-postal-code|ship-country|ship-phone-number|
bill-address-1|bill-address-2|bill-address-3|bill-city|bill-state|bill-postal-code|bill-country|item-promotion-discount|
ship-promotion-discount|carrier|tracking-number|estimated-arrival-date|fulfillment-center-id|fulfillment-channel|
sales-channel"""),
        rows=typed("""
            amazon-order-id | purchase-date             | shipment-date             | buyer-email           | product-name | quantity-shipped | currency | item-price | sales-channel
            249-1           | 2024-03-05T06:57:28+09:00 | 2024-03-05T19:58:19+09:00 | a1@marketplace.test   | Mug          | 1                | JPY      | 1200       | Amazon.co.jp
            249-2           | 2024-03-06T06:57:28+09:00 | 2024-03-07T19:58:19+09:00 | b2@marketplace.test   | Mug          | 2                | JPY      | 2400       | Amazon.co.jp
            249-2           | 2024-03-06T06:57:28+09:00 | 2024-03-07T19:58:19+09:00 | b2@marketplace.test   | Bowl         | 1                | JPY      | 800        | Amazon.co.jp
            249-3           | 2024-04-01T00:10:00+09:00 | 2024-04-02T19:58:19+09:00 | a1@marketplace.test   | Bowl         | 1                | JPY      | 800        | Amazon.co.jp
            """),
        roles={
            "customer_id": "buyer-email",
            "ordered_at": "purchase-date",
            "amount": "item-price",
            "order_id": "amazon-order-id",
            "product": "product-name",
            "quantity": "quantity-shipped",
            "channel": "sales-channel",
            "currency": "currency",
        },
        customers=2,
        months={"2024-03": (2, 2, "4400.00"), "2024-04": (1, 1, "800.00")},
        written=partial(comma, delimiter="\t", encoding="cp932"),
        timezone="Asia/Tokyo",
    ),
    Export(
        recipe="hubspot_deals",
        file="hubspot-crm-exports-all-deals-2024-05-01.csv",
        headers=listed("""
Record ID|Deal Name|Deal Stage|Pipeline|Close Date|Create Date|Deal owner|Amount|Last Activity Date|Closed Lost Reason|
Closed Won Reason|Deal Type|Time to Close (HH:mm:ss)|Number of Sales Activities|Forecast probability|State|
Number of times contacted|Ecommerce deal|Associated Company|Associated Company IDs (Primary)|Associated Contact"""),
        rows=typed("""
            Record ID  | Deal Name | Deal Stage    | Pipeline       | Close Date       | Create Date      | Amount   | Deal Type        | Associated Company | Associated Company IDs (Primary)
            9001       | Pump 1    | Closed Won    | Sales Pipeline | 2024-01-31 14:20 | 2023-12-01 09:00 | 12000.00 | newbusiness      | Acme               | 7001
            9002       | Pump 2    | Closed Lost   | Sales Pipeline | 2024-01-20 10:00 | 2023-12-05 09:00 | 5000.00  | newbusiness      | Borg               | 7002
            9003       | Service   | Closed Won    | Sales Pipeline | 2024-03-02 10:00 | 2024-02-01 09:00 | 800.00   | existingbusiness | Acme               | 7001
            9004       | Pump 3    | Contract Sent | Sales Pipeline | 2024-06-30 10:00 | 2024-02-09 09:00 | 9000.00  | newbusiness      | Cole               | 7003
            9005       | Pump 4    | Closed Won    | Sales Pipeline | 2024-03-15 10:00 | 2024-02-10 09:00 | 200.00   | newbusiness      | Dale               | 7004
            """),
        roles={
            "customer_id": "Associated Company IDs (Primary)",
            "ordered_at": "Close Date",
            "amount": "Amount",
            "order_id": "Record ID",
            "category": "Deal Type",
            "status": "Deal Stage",
        },
        customers=2,
        months={"2024-01": (1, 1, "12000.00"), "2024-02": (0, 0, "0"), "2024-03": (2, 2, "1000.00")},
    ),
    Export(
        recipe="hubspot_deals",
        file="hubspot-crm-exports-all-deals-2019-08-12.csv",
        headers=listed("""
Deal ID|Deal Name|Deal Stage|Pipeline|Close Date|Create Date|Deal owner|Amount|Last Activity Date|Closed Lost Reason|
Closed Won Reason|Associated Product|Products|Associated Company|Associated Contacts"""),
        rows=typed("""
            Deal ID | Deal Name | Deal Stage | Close Date       | Amount | Associated Company
            101     | A         | Closed Won | 2019-05-31 14:20 | 100    | Acme
            102     | B         | Closed Won | 2019-06-30 14:20 | 50     | Acme
            """),
        roles={
            "customer_id": "Associated Company",
            "ordered_at": "Close Date",
            "amount": "Amount",
            "order_id": "Deal ID",
            "status": "Deal Stage",
        },
        customers=1,
        months={"2019-05": (1, 1, "100.00"), "2019-06": (1, 1, "50.00")},
    ),
)
