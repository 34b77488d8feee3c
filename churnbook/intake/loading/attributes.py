"""What customers are split and filtered by: columns of the customer files, numbers in bins, and what their first rows say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import duckdb

from churnbook.catalogue import schema
from churnbook.intake.cells import numbers
from churnbook.intake.files.marks import literal
from churnbook.intake.loading import tables
from churnbook.intake.mapping.plan import MappedSheet

FEW = 12
"""Up to so many distinct numbers stay as they are, as a rating from 0 to 10 or a month."""
_NUMERIC = 0.95
"""The share of an attribute's values that must be numbers for it to be put into bins."""
_JUDGED = 300
_CODES = re.compile(
    r"(?<![a-z])(?:id|code|zip|zip ?code|post ?code|postal|phone|mobile|tel|fax)(?![a-z])"
    r"|(?-i:[a-z](?:Id|ID|Code)$)|编号|编码|代码|邮编|电话|手机|号码|区号|卡号",
    re.IGNORECASE,
)
"""Headers of numbers that only name something, so that no number of them is more than another."""

FirstRows = Sequence[tuple[str, str]]
"""For each sheet a table was read from, in their order: SQL of its rows, and what says that a row does not count."""


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table of attributes, and the temporary `told` that holds what the customer files say."""
    tables.create(connection, schema.CUSTOMER_ATTRIBUTES)
    connection.execute("create temp table told (customer integer, attribute varchar, value varchar, origin varchar)")
    # without the zeros that a decimal type writes
    connection.execute(
        "create or replace temp macro plain_number(number) as rtrim(rtrim(round(number, 6)::decimal(38, 6)::varchar, '0'), '.')"
    )


def keep_told(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what the customer files say: numbers in bins with the number itself beside it, all else as it is."""
    connection.execute(
        f"insert into told select customer, {literal(schema.MONTHLY_VALUE)}, plain_number(monthly_value), 'role'"
        " from main.customers where monthly_value is not null order by customer"
    )
    read = _numbers(connection)
    names = {f"n{i}": attribute for i, attribute in enumerate(read)}
    cases = " ".join(f"when $n{i} then {number}" for i, number in enumerate(read.values()))
    number = f"case told.attribute {cases} end" if read else "null::double"
    connection.execute(
        f"create temp table binned as with numbers as (select attribute, {number} as number from told)," + _BINS,
        names,
    )
    connection.execute(
        f"""
        insert into main.customer_attributes
        with valued as (select told.*, {number} as number from told),
        placed as (
            select
                valued.*,
                case
                    when valued.number = binned.alone
                    then binned.alone_label
                    when valued.number is not null
                    then binned.labels[1 + len(list_filter(binned.edges, lambda edge: edge <= valued.number))]
                end as bin
            from valued left join binned on valued.attribute = binned.attribute
        )
        select customer, attribute, coalesce(bin, value), case when bin is not null then value end, null, origin
        from placed
        """,
        names,
    )
    connection.execute("drop table temp.told")
    connection.execute("drop table temp.binned")


