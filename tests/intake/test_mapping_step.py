"""The mapping step without a browser: what it says of a file, the second table of one file, months and dates as rows."""

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Report, Settings
from churnbook.intake.mapping import companion, map, unpivot
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.message import Refused
from tests.builders import UPLOADED_ON, Open, columns, rows_of, texts
from tests.intake.built import choose, labelled, meanings, newest, uploaded

ORDERS = """order_id,customer_id,order_date,amount,Country,Tier,note
1,A,2024-01-05,10,France,silver,x
2,B,2024-01-06,20,Spain,gold,y
3,A,2024-02-05,30,France,gold,z
4,C,2024-02-06,40,Spain,silver,x
5,B,2024-02-07,50,,gold,z
6,C,2024-03-06,60,Italy,silver,y
7,,2024-03-07,70,Italy,gold,y
8,D,2024-13-07,80,Spain,gold,y
9,E,2024-03-07,90,Spain,silver,y
1,2
"""


@pytest.fixture(autouse=True)
def nothing_remembered(home: Path) -> Iterator[None]:
    yield
    shutil.rmtree(home / "mappings", ignore_errors=True)


def sheet_of(content: str, folder: Path, name: str = "orders.csv") -> Sheet:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = read.inspect(folder / name, name, folder)
    return found


def loaded(folder: Path, *mapped: MappedSheet) -> tuple[Path, Report]:
    target = folder / "made.duckdb"
    return target, load.load(mapped, target, Settings("made"), uploaded_on=UPLOADED_ON)


LAST_COUNTS = "Of a customer with several rows the last value of {} that is not blank counts."


# Why a file looks like what it is


def test_the_page_says_why_a_file_looks_like_orders(opened: Open) -> None:
    app = uploaded(opened, {"orders.csv": ORDERS})
    assert (
        "This looks like **orders**: it has columns for order time (order_date), amount, order_id; its name says so."
        in texts(app)
    )
    (editor,) = app.data_editor
    assert [tuple(row) for row in editor.value[["column", "role", "known"]].to_numpy()] == [
        ("order_id", "order_id", "header"),
        ("customer_id", "customer_id", "header"),
        ("order_date", "ordered_at", "header"),
        ("amount", "amount", "header"),
        ("Country", "-", ""),
        ("Tier", "-", ""),
        ("note", "-", ""),
    ]


def test_the_page_says_why_in_chinese(opened: Open) -> None:
    content = "订单编号,客户编号,下单时间,实付金额\nD1,A,2024/1/5,¥1.2万\nD2,B,2024/1/6,¥300\n"
    app = uploaded(opened, {"双十一订单.csv": content}, lang="zh_CN")
    assert "看起来是**订单**：有下单时间、金额（实付金额）、订单编号；文件名也对得上。" in texts(app)
    (editor,) = app.data_editor
    assert list(editor.value["samples"]) == [
        "D1  ·  D2",
        "A  ·  B",
        "2024/1/5 → 2024-01-05  ·  2024/1/6",
        "¥1.2万 → 12,000  ·  ¥300",
    ]


def test_a_table_that_fits_nearly_as_well_is_named(tmp_path: Path) -> None:
    found = map.explain(sheet_of("customer_id,date,amount,interval\nA,2024-01-05,10,month\n", tmp_path, "export.csv"))
    assert (found.mapped.table, found.rival) == ("subscriptions", "orders")
    found = map.explain(sheet_of("customer_id,order date,amount,order id\nA,2024-01-05,10,1\n", tmp_path, "export.csv"))
    assert (found.mapped.table, found.rival) == ("orders", None)


def test_what_tells_the_meaning_of_a_column(tmp_path: Path) -> None:
    sheet = sheet_of("buyer id,paid amount (USD),moment\nA,10,2024-01-05\nB,20,2024-01-06\n", tmp_path)
    found = map.explain(sheet)
    assert found.mapped.roles == {"customer_id": "buyer id", "ordered_at": "moment", "amount": "paid amount (USD)"}
    assert found.known == {"customer_id": "header", "amount": "header", "ordered_at": "values"}
    found = map.explain(sheet_of("the buyer id,order date\nA,2024-01-05\n", tmp_path))
    assert found.known == {"customer_id": "roughly", "ordered_at": "header"}


