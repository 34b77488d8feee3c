"""Subscriptions of systems that bill."""

from __future__ import annotations

from tests.intake.exports.built import Export, listed, typed

EXPORTS = (
    Export(
        recipe="stripe_subscriptions",
        file="subscriptions.csv",
        headers=listed("""
id|Customer ID|Customer Name|Customer Email|Plan|Quantity|Currency|Status|Amount|Interval|Cancellation Reason|
Created (UTC)|Start (UTC)|Start Date (UTC)|Current Period Start (UTC)|Current Period End (UTC)|Trial Start (UTC)|
Trial End (UTC)|Canceled At (UTC)|Cancel At Period End|Ended At (UTC)|segment (metadata)"""),
        # c3 asked in February to end and ended in March; c5 has asked and still runs; c6 tries it out; c7 never paid
        rows=typed("""
            id   | Customer ID | Status             | Amount | Interval | Plan  | Start Date (UTC) | Current Period End (UTC) | Trial End (UTC)  | Canceled At (UTC) | Cancel At Period End | Ended At (UTC)   | Cancellation Reason
            sub1 | cus_1       | active             | 20.00  | month    | Basic | 2024-01-05 10:00 | 2024-05-05 10:00         |                  |                   | false                |                  |
            sub2 | cus_2       | past_due           | 20.00  | month    | Basic | 2024-01-07 10:00 | 2024-05-07 10:00         |                  |                   | false                |                  |
            sub3 | cus_3       | canceled           | 20.00  | month    | Basic | 2024-01-09 10:00 | 2024-03-09 10:00         |                  | 2024-02-20 08:00  | true                 | 2024-03-09 10:00 | cancellation_requested
            sub4 | cus_4       | canceled           | 240.00 | year     | Plus  | 2024-01-11 10:00 | 2025-01-11 10:00         |                  | 2024-04-02 08:00  | false                | 2024-04-02 08:00 | payment_failed
            sub5 | cus_5       | active             | 40.00  | month    | Plus  | 2024-02-01 10:00 | 2024-05-01 10:00         | 2024-02-15 10:00 | 2024-04-20 08:00  | true                 |                  |
            sub6 | cus_6       | trialing           | 40.00  | month    | Plus  | 2024-04-20 10:00 | 2024-05-04 10:00         | 2024-05-04 10:00 |                   | false                |                  |
            sub7 | cus_7       | incomplete_expired | 40.00  | month    | Plus  | 2024-03-01 10:00 | 2024-04-01 10:00         |                  |                   | false                | 2024-03-02 10:00 |
            """),
        roles={
            "customer_id": "Customer ID",
            "started_at": "Start Date (UTC)",
            "ended_at": "Ended At (UTC)",
            "amount": "Amount",
            "interval": "Interval",
            "plan": "Plan",
            "subscription_id": "id",
            "cancelled_by": "Cancellation Reason",
            "status": "Status",
            "cancelled_at": "Canceled At (UTC)",
            "paid_until": "Current Period End (UTC)",
            "trial_ends_at": "Trial End (UTC)",
        },
        customers=5,
        counts={"subscriptions": 5, "ended": 2},
    ),
    Export(
        recipe="revenuecat_transactions",
        file="transactions.csv",
        headers=listed("""
rc_original_app_user_id|rc_last_seen_app_user_id_alias|country|country_source|product_identifier|
product_display_name|product_duration|start_time|end_time|effective_end_time|grace_period_end_time|store|
is_auto_renewable|is_trial_period|is_in_intro_offer_period|is_sandbox|is_trial_conversion|price_in_usd|
price_in_purchased_currency|purchase_price_in_usd|purchase_price_in_purchased_currency|purchased_currency|
takehome_percentage|tax_percentage|commission_percentage|store_transaction_id|original_store_transaction_id|
refunded_at|unsubscribe_detected_at|billing_issues_detected_at|entitlement_identifiers|renewal_number|
presented_offering|reserved_subscriber_attributes|custom_subscriber_attributes|platform|ownership_type|
experiment_id|experiment_variant|updated_at"""),
        # u1 renewed once; u2 tried it out and stayed; u3 is a test, u4 a share of a family, u5 a gift; u6 had days of grace
        rows=typed("""
            rc_original_app_user_id | product_identifier | product_duration | start_time          | end_time            | effective_end_time  | grace_period_end_time | store       | is_trial_period | is_sandbox | price_in_usd | purchase_price_in_usd | store_transaction_id | original_store_transaction_id | unsubscribe_detected_at | ownership_type
            u1                      | pro_monthly        | P1M              | 2024-01-05 10:00:00 | 2024-02-05 10:00:00 | 2024-02-05 10:00:00 |                       | app_store   | false           | false      | 9.99         | 9.99                  | t11                  | t11                           |                         | PURCHASED
            u1                      | pro_monthly        | P1M              | 2024-02-05 10:00:00 | 2024-03-05 10:00:00 | 2024-03-05 10:00:00 |                       | app_store   | false           | false      | 9.99         | 9.99                  | t12                  | t11                           | 2024-02-20 08:00:00     | PURCHASED
            u2                      | pro_monthly        | P1M              | 2024-01-08 10:00:00 | 2024-01-15 10:00:00 | 2024-01-15 10:00:00 |                       | play_store  | true            | false      | 0            | 0                     | t21                  | t21                           |                         | PURCHASED
            u2                      | pro_monthly        | P1M              | 2024-01-15 10:00:00 | 2024-02-15 10:00:00 | 2024-02-15 10:00:00 |                       | play_store  | false           | false      | 0            | 9.99                  | t22                  | t21                           |                         | PURCHASED
            u3                      | pro_monthly        | P1M              | 2024-01-09 10:00:00 | 2024-01-09 10:05:00 | 2024-01-09 10:05:00 |                       | app_store   | false           | true       | 9.99         | 9.99                  | t31                  | t31                           |                         | PURCHASED
            u4                      | pro_yearly         | P1Y              | 2024-01-10 10:00:00 | 2025-01-10 10:00:00 | 2025-01-10 10:00:00 |                       | app_store   | false           | false      | 0            | 0                     | t41                  | t41                           |                         | FAMILY_SHARED
            u5                      | pro_yearly         | P1Y              | 2024-01-11 10:00:00 | 2025-01-11 10:00:00 | 2025-01-11 10:00:00 |                       | promotional | false           | false      | 0            | 0                     | t51                  | t51                           |                         | PURCHASED
            u6                      | pro_monthly        | P1M              | 2024-01-12 10:00:00 | 2024-02-12 10:00:00 | 2024-02-18 10:00:00 | 2024-02-18 10:00:00   | play_store  | false           | false      | 9.99         | 9.99                  | t61                  | t61                           |                         | PURCHASED
            """),
        roles={
            "customer_id": "rc_original_app_user_id",
            "started_at": "start_time",
            "ended_at": "grace_period_end_time",
            "amount": "price_in_usd",
            "interval": "product_duration",
            "plan": "product_identifier",
            "subscription_id": "store_transaction_id",
            "status": "is_trial_period",
            "cancelled_at": "unsubscribe_detected_at",
        },
        customers=3,
        counts={"subscriptions": 4, "ended": 4},
    ),
)
