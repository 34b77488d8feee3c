"""Files added, replaced and mapped anew: what is there twice counts once, and nothing is lost on the way."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import churnbook.datasets.library as library_module
from churnbook.datasets.library import Busy, DatasetEntry, Library, alone
from churnbook.datasets.uploads import Upload
from churnbook.generations import make, segments
from churnbook.generations.made_of import MadeOf, Part, history, made_of_dataset
from churnbook.generations.make import UploadedFile
from churnbook.intake.files import read
from churnbook.intake.loading import overlap
from churnbook.intake.loading.overlap import Batch, OnConflict
from churnbook.intake.loading.report import Settings
from churnbook.intake.loading.stop import Stop, Stopped
from churnbook.intake.mapping import companion, map
from churnbook.intake.mapping.plan import Plan
from churnbook.words.message import Notice, Refused
from tests.builders import Make, rows_of

JANUARY = "customer_id,order_id,ordered_at,amount\nA,1,2024-01-05,10\nB,2,2024-01-06,20\nB,3,2024-01-31,5\n"
FEBRUARY = "customer_id,order_id,ordered_at,amount\nB,3,2024-01-31,7\nC,4,2024-02-01,30\n"
DONE = Notice("Done.", {})


def quiet(words: str, share: float) -> None:
    pass


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def give(tmp_path: Path) -> Callable[..., UploadedFile]:
    """A file with its proposed mapping, as the page gives it."""
    numbers = iter(range(100))

    def given(name: str, content: str, table: str | None = None) -> UploadedFile:
        folder = tmp_path / f"given{next(numbers)}"
        folder.mkdir()
        path = folder / name
        path.write_text(content, encoding="utf-8")
        upload = Upload(name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        return UploadedFile(upload, path, tuple(map.propose(each, table) for each in read.inspect(path, name, folder)))

    return given


def added(
    library: Library, listed: DatasetEntry, given: UploadedFile, on_conflict: OnConflict = "replace"
) -> DatasetEntry:
    """The dataset with one more file."""
    before = made_of_dataset(library.facts(listed.id, listed.generation))
    assert before is not None
    wanted = MadeOf((*before.parts, *given.parts(Batch(before.batches, on_conflict))), before.settings)
    return make.change(library, listed, wanted, [given], DONE, quiet)


def orders(library: Library, listed: DatasetEntry) -> list[tuple[object, ...]]:
    return rows_of(
        library.path(listed.id, listed.generation),
        "select customer_id, order_id, amount::integer from main.orders inner join main.customers using (customer)"
        " order by order_id, amount",
    )


@pytest.mark.parametrize(
    ("on_conflict", "expected"),
    [
        ("replace", [("A", "1", 10), ("B", "2", 20), ("B", "3", 7), ("C", "4", 30)]),
        ("keep", [("A", "1", 10), ("B", "2", 20), ("B", "3", 5), ("C", "4", 30)]),
        ("add", [("A", "1", 10), ("B", "2", 20), ("B", "3", 5), ("B", "3", 7), ("C", "4", 30)]),
    ],
)
def test_orders_that_are_there_already_are_replaced_kept_or_both_counted(
    library: Library, give: Callable[..., UploadedFile], on_conflict: OnConflict, expected: list[tuple[object, ...]]
) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    assert orders(library, first) == [("A", "1", 10), ("B", "2", 20), ("B", "3", 5)]
    second = added(library, first, give("february.csv", FEBRUARY), on_conflict)
    assert (second.id, second.generation, second.before) == (first.id, 2, 1)
    assert orders(library, second) == expected
    accounts = rows_of(
        library.path(second.id, 2), "select source, what, rows from meta.accounts where rows > 0 order by source, what"
    )
    gone = {"replace": (0, "replaced", 1), "keep": (1, "replaced", 1)}.get(on_conflict)
    assert [each for each in accounts if each[1] == "replaced"] == ([gone] if gone else [])
    assert [rows for _source, what, rows in accounts if what == "read"] == [3, 2]


def test_a_customer_whose_only_rows_were_replaced_is_gone(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    corrected = JANUARY.splitlines()[0] + "\nZ,1,2024-01-05,10\n"
    second = added(library, first, give("corrected.csv", corrected))
    ids = rows_of(library.path(second.id, 2), "select customer_id from main.customers order by customer_id")
    assert ids == [("B",), ("Z",)]


def test_of_customers_in_two_files_the_newer_one_wins_and_the_older_fills_what_it_leaves_blank(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    old = "customer_id,city,level\nA,Paris,gold\nB,Lyon,silver\n"
    new = "customer_id,city,level\nA,Rome,\nC,Nice,gold\n"
    expected = {
        "replace": [("A", "city", "Rome"), ("A", "level", "gold"), ("B", "city", "Lyon"), ("B", "level", "silver")],
        "keep": [("A", "city", "Paris"), ("A", "level", "gold"), ("B", "city", "Lyon"), ("B", "level", "silver")],
    }
    for on_conflict, rows in expected.items():
        first = make.begin(library, [give("customers.csv", old)], Settings("Shop"), quiet)
        second = added(library, first, give("customers2.csv", new), on_conflict)  # type: ignore[arg-type]
        found = rows_of(
            library.path(second.id, second.generation),
            "select customer_id, attribute, value from main.customer_attributes"
            " inner join main.customers using (customer) order by all",
        )
        assert found == [*rows, ("C", "city", "Nice"), ("C", "level", "gold")], on_conflict


@pytest.mark.parametrize(
    ("name", "old", "new", "query", "expected"),
    [
        (
            "subscriptions",
            "customer_id,started_at,ended_at,mrr\nA,2024-01-01,,10\nB,2024-01-01,,10\n",
            "customer_id,started_at,ended_at,mrr\nA,2024-01-01,2024-03-01,10\n",
            "select customer_id, ended_at::date::varchar from main.subscriptions"
            " inner join main.customers using (customer) order by 1",
            [("A", "2024-03-01"), ("B", None)],
        ),
        (
            "events",
            "customer_id,event,occurred_at\nA,visit,2024-01-01 08:00\nA,pay,2024-01-01 08:00\n",
            "customer_id,event,occurred_at\nA,visit,2024-01-01 08:00\nA,visit,2024-01-01 09:00\n",
            "select event::varchar, occurred_at::time::varchar from main.events order by 2, 1",
            [("pay", "08:00:00"), ("visit", "08:00:00"), ("visit", "09:00:00")],
        ),
        (  # ids that are numbers behind a letter, and names that only one of the files has
            "events",
            "customer_id,event,occurred_at\nu01,visit,2024-01-01 08:00:00\nu02,pay,2024-01-01 08:00:00\n",
            "customer_id,event,occurred_at\nu03,visit,2024-01-01 08:00:00\nu02,pay,2024-01-01 08:00:00\n",
            "select customer_id, event::varchar from main.events inner join main.customers using (customer) order by 1",
            [("u01", "visit"), ("u02", "pay"), ("u03", "visit")],
        ),
    ],
)
def test_rows_of_other_tables_are_told_apart_by_customer_and_time(
    library: Library,
    give: Callable[..., UploadedFile],
    name: str,
    old: str,
    new: str,
    query: str,
    expected: list[tuple[object, ...]],
) -> None:
    first = make.begin(library, [give(f"{name}.csv", old, name)], Settings("Shop"), quiet)
    second = added(library, first, give(f"{name}-2.csv", new, name))
    assert rows_of(library.path(second.id, 2), query) == expected


def test_a_file_is_compared_with_the_dataset_before_it_is_added(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    facts = library.facts(first.id, 1)
    again = JANUARY.splitlines()[0] + "\nA,1,2024-01-05,10\nB,3,2024-01-31,7\nC,4,2024-02-01,30\n"
    (found,) = overlap.compare(facts, give("february.csv", again).mapped)
    assert (found.table, found.key) == ("orders", ("order_id",))
    assert (found.rows, found.known, found.same) == (3, 2, 1)
    assert (str(found.first_day), str(found.last_day)) == ("2024-01-05", "2024-02-01")
    without_ids = "customer_id,ordered_at,amount\nA,2024-01-05,10\nA,2024-01-06,10\n"
    (found,) = overlap.compare(facts, give("more.csv", without_ids).mapped)
    assert (found.key, found.rows, found.known, found.same) == (("customer_id", "ordered_at"), 2, 1, 1)
    (found,) = overlap.compare(facts, give("customers.csv", "customer_id,city\nA,Paris\nX,Lyon\n").mapped)
    assert (found.table, found.rows, found.known, found.same) == ("customers", 2, 1, 1)


def test_another_mapping_needs_no_second_upload_and_can_be_taken_back(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    content = "customer_id,ordered_at,amount,price paid\nA,2024-01-05,10,1\n"
    given = give("orders.csv", content)
    first = make.begin(library, [given], Settings("Shop"), quiet)
    given.path.unlink()
    made_of = made_of_dataset(library.facts(first.id, 1))
    assert made_of is not None and [part.plan.roles["amount"] for part in made_of.parts] == ["amount"]
    (part,) = made_of.parts
    plan = Plan(part.plan.sheet, "orders", {**part.plan.roles, "amount": "price paid"})
    wanted = MadeOf((Part(part.upload, plan, part.batch),), made_of.settings)
    second = make.change(library, first, wanted, [], Notice("MappedSheet {files} anew.", {"files": "it"}), quiet)
    amounts = "select amount::integer from main.orders"
    assert rows_of(library.path(first.id, 2), amounts) == [(1,)]
    assert [each.what.english for each in history(library.facts(first.id, 2))] == [
        "MappedSheet it anew.",
        "Loaded orders.csv.",
    ]
    back = library.go_back(second.id)
    assert rows_of(library.path(first.id, back.generation), amounts) == [(10,)]
    assert [each.what.english for each in history(library.facts(first.id, 1))] == ["Loaded orders.csv."]


def test_kept_files_go_when_no_state_needs_them(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    folder = library.uploads(first.id)
    replaced = first
    for number in (2, 3):
        given = give(f"again{number}.csv", JANUARY.replace(",10", f",{number}"))
        wanted = MadeOf(given.parts(Batch()), Settings("Shop"))
        replaced = make.change(library, replaced, wanted, [given], DONE, quiet)
        assert len(list(folder.iterdir())) == 2, "of this state and of the one before"
    assert orders(library, replaced)[0] == ("A", "1", 3)


def test_saved_segments_stay_when_files_are_added(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    saved = segments.save(library, first.id, "mine", ["A"])
    second = added(library, saved, give("february.csv", FEBRUARY))
    facts = library.facts(second.id, second.generation)
    assert list(facts.saved) == ["mine"] and facts.attributes == {"mine": 2}
    assert rows_of(
        facts.path,
        "select customer_id, value from main.customer_attributes inner join main.customers using (customer) order by 1",
    ) == [("A", "mine"), ("B", "(all others)")]
    assert [each.what.english for each in history(facts)] == [
        "Done.",
        "Saved the segment “mine”.",
        "Loaded january.csv.",
    ]
    named = "customer_id,mine\nA,theirs\n"
    third = added(library, second, give("customers.csv", named))
    facts = library.facts(third.id, third.generation)
    assert list(facts.saved) == [] and facts.attributes == {"mine": 1}
    assert any("“{name}”" in sentence and fields == {"name": "mine"} for sentence, fields in facts.warnings)


def test_a_refused_change_leaves_the_dataset_and_its_files_as_they_were(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    before = sorted(path.name for path in (library.folder / first.id).rglob("*"))
    given = give("broken.csv", "customer_id,ordered_at\nA,never\n", "orders")
    wanted = MadeOf(given.parts(Batch()), Settings("Shop"))
    with pytest.raises(Refused):
        make.change(library, first, wanted, [given], DONE, quiet)
    assert sorted(path.name for path in (library.folder / first.id).rglob("*")) == before
    assert library.find(first.id) == first
    with pytest.raises(Refused):
        make.begin(library, [given], Settings("Other"), quiet)
    assert library.list() == [first] and [path.name for path in library.folder.iterdir()] == [first.id]


def test_a_kept_file_that_is_gone_is_told_by_name(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    (kept,) = library.uploads(first.id).iterdir()
    kept.unlink()
    with pytest.raises(Refused, match=r"january\.csv is no longer kept"):
        added(library, first, give("february.csv", FEBRUARY))
    assert library.find(first.id) == first


def test_a_change_made_on_an_older_state_is_refused(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    added(library, first, give("february.csv", FEBRUARY))
    with pytest.raises(Refused, match="changed by somebody else"):
        added(library, first, give("february.csv", FEBRUARY))


def test_an_import_that_is_stopped_leaves_nothing_behind(library: Library, give: Callable[..., UploadedFile]) -> None:
    for when in ("january.csv", "activity_days"):  # while the file is being kept, and while it is being loaded
        stop = Stop()
        told: list[str] = []

        def ask(words: str, share: float, when: str = when, stop: Stop = stop, told: list[str] = told) -> None:
            told.append(words)
            if words == when:
                stop.ask()

        with pytest.raises(Stopped):
            make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), ask, stop)
        assert told[-1] == when
        assert library.list() == [] and list(library.folder.iterdir()) == []


def test_a_statement_that_runs_long_is_interrupted(tmp_path: Path) -> None:
    import duckdb

    stop, outcome = Stop(), []

    def work() -> None:
        with duckdb.connect() as connection, stop.watching(connection):
            try:
                connection.execute("select count(*) from range(1000000000000) where range % 7 = 3")
            except duckdb.InterruptException:
                outcome.append("interrupted")

    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        stop.ask()
        worker.join(0.05)
    assert outcome == ["interrupted"]


def test_what_it_is_made_of_comes_back_from_its_json(give: Callable[..., UploadedFile]) -> None:
    import datetime as dt

    settings = Settings("店铺", "Asia/Shanghai", dt.date(2024, 2, 29), ("orders",))
    made_of = MadeOf(give("january.csv", JANUARY).parts(Batch(2, "keep")), settings)
    assert MadeOf.of_json(made_of.to_json()) == made_of
    with pytest.raises(ValueError, match="delete everything"):
        MadeOf.of_json(made_of.to_json().replace('"keep"', '"delete everything"'))


def test_two_changes_at_once_wait_for_each_other() -> None:
    order = []

    def change(name: str) -> None:
        with alone("one"):
            order.append(f"{name} begins")
            order.append(f"{name} ends")

    with alone("one"):
        worker = threading.Thread(target=change, args=("second",))
        worker.start()
        worker.join(0.1)
        order.append("first ends")
    worker.join()
    assert order == ["first ends", "second begins", "second ends"]


def test_a_dataset_is_not_deleted_while_it_is_being_changed(
    library: Library, give: Callable[..., UploadedFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "_PATIENCE", 0.05)
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    with alone(first.id), pytest.raises(Busy):
        library.delete(first.id)
    assert library.list() == [first]
    library.delete(first.id)
    assert library.list() == [] and list(library.folder.iterdir()) == []


def test_a_name_given_during_a_change_stays(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    made_of = made_of_dataset(library.facts(first.id, 1))
    given = give("february.csv", FEBRUARY)
    assert made_of is not None
    wanted = MadeOf((*made_of.parts, *given.parts(Batch(1, "replace"))), made_of.settings)

    def rename(words: str, share: float) -> None:
        library.rename(first.id, "Boutique")

    assert make.change(library, first, wanted, [given], DONE, rename).name == "Boutique"


def test_rows_without_an_order_id_are_told_apart_by_customer_and_time(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    old = "customer_id,order_id,ordered_at,amount\nA,1,2024-01-05,10\nB,,2024-01-06,20\n"
    new = "customer_id,order_id,ordered_at,amount\nA,1,2024-01-05,10\nB,,2024-01-06,20\nC,,2024-01-07,30\n"
    first = make.begin(library, [give("a.csv", old)], Settings("Shop"), quiet)
    given = give("b.csv", new)
    (found,) = overlap.compare(library.facts(first.id, 1), given.mapped)
    assert (found.rows, found.known, found.same) == (3, 2, 2)
    for on_conflict in ("replace", "keep"):
        grown = added(library, first, given, on_conflict)
        assert orders(library, grown) == [("A", "1", 10), ("B", None, 20), ("C", None, 30)], on_conflict
        first = library.go_back(first.id)


def test_costs_without_a_channel_are_replaced_too(library: Library, give: Callable[..., UploadedFile]) -> None:
    files = [give("orders.csv", JANUARY), give("costs.csv", "period,channel,cost\n2024-01,ads,10\n2024-02,,20\n")]
    first = make.begin(library, files, Settings("Shop"), quiet)
    second = added(library, first, give("costs2.csv", "period,channel,cost\n2024-02,,25\n2024-03,ads,30\n"))
    costs = "select cost::integer from main.costs order by period"
    assert rows_of(library.path(first.id, second.generation), costs) == [(10,), (25,), (30,)]


def with_city(given: UploadedFile) -> UploadedFile:
    """The file with its customers' city as an attribute, as the page offers it."""
    (first,) = given.mapped
    beside = companion.customers(first.sheet, first, ["city"])
    return UploadedFile(given.upload, given.path, (first, beside))


