"""Rolling windows by the hour, recurring entry and minimum returns: by hand, and against a plain reference."""

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from tests.analyses.built import whole
from tests.builders import Make, ask, columns

HEADER = "customer_id,event,occurred_at\n"


def test_a_rolling_day_has_24_hours_from_the_start(make: Make) -> None:
    # A comes back 14 hours later on the next calendar day, B 25 hours later; the data end on the 5th
    made = make(
        {
            "events.csv": HEADER
            + "A,visit,2024-01-01 20:00\nA,visit,2024-01-02 10:00\nB,visit,2024-01-01 08:00\nB,visit,2024-01-02 09:00\nC,visit,2024-01-05 23:59\n"
        }
    )
    day: dict[str, Any] = {"grain": "day", "periods": 1}
    assert columns(made, "cohort_retention", "cohort_size", "period", "retained", **day)[:2] == [(2, 0, 2), (2, 1, 2)]
    rolling = columns(made, "cohort_retention", "cohort_size", "period", "retained", clock="rolling", **day)
    assert rolling[:2] == [(2, 0, 2), (2, 1, 1)]


def test_a_rolling_month_is_a_calendar_month_clamped_at_its_end(make: Make) -> None:
    # from 31 January, month 1 begins on 29 February and month 2 on 31 March
    made = make(
        {"events.csv": HEADER + "A,visit,2024-01-31\nA,visit,2024-02-28\nA,visit,2024-03-30\nA,visit,2024-04-30\n"}
    )
    cells = columns(made, "cohort_retention", "period", "retained", "complete", clock="rolling")
    assert cells == [(0, 1, True), (1, 1, True), (2, 0, True), (3, 1, False)]


def test_rolling_cells_are_complete_for_the_whole_cohort_and_the_overall_counts_by_customer(make: Make) -> None:
    # the data end with 10 January; three days after the start are whole for A (1st) and B (6th), not for C (8th)
    events = "A,visit,2024-01-01\nA,visit,2024-01-04\nB,visit,2024-01-06\nC,visit,2024-01-08\nC,visit,2024-01-10\n"
    made = make({"events.csv": HEADER + events})
    given: dict[str, Any] = {"grain": "day", "clock": "rolling", "periods": 3}
    january = [
        (k, complete)
        for k, complete in columns(
            made, "cohort_retention", "period", "complete", **{**given, "grain": "month", "periods": 0}
        )
    ]
    assert january == [(0, False)], "the first month of C is not over"
    overall = columns(made, "cohort_retention_overall", "period", "customers", "retained", "cohorts", **given)
    assert overall == [(0, 3, 3, 3), (1, 3, 0, 3), (2, 3, 1, 3), (3, 2, 1, 2)]


def test_recurring_entry_puts_a_customer_into_every_cohort_of_a_start(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-01-25\nA,2024-02-05\nA,2024-04-05\nB,2024-02-06\nB,2024-04-30\n"
        }
    )
    cells = columns(
        made, "cohort_retention", "cohort", "cohort_size", "period", "retained", entry="recurring", periods=2
    )
    assert cells == [
        (dt.date(2024, 1, 1), 1, 0, 1),
        (dt.date(2024, 1, 1), 1, 1, 1),
        (dt.date(2024, 1, 1), 1, 2, 0),
        (dt.date(2024, 2, 1), 2, 0, 2),
        (dt.date(2024, 2, 1), 2, 1, 0),
        (dt.date(2024, 2, 1), 2, 2, 2),
        (dt.date(2024, 4, 1), 2, 0, 2),
    ]
    listed = ask(
        made, "cohort_retention_customers", entry="recurring", cohort="2024-02-01", period=1, state="not_retained"
    )
    assert [row[0] for row in listed] == ["A", "B"]


@pytest.mark.parametrize(
    ("clock", "expected"), [("calendar", [(0, 1), (1, 1), (2, 0)]), ("rolling", [(0, 1), (1, 1), (2, 0)])]
)
def test_minimum_returns_within_a_period(make: Make, clock: str, expected: list[tuple[int, int]]) -> None:
    # A orders twice in January and in February, once in March; B once in January
    orders = "A,2024-01-01\nA,2024-01-09\nA,2024-02-05\nA,2024-02-06\nA,2024-03-05\nB,2024-01-02\nZ,2024-04-02\n"
    made = make({"orders.csv": "customer_id,ordered_at\n" + orders})
    cells = columns(made, "cohort_retention", "cohort", "period", "retained", minimum=2, clock=clock, periods=2)
    assert [(k, n) for cohort, k, n in cells if cohort == dt.date(2024, 1, 1)] == expected