def test_a_required_role_that_is_missing_is_named_beside_the_file_until_it_is_chosen(opened: Open) -> None:
    app = uploaded(opened, {"orders.csv": "customer_id,when it was,amount\nA,soon,10\nB,later,20\n"})
    labelled(app.selectbox, "This file holds").set_value("orders").run()
    assert "Still missing: **Order time**. Choose it under “Means”" in texts(app)
    assert app.button(key="load").disabled
    choose(app, {"when it was": "ordered_at"})
    assert "Still missing" not in texts(app)
    assert not app.button(key="load").disabled
    (editor,) = app.data_editor
    assert list(editor.value["known"]) == ["header", "your choice", "header"]


def test_a_column_of_customers_can_be_left_out(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"customers.csv": "customer_id,phone,city\nA,123,Rome\nB,456,Oslo\n"})
    choose(app, {"phone": "x"})
    app.button(key="load").click().run()
    assert not app.exception
    facts = newest(library)
    assert dict(facts.attributes) == {"city": 2}


# Customers from a file of orders


def test_a_file_of_orders_tells_of_customers_and_the_last_value_counts(tmp_path: Path) -> None:
    orders = map.propose(sheet_of(ORDERS, tmp_path))
    beside = companion.customers(orders.sheet, orders, ["Country", "Tier"])
    assert beside.kept() == ("Country", "Tier")
    path, report = loaded(tmp_path, orders, beside)
    assert rows_of(
        path,
        "select customer_id, attribute, value from main.customer_attributes inner join main.customers using (customer)"
        " order by all",
    ) == [
        ("A", "Country", "France"),
        ("A", "Tier", "gold"),
        ("B", "Country", "Spain"),
        ("B", "Tier", "gold"),
        ("C", "Country", "Italy"),
        ("C", "Tier", "silver"),
        ("E", "Country", "Spain"),
        ("E", "Tier", "silver"),
    ]
    assert report.rows == {"orders": 7, "customers": 4}


def test_rows_set_aside_of_a_file_that_feeds_two_tables_are_counted_once(tmp_path: Path) -> None:
    orders = map.propose(sheet_of(ORDERS, tmp_path))
    _path, report = loaded(tmp_path, orders, companion.customers(orders.sheet, orders, ["Country"]))
    assert [(each.line, each.reason) for each in report.rejected] == [(9, "timestamp"), (11, "fields")]
    assert report.set_aside == {"orders": 2, "customers": 0}
    nobodys = 1
    assert report.rows["orders"] + nobodys + report.set_aside["orders"] == len(ORDERS.splitlines()) - 1
    assert report.loaded == {"orders": report.rows["orders"] + nobodys, "customers": report.rows["customers"]}


def test_customers_from_orders_change_no_number_of_the_orders(tmp_path: Path) -> None:
    orders = map.propose(sheet_of(ORDERS, tmp_path))
    alone, _report = loaded(tmp_path, orders)
    known = "select customer_id, known_from, older_since, active_from from main.customers order by all"
    expected = rows_of(alone, known)
    assert expected[0] == ("A", dt.date(2024, 1, 5), None, dt.date(2024, 1, 5))
    alone.unlink()
    both, _report = loaded(tmp_path, orders, companion.customers(orders.sheet, orders, ["Country"]))
    assert rows_of(both, known) == expected


def test_a_file_of_customers_listed_twice_still_sets_the_second_row_aside(tmp_path: Path) -> None:
    customers = map.propose(sheet_of("customer_id,city\nA,Rome\nA,Oslo\nB,Bonn\n", tmp_path, "customers.csv"))
    path, report = loaded(tmp_path, customers)
    assert report.set_aside == {"customers": 1}
    assert [each.reason for each in report.rejected] == ["duplicate"]
    assert rows_of(path, "select value from main.customer_attributes order by all") == [("Bonn",), ("Rome",)]


def test_one_sheet_cannot_feed_the_same_table_twice(tmp_path: Path) -> None:
    orders = map.propose(sheet_of(ORDERS, tmp_path))
    with pytest.raises(load.Refused, match="have the same content"):
        loaded(tmp_path, orders, orders)


MANY = "order_id,customer_id,order_date,amount,Country,City,note\n" + "".join(
    f"{row},C{row % 8},2024-01-{row + 1:02},{row},{('France', 'Spain')[row % 2]},{('Lyon', 'Nice', 'Metz')[row % 3]},same\n"
    for row in range(24)
)