def test_customers_of_an_added_order_file_stay_beside_their_orders(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    head = "customer_id,order_id,ordered_at,amount,city\n"
    first = make.begin(
        library, [with_city(give("jan.csv", head + "A,1,2024-01-05,10,Rome\n"))], Settings("Shop"), quiet
    )
    february = give("feb.csv", head + "B,2,2024-02-01,20,Oslo\nB,3,2024-02-03,20,Bergen\nA,4,2024-02-04,5,Pisa\n")
    second = added(library, first, with_city(february))
    facts = library.facts(first.id, second.generation)
    assert facts.set_aside == 0
    assert rows_of(
        facts.path,
        "select customer_id, value, known_from::varchar from main.customers"
        " inner join main.customer_attributes using (customer) order by 1",
    ) == [("A", "Pisa", "2024-01-05"), ("B", "Bergen", "2024-02-01")]
    assert rows_of(facts.path, "from meta.matches") == []


def test_many_orders_that_tell_of_customers_load_in_a_moment(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    rows = "".join(f"u{i % 500:04d},{i},2024-01-{1 + i % 28:02d},5,Rome\n" for i in range(20_000))
    given = with_city(give("orders.csv", "customer_id,order_id,ordered_at,amount,city\n" + rows))
    stop = Stop()
    ended = threading.Timer(30, stop.ask)  # a join of all rows with all rows would run for minutes
    ended.start()
    made = make.begin(library, [given], Settings("Shop"), quiet, stop)
    ended.cancel()
    facts = library.facts(made.id, 1)
    assert facts.tables["orders"].rows == 20_000 and facts.attributes == {"city": 1}


def test_a_file_given_again_for_a_second_table_keeps_each_in_its_batch(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    first = make.begin(library, [give("a.csv", JANUARY, "orders")], Settings("Shop"), quiet)
    second = added(library, first, give("b.csv", "customer_id,order_id,ordered_at,amount\nB,3,2024-01-31,500\n"))
    third = added(library, second, give("a.csv", JANUARY, "customers"))
    assert orders(library, third)[-1] == ("B", "3", 500)
    made_of = made_of_dataset(library.facts(first.id, third.generation))
    assert made_of is not None and [part.batch.number for part in made_of.parts] == [0, 1, 2]


def test_two_files_of_the_same_bytes_are_refused_from_the_start(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    files = [give("a.csv", JANUARY, "orders"), give("b.csv", JANUARY, "customers")]
    with pytest.raises(Refused, match="same content"):
        make.begin(library, files, Settings("Shop"), quiet)
    assert library.list() == []


def test_a_file_that_grew_since_it_was_looked_at_is_refused(
    library: Library, give: Callable[..., UploadedFile]
) -> None:
    given = give("a.csv", JANUARY)
    with given.path.open("a") as file:
        file.write("C,9,2024-02-01,1\n")
    with pytest.raises(Refused, match="changed while it was being read"):
        make.begin(library, [given], Settings("Shop"), quiet)
    assert library.list() == [] and list(library.folder.iterdir()) == []


def test_a_stop_counts_to_the_last_moment(
    library: Library, give: Callable[..., UploadedFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    stop = Stop()
    monkeypatch.setattr(make, "carry_segments", lambda former, connection: stop.ask())
    made_of = made_of_dataset(library.facts(first.id, 1))
    given = give("february.csv", FEBRUARY)
    assert made_of is not None
    wanted = MadeOf((*made_of.parts, *given.parts(Batch(1, "replace"))), made_of.settings)
    with pytest.raises(Stopped):
        make.change(library, first, wanted, [given], DONE, quiet, stop)
    assert library.find(first.id) == first


def test_a_segment_whose_customers_are_gone_is_told(library: Library, give: Callable[..., UploadedFile]) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)
    saved = segments.save(library, first.id, "mine", ["A"])
    others = give("others.csv", "customer_id,order_id,ordered_at,amount\nX,1,2024-01-05,10\n")
    replaced = make.change(library, saved, MadeOf(others.parts(Batch()), Settings("Shop")), [others], DONE, quiet)
    facts = library.facts(first.id, replaced.generation)
    assert list(facts.saved) == []
    assert any(
        "none of its customers" in sentence and fields == {"name": "mine"} for sentence, fields in facts.warnings
    )


def test_assignments_need_no_day(make: Make) -> None:
    path = make({"assignments.csv": "customer_id,experiment,variant\nA,price,b\n", "orders.csv": JANUARY})
    assert rows_of(path, "select variant, day from main.assignments") == [("b", None)]


def test_a_pointer_that_cannot_be_moved_leaves_no_generation(
    library: Library, give: Callable[..., UploadedFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make.begin(library, [give("january.csv", JANUARY)], Settings("Shop"), quiet)

    def full(self: Library, entry: DatasetEntry) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Library, "_point", full)
    with pytest.raises(OSError, match="no space left"):
        segments.save(library, first.id, "few", ["A"])
    assert library.find(first.id) == first
    assert [path.name for path in (library.folder / first.id).glob("*.duckdb*")] == ["1.duckdb"]
