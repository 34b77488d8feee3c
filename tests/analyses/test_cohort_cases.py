"""One fixture in every unit, clock and measure; midnight in other time zones; data no company would wish for."""

import datetime as dt
from typing import Any

import pytest

from tests.builders import Make, ask, columns

# A is active in units 0, 1, 2; B in 0, 2; C in 1, 2; D in 2. The data are whole to the end of unit 3.
FOUR = (("A", 0), ("A", 1), ("A", 2), ("B", 0), ("B", 2), ("C", 1), ("C", 2), ("D", 2))

UNITS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "day": ({"grain": "day"}, ["2024-01-01", "2024-01-02", "2024-01-03"], "2024-01-04"),
    "week from Monday": ({"grain": "week"}, ["2023-12-25", "2024-01-01", "2024-01-08"], "2024-01-21"),
    "week from Sunday": (
        {"grain": "week", "week_start": "sunday"},
        ["2023-12-24", "2023-12-31", "2024-01-07"],
        "2024-01-20",
    ),
    "month": ({"grain": "month"}, ["2023-12-01", "2024-01-01", "2024-02-01"], "2024-03-31"),
    "quarter": ({"grain": "quarter"}, ["2023-07-01", "2023-10-01", "2024-01-01"], "2024-06-30"),
    "year": ({"grain": "year"}, ["2021-01-01", "2022-01-01", "2023-01-01"], "2024-12-31"),
}

# retained by measure, for the cohorts of units 0, 1 and 2 in turn
EXPECTED = {
    "on": [[2, 1, 2, 0], [1, 1, 0], [1, 0]],
    "on_or_after": [[2, 2, 2, 0], [1, 1, 0], [1, 0]],
    "up_to": [[2, 2, 2, 2], [1, 1, 1], [1, 1]],
}
OVERALL = {
    "on": [(0, 4, 4), (1, 2, 4), (2, 2, 3), (3, 0, 2)],
    "on_or_after": [(0, 4, 4), (1, 3, 4), (2, 2, 3), (3, 0, 2)],
    "up_to": [(0, 4, 4), (1, 4, 4), (2, 3, 3), (3, 2, 2)],
}


@pytest.mark.parametrize("clock", ["calendar", "rolling"])
@pytest.mark.parametrize("unit", UNITS)
def test_the_fixture_in_every_unit_clock_and_measure(make: Make, unit: str, clock: str) -> None:
    given, days, last = UNITS[unit]
    events = "".join(f"{customer},visit,{days[index]}\n" for customer, index in FOUR)
    made = make({"events.csv": "customer_id,event,occurred_at\n" + events}, watermark=dt.date.fromisoformat(last))
    for measure, expected in EXPECTED.items():
        asked: dict[str, Any] = given | {"clock": clock, "measure": measure}
        cells = columns(made, "cohort_retention", "cohort", "cohort_size", "period", "retained", "complete", **asked)
        assert cells == [
            (dt.date.fromisoformat(day), size, k, retained, True)
            for day, size, row in zip(days, (2, 1, 1), expected, strict=True)
            for k, retained in enumerate(row)
        ], measure
        assert columns(made, "cohort_retention_overall", "period", "retained", "customers", **asked) == OVERALL[measure]


def daily(make: Make, timezone: str, *moments: str, **given: Any) -> list[tuple[Any, ...]]:
    events = "".join(f"A,visit,{moment}\n" for moment in moments)
    made = make({"events.csv": "customer_id,event,occurred_at\n" + events}, timezone=timezone)
    asked: dict[str, Any] = {"grain": "day", "periods": 400} | given
    cells = columns(made, "cohort_retention", "cohort", "period", "retained", **asked)
    return [(str(cohort), k) for cohort, k, retained in cells if retained]


def test_a_day_ends_at_midnight_of_the_datasets_time_zone(make: Make) -> None:
    moments = ("2024-03-31T15:59:59Z", "2024-03-31T16:00:00Z", "2024-04-01T06:59:59Z", "2024-04-01T07:00:00Z")
    # Shanghai is 8 hours ahead: the second moment is already the first of April
    assert daily(make, "Asia/Shanghai", *moments) == [("2024-03-31", 0), ("2024-03-31", 1)]
    # the US Pacific coast is 7 hours behind in summer: only the last one is
    assert daily(make, "America/Los_Angeles", *moments) == [("2024-03-31", 0), ("2024-03-31", 1)]
    assert daily(make, "America/Los_Angeles", *moments[:3]) == [("2024-03-31", 0)]
    assert daily(make, "UTC", *moments[:2]) == [("2024-03-31", 0)]
    assert daily(make, "Asia/Shanghai", *moments[:2], grain="month") == [("2024-03-01", 0), ("2024-03-01", 1)]
    # without a zone of their own they are local times as they stand
    assert daily(make, "Asia/Shanghai", "2024-03-31 23:59:59", "2024-04-01 00:00:00") == [
        ("2024-03-31", 0),
        ("2024-03-31", 1),
    ]


