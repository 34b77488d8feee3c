"""The upload of known exports, of states to decide and of orders without customers, on the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from churnbook.datasets.facts import Facts
from churnbook.datasets.library import Library
from tests.builders import Open, columns, texts
from tests.intake.built import labelled
from tests.intake.exports import EXPORTS

STATES = """订单编号,用户编号,下单时间,实付金额,订单状态,备注
1,A,2024-01-05,100,交易成功,x
2,B,2024-01-06,40,交易关闭,y
3,C,2024-01-07,30,待成团,z
4,C,2024-02-01,50,交易成功,
"""
BILL = (
    "商户订单号,用户标识,交易时间,订单金额\n240103-1,oA,2024-01-03 10:00:00,27.5\n240201-2,oA,2024-02-01 10:00:00,58\n"
)
ORDERS = "订单号,下单时间,实付金额\n240103-1,2024-01-03,27.5\n240201-2,2024-02-01,58\n240202-3,2024-02-02,1\n"


@pytest.fixture(autouse=True)
def nothing_left(home: Path, library: Library) -> Iterator[None]:
    yield
    shutil.rmtree(home / "mappings", ignore_errors=True)
    for listed in library.list():
        if not listed.is_sample:
            library.delete(listed.id)


def newest(library: Library) -> Facts:
    (listed,) = [each for each in library.list() if not each.is_sample]
    return library.facts(listed.id, listed.generation)


def uploaded(opened: Open, files: dict[str, bytes], lang: str = "en") -> AppTest:
    app = opened("your_data", lang=lang)
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files.items()]).run()
    assert not app.exception
    return app


def file_of(recipe: str) -> dict[str, bytes]:
    export = next(each for each in EXPORTS if each.recipe == recipe)
    return {export.file: export.content(0)}


def roles(app: AppTest) -> dict[str, str]:
    editor = app.data_editor[0]
    return dict(zip(editor.value["column"], editor.value["role"], strict=True))


@pytest.mark.parametrize(
    ("lang", "named", "told", "known"),
    [
        ("en", "This is a **Shopify order export**.", "Customer id: Email; where it is blank, Phone.", "known export"),
        ("zh_CN", "已识别为**Shopify 订单导出**。", "客户编号：取Email；为空时取Phone。", "已知导出"),
    ],
)
def test_an_export_is_named_with_what_its_columns_mean(
    opened: Open, lang: str, named: str, told: str, known: str
) -> None:
    app = uploaded(opened, file_of("shopify_orders"), lang)
    assert named in texts(app) and told in texts(app)
    assert roles(app)["Total"] == "amount" and roles(app)["Financial Status"] == "status"
    assert set(app.data_editor[0].value["known"]) == {known, ""}


def test_an_export_is_loaded_with_one_click(opened: Open, library: Library) -> None:
    app = uploaded(opened, file_of("shopify_orders"))
    app.button(key="load").click().run()
    assert not app.exception and not app.error
    facts = newest(library)
    assert (facts.orders, facts.tables["customers"].rows) == (7, 4)
    assert columns(facts.path, "purchases", "revenue")[0] == (85.2,)


def test_an_export_can_be_read_by_its_headers_instead_and_back(opened: Open) -> None:
    app = uploaded(opened, file_of("shopify_orders"))
    labelled(app.button, "Read it by its headers instead").click().run()
    assert "though it looks like a Shopify order export" in texts(app)
    assert "known export" not in set(app.data_editor[0].value["known"])
    labelled(app.button, "It is a Shopify order export").click().run()
    assert "This is a **Shopify order export**." in texts(app)
    assert roles(app)["Name"] == "order_id"


def test_states_are_shown_with_their_rows_and_those_nobody_knows_are_asked(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"orders.csv": STATES.encode()})
    assert "交易成功 2 counted · 待成团 1 counted · 交易关闭 1 left out" in texts(app)
    assert "Nobody knows what 待成团 mean; their rows count unless you say otherwise below." in texts(app)
    editor = app.data_editor[1]
    assert list(editor.value["value"]) == ["待成团", "交易成功", "交易关闭"]
    app.session_state[str(editor.key)] = {
        "edited_rows": {0: {"means": "left out"}}, "added_rows": [], "deleted_rows": []
    }  # fmt: skip
    app.run()
    assert "Nobody knows" not in texts(app) and "待成团 1 left out" in texts(app)
    app.button(key="load").click().run()
    assert not app.exception
    facts = newest(library)
    assert columns(facts.path, "purchases", "buyers", "orders", "revenue") == [(1, 1, 100.0), (1, 1, 50.0)]


def test_orders_without_a_key_say_what_can_be_asked_of_them(opened: Open, library: Library) -> None:
    app = uploaded(opened, file_of("pinduoduo_orders"))
    assert "**No column tells the customers apart.**" in texts(app)
    app.button(key="load").click().run()
    assert not app.exception and not app.error
    facts = newest(library)
    assert facts.tables["customers"].rows == 0 and facts.orders > 0 and facts.churn is None


def test_any_orders_can_be_loaded_without_customers_where_that_is_wanted(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"orders.csv": ORDERS.encode()})
    labelled(app.selectbox, "This file holds").set_value("orders").run()
    assert app.button(key="load").disabled
    labelled(app.checkbox, "No column tells the customers; load the orders all the same").check().run()
    app.button(key="load").click().run()
    assert not app.exception and not app.error
    assert newest(library).orders == 3


def test_a_bill_names_the_customers_of_orders_by_their_id(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"orders.csv": ORDERS.encode(), "bill.csv": BILL.encode()})
    first = next(each for each in app.selectbox if each.label == "This file holds")
    first.set_value("orders").run()
    labelled(app.checkbox, "No column tells the customers; load the orders all the same").check().run()
    (wanted,) = [each for each in app.checkbox if "by the order’s id" in each.label]
    assert wanted.value and "by the order’s id (2 of its first orders stand there too)" in wanted.label
    app.button(key="load").click().run()
    assert not app.exception and not app.error
    facts = newest(library)
    # one openid bought twice; the third order is in no bill
    assert columns(facts.path, "overview", "customers", "orders", "revenue") == [(1, 3, 86.5)]


def test_what_is_blank_and_not_used_is_said_before_loading(opened: Open) -> None:
    app = uploaded(opened, {"orders.csv": STATES.replace("100", "待定").encode()})
    assert "Blank in the first 4 rows: 实付金额 1 (待定) · 1 column not used: 备注" in texts(app)


def test_all_known_exports_are_listed(opened: Open) -> None:
    said = texts(opened("your_data", lang="zh_CN"))
    assert ("**Shopify**" in said and "**拼多多**" in said) or "Pinduoduo" in said
