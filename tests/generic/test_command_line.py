"""The command line: what it prints, what it refuses, with which exit code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from churnbook import __main__ as command_line

ORDERS = "客户编号,下单时间,实付金额\nA,2024-01-05,10\nA,2024-02-06,5\nB,2024-01-06,20\nC,错,1\nD,2024-02-29,=1+1\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = command_line.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "订单.csv").write_bytes(ORDERS.encode("gb18030"))
    code, _out, _err = run(capsys, "import", tmp_path / "订单.csv", "--into", tmp_path / "x.duckdb")
    assert code == 0
    return tmp_path / "x.duckdb"


def test_import_reports_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "订单.csv").write_bytes(ORDERS.encode("gb18030"))
    code, out, err = run(
        capsys,
        "import",
        tmp_path / "订单.csv",
        "--into",
        tmp_path / "x.duckdb",
        "--timezone",
        "Asia/Shanghai",
        "--json",
    )
    report: dict[str, Any] = json.loads(out)
    assert (code, err) == (0, "")
    assert report["files"] == [
        {
            "file": "订单.csv",
            "status": "loaded",
            "encoding": "gb18030",
            "delimiter": ",",
            "sheet": None,
            "header_row": 1,
            "reason": None,
        }
    ]
    assert report["tables"] == {
        "orders": {
            "rows": 3,
            "rejected": 2,
            "columns": {"customer_id": "客户编号", "ordered_at": "下单时间", "amount": "实付金额"},
        }
    }
    assert report["rejected"] == [
        {
            "file": "订单.csv",
            "line": 5,
            "column": "下单时间",
            "value": "错",
            "reason": "not a date or time that can be read",
        },
        {"file": "订单.csv", "line": 6, "column": "实付金额", "value": "=1+1", "reason": "not a number"},
    ]
    assert report["warnings"] == ["订单.csv: rows set aside: 2; the list says line, column and reason."]


def test_run_prints_json(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(
        capsys, "run", "cohort_retention@1", "--dataset", made, "--set", "periods=1", "--format", "json"
    )
    rows = json.loads(out)
    assert code == 0
    assert rows[0] == {
        "segment": None, "cohort": "2024-01-01", "cohort_size": 2, "period": 0, "retained": 2, "retention": 1.0,
        "ci_low": pytest.approx(0.3424, abs=1e-4), "ci_high": pytest.approx(1.0), "complete": True,
    }  # fmt: skip
    assert [(row["period"], row["retained"]) for row in rows] == [(0, 2), (1, 1)]


@pytest.mark.parametrize("format", ["csv", "json", "parquet", "xlsx"])
def test_every_format_holds_the_same_rows(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    out = tmp_path / f"out.{format}"
    code, printed, _err = run(capsys, "run", "overview", "--dataset", made, "--format", format, "--out", out)
    assert (code, printed) == (0, "")
    match format:
        case "csv":
            assert out.read_text().splitlines()[1].split(",")[:3] == ["2", "1", "3"]
        case "json":
            assert json.loads(out.read_text())[0]["orders"] == 3
        case "parquet":
            assert pq.read_table(out).to_pylist()[0]["orders"] == 3
        case "xlsx":
            sheet = openpyxl.load_workbook(out).active
            assert sheet is not None and sheet["C1"].value == "orders" and sheet["C2"].value == 3


def test_scope_on_the_command_line(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(capsys, "run", "overview", "--dataset", made, "--as-of", "2024-01-31", "--format", "json")
    assert json.loads(out)[0]["orders"] == 2
    _code, out, _err = run(
        capsys, "run", "cohort_retention", "--dataset", made, "--from", "2024-02-01", "--format", "json"
    )
    assert json.loads(out) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nothing"], "there is no query named 'nothing'"),
        (["run", "cohort_retention@9"], "cohort_retention has no version 9; there is 1"),
        (
            ["run", "cohort_retention", "--set", "grain=fortnight"],
            "grain: 'fortnight' is not allowed; choose one of day, week",
        ),
        (["run", "cohort_retention", "--set", "colour=red"], "has no parameter 'colour'; it has grain"),
        (
            ["run", "cohort_retention", "--where", "channel=ads"],
            "customers have no attribute 'channel'; they have: none",
        ),
        (["run", "cohort_retention", "--set", "breakdown=nosuch"], "breakdown: this dataset has no 'nosuch'"),
    ],
)
def test_refusals_are_one_line_and_exit_1(
    made: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code, out, err = run(capsys, *arguments, "--dataset", made)
    assert (code, out) == (1, "")
    assert words in err and err.count("\n") == 1


def test_an_event_that_does_not_occur_counts_0_and_is_told_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events.csv").write_text(
        "customer_id,event,occurred_at\nA,view,2024-01-05\nA,buy,2024-01-06\nB,view,2024-01-07\nB,refund,2024-01-08\n"
    )
    (tmp_path / "no_refunds.csv").write_text((tmp_path / "events.csv").read_text().replace("refund", "buy"))
    steps = 'steps=["view","buy","Refunds"]'
    for file, nearest in (("events.csv", "; the nearest is “refund”."), ("no_refunds.csv", ".")):
        dataset = tmp_path / f"{file}.duckdb"
        assert run(capsys, "import", tmp_path / file, "--into", dataset)[0] == 0
        code, out, err = run(capsys, "run", "funnel", "--dataset", dataset, "--set", steps, "--format", "json")
        assert code == 0
        assert [(row["event"], row["customers"]) for row in json.loads(out)][-1] == ("Refunds", 0)
        assert err == f"These data have no event “Refunds” (any more), so that it counts 0{nearest}\n"
    code, out, err = run(
        capsys, "run", "cohort_retention", "--dataset", dataset, "--set", "returning=bought", "--format", "json"
    )
    assert code == 0 and {row["retained"] for row in json.loads(out)} == {0}
    assert "no event “bought” (any more)" in err and err.count("\n") == 1
    code, out, err = run(capsys, "run", "funnel", "--dataset", dataset, "--set", 'steps=["view","buy"]')
    assert (code, err) == (0, ""), "nothing is said of events that occur"


def test_refused_imports_change_nothing(tmp_path: Path, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = made.read_bytes()
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "orders.csv").write_text("customer_id,amount\nA,1\n")
    cases: list[tuple[list[str | Path], str]] = [
        ([tmp_path / "empty.csv"], "empty.csv is empty (0 bytes)"),
        ([tmp_path / "missing.csv"], "missing.csv does not exist"),
        ([tmp_path / "orders.csv", "--table", "orders.csv=orders"], "no column is mapped to Order time"),
        ([tmp_path / "orders.csv", "--table", "orders.csv=sales"], "There is no table sales"),
        ([tmp_path / "orders.csv", "--table", "other.csv=orders"], "There is no file other.csv"),
        ([tmp_path / "orders.csv", "--column", "orders.csv:amount=price"], "has no role price"),
    ]
    for arguments, words in cases:
        code, _out, err = run(capsys, "import", *arguments, "--into", tmp_path / "new.duckdb")
        assert code == 1 and words in err and err.count("\n") == 1, err
        assert not (tmp_path / "new.duckdb").exists()
    code, _out, err = run(capsys, "import", tmp_path / "订单.csv", "--into", made)
    assert code == 1 and "exists already" in err
    assert made.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["import", "x.csv"],
        ["run", "overview", "--dataset", "x", "--from", "soon"],
        ["import", "x.csv", "--into", "y", "--table", "x"],
    ],
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(arguments)
    assert caught.value.code == 2


def test_columns_are_mapped_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("who,when,what\nA,2024-01-05,5\nB,2024-01-06,7\n")
    given = [
        "--table",
        "a.csv=orders",
        "--column",
        "a.csv:who=customer_id",
        "--column",
        "a.csv:when=ordered_at",
        "--column",
        "a.csv:what=amount",
    ]
    code, out, _err = run(capsys, "import", tmp_path / "a.csv", "--into", tmp_path / "a.duckdb", "--json", *given)
    assert code == 0
    assert json.loads(out)["tables"]["orders"]["columns"] == {
        "customer_id": "who",
        "ordered_at": "when",
        "amount": "what",
    }


def test_a_column_given_by_hand_loses_its_old_meaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("customer_id,ordered_at,value,price\nA,2024-01-05,5,10\n")
    given = ["--column", "a.csv:value=quantity", "--column", "a.csv:price=unit_price"]
    run(capsys, "import", tmp_path / "a.csv", "--into", tmp_path / "a.duckdb", *given)
    _code, out, _err = run(capsys, "run", "overview", "--dataset", tmp_path / "a.duckdb", "--format", "json")
    assert json.loads(out)[0]["revenue"] == 50


def test_a_sheet_of_notes_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["customer_id", "ordered_at"], ["A", "2024-01-05"], ["B", "2024-02-05"]):
        book.active.append(row)
    notes = book.create_sheet("Notes")
    for row in (["topic", "remark"], ["x", "y"]):
        notes.append(row)
    book.save(tmp_path / "book.xlsx")
    code, _out, err = run(capsys, "import", tmp_path / "book.xlsx", "--into", tmp_path / "b.duckdb")
    assert code == 1 and "book.xlsx · Notes cannot be loaded" in err
    left_out = ["--table", "book.xlsx · Notes=ignore"]
    code, _out, err = run(capsys, "import", tmp_path / "book.xlsx", "--into", tmp_path / "b.duckdb", *left_out)
    assert (code, err) == (0, "")


def test_a_huge_number_of_periods_costs_nothing(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = run(capsys, "run", "cohort_retention", "--dataset", made, "--set", "periods=2000000000")
    assert many == run(capsys, "run", "cohort_retention", "--dataset", made, "--set", "periods=1")


@pytest.mark.parametrize(
    ("query", "given", "allowed"),
    [
        ("funnel", "window=-1", "a whole number from 1 to 100000"),
        ("cohort_retention", "minimum=0", "a whole number, 1 or more and at most 2147483647"),
        ("cohort_retention", "minimum=-2", "a whole number, 1 or more and at most 2147483647"),
        ("cohort_retention", "periods=-5", "a whole number, 0 or more"),
        ("cohort_retention", "top=-1", "a whole number, 1 or more and at most 2147483647"),
        ("inactivity_workbench", "share=1.5", "a number from 0 to 1"),
        ("inactivity_workbench", "share=nan", "a number from 0 to 1"),
    ],
)
def test_a_number_without_sense_is_refused(
    made: Path, capsys: pytest.CaptureFixture[str], query: str, given: str, allowed: str
) -> None:
    code, _out, err = run(capsys, "run", query, "--dataset", made, "--set", given)
    assert code == 1 and allowed in err and given.partition("=")[0] in err


def test_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "queries")
    assert code == 0 and "cohort_retention.v1" in out
    _code, out, _err = run(capsys, "queries", "cohort_retention", "--json")
    contract = json.loads(out)
    assert contract["tables"] == ["activity_days"] and contract["filled"] == []
    _code, out, _err = run(capsys, "queries", "cohort_revenue", "--json")
    revenue = json.loads(out)
    assert revenue["tables"] == ["activity_days"]
    assert revenue["filled"] == ["orders.amount or events.amount or subscriptions.mrr"]
    assert {"grain", "start", "breakdown", "measure", "returning", "periods"} <= {
        each["name"] for each in contract["parameters"]
    }
    _code, out, _err = run(capsys, "queries", "cohort_retention_overall", "--sql")
    assert out.index("temp table cohort_members") < out.index("temp table cohort_counts as")


def test_it_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "churnbook", "--help"], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("import", "run", "queries"))


def test_a_churn_definition_and_accounts_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at\nA,2024-01-01\nB,2024-01-02\nC,2024-03-31\n")
    (tmp_path / "customers.csv").write_text("customer_id,kind\nA,real\nB,test\nC,real\nD,real\n")
    given = ["import", str(tmp_path / "orders.csv"), str(tmp_path / "customers.csv")]
    target = tmp_path / "made.duckdb"
    chosen = ["--churn", "churned_by_inactivity:days=30", "--leave-out", "kind=test", "--leave-out", "customer_id=D"]
    assert command_line.main([*given, "--into", str(target), *chosen]) == 0
    capsys.readouterr()
    assert command_line.main(["run", "churn_rate", "--dataset", str(target), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["new_customers"], row["churned_customers"]) for row in rows] == [(1, 1), (0, 0), (1, 0)]
    assert command_line.main(["run", "overview", "--dataset", str(target), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["customers"] == 2


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("churned_by_subscription", "needs a file of subscriptions; the files have none"),
        ("churned_by_magic", "no churn definition 'churned_by_magic'"),
        ("churned_by_inactivity:days=0", "a whole number from 1 to 3650"),
    ],
)
def test_a_churn_definition_that_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], definition: str, message: str
) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at\nA,2024-01-01\n")
    target = tmp_path / "made.duckdb"
    assert (
        command_line.main(["import", str(tmp_path / "orders.csv"), "--into", str(target), "--churn", definition]) == 1
    )
    assert message in capsys.readouterr().err
    assert not target.exists()
