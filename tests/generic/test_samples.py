"""The sample companies: written again the same, at any size, and true in what their READMEs say."""

import csv
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import open_cursor
from churnbook.generations import samples
from churnbook.intake.files import read
from churnbook.intake.mapping import map
from tests.builders import EVERYTHING, columns

ROOT = Path(__file__).parents[2] / "sample_data"
TABLES = {
    "shop": {
        "客户.csv": "customers",
        "订单.csv": "orders",
        "行为.csv": "events",
        "工单.csv": "tickets",
        "问卷.csv": "surveys",
        "流失原因.csv": "exits",
    },
    "subscription": {
        f"{name}.csv": name
        for name in ("customers", "subscriptions", "events", "tickets", "surveys", "exits", "costs", "assignments")
    },
}
ENCODINGS = {"shop": "gb18030", "subscription": "utf-8"}
COMPANIES = sorted(TABLES)

SEEN = "seen as (select customer, day from orders union all select customer, day from events)"
SLOW = "date_diff('minute', opened_at, first_response_at) > 24 * 60"


def generate(*arguments: object) -> None:
    subprocess.run([sys.executable, ROOT / "generate.py", *(str(each) for each in arguments)], check=True)


def cells(file: Path, encoding: str) -> list[list[str]]:
    with file.open(encoding=encoding, newline="") as lines:
        return list(csv.reader(lines))


def sql(path: Path, query: str) -> list[tuple[Any, ...]]:
    with open_cursor(path) as cursor:
        prepare_scope(cursor, facts_of(path), EVERYTHING)
        return cursor.execute(query).fetchall()


def by_first(rows: list[tuple[Any, ...]]) -> dict[Any, Any]:
    return {key: value for key, value in rows}


# The files


def test_the_generator_writes_the_files_that_are_here(tmp_path: Path) -> None:
    generate("--out", tmp_path)
    for company in COMPANIES:
        written = {file.name: file.read_bytes() for file in (tmp_path / company).iterdir()}
        assert written == {file.name: file.read_bytes() for file in (ROOT / company).glob("*.csv")}


@pytest.mark.parametrize("company", COMPANIES)
def test_a_scaled_company_has_the_size_asked_for(tmp_path: Path, company: str) -> None:
    """More customers than one chunk, fewer events than they would have, then more."""
    files = {table: file for file, table in TABLES[company].items()}
    for customers, events in ((300, 3000), (700, 40_000)):
        generate("--company", company, "--customers", customers, "--events", events, "--out", tmp_path)
        people = cells(tmp_path / files["customers"], ENCODINGS[company])[1:]
        rows = cells(tmp_path / files["events"], ENCODINGS[company])
        assert len({row[0] for row in people}) == len(people) == customers
        assert len(rows) - 1 == events
        assert {row[0] for row in rows[1:]} <= {row[0] for row in people}
        for file in TABLES[company]:
            assert cells(tmp_path / file, ENCODINGS[company])[0] == cells(ROOT / company / file, ENCODINGS[company])[0]
            assert len(cells(tmp_path / file, ENCODINGS[company])) > 30


