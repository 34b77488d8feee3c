-- name: churn_rates
-- version: 1
-- title: Churn rate of every period
-- description: Share of the customers when a period begins who are gone when it ends, counted by customer.
-- section: Churn rate
-- needs: churn_balance.v1
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | its first day
-- column: opening_customers bigint | customers when it begins
-- column: new_customers bigint | became a customer in it for the first time, whether they stayed or not
-- column: returned_customers bigint | were customers before, not when it begins, and came back in it
-- column: churned_customers bigint | customers in it who are none when it ends
-- column: closing_customers bigint | customers when it ends
-- column: opening_lost bigint | customers when it begins who are none when it ends
-- column: joined_and_left bigint | new in it and none when it ends; in no rate
-- column: churn_rate double % | opening_lost / opening_customers, 0 to 1
-- column: ci_low double % | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | upper end
-- column: retention_rate double % | 1 - churn_rate
-- column: retention_rate_by_counts double % | (closing - new) / opening, as version 1 has it
-- column: monthly_churn_rate double % | churn_rate compounded to a month of 365 / 12 days
-- column: annual_churn_rate double % | churn_rate compounded to a year of 365 days
-- column: annual_of_three_months double % | what three months up to its end, or a longer period, compound to in a year;
-- null before there are so many complete ones
-- column: can_lose boolean | somebody can be lost in it: by inactivity once so many days of the files have passed,
-- else always
-- column: complete boolean | the data cover the whole period, and who was lost in it is settled
-- column: is_reported boolean | it lies between the days chosen, or holds one of them
-- change: 1 2026-11-24 first version
with

    rates as (
        select
            *,
            opening_lost::double / nullif(opening_customers, 0) as rate,
            sum(days) over three_months as days_together,
            product(1 - rate) over three_months as stayed,
            count(rate) filter (complete and can_lose) over three_months as counted,
            case $grain when 'day' then 91 when 'week' then 13 when 'month' then 3 else 1 end as wanted,
        from churn_balance
        window
            three_months as (
                partition by segment
                order by
                    period
                    rows between case
                        $grain when 'day' then 90 when 'week' then 12 when 'month' then 2 else 0
                    end preceding and current row
            )
    ),

    final as (
        select
            segment,
            period,
            opening_customers,
            new_customers,
            returned_customers,
            churned_customers,
            closing_customers,
            opening_lost,
            joined_and_left,
            rate as churn_rate,
            wilson_low(rate, opening_customers) as ci_low,
            wilson_high(rate, opening_customers) as ci_high,
            1 - rate as retention_rate,
            (closing_customers - new_customers)::double / nullif(opening_customers, 0) as retention_rate_by_counts,
            1 - power(1 - rate, 365 / 12.0e0 / days) as monthly_churn_rate,
            1 - power(1 - rate, 365.0e0 / days) as annual_churn_rate,
            case when counted = wanted then 1 - power(stayed, 365.0e0 / days_together) end as annual_of_three_months,
            can_lose,
            complete,
            is_reported,
        from rates
    )

select *
from final
order by segment, period
