-- name: kept_benchmarks
-- version: 1
-- title: Your own benchmarks as they stand
-- description: The benchmarks written in the app, and those of the user's files that they do not stand in for.
-- section: Your own benchmarks
-- uses: benchmarks, written_benchmarks, replaced_benchmarks
-- column: metric varchar | the name as written
-- column: typical double | as written
-- column: low double | as written
-- column: high double | as written
-- column: period varchar | as written
-- column: industry varchar | as written
-- column: segment varchar | as written
-- column: source varchar | as written
-- column: year double | as written
-- column: unit varchar | as written
-- column: is_written boolean | in the app
-- change: 1 2026-12-01 first version
with

    of_files as (
        select *
        from benchmarks
        except all
        select *
        from replaced_benchmarks
    ),

    together as (
        select *, true as is_written
        from written_benchmarks
        union all
        select *, false as is_written
        from of_files
    ),

    final as (
        select metric, typical, low, high, period, industry, segment, source, year, unit, is_written, from together
    )

select *
from final
order by metric, source, typical
