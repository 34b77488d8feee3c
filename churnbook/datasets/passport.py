"""What an import writes down about the files it read: the words that intake and the passport share."""

from __future__ import annotations

from churnbook.words.language import N_

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
}
"""Why a row was set aside, by the short word the dataset file stores."""