def test_a_subscription_is_active_through_its_rolling_windows(make: Make) -> None:
    rows = "A,2024-01-15 12:00:00,2024-03-10 12:00:00\nB,2024-01-15 12:00:00,\nZ,2024-05-20 00:00:00,\n"
    made = make({"subscriptions.csv": "customer_id,started_at,ended_at\n" + rows})
    cells = columns(made, "cohort_retention", "cohort_size", "period", "retained", clock="rolling", periods=3)
    assert cells[:4] == [(2, 0, 2), (2, 1, 2), (2, 2, 1), (2, 3, 1)]


def test_windows_from_the_sign_up_date_or_event(make: Make) -> None:
    # A signed up at 20:00 by the customer file, B at 08:00 by an event; both come back at 10:00 the next day
    events = "B,signup,2024-01-01 08:00\nA,visit,2024-01-02 10:00\nB,visit,2024-01-02 10:00\nB,visit,2024-01-05 10:00\n"
    made = make(
        {
            "events.csv": HEADER + events,
            "customers.csv": "customer_id,signed_up_at\nA,2024-01-01 20:00:00\nB,\n",
        }
    )
    given: dict[str, Any] = {"grain": "day", "start": "signup", "returning": "visit", "periods": 1}
    for clock, expected in (("rolling", [(2, 0, 1), (2, 1, 1)]), ("calendar", [(2, 0, 0), (2, 1, 2)])):
        assert columns(made, "cohort_retention", "cohort_size", "period", "retained", clock=clock, **given) == expected


Log = list[tuple[str, dt.datetime]]


def reference(
    log: Log, end: dt.datetime, grain: str, measure: str, minimum: int, periods: int
) -> dict[int, tuple[int, int]]:
    """Eligible customers and those retained by period, rolling clock, all cohorts pooled."""
    found: dict[int, tuple[int, int]] = {}
    for customer in {name for name, _ in log}:
        moments = sorted(moment for name, moment in log if name == customer)
        times: dict[int, int] = {}
        for moment in moments:
            period = whole(grain, moments[0], moment)
            times[period] = times.get(period, 0) + 1
        back = {k for k, n in times.items() if n >= minimum}
        for k in range(min(whole(grain, moments[0], end) - 1, periods) + 1):
            counts = {
                "on": k in back,
                "on_or_after": any(each >= k for each in back),
                "up_to": any(each <= k for each in back),
            }
            eligible, retained = found.get(k, (0, 0))
            found[k] = (eligible + 1, retained + counts[measure])
    return dict(sorted(found.items()))


@pytest.mark.parametrize("seed", range(4))
def test_the_rolling_clock_agrees_with_a_plain_reference(make: Make, seed: int) -> None:
    draw = random.Random(seed)
    first = dt.datetime(2023, 12, 1)
    log: Log = [
        (draw.choice("ABCDEFG"), first + dt.timedelta(hours=draw.choice([1, 24, 31]) * draw.randrange(90)))
        for _ in range(draw.choice([10, 40, 120]))
    ]
    made: Path = make({"events.csv": HEADER + "".join(f"{name},visit,{moment}\n" for name, moment in log)})
    end = dt.datetime.combine(max(moment for _, moment in log).date(), dt.time()) + dt.timedelta(days=1)
    for grain in ("day", "week", "month"):
        for measure in ("on", "on_or_after", "up_to"):
            for minimum in (1, 2):
                given: dict[str, Any] = {
                    "grain": grain,
                    "measure": measure,
                    "minimum": minimum,
                    "periods": 80,
                    "clock": "rolling",
                }
                rows = columns(made, "cohort_retention_overall", "period", "customers", "retained", **given)
                expected = reference(log, end, grain, measure, minimum, 80)
                assert {k: (eligible, retained) for k, eligible, retained in rows} == expected, (
                    grain,
                    measure,
                    minimum,
                )
