"""Values as office exports write them: each kind with cells of a column and what they are read as."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from churnbook.intake.cells import dates, numbers, values
from churnbook.intake.cells.dates import Choice
from tests.intake.built import read


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]


MARCH = at(2024, 3, 5)
CLOCK = at(2024, 3, 5, 14, 5)
EXACT = at(2024, 3, 5, 14, 5, 9)

DATES: dict[str, dict[str, dt.datetime | None]] = {
    "ISO": {"2024-03-05": MARCH, "2024-3-5 14:5": CLOCK, "2024-03-05T14:05:09": EXACT, "2024-02-30": None, "soon": None},
    "ISO with fractions": {
        "2024-03-05 14:05:09.250": at(2024, 3, 5, 14, 5, 9, 250_000),
        "2024-03-05T14:05:09.1234567": at(2024, 3, 5, 14, 5, 9, 123_456),
        "2024-03-05 14:05:09,250": at(2024, 3, 5, 14, 5, 9, 250_000),
    },
    "without marks": {
        "20240305": MARCH,
        "20240305 14:05": CLOCK,
        "202403051405": CLOCK,
        "20240305140509": EXACT,
        "20240305T140509": EXACT,
        "2024111": None,
        "20240230": None,
    },
    "a month": {"2024-03": at(2024, 3, 1), "202404": at(2024, 4, 1), "2024年5月": at(2024, 5, 1), "202413": None},
    "slashes": {"2024/3/5": MARCH, "2024/03/05 14:05:09": EXACT, "2024/13/05": None},
    "points": {"2024.3.5": MARCH, "2024.03.05 14:05": CLOCK},
    "Chinese": {
        "2024年3月5日": MARCH,
        "2024年03月05日 14:05:09": EXACT,
        "2024年3月5日14:05": CLOCK,
        "2024年3月5日 14时05分09秒": EXACT,
        "2024年3月5日 14时05分": CLOCK,
        "2024年3月5日14点": at(2024, 3, 5, 14),
        "3月5日 下午2:05": None,
        "2024年13月5日": None,
    },
    "Chinese halves of the day": {
        "2024/3/5 下午 2:05:09": EXACT,
        "2024-03-05 下午2:05": CLOCK,
        "2024年3月5日 下午2点05分": CLOCK,
        "2024/3/5 上午 2:05": at(2024, 3, 5, 2, 5),
        "2024/3/5 上午12:05": at(2024, 3, 5, 0, 5),
        "2024/3/5 上午 0:05": at(2024, 3, 5, 0, 5),
        "2024/3/5 下午 12:05": at(2024, 3, 5, 12, 5),
        "2024/3/5 下午 14:05": CLOCK,
        "2024/3/5 凌晨1:05": at(2024, 3, 5, 1, 5),
        "2024/3/5 晚上12:05": None,
        "2024/3/5 中午12:05": None,
    },
    "AM and PM": {
        "2024-03-05 2:05 PM": CLOCK,
        "2024-03-05 02:05:09 pm": EXACT,
        "2024-03-05 2:05PM": CLOCK,
        "2024-03-05 2:05 p.m.": CLOCK,
        "2024-03-05 12:05 AM": at(2024, 3, 5, 0, 5),
        "2024-03-05 13:05 AM": None,
    },
    "English months": {
        "5 Mar 2024": MARCH,
        "Mar 5, 2024": MARCH,
        "March 5 2024": MARCH,
        "05-Mar-2024": MARCH,
        "05Mar2024": MARCH,
        "5th of March 2024": MARCH,
        "2024-Mar-05": MARCH,
        "Sept 5, 2024": at(2024, 9, 5),
        "5 MAR 2024 14:05": CLOCK,
        "Mar 5, 2024 2:05 PM": CLOCK,
        "Mar 2024": at(2024, 3, 1),
        "31 Feb 2024": None,
        "Mar 5": None,
        "5 Marsh 2024": None,
        "Decorated 5 2024": None,
        "Marcus 5 2024": None,
        "March 5, 2024 at 2:05 PM": CLOCK,
    },
    "German": {
        "5. März 2024": MARCH,
        "05. Mrz 24": MARCH,
        "5-Dez-2023": at(2023, 12, 5),
        "Dienstag, 5. März 2024 um 14:05 Uhr": CLOCK,
        "Okt. 2023": at(2023, 10, 1),
        "5. Jänner 2024": at(2024, 1, 5),
        "5. Marz 2024": MARCH,
        "31. Februar 2024": None,
    },
    "French": {
        "mardi 5 mars 2024 à 14h05": CLOCK,
        "1er avril 2024": at(2024, 4, 1),
        "5 févr. 2024": at(2024, 2, 5),
        "5 AOÛT 2024": at(2024, 8, 5),
        "5 déc. 2023, 14:05:09": at(2023, 12, 5, 14, 5, 9),
    },
    "Spanish": {"5 de marzo de 2024": MARCH, "5 ene 2024": at(2024, 1, 5), "lunes, 1 de abril de 2024": at(2024, 4, 1), "5-ago-2024": at(2024, 8, 5)},
    "Italian": {"5 marzo 2024": MARCH, "1º giugno 2024": at(2024, 6, 1), "5 set 2024, 14:05": at(2024, 9, 5, 14, 5), "5 ottobre 2024": at(2024, 10, 5)},
    "Portuguese": {"5 de março de 2024": MARCH, "5 de out. de 2024": at(2024, 10, 5), "5/fev/2024": at(2024, 2, 5)},
    "Dutch": {"5 maart 2024": MARCH, "5 mrt 2024 14:05": CLOCK, "5 mei 2024": at(2024, 5, 5)},
    "Polish": {"5 marca 2024 r.": MARCH, "5 wrz 2024": at(2024, 9, 5), "5 październik 2024": at(2024, 10, 5), "5 listopada 2024, 14:05": at(2024, 11, 5, 14, 5)},
    "Russian": {"5 марта 2024 г.": MARCH, "5 мая 2024 года в 14:05": at(2024, 5, 5, 14, 5), "вторник, 5 Марта 2024": MARCH, "05 янв. 2024": at(2024, 1, 5), "Июнь 2024": at(2024, 6, 1)},
    "other languages": {
        "5 березня 2024 р.": MARCH,
        "5. března 2024": MARCH,
        "5 martie 2024": MARCH,
        "2024. március 5.": MARCH,
        "5 mars 2024 kl. 14:05": CLOCK,
        "onsdag den 6. marts 2024": at(2024, 3, 6),
    },
    "no months": {"Plan Pro 2024": None, "Size 12 red 24": None, "Marz 2024 of Ada": None},
    "Minguo": {
        "113/03/05": MARCH,
        "113-3-5 14:05": CLOCK,
        "民國113年3月5日": MARCH,
        "民国113年3月5日 下午2時05分": CLOCK,
        "中華民國113年3月5日 14:05:09": EXACT,
        "113.03.05": MARCH,
        "099/12/31": at(2010, 12, 31),
        "99/12/31": at(2010, 12, 31),
        "113/2/29": at(2024, 2, 29),
        "2024/03/05": MARCH,
        "112/2/29": None,
    },
    "weekdays": {
        "Tue 5 Mar 2024": MARCH,
        "Tuesday, March 5, 2024": MARCH,
        "2024-03-05 星期二": MARCH,
        "2024年3月5日（周二）14:05": CLOCK,
        "Tue Mar 05 2024 14:05:09 GMT+0800 (China Standard Time)": EXACT,
        "Tue, 05 Mar 2024 14:05:09 +0800": EXACT,
    },
    "full width": {
        "２０２４／３／５": MARCH,
        "２０２４－０３－０５": MARCH,
        "２０２４年３月５日　１４：０５": CLOCK,
    },
    "zones": {
        "2024-03-05T06:05:00Z": CLOCK,
        "2024-03-05T06:05:09+00:00": EXACT,
        "2024-03-05 06:05:09 UTC": EXACT,
        "2024-03-05T06:05:09.000Z": EXACT,
        "2024-03-04T22:05:09-08:00": EXACT,
        "2024-03-05T14:05:09+0800": EXACT,
        "2024-03-05 14:05:09 +0800": EXACT,
        "2024-03-05 06:05:09.250000+00:00": at(2024, 3, 5, 14, 5, 9, 250_000),
        "2024-03-05 06:05:09.250 UTC": at(2024, 3, 5, 14, 5, 9, 250_000),
        "2024-03-05 06:05 UTC": CLOCK,
        "2024-03-05T06:05:09.000+0000": EXACT,
        "Tue, 05 Mar 2024 06:05:09 GMT": EXACT,
        "2024-03-05T14:05:09+08": EXACT,
        "2024-03-05 06:05+00:00": CLOCK,
        "2024-03-05 14:05:09": EXACT,
    },
    "Unix time": {
        "1709618709": EXACT,
        "1709618709.5": at(2024, 3, 5, 14, 5, 9, 500_000),
        "1709618709000": EXACT,
        "1709618709000.25": at(2024, 3, 5, 14, 5, 9, 250),
        "1709618709000000": EXACT,
        "1709618709123456": at(2024, 3, 5, 14, 5, 9, 123_456),
        "1709618709123456.0": at(2024, 3, 5, 14, 5, 9, 123_456),
        "1709618709123456789": at(2024, 3, 5, 14, 5, 9, 123_456),
        "17096187091": None,
    },
    "days of a spreadsheet": {
        "45356": MARCH,
        "45356.5868055556": CLOCK,
        "45356.25": at(2024, 3, 5, 6),
        "12": None,
        "99999": None,
    },
    "short years, month first": {"3/5/24": MARCH, "3/25/24 14:05": at(2024, 3, 25, 14, 5), "12/31/68": at(2068, 12, 31)},
    "short years, day first": {"5/3/24": MARCH, "25/3/24": at(2024, 3, 25), "31/12/69": at(1969, 12, 31)},
    "short years, year first": {"24-03-05": MARCH, "24-12-31": at(2024, 12, 31), "23-01-02": at(2023, 1, 2)},
    "short years and names": {"05-Mar-24": MARCH, "5 March 24": MARCH, "24年3月5日": MARCH},
    "month first": {"3/5/2024": MARCH, "3/25/2024": at(2024, 3, 25), "3/5/2024 2:05 PM": CLOCK},
    "day first": {"5/3/2024": MARCH, "25/3/2024": at(2024, 3, 25), "5/3/2024 14:05:09": EXACT},
    "day first with points": {"05.03.2024": MARCH, "25.03.2024": at(2024, 3, 25), "05.03.2024 14:05": CLOCK},
    "day first with points, where both would fit": {"05.03.2024": MARCH, "06.03.2024 14:05": at(2024, 3, 6, 14, 5), "7.3.24": at(2024, 3, 7)},
    "mostly day first": {"5/3/2024": MARCH, "25/3/2024": at(2024, 3, 25), "26/3/2024": at(2024, 3, 26), "3/27/2024": None},
    "no dates": {"infinity": None, "epoch": None, "now": None, "12.50": None, "0000-00-00": None, "1/2": None, "": None},
    "marked as text": {
        "'2024-03-05": MARCH,
        '="2024-03-05 14:05"': CLOCK,
        "`2024-03-05 14:05:09": EXACT,
        "\t2024/3/5 14:05\t": CLOCK,
        '="20240305"': MARCH,
        "`113/03/05": MARCH,
        "'5. März 2024": MARCH,
        "'1709618709": EXACT,
        '="45356"': MARCH,
        "\t45356": MARCH,
        '=""': None,
        "'soon": None,
    },
    "marked, month first": {"'3/5/2024": MARCH, "`4/6/2024 14:05": at(2024, 4, 6, 14, 5)},
    "in no order": {"5 2024 Mar": None, "113/5/2024": None, "5.3": None},
    "years out of range": {"1899-12-31": None, "1900-01-01": at(1900, 1, 1), "2201-01-01": None, "3/5/124": None},
}  # fmt: skip


@pytest.mark.parametrize("name", DATES)
def test_dates_are_read_as_their_column_writes_them(name: str) -> None:
    cells = DATES[name]
    found, _written = read("timestamp", list(cells))
    assert dict(zip(cells, found, strict=True)) == cells


def test_a_single_day_that_fits_both_ways_is_month_first_unless_the_user_says_otherwise() -> None:
    cells = ["3/5/2024", "4/6/2024"]
    found, written = read("timestamp", cells)
    assert found == [MARCH, at(2024, 4, 6)]
    assert isinstance(written, dates.Dates) and written.is_open
    found, written = read("timestamp", cells, Choice(day_first=True))
    assert found == [at(2024, 5, 3), at(2024, 6, 4)]
    assert isinstance(written, dates.Dates) and not written.is_open
    assert read("timestamp", ["25/3/2024"], Choice(day_first=False))[0] == [None]


def test_points_between_day_and_month_say_that_the_day_is_first() -> None:
    found, written = read("timestamp", ["05.03.2024", "06.04.2024"])
    assert found == [MARCH, at(2024, 4, 6)]
    assert isinstance(written, dates.Dates) and written.is_pointed and not written.is_open
    found, written = read("timestamp", ["05.03.2024", "06.04.2024"], Choice(day_first=False))
    assert found == [at(2024, 5, 3), at(2024, 6, 4)]
    assert isinstance(written, dates.Dates) and not written.is_pointed
    found, written = read("timestamp", ["05.03.2024", "06/04/2024"])
    assert isinstance(written, dates.Dates) and written.is_open and not written.is_pointed
    found, written = read("timestamp", ["03.25.2024", "03.05.2024"])
    assert found == [at(2024, 3, 25), MARCH], "only the month fits first"


def test_days_of_a_spreadsheet_may_count_from_1904() -> None:
    assert read("timestamp", ["43894", "43894.5"], Choice(since_1904=True))[0] == [MARCH, at(2024, 3, 5, 12)]


def test_clocks_that_skip_or_repeat_an_hour_do_not_stop_a_column() -> None:
    cells = ["2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z"]
    found, _written = read("timestamp", cells, timezone="America/New_York")
    repeated = at(2024, 11, 3, 1, 30)
    assert found == [at(2024, 3, 10, 2, 30), repeated, repeated, repeated], "as written; converted, both hours are one"


NUMBERS: dict[str, dict[str, str | None]] = {
    "plain": {"1234.5": "1234.5", " 7 ": "7", "-12.30": "-12.3", "+5": "5", ".5": "0.5", "1e3": "1000", "abc": None},
    "thousands with commas": {"1,234.56": "1234.56", "1,234,567": "1234567", "1,2,3": None, "12,34.5": None, ",5": None},
    "a comma before decimals": {"1.234,56": "1234.56", "12,5": "12.5", "1.234": "1234", "7": "7", "1.5.2": None},
    "blanks": {"1 234,56": "1234.56", "1\u00a0234,50": "1234.5", "1\u202f234\u202f567,8": "1234567.8", "1 2": None},
    "thin blanks and a point": {"1\u2009234.5": "1234.5"},
    "quotes": {"1'234.56": "1234.56", "1’234’567.8": "1234567.8"},
    "yuan": {"¥1,234.50": "1234.5", "￥7": "7", "CNY 8": "8", "rmb9": "9", "人民币12元": "12", " 88 元 ": "88", "-¥3": "-3", "¥-3": "-3", "-¥-3": None},
    "dollars": {"$1,234.50": "1234.5", "US$6.10": "6.1", "USD 7": "7", "8 USD": "8", "-$3": "-3"},
    "euros with a comma": {"1.234,56 €": "1234.56", "€ 12,50": "12.5"},
    "pounds": {"£5": "5", "£1,000": "1000", "£0.99": "0.99"},
    "units": {"1.2万": "12000", "3亿": "300000000", "¥1.1万元": "11000", "0.00012万": "1.2", "2.5 万": "25000", "万": None},
    "brackets": {"(1,234.50)": "-1234.5", "¥(5)": "-5", "(¥6)": "-6", "7": "7", "(8": None, "9)": None},
    "a minus at the end": {"12.5-": "-12.5", "1,000.00-": "-1000", "7": "7"},
    "other minus signs": {"−5": "-5", "－6.5": "-6.5", "–7": "-7"},
    "full width": {"１２３．５": "123.5", "￥１，２３４．００": "1234", "（５）": "-5"},
    "a percentage is no amount": {"12.5%": None, "７％": None, "5": "5"},
    "both marks: most cells decide": {"12.5": "12.5", "3.25": "3.25", "4,5": None},
    "marked as text": {"'-75.63": "-75.63", '="99.00"': "99", "`12.50": "12.5", "\t7": "7", " '8 ": "8", "`¥1,234.50": "1234.5", "'": None, '=""': None, "'x": None, "=1+1": None},
    "marked, a comma before decimals": {"'1.234,56": "1234.56", '="12,5"': "12.5"},
    "yuan behind": {"0元": "0", "12.50元": "12.5", "1,234元": "1234", "￥3.00元": "3", "无退款申请": None},
    "not amounts": {"2-3": None, "--5": None, "=1+1": None, "<b>5</b>": None, "1;2": None, "五": None, "1e30": None, "5 月": "5"},
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_amounts_are_read_exactly_as_their_column_writes_them(name: str) -> None:
    cells = NUMBERS[name]
    found, _written = read("money", list(cells))
    expected = {cell: None if value is None else Decimal(value) for cell, value in cells.items()}
    assert dict(zip(cells, found, strict=True)) == expected


def test_a_comma_before_three_digits_alone_is_told_as_an_assumption() -> None:
    assert read("money", ["1,234", "999"]) == (
        [1234, 999],
        numbers.Numbers(forms=frozenset({"commas"}), open_marks=(",",)),
    )
    assert read("number", ["1.234", "999"]) == ([1.234, 999], numbers.Numbers(open_marks=(".",)))
    assert read("money", ["1,234", "999.50"])[1] == numbers.Numbers(forms=frozenset({"commas"}))


WORDS = {
    "flag": {
        True: ["是", "Y", "yes", "1", "1.0", "TRUE", "真", "对", "√", "on", "On", " t ", "`是", "'1", '="1"', "\t是"],
        False: ['="否"', "否", "N", "no", "0", "FALSE", "假", "错", "×", "off", "F"],
        None: ["maybe", "2", "", "-", "是否", "<b>"],
    },
    "text": {
        "NA": ["NA", " NA "],
        "unknown": ["unknown"],
        "未知": ["未知"],
        "/": ["/"],
        "13800000000": ["'13800000000", '="13800000000"', "`13800000000", "\t13800000000", "\t'13800000000"],
        "+86 138": ["'+86 138", '="+86 138"'],
        "@ada": ["'@ada"],
        "零钱": ["`零钱", '="零钱"'],
        "'s-Hertogenbosch": ["'s-Hertogenbosch"],
        "`code` here": ["`code` here"],
        "=1+1": ["=1+1"],
        None: ["", '=""', "'", "`", " ", "NULL", "null", "N/A", "#N/A", "#NULL!", "-", "--", "—", "无", "空", "(空)", "None", "nan", "\\N"],
    },
    "id": {
        "007": ["007", "  007 ", "'007", '="007"', "`007", "\t007", "\t'007"],
        "oABC_12": ["`oABC_12", '="oABC_12"'],
        "186****05": ["'186****05"],
        "12345678901234567890123": ["12345678901234567890123"],
        "=1+1": ["=1+1"],
        "'; drop table customers": ["'; drop table customers"],
        None: ["NA", "N/A", "", "　"],
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", WORDS)
def test_words_are_taken_for_what_they_mean(kind: str) -> None:
    for value, cells in WORDS[kind].items():  # type: ignore[attr-defined]
        assert read(kind, cells)[0] == [value] * len(cells)


@pytest.mark.parametrize(
    ("kind", "nothing"),
    [
        ("timestamp", ["未知", "0000-00-00", "NA", "-", "待定"]),
        ("money", ["未知", "NA", "-", "n/a", "无退款申请", '=""', "'", "`"]),
        ("text", ["-", "", '=""']),
    ],
)
def test_words_for_nothing_depend_on_what_is_asked(kind: str, nothing: list[str]) -> None:
    with duckdb.connect() as connection:
        says_nothing = values.is_null("cell", kind)
        source = "(select unnest($cells::varchar[]) as cell)"
        cells = [*nothing, "2024-01-05", "5"]
        rows = connection.execute(f"select {says_nothing} from {source}", {"cells": cells}).fetchall()
    assert [row[0] for row in rows] == [True] * len(nothing) + [False, False]
