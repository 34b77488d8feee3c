"""What an import writes down about the files it read: the words that intake and the passport share."""

from __future__ import annotations

from churnbook.words.language import N_

READ, LOADED, REPEATED, REPLACED = "read", "loaded", "repeated", "replaced"
MADE, NOBODY = "made", "nobody"
"""Rows made beside those read, for money paid back; rows loaded of which nobody knows whose they are."""
NOT_DATA = ("total", "header", "blank")
"""The reasons of rows that are no data, among those that say why a row was not loaded."""
BY_RULE = ("dropped", "trial", "state", "guest", "names")
"""The reasons of rows that are left out by what the mapping says, among the same."""

REASONS = {
    "missing": N_("required value is missing"),
    "id": N_("not an id"),
    "timestamp": N_("not a date or time that can be read"),
    "money": N_("not a number"),
    "number": N_("not a number"),
    "flag": N_("neither yes nor no"),
    "fields": N_("the line does not have as many fields as the header"),
    "quote": N_("a quotation mark does not belong to a pair"),
    "total": N_("a row of totals"),
    "header": N_("the header again"),
    "blank": N_("a blank row"),
    "duplicate": N_("the same customer id stands on an earlier line"),
    "rounded": N_("a long number that a spreadsheet rounded; format the column as text and export again"),
    "end": N_("ends before it starts"),
    "dropped": N_("no data by a rule of the mapping, as a test"),
    "trial": N_("a trial that was not paid for"),
    "state": N_("left out by its status"),
    "guest": N_("of guests, whom nothing tells apart"),
    "names": N_("names the customers of another file’s orders, and counts for nothing else"),
}
"""Why a row was set aside, by the short word the dataset file stores."""

COVERAGE_KEPT = ("coverage", "coverage_gaps", "coverage_astray", "coverage_ends")
"""The queries about the days covered whose results are kept in `meta`."""

GAP = N_("{table}: no rows from {first} to {last} ({days} days).")
ENDS_EARLY = N_("{table}: the last row is of {day}, {days} days before the last of {other} ({latest}).")
NONE_SHARED = N_(
    "No customer of the customer file appears in the orders, events or subscriptions. "
    "The ids are probably written differently; compare them in the files."
)
UNLISTED = N_("{table}: {share} of rows name a customer who is not in {file} (for example {examples}).")
OTHER_ZEROS = N_(
    "Customer ids that {file} holds with other zeros in front: {ids}, for instance {first} and {second}; "
    "they count as different customers."
)
"""Warnings the passport tells again where they belong."""
