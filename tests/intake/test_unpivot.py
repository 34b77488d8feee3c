"""Columns that become rows: months beside each other, the dates of a customer, the questions of a survey."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from churnbook import __main__ as command_line
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.intake.cells import scores
from churnbook.intake.cells.dates import Choice
from churnbook.intake.files import headers, read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map, remembered, unpivot, wide
from churnbook.intake.mapping.plan import MappedSheet, Plan
from churnbook.words.message import Refused
from tests.builders import UPLOADED_ON, Open, rows_of, texts
from tests.intake.built import labelled, meanings, newest

WIDE = "客户编号,城市,2024-01,2024-02,2024-03\nA,北京,100,0,50.5\nB,上海,,20,-\nC,广州,0.00,暂无数据,30\n"
MONTHS = Unpivot("months", ("客户编号", "城市"), ("2024-01", "2024-02", "2024-03"))


def sheet_of(content: str, folder: Path, name: str = "wide.csv") -> Sheet:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = read.inspect(folder / name, name, folder)
    return found


def rows(sheet: Sheet) -> list[str]:
    return [",".join([line, *cells]) for _begins, (line, *cells) in sheet.lines()]


def test_each_month_becomes_a_row_with_its_line_where_the_cell_says_something(tmp_path: Path) -> None:
    turned = unpivot.apply(sheet_of(WIDE, tmp_path), MONTHS, tmp_path)
    assert turned.headers == ("客户编号", "城市", "月份", "金额")
    assert rows(turned) == [
        "2,A,北京,2024-01,100",
        "2,A,北京,2024-03,50.5",
        "3,B,上海,2024-02,20",
        "4,C,广州,2024-02,暂无数据",
        "4,C,广州,2024-03,30",
    ]
    assert turned.sample[0] == ("A", "北京", "2024-01", "100")
    assert (turned.name, turned.sha256, turned.unpivot) == ("wide.csv", sheet_of(WIDE, tmp_path).sha256, MONTHS)
    assert "blank or zero" in turned.notes[-1].english


def test_a_plan_kept_as_json_loads_the_same_again(tmp_path: Path) -> None:
    sheet = sheet_of(WIDE, tmp_path)
    roles = {"customer_id": "客户编号", "ordered_at": "月份", "amount": "金额"}
    mapped = MappedSheet(unpivot.apply(sheet, MONTHS, tmp_path), "orders", roles, Choice(day_first=False), ("城市",))
    plan = Plan.of_json(json.loads(json.dumps(mapped.plan.to_json())))
    assert plan == mapped.plan and plan.sheet == "wide.csv" and plan.left_out == ("城市",)
    again = plan.apply(sheet, tmp_path)
    report = load.load([again], tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)
    assert report.rows == {"orders": 4}
    assert [(each.line, each.column, each.value, each.reason) for each in report.rejected] == [
        (4, "金额", "暂无数据", "money")
    ]


@pytest.mark.parametrize(
    "plan",
    [
        Plan("wide.csv", "orders", {"customer_id": "买家", "ordered_at": "月份"}, unpivot=MONTHS),
        Plan("wide.csv", "orders", {"customer_id": "客户编号"}, unpivot=Unpivot("months", ("买家",), ("2024-01",))),
        Plan("wide.csv", "orders", {"customer_id": "客户编号"}),
    ],
)
def test_a_plan_refuses_a_sheet_that_lacks_its_headers_or_roles(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"has no column 买家|no column is mapped to Order time"):
        plan.apply(sheet_of(WIDE, tmp_path), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"table": "invoices"},
        {"roles": {"colour": "城市"}},
        {"roles": ["城市"]},
        {"left_out": None},
        {"choice": {"first": True}},
        {"unpivot": {"kind": "weeks", "keys": ["a"], "columns": ["b"]}},
        {"unpivot": {"kind": "months", "keys": [], "columns": ["b"]}},
    ],
)
def test_json_that_is_no_plan_is_refused(change: dict[str, object]) -> None:
    sound = Plan("wide.csv", "orders", {"customer_id": "客户编号"}).to_json()
    assert Plan.of_json(sound).table == "orders"
    with pytest.raises(ValueError, match=r"no plan|no unpivot"):
        Plan.of_json(sound | change)


def test_left_out_columns_are_not_kept(tmp_path: Path) -> None:
    sheet = sheet_of(WIDE, tmp_path)
    assert MappedSheet(sheet, "customers", {"customer_id": "客户编号"}, left_out=("2024-01",)).kept() == (
        *("城市", "2024-02", "2024-03"),
    )


@pytest.mark.parametrize(
    ("header", "month"),
    [
        ("2024-01", "2024-01"),
        ("2024/1", "2024-01"),
        ("2024.01", "2024-01"),
        ("2024年1月", "2024-01"),
        ("2024年 12月", "2024-12"),
        ("２０２４年１月", "2024-01"),
        ("202401", "2024-01"),
        ("Jan 2024", "2024-01"),
        ("January 2024", "2024-01"),
        ("Jan-24", "2024-01"),
        ("2024 Feb", "2024-02"),
        ("2024-03-01", "2024-03"),
        ("2024-03-01 00:00:00", "2024-03"),
        ("2024-13", None),
        ("2024-03-15", None),
        ("Max 2024", None),
        ("202413", None),
        ("123456", None),
        ("1月", None),
        ("金额", None),
    ],
)
def test_the_month_a_header_names(header: str, month: str | None) -> None:
    assert headers.month(header) == month


def test_years_above_their_months_are_one_header(tmp_path: Path) -> None:
    sheet = sheet_of("客户编号,2023年,,2024年,\n,11月,12月,1月,2月\nA,1,2,3,4\nB,5,6,7,8\n", tmp_path)
    assert unpivot.months(sheet) == Unpivot(
        "months", ("客户编号",), ("2023年 11月", "2023年 12月", "2024年 1月", "2024年 2月")
    )


def test_months_under_a_header_without_an_id_word_are_no_data(tmp_path: Path) -> None:
    assert sheet_of("uid,202411,202412,202501\nA,1,2,3\n", tmp_path).headers == ("uid", "202411", "202412", "202501")


@pytest.mark.parametrize(
    ("uploaded_on", "watermark"), [(UPLOADED_ON, dt.date(2024, 3, 31)), (dt.date(2024, 3, 20), dt.date(2024, 3, 20))]
)
def test_the_last_month_counts_whole_unless_it_is_not_over_yet(
    tmp_path: Path, uploaded_on: dt.date, watermark: dt.date
) -> None:
    roles = {"customer_id": "客户编号", "ordered_at": "月份", "amount": "金额"}
    mapped = MappedSheet(unpivot.apply(sheet_of(WIDE, tmp_path), MONTHS, tmp_path), "orders", roles)
    load.load([mapped], tmp_path / "made.duckdb", Settings("made"), uploaded_on=uploaded_on)
    facts = facts_of(tmp_path / "made.duckdb")
    assert facts.watermark == watermark
    assert any("the end of the last month" in sentence for sentence, _fields in facts.warnings)


def test_a_mapping_remembered_under_its_former_name_is_still_known() -> None:
    plan = Plan("wide.csv", "orders", {"customer_id": "买家", "ordered_at": "月份", "amount": "金额"}, unpivot=MONTHS)
    for each in (plan, Plan("o.csv", "orders", {"customer_id": "a", "ordered_at": "b"})):
        content = each.to_json()
        content["reading"] = content.pop("unpivot")
        assert Plan.of_json(content) == each


# Questions of a survey

WENJUAN = (
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您有多大可能推荐我们？,2、您从哪里知道我们？,3、您的建议\n"
    "1,2026/9/3 12:00:00,10秒,微信,N/A,192.0.2.7,9分,朋友┋广告,快一点\n"
    "2,2026/9/13 12:00:00,45秒,链接,直接访问,192.0.2.8,6,(跳过),(空)\n"
)
ASKED = ("1、您有多大可能推荐我们？", "2、您从哪里知道我们？", "3、您的建议")
QUESTIONS = Unpivot("questions", ("序号", "提交答卷时间"), ASKED, "序号")
TYPEFORM = (
    "#,How likely are you to recommend us?,Why?,customer_id,Start Date (UTC),Submit Date (UTC),Network ID\n"
    "a1,9,Fast,7,2024-01-05 10:00:00,2024-01-05 10:02:00,n1\n"
    "a2,10 - Extremely likely,Fair,7,2024-02-05 10:00:00,2024-02-05 10:02:00,n1\n"
    "7,6,,,2024-01-25 10:00:00,2024-01-25 10:01:00,n2\n"
)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("9", "9"),
        ("8.5", "8.5"),
        ("8,5", "8.5"),
        ("1,200", "1200"),
        ("-1", "-1"),
        ("９分", "9"),
        ("9 分", "9"),
        ("4星", "4"),
        ("5 stars", "5"),
        ("9/10", "9"),
        (" 9 / 10 ", "9"),
        ("9分/10", None),
        ("11/10", None),
        ("10 - Extremely likely", "10"),
        ("0 – Not at all likely", "0"),
        ("10-非常愿意", "10"),
        ("5（非常满意）", "5"),
        ("5分（非常满意）", "5"),
        ("4: good", "4"),
        ("18-24", None),
        ("3 - 5", None),
        ("3-star hotels", None),
        ("2 times a week", None),
        ("10 - I was late. You were kind", None),
        ("80%", None),
        ("9:30", None),
        ("2024-01-05", None),
        ("1/2/2024", None),
        ("13800138000", None),
        ("٩", None),
        ("0571", None),
        ("非常满意", None),
        ("朋友┋广告", None),
        ("1;2", None),
        ("", None),
    ],
)
def test_which_answers_are_a_score(cell: str, number: str | None) -> None:
    assert scores.score(cell) == number


def test_each_answer_becomes_a_row_with_a_score_or_words(tmp_path: Path) -> None:
    sheet = sheet_of(WENJUAN, tmp_path)
    assert wide.found(sheet) == QUESTIONS
    turned = unpivot.apply(sheet, QUESTIONS, tmp_path)
    assert turned.headers == ("序号", "提交答卷时间", "题目", "评分", "原话")
    first, second = "2,序号 1 · 2026/9/3 12:00:00,2026/9/3 12:00:00", "3,序号 2 · 2026/9/13 12:00:00,2026/9/13 12:00:00"
    assert rows(turned) == [
        f"{first},{ASKED[0]},9,",
        f"{first},{ASKED[1]},,朋友┋广告",
        f"{first},{ASKED[2]},,快一点",
        f"{second},{ASKED[0]},6,",
    ]
    assert "was read as a row; cells that are blank, or say that nothing was answered, give none" in (
        turned.notes[-1].english
    )


def test_what_of_a_survey_is_no_question_is_told_as_not_used(tmp_path: Path) -> None:
    mapped = map.propose(unpivot.apply(sheet_of(WENJUAN, tmp_path), QUESTIONS, tmp_path))
    report = load.load([mapped], tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)
    assert [each.column for each in report.unused] == ["所用时间", "来源", "来源详情", "来自IP"]
    assert report.blanks == [], "an answer is either a score or words"


def test_questions_are_mapped_as_the_known_export_says(tmp_path: Path) -> None:
    found = map.explain(unpivot.apply(sheet_of(WENJUAN, tmp_path), QUESTIONS, tmp_path))
    assert found.mapped.table == "surveys" and found.mapped.rules.recipe == "wenjuanxing_answers"
    assert found.recipe is not None and found.recipe.system == "问卷星"
    assert found.mapped.roles == {
        "customer_id": "序号", "answered_at": "提交答卷时间", "question": "题目", "score": "评分", "comment": "原话"
    }  # fmt: skip
    assert found.known == {
        "customer_id": "recipe", "answered_at": "recipe", "question": "made", "score": "made", "comment": "made"
    }  # fmt: skip


def test_a_response_that_names_nobody_is_a_person_of_its_own(tmp_path: Path) -> None:
    """The number of a response is no customer of another file, and of no other survey."""
    sheet = sheet_of(TYPEFORM, tmp_path, "responses.csv")
    how = wide.found(sheet)
    assert how == Unpivot(
        "questions",
        ("customer_id", "#", "Submit Date (UTC)"),
        ("How likely are you to recommend us?", "Why?"),
        "#",
    )
    orders = sheet_of("customer_id,ordered_at\n7,2024-01-02\na1,2024-01-03\n", tmp_path, "orders.csv")
    mapped = [map.propose(orders), map.propose(unpivot.apply(sheet, how, tmp_path))]
    load.load(mapped, tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)
    assert rows_of(
        tmp_path / "made.duckdb",
        "select customer_id, count(score)::int, sum(score), list(comment order by answered_at) filter (comment is not null)"
        " from main.customers left join main.surveys using (customer) group by 1 order by 1",
    ) == [
        ("# 7 · 2024-01-25 10:01:00", 1, 6.0, None),
        ("7", 2, 19.0, ["Fast", "Fair"]),
        ("a1", 0, None, None),
    ]


def test_a_customer_who_answers_often_is_no_guest(tmp_path: Path) -> None:
    days = [f"2024-01-{day:02d} 10:00:00" for day in range(1, 10)]
    answers = "".join(f"r{n},9,,{'A' if n < 6 else f'C{n}'},{day},{day},n{n}\n" for n, day in enumerate(days))
    sheet = sheet_of(TYPEFORM.splitlines()[0] + "\n" + answers, tmp_path)
    how = wide.found(sheet)
    assert how is not None
    mapped = map.propose(unpivot.apply(sheet, how, tmp_path))
    load.load([mapped], tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)
    counted = (
        "select customer_id, count(*)::int from main.surveys inner join main.customers using (customer) group by 1"
    )
    assert rows_of(tmp_path / "made.duckdb", f"{counted} order by 1") == [("A", 6), ("C6", 1), ("C7", 1), ("C8", 1)]


def test_choices_in_a_second_line_of_headers_are_in_the_question(tmp_path: Path) -> None:
    sheet = sheet_of(
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,How likely?,Heard of us by,,,Why?\n"
        ",,,,,,Response,Friends,Ads,Other (please specify),Open-Ended Response\n"
        "1,4,01/05/2024 10:00:00,01/05/2024 10:02:00,192.0.2.7,,9,Friends,,Radio,Fast\n",
        tmp_path,
    )
    how = wide.found(sheet)
    assert how is not None
    turned = unpivot.apply(sheet, how, tmp_path)
    assert [tuple(row[-3:]) for row in turned.sample] == [
        ("How likely?", "9", None),
        ("Heard of us by Friends", None, "Friends"),
        ("Heard of us by Other (please specify)", None, "Radio"),
        ("Why?", None, "Fast"),
    ]


def test_a_survey_that_is_no_known_export_stays_as_it_is(tmp_path: Path) -> None:
    assert wide.found(sheet_of("customer_id,answered_at,Why?,Score\nA,2024-01-05,Fast,9\n", tmp_path)) is None


def test_a_plan_with_questions_survives_json_and_loads_the_same_again(tmp_path: Path) -> None:
    sheet = sheet_of(TYPEFORM, tmp_path)
    how = wide.found(sheet)
    assert how is not None
    mapped = map.propose(unpivot.apply(sheet, how, tmp_path))
    plan = Plan.of_json(json.loads(json.dumps(mapped.plan.to_json())))
    assert plan == mapped.plan and plan.fits(sheet) and plan.rules.recipe == "typeform_answers"
    report = load.load(
        [plan.apply(sheet, tmp_path)], tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON
    )
    assert (report.rows, report.rejected) == ({"surveys": 5}, [])
    with pytest.raises(ValueError, match="no unpivot"):
        Unpivot.of_json({"kind": "questions", "keys": ["a"], "columns": ["b"], "response": "c"})


def test_questions_are_remembered_under_headers_written_differently(tmp_path: Path) -> None:
    sheet = sheet_of(TYPEFORM, tmp_path)
    how = wide.found(sheet)
    assert how is not None
    remembered.keep(tmp_path, [map.propose(unpivot.apply(sheet, how, tmp_path))], dt.date(2026, 11, 20))
    again = sheet_of(TYPEFORM.replace("Why?", "WHY?").replace("customer_id", "Customer_ID"), tmp_path, "again.csv")
    known = remembered.recall(tmp_path, again)
    assert known is not None
    assert known.plans[0].unpivot == Unpivot(
        "questions",
        ("Customer_ID", "#", "Submit Date (UTC)"),
        ("How likely are you to recommend us?", "WHY?"),
        "#",
    )
    assert known.plans[0].apply(again, tmp_path).roles["customer_id"] == "Customer_ID"


def test_the_page_reads_questions_as_rows_and_keeps_that(opened: Open, library: Library) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("按文本.csv", WENJUAN.encode(), "text/csv").run()
    assert not app.exception
    chosen = labelled(app.button_group, "Columns for questions")
    assert chosen.value is True
    assert meanings(app) == {
        "序号": "customer_id", "提交答卷时间": "answered_at", "题目": "question", "评分": "score", "原话": "comment"
    }  # fmt: skip
    assert "This is a **Wenjuanxing answers (问卷星)**" in texts(app)
    assert "4 columns not used: 所用时间" in texts(app) and "Blank in the first" not in texts(app)
    chosen.set_value(False).run()
    assert not app.exception and set(meanings(app)) > set(ASKED)
    labelled(app.button_group, "Columns for questions").set_value(True).run()
    app.button(key="load").click().run()
    assert not app.exception and "1 file · 4 rows loaded · 0 rows set aside" in texts(app)
    app.button(key="change-dataset").click().run()
    assert not app.exception and labelled(app.button_group, "Columns for questions").value is True
    labelled(app.selectbox, "Time zone").set_value("Asia/Shanghai").run()
    app.button(key="load").click().run()
    assert not app.exception and "Changed the mapping or settings." in texts(app)
    assert "1 file · 4 rows loaded · 0 rows set aside" in texts(app)
    assert {"surveys.question", "surveys.score", "surveys.comment"} <= set(newest(library).filled)


def test_the_page_leaves_questions_alone_where_the_export_is_read_by_its_headers(opened: Open) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("responses.csv", TYPEFORM.encode(), "text/csv").run()
    labelled(app.button, "Read it by its headers instead").click().run()
    assert not app.exception and {"#", "Why?"} < set(meanings(app))
    assert not [each for each in app.button_group if each.label == "Columns for questions"]


def test_the_command_line_reads_questions_as_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "answers.csv").write_text(WENJUAN, encoding="utf-8")

    def told(*given: str) -> dict[str, Any]:
        into = tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb"
        assert command_line.main(["import", str(tmp_path / "answers.csv"), "--into", str(into), "--json", *given]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)["tables"]["surveys"]
        return found

    roles = {
        "customer_id": "序号",
        "answered_at": "提交答卷时间",
        "question": "题目",
        "score": "评分",
        "comment": "原话",
    }
    assert told() == {"rows": 4, "rejected": 0, "columns": roles}
    assert told("--recipe", "answers.csv=wenjuanxing_answers") == {"rows": 4, "rejected": 0, "columns": roles}
    columns = ("--column", "answers.csv:序号=customer_id", "--column", "answers.csv:提交答卷时间=answered_at")
    assert told("--recipe", "answers.csv=none", "--table", "answers.csv=surveys", *columns)["rows"] == 2
