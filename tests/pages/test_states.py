"""A sample that is tried freely and reset, a definition undone where it was made, and what the page says of both."""

import pytest
from streamlit.testing.v1 import AppTest

from churnbook.datasets.definition import Definition
from churnbook.datasets.library import Library
from churnbook.generations import definition, samples, segments
from churnbook.intake.loading.report import LeftOut
from tests.builders import Open, add, texts

ORDERS = "customer_id,ordered_at,amount\n" + "".join(
    f"C{n},{day},10\n" for n in range(6) for day in ("2024-01-03", f"2024-0{1 + n % 3}-20", "2024-06-30")[: 2 + n % 2]
)


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def save_days(app: AppTest, days: int) -> None:
    next(each for each in app.number_input if str(each.key).startswith("definition-days")).set_value(days).run()
    app.button(key="save-definition").click().run()
    assert not app.exception


@pytest.fixture
def shop(library: Library) -> Library:
    """The library with its shop as it was in the beginning."""
    if samples.is_changed(library.facts("sample-shop", library.find("sample-shop").generation)):
        samples.reset(library, "sample-shop")
    return library


def test_a_definition_saved_on_a_sample_says_what_it_moved_and_is_undone_there(opened: Open, shop: Library) -> None:
    app = opened("definition", dataset="sample-shop")
    assert "other-definition" not in keys(app), "nothing was changed yet"
    assert "This sample was changed" not in texts(app)
    save_days(app, 60)
    assert "The definition is saved. In 2024-0" in texts(app) and "the churn rate goes from" in texts(app)
    assert "Lost after 60 days without activity" in texts(app)
    app.button(key="other-definition").click().run()
    assert not app.exception
    assert "The definition before is in use again." in texts(app) and "Lost after 90 days without activity" in texts(
        app
    )
    app.button(key="other-definition").click().run()
    assert "The newer definition is in use again." in texts(app) and "Lost after 60 days without activity" in texts(app)


def test_a_changed_sample_says_so_to_everybody_and_is_reset(opened: Open, shop: Library) -> None:
    definition.save(shop, "sample-shop", Definition.of("churned_by_inactivity:days=60"), LeftOut())
    for page in ("overview", "passport", "your_data"):
        assert "This sample was changed, for everybody who opens it here." in texts(opened(page, dataset="sample-shop"))
    assert "This sample was changed" not in texts(opened(dataset="sample-subscription"))
    app = opened("your_data", dataset="sample-shop")
    app.button(key="reset-sample:your-data").click().run()
    assert not app.exception and "This sample was changed" not in texts(app)
    facts = shop.facts("sample-shop", shop.find("sample-shop").generation)
    assert facts.churn == Definition.of("churned_by_inactivity:days=90")
    app.button(key="go-back").click().run()
    assert "This sample was changed" in texts(app), "resetting is undone as any change is"


def test_a_sample_made_of_other_files_does_not_go_back_to_the_old_ones(
    shop: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "sources_of", lambda _facts: [])
    assert {listed.before for listed in samples.build(shop)} == {None}


def test_only_a_change_of_the_definition_is_undone_on_its_page(opened: Open, library: Library) -> None:
    id = add(library, {"orders.csv": ORDERS})
    app = opened("definition", dataset=id)
    assert "other-definition" not in keys(app)
    save_days(app, 30)
    assert "other-definition" in keys(app)
    segments.save(library, id, "mine", ["C1"])
    assert "other-definition" not in keys(opened("definition", dataset=id)), "going back would undo the segment"


def test_what_moved_is_left_out_where_somebody_else_changed_the_dataset_since(
    opened: Open, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = add(library, {"orders.csv": ORDERS})
    app = opened("definition", dataset=id)
    save = definition.save

    def and_somebody_else(*given: object) -> object:
        listed = save(*given)  # type: ignore[arg-type]
        library.path(id, 1).unlink()
        return listed

    monkeypatch.setattr(definition, "save", and_somebody_else)
    save_days(app, 30)
    assert "The definition is saved." in texts(app) and "goes from" not in texts(app)
