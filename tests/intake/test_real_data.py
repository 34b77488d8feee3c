"""Facts about real public data, reached with no hand-made mapping."""

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from churnbook import __main__ as command_line
from tests.analyses.built import reference


def imported(capsys: pytest.CaptureFixture[str], file: Path, target: Path, *more: str) -> dict[str, Any]:
    assert command_line.main(["import", str(file), "--into", str(target), "--json", *more]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def answered(capsys: pytest.CaptureFixture[str], query: str, target: Path, *more: str) -> list[dict[str, Any]]:
    assert command_line.main(["run", query, "--dataset", str(target), "--format", "json", *more]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_cdnow(real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "cdnow.duckdb"
    report = imported(capsys, real_data / "cdnow_orders.csv", target)
    assert report["tables"]["orders"] == {
        "rows": 69_659, "rejected": 0, "columns": {"customer_id": "customer_id", "ordered_at": "order_date", "amount": "amount"}
    }  # fmt: skip
    (overview,) = answered(capsys, "overview", target)
    assert overview["customers"] == 23_570
    assert overview["orders"] == 69_659
    assert overview["revenue"] == pytest.approx(2_500_315.63)
    assert (overview["first_day"], overview["last_day"]) == ("1997-01-01", "1998-06-30")
    cells = answered(capsys, "cohort_retention", target)
    assert {cell["cohort"] for cell in cells} == {"1997-01-01", "1997-02-01", "1997-03-01"}
    january = [cell for cell in cells if cell["cohort"] == "1997-01-01"]
    assert {cell["cohort_size"] for cell in january} == {7_846}
    assert [cell["retained"] for cell in january[:4]] == [7_846, 1_157, 964, 810]


def test_buying_again_and_again_agrees_with_plain_python(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "cdnow.duckdb"
    imported(capsys, real_data / "cdnow_orders.csv", target)
    with (real_data / "cdnow_orders.csv").open(encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    logs: dict[str, list[tuple[int, str]]] = {}
    for order in orders:
        day = dt.date.fromisoformat(order["order_date"]) - dt.date(1997, 1, 1)
        logs.setdefault(order["customer_id"], []).append((day.days, "o"))
    for ties in ("together", "strictly_later"):
        reached = [
            reference(log, "ooo", "ordered", "best", 90, ties, None, (1, 3), "dropped") or () for log in logs.values()
        ]
        given = ["--set", 'steps=["order","order","order"]', "--set", "window=90", "--set", f"ties={ties}"]
        rows = answered(capsys, "funnel", target, *given)
        assert [row["customers"] for row in rows] == [sum(len(each) >= k for each in reached) for k in (1, 2, 3)]


def test_telecom(real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "telco.duckdb"
    report = imported(capsys, real_data / "telco_customer_churn.csv", target)
    assert report["tables"]["customers"] == {
        "rows": 7_043,
        "rejected": 0,
        "columns": {
            "customer_id": "customerID",
            "is_churned": "Churn",
            "tenure_months": "tenure",
            "monthly_value": "MonthlyCharges",
        },
    }
    (overview,) = answered(capsys, "overview", target)
    assert (overview["customers"], overview["churned_customers"]) == (7_043, 1_869)
    assert overview["monthly_value"] == pytest.approx(456_116.60)
    assert overview["last_day"] is None
    for contract, customers, share in (
        ("Month-to-month", 3_875, 0.42710),
        ("One year", 1_473, 0.11270),
        ("Two year", 1_695, 0.02832),
    ):
        (part,) = answered(capsys, "overview", target, "--where", f"Contract={contract}")
        assert part["customers"] == customers
        assert part["churned_customers"] / part["customers"] == pytest.approx(share, abs=5e-6)
    assert command_line.main(["run", "cohort_retention", "--dataset", str(target)]) == 1
    assert "needs orders, events or subscriptions" in capsys.readouterr().err


def test_online_retail_is_loaded_with_its_problems_told(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "retail.duckdb"
    report = imported(capsys, real_data / "online_retail_sample.csv", target)
    orders = report["tables"]["orders"]
    assert (orders["rows"], orders["rejected"]) == (40_000, 0)
    assert {each["what"]: each["rows"] for each in report["accounts"]} == {
        "read": 40_000, "loaded": 29_943, "nobody": 10_057
    }  # fmt: skip
    assert any("10,057 of 40,000 rows name no customer" in warning for warning in report["warnings"])
    assert any("674 rows have an order id like C536379" in warning for warning in report["warnings"])

    confirmed = tmp_path / "confirmed.duckdb"
    imported(
        capsys,
        real_data / "online_retail_sample.csv",
        confirmed,
        "--column",
        "online_retail_sample.csv:InvoiceNo=is_cancelled",
    )
    (counted,) = answered(capsys, "overview", target)
    (left_out,) = answered(capsys, "overview", confirmed)
    assert left_out["orders"] < counted["orders"]
    assert left_out["revenue"] == pytest.approx(counted["revenue"]), "cancelled lines are negative and stay subtracted"


def test_cdnow_churn_agrees_with_plain_python(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "cdnow.duckdb"
    imported(capsys, real_data / "cdnow_orders.csv", target, "--churn", "churned_by_inactivity:days=180")
    with (real_data / "cdnow_orders.csv").open(newline="") as file:
        days: dict[str, set[dt.date]] = {}
        for row in csv.DictReader(file):
            days.setdefault(row["customer_id"], set()).add(dt.date.fromisoformat(row["order_date"][:10]))
    silence, last = dt.timedelta(days=180), dt.date(1998, 6, 30)
    new, back, lost, came_back = Counter[str](), Counter[str](), Counter[str](), 0
    for bought in days.values():
        ordered = sorted(bought)
        new[f"{ordered[0]:%Y-%m}"] += 1
        for day, after in zip(ordered, [*ordered[1:], None], strict=True):
            churned = day + silence
            if churned <= last and (after is None or after > churned):
                lost[f"{churned:%Y-%m}"] += 1
                if after is not None:
                    back[f"{after:%Y-%m}"] += 1
                    came_back += 1
    rows = answered(capsys, "churn_rate", target)
    assert len(rows) == 18
    closing = 0
    for row in rows:
        month = row["period"][:7]
        # 180 days lie between two losses and between a start and a loss, so that nobody moves twice a month unless
        # lost and back, which leaves them a customer at both ends
        assert row["new_customers"] == new[month]
        assert row["opening_customers"] == closing
        closing += new[month] + back[month] - lost[month]
        assert row["closing_customers"] == closing
    assert sum(row["new_customers"] for row in rows) == 23_570
    (tried,) = [row for row in answered(capsys, "inactivity_workbench", target) if row["days"] == 180]
    assert (tried["lost"], tried["returned"]) == (sum(lost.values()), came_back)


def test_telecom_share_lost(real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "telco.duckdb"
    imported(capsys, real_data / "telco_customer_churn.csv", target)
    (everyone,) = answered(capsys, "churned_share", target)
    assert (everyone["customers"], everyone["churned_customers"]) == (7_043, 1_869)
    parts = answered(capsys, "churned_share", target, "--set", "breakdown=Contract")
    assert [(row["segment"], row["customers"]) for row in parts] == [
        ("Month-to-month", 3_875),
        ("One year", 1_473),
        ("Two year", 1_695),
    ]
