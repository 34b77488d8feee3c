"""A dataset's connection sees nothing but its file, and nobody can lift that."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from churnbook.engine.duckdb import connect, open_cursor

secret_frame = pd.DataFrame({"secret": [1]})


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "outside.csv"
    path.write_text("a,b\n1,2\n")
    return path


ATTACKS = [
    "select * from read_csv('{outside}')",
    "select * from '{outside}'",
    "select * from read_text('{outside}')",
    "select * from read_blob('{outside}')",
    "select * from read_json('{outside}')",
    "select * from read_parquet('{outside}')",
    "select * from 'file://{outside}'",
    "select * from glob('{folder}/*')",
    "select * from sniff_csv('{outside}')",
    "copy (select 1) to '{folder}/out.csv'",
    "copy main.customers to '{folder}/out.parquet'",
    "export database '{folder}/exported'",
    "attach '{folder}/other.duckdb' as other",
    "attach ':memory:' as other; copy (select 1) to '{folder}/out.csv'",
    "install httpfs",
    "load '{folder}/evil.duckdb_extension'",
    "create secret s (type s3, key_id 'a', secret 'b')",
    "drop table main.customers",
    "insert into meta.warnings values ('x', '')",
    "update meta.dataset set name = 'x'",
    "delete from main.activity_days",
    "create table main.mine as select 1",
    "select * from secret_frame",
    "select * from local_frame",
    "set threads = 64",
    "set memory_limit = '100GB'",
    "reset memory_limit",
    "pragma memory_limit = '100GB'",
    "set max_execution_time = 0",
    "set global max_execution_time = 0",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set temp_directory = '{folder}'",
    "set python_enable_replacements = true",
    "pragma enable_profiling",
    "call enable_logging()",
    "set extension_directory = '{folder}'",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused(shop: Path, outside: Path, tmp_path: Path, attack: str) -> None:
    local_frame = pd.DataFrame({"secret": [1]})
    assert not local_frame.empty
    before = sorted(tmp_path.iterdir())
    with open_cursor(shop) as cursor, pytest.raises(duckdb.Error):
        cursor.execute(attack.format(outside=outside, folder=tmp_path)).fetchall()
    assert sorted(tmp_path.iterdir()) == before


def test_the_same_statement_works_where_it_is_allowed(outside: Path) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"select * from read_csv('{outside}')").fetchall() == [(1, 2)]


def test_a_query_is_stopped_at_the_time_limit(shop: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(shop.read_bytes())
    connection = connect(copy, seconds=1)
    try:
        with pytest.raises(duckdb.InterruptException):
            connection.cursor().execute(
                "select count(*) from range(10_000_000_000) a, range(1000) b where a.range % 7 = b.range"
            ).fetchall()
        assert connection.cursor().execute("select 1").fetchall() == [(1,)], "the connection stays usable"
    finally:
        connection.close()


def test_memory_is_limited(shop: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(shop.read_bytes())
    connection = connect(copy, memory="64MB")
    try:
        with pytest.raises(duckdb.Error):
            connection.cursor().execute("select list(range) from range(100_000_000)").fetchall()
    finally:
        connection.close()


def test_temporary_tables_of_a_reader_die_with_it_and_are_its_own(shop: Path) -> None:
    with open_cursor(shop) as one, open_cursor(shop) as other:
        one.execute("create temp table mine as select 1 as n")
        with pytest.raises(duckdb.CatalogException):
            other.execute("select * from mine")
    with open_cursor(shop) as later, pytest.raises(duckdb.CatalogException):
        later.execute("select * from mine")
