"""The frame around pages: what fails in one is said with what to do, and links carry what is looked at."""

from pathlib import Path

import pytest

from churnbook.datasets.library import Library
from churnbook.page import contents
from churnbook.page.contents import read
from tests.builders import Open, add, choose_chinese, texts

HEADER = "# title: Overview\n# icon: rule\n# section: Data\n# order: 1\n# asks: What is in this dataset?\n"


@pytest.fixture
def shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first page of the app, to be written by a test."""
    path = tmp_path / "overview.py"
    monkeypatch.setattr(contents, "pages", lambda: (read(path),))
    return path


def test_a_page_that_fails_says_what_to_do_and_the_log_has_the_rest(
    opened: Open, shows: Path, failures: list[str]
) -> None:
    shows.write_text(HEADER + '"""."""\nimport streamlit as st\nst.write("Before.")\n1 / 0\n')
    app = opened()
    assert not app.exception, "no error box of Streamlit's, with links to search engines"
    assert "Before." in texts(app) and "Something went wrong here" in texts(app) and "Try again" in texts(app)
    (told,) = failures
    assert "ZeroDivisionError" in told and "overview.py" in told
    failures.clear()
    shows.write_text(HEADER + '"""."""\nimport streamlit as st\nst.write("It is well.")\n')
    app.button(key="try-again").click().run()
    assert "It is well." in texts(app) and not app.error


def test_a_page_that_cannot_be_read_as_python_says_so_in_the_language_spoken(
    opened: Open, shows: Path, failures: list[str]
) -> None:
    shows.write_text(HEADER + '"""."""\nthis is no Python\n')
    app = opened(lang="zh_CN")
    assert not app.exception and "这里出错了" in texts(app)
    failures.clear()


def test_a_page_may_stop_and_start_over(opened: Open, shows: Path) -> None:
    again = 'if "again" not in st.session_state:\n    st.session_state["again"] = 1\n    st.rerun()\n'
    shows.write_text(f'{HEADER}"""."""\nimport streamlit as st\n{again}st.write("Twice.")\nst.stop()\n')
    app = opened()
    assert not app.error and "Twice." in texts(app)


def test_streamlit_shows_no_details_and_no_links_to_search_engines() -> None:
    settings = (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text()
    assert 'showErrorLinks = "false"' in settings and 'showErrorDetails = "none"' in settings


def test_links_carry_dataset_scope_and_language_and_what_was_chosen_on_the_page(opened: Open, library: Library) -> None:
    id = add(library, {"orders.csv": "customer_id,ordered_at,city\nA,2024-01-05,x\nB,2024-03-05,y\n"})
    app = opened("cohorts", dataset=id, **{"from": "2024-01-01"}, retention__grain="quarter")
    choose_chinese(app)
    links = {link.proto.page: link.proto.query_string for link in app.get("page_link")}
    shared = f"dataset={id}&lang=zh_CN&from=2024-01-01"
    assert links["churn"] == shared
    assert links["cohorts"] == f"{shared}&retention.grain=quarter"
    app.selectbox(key="widget:dataset").set_value("sample-shop").run()
    links = {link.proto.page: link.proto.query_string for link in app.get("page_link")}
    assert links["cohorts"] == "dataset=sample-shop&lang=zh_CN", "another dataset has other names"


@pytest.mark.parametrize("page", [page.name for page in contents.pages()])
def test_opening_a_page_writes_nothing_into_the_address(opened: Open, page: str) -> None:
    assert not opened(page, dataset="").query_params
