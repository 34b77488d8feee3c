"""Why a sheet looks like what it is proposed to be, in words."""

from __future__ import annotations

from churnbook.catalogue import schema
from churnbook.intake.files import headers
from churnbook.intake.mapping import guess
from churnbook.intake.mapping.map import Proposal
from churnbook.words import formats
from churnbook.words.language import _

_SHOWN = 3


def why(proposal: Proposal) -> str:
    """In a sentence or two, why a sheet looks like what it is proposed to be."""
    mapped = proposal.mapped
    canonical = schema.LOADABLE[mapped.table]
    table = _(canonical.label).lower()
    if mapped.sheet.unpivot and mapped.sheet.unpivot.kind == "months":
        first, *_between, last = mapped.sheet.unpivot.columns
        return _(
            "This looks like **{table}** by month: the columns {first} … {last} are months. "
            "Each of their cells becomes a row; blank and zero cells give none."
        ).format(table=table, first=formats.escape(first), last=formats.escape(last))
    if mapped.missing and proposal.score < 0:
        return _("No kind of file fits this one well; {table} come nearest.").format(table=table)
    if set(mapped.roles) == {"customer_id"} and not proposal.is_once:
        return _("Only {column} was recognised, so this is read as a list of **{table}**.").format(
            column=_named(mapped.roles["customer_id"], _(canonical.role("customer_id").label)), table=table
        )
    shown = [
        _named(mapped.roles[role.name], _(role.label))
        for role in canonical.roles
        if proposal.known.get(role.name) == "header" and (role.name != "customer_id" or mapped.table == "customers")
    ]
    reasons = []
    if shown:
        reasons.append(_("it has columns for {columns}").format(columns=formats.listed(shown[:_SHOWN])))
    if proposal.is_once and mapped.table == "customers":
        reasons.append(_("each customer has one row"))
    if proposal.is_named:
        reasons.append(_("its name says so"))
    said = [
        _("This looks like **{table}**: {reasons}.").format(table=table, reasons=_("; ").join(reasons))
        if reasons
        else _("This may be **{table}**; nothing but the values says so.").format(table=table)
    ]
    if proposal.rival:
        said.append(_("It could also be {table}.").format(table=_(schema.LOADABLE[proposal.rival].label).lower()))
    if proposal.asked:
        said.append(
            _(
                "No column is known to say when a subscription ends: if {columns} does, choose “Subscription end” for it."
            ).format(columns=_(" or ").join(map(formats.escape, proposal.asked[:_SHOWN])))
        )
    said += [formats.escape(assumed.words) for assumed in guess.assumed(mapped.sheet, mapped.table, mapped.roles)]
    return formats.sentences(said)


def _named(header: str, label: str) -> str:
    if headers.normal(header) == headers.normal(label):
        return formats.escape(header)
    return _("{role} ({column})").format(role=label.lower(), column=formats.escape(header))
