"""The contract of a query file, checked by DuckDB itself: header and SQL must say the same."""

from __future__ import annotations

import duckdb

from churnbook.catalogue import schema
from churnbook.catalogue.queries import Catalogue
from churnbook.catalogue.query import Phase, Query, sql_value


def broken(catalogue: Catalogue, query: Query, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What DuckDB finds wrong between a query's header and its SQL; empty when they agree.

    The connection must hold the canonical tables, the scope and the query's needs as tables.
    """
    problems = []
    statements = duckdb.extract_statements(query.sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return ["the file must hold exactly one SELECT"]
    if query.used_parameters != frozenset(statements[0].named_parameters):
        problems.append("binds parameters in a way the catalogue does not see; write them as $name outside of comments")
    for name in catalogue.macros_of(query):
        connection.execute(catalogue.macros[name])
    parameters = catalogue.parameters(query)
    own = {parameter.name for parameter in query.own_parameters}
    # a parameter of its needs may be named again, to give it another default
    needed = {each.name for need in catalogue.order(query)[:-1] for each in need.own_parameters}
    for name in sorted(own - query.used_parameters - needed):
        problems.append(f"parameter {name} is declared but not used")
    for name in sorted(query.used_parameters - set(parameters)):
        problems.append(f"parameter {name} is used but not declared")
    # a column that must be filled may be read by a query further down
    named = [need for need in (*query.needs, *query.uses) if need in schema.TABLES or not schema.tables_named(need)]
    declared = {name for need in named for name in _referenced(catalogue, need)}
    used = _tables_read(query.sql, connection) - {"scope"}
    for name in sorted(used - declared):
        problems.append(f"{name} is read but not declared in needs or uses")
    for name in sorted(declared - used):
        problems.append(f"{name} is declared in needs or uses but not read")
    if problems:
        return problems
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    values = {name: sql_value(defaults.get(name)) for name in query.used_parameters}
    described = connection.execute(f"describe {query.sql}", values).fetchall()
    returned = [(name, str(type_).lower()) for name, type_, *_ in described]
    promised = [(column.name, column.type) for column in query.columns]
    if returned != promised:
        problems.append(f"returns {returned} but declares {promised}")
    if catalogue.phase(query) is Phase.CUSTOMERS:
        # a list asked for in parts is put into its order, and cut off, once more
        columns = ", ".join(f"null::{column.type} as {column.name}" for column in query.columns)
        ordered = f"select * from (select {columns}) {query.order}"
        (statement,) = duckdb.extract_statements(ordered)
        bound = {name: sql_value(defaults.get(name)) for name in statement.named_parameters}
        try:
            connection.execute(f"describe {ordered}", bound).fetchall()
        except duckdb.BinderException:
            problems.append("the closing order by names something it does not return")
    if any(column.label for column in query.columns) and not query.has_headings:
        without = ", ".join(column.name for column in query.columns if not column.label)
        problems.append(f"gives headings to some of its columns and none to {without}")
    for parameter in query.own_parameters:
        if not parameters.get(parameter.name, parameter).label:
            problems.append(f"parameter {parameter.name} has no label: write | Label | before its note")
        for choice in parameter.choices:
            if choice not in parameters.get(parameter.name, parameter).names:
                problems.append(f"needs a line -- choice: {parameter.name} {choice} | what it is called")
    newest = max((change.version for change in query.changes), default=0)
    if newest != query.version:
        problems.append(f"needs a line -- change: {query.version} YYYY-MM-DD what changed")
    return problems


def _tables_read(sql: str, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables a statement reads, CTEs left out, found in DuckDB's own syntax tree."""
    row = connection.execute("select json_serialize_sql($sql::varchar)", {"sql": sql}).fetchone()
    tree = schema.from_json(row[0]) if row else {}
    read_names: set[str] = set()
    defined: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                read_names.add(node["table_name"])
            for entry in (node.get("cte_map") or {}).get("map", []):
                defined.add(entry["key"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(tree)
    return read_names - defined


def _referenced(catalogue: Catalogue, need: str) -> tuple[str, ...]:
    return schema.tables_named(need) or (catalogue.queries[need].name,)
