"""The frame around every page: navigation over pages/, dataset, scope and language, and kind refusals."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from churnbook.catalogue import labels
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import attribute_values
from churnbook.datasets.library import Library, home
from churnbook.generations import samples
from churnbook.page import address, browser, contents, say, state
from churnbook.page.cell import cell, results, saved
from churnbook.page.controls import states
from churnbook.words import formats
from churnbook.words.language import LANGUAGES, _, ngettext, speak, spoken
from churnbook.words.message import Refused

_log = logging.getLogger("churnbook")


@st.cache_resource(show_spinner=False)
def _library() -> Library:
    library = home()
    library.sweep()
    samples.build(library)
    return library


def _contents(sections: Mapping[str, Sequence[contents.Page]]) -> None:
    """The table of contents; its links carry what is looked at, which those of Streamlit's own do not."""
    for section, pages in sections.items():
        with st.container(gap="xxsmall"):
            st.caption(section)
            for page in pages:
                contents.link(page.name, _(page.title), page.icon)
    browser.prepare()


def _sidebar(view: address.View, sections: Mapping[str, Sequence[contents.Page]]) -> None:
    with st.sidebar:
        _contents(sections)
        listed = view.library.list()
        names = formats.distinct({each.id: address.dataset_name(each) for each in listed})
        key = address.widget_key("dataset", view.listed.id)
        st.selectbox(
            _("Dataset"), list(names), format_func=names.__getitem__, key=key, on_change=_change_dataset, args=(key,)
        )
        st.caption(_summary(view))
        if not view.listed.is_sample:
            _manage(view)
        states.offer_reset("sidebar")
        language = address.widget_key("lang", spoken())
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key=language,
            on_change=lambda: address.put_language(state.get(language), view.listed.id),
            required=True,
            label_visibility="collapsed",
        )


def _change_dataset(key: str) -> None:
    chosen = state.get(key)
    address.put_scope(Scope())
    address.forget_cells()
    address.put_all({"generation": (), "dataset": [chosen]})


def _summary(view: address.View) -> str:
    facts = view.facts
    rows = {name: covered.rows for name, covered in facts.tables.items()}
    counted = (
        (rows["customers"], ngettext("{n} customer", "{n} customers", rows["customers"])),
        (facts.orders, ngettext("{n} order", "{n} orders", facts.orders)),
        (rows["events"], ngettext("{n} event", "{n} events", rows["events"])),
        (rows["subscriptions"], ngettext("{n} subscription", "{n} subscriptions", rows["subscriptions"])),
    )
    parts = [words.format(n=formats.number(n)) for n, words in counted if n]
    if facts.watermark:
        parts.append(_("data to {day}").format(day=formats.date(facts.watermark)))
    return " · ".join(parts)


def _manage(view: address.View) -> None:
    with st.popover(_("Rename or delete"), icon=":material/edit:", type="tertiary"):
        name = st.text_input(_("Name"), value=view.listed.name, max_chars=80, key=f"name:{view.listed.id}")
        if st.button(_("Rename"), key="rename") and name.strip():
            view.library.rename(view.listed.id, name.strip())
            st.rerun()
        sure = st.checkbox(_("Delete the dataset and its data for good"), key=f"sure:{view.listed.id}")
        if st.button(_("Delete"), key="delete", disabled=not sure, icon=":material/delete:"):
            try:
                view.library.delete(view.listed.id)
            except Refused as refused:
                say.refuse(refused)
                return
            address.put_all({name: () for name in ("dataset", "generation", *address.SCOPE)})
            st.rerun()


def _scope_bar(view: address.View) -> None:
    scope = view.scope
    with st.popover(_scope_label(scope), icon=":material/filter_alt:", key="scope"):
        saved.offer()
        _filter(view)
        watermark = view.facts.watermark
        if watermark is None:
            return
        first = min(view.facts.tables["activity_days"].first_day or watermark, watermark)
        for name, chosen, help_text in (
            (
                "from",
                scope.report_from,
                _("First day of the cohorts and periods reported; what came before is still known."),
            ),
            ("to", scope.report_to, _("Last day of the cohorts and periods reported.")),
            (
                "as_of",
                scope.as_of,
                _(
                    "Forget everything later than this day. Attributes of the customer file have no history and stay "
                    "as they are; a first plan, interval, category or channel is known from its day on."
                ),
            ),
        ):
            key = address.widget_key(name, chosen)
            st.date_input(
                labels.of_address(name),
                value=None,
                min_value=min(first, chosen or first),
                max_value=max(watermark, chosen or watermark),
                format="YYYY-MM-DD",
                key=key,
                help=help_text,
                on_change=address.keep(name, key, lambda value: [value.isoformat()] if value else []),
            )
        if scope != Scope():
            st.button(_("Show everything"), on_click=address.put_scope, args=(Scope(),), key="scope-clear")


def _scope_label(scope: Scope) -> str:
    beside = address.view().facts.attributes
    filters = [formats.escape(labels.filtered(*pair, beside)) for pair in scope.where]
    parts = [" / ".join(dict.fromkeys(filters)) or _("All customers")]
    if scope.report_from or scope.report_to:
        days = [formats.date(day) if day else "…" for day in (scope.report_from, scope.report_to)]
        parts.append(" – ".join(days))
    if scope.as_of:
        parts.append(_("as of {day}").format(day=formats.date(scope.as_of)))
    return " · ".join(parts)


