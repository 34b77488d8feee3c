"""Published figures in words: who says what of whom, how theirs are counted, and why some are not compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from churnbook.analyses.benchmarks.named import NOT_STATED, as_stated, industry_name, value
from churnbook.datasets.benchmarks import INDUSTRY_NAMES, METRIC_NAMES
from churnbook.datasets.facts import Facts
from churnbook.words.formats import escape, number
from churnbook.words.language import N_, _, ngettext

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


def counts(rows: pd.DataFrame) -> tuple[int, int]:
    """How many figures are compared, and how many are not."""
    compared = int(rows["why"].isna().sum())
    return compared, len(rows) - compared


def not_compared(whys: Iterable[str | None]) -> list[str]:
    """Why the others are not compared, each reason with how many, the commonest first."""
    counted = Counter(why for why in whys if why is not None)
    return [_("{why} ({n})").format(n=number(n), why=_(WHY[why])) for why, n in counted.most_common()]


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
    if (region := _text(row, "region")) and row["region"] != NOT_STATED:
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
        said.append(_("wider: {industry}").format(industry=industry_name(row["industry"])))
    if (period := _text(row, "period")) and row["period"] not in ("monthly", "annual", "any"):
        said.append(_("over: {period}").format(period=period))
    line = _("; ").join(said)
    note = _text(row, "note")
    return f"{line}{_('; ')}{note}" if note else line


def _text(row: pd.Series, name: str) -> str:
    """A text of a published figure as it is, wherever Markdown is read; empty where there is none."""
    value = row[name]
    return escape(value) if isinstance(value, str) else ""


def published_finding(rows: pd.DataFrame, industry: object) -> str:
    """How much is published of an industry, and how much of it by those who counted."""
    primary = int((rows["confidence"] == "primary").sum())
    return ngettext(
        "**{n} published figure** for {industry} and what is around it; {primary} from primary sources.",
        "**{n} published figures** for {industry} and what is around it; {primary} from primary sources.",
        len(rows),
    ).format(n=number(len(rows)), industry=industry_name(industry), primary=number(primary))


def provenance() -> str:
    """Where the list comes from."""
    return _(
        "Collected by hand from the publishers’ pages, from copies of them, or from articles that name their source; none "
        "from memory. Titles and definitions stand as collected, in English. The list came with the dataset when it was loaded."
    )


def published_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The published figures as people read them, a row each; `rows` have the columns of published_figures."""
    return pd.DataFrame(
        {
            _("Metric"): [_(METRIC_NAMES[name]) for name in rows["metric"]],
            _("Published"): [_figures(row) for _index, row in rows.iterrows()],
            _("Period"): [as_stated(period) for period in rows["period"]],
            _("Industry"): [industry_name(name) for name in rows["industry"]],
            _("Holds for"): rows["segment"].to_list(),
            _("Region"): [as_stated(region) for region in rows["region"]],
            _("Publisher"): rows["publisher"].to_list(),
            _("Year"): [f"{int(year)}" if pd.notna(year) else "—" for year in rows["year"]],
            _("Confidence"): [_(_CONFIDENCES[name]) for name in rows["confidence"]],
            _("Population"): rows["population"].to_list(),
            _("Definition"): rows["note"].to_list(),
            "url": [url or None for url in rows["url"]],
        }
    )
