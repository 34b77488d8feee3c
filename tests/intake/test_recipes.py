"""Known exports are recognised at first sight, read with the right roles, and loaded to the right numbers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest

from churnbook.catalogue import schema
from churnbook.intake.files import read
from churnbook.intake.files.marks import alike
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import recipe as recipes
from churnbook.intake.mapping import unpivot, wide
from churnbook.words.language import speak, translated
from tests.builders import UPLOADED_ON, columns, rows_of
from tests.intake.exports import EXPORTS
from tests.intake.exports.built import OWN, Export
from tests.intake.exports.neighbours import NEIGHBOURS

Inspect = Callable[[str, bytes], Sheet]
each_export = pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.id)


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    def inspected(name: str, content: bytes) -> Sheet:
        (tmp_path / name).write_bytes(content)
        (sheet,) = read.inspect(tmp_path / name, name, tmp_path)
        return sheet

    return inspected


# Recognised, and mapped


@each_export
def test_an_export_is_recognised_at_first_sight(inspect: Inspect, export: Export) -> None:
    for seed in (None, *range(6)):
        found = recipes.recognise(inspect(export.file, export.content(seed)).headers)
        assert found is recipes.all_recipes()[export.recipe], f"seed {seed}"


@each_export
def test_no_role_is_to_be_corrected_by_hand(inspect: Inspect, export: Export) -> None:
    recipe = recipes.all_recipes()[export.recipe]
    for seed in (None, 0):
        mapped = recipes.apply(recipe, inspect(export.file, export.content(seed)))
        mapped.check()
        assert export.roles.items() <= mapped.roles.items()
        assert mapped.table == recipe.table
        assert mapped.rules.recipe == export.recipe
        assert not set(mapped.left_out) & {*mapped.roles.values(), *mapped.rules.headers}
        assert {*mapped.left_out, *mapped.rules.headers, *mapped.rules.as_of_export} <= set(mapped.sheet.headers)


# Loaded


def _made(inspect: Inspect, export: Export, target: Path) -> Path:
    sheet = inspect(export.file, export.content(0))
    if how := wide.found(sheet):
        sheet = unpivot.apply(sheet, how, target.parent)
    mapped = recipes.apply(recipes.all_recipes()[export.recipe], sheet)
    # answers alone do not tell up to which day the data count
    settings = Settings("made", export.timezone, UPLOADED_ON if export.nps else None)
    load.load([mapped], target, settings, uploaded_on=UPLOADED_ON)
    return target


@pytest.mark.parametrize(
    "export",
    [pytest.param(each, id=each.id) for each in EXPORTS if each.is_counted],
)
def test_the_numbers_of_an_export_are_right(inspect: Inspect, export: Export, tmp_path: Path) -> None:
    made = _made(inspect, export, tmp_path / "made.duckdb")
    if export.months:
        bought = columns(made, "purchases", "period", "buyers", "orders", "revenue", grain="month")
        found = {f"{period:%Y-%m}": tuple(counted) for period, *counted in bought}
        for month, (buyers, orders, revenue) in export.months.items():
            assert found[month][1] == orders, month
            assert Decimal(str(found[month][2])).quantize(Decimal("0.01")) == Decimal(revenue), month
            assert buyers in (None, found[month][0]), month
        assert found.keys() == export.months.keys()
    if export.customers is not None:
        assert rows_of(made, "select count(*) from main.customers") == [(export.customers,)]
    if export.nps:
        scores = columns(made, "survey_scores", "measure", "period", "value", grain="month")
        assert {f"{month:%Y-%m}": value for measure, month, value in scores if measure == "nps"} == export.nps
    for counted, number in export.counts.items():
        assert rows_of(made, _COUNTED[counted]) == [(number,)], counted


_COUNTED = {
    **{table: f"select count(*) from main.{table}" for table in schema.LOADABLE},
    "ended": "select count(*) from main.subscriptions where ended_at is not null",
    # a column somebody added to a survey is a question too
    "answers": f"select count(*) from main.surveys where question not in {tuple(OWN)}",
    "comments": f"select count(comment) from main.surveys where question not in {tuple(OWN)}",
    "signup": "select count(*) from main.events where event = 'signup'",
}


# Not recognised


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_neighbour_stays_unrecognised(inspect: Inspect, name: str) -> None:
    assert recipes.recognise(inspect(name, NEIGHBOURS[name]).headers) is None


def test_own_files_stay_unrecognised(tmp_path: Path) -> None:
    folders = [Path(__file__).parents[2] / "sample_data" / company for company in ("shop", "subscription")]
    if real := os.environ.get("CHURNBOOK_REAL_DATA"):
        folders.append(Path(real))
    files = [file for folder in folders for file in sorted(folder.glob("*.csv"))]
    assert len(files) >= 14
    for file in files:
        for sheet in read.inspect(file, file.name, tmp_path):
            assert recipes.recognise(sheet.headers) is None, file.name


def test_exports_are_far_from_one_another(inspect: Inspect) -> None:
    """Of no two recipes does the file of one come near to being taken for the other."""
    for export in EXPORTS:
        headers = [alike(header) for header in inspect(export.file, export.content()).headers]
        shares = {name: recipe.share(headers) for name, recipe in recipes.all_recipes().items()}
        own = shares.pop(export.recipe)
        assert own >= 0.8, export.id
        for other, share in shares.items():
            assert share <= 0.5, f"{export.id} looks like {other}"


def test_a_tie_is_none(inspect: Inspect) -> None:
    """A file with the columns of two exports is neither."""
    one, other = (next(each for each in EXPORTS if each.recipe == name) for name in ("shopify_orders", "taobao_orders"))
    headers = [*one.headers, *other.headers]
    both = inspect("both.csv", f"{','.join(headers)}\n{','.join('x' * len(headers))}\n".encode())
    assert recipes.recognise(both.headers) is None


def test_few_of_its_headers_do_not_make_an_export(inspect: Inspect) -> None:
    assert recipes.recognise(inspect("a.csv", b"uuid,event,timestamp\n1,a,2024-01-05\n").headers) is None


def test_recognition_takes_less_than_50_ms(inspect: Inspect) -> None:
    export = max(EXPORTS, key=lambda each: len(each.headers))
    sheet = inspect(export.file, export.content())
    recipes.recognise(sheet.headers)
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        found = recipes.recognise(sheet.headers)
        assert found is not None
        recipes.apply(found, sheet)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.05


# How headers are compared, and which column carries a role


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("收货地址 ", "收货地址"),
        ("下单帐号", "下单账号"),
        ("收入（+元）", "收入(+元)"),
        ("Financial  Status", "financial status"),
        ("\ufeff订单号", "订单号"),
        ("卖家已发货，等待买家确认", "卖家已发货,等待买家确认"),
        ("`交易时间", "交易时间"),
        ("Ｉｄ", "ID"),
    ],
)
def test_headers_are_compared_without_what_makes_no_difference(one: str, other: str) -> None:
    assert alike(one) == alike(other)


def test_headers_that_differ_stay_different() -> None:
    for one, other in combinations(["Paid at", "Created at", "id", "Card ID", "订单金额", "订单实付金额", "paid"], 2):
        assert alike(one) != alike(other)


def test_further_columns_of_a_role_stand_in(inspect: Inspect) -> None:
    export = next(each for each in EXPORTS if each.recipe == "woo_orders_csv")
    mapped = recipes.apply(recipes.all_recipes()["woo_orders_csv"], inspect(export.file, export.content()))
    assert mapped.roles["customer_id"] == "customer_id"
    assert mapped.rules.otherwise["customer_id"] == (
        "customer_user",
        "customer_email",
        "billing_email",
        "billing_phone",
    )
    assert "billing_first_name" in mapped.left_out
    assert mapped.rules.states["on-hold"] == "left out"


def test_masked_values_tell_no_customers_apart(inspect: Inspect) -> None:
    export = next(each for each in EXPORTS if each.recipe == "taobao_orders")
    text = export.content().decode("gbk")
    for sign in "甲乙丙丁戊":
        text = text.replace(f"买家{sign}", f"t**{sign}")
    mapped = recipes.apply(recipes.all_recipes()["taobao_orders"], inspect("masked.csv", text.encode("gbk")))
    assert "customer_id" not in mapped.roles and mapped.rules.without_customers
    assert "买家会员名" in mapped.left_out
    mapped.check()


def test_what_is_personal_is_no_attribute_and_aggregates_are_told(inspect: Inspect) -> None:
    export = next(each for each in EXPORTS if each.recipe == "shopify_customers")
    mapped = recipes.apply(recipes.all_recipes()["shopify_customers"], inspect(export.file, export.content()))
    assert mapped.kept() == (
        "Accepts Email Marketing", "Default Address Company", "Default Address City", "Default Address Province Code",
        "Default Address Country Code", "Accepts SMS Marketing", "Total Spent", "Total Orders", "Tax Exempt", "Tags",
        "Accepts WhatsApp Marketing",
    )  # fmt: skip
    assert mapped.rules.as_of_export == ("Total Spent", "Total Orders")


def test_rows_that_are_no_data_are_named_by_the_headers_of_the_sheet(inspect: Inspect) -> None:
    export = next(each for each in EXPORTS if each.recipe == "revenuecat_transactions")
    text = export.content().replace(b"is_sandbox", b"Is_Sandbox ")
    mapped = recipes.apply(recipes.all_recipes()["revenuecat_transactions"], inspect("rc.csv", text))
    assert mapped.rules.dropped["Is_Sandbox"] == ("true", "t", "1")
    assert mapped.rules.dropped["ownership_type"] == ("FAMILY_SHARED",)
    mapped.check()


# What is known


def test_every_recipe_has_a_fixture_and_every_fixture_a_recipe() -> None:
    assert {each.recipe for each in EXPORTS} == set(recipes.all_recipes())


def test_every_recipe_says_what_it_is_in_both_languages() -> None:
    for recipe in recipes.all_recipes().values():
        assert recipe.title[0].casefold() not in "aeiou", f"{recipe.name}: This is a {recipe.title}"
        try:
            speak("zh_CN")
            for text in (recipe.title, *recipe.says):
                assert translated(text, {}) != text, text
        finally:
            speak("en")


# Recipe files are checked

RIGHT = """
system = "Own"
title = "list of orders"
table = "orders"
source = "our own"
distinctive = ["Buyer", ["Bought", "Bought on"], "Sum", "State"]
ignored = ["Till"]
[roles]
customer_id = ["Buyer"]
ordered_at = ["Bought", "Bought on"]
amount = ["Sum"]
status = ["State"]
[states]
done = "counts"
"""


def test_a_recipe_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RIGHT)
    recipe = recipes.read(tmp_path / "own.toml")
    assert (recipe.name, recipe.system, recipe.table) == ("own", "Own", "orders")
    assert recipe.distinctive[1] == {"bought", "bought on"}
    assert recipe.roles["ordered_at"] == ("Bought", "Bought on")
    assert recipe.states == {"done": "counts"}
    assert recipe.share(["buyer", "bought on", "sum", "x"]) == 0.75
    assert recipe.share(["bought on", "sum", "state"]) == 0, "nothing tells the customer"


@pytest.mark.parametrize(
    ("was", "written", "told"),
    [
        ('table = "orders"', 'table = "order"', "there is no table order"),
        ("ignored", "ignore", "there is no key ignore"),
        ('system = "Own"', "", "system is missing"),
        ('system = "Own"', "system = 3", "system is to be a str"),
        ("amount =", "amonut =", "orders have no role amonut"),
        ('done = "counts"', 'done = "count"', "the state done means 'count'"),
        ('done = "counts"', 'done = "counts"\n"Done " = "left out"', "done stands twice in states"),
        ('status = ["State"]', "", "states are told, but no header has the role status"),
        ('customer_id = ["Buyer"]', "", "orders need a header for the role customer_id"),
        ('["Till"]', '["Till", "Sum"]', "sum stands twice"),
        ('["Till"]', '"Till"', "ignored is to be a list"),
        ('["Till"]', "[7]", "ignored is to be a list of texts"),
        ('["Buyer", ["Bought", "Bought on"], "Sum", "State"]', '["Buyer", "Sum"]', "at least 3 distinctive headers"),
        ("[roles]", "questions = true\n[roles]", "questions are for surveys only"),
        ("[roles]", "[roles", "this is no TOML"),
    ],
)
def test_a_wrong_recipe_is_told_with_its_file(tmp_path: Path, was: str, written: str, told: str) -> None:
    assert RIGHT.count(was) == 1
    (tmp_path / "own.toml").write_text(RIGHT.replace(was, written))
    with pytest.raises(recipes.RecipeError, match=r"own\.toml: ") as raised:
        recipes.read(tmp_path / "own.toml")
    assert told in str(raised.value)
