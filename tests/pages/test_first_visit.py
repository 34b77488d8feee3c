"""The first visit: what this is, on a sample in the reader's language, with two ways to begin."""

import pytest

from churnbook.datasets.library import Library
from tests.builders import Open, add, choose_chinese


@pytest.mark.parametrize(
    ("language", "dataset", "begin", "own"),
    [
        ("en", "1,200 customers", "Try the sample", "Use my files"),
        ("zh_CN", "2,400名客户", "试用示例数据", "使用自己的文件"),
    ],
)
def test_a_first_visit_says_what_this_is_on_the_sample_in_the_readers_language(
    opened: Open, language: str, dataset: str, begin: str, own: str
) -> None:
    app = opened(dataset="", lang=language)
    assert app.subheader[0].value == "Churnbook"
    assert dataset in "".join(each.value for each in app.sidebar.caption)
    assert own in [link.proto.label for link in app.get("page_link")]
    (button,) = (each for each in app.button if each.label == begin)
    button.click().run()
    assert begin not in [each.label for each in app.button], "whoever has begun is greeted no more"
    assert dataset in "".join(each.value for each in app.sidebar.caption)


def test_another_language_keeps_the_dataset(opened: Open) -> None:
    app = opened(dataset="")
    choose_chinese(app)
    assert app.query_params["dataset"] in ("sample-subscription", ["sample-subscription"])
    assert "1,200名客户" in "".join(each.value for each in app.sidebar.caption)


def test_who_has_files_of_their_own_is_not_greeted(opened: Open, library: Library) -> None:
    add(library, {"orders.csv": "customer_id,ordered_at\nA,2024-01-05\n"})
    assert "Try the sample" not in [each.label for each in opened(dataset="").button]
