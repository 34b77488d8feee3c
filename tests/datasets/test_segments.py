"""Saved segments: customers kept as an attribute, in a next generation, whole or not at all."""

from pathlib import Path

import pytest

from churnbook.catalogue.request import Scope
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import open_cursor
from churnbook.generations import segments
from churnbook.words.message import Refused
from tests.builders import Make, columns

ORDERS = "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-05\nB,2024-01-06\nC,2024-02-07\n"
CUSTOMERS = "customer_id,city\nA,x\nB,y\nC,x\n"


@pytest.fixture
def listed(tmp_path_factory: pytest.TempPathFactory, make: Make) -> tuple[Library, DatasetEntry]:
    library = Library(tmp_path_factory.mktemp("library"))
    id = library.new_id()
    path = library.next_path(id)
    path.write_bytes(make({"orders.csv": ORDERS, "customers.csv": CUSTOMERS}).read_bytes())
    return library, library.publish(id, path, "Shop")


def test_a_saved_segment_splits_and_filters_like_any_attribute(listed: tuple[Library, DatasetEntry]) -> None:
    library, shop = listed
    saved = segments.save(library, shop.id, "  January   back ", ["A"])
    assert (saved.generation, library.find(shop.id)) == (2, saved)
    facts = library.facts(shop.id, 2)
    assert facts.attributes == {"city": 2, "January back": 2}
    assert list(facts.saved) == ["January back"]
    split = columns(
        facts.path, "cohort_sizes", "segment", "cohort", "customers", breakdown="January back", grain="year"
    )
    assert [(name, n) for name, _, n in split] == [("(all others)", 2), ("January back", 1)]
    only = Scope(where=(("January back", "January back"),))
    assert columns(facts.path, "cohort_retention", "cohort_size", "period", "retained", scope=only) == [
        (1, 0, 1),
        (1, 1, 1),
    ]


@pytest.mark.parametrize(
    ("name", "customers", "words"),
    [
        ("", ["A"], "Give the segment a name"),
        ("x" * 61, ["A"], "Give the segment a name"),
        ("city", ["A"], "already have an attribute “city”"),
        ("first_plan", ["A"], "already have an attribute “first_plan”"),
        ("(all others)", ["A"], "kept for other customers"),
        ("nobody", [], "There is nobody"),
    ],
)
def test_what_cannot_be_saved_changes_nothing(
    listed: tuple[Library, DatasetEntry], name: str, customers: list[str], words: str
) -> None:
    library, shop = listed
    with pytest.raises(Refused, match=words):
        segments.save(library, shop.id, name, customers)
    assert library.find(shop.id) == shop
    assert [path.name for path in (library.folder / shop.id).glob("*.duckdb*")] == ["1.duckdb"]


@pytest.mark.parametrize("size", [40, 200])
def test_a_saved_segment_is_no_mover(make: Make, tmp_path: Path, size: int) -> None:
    """Who was picked by what they did moves every figure by that, which says nothing new."""
    orders = "".join(
        f"A{i},2024-01-05\nA{i},2024-02-05\nB{i},2024-01-06\n" + (f"B{i},2024-02-07\n" if i % 4 else "")
        for i in range(size)
    )
    customers = "".join(f"A{i},x\nB{i},y\n" for i in range(size))
    library = Library(tmp_path)
    id = library.new_id()
    made = make(
        {
            "orders.csv": f"customer_id,ordered_at\nC,2023-12-01\n{orders}C,2024-03-01\n",
            "customers.csv": f"customer_id,city\n{customers}",
        }
    )
    path = library.next_path(id)
    path.write_bytes(made.read_bytes())
    library.publish(id, path, "Shop")
    saved = segments.save(library, id, "gone", [f"B{i}" for i in range(0, size, 4)])
    path = library.facts(id, saved.generation).path
    moved = columns(path, "movers", "attribute", "segment", figure="active_customers", grain="month")
    assert moved == [("city", "y")]
    asked = columns(path, "movers", "attribute", figure="active_customers", grain="month", breakdown="gone")
    assert ("gone",) in asked or size < 120, "asked for by name it is split by"


def test_a_hostile_name_is_just_a_name(listed: tuple[Library, DatasetEntry]) -> None:
    library, shop = listed
    name = "'); drop table customers; --"
    saved = segments.save(library, shop.id, name, ["B", "nobody's id"])
    facts = library.facts(shop.id, saved.generation)
    assert columns(facts.path, "cohort_sizes", "segment", breakdown=name, grain="year") == [(name,), ("(all others)",)]


def test_a_segment_is_removed_again_and_only_a_saved_one(listed: tuple[Library, DatasetEntry]) -> None:
    library, shop = listed
    saved = segments.save(library, shop.id, "mine", ["A"])
    with pytest.raises(Refused, match="no saved segment “city”"):
        segments.remove(library, saved.id, "city")
    removed = segments.remove(library, saved.id, "mine")
    assert removed.generation == 3
    assert library.facts(shop.id, 3).attributes == {"city": 2}


def test_a_second_segment_joins_the_first(listed: tuple[Library, DatasetEntry]) -> None:
    library, shop = listed
    segments.save(library, shop.id, "first", ["A"])
    segments.save(library, shop.id, "second", ["B"])
    assert list(library.facts(shop.id, 3).saved) == ["first", "second"]


def test_readers_of_the_former_state_read_on(listed: tuple[Library, DatasetEntry]) -> None:
    library, shop = listed
    facts = library.facts(shop.id, 1)
    with open_cursor(facts.path) as cursor:
        prepare_scope(cursor, facts, Scope())
        segments.save(library, shop.id, "mine", ["A"])
        assert cursor.execute("select count(distinct attribute) from customer_attributes").fetchall() == [(1,)]
        segments.remove(library, shop.id, "mine")
    assert not facts.path.exists(), "gone with its last reader"
