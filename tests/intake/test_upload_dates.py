"""The question about day and month on the page, without a browser."""

import pytest

from tests.builders import Open, texts

CONTENT = b"customer_id,ordered_at\nA,3/5/2024\nB,4/6/2024\n"


@pytest.mark.parametrize(("day_first", "last"), [(False, "2024-04-06"), (True, "2024-06-04")])
def test_the_page_asks_which_is_first_with_one_cell_read_both_ways(opened: Open, day_first: bool, last: str) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("orders.csv", CONTENT, "text/csv").run()
    (asked,) = app.radio
    assert asked.label == "In ordered\\_at, what day is 3/5/2024?"
    assert asked.options == ["2024-03-05 (month first)", "2024-05-03 (day first)"]
    asked.set_value(day_first).run()
    app.button(key="load").click().run()
    assert not app.exception
    told = texts(app)
    assert f"2 orders · data to {last}" in told
    assert "could be read month first or day first" not in told


def test_the_page_does_not_ask_where_the_dates_say_it(opened: Open) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("orders.csv", CONTENT + b"C,25/6/2024\n", "text/csv").run()
    assert not app.exception and not app.radio


@pytest.mark.parametrize(("since_1904", "last"), [(False, "2020-03-05"), (True, "2024-03-06")])
def test_the_page_asks_where_numbers_of_days_begin(opened: Open, since_1904: bool, last: str) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("orders.csv", b"customer_id,order_date\nA,43894\nB,43895\n", "text/csv").run()
    (asked,) = app.radio
    assert asked.options == [
        "2020-03-04 (days since 1900, as usual)",
        "2024-03-05 (days since 1904, workbooks of old Macs)",
    ]
    asked.set_value(since_1904).run()
    app.button(key="load").click().run()
    assert not app.exception and f"2 orders · data to {last}" in texts(app)
