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
            "reason": "Cancellation Reason",
            "status": "Status",
            "cancelled_at": "Canceled At (UTC)",
            "paid_until": "Current Period End (UTC)",
            "trial_ends_at": "Trial End (UTC)",
        },
        customers=5,
        counts={"subscriptions": 5, "ended": 2},
    ),
)