def _filter(view: address.View) -> None:
    """A choice of values for every attribute filtered by, and one to filter by another."""
    held = list(dict.fromkeys(attribute for attribute, _value in view.scope.where))
    free = [name for name in view.facts.attributes if name not in held]
    titles = formats.distinct({name: labels.attribute(name, view.facts.attributes) for name in view.facts.attributes})
    if free:
        more = st.selectbox(
            _("Only customers with"),
            [None, *free],
            format_func=lambda name: _("no further filter") if name is None else titles[name],
            key=f"filter-by:{view.listed.id}:{len(held)}",
        )
        held += [more] if more else []
    for attribute in held:
        values = labels.in_order(attribute_values(view.facts, attribute))
        chosen = [value for name, value in view.scope.where if name == attribute]
        others = [f"{name}={value}" for name, value in view.scope.where if name != attribute]
        key = address.widget_key(f"where:{attribute}", chosen)
        st.multiselect(
            formats.escape(titles[attribute]),
            list(dict.fromkeys([*chosen, *values])),
            key=key,
            format_func=labels.segment,
            placeholder=_("choose values"),
            on_change=_change_filter,
            args=(key, attribute, others),
        )


def _change_filter(key: str, attribute: str, others: list[str]) -> None:
    address.put("where", [*others, *(f"{attribute}={value}" for value in state.get(key))])


def _caption(header: contents.Page, view: address.View) -> str:
    parts = [_(header.asks)]
    if header.answers and view.facts.watermark:
        parts.append(_("data to {day}").format(day=formats.date(view.scope.as_of or view.facts.watermark)))
        parts.append(_("times in {zone}").format(zone=view.facts.timezone))
    if view.listed.is_sample:
        parts.append(_("sample data"))
    return " · ".join(parts)


def _welcome(view: address.View) -> None:
    """What a first visitor sees first: what this is, and the two ways to begin."""
    with st.container(border=True, key="welcome"):
        st.subheader("Churnbook", anchor=False)
        st.markdown(
            _(
                "Turns the exports you already have (customers, orders, subscriptions, events, tickets, surveys) into "
                "answers: who stays, who leaves, when and why. Below is a sample, to try everything on."
            )
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Try the sample"),
                type="primary",
                key="try-sample",
                on_click=address.put,
                args=("dataset", [view.listed.id]),
            )
            contents.link("your_data", _("Use my files"), "upload_file")


def _run(page: st.Page, header: contents.Page, view: address.View) -> None:
    if (
        header.name == address.HOME
        and not address.get("dataset")
        and all(each.is_sample for each in view.library.list())
    ):
        _welcome(view)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.title(_(header.title), anchor=False)
        if header.answers:
            _scope_bar(view)
    st.caption(_caption(header, view))
    missing = header.missing(view.facts)
    if missing:
        said = _("This page {needs}.").format(needs=contents.needs_words(missing, view.facts))
        if view.facts.watermark and not view.facts.knows_customers and not view.facts.is_of_nobody:
            words = _(
                "Every row of this dataset is dated after {day}, up to which the data count. Correct the dates in the "
                "files, or check how day and month were read, and load again."
            )
            said = words.format(day=formats.date(view.facts.watermark))
        st.info(said, icon=":material/info:")
        contents.link("your_data", _("Go to your data"), "upload_file")
        return
    if header.answers and view.facts.wrong:
        _warn(view.facts.wrong)
    with results.sharing():
        page.run()


def _warn(wrong: int) -> None:
    """Where numbers are shown, that some are probably wrong, and the way to what can be done about it."""
    words = ngettext("{n} thing probably makes numbers wrong", "{n} things probably make numbers wrong", wrong)
    with st.container(horizontal=True, vertical_alignment="center", key="probably-wrong"):
        say.write(f":orange[:material/warning:] **{words.format(n=formats.number(wrong))}**", width="content")
        contents.link("passport", _("See what, and what to do"), "fact_check")


def main() -> None:
    """Draw the frame and the page inside it; what fails unforeseen is logged, and said with what to do."""
    try:
        _draw()
    except Exception:
        _log.exception("A page could not be drawn: %s", st.context.url)
        st.error(
            _(
                "Something went wrong here, and this part of the page is missing. Your data are as they were. Try again; "
                "if it stays so, go back in the browser, or choose another page or dataset. The server’s log has the details."
            ),
            icon=":material/error:",
        )
        st.button(_("Try again"), icon=":material/refresh:", key="try-again")
    finally:
        address.end()


def _draw() -> None:
    st.set_page_config(page_title="Churnbook", page_icon=str(Path(__file__).parent / "icon.png"), layout="wide")
    headers = contents.pages()
    speak(address.choose_language())
    made = [
        st.Page(header.path, title=_(header.title), url_path=header.name, default=header.name == address.HOME)
        for header in headers
    ]
    page = st.navigation(made, position="hidden")
    header = next(each for each in headers if each.name == (page.url_path or address.HOME))
    address.begin(header.name)
    speak(address.choose_language())
    cell.begin()
    with st.spinner(_("Preparing the sample data…")):
        library = _library()
    view = address.open_view(header.name, library)
    if view is None:
        st.error(_("There is no dataset yet. Upload one under “Your data”."))
        return
    say.tell()
    sections: dict[str, list[contents.Page]] = {}
    for each in headers:
        sections.setdefault(_(each.section), []).append(each)
    _sidebar(view, sections)
    _run(page, header, view)


main()
