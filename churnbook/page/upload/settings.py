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
from churnbook.intake.mapping.map import MappedSheet
from churnbook.page.controls import definition
from churnbook.words.language import _


def proposed(given: Sequence[UploadedFile]) -> Settings:
    """The settings a new dataset starts from."""
    browser = st.context.timezone or "UTC"
    zone = browser if browser in timezones() else "UTC"
    return Settings(Path(given[0].upload.name).stem[:80], zone)


def ask(proposed: Settings, mapped: Sequence[MappedSheet], is_named: bool = False) -> Settings:
    """The settings as the user confirms them; a dataset that `is_named` keeps its name."""
    zones = sorted(timezones())
    activities = [name for name in schema.ACTIVITIES if any(each.table == name for each in mapped)]
    usual = ["subscriptions"] if "subscriptions" in activities else activities
    chosen = [name for name in proposed.activity or () if name in activities]
    with st.container(border=True):
        st.subheader(_("How should it be read?"), anchor=False)
        with st.container(horizontal=True):
            name = proposed.name
            if not is_named:
                name = st.text_input(
                    _("Name of the dataset"), value=proposed.name, max_chars=80, key="dataset-name", width=260
                )
            zone = st.selectbox(
                _("Time zone"),
                zones,
                index=zones.index(proposed.timezone),
                help=_("Times without a zone are taken in it; others are converted."),
                width=220,
            )
            watermark = st.date_input(
                _("Data to"),
                value=proposed.watermark,
                format="YYYY-MM-DD",
                help=_("The last day the data are whole up to. Empty: the earliest last day among orders and events."),
                width=180,
            )
            activity = st.multiselect(
                _("Counts as being active"),
                activities,
                default=chosen or usual,
                format_func=lambda name: _(schema.LOADABLE[name].label),
                width=280,
            )
        lost = definition.ask(mapped, proposed.churn)
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
        watermark=watermark if isinstance(watermark, dt.date) else None,
        activity=tuple(activity) or None,
    )
