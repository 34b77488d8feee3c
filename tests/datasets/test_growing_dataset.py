"""A dataset that grows on the page: files added, replaced, mapped anew, taken back; files of the server."""

from pathlib import Path

import pytest

from churnbook.page import contents
from tests.builders import Open, texts

JANUARY = b"customer_id,order_id,ordered_at,amount,paid\nA,1,2024-01-05,10,1\nB,2,2024-01-31,20,2\n"
FEBRUARY = b"customer_id,order_id,ordered_at,amount,paid\nB,2,2024-01-31,25,2\nC,3,2024-02-20,30,3\n"


def loaded(opened: Open, name: str = "january.csv", content: bytes = JANUARY):  # type: ignore[no-untyped-def]
    app = opened("your_data")
    app.file_uploader[0].upload(name, content, "text/csv").run()
    app.button(key="load").click().run()
    assert not app.exception
    return app


def test_a_second_file_of_the_same_columns_is_offered_to_be_added_and_says_what_is_there(opened: Open) -> None:
    app = loaded(opened)
    app.file_uploader[0].upload("february.csv", FEBRUARY, "text/csv").run()
    told = texts(app)
    assert "of 2 rows **1 are there already** (told apart by: Order id); 0 of these say the same, 1" in told
    assert "It covers 2024-01-31 to 2024-02-20; the dataset has 2024-01-05 to 2024-01-31." in told
    app.button(key="load").click().run()
    assert not app.exception
    assert "3 customers · 3 orders · data to 2024-02-20" in texts(app)
    assert "Added february.csv; rows replaced, since they were there already: 1." in texts(app)
    app.button(key="go-back").click().run()
    assert not app.exception and "2 customers · 2 orders · data to 2024-01-31" in texts(app)
    app.button(key="go-back").click().run()
    assert "3 customers · 3 orders · data to 2024-02-20" in texts(app)


def test_both_rows_count_where_the_user_says_so(opened: Open) -> None:
    app = loaded(opened)
    app.file_uploader[0].upload("february.csv", FEBRUARY, "text/csv").run()
    app.radio[0].set_value("add").run()
    app.button(key="load").click().run()
    assert "4 rows loaded" in texts(app), "two of them are lines of one order"


def test_days_no_file_covers_are_told_before_adding(opened: Open) -> None:
    app = loaded(opened)
    later = b"customer_id,order_id,ordered_at,amount,paid\nC,9,2024-02-03,30,3\n"
    app.file_uploader[0].upload("later.csv", later, "text/csv").run()
    told = texts(app)
    assert "none of its 1 rows is in the dataset yet" in told
    assert "No file covers the 2 days between." in told


def test_a_file_takes_the_place_of_another(opened: Open) -> None:
    app = loaded(opened)
    app.file_uploader[0].upload("february.csv", FEBRUARY, "text/csv").run()
    aim = next(each for each in app.button_group if str(each.key).startswith("aim:"))
    aim.set_value("replace").run()
    app.button(key="load").click().run()
    assert not app.exception
    assert "2 customers · 2 orders · data to 2024-02-20" in texts(app)
    assert "Replaced january.csv by february.csv." in texts(app)


def test_a_mapping_is_changed_without_uploading_again(opened: Open) -> None:
    app = loaded(opened)
    app.button(key="change-dataset").click().run()
    assert not app.exception and app.button(key="load").disabled, "nothing is changed yet"
    zone = next(each for each in app.selectbox if each.label == "Time zone")
    zone.set_value("Asia/Shanghai").run()
    app.button(key="load").click().run()
    assert not app.exception
    assert "Changed the mapping or settings." in texts(app) and "Loaded january.csv." in texts(app)


def test_leaving_a_change_leaves_the_dataset_as_it_is(opened: Open) -> None:
    app = loaded(opened)
    app.button(key="change-dataset").click().run()
    app.button(key="leave").click().run()
    assert not app.exception
    assert "Changed the mapping" not in texts(app) and app.file_uploader


def test_a_sample_can_neither_grow_nor_be_mapped_anew(opened: Open) -> None:
    app = opened("your_data")
    app.file_uploader[0].upload("january.csv", JANUARY, "text/csv").run()
    assert not app.exception
    assert not [each for each in app.button_group if str(each.key).startswith("aim:")]
    assert "Files and history" not in texts(app)