def test_columns_that_are_constant_for_each_customer_are_proposed(tmp_path: Path) -> None:
    sheet = sheet_of(MANY, tmp_path)
    assert companion.steady(sheet, "customer_id", ("order_date", "Country", "City", "note"), False) == ("Country",)
    seven = sheet_of("".join(f"{line}\n" for line in MANY.splitlines()[:8]), tmp_path)
    assert companion.steady(seven, "customer_id", ("Country",), False) == ()


def test_the_page_takes_customer_attributes_from_orders_without_a_click(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"orders.csv": MANY})
    assert meanings(app)["Country"] == "a" and meanings(app)["City"] == "-"
    assert LAST_COUNTS.format("Country") in texts(app)
    app.button(key="load").click().run()
    assert not app.exception
    facts = newest(library)
    assert dict(facts.attributes) == {"Country": 2}
    assert facts.tables["orders"].rows == 24 and facts.set_aside == 0


def test_customers_of_a_file_of_their_own_are_not_taken_from_orders_too(opened: Open) -> None:
    app = uploaded(opened, {"orders.csv": MANY, "customers.csv": "customer_id,city\nC0,Rome\nC1,Oslo\n"})
    assert "a" not in set(app.data_editor[0].value["role"])
    (_orders, customers) = [each for each in app.selectbox if each.label == "This file holds"]
    customers.select_index(len(customers.options) - 1).run()
    assert not app.exception
    assert meanings(app)["Country"] == "a"


def test_the_user_chooses_which_columns_are_attributes(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"orders.csv": MANY})
    choose(app, {"Country": "channel", "City": "a"})
    assert LAST_COUNTS.format("City") in texts(app)
    app.button(key="load").click().run()
    assert not app.exception
    assert dict(newest(library).attributes) == {"City": 3, "first_channel": 2}


def test_an_attribute_of_the_customer_is_not_kept_with_every_event_too(opened: Open, library: Library) -> None:
    events = MANY.replace("order_id", "event").replace("order_date", "event time").replace("amount", "amount")
    app = uploaded(opened, {"events.csv": events})
    assert meanings(app)["Country"] == "a" and meanings(app)["note"] == "-"
    app.button(key="load").click().run()
    assert not app.exception
    (listed,) = [each for each in library.list() if not each.is_sample]
    path = library.path(listed.id, listed.generation)
    assert rows_of(path, "select distinct map_keys(attributes) from main.events") == [(["City", "note"],)]
    assert dict(newest(library).attributes) == {"Country": 2}


def test_the_real_retail_orders_tell_the_country(real_data: Path, tmp_path: Path) -> None:
    file = real_data / "online_retail_sample.csv"
    (sheet,) = read.inspect(file, file.name, tmp_path)
    orders = map.propose(sheet)
    customer = orders.roles["customer_id"]
    rest = tuple(header for header in sheet.headers if header not in orders.roles.values())
    assert companion.steady(sheet, customer, rest, False) == ("Country",)
    path, report = loaded(tmp_path, orders, companion.customers(sheet, orders, ["Country"]))
    assert report.set_aside["customers"] == 0
    assert report.loaded["orders"] + report.set_aside["orders"] == len(file.read_text().splitlines()) - 1
    ((told, all_customers),) = rows_of(
        path, "select (select count(*) from main.customer_attributes), (select count(*) from main.customers)"
    )
    assert told == all_customers == report.rows["customers"]


# Months as columns

WIDE = "customer_id,plan,Jan-24,Feb-24,Mar-24,Total\n" + "".join(
    f"C{row},{('Basic', 'Pro')[row % 2]},{row},0,{row * 2},{row * 3}\n" for row in range(1, 31)
)


@pytest.mark.parametrize(
    "header",
    [
        "customer_id,2024-01,2024-02,2024-03",
        "客户编号,城市,2024年1月,2024年2月,2024年4月,2024年5月",
        "uid,202410,202411,202412,202501",
        "user id,Mar 2024,Feb 2024,Jan 2024",
    ],
)
def test_months_as_columns_are_seen(header: str, tmp_path: Path) -> None:
    row = ",".join(["A", *("1" for _ in header.split(",")[1:])])
    found = unpivot.months(sheet_of(f"{header}\n{row}\n{row}\n", tmp_path))
    assert found is not None and (*found.keys, *found.columns) == tuple(header.split(","))


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("customer_id,2024-01,2024-02", "1"),
        ("customer_id,2024-01,2024-05,2024-09", "1"),
        ("shop,2024-01,2024-02,2024-03", "1"),
        ("customer_id,2024-01,2024-02,2024-03", "active"),
        ("customer_id,2024-01,2024/1,2024-02,2024-03", "1"),
    ],
)
def test_other_columns_are_no_months(header: str, cell: str, tmp_path: Path) -> None:
    row = ",".join(["A", *(cell for _ in header.split(",")[1:])])
    assert unpivot.months(sheet_of(f"{header}\n{row}\n{row}\n", tmp_path)) is None


