-- name: own_benchmarks
-- version: 1
-- title: Your own benchmarks
-- description: The benchmarks of the user's files and of what was typed in, each with the metric it is taken for, and
-- what is to be settled before it can be compared.
-- section: Your own benchmarks
-- needs: own_benchmark_rows.v1
-- column: metric varchar | Metric | id of the metric its name means; null where none is known by that name
-- column: variant varchar | Variant | of metrics that are several figures, which: order-2, price; else empty
-- column: given varchar | As written | the name in the file
-- column: nearest varchar | Nearest metric | the metric whose name is most like it; null where none is much like it
-- column: low double | Low | lower end of the range; shares from 0 to 1
-- column: typical double | Typical | typical value
-- column: high double | High | upper end of the range
-- column: unit varchar | Unit | share, hours, a currency, or the unit of the metric
-- column: measured_over varchar | Period | what it is measured over; any where that does not matter
-- column: industry varchar | Industry | as written
-- column: segment varchar | Segment | as written
-- column: source varchar | Source | as written
-- column: year integer | Year | of publication
-- column: unsettled varchar | To be settled | what has to be settled: the metric (unknown), the values (there are
-- none), the scale (numbers of 1 and less may be shares or per cent), the range (beyond what can be, or low above
-- high), the unit or currency, the period, the variant, the source (none is given); null where nothing is
-- change: 1 2026-12-01 first version
with

    spans as (
        select
            *,
            benchmark_period(id, period) as measured_over,
            case
                when id = 'first_response_time'
                then
                    case
                        when unit in ('', 'hours', 'hour', 'h', '小时')
                        then 1e0
                        when unit in ('minutes', 'minute', 'min', '分钟')
                        then 1 / 60e0
                        when unit in ('days', 'day', 'd', '天')
                        then 24e0
                    end
                when is_share and scale = 'percent'
                then 0.01e0
                else 1e0
            end as factor,
            case
                when id in ('next_order_probability', 'churn_reason_share')
                then coalesce(lower(trim(segment)), '')
                else ''
            end as variant,
        from own_benchmark_rows
    ),

    final as (
        select
            id as metric,
            variant,
            metric as given,
            nearest_id as nearest,
            low * coalesce(factor, 1) as low,
            typical * coalesce(factor, 1) as typical,
            high * coalesce(factor, 1) as high,
            case
                when is_share
                then 'share'
                when id = 'average_order_value'
                then upper(unit)
                when id = 'nps'
                then 'points'
                else metric_unit
            end as unit,
            measured_over,
            industry,
            segment,
            nullif(trim(source), '') as source,
            case when year between 1900 and 2200 then year::integer end as year,
            case
                when id is null
                then 'metric'
                when coalesce(low, typical, high) is null
                then 'values'
                when is_share and scale is null
                then 'scale'
                when
                    low > high
                    or (
                        is_share
                        and id <> 'net_revenue_retention'
                        and (
                            least(low, typical, high) < 0
                            or greatest(low, typical, high) * case scale when 'percent' then 0.01 else 1 end > 1
                        )
                    )
                    or (id = 'nps' and (least(low, typical, high) < -100 or greatest(low, typical, high) > 100))
                then 'range'
                when factor is null or (id = 'average_order_value' and not regexp_full_match(unit, '[a-z]{3}'))
                then 'unit'
                when measured_over = ''
                then 'period'
                when
                    (id = 'next_order_probability' and not regexp_full_match(variant, 'order-[239]'))
                    or (id = 'churn_reason_share' and variant not in ('price', 'service', 'competition'))
                then 'variant'
                when nullif(trim(source), '') is null
                then 'source'
            end as unsettled,
        from spans
    )

select *
from final
order by metric, source, typical
