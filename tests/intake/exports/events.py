"""Events of analytics systems."""

from __future__ import annotations

from tests.intake.exports.built import Export, listed, typed

EXPORTS = (
    Export(
        recipe="posthog_events",
        file="posthog-events.csv",
        headers=listed("uuid|event|properties|timestamp|distinct_id|elements_chain|created_at"),
        rows=typed("""
            uuid    | event     | properties       | timestamp                        | distinct_id | created_at
            01900-1 | $pageview | {"$os": "Mac"}   | 2024-03-04 10:00:00.123000+00:00 | p1          | 2024-03-04 10:00:02.000000+00:00
            01900-2 | signup    | {"$os": "Mac"}   | 2024-03-04 10:05:00.123456+00:00 | p1          | 2024-03-04 10:05:02.000000+00:00
            01900-3 | $pageview | {"$os": "Linux"} | 2024-03-05 10:00:00.123000+00:00 | p2          | 2024-03-05 10:00:02.000000+00:00
            01900-4 | $pageview | {"$os": "Mac"}   | 2024-03-12 10:00:00.123000+00:00 | p1          | 2024-03-12 10:00:02.000000+00:00
            01900-5 | signup    | {"$os": "Linux"} | 2024-03-20 09:00:00.123000+00:00 | p2          | 2024-03-20 09:00:02.000000+00:00
            01900-6 | $pageview | {"$os": "Mac"}   | 2024-03-20 09:00:00.123000+00:00 | p3          | 2024-03-20 09:00:02.000000+00:00
            """),
        roles={"customer_id": "distinct_id", "event": "event", "occurred_at": "timestamp"},
        customers=3,
        counts={"events": 6, "signup": 2},
    ),
)