def test_the_page_reads_months_as_orders_and_offers_a_way_back(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"monthly.csv": WIDE})
    assert "This looks like **orders** by month: the columns Jan-24 … Mar-24 are months." in texts(app)
    assert "blank and zero cells give none" in texts(app)
    labelled(app.segmented_control, "Columns for months").set_value(False).run()
    assert not app.exception
    (editor,) = app.data_editor
    assert list(editor.value["column"]) == ["customer_id", "plan", "Jan-24", "Feb-24", "Mar-24", "Total"]
    labelled(app.segmented_control, "Columns for months").set_value(True).run()
    app.button(key="load").click().run()
    assert not app.exception
    facts = newest(library)
    assert facts.tables["orders"].rows == 60
    assert facts.tables["orders"].first_day == dt.date(2024, 1, 1)
    assert facts.tables["orders"].last_day == dt.date(2024, 3, 1)
    assert dict(facts.attributes) == {"plan": 2}


def test_text_in_a_month_is_set_aside_with_its_line(tmp_path: Path) -> None:
    sheet = sheet_of("customer_id,2024-01,2024-02,2024-03\nA,10,20,30\nB,1,waived,2\n,5,0,\n7\n", tmp_path)
    months = unpivot.months(sheet)
    assert months is not None
    path, report = loaded(tmp_path, map.propose(unpivot.apply(sheet, months, tmp_path)))
    assert rows_of(path, "select ordered_at::date, amount from main.orders order by all") == [
        (dt.date(2024, 1, 1), Decimal(1)),
        (dt.date(2024, 1, 1), Decimal(10)),
        (dt.date(2024, 2, 1), Decimal(20)),
        (dt.date(2024, 3, 1), Decimal(2)),
        (dt.date(2024, 3, 1), Decimal(30)),
    ]
    assert [(each.line, each.column, each.value, each.reason) for each in report.rejected] == [
        (3, "amount", "waived", "money"),
        (5, "", "7", "fields"),
    ]
    assert rows_of(path, "select day, times, amount from main.guest_orders") == [(dt.date(2024, 1, 1), 1, Decimal(5))]


def test_the_command_line_reads_months_too_unless_told_what_the_file_holds(tmp_path: Path) -> None:
    from churnbook.__main__ import main

    (tmp_path / "monthly.csv").write_text(WIDE)
    for name, options in (("rows", []), ("stands", ["--table", "monthly.csv=customers"])):
        target = tmp_path / f"{name}.duckdb"
        assert main(["import", str(tmp_path / "monthly.csv"), "--into", str(target), *options]) == 0
    assert facts_of(tmp_path / "rows.duckdb").tables["orders"].rows == 60
    assert facts_of(tmp_path / "stands.duckdb").tables["customers"].rows == 30
    assert sorted(path.name for path in tmp_path.iterdir()) == ["monthly.csv", "rows.duckdb", "stands.duckdb"]


# Dates of customers as events

JOURNEYS = "客户编号,注册时间,首购时间,续费时间,渠道\n" + "".join(
    f"C{row:02},2024-01-{row:02},{f'2024/2/{row}' if row % 2 else ''},{'soon' if row == 4 else '-'},广告\n"
    for row in range(1, 29)
)


def test_dates_of_customers_become_events_that_a_funnel_reads(tmp_path: Path) -> None:
    sheet = sheet_of(JOURNEYS, tmp_path, "客户.csv")
    customers = map.propose(sheet)
    assert (customers.table, companion.dated(sheet)) == ("customers", ("注册时间", "首购时间"))
    turned = unpivot.apply(sheet, Unpivot("dates", ("客户编号",), ("注册时间", "首购时间", "续费时间")), tmp_path)
    events = companion.events(turned, "客户编号")
    path, report = loaded(tmp_path, customers, events)
    assert report.rows == {"customers": 28, "events": 42}
    assert [(each.line, each.column, each.value, each.reason) for each in report.rejected] == [
        (5, "时间", "soon", "timestamp")
    ]
    assert rows_of(path, "select event::varchar, count(*), min(day) from main.events group by all order by all") == [
        ("注册时间", 28, dt.date(2024, 1, 1)),
        ("首购时间", 14, dt.date(2024, 2, 1)),
    ]


