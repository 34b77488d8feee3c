"""Who is who: several columns that name a customer, ids that guests share, and files that meet on another key than the id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from churnbook.catalogue import schema
from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells.coded import is_coded
from churnbook.intake.cells.values import literal
from churnbook.intake.loading import accounts
from churnbook.intake.loading.plain import distinct_values
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping.guess import GUEST_NUMBERS, GUESTS
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import LOOK, NOTE, WRONG

_MASKED = r"""^[^*＊<>()\[\]{}"/\\]*[*＊]{2,}[^*＊<>()\[\]{}"/\\]*$|^[#$]{2}"""
"""What systems write instead of a phone or a name they do not give away."""
_SHARE = 0.2
_OTHERS = 5
"""An id that has this share of all rows and so many different e-mails or phones is shared by guests."""


@dataclass(frozen=True)
class _Staged:
    """A staged sheet with its columns that name the customer, the first that counts before the others."""

    number: int
    mapped: MappedSheet
    keys: tuple[str, ...]

    @property
    def table(self) -> str:
        return f"staged_{self.number}"

    def headers(self, first: int = 0) -> str:
        """The columns of the file that name the customer, from the one of that number on."""
        return ", ".join(each.header for each in self.mapped.carried() if each.name in self.keys[first:])


def settle(connection: duckdb.DuckDBPyConnection, mapped: Iterable[tuple[int, MappedSheet]], report: Report) -> None:
    """Give every row of the staged sheets, which come with their numbers, the one id of its customer; NULL where nobody knows.

    A row's customer is the first of its keys. A key that stands beside another in any row of any sheet is tied to it, so
    that rows with only the second are the same customer's; a key that stands beside several is tied to none.
    """
    sheets = [
        _Staged(number, each, tuple(key.name for key in each.carried() if key.role.name == "customer_id") or ("customer_id",))
        for number, each in mapped
        if schema.LOADABLE[each.table].has_customers
    ]  # fmt: skip
    changed = _name_by_order(connection, sheets, report)
    shared: dict[tuple[str, str], Sequence[str]] = {}
    for each in sheets:
        if _unname(connection, each, shared, report):
            changed.add(each.number)
    if any(each.keys[1:] for each in sheets):
        _tie(connection, sheets, report)
        changed |= {each.number for each in sheets if _name(connection, each, report)}
    for each in sheets:
        if each.number in changed:
            _leave_out_nobody(connection, each)
            for role in ("customer_id", "event"):
                connection.execute(f"drop table if exists {role}_{each.number}")
            distinct_values(connection, each.number, each.mapped)


# Orders whose customers another file names


def _name_by_order(connection: duckdb.DuckDBPyConnection, sheets: Sequence[_Staged], report: Report) -> set[int]:
    """Give orders without customers those that another sheet tells by the order's id; the sheets that changed."""
    givers = [each for each in sheets if each.mapped.rules.by_order == "gives"]
    takers = [each for each in sheets if each.mapped.rules.by_order == "takes"]
    if not givers or not takers:
        return set()
    told = " union all ".join(
        f"select order_id, customer_id from {each.table} where order_id is not null and customer_id is not null"
        for each in givers
    )
    connection.execute(
        f"create temp table named_orders as select order_id, min(customer_id) as customer_id from ({told})"
        " group by order_id having count(distinct customer_id) = 1"
    )
    for each in takers:
        as_table(connection, each.number)
        connection.execute(
            f"update {each.table} as staged set customer_id = named.customer_id from named_orders as named"
            " where staged.order_id = named.order_id and staged.customer_id is null"
        )
        ((rows, named),) = connection.execute(f"select count(*), count(customer_id) from {each.table}").fetchall()
        report.warn(
            N_("{file}: {rows} of {all} rows got their customer from {other}, by the id of the order."),
            weight=NOTE if named == rows else LOOK,
            file=each.mapped.sheet.name,
            rows=f"{named:,}",
            all=f"{rows:,}",
            other=", ".join(giver.mapped.sheet.name for giver in givers),
        )  # fmt: skip
    for each in givers:
        as_table(connection, each.number)
        ((rows,),) = connection.execute(f"select count(*) from {each.table}").fetchall()
        connection.execute(f"delete from {each.table}")
        accounts.enter(connection, each.number, "names", rows)
    connection.execute("drop table named_orders")
    return {each.number for each in (*givers, *takers)}


# Ids that name nobody


def _unname(
    connection: duckdb.DuckDBPyConnection,
    staged: _Staged,
    shared: dict[tuple[str, str], Sequence[str]],
    report: Report,
) -> bool:
    """Take out the ids that name nobody: masked ones, and those that guests share; says whether there were any."""
    found = False
    for place, key in enumerate(staged.keys):
        if place == 0 and is_coded(connection, staged.number):
            continue  # letters and digits hide nothing
        distinct = f"customer_id_{staged.number}" if place == 0 else staged.table
        # a quick look first: hardly any id has such marks
        may_be_masked = f"contains({key}, '**') or contains({key}, '＊＊') or {key}[1] in ('#', '$')"
        masked = [
            id
            for (id,) in connection.execute(
                f"select distinct {key} from {distinct} where ({may_be_masked}) and regexp_matches({key}, {literal(_MASKED)})"
            ).fetchall()
        ]
        if masked:
            rows = _forget(connection, staged, key, masked)
            found = True
            report.warn(
                N_("{file}: {rows} values of {column} are masked, as {example}; they tell nobody apart and were left out."),
                weight=LOOK,
                file=staged.mapped.sheet.name,
                rows=f"{rows:,}",
                column=staged.headers().split(", ")[place],
                example=min(masked),
            )  # fmt: skip
    if "customer_id" not in staged.mapped.roles:
        return found
    content = staged.mapped.sheet.sha256, staged.mapped.roles["customer_id"]
    if staged.mapped.table != "customers":
        shared[content] = _shared(connection, staged)
        if shared[content]:
            _warn_of_guests(connection, staged, shared[content], report)
    guests = shared.get(content, ())
    if guests:
        _forget(connection, staged, "customer_id", guests)
    return found or bool(guests)


def _shared(connection: duckdb.DuckDBPyConnection, staged: _Staged) -> Sequence[str]:
    """The ids of a sheet that guests share: by their words, or by their share of the rows and the keys beside them."""
    few = "digits = 0 and" if is_coded(connection, staged.number) else ""  # such ids are no words
    words = [
        id
        for (id,) in connection.execute(
            f"select customer_id from customer_id_{staged.number} where {few}"
            " list_contains($words::varchar[], lower(trim(customer_id))) order by customer_id",
            {"words": [*GUESTS, *GUEST_NUMBERS]},
        ).fetchall()
    ]
    how = staged.mapped.sheet.unpivot
    # each response to a survey has a number of its own, whoever it is from
    is_told = bool(staged.keys[1:]) and not (how and how.response and staged.headers(1) == how.response)
    others = f"count(distinct {staged.keys[1]})" if is_told else "0"
    if not words and not staged.keys[1:]:
        return ()
    counted = connection.execute(
        f"""
        select customer_id, rows, others, sum(rows) over () as total, count(*) over () as customers
        from (select customer_id, count(*) as rows, {others} as others from {staged.table} where customer_id is not null group by customer_id)
        qualify list_contains($words::varchar[], customer_id) or (others >= {_OTHERS} and rows >= {_SHARE} * sum(rows) over ())
        order by rows desc
        """,
        {"words": words},
    ).fetchall()
    found = []
    for id, rows, different, total, customers in counted:
        usual = (total - rows) / max(customers - 1, 1)
        is_word = id.strip().casefold() in GUESTS
        is_number = id.strip() in GUEST_NUMBERS and (different > 1 or (rows > 2 and rows >= 2 * usual))
        if is_word or is_number or (different >= _OTHERS and id not in words):
            found.append(id)
    return found


def _warn_of_guests(
    connection: duckdb.DuckDBPyConnection, staged: _Staged, guests: Sequence[str], report: Report
) -> None:
    others = f"coalesce({', '.join(staged.keys[1:])})" if staged.keys[1:] else "null"
    ((rows, told),) = connection.execute(
        f"select count(*), count({others}) from {staged.table} where list_contains($ids::varchar[], customer_id)",
        {"ids": list(guests)},
    ).fetchall()
    about = {
        "file": staged.mapped.sheet.name,
        "rows": f"{rows:,}",
        "ids": ", ".join(guests),
        "column": staged.mapped.roles["customer_id"],
        "told": f"{told:,}",
        "others": staged.headers(1),
    }
    if staged.keys[1:]:
        report.warn(
            N_("{file}: {rows} rows have {ids} in {column}, which guests share; {told} of them are told apart by {others}."),
            weight=NOTE if told == rows else LOOK,
            **about,
        )  # fmt: skip
    else:
        report.warn(
            N_("{file}: {rows} rows have {ids} in {column}, which guests share; they are nobody's."),
            N_("If another column holds their e-mail or phone, map it to the customer as well, and load again."),
            LOOK,
            **about,
        )


def _forget(connection: duckdb.DuckDBPyConnection, staged: _Staged, key: str, ids: Sequence[str]) -> int:
    """Take these ids out of a column; how many rows had them."""
    as_table(connection, staged.number)
    rows = connection.execute(
        f"update {staged.table} set {key} = null where list_contains($ids::varchar[], {key})", {"ids": list(ids)}
    ).fetchall()
    return int(rows[0][0])


def as_table(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Make a staged sheet that is a view, as of a file read plainly, a table whose ids can change."""
    columns = columns_of(connection, f"staged_{number}")
    if "record" not in columns:
        return
    kept = ", ".join(name for name in columns if name not in ("digits", "known_event", "other_event"))
    connection.execute(f"create temp table named_{number} as select {kept} from staged_{number}")
    connection.execute(f"drop view staged_{number}")
    connection.execute(f"alter table named_{number} rename to staged_{number}")


# Keys that belong together


def _tie(connection: duckdb.DuckDBPyConnection, sheets: Sequence[_Staged], report: Report) -> None:
    """Make `ties`: each further key with the one id it stands beside."""
    connection.execute("create temp table ties (alias varchar, id varchar)")
    deepest = max(len(each.keys) for each in sheets)
    untied = 0
    example = ""
    for depth in range(deepest - 1):
        pairs = []
        for each in sheets:
            if len(each.keys) <= depth + 1:
                continue
            before = "".join(f" and {key} is null" for key in each.keys[:depth])
            pairs += [
                f"select {_folded(alias)} as alias, {each.keys[depth]} as id from {each.table}"
                f" where {each.keys[depth]} is not null and {alias} is not null{before}"
                for alias in each.keys[depth + 1 :]
            ]
        if not pairs:
            continue
        connection.execute(
            f"create or replace temp table pairs as select distinct * from ({' union all '.join(pairs)})"
        )
        ((several, one),) = connection.execute(
            "select count(*), min(alias) from (select alias from pairs anti join ties using (alias)"
            " group by alias having count(distinct id) > 1)"
        ).fetchall()
        untied, example = untied + several, example or one or ""
        connection.execute(
            "insert into ties select alias, min(id) from pairs anti join ties using (alias)"
            " group by alias having count(distinct id) = 1 and alias <> lower(min(id))"
        )
    connection.execute("drop table if exists pairs")
    if untied:
        report.warn(
            N_("{n} e-mails, phones or devices stand beside several customers, as {example}; rows with nothing else count as customers of their own."),
            weight=LOOK,
            n=f"{untied:,}",
            example=example,
        )  # fmt: skip


def _folded(key: str) -> str:
    return f"lower(trim({key}))"


def _name(connection: duckdb.DuckDBPyConnection, staged: _Staged, report: Report) -> bool:
    """Give the rows of a sheet the ids their keys are tied to; says whether any changed."""
    ((met,),) = connection.execute(
        f"select count(*) from customer_id_{staged.number} inner join ties on {_folded('customer_id')} = alias"
    ).fetchall()
    if not staged.keys[1:] and not met:
        return False
    as_table(connection, staged.number)
    joins = " ".join(
        f"left join ties as tie_{i} on {_folded(f'staged.{key}')} = tie_{i}.alias" for i, key in enumerate(staged.keys)
    )
    named = ", ".join(f"tie_{i}.id, staged.{key}" for i, key in enumerate(staged.keys))
    tied = ", ".join(f"tie_{i}.id" for i in range(len(staged.keys)))
    connection.execute(
        f"create or replace temp table named as select staged.rowid as row_id, coalesce({named}) as id,"
        f" staged.customer_id is null and coalesce({tied}) is not null as is_tied,"
        f" staged.customer_id is not null and tie_0.id is not null as is_met,"
        f" staged.customer_id as was from {staged.table} as staged {joins}"
    )
    ((tied_rows, ids, met_rows, all_rows, nobody),) = connection.execute(
        "select count(*) filter (is_tied), count(distinct id) filter (is_tied), count(*) filter (is_met), count(*),"
        " count(*) filter (id is null) from named"
    ).fetchall()
    about = {"file": staged.mapped.sheet.name, "column": staged.headers().split(", ")[0], "others": staged.headers(1)}
    if tied_rows:
        report.warn(
            N_("{file}: {rows} rows without {column} were matched by {others} to {customers} customers known from other rows."),
            weight=NOTE, **about, rows=f"{tied_rows:,}", customers=f"{ids:,}",
        )  # fmt: skip
    if met_rows:
        report.warn(
            N_("{file}: {rows} of {all} rows name their customer by another key than the id, and were matched by it."),
            weight=NOTE, **about, rows=f"{met_rows:,}", all=f"{all_rows:,}",
        )  # fmt: skip
    if nobody and staged.keys[1:] and staged.mapped.table == "events":
        report.warn(
            N_("{file}: {rows} rows name nobody in {columns}."), weight=WRONG, file=about["file"], rows=f"{nobody:,}",
            columns=staged.headers(),
        )  # fmt: skip
    connection.execute(
        f"update {staged.table} as staged set customer_id = named.id from named"
        " where staged.rowid = named.row_id and staged.customer_id is distinct from named.id"
    )
    connection.execute("drop table named")
    return True


def _leave_out_nobody(connection: duckdb.DuckDBPyConnection, staged: _Staged) -> None:
    """Rows of nobody count in tables that may lack a customer; in others they are left out, and accounted for."""
    if schema.LOADABLE[staged.mapped.table].may_lack_customer:
        return
    ((rows,),) = connection.execute(f"select count(*) from {staged.table} where customer_id is null").fetchall()
    if rows:
        connection.execute(f"delete from {staged.table} where customer_id is null")
        accounts.enter(connection, staged.number, "guest", rows)