@pytest.mark.parametrize("company", COMPANIES)
def test_the_files_are_small_and_inert(company: str) -> None:
    """No cell a spreadsheet would take for a formula; awkward but valid ones among the texts."""
    files = [ROOT / company / name for name in TABLES[company]]
    assert sum(file.stat().st_size for file in files) < 3_500_000
    everything = [cell for file in files for row in cells(file, ENCODINGS[company]) for cell in row]
    assert [cell for cell in everything if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any("\n" in cell for cell in everything)
    assert any('"' in cell or "“" in cell for cell in everything)
    assert any(max(cell, default="") > "\U0000ffff" for cell in everything)


@pytest.mark.parametrize("company", COMPANIES)
def test_every_file_is_proposed_as_what_it_is(company: str, tmp_path: Path) -> None:
    proposed = {
        sheet.file: map.propose(sheet).table
        for name in TABLES[company]
        for sheet in read.inspect(ROOT / company / name, name, tmp_path)
    }
    assert proposed == TABLES[company]


@pytest.mark.parametrize(
    ("company", "activity", "watermark", "currency"),
    [
        ("shop", ("orders", "events"), "2024-06-30", "CNY"),
        ("subscription", ("subscriptions",), "2024-12-31", "USD"),
    ],
)
def test_every_row_loads(
    request: pytest.FixtureRequest, company: str, activity: tuple[str, ...], watermark: str, currency: str
) -> None:
    facts = facts_of(request.getfixturevalue(company))
    odd = [
        sentence for sentence, _fields in facts.warnings if sentence != "{file}: {n} columns are not used: {columns}."
    ]
    assert (facts.set_aside, odd) == (0, [])
    assert (facts.activity, str(facts.watermark), facts.currency) == (activity, watermark, currency)
    for file, table in TABLES[company].items():
        assert facts.tables[table].rows == len(cells(ROOT / company / file, ENCODINGS[company])) - 1


def test_the_shop_comes_first_among_the_samples(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert [listed.id for listed in samples.build(library)] == ["sample-shop", "sample-subscription"]
    assert [listed.id for listed in library.list()] == ["sample-shop", "sample-subscription"]
    assert samples.build(library) == []


@pytest.mark.parametrize("company", COMPANIES)
def test_comments_are_varied(request: pytest.FixtureRequest, company: str) -> None:
    path = request.getfixturevalue(company)
    for table in ("tickets", "surveys", "exits"):
        ((texts,),) = sql(path, f"select count(distinct comment) from {table}")
        assert texts > 100, table


# What is true of the shop


def overall(path: Path, **given: Any) -> dict[tuple[str | None, int], float]:
    rows = columns(path, "cohort_retention_overall", "segment", "period", "retention", **given)
    return {(segment, period): share for segment, period, share in rows}


def test_the_shop_keeps_a_believable_share(shop: Path) -> None:
    kept = overall(shop)
    assert 0.4 < kept[None, 1] < 0.6
    assert 0.15 < kept[None, 12] < 0.35
    assert sorted(kept.values(), reverse=True)[:7] == [kept[None, month] for month in range(7)]


def test_november_is_the_shops_peak_and_february_its_trough(shop: Path) -> None:
    new = sql(
        shop,
        "select month(signed_up_at), count(*) from customers where year(signed_up_at) = 2023 group by all order by 2",
    )
    orders = sql(shop, "select month(day), count(*) from orders where year(day) = 2023 group by all order by 2")
    assert (new[0][0], new[-1][0], orders[-1][0]) == (2, 11, 11)


def test_the_shops_channels_differ(shop: Path) -> None:
    third = {segment: share for (segment, period), share in overall(shop, breakdown="渠道").items() if period == 3}
    assert sorted(third, key=third.__getitem__) == ["直播", "广告", "搜索", "门店", "推荐"]
    assert third["推荐"] - third["直播"] > 0.25


def test_the_delivery_fee_cost_customers(shop: Path) -> None:
    """Of those active in the 45 days before, who stayed away: its cities, others, each a quarter earlier."""
    gone = by_first(
        sql(
            shop,
            f"""
            with {SEEN},
            asked as (select unnest([date '2023-10-15', date '2024-01-15']) as on_day),
            before as (select distinct on_day, customer from asked inner join seen on day >= on_day - 45 and day < on_day),
            back as (select distinct on_day, customer from asked inner join seen on day between on_day + 12 and on_day + 75)
            select (value in ('成都', '西安'), year(on_day)), avg((back.customer is null)::integer)
            from before
            inner join customer_attributes using (customer)
            left join back using (on_day, customer)
            where attribute = '城市'
            group by all
            """,
        )
    )
    before, after = gone[True, 2023] - gone[False, 2023], gone[True, 2024] - gone[False, 2024]
    assert abs(before) < 0.1
    assert after > 0.2


def test_slow_answers_cost_the_shop_customers(shop: Path) -> None:
    gone = by_first(
        sql(
            shop,
            f"""
            with {SEEN},
            asked as (
                select customer, first_response_at::date as on_day, {SLOW} as slow
                from tickets where first_response_at < '2024-04-15'
                union all
                select customer, day + 3, null from orders anti join tickets using (customer) where day < '2024-04-15'
            )
            select slow, avg((not exists (
                select 1 from seen
                where seen.customer = asked.customer and day > on_day and day <= on_day + 60
            ))::integer)
            from asked group by all
            """,
        )
    )
    assert gone[True] - gone[False] > 0.25
    assert gone[True] - gone[None] > 0.15
    assert gone[False] < gone[None] + 0.05, "a ticket alone drives nobody away"


def test_favourites_keep_the_shops_customers(shop: Path) -> None:
    kept = by_first(
        sql(
            shop,
            f"""
            with {SEEN},
            asked as (
                select customer, signed_up_at::date as started_on, customer in (
                    select events.customer from events
                    where event = '收藏' and events.customer = customers.customer and day <= signed_up_at::date + 30
                ) as is_fond
                from customers where signed_up_at < '2024-01-01'
            )
            select is_fond, avg(exists (
                select 1 from seen
                where seen.customer = asked.customer and day between started_on + 90 and started_on + 180
            )::integer)
            from asked group by all
            """,
        )
    )
    assert kept[True] - kept[False] > 0.12


def test_the_shops_reasons_agree_with_the_causes(shop: Path) -> None:
    rows = sql(
        shop,
        f"""
        select
            case
                when value in ('成都', '西安') and churned_at::date between '2024-04-10' and '2024-05-10' then 'fee'
                when exists (
                    select 1 from tickets
                    where tickets.customer = exits.customer and {SLOW}
                        and churned_at::date - opened_at::date between 89 and 110
                ) then 'slow'
                else 'rest'
            end as who,
            avg((reason = '价格')::integer), avg((reason = '服务')::integer), count(*),
        from exits inner join customer_attributes using (customer)
        where attribute = '城市' group by all
        """,
    )
    price, service = ({row[0]: row[index] for row in rows} for index in (1, 2))
    assert min(row[3] for row in rows) >= 30
    assert price["fee"] > 0.5 > 0.3 > price["rest"]
    assert service["slow"] > 0.5 > 0.2 > service["rest"]


def test_three_in_five_lost_customers_of_the_shop_gave_a_reason(shop: Path) -> None:
    ((share,),) = sql(
        shop,
        f"""
        with {SEEN}, last as (select customer, max(day) as day from seen group by customer)
        select avg((exits.customer is not null)::integer)
        from last left join exits using (customer) where last.day <= date '2024-06-30' - 96
        """,
    )
    assert 0.55 < share < 0.65


# What is true of the software company

STAYS = "stays as (select customer, day as begun, coalesce(ended_at::date, '2199-01-01') as ended, mrr, plan from subscriptions)"


def test_sign_ups_are_few_in_august_and_december(subscription: Path) -> None:
    new = sql(subscription, "select month(signed_up_at) from customers")
    months = sorted(range(1, 13), key=[month for (month,) in new].count)
    assert set(months[:2]) == {8, 12}


def test_the_software_companys_channels_differ(subscription: Path) -> None:
    kept = overall(subscription, breakdown="channel")
    third = {segment: share for (segment, period), share in kept.items() if period == 3}
    assert max(third, key=third.__getitem__) == "referral"
    assert min(third, key=third.__getitem__) == "paid_social"
    assert third["referral"] - third["paid_social"] > 0.12
    assert kept["referral", 12] - kept["paid_social", 12] > 0.2


def test_the_price_rise_cost_customers(subscription: Path) -> None:
    lost = by_first(
        sql(
            subscription,
            f"""
            with {STAYS},
            months as (select unnest(generate_series(date '2023-10-01', date '2024-04-01', interval 1 month))::date as month)
            select (plan = 'Team', month >= '2024-03-01'), avg((not exists (
                select 1 from stays as later
                where later.customer = stays.customer
                    and later.begun < month + interval 1 month and later.ended >= month + interval 1 month
            ))::integer)
            from months inner join stays on begun < month and ended >= month
            group by all
            """,
        )
    )
    assert lost[True, False] < 0.05
    assert lost[True, True] > 2.5 * lost[True, False]
    assert lost[True, True] - lost[True, False] > 1.5 * (lost[False, True] - lost[False, False])


def test_slow_answers_cost_the_software_company_customers(subscription: Path) -> None:
    gone = by_first(
        sql(
            subscription,
            f"""
            with {STAYS},
            asked as (
                select customer, first_response_at::date as on_day, {SLOW} as slow
                from tickets where first_response_at < '2024-11-01'
                union all
                select customer, on_day, null
                from customers anti join tickets using (customer)
                cross join (select unnest([date '2023-10-15', date '2024-05-15', date '2024-10-15']) as on_day)
            )
            select slow, avg((not exists (
                select 1 from stays as later
                where later.customer = asked.customer and later.begun <= on_day + 60 and later.ended > on_day + 60
            ))::integer)
            from asked inner join stays on asked.customer = stays.customer and begun <= on_day and ended > on_day
            group by all
            """,
        )
    )
    assert gone[True] - gone[False] > 0.1
    assert abs(gone[False] - gone[None]) < 0.05, "a ticket alone drives nobody away"


def test_an_integration_keeps_customers(subscription: Path) -> None:
    kept = by_first(
        sql(
            subscription,
            f"""
            with {STAYS},
            asked as (
                select customer, signed_up_at::date + 194 as on_day, exists (
                    select 1 from events
                    where event = 'integration_connected' and events.customer = customers.customer
                        and day <= signed_up_at::date + 30
                ) as is_connected
                from customers where signed_up_at < '2024-06-01'
            )
            select is_connected, avg(exists (
                select 1 from stays where stays.customer = asked.customer and begun <= on_day and ended > on_day
            )::integer)
            from asked group by all
            """,
        )
    )
    assert kept[True] - kept[False] > 0.1


def test_the_software_companys_reasons_agree_with_the_causes(subscription: Path) -> None:
    rows = sql(
        subscription,
        f"""
        select
            case
                when day between '2024-03-01' and '2024-04-30' and customer in (
                    select customer from subscriptions where plan = 'Team' and interval = 'month'
                ) then 'rise'
                when exists (
                    select 1 from tickets
                    where tickets.customer = exits.customer and {SLOW}
                        and exits.day - first_response_at::date between -4 and 60
                ) then 'slow'
                else 'rest'
            end as who,
            avg((reason = 'price')::integer), avg((reason = 'service')::integer), count(*),
        from exits group by all
        """,
    )
    price, service = ({row[0]: row[index] for row in rows} for index in (1, 2))
    assert min(row[3] for row in rows) >= 30
    assert price["rise"] > 0.45 > 0.3 > price["rest"]
    assert service["slow"] > 0.6 > 0.2 > service["rest"]
    lost = "select customer from subscriptions group by customer having count(*) = count(ended_at)"
    ((share,),) = sql(subscription, f"select avg((customer in (select customer from exits))::integer) from ({lost})")
    assert 0.55 < share < 0.66


def test_the_experiment_worked(subscription: Path) -> None:
    """The two-proportion z test on who subscribes 60 days after; groups of the same size but for chance."""
    (control, of_control), (treatment, of_treatment) = (
        row[1:]
        for row in sql(
            subscription,
            f"""
            with {STAYS}
            select variant, sum(exists (
                select 1 from stays
                where stays.customer = assignments.customer
                    and begun <= assignments.day + 60 and ended > assignments.day + 60
            )::integer), count(*)
            from assignments where experiment = 'annual_offer' group by all order by variant
            """,
        )
    )
    difference = treatment / of_treatment - control / of_control
    together = (control + treatment) / (of_control + of_treatment)
    assert 0.05 < difference < 0.13
    assert difference / math.sqrt(together * (1 - together) * (1 / of_control + 1 / of_treatment)) > 1.96
    assert (of_control - of_treatment) ** 2 / (of_control + of_treatment) < 3.84


def test_channels_differ_in_what_a_customer_costs(subscription: Path) -> None:
    cost = by_first(
        sql(
            subscription,
            """
            with new as (
                select value as channel, count(*) as customers from customer_attributes where attribute = 'channel' group by all
            )
            select channel, sum(cost) / any_value(customers) from costs inner join new using (channel) group by all
            """,
        )
    )
    assert sorted(cost, key=cost.__getitem__) == ["referral", "organic", "partner", "paid_search", "paid_social"]
    assert cost["paid_social"] > 8 * cost["referral"]


def test_large_customers_grow(subscription: Path) -> None:
    """Net revenue retention of 2024 by the size of the customer's company."""
    kept = by_first(
        sql(
            subscription,
            f"""
            with {STAYS},
            opening as (select customer, sum(mrr) as mrr from stays where begun < '2024-01-01' and ended >= '2024-01-01' group by all),
            closing as (select customer, sum(mrr) as mrr from stays where begun <= '2024-12-31' and ended > '2024-12-31' group by all)
            select value, (sum(closing.mrr) / sum(opening.mrr))::double
            from opening
            inner join customer_attributes using (customer)
            left join closing using (customer)
            where attribute = 'company_size'
            group by all
            """,
        )
    )
    assert kept["201+"] > 1.05
    assert max(kept["1-10"], kept["11-50"], kept["51-200"]) < 0.85


def test_no_subscription_begins_before_the_last_one_ends(subscription: Path) -> None:
    ((overlapping, returns, late),) = sql(
        subscription,
        f"""
        with {STAYS},
        gaps as (select begun - lag(ended) over (partition by customer order by begun) as days from stays)
        select count(*) filter (days < 0), count(*) filter (days > 20), count(*) filter (days between 1 and 20) from gaps
        """,
    )
    assert (overlapping, returns > 15, late > 40) == (0, True, True)


def test_the_readmes_name_every_file_and_column() -> None:
    for company in COMPANIES:
        told = set(re.findall(r"\w+(?:\.csv)?", (ROOT / company / "README.md").read_text(encoding="utf-8")))
        for file in TABLES[company]:
            assert {file, *cells(ROOT / company / file, ENCODINGS[company])[0]} <= told, file