def test_the_nights_the_clocks_change(make: Make) -> None:
    # 10 March 2024 has 23 hours on the US Pacific coast: from 01:59:59 to 03:00:00; 3 November has 25
    spring = ("2024-03-10T07:59:59Z", "2024-03-10T09:59:59Z", "2024-03-10T10:00:00Z", "2024-03-11T07:00:00Z")
    assert daily(make, "America/Los_Angeles", *spring) == [("2024-03-09", 0), ("2024-03-09", 1), ("2024-03-09", 2)]
    autumn = ("2024-11-03T06:59:59Z", "2024-11-03T08:30:00Z", "2024-11-03T09:30:00Z", "2024-11-04T08:00:00Z")
    assert daily(make, "America/Los_Angeles", *autumn) == [("2024-11-02", 0), ("2024-11-02", 1), ("2024-11-02", 2)]
    # a rolling day is a day on the local clock, not 24 hours: 22:30 is 22 and a half hours after 23:00
    night = ("2024-03-10T07:00:00Z", "2024-03-11T05:30:00Z")
    assert daily(make, "America/Los_Angeles", *night, clock="rolling") == [("2024-03-09", 0)]
    later = ("2024-03-10T07:00:00Z", "2024-03-11T06:00:00Z")
    assert daily(make, "America/Los_Angeles", *later, clock="rolling") == [("2024-03-09", 0), ("2024-03-09", 1)]


def test_one_customer_on_one_day(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at,amount\nA,2024-02-14 10:00,5\n"})
    for grain in ("day", "week", "month", "quarter", "year"):
        for clock in ("calendar", "rolling"):
            asked: dict[str, Any] = {"grain": grain, "clock": clock}
            cells = columns(made, "cohort_retention", "cohort_size", "period", "retained", "complete", **asked)
            assert cells == [(1, 0, 1, grain == "day" and clock == "calendar")], (grain, clock)
            assert columns(made, "cohort_revenue", "revenue", **asked) == [(5.0,)]
    assert ask(made, "cohort_retention_overall") == []


def test_all_activity_at_one_instant(make: Make) -> None:
    rows = "".join(f"C{i},visit,2024-05-05 12:00:00\n" for i in range(50)) * 3
    made = make({"events.csv": "customer_id,event,occurred_at\n" + rows})
    for clock, complete in (("calendar", True), ("rolling", False)):
        assert columns(made, "cohort_retention", "cohort_size", "retained", "complete", grain="day", clock=clock) == [
            (50, 50, complete)
        ]


def test_forty_years(make: Make) -> None:
    rows = "".join(f"{c},{year}-0{m}-15\n" for year in range(1984, 2024) for c, m in (("A", 1), ("B", 7)))
    made = make({"orders.csv": "customer_id,ordered_at\n" + rows})
    years = columns(made, "cohort_retention", "period", "retained", grain="year", periods=100)
    assert years == [(k, 2) for k in range(40)]
    months = columns(made, "cohort_retention", "cohort", "period", "retained", periods=1000)
    assert [(k, n) for cohort, k, n in months if cohort == dt.date(1984, 1, 1)] == [
        (k, int(k % 12 == 0)) for k in range(12 * 39 + 7)
    ]
    days = columns(made, "cohort_retention_overall", "period", "retained", grain="day", periods=20000)
    assert len(days) == (dt.date(2023, 7, 15) - dt.date(1984, 1, 15)).days + 1
    assert sum(n for _, n in days) == 80
    # by the clock too, and far beyond a block of sixty windows
    rolling = columns(made, "cohort_retention_overall", "retained", grain="week", clock="rolling", periods=3000)
    assert sum(n for (n,) in rolling) >= 78


def test_dates_in_the_future_do_not_count(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-05\nA,2190-01-01\nB,2099-12-31\n"})
    assert columns(made, "cohort_retention", "cohort", "cohort_size", "period", "retained") == [
        (dt.date(2024, 1, 1), 1, 0, 1),
        (dt.date(2024, 1, 1), 1, 1, 1),
    ]
