"""How files are read: name, time zone, last day, what counts as activity, who is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from churnbook.catalogue import schema
from churnbook.generations.make import UploadedFile
from churnbook.intake.loading.report import Settings, timezones
from churnbook.intake.mapping import currency as currency_of
from churnbook.intake.mapping.currency import Proposed
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.page.controls import definition
from churnbook.words import formats
from churnbook.words.language import _


def _browser() -> str | None:
    """The time zone of the reader's browser, where it is one we know."""
    zone = st.context.timezone
    return zone if zone in timezones() else None


def proposed(given: Sequence[UploadedFile]) -> Settings:
    """The settings a new dataset starts from."""
    # benchmarks beside them name no company
    about = [each for each in given if any(mapped.table != schema.BENCHMARKS.name for mapped in each.mapped)]
    return Settings(Path((about or given)[0].upload.name).stem[:80], _browser() or "UTC")


def ask(proposed: Settings, mapped: Sequence[MappedSheet], key: str, is_named: bool = False) -> Settings:
    """The settings as the user confirms them; a dataset that `is_named` keeps its name.

    `key` tells the controls of this upload from those of others; they keep their values while other pages are visited.
    """
    zones = sorted(timezones())
    # orders of nobody are nobody's activity
    of_customers = [each for each in mapped if "customer_id" in each.roles or each.rules.by_order == "takes"]
    activities = [name for name in schema.ACTIVITIES if any(each.table == name for each in of_customers)]
    usual = ["subscriptions"] if "subscriptions" in activities else activities
    chosen = [name for name in proposed.activity or () if name in activities]
    found = None if is_named else currency_of.proposed(mapped, st.context.locale or "", proposed.timezone)
    with st.container(border=True):
        st.subheader(_("How should it be read?"), anchor=False)
        with st.container(horizontal=True):
            name = proposed.name
            if not is_named:
                name = st.text_input(
                    _("Name of the dataset"),
                    value=proposed.name,
                    max_chars=80,
                    key=f"dataset-name:{key}",
                    width=260,
                    persist_state="session",
                )
            zone = st.selectbox(
                _("Time zone"),
                zones,
                index=zones.index(proposed.timezone),
                help=_("Times without a zone are taken in it; others are converted."),
                width=220,
                key=f"timezone:{key}",
                persist_state="session",
            )
            watermark = st.date_input(
                _("Data to"),
                value=proposed.watermark,
                format="YYYY-MM-DD",
                help=_("The last day the data are whole up to. Empty: the earliest last day among orders and events."),
                width=180,
                key=f"watermark:{key}",
                persist_state="session",
            )
            currency = _currency(proposed, found, key)
            activity = activities and st.multiselect(
                _("Counts as being active"),
                activities,
                default=chosen or usual,
                format_func=lambda name: _(schema.LOADABLE[name].label),
                width=280,
                key=f"activity:{key}:{','.join(activities)}",
                persist_state="session",
            )
        _say_proposed(zone, currency, found, is_named)
        lost = definition.ask(of_customers, proposed.churn, key)
        once = proposed.repeated == "once"
        if is_named:
            once = st.checkbox(
                _("Keep exact copies of a row once"),
                value=once,
                help=_("Rows that agree with another in every column that is loaded."),
            )
    return replace(
        proposed,
        churn=lost,
        defined_at=proposed.defined_at if lost == proposed.churn else None,
        repeated="once" if once else "keep",
        name=name.strip() or _("My data"),
        timezone=zone,
        currency=currency,
        watermark=watermark if isinstance(watermark, dt.date) else None,
        activity=tuple(activity) or None,
    )


def _currency(proposed: Settings, found: Proposed | None, key: str) -> str | None:
    """The currency of the amounts; None leaves it to the files."""
    first = proposed.currency or (found.code if found else None)
    codes = [None, *dict.fromkeys([*([first] if first else []), *currency_of.CODES])]
    return st.selectbox(
        _("Currency"),
        codes,
        index=codes.index(first),
        format_func=lambda code: formats.currency_name(code) if code else _("as the files say"),
        help=_("How amounts are written on every page. Nothing is converted."),
        width=220,
        key=f"currency:{key}:{first}",
        persist_state="session",
    )


def _say_proposed(zone: str, currency: str | None, found: Proposed | None, is_named: bool) -> None:
    """Which of the settings are proposals, and what they rest on."""
    said = []
    if not is_named and zone == _browser():
        said.append(_("The time zone is proposed: it is that of your browser."))
    if found and found.code == currency:
        sign = formats.escape(found.sign)
        words = (
            _(
                "The currency is proposed: the amounts are marked {sign}, which can be {code} or {other}. {code} was taken: {why}."
            )
            if found.other
            else _("The currency is proposed: the amounts are marked {sign}.")
        )
        said.append(words.format(sign=sign, code=found.code, other=found.other, why=_(found.why)))
    if said:
        st.caption(formats.sentences([*said, _("Change what is wrong.")]))
