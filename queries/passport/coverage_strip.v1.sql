-- name: coverage_strip
-- version: 1
-- title: Calendar of every table
-- description: Rows of every table in periods of one size, each against the table's own fullest time.
-- section: Coverage
-- needs: coverage.v1, coverage_astray.v1, coverage_ends.v1
-- param: grain choice(day, week, month, quarter, year) = week | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- param: data_to date = null | Data to | the last day that numbers count
-- column: table_name varchar | the table
-- column: bin date | first day of the period
-- column: rows bigint | rows of the period
-- column: begins date | its first day that the table spans
-- column: ends date | the day after its last; where rows come less often than periods, the begin of the next
-- column: share double % | rows a day against the period where the table has most, up to 1
-- column: is_later boolean | the period lies after the last day that numbers count
-- column: first_day date | first day of the table, but for days far from all others
-- column: last_day date | last day of the table, but for days far from all others
-- column: all_rows bigint | rows on these days
-- change: 1 2026-11-24 first version
with

    days as (
        select coverage.table_name, coverage.day, coverage.rows, date_trunc($grain, coverage.day)::date as bin
        from coverage
        left join
            coverage_astray on coverage.table_name = coverage_astray.table_name and coverage.day = coverage_astray.day
        where coverage_astray.day is null
    ),

    spans as (
        select table_name, min(day) as first_day, max(day) as last_day, sum(rows)::bigint as all_rows
        from days
        group by table_name
    ),

    binned as (select table_name, bin, sum(rows)::bigint as rows from days group by table_name, bin),

    stepped as (
        select
            binned.table_name,
            binned.bin,
            binned.rows,
            greatest(binned.bin, spans.first_day) as begins,
            date_trunc(
                $grain,
                binned.bin + case
                    $grain when 'day' then 1 when 'week' then 7 when 'month' then 31 when 'quarter' then 92 else 366
                end
            )::date as next_bin,
            lead(binned.bin) over (partition by binned.table_name order by binned.bin) as next_begins,
            spans.first_day,
            spans.last_day,
            spans.all_rows,
            coalesce(coverage_ends.usual_days, 1) as usual_days
        from binned
        inner join spans on binned.table_name = spans.table_name
        left join coverage_ends on binned.table_name = coverage_ends.table_name
    ),

    drawn as (
        select
            *,
            -- a table with rows once a month has no gaps between them
            case
                when
                    usual_days > date_diff('day', bin, next_bin)
                    and date_diff('day', next_bin, next_begins) <= usual_days
                then next_begins
                else least(next_bin, last_day + 1)
            end as ends
        from stepped
    ),

    dense as (select *, rows::double / greatest(date_diff('day', begins, ends), usual_days) as density from drawn),

    final as (
        select
            table_name,
            bin,
            rows,
            begins,
            ends,
            density / max(density) over (partition by table_name) as share,
            coalesce(bin > $data_to::date, false) as is_later,
            first_day,
            last_day,
            all_rows
        from dense
    )

select *
from final
order by table_name, bin
