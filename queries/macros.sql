-- What many queries compute alike, said once; the script of a query that calls one begins with it.
-- Published with the queries: a macro that is published keeps its text, a better one gets another name.
-- z squared over n, for intervals of 95 %.
create or replace temp macro z2_over_n(n) as 3.841459e0 / nullif(n::double, 0);

-- The ends of the score interval of a share among n, 95 %; null where there is nobody.
-- E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference. JASA 22, 209-212.
create or replace temp macro wilson_low(share, n) as
    case
        when share is not null and z2_over_n(n) is not null
        then
            greatest(
                0e0,
                (share + z2_over_n(n) / 2 - sqrt(z2_over_n(n) * (share * (1 - share) + z2_over_n(n) / 4)))
                / (1 + z2_over_n(n))
            )
    end;

create or replace temp macro wilson_high(share, n) as
    case
        when share is not null and z2_over_n(n) is not null
        then
            least(
                1e0,
                (share + z2_over_n(n) / 2 + sqrt(z2_over_n(n) * (share * (1 - share) + z2_over_n(n) / 4)))
                / (1 + z2_over_n(n))
            )
    end;

-- The ends of the interval of a difference a - b of two shares, 95 %, from the Wilson intervals of both.
-- R. G. Newcombe (1998), Interval estimation for the difference between independent proportions: comparison of eleven
-- methods. Statistics in Medicine 17, 873-890; method 10.
create or replace temp macro newcombe_low(a, n_a, b, n_b) as
    a - b - sqrt(power(a - wilson_low(a, n_a), 2) + power(wilson_high(b, n_b) - b, 2));

create or replace temp macro newcombe_high(a, n_a, b, n_b) as
    a - b + sqrt(power(wilson_high(a, n_a) - a, 2) + power(b - wilson_low(b, n_b), 2));

-- How far chance alone carries a share or a score of n answers from where it stands; 1 for any other figure. A share is
-- kept away from 0 and 1, by a quarter of its mean; null where that is 0 or 1.
create or replace temp macro chance_spread(share, mean, n, kind) as
    case kind
        when 'share'
        then
            nullif(
                sqrt(
                    greatest(mean / 4, least(1 - (1 - mean) / 4, share))
                    * (1 - greatest(mean / 4, least(1 - (1 - mean) / 4, share)))
                    / nullif(n, 0)
                ),
                0
            )
        when 'score'
        then 1 / sqrt(nullif(n, 0))
        else 1e0
    end;

-- How probable a distance of z standard errors, or a larger one, is by chance alone; its relative error is below
-- 1.2e-7.
-- W. H. Press and others (1992), Numerical Recipes in C, second edition, section 6.2 (erfcc).
create or replace temp macro probability_by_chance(z) as
    1 / (1 + abs(z) / 2 / sqrt(2)) * exp(
        -power(z, 2) / 2
        - 1.26551223
        + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
            1.00002368
            + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
                0.37409196
                + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
                    0.09678418
                    + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
                        -0.18628806
                        + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
                            0.27886807
                            + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
                                -1.13520398
                                + (1 / (1 + abs(z) / 2 / sqrt(2))) * (
                                    1.48851587
                                    + (1 / (1 + abs(z) / 2 / sqrt(2)))
                                    * (-0.82215223 + (1 / (1 + abs(z) / 2 / sqrt(2))) * 0.17087277)
                                )
                            )
                        )
                    )
                )
            )
        )
    );

-- A code as it is looked up: in lower case, its blanks and the marks between words as one blank. As
-- datasets/taxonomy.py
-- has it.
create or replace temp macro code_of(text) as
    trim(
        regexp_replace(
            lower(text),
            '[\s\v\x{1C}-\x{1F}\x{85}\x{A0}\x{1680}\x{2000}-\x{200B}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}_\-]+',
            ' ',
            'g'
        )
    );

-- How many months a period is, where a rate can be compounded from one to another.
create or replace temp macro months_of(period) as
    case period when 'monthly' then 1e0 when 'half-year' then 6e0 when 'annual' then 12e0 end;

-- A rate of loss, or with is_kept of those who stay, over so many of its periods, if it were the same in each.
create or replace temp macro compounded(rate, times, is_kept) as
    case when is_kept then power(rate, times) else 1 - power(1 - rate, times) end;

