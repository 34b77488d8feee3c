"""What can be said of a figure beside published ones: where it stands, how theirs are counted, why some do not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from churnbook.analyses.benchmarks.ours import Figure, Ours
from churnbook.datasets.benchmarks import INDUSTRY_NAMES, KIND_NAMES, METRIC_NAMES
from churnbook.datasets.facts import Facts
from churnbook.words import formats
from churnbook.words.formats import escape, listed, number, sentences
from churnbook.words.language import N_, _, ngettext

TOO_FEW, NO_INTERVAL, NO_VALUE = "too_few", "no_interval", "no_value"

_PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "monthly": N_("a month"),
        "annual": N_("a year"),
        "half-year": N_("half a year"),
        "12 months": N_("in 12 months"),
        "within 12 months": N_("within 12 months"),
        "all-time (store life)": N_("so far"),
        "lifetime": N_("so far"),
        "per session": N_("of sessions"),
        "per cart": N_("of carts"),
        "per checkout": N_("of checkouts"),
    }
)
_ANNUAL_IS_A_WINDOW = ("nps", "csat", "churn_reason_share", "involuntary_churn_share", "first_response_time")
_VARIANTS: Mapping[str, str] = MappingProxyType(
    {
        "order-2": N_("after the 2nd order"),
        "order-3": N_("after the 3rd order"),
        "order-9": N_("after the 9th order"),
        "price": N_("price"),
        "service": N_("service"),
        "competition": N_("competition"),
    }
)
_BASES: Mapping[str, str] = MappingProxyType(
    {
        "conversion_rate": N_("Sessions with an order, of all sessions."),
        "add_to_cart_rate": N_("Sessions in which something was put into the cart, of all sessions."),
        "cart_to_checkout_rate": N_("Sessions with a checkout, of those with a cart."),
        "checkout_completion_rate": N_("Sessions with an order, of those with a checkout."),
        "cart_abandonment_rate": N_("Sessions without an order, of those with a cart."),
        "churn_reason_share": N_("Of the customers lost by their own choice who stated a reason."),
        "involuntary_churn_share": N_("Of the customers lost of whom is known who ended it."),
        "repeat_purchase_rate": N_("Customers who ordered again, of those with a first order."),
        "winback_rate": N_("Losses followed by a return within 12 months; the last 12 months are left out."),
        "first_response_time": N_("The mean, in hours by the clock."),
        "nps": N_("Each customer's last answer within the year."),
        "csat": N_("Answers 4 or 5 of 5, each customer's last one within the year."),
    }
)
_COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "billing": N_("from billing systems"),
        "filings": N_("published by the company itself"),
        "companies": N_("told by companies in a survey"),
        "consumers": N_("asked of consumers"),
        "panel": N_("from a panel of consumers’ payments"),
        "trackers": N_("measured at the clients of an analytics service"),
        "orders": N_("from orders of a vendor’s client shops"),
        "records": N_("from records of the whole trade"),
        "helpdesk": N_("measured at the clients of a help desk"),
        "model": N_("modelled"),
        "compiled": N_("put together by a website, which does not say how it was counted"),
        "claim": N_("a claim without a source"),
        "own": N_("given by you"),
    }
)
_RANGES: Mapping[str, str] = MappingProxyType(
    {
        "average": N_("average"),
        "weighted average": N_("weighted average"),
        "median": N_("median"),
        "approx. median": N_("about the median"),
        "value": N_("single value"),
        "share": N_("share"),
        "benchmark value": N_("typical value"),
        "published range": N_("range"),
        "company-reported": N_("of one company"),
        "survival rate": N_("survival rate"),
        "industry average of company scores": N_("average over companies"),
        "p25 / p50 / p75": N_("quartiles and median"),
        "rule of thumb": N_("rule of thumb"),
    }
)
_CONFIDENCES: Mapping[str, str] = MappingProxyType(
    {
        "primary": N_("primary source"),
        "secondary": N_("article that names its source"),
        "secondary_weak": N_("source that cannot be traced"),
        "folklore": N_("claim without a source"),
        "own": N_("your own benchmark"),
    }
)
_NOT_STATED = N_("not stated")
"""How the list says that a period or region is not printed."""
WHY: Mapping[str, str] = MappingProxyType(
    {
        "source": N_("older editions or weaker sources than chosen above"),
        "context": N_("to be quoted only: a claim, an intention or another definition"),
        "people": N_("asks people about any provider, not one company’s customers"),
        "contract": N_("counts losses another way: by the end of a contract, or by inactivity"),
        "terms": N_("most customers here are bound for longer than a month, so that few could leave in one"),
        "kind": N_("holds for one kind of customers or goods only, not the one chosen"),
        "region": N_("holds for another region"),
        "band": N_("holds for another price band, or yours is not known in US dollars"),
        "currency": N_("in another currency"),
        "months": N_("is of a year, which these data do not cover yet"),
        "period": N_("is measured over another period"),
    }
)
"""Why a published figure is not compared."""
_VERDICTS = ("better", "worse", "above", "below", "close", "within")


def title(figure: Figure) -> str:
    """What a figure is called, with what it is measured over: Customer churn rate a month."""
    return metric_title(figure.metric.name, figure.metric.period, figure.metric.variant)


def metric_title(metric: str, period: str, variant: str = "") -> str:
    """A metric by its id, its period and variant."""
    named = _(METRIC_NAMES[metric])
    if variant:
        return _("{metric}: {what}").format(metric=named, what=_(_VARIANTS[variant]))
    kind, _dash, count = period.partition("-")
    if kind in ("day", "month") and count.isdecimal():
        return _("{metric}, {when}").format(metric=named, when=formats.since(kind, int(count)))
    if period == "annual" and metric in _ANNUAL_IS_A_WINDOW:
        return named
    return _("{metric}, {when}").format(metric=named, when=_(_PERIODS[period])) if period in _PERIODS else named


def value(amount: float, unit: str, currency: str | None) -> str:
    """A figure in its unit: 3.1%, +33, 4.2 h, $126."""
    if unit == "share":
        return formats.percent(amount)
    if unit == "points":
        return f"{amount:+.0f}"
    if unit == "hours":
        return formats.duration(amount * 3600)
    if unit == "currency":
        return formats.money(amount, currency)
    if unit in ("USD", "GBP"):
        return formats.money(amount, unit)
    return formats.short_number(amount)


def unit_of(figure: Figure, unit: str) -> str:
    """How values of a metric are written, by the unit of metrics.csv."""
    return "share" if unit.startswith("%") else {"points": "points", "hours": "hours"}.get(unit, unit)


def under(figure: Figure, ours: Ours, unit: str, currency: str | None) -> str:
    """Below our value: its interval, of when, and of how many."""
    parts = []
    if ours.low is not None and ours.high is not None:
        low, high = value(ours.low, unit, currency), value(ours.high, unit, currency)
        parts.append(_("95 % interval {low} to {high}").format(low=low, high=high))
    if ours.period is not None:
        year = dict(figure.metric.where).get("grain") == "year"
        label = formats.period_label(ours.period, "month")
        parts.append(_("12 months from {month}").format(month=label) if year else label)
    parts.append(_("of {n}").format(n=number(ours.n)))
    return " · ".join(parts)


def base(figure: Figure) -> str:
    """How our figure is counted, where its name does not say it; empty where it does."""
    return _(_BASES[figure.metric.name]) if figure.metric.name in _BASES else ""


def verdict(rows: pd.DataFrame, ours: Ours) -> str:
    """Where our figure stands beside the published ones that can be compared, in one or two sentences.

    `rows` have the columns of benchmark_position; those that are not compared say nothing here.
    """
    compared = rows[rows["why"].isna()]
    if compared.empty:
        return _("Nothing published can be compared directly; what is drawn is converted, an estimate.")
    if (compared["verdict"] == TOO_FEW).all():
        return _("**No verdict**: our figure is made of {n}, fewer than 30.").format(n=number(ours.n))
    if (compared["verdict"] == NO_VALUE).all():
        return _("**No verdict**: our figure is larger than can be compared.")
    if (compared["verdict"] == NO_INTERVAL).all():
        return _("**No verdict**: our figure has no interval.")
    found = Counter(compared["verdict"])
    n = len(compared)
    if len(found) == 1:
        (only,) = found
        said = _whole(only, n)
    else:
        parts = [_part(name, found[name]) for name in _VERDICTS if found[name]]
        said = _("**The sources disagree**: {parts}.").format(parts=listed(parts))
    if not is_far(compared, ours):
        return said
    far = _(
        "It lies so far off that what is counted probably differs: look at the definitions before it is called good or bad."
    )
    return sentences([said, far])


def is_far(compared: pd.DataFrame, ours: Ours) -> bool:
    """Whether ours lies so far off all that is published that what is counted probably differs."""
    if not compared["unit"].isin(("share", "hours")).all() or ours.value <= 0:
        return False
    marks = pd.concat([compared[name] for name in ("low", "typical", "high")]).dropna()
    return len(marks) > 0 and (ours.value > _FAR_OFF * marks.max() or ours.value * _FAR_OFF < marks.min())


_FAR_OFF = 3.0
"""Beyond so many times the published figures a difference is rather one of what is counted."""


def _whole(name: str, n: int) -> str:
    words = {
        "better": ngettext("**Better** than the published figure.", "**Better** than all {n} published figures.", n),
        "worse": ngettext("**Worse** than the published figure.", "**Worse** than all {n} published figures.", n),
        "above": ngettext("**Above** the published figure.", "**Above** all {n} published figures.", n),
        "below": ngettext("**Below** the published figure.", "**Below** all {n} published figures.", n),
        "close": ngettext(
            "**Not clearly different** from the published figure, which lies within our interval.",
            "**Not clearly different** from any of the {n} published figures: all lie within our interval.",
            n,
        ),
        "within": ngettext(
            "**Within** the published range, as far as our interval tells.",
            "**Within** all {n} published ranges, as far as our interval tells.",
            n,
        ),
    }
    return words[name].format(n=number(n))


def _part(name: str, n: int) -> str:
    words = {
        "better": ngettext("better than {n}", "better than {n}", n),
        "worse": ngettext("worse than {n}", "worse than {n}", n),
        "above": ngettext("above {n}", "above {n}", n),
        "below": ngettext("below {n}", "below {n}", n),
        "close": ngettext("not clearly different from {n}", "not clearly different from {n}", n),
        "within": ngettext("within the range of {n}", "within the range of {n}", n),
    }
    return words[name].format(n=number(n))


def standing(rows: pd.DataFrame) -> str:
    """better, worse, neither or close where all that is compared agrees; mixed where not; empty without a verdict."""
    found = set(rows[rows["why"].isna()]["verdict"]) - {TOO_FEW, NO_INTERVAL, NO_VALUE}
    found = {"close" if each == "within" else "neither" if each in ("above", "below") else each for each in found}
    if not found:
        return ""
    return found.pop() if len(found) == 1 else "mixed"


def headline(standings: Sequence[tuple[str, str]]) -> str:
    """How many of the figures stand how; `standings` are titles with what standing says of them."""
    judged = [(name, each) for name, each in standings if each]
    if not judged:
        return _("**None of the figures can be judged** with the sources, the region and the samples there are.")
    by_standing = {each: [name for name, other in judged if other == each] for each in ("better", "worse", "neither")}
    open_ = [name for name, each in judged if each in ("close", "mixed")]
    parts = [
        ngettext("**Of {n} figure that can be judged**:", "**Of {n} figures that can be judged**:", len(judged)).format(
            n=number(len(judged))
        )
    ]
    for each, words in (
        ("better", _("{n} better than published ({names})")),
        ("worse", _("{n} worse ({names})")),
        ("neither", _("{n} above or below, which is neither good nor bad ({names})")),
    ):
        if names := by_standing[each]:
            parts.append(words.format(n=number(len(names)), names=listed(names)))
    if open_:
        parts.append(_("{n} not clearly different, or sources disagree").format(n=number(len(open_))))
    return f"{parts[0]} {_('; ').join(parts[1:])}{_('.')}"


def source_line(row: pd.Series, facts: Facts, about_churn: bool, is_short: bool = False) -> str:
    """A published figure in words: who, when, of whom, how sure; if not `is_short` how its definition differs from ours."""
    who = _text(row, "publisher") or _("no source given")
    year = f" {int(row['year'])}" if pd.notna(row["year"]) else ""
    if not year:
        known = pd.notna(row["data_year"])
        year = _(", data of {year}").format(year=int(row["data_year"])) if known else _(", year not printed")
    shown = _figures(row)
    said = [f"**{shown}** · {who}{year}"]
    if title := _text(row, "source"):
        said.append(f"“{title}”")
    said += [text for text in (_text(row, "population"), _text(row, "segment")) if text]
    if (region := _text(row, "region")) and row["region"] != _NOT_STATED:
        said.append(region)
    confidence = _CONFIDENCES[row["confidence"]]
    said.append(_(confidence))
    if row["is_mirror"]:
        said.append(_("read on a copy"))
    line = " · ".join(said)
    return line if is_short else f"{line}  \n{difference(row, facts, about_churn)}"


def _figures(row: pd.Series) -> str:
    typical, low, high = (row[name] for name in ("typical", "low", "high"))
    unit = str(row["unit"])
    ends = [value(each, unit, None) for each in (low, high) if pd.notna(each)]
    spread = "–".join(ends) if len(ends) == 2 else ("> " if pd.notna(low) else "< ") + ends[0] if ends else ""
    if pd.isna(typical):
        return spread
    return value(typical, unit, None) + (f" ({spread})" if spread else "")


def difference(row: pd.Series, facts: Facts, about_churn: bool) -> str:
    """How the definition of a published figure differs from ours, in one line."""
    said = []
    if basis := _text(row, "range_basis"):
        known = _RANGES.get(str(row["range_basis"]))
        said.append(_(known) if known else basis)
    counted = _COUNTED[row["counted_in"]]
    said.append(_(counted))
    if company := _text(row, "company"):
        said.append(_("{company} alone").format(company=company))
    if about_churn and facts.churn is not None and pd.notna(row["is_contract"]):
        theirs = _("lost when a contract ends") if row["is_contract"] else _("lost when they stop buying")
        said.append(_("theirs: {theirs}; ours: {ours}").format(theirs=theirs, ours=facts.churn.words))
    if row["distance"] and row["distance"] > 0 and row["industry"] in INDUSTRY_NAMES:
        wider = INDUSTRY_NAMES[row["industry"]]
        said.append(_("wider: {industry}").format(industry=_(wider)))
    if (period := _text(row, "period")) and row["period"] not in ("monthly", "annual", "any"):
        said.append(_("over: {period}").format(period=period))
    line = _("; ").join(said)
    note = _text(row, "note")
    return f"{line}{_('; ')}{note}" if note else line


def _text(row: pd.Series, name: str) -> str:
    """A text of a published figure as it is, wherever Markdown is read; empty where there is none."""
    value = row[name]
    return escape(value) if isinstance(value, str) else ""


def not_compared(whys: Iterable[str | None]) -> list[str]:
    """Why the others are not compared, each reason with how many, the commonest first."""
    counted = Counter(why for why in whys if why is not None)
    return [_("{why} ({n})").format(n=number(n), why=_(WHY[why])) for why, n in counted.most_common()]


def needs_months(months: int) -> str:
    """That a year is not covered yet, and how many months are lacking."""
    lacking = 12 - months
    return ngettext(
        "needs {n} more whole month of data, until twelve are covered",
        "needs {n} more whole months of data, until twelve are covered",
        lacking,
    ).format(n=number(lacking))


def profile_words(industry: str, kind: str, region: str) -> str:
    """What a company is compared as, in words."""
    parts = [_(INDUSTRY_NAMES.get(industry, _EVERY))]
    if kind:
        parts.append(_(KIND_NAMES[kind]))
    parts.append(region_name(region))
    return " · ".join(parts)


_REGIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": N_("No region"),
        "China": N_("China"),
        "US": N_("United States"),
        "UK": N_("United Kingdom"),
        "India": N_("India"),
        "Japan": N_("Japan"),
        "APAC": N_("Asia and Pacific"),
        "LATAM": N_("Latin America"),
    }
)


def region_name(region: str) -> str:
    """A region of published figures as people read it."""
    return _(_REGIONS[region])


def counts(rows: pd.DataFrame) -> tuple[int, int]:
    """How many figures are compared, and how many are not."""
    compared = int(rows["why"].isna().sum())
    return compared, len(rows) - compared


def caption() -> str:
    """How to read the charts of a row."""
    return _(
        "Green line: ours, shaded its 95 % interval; dot: typical value of a source; grey bar: its range; hollow: "
        "converted from another period, an estimate. Published figures age: look at their year and population."
    )


_ASKS_PEOPLE = (
    "switching_rate", "switching_intent", "cart_abandon_reason_share", "satisfaction_index", "brand_repurchase_intent",
    "brand_repurchase_rate", "service_channel_share",
)  # fmt: skip
_CLAIMS = (
    "retention_profit_uplift", "retention_marketing_cost_reduction", "acquisition_vs_retention_cost",
    "customer_retention_uplift", "inactivity_window_days",
)  # fmt: skip
_COSTS = ("ltv_cac_ratio", "cac_payback_months", "cac_ratio", "save_offer_acceptance")


def not_computed(metric: str) -> str:
    """Why no figure of ours stands beside a metric that something is published of."""
    if metric in _ASKS_PEOPLE:
        return _("is asked of people about all providers, so no company’s data give it")
    if metric in _CLAIMS:
        return _("is a claim or a definition, not a measure of a company")
    if metric in _COSTS:
        return _("needs costs or a log of offers")
    return _("is not computed yet")


def published_finding(rows: pd.DataFrame, industry: object) -> str:
    """How much is published of an industry, and how much of it by those who counted."""
    primary = int((rows["confidence"] == "primary").sum())
    return ngettext(
        "**{n} published figure** for {industry} and what is around it; {primary} from primary sources.",
        "**{n} published figures** for {industry} and what is around it; {primary} from primary sources.",
        len(rows),
    ).format(n=number(len(rows)), industry=_(INDUSTRY_NAMES.get(str(industry), _EVERY)), primary=number(primary))


_EVERY = N_("All industries")


def provenance() -> str:
    """Where the list comes from."""
    return _(
        "Collected by hand from the publishers’ pages, from copies of them, or from articles that name their source; none "
        "from memory. Titles and definitions stand as collected, in English. The list came with the dataset when it was loaded."
    )


def unsettled(own: pd.DataFrame) -> list[str]:
    """What has to be settled of one's own benchmarks before they can be compared, a sentence each kind."""
    said = []
    unknown = own[own["unsettled"] == "metric"]
    for given, nearest in dict(zip(unknown["given"], unknown["nearest"], strict=True)).items():
        words = (
            _(
                "No metric is called “{given}”, so it is not compared. The nearest is “{nearest}”: choose it in the table."
            )
            if isinstance(nearest, str)
            else _("No metric is called “{given}”, so it is not compared. Choose the metric in the table.")
        )
        named = _(METRIC_NAMES[nearest]) if isinstance(nearest, str) else ""
        said.append(words.format(given=escape(str(given)), nearest=named))
    for kind, words in (
        (
            "scale",
            _(
                "Are the numbers shares or per cent? 0.5 can mean 50 % or 0.5 %. Not compared until the unit is chosen: {names}."
            ),
        ),
        (
            "range",
            _("These are beyond what can be, or have a low above a high value, so they are not compared: {names}."),
        ),
        ("unit", _("Not compared until their unit, of money its currency, is given: {names}.")),
        (
            "period",
            _("Not compared until it is said what they are measured over, as monthly, annual or 12 months: {names}."),
        ),
        (
            "variant",
            _(
                "These are several figures. Write under “Holds for” which: order-2, order-3 or order-9; price, service or "
                "competition. {names}"
            ),
        ),
        (
            "values",
            _(
                "These have no value, so they are not compared; a number with a % sign is to be written without it: {names}."
            ),
        ),
        ("source", _("Compared, but nobody can weigh them until it is said where they are from: {names}.")),
    ):
        rows = own[own["unsettled"] == kind]
        names = [
            f"{_called(given, metric)} ({escape(source)})" if isinstance(source, str) else _called(given, metric)
            for given, metric, source in zip(rows["given"], rows["metric"], rows["source"], strict=True)
        ]
        if names:
            said.append(words.format(names=formats.listed(list(dict.fromkeys(names))[:8])))
    return said


