"""Events of analytics systems."""

from __future__ import annotations

from tests.intake.exports.built import Export, lines, listed, typed

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
    Export(
        recipe="mixpanel_events",
        file="events.jsonl",
        headers=listed("""
event|properties.time|properties.distinct_id|properties.$insert_id|properties.mp_processing_time_ms|properties.$email|
properties.mp_lib|properties.mp_api_endpoint|properties.$import|properties.$browser|properties.plan"""),
        rows=typed("""
            event  | properties.time | properties.distinct_id | properties.$insert_id | properties.mp_processing_time_ms | properties.mp_lib | properties.plan
            visit  | 1704103200      | m1                     | i1                    | 1704103201000                     | web               | free
            signup | 1704103260      | m1                     | i2                    | 1704103261000                     | web               | free
            visit  | 1706785200      | m2                     | i3                    | 1706785201000                     | web               |
            visit  | 1706871600      | m1                     | i4                    | 1706871601000                     | web               | pro
            """),
        roles={"customer_id": "properties.distinct_id", "event": "event", "occurred_at": "properties.time"},
        customers=2,
        counts={"events": 4, "signup": 1},
        written=lines,
    ),
    Export(
        recipe="mixpanel_events",
        file="mixpanel_events.csv",
        headers=listed(
            "event|time|distinct_id|$insert_id|mp_processing_time_ms|mp_lib|mp_api_endpoint|$browser|$city|$os"
        ),
        rows=typed("""
            event  | time       | distinct_id | $insert_id | mp_processing_time_ms | mp_lib
            visit  | 1704103200 | m1          | i1         | 1704103201000         | web
            signup | 1704103260 | m1          | i2         | 1704103261000         | web
            """),
        roles={"customer_id": "distinct_id", "event": "event", "occurred_at": "time"},
        customers=1,
        counts={"events": 2, "signup": 1},
    ),
    Export(
        recipe="amplitude_events",
        file="187520_2024-01-05_10#0.json",
        headers=listed("""
$insert_id|$insert_key|$schema|adid|amplitude_attribution_ids|amplitude_event_type|amplitude_id|app|city|
client_event_time|client_upload_time|country|data.path|data_type|device_brand|device_carrier|device_family|device_id|
device_manufacturer|device_model|device_type|dma|event_id|event_properties.page|event_time|event_type|idfa|ip_address|
is_attribution_event|language|library|location_lat|location_lng|os_name|os_version|partner_id|paying|platform|
processed_time|region|sample_rate|server_received_time|server_upload_time|session_id|source_id|start_version|
user_creation_time|user_id|user_properties.tier|uuid|version_name"""),
        # 501 was nobody yet when she came, and is a@x.test: one customer; 503 never signed in
        rows=typed("""
            $insert_id | amplitude_id | device_id | user_id  | event_type | event_time                 | client_event_time          | server_upload_time         | user_creation_time         | session_id    | event_properties.page | ip_address
            i1         | 501          | d1        |          | visit      | 2024-01-05 10:00:00.123000 | 2024-01-05 10:00:00.100000 | 2024-01-05 10:00:05.000000 | 2024-01-05 10:00:00.000000 | 1704448800000 | home                  | 192.0.2.1
            i2         | 501          | d1        | a@x.test | signup     | 2024-01-05 10:02:00.456000 | 2024-01-05 10:02:00.400000 | 2024-01-05 10:02:05.000000 | 2024-01-05 10:00:00.000000 | 1704448800000 | join                  | 192.0.2.1
            i3         | 502          | d2        | b@x.test | visit      | 2024-01-06 09:00:00.000000 | 2024-01-06 09:00:00.000000 | 2024-01-06 09:00:05.000000 | 2024-01-06 09:00:00.000000 | 1704531600000 | home                  | 192.0.2.2
            i4         | 503          | d3        |          | visit      | 2024-01-07 09:00:00.000000 | 2024-01-07 09:00:00.000000 | 2024-01-07 09:00:05.000000 | 2024-01-07 09:00:00.000000 | 1704618000000 | home                  | 192.0.2.3
            """),
        roles={"customer_id": "user_id", "event": "event_type", "occurred_at": "event_time"},
        customers=3,
        counts={"events": 4, "signup": 1},
        written=lines,
    ),
    Export(
        recipe="ga4_events",
        file="events_20240301_20240303.csv",
        headers=listed("""
event_date|event_timestamp|event_name|event_previous_timestamp|event_value_in_usd|event_bundle_sequence_id|user_id|
user_pseudo_id|user_first_touch_timestamp|platform|stream_id|device_category|geo_country|traffic_source_medium"""),
        # nobody signed in; only the microseconds tell what came first
        rows=typed("""
            event_date | event_timestamp  | event_name    | event_value_in_usd | user_id | user_pseudo_id | user_first_touch_timestamp | platform
            20240301   | 1709283600000000 | session_start |                    |         | 2077.55        | 1709283600000000           | WEB
            20240301   | 1709283600000001 | add_to_cart   | 30.5               |         | 2077.55        | 1709283600000000           | WEB
            20240301   | 1709283600000002 | purchase      | 30.5               |         | 2077.55        | 1709283600000000           | WEB
            20240302   | 1709366400000000 | session_start |                    |         | 4005.01        | 1709366400000000           | WEB
            20240303   | 1709460000000000 | session_start |                    |         | 1034.10        | 1709287200000001           | WEB
            """),
        roles={"customer_id": "user_id", "event": "event_name", "occurred_at": "event_timestamp"},
        customers=3,
        counts={"events": 5},
    ),
    Export(
        recipe="ga4_events",
        file="events_20240301.json",
        headers=listed("""
event_date|event_timestamp|event_name|event_previous_timestamp|event_value_in_usd|event_bundle_sequence_id|
event_server_timestamp_offset|user_id|user_pseudo_id|privacy_info.analytics_storage|user_first_touch_timestamp|
user_ltv.revenue|user_ltv.currency|device.category|geo.country|app_info.id|traffic_source.medium|stream_id|platform|
ecommerce.purchase_revenue_in_usd|ecommerce.transaction_id|is_active_user|batch_event_index|batch_page_id|
batch_ordering_id"""),
        # 9001.1 is u1 once she signs in: one customer
        rows=typed("""
            event_date | event_timestamp  | event_name    | event_bundle_sequence_id | user_id | user_pseudo_id | device.category | stream_id | platform | ecommerce.purchase_revenue_in_usd
            20240301   | 1709283600000000 | session_start | 1                        |         | 9001.1         | mobile          | 99001     | WEB      |
            20240301   | 1709283660000000 | purchase      | 2                        | u1      | 9001.1         | mobile          | 99001     | WEB      | 30.5
            20240302   | 1709366400000000 | session_start | 1                        |         | 9002.2         | desktop         | 99001     | WEB      |
            """),
        roles={
            "customer_id": "user_id",
            "event": "event_name",
            "occurred_at": "event_timestamp",
            "amount": "ecommerce.purchase_revenue_in_usd",
        },
        customers=2,
        counts={"events": 3},
        written=lines,
    ),
)