-- How far a source of benchmarks, or a choice of sources, goes: 1 the publisher's own page, 4 claims without any.
create or replace temp macro rank_of_source(name) as
    case
        when name in ('own', 'primary')
        then 1
        when name in ('secondary', 'named')
        then 2
        when name in ('secondary_weak', 'weak')
        then 3
        else 4
    end;

-- Whether a figure of a published region holds in a region chosen.
create or replace temp macro holds_in_region(published, chosen) as
    published in ('', 'not stated')
    or contains(lower(published), 'global')
    or (
        chosen <> ''
        and (
            contains(published, chosen)
            or (chosen = 'US' and starts_with(published, 'North America'))
            or (chosen = 'UK' and contains(published, 'Europe'))
            or (chosen in ('China', 'Japan', 'India') and contains(published, 'APAC'))
        )
    );

-- The quantile 97.5 % of Student's t with df degrees of freedom; from df 2 on within 3 %, from 4 on within 0.3 %.
-- E. A. Cornish and R. A. Fisher (1938), Moments and cumulants in the specification of distributions. Revue de
-- l'Institut International de Statistique 5, 307-320.
create or replace temp macro t_quantile(df) as
    1.959964e0 + 2.3722e0 / df + 2.8225e0 / power(df, 2) + 2.5559e0 / power(df, 3);

-- How many periods lie between one and the same a year before; of weeks and days so that weekdays stay.
create or replace temp macro periods_in_a_year(grain) as
    case grain when 'day' then 364 when 'week' then 52 when 'month' then 12 when 'quarter' then 4 else 1 end;

-- The last day that a figure of those who began in a period looks at: it looks ahead by a window of so many periods,
-- or by a year.
create or replace temp macro outcome_day(last_day, grain, figure) as
    case
        when figure in ('repurchase_rate', 'winback_rate')
        then (last_day + interval 12 month)::date - 1
        when starts_with(figure, 'retained_') and grain = 'day'
        then last_day + try_cast(split_part(figure, '_', 2) as integer) + 1
        when starts_with(figure, 'retained_')
        then
            (
                last_day
                + (try_cast(split_part(figure, '_', 2) as integer) + 1)
                * case
                    grain
                    when 'week'
                    then interval 7 day
                    when 'month'
                    then interval 1 month
                    when 'quarter'
                    then interval 3 month
                    else interval 12 month
                end
            )::date
            - 1
        else last_day
    end;

-- A name as it is compared: in lower case, without blanks, brackets and the marks between words.
create or replace temp macro plain_name(text) as regexp_replace(lower(text), '[\s_()（）/\-]+', '', 'g');

-- What a benchmark of a metric is measured over, as the list of published ones writes it: any where that does not
-- matter, the only one there is, else what a text says; empty where it says none of that.
create or replace temp macro benchmark_period(metric, text) as
    case
        when
            metric in (
                'nps',
                'csat',
                'first_response_time',
                'average_order_value',
                'churn_reason_share',
                'involuntary_churn_share'
            )
        then 'any'
        when metric in ('conversion_rate', 'add_to_cart_rate')
        then 'per session'
        when metric in ('cart_to_checkout_rate', 'cart_abandonment_rate')
        then 'per cart'
        when metric = 'checkout_completion_rate'
        then 'per checkout'
        when metric = 'next_order_probability'
        then 'lifetime'
        when metric = 'winback_rate'
        then 'within 12 months'
        when text in ('monthly', 'month', 'months', 'a month', 'per month', 'm', '月', '每月', '月度', '按月')
        then 'monthly'
        when text in ('annual', 'annually', 'yearly', 'year', 'a year', 'per year', 'y', '年', '每年', '年度', '按年')
        then 'annual'
        when text in ('12 months', '12 month', '12个月', '12 个月', '12个月内')
        then '12 months'
        when
            regexp_full_match(coalesce(text, ''), '(month|day)-[0-9]+')
            or text in ('half-year', 'all-time (store life)', 'first renewal', '90 days')
        then text
        else ''
    end;

-- How far one value lies above another, 0 where it does not.
create or replace temp macro reach(above, below) as
    case when above is not null and below is not null then greatest(above - below, 0e0) end;