def _called(given: object, metric: object) -> str:
    """A metric by its name, or as it was written where none is known by that."""
    return _(METRIC_NAMES[metric]) if isinstance(metric, str) else escape(str(given))


def published_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The published figures as people read them, a row each; `rows` have the columns of published_figures."""
    return pd.DataFrame(
        {
            _("Metric"): [_(METRIC_NAMES[name]) for name in rows["metric"]],
            _("Published"): [_figures(row) for _index, row in rows.iterrows()],
            _("Period"): [_stated(period) for period in rows["period"]],
            _("Industry"): [_(INDUSTRY_NAMES[name]) for name in rows["industry"]],
            _("Holds for"): rows["segment"].to_list(),
            _("Region"): [_stated(region) for region in rows["region"]],
            _("Publisher"): rows["publisher"].to_list(),
            _("Year"): [f"{int(year)}" if pd.notna(year) else "—" for year in rows["year"]],
            _("Confidence"): [_(_CONFIDENCES[name]) for name in rows["confidence"]],
            _("Population"): rows["population"].to_list(),
            _("Definition"): rows["note"].to_list(),
            "url": [url or None for url in rows["url"]],
        }
    )


def _stated(published: str) -> str:
    """A period or region as published, in words where there are some."""
    if published == _NOT_STATED:
        return _(_NOT_STATED)
    return _(_PERIODS[published]) if published in _PERIODS else published
