"""Rows that add up others: a cell that says 合计 or Total where a row of data has something else."""

from __future__ import annotations

from churnbook.intake.cells import values

_WORDS = (
    *("合计", "总计", "小计", "累计", "共计", "总合计", "本页小计", "本页合计", "本月合计", "本月小计"),
    *("合計", "總計", "小計", "累計", "共計"),
    *("total", "totals", "subtotal", "sub-total", "sub total", "grand total", "grandtotal", "total général", "gesamt"),
)
_BLANKS = "[ \u3000]*"


def is_total(cell: str) -> str:
    """SQL: whether a cell holds a word for a total and nothing else; the cell stands in it once (see `values.checked`)."""
    words = "|".join(_BLANKS.join(word.replace(" ", "")) for word in _WORDS)
    pattern = f"(?i){_BLANKS}({words}){_BLANKS}[:：]?{_BLANKS}"
    return f"coalesce(regexp_full_match({cell}, {values.literal(pattern)}), false)"


def first_filled(cells: list[str]) -> str:
    """SQL: the first of these cells that is not blank; NULL where all are."""
    return f"list_filter([{', '.join(cells)}], lambda cell: trim(cell) <> {values.literal('')})[1]"


def place_of_first(cells: list[str]) -> str:
    """SQL: the index of the first of these cells that is not blank, from 0."""
    return (
        f"case {' '.join(f'when trim({cell}) <> {values.literal(str())} then {i}' for i, cell in enumerate(cells))} end"
    )


def begins_total(line: str, delimiter: str) -> str:
    """SQL: whether the first cell of a line of text says that it is a total."""
    # the engine leaves the end of the line before at the beginning of some lines
    return is_total(f"""trim(string_split({line}, {delimiter})[1], '"' || chr(10) || chr(13))""")