def _numbers(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """The attributes to put into bins, each with the SQL that reads the number in `told.value`."""
    many = connection.execute(
        "select attribute from told group by attribute having count(distinct value) > $few order by attribute",
        {"few": FEW},
    ).fetchall()
    found = {}
    for (attribute,) in many:
        if _CODES.search(attribute):
            continue
        sample = connection.execute(
            f"select value from told where attribute = $attribute limit {_JUDGED}", {"attribute": attribute}
        ).fetchall()
        number = numbers.read("told.value", "number", numbers.judge([value for (value,) in sample]))
        finite = f"case when isfinite({number}) then {number} end"
        ((all_values, with_number, led_by_zero, distinct),) = connection.execute(
            f"select count(*), count({finite}), count(*) filter (regexp_matches(value, '^0[0-9]')),"
            f" count(distinct {finite}) from told where attribute = $attribute",
            {"attribute": attribute},
        ).fetchall()
        if with_number >= _NUMERIC * all_values and not led_by_zero and distinct > FEW:
            found[attribute] = finite
    return found


_BINS = """
spread as (
    select
        attribute,
        min(number) as low,
        case
            when bool_and(number = trunc(number)) then 0
            when bool_and(abs(number * 10 - round(number * 10)) < 1e-6) then 1
            when bool_and(abs(number * 100 - round(number * 100)) < 1e-6) then 2
        end as decimals,
        count(*) as n
    from numbers where number is not null group by attribute
),
-- the lowest number stands alone where a fifth have it, as those who paid nothing
lowest as (
    select
        spread.attribute, spread.low, spread.decimals,
        case when count(*) >= any_value(spread.n) / 5 then spread.low end as alone
    from spread inner join numbers on spread.attribute = numbers.attribute and spread.low = numbers.number
    group by spread.attribute, spread.low, spread.decimals
),
others as (
    select lowest.*, numbers.number
    from lowest inner join numbers on lowest.attribute = numbers.attribute
    where numbers.number is not null and (lowest.alone is null or numbers.number > lowest.alone)
),
fifths as (
    select
        attribute, decimals, alone, low, min(number) as smallest, max(number) as largest,
        quantile_disc(number, [0.2, 0.4, 0.6, 0.8]) as fifth
    from others group by attribute, decimals, alone, low
),
placed as (
    select
        *, unnest(fifth) as edge, unnest([smallest, fifth[1], fifth[2], fifth[3]]) as below,
        unnest([fifth[2], fifth[3], fifth[4], largest]) as above
    from fifths
),
-- an edge is rounded by as much as leaves it nearer to its place than to its neighbours
gaps as (
    select *, least(nullif(edge - below, 0), nullif(above - edge, 0)) as gap from placed where above > below
),
steps as (
    select
        *,
        greatest(
            case when gap / power(10, floor(log10(gap))) >= 5 then 5 else 1 end * power(10, floor(log10(gap))),
            case when decimals = 0 then 1 else 0 end
        ) as step
    from gaps
),
rounded as (
    select *, round(round(edge / step) * step, greatest(-floor(log10(step)), 0)::integer) as round_edge from steps
),
edged as (
    select
        attribute, decimals, alone, low, smallest,
        list_sort(list_distinct(list(round_edge) filter (round_edge > smallest and round_edge <= largest))) as edges,
        min(step) as step
    from rounded group by attribute, decimals, alone, low, smallest
),
begun as (
    select
        *, power(10, -decimals) as unit,
        case
            when alone is not null and decimals is not null then greatest(floor(smallest / step) * step, alone + power(10, -decimals))
            else floor(smallest / step) * step
        end as start
    from edged where len(edges) > 0
),
ranges as (
    select
        attribute, alone, edges, decimals, unit,
        unnest(list_prepend(start, edges)) as low_end,
        unnest(list_append(edges, null)) as next_edge,
        generate_subscripts(list_prepend(start, edges), 1) as position
    from begun
),
written as (
    select
        *,
        case
            when alone is not null and decimals is null and position = 1 then concat('>', plain_number(alone)) else plain_number(low_end)
        end as low_text,
        case when decimals is null then concat('<', plain_number(next_edge)) else plain_number(next_edge - unit) end as high_text
    from ranges
)
select
    attribute, alone, edges, plain_number(alone) as alone_label,
    list(
        case
            when next_edge is null then concat(low_text, '+')
            when low_text = high_text then low_text
            else concat(low_text, case when low_end < 0 then '…' else '–' end, high_text)
        end
        order by position
    ) as labels
from written group by attribute, alone, edges
"""


def keep_first(connection: duckdb.DuckDBPyConnection, table: str, given: FirstRows) -> None:
    """Keep what the first row of every customer in a table says, known from the day of that row on.

    The first row is the first in time; of several at the same moment the first in the order of the files and their
    lines. A row of the SQL has `customer`, `moment`, `day`, and a column for each of the table's first values.
    """
    wanted = {name: first for name, first in schema.FIRST_VALUES.items() if first.table == table}
    taken = connection.execute("select distinct attribute from main.customer_attributes").fetchall()
    wanted = {name: first for name, first in wanted.items() if (name,) not in taken}
    if not wanted or not given:
        return
    # one number tells which row is first: its moment, then the file, then the line
    place = "epoch_us(moment)::hugeint * 18446744073709551616::hugeint + {source} * 281474976710656 + record"
    rows = " union all ".join(
        f"select *, {place.format(source=f'{number}::hugeint')} as place from ({sql}) where {condition}"
        for number, (sql, condition) in enumerate(given)
    )
    values = ", ".join(
        f"struct_pack(attribute := {literal(name)}, value := rows.{first.role})" for name, first in wanted.items()
    )
    connection.execute(
        f"""
        insert into main.customer_attributes
        with rows as ({rows}),
        firsts as (select customer, min(place) as place from rows group by customer),
        pairs as (
            select rows.customer, rows.day, unnest([{values}]) as pair
            from rows inner join firsts on rows.customer = firsts.customer and rows.place = firsts.place
        )
        select customer, pair.attribute, trim(pair.value), null, day, 'first'
        from pairs where trim(pair.value) <> '' order by pair.attribute, customer
        """
    )


def date_as_of_export(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet]) -> None:
    """Attributes that say how things stood when a file was made are known from the end of the data on, not before."""
    said = sorted({header for each in mapped for header in each.rules.as_of_export})
    connection.execute(
        "update main.customer_attributes set known_on = dataset.watermark from meta.dataset as dataset"
        " where origin = 'file' and attribute in (select unnest($said::varchar[]))",
        {"said": said},
    )