def test_a_row_without_a_customer_is_counted_once_for_customers_and_their_events(tmp_path: Path) -> None:
    sheet = sheet_of("customer_id,signed up,renewed\nA,2024-01-05,2024-02-05\n,2024-01-06,2024-02-06\n", tmp_path)
    customers = map.propose(sheet, "customers")
    turned = unpivot.apply(sheet, Unpivot("dates", ("customer_id",), ("signed up", "renewed")), tmp_path)
    _path, report = loaded(tmp_path, customers, companion.events(turned, "customer_id"))
    assert report.set_aside == {"customers": 1, "events": 0}
    assert (report.rows, [each.line for each in report.rejected]) == ({"customers": 1, "events": 2}, [3])


def test_date_columns_that_are_all_blank_become_no_rows(tmp_path: Path) -> None:
    sheet = sheet_of("customer_id,signed up,renewed\nA,2024-01-05,\nB,2024-01-06,-\n", tmp_path)
    turned = unpivot.apply(sheet, Unpivot("dates", ("customer_id",), ("signed up", "renewed")), tmp_path)
    assert [row[1] for row in turned.sample] == ["signed up", "signed up"]
    with pytest.raises(Refused, match="the columns renewed hold nothing that could become rows"):
        unpivot.apply(sheet, Unpivot("dates", ("customer_id",), ("renewed",)), tmp_path)


def test_the_page_loads_dates_as_events_where_it_is_asked_to(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"客户.csv": JOURNEYS})
    (wanted,) = app.checkbox
    assert wanted.label == "Also load the date columns as events: 注册时间, 首购时间" and not wanted.value
    wanted.check().run()
    assert not app.exception
    app.button(key="load").click().run()
    assert not app.exception
    facts = newest(library)
    assert dict(facts.events) == {"注册时间": 28, "首购时间": 14}
    assert facts.tables["customers"].rows == 28


def test_dates_of_a_wide_file_answer_who_came_back(tmp_path: Path) -> None:
    sheet = sheet_of("uid,registered,renewed\nA,2024-01-05,2024-02-05\nB,2024-01-06,\n", tmp_path, "users.csv")
    turned = unpivot.apply(sheet, Unpivot("dates", ("uid",), ("registered", "renewed")), tmp_path)
    path, _report = loaded(tmp_path, map.propose(sheet, "customers"), companion.events(turned, "uid"))
    found = columns(
        path, "cohort_retention", "cohort", "period", "cohort_size", "retained", start="registered", returning="renewed"
    )
    assert found == [(dt.date(2024, 1, 1), 0, 2, 0), (dt.date(2024, 1, 1), 1, 2, 1)]


def test_of_two_columns_with_one_meaning_the_one_the_user_chose_is_taken(opened: Open) -> None:
    app = uploaded(opened, {"orders.csv": "customer_id,order_date,amount,net\nA,2024-01-05,10,7\nB,2024-01-06,20,15\n"})
    choose(app, {"net": "amount"})
    assert "amount, net are both mapped to Amount; net is taken." in texts(app)


def test_a_list_with_a_few_customers_twice_is_still_a_list(tmp_path: Path) -> None:
    rows = "".join(f"C{i},2024-01-{1 + i % 28:02d},ads,Rome\n" for i in range(60))
    (tmp_path / "customers.csv").write_text(
        "customer_id,signup_date,channel,city\n" + rows + "C3,2024-01-04,ads,Rome\n"
    )
    (sheet,) = read.inspect(tmp_path / "customers.csv", "customers.csv", tmp_path)
    assert map.propose(sheet).table == "customers"


def test_the_score_of_a_survey_may_be_called_after_its_question(tmp_path: Path) -> None:
    (tmp_path / "surveys.csv").write_text("customer_id,answered_at,nps\nA,2024-01-05,9\nB,2024-01-06,3\n")
    (sheet,) = read.inspect(tmp_path / "surveys.csv", "surveys.csv", tmp_path)
    found = map.propose(sheet)
    assert (found.table, found.roles["score"]) == ("surveys", "nps")