def test_the_same_file_twice_is_refused_and_changes_nothing(opened: Open) -> None:
    app = loaded(opened)
    app.file_uploader[0].upload("copy.csv", JANUARY, "text/csv").run()
    assert "**2 are there already**, word for word" in texts(app)
    app.button(key="load").click().run()
    assert not app.exception and "have the same content" in texts(app)
    assert "2 customers · 2 orders" in texts(app)


def test_a_file_of_the_server_is_chosen_instead_of_uploaded(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHURNBOOK_INBOX", str(tmp_path))
    (tmp_path / "march").mkdir()
    (tmp_path / "march" / "orders.csv").write_bytes(JANUARY)
    (tmp_path / ".secret.csv").write_bytes(JANUARY)
    app = opened("your_data")
    inbox = next(each for each in app.multiselect if each.label == "Files on the server")
    assert inbox.options == ["march/orders.csv · 0.0 MB"], "hidden files are not offered"
    inbox.set_value(["march/orders.csv"]).run()
    app.button(key="load").click().run()
    assert not app.exception and "2 customers · 2 orders" in texts(app)
    assert "Loaded march/orders.csv." in texts(app)


def test_exact_copies_are_kept_once_when_asked_and_taken_back(opened: Open) -> None:
    app = loaded(opened, content=JANUARY + b"B,2,2024-01-31,20,2\n")
    assert "3 rows loaded" in texts(app) and "2 orders" in texts(app)
    app.switch_page(str(contents.FOLDER / "passport.py")).run()
    app.button(key="keep-once").click().run()
    assert not app.exception
    assert not [each for each in app.button if each.key == "keep-once"]
    app.switch_page(str(contents.FOLDER / "your_data.py")).run()
    assert "Kept exact copies of rows once." in texts(app) and "2 rows loaded" in texts(app)
    app.button(key="go-back").click().run()
    assert "3 rows loaded" in texts(app)


def test_an_older_state_is_looked_at_and_not_changed(opened: Open) -> None:
    app = loaded(opened)
    app.file_uploader[0].upload("february.csv", FEBRUARY, "text/csv").run()
    app.button(key="load").click().run()
    app.query_params["generation"] = "1"
    app.file_uploader[0].upload("march.csv", FEBRUARY.replace(b"2024-02", b"2024-03"), "text/csv").run()
    assert not app.exception and "2 customers · 2 orders" in texts(app)
    assert not [each for each in app.button_group if str(each.key).startswith("aim:")], "only a new dataset"


def test_two_files_of_one_name_keep_each_its_own_mapping(opened: Open) -> None:
    app = opened("your_data")
    subscriptions = b"customer_id,started_at,ended_at,mrr\nA,2024-01-05,,10\n"
    app.file_uploader[0].upload("export.csv", JANUARY, "text/csv")
    app.file_uploader[0].upload("export.csv", subscriptions, "text/csv").run()
    app.button(key="load").click().run()
    assert "2 orders · 1 subscription" in texts(app)
    app.button(key="change-dataset").click().run()
    assert not app.exception and "Still missing" not in texts(app)
    kinds = [each.value for each in app.selectbox if each.label == "This file holds"]
    assert kinds == ["orders", "subscriptions"]


def test_orders_added_to_a_list_of_customers_do_not_override_it(opened: Open) -> None:
    app = loaded(opened, "customers.csv", b"customer_id,city\nA,Paris\nB,Lyon\n")
    orders = b"customer_id,order_id,ordered_at,amount,city\nA,1,2024-01-05,10,Rome\nA,2,2024-01-06,10,Rome\n"
    app.file_uploader[0].upload("orders.csv", orders, "text/csv").run()
    aim = next(each for each in app.button_group if str(each.key).startswith("aim:"))
    aim.set_value("add").run()
    assert "none of its 2 rows is in the dataset yet" in texts(app)
    assert not [each for each in app.radio if str(each.key).startswith("clash")]
    app.button(key="load").click().run()
    assert not app.exception and "2 customers · 2 orders" in texts(app)
    app.switch_page(str(contents.FOLDER / "passport.py")).run()
    assert "customers.csv" in str(app.dataframe[0].value) and len(app.dataframe[0].value) == 2
