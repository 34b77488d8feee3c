"""The command line: import files, run queries, look at the catalogue; derived from the query headers."""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime as dt
import decimal
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnbook.analyses import export
from churnbook.catalogue import labels, publishing, queries, schema
from churnbook.catalogue.query import MOST, Query, QueryError, sql_value
from churnbook.catalogue.request import Request, Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import NoDataset, absent_events, check_names, facts_of, unknown_filters
from churnbook.datasets.library import home
from churnbook.datasets.passport import REASONS
from churnbook.engine.duckdb import EngineError
from churnbook.engine.session import TooLittleMemory, TooSlow
from churnbook.intake.cells.dates import Choice
from churnbook.intake.files import read, unpack
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import ROLES, Unpivot
from churnbook.intake.loading import load
from churnbook.intake.loading.derived import DerivedEvent
from churnbook.intake.loading.report import LeftOut, Progress, Report, Settings
from churnbook.intake.mapping import map as mapping
from churnbook.intake.mapping import recipe, unpivot, wide
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.intake.mapping.rules import MEANINGS
from churnbook.words.message import Refused

if TYPE_CHECKING:
    import pyarrow as pa

LOADED, REFUSED, MISUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0: done, 1: refused with a sentence on stderr, 2: wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the rows has seen enough
        return LOADED
    except (
        Refused,
        QueryError,
        NoDataset,
        TooSlow,
        TooLittleMemory,
        export.TooLong,
        OSError,
    ) as error:
        print(error, file=sys.stderr)
        return REFUSED
    except EngineError as error:
        print(f"the engine could not do it: {str(error).splitlines()[0]}", file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m churnbook",
        description="Turn exports into a dataset and ask it the questions of queries/*.sql, without a browser.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    load_files = commands.add_parser(
        "import",
        help="make one dataset file from exports (CSV, TSV, XLSX, XLS, ODS, JSON, Parquet, also in .zip or .gz)",
    )
    load_files.add_argument("files", nargs="*", type=Path, metavar="FILE")
    load_files.add_argument("--folder", type=Path, metavar="DIR", help="every file below a folder that can be read")
    load_files.add_argument("--into", required=True, type=Path, metavar="X.duckdb", help="the dataset file to make")
    load_files.add_argument(
        "--table",
        action="append",
        default=[],
        type=_pair("="),
        metavar="FILE=TABLE",
        help="what a file is, instead of the guess; one with a column for each month is read as an order a month"
        " unless it is another table than orders",
    )
    load_files.add_argument(
        "--column", action="append", default=[], type=_column, metavar="FILE:HEADER=ROLE",
        help="what a column means, instead of the guess; ROLE may be ignore",
    )  # fmt: skip
    load_files.add_argument(
        "--state", action="append", default=[], type=_column, metavar="FILE:VALUE=MEANING",
        help="what a value of a status column means: counts, left out, refunded or refund for orders; counts, ended,"
        " trial or left out for subscriptions",
    )  # fmt: skip
    load_files.add_argument(
        "--recipe", action="append", default=[], type=_pair("="), metavar="FILE=EXPORT",
        help="the known export a file is, instead of the guess (docs/exports.md lists them); none for no known one",
    )  # fmt: skip
    load_files.add_argument(
        "--timezone", default="UTC", metavar="Asia/Shanghai", help="the zone of times without one (UTC)"
    )
    order = load_files.add_mutually_exclusive_group()
    order.add_argument(
        "--day-first", dest="day_first", action="store_true", default=None,
        help="dates like 3/5/2024 are in May, whatever the columns say",
    )  # fmt: skip
    order.add_argument(
        "--month-first", dest="day_first", action="store_false", default=None, help="dates like 3/5/2024 are in March"
    )
    load_files.add_argument(
        "--since-1904",
        action="store_true",
        help="dates written as numbers count from 1904, as in workbooks of old Macs",
    )
    load_files.add_argument("--watermark", type=_day, metavar="DAY", help="the data count up to this day")
    load_files.add_argument("--activity", type=_list, metavar="orders,events", help="what counts as being active")
    load_files.add_argument(
        "--churn",
        metavar="'churned_by_inactivity:days=90'",
        help="what a lost customer is: churned_by_subscription, churned_by_inactivity or churned_as_recorded",
    )
    load_files.add_argument(
        "--leave-out",
        action="append",
        default=[],
        type=_pair("="),
        metavar="attribute=value",
        help="accounts that no figure counts, as internal and test accounts; customer_id=ID leaves out one",
    )
    load_files.add_argument(
        "--event",
        action="append",
        default=[],
        type=_event,
        metavar="'NAME=EVENT[attribute=value|value, attribute=value]+EVENT'",
        help="an event put together from others, usable like any: one narrowed by its attributes (of order: product,"
        " category, channel), or several as one; what holds one of the signs stands in double quotes",
    )
    load_files.add_argument(
        "--currency",
        metavar="CNY",
        help="the currency of the amounts, where no column says it; nothing is converted",
    )
    load_files.add_argument(
        "--repeated",
        choices=("keep", "once"),
        default="keep",
        help="what becomes of rows that agree with another in every column (keep)",
    )
    load_files.add_argument("--json", action="store_true", help="print a report as JSON")
    load_files.set_defaults(command=_import)

    run = commands.add_parser("run", help="run a query on a dataset file and print its rows")
    run.add_argument("query", metavar="QUERY[@VERSION]")
    run.add_argument("--dataset", required=True, type=Path, metavar="X.duckdb")
    run.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair("="),
        metavar="name=value",
        help="a parameter; a list or null as JSON",
    )
    run.add_argument(
        "--where", action="append", default=[], type=_pair("="), metavar="attribute=value", help="only these customers"
    )
    run.add_argument("--from", dest="report_from", type=_day, metavar="DAY", help="first day reported")
    run.add_argument("--to", dest="report_to", type=_day, metavar="DAY", help="last day reported")
    run.add_argument("--as-of", type=_day, metavar="DAY", help="forget everything later")
    run.add_argument("--format", choices=("csv", "json", "parquet", "xlsx"), default="csv")
    run.add_argument("--out", type=Path, metavar="FILE", help="write there instead of printing")
    run.set_defaults(command=_run)

    show = commands.add_parser(
        "queries", help="the catalogue; one query's contract; its SQL with its needs as one script"
    )
    show.add_argument("query", nargs="?", metavar="QUERY[@VERSION]")
    show.add_argument("--sql", action="store_true", help="print the SQL, needs first")
    show.add_argument("--json", action="store_true")
    show.set_defaults(command=_queries)

    publish = commands.add_parser(
        "publish", help="freeze the draft queries: add their digests to queries/published.sha256"
    )
    publish.set_defaults(command=_publish)
    drafts = commands.add_parser("drafts", help="the query files that are not published, one a line")
    drafts.set_defaults(command=_drafts)
    samples = commands.add_parser("samples", help="build the sample datasets that are missing")
    samples.set_defaults(command=_samples)
    return parser


def _pair(mark: str) -> Any:
    def pair(text: str) -> tuple[str, str]:
        name, found, value = text.partition(mark)
        if not found or not name:
            raise argparse.ArgumentTypeError(f"write it as name{mark}value, not {text!r}")
        return name, value

    return pair


def _column(text: str) -> tuple[str, str, str]:
    where, found, role = text.rpartition("=")
    file, colon, header = where.partition(":")
    if not (found and colon and file and header and role):
        raise argparse.ArgumentTypeError(f"write it as FILE:HEADER=ROLE, not {text!r}")
    return file, header, role


def _event(text: str) -> DerivedEvent:
    try:
        return DerivedEvent.of(text)
    except QueryError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"write the day as 2024-03-05, not {text!r}") from None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _import(options: argparse.Namespace) -> int:
    if options.into.exists():
        raise Refused(
            "{file} exists already; an import makes a new file. Choose another name or remove it.", file=options.into
        )
    settings = Settings(
        options.into.stem,
        options.timezone,
        options.watermark,
        options.activity,
        options.repeated,
        options.churn,
        currency=options.currency,
        left_out=LeftOut(
            tuple(pair for pair in options.leave_out if pair[0] != "customer_id"),
            tuple(value for name, value in options.leave_out if name == "customer_id"),
        ),
        derived=tuple(options.event),
    )
    with tempfile.TemporaryDirectory(prefix="churnbook-") as work:
        sheets: list[Sheet] = []
        for file in options.files:
            if not file.is_file():
                raise Refused("{file} does not exist or is not a file.", file=file)
            sheets += read.inspect(file, file.name, Path(work))
        below, skipped = _below(options.folder, Path(work)) if options.folder else ([], {})
        sheets += below
        if not sheets:
            raise Refused("No file was given; name files, or a folder with --folder.")
        _check_names(sheets, [name for name, _ in options.table] + [file for file, *_ in options.column])
        mapped = [each for sheet in sheets if (each := _mapped(sheet, options, Path(work))) is not None]
        if not mapped:
            raise Refused("Every sheet is ignored, so there is nothing to load.")
        report = load.load(mapped, options.into, settings, _progress())
    told = _report(report, skipped) if options.json else _told(report, skipped)
    print(json.dumps(told, ensure_ascii=False, indent=1) if options.json else told)
    return LOADED


def _below(folder: Path, work: Path) -> tuple[list[Sheet], dict[str, str]]:
    """The sheets of all files below a folder that can be read, and why the others cannot, by their names."""
    if not folder.is_dir():
        raise Refused("{folder} is not a folder.", folder=folder)
    sheets: list[Sheet] = []
    skipped: dict[str, str] = {}
    for file in unpack.folder(folder):
        name = file.relative_to(folder).as_posix()
        try:
            sheets += read.inspect(file, name, work)
        except Refused as refused:
            skipped[name] = str(refused)
    if not sheets:
        reasons = " ".join(skipped.values())
        raise Refused("{folder} holds no file that can be read. {reasons}", folder=folder, reasons=reasons)
    return sheets, skipped


def _names(sheet: Sheet) -> set[str]:
    return {sheet.file, sheet.name, Path(sheet.file).name, Path(sheet.file).stem}


def _check_names(sheets: Sequence[Sheet], given: Sequence[str]) -> None:
    known = set().union(*(_names(sheet) for sheet in sheets))
    for name in given:
        if Path(name).name not in known and name not in known:
            raise Refused("There is no file {name} among those given.", name=name)


def _mapped(sheet: Sheet, options: argparse.Namespace, work: Path) -> MappedSheet | None:
    def meant(name: str) -> bool:
        return bool({name, Path(name).name} & _names(sheet))

    tables = [table for file, table in options.table if meant(file)]
    if tables[-1:] == ["ignore"]:
        return None
    for table in tables:
        if table not in schema.LOADABLE:
            known_tables = ", ".join([*schema.LOADABLE, "ignore"])
            raise Refused("There is no table {table}; choose from {all}.", table=table, all=known_tables)
    named = [name for file, name in options.recipe if meant(file)]
    wanted = named[-1] if named else None
    how = _wide(sheet, wanted)
    if how and tables[-1:] in ([], [ROLES[how.kind][0]]):
        sheet = unpivot.apply(sheet, how, work)
    chosen = _read_as(sheet, tables[-1] if tables else None, wanted)
    roles: dict[str, str] = {}
    ignored = []
    for file, header, role in options.column:
        if not meant(file):
            continue
        known = [each.name for each in schema.LOADABLE[chosen.table].roles]
        if role == "ignore":
            ignored.append(header)
        elif role in known:
            roles[role] = header
        else:
            raise Refused(
                "{table} has no role {role}; choose from {all}, or ignore.",
                table=chosen.table,
                role=role,
                all=", ".join(known),
            )
    chosen = chosen.by_hand(roles, ignored)
    states = {value: meaning for file, value, meaning in options.state if meant(file)}
    for meaning in states.values():
        if meaning not in MEANINGS.get(chosen.table, {}):
            raise Refused(
                "A state of {table} cannot mean {meaning}; choose from {all}.",
                table=chosen.table,
                meaning=meaning,
                all=", ".join(MEANINGS.get(chosen.table, {})) or "nothing",
            )
    rules = dataclasses.replace(chosen.rules, states={**chosen.rules.states, **states})
    choice = Choice(options.day_first, options.since_1904)
    return dataclasses.replace(chosen, rules=rules, choice=choice)


def _read_as(sheet: Sheet, table: str | None, wanted: str | None) -> MappedSheet:
    """What a sheet is proposed to be, or is as the known export of that name; "none" for no known export."""
    if wanted is None or wanted == "none":
        return mapping.explain(sheet, table, by_recipe=wanted is None).mapped
    return recipe.apply(_known(wanted), sheet)


def _wide(sheet: Sheet, wanted: str | None) -> Unpivot | None:
    """Which columns of a sheet are read as rows, as of the known export of that name; "none" for no known export."""
    if wanted is None:
        return wide.found(sheet)
    return (wide.questions(sheet, _known(wanted)) if wanted != "none" else None) or unpivot.months(sheet)


def _known(name: str) -> recipe.Recipe:
    """The known export of that name."""
    known = recipe.all_recipes()
    if name not in known:
        raise Refused("There is no known export {name}; choose from {all}, or none.", name=name, all=", ".join(known))
    return known[name]


def _progress() -> Progress:
    if not sys.stderr.isatty():
        return lambda words, share: None
    return lambda words, share: print(f"\r{share:4.0%}  {words:<60}", end="\r", file=sys.stderr)


def _report(report: Report, skipped: Mapping[str, str]) -> dict[str, Any]:
    return {
        "files": [
            {
                "file": each.sheet.file,
                "status": "loaded",
                "encoding": each.sheet.encoding,
                "delimiter": each.sheet.delimiter,
                "sheet": each.sheet.sheet,
                "header_row": each.sheet.header_row,
                "reason": None,
            }
            for each in report.sheets
        ]
        + [
            {
                "file": name,
                "status": "skipped",
                "encoding": None,
                "delimiter": None,
                "sheet": None,
                "header_row": None,
                "reason": reason,
            }
            for name, reason in skipped.items()
        ],
        "tables": {
            table: {
                "rows": report.loaded[table],
                "rejected": report.set_aside.get(table, 0),
                "columns": {
                    role: header for each in report.sheets if each.table == table for role, header in each.roles.items()
                },
            }
            for table in report.rows
        },
        "rejected": [
            {
                "file": row.file,
                "line": row.line,
                "column": row.column,
                "value": row.value,
                "reason": REASONS[row.reason],
            }
            for row in report.rejected
        ],
        "warnings": [warned.english for warned in report.warnings],
        "advice": [
            {"warning": each.english, "advice": each.english_advice, "weight": each.weight} for each in report.warnings
        ],
        "blanks": [
            {
                "file": each.file,
                "column": each.column,
                "role": each.role,
                "rows": each.rows,
                "blank": each.blank,
                "read_as_blank": dict(each.words),
            }
            for each in report.blanks
        ],
        "unused": [{"file": each.file, "column": each.column, "holds": each.holds} for each in report.unused],
        "states": [
            {"file": file, "value": each.value, "rows": each.rows, "meaning": each.meaning, "known": each.is_known}
            for file, found in report.states.items()
            for each in found
        ],
        "accounts": [{"file": each.sheet, "what": each.what, "rows": each.rows} for each in report.accounts],
    }


def _told(report: Report, skipped: Mapping[str, str]) -> str:
    lines = []
    for each in report.sheets:
        roles = ", ".join(f"{header} = {role}" for role, header in each.roles.items())
        lines.append(f"{each.sheet.name}: {each.table} ({roles})")
    for table, rows in report.loaded.items():
        lines.append(f"{table}: {rows:,} rows loaded, {report.set_aside.get(table, 0):,} set aside")
    lines += [f"{warned.english} {warned.english_advice}".rstrip() for warned in report.warnings]
    lines += [f"skipped: {reason}" for reason in skipped.values()]
    return "\n".join(lines)


def _run(options: argparse.Namespace) -> int:
    catalogue = queries.catalogue()
    query = catalogue.find(options.query)
    if not options.dataset.is_file():
        raise NoDataset(f"{options.dataset} does not exist; make it with: python -m churnbook import")
    facts = facts_of(options.dataset)
    scope = Scope(options.report_from, options.report_to, options.as_of, tuple(options.where))
    unknown = unknown_filters(facts, scope)
    if unknown:
        known = ", ".join(facts.attributes) or "none"
        raise QueryError(f"customers have no attribute {unknown[0]!r}; they have: {known}")
    asked = Request.of(options.dataset.stem, 0, scope, query, dict(options.set))
    values = dict(asked.parameters)
    missing = catalogue.missing(query, facts.filled, values)
    if missing:
        why = "no column tells the customers apart" if facts.is_of_nobody else "this dataset has none"
        raise QueryError(f"{query.name} needs {', '.join(map(labels.need, missing))}; {why}")
    check_names(facts, catalogue.parameters(query), values)
    for absent in absent_events(facts, catalogue.parameters(query), values):
        print(absent.english, file=sys.stderr)
    with ranges.session(facts, scope) as session:
        table = session.run(query, values).table
    _write(table, options.format, options.out)
    return LOADED


def _write(table: pa.Table, format: str, out: Path | None) -> None:
    if format in ("parquet", "xlsx"):
        target = out if out is not None else sys.stdout.buffer
        if format == "parquet":
            from pyarrow import parquet

            parquet.write_table(table, target)
        elif out is not None:
            out.write_bytes(export.xlsx(table))
        else:
            sys.stdout.buffer.write(export.xlsx(table))
        return
    sink = out.open("w", encoding="utf-8", newline="") if out else sys.stdout
    try:
        if format == "json":
            json.dump(table.to_pylist(), sink, ensure_ascii=False, indent=1, default=_json)
            sink.write("\n")
        else:
            writer = csv.writer(sink, lineterminator="\n")
            writer.writerow(table.column_names)
            writer.writerows([_text(value) for value in row.values()] for row in table.to_pylist())
    finally:
        if out:
            sink.close()


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _json(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(type(value))


def _queries(options: argparse.Namespace) -> int:
    catalogue = queries.catalogue()
    if options.query is None:
        found = [_contract(catalogue, query) for query in catalogue.newest()]
        if options.json:
            print(json.dumps(found, ensure_ascii=False, indent=1, default=_json))
        else:
            width = max(len(query.reference) for query in catalogue.newest())
            for query in catalogue.newest():
                print(f"{query.reference:<{width}}  {query.title}")
        return LOADED
    query = catalogue.find(options.query)
    if options.sql:
        print(catalogue.script(query), end="")
    elif options.json:
        print(json.dumps(_contract(catalogue, query), ensure_ascii=False, indent=1, default=_json))
    else:
        print(_described(catalogue, query))
    return LOADED


def _contract(catalogue: queries.Catalogue, query: Query) -> dict[str, Any]:
    return {
        "name": query.name,
        "version": query.version,
        "versions": [each.version for each in catalogue.versions(query.name)],
        "title": query.title,
        "description": query.description,
        "section": query.section or None,
        "needs": list(query.needs),
        "conditions": {need: {name: list(values) or None} for need, (name, values) in query.conditions.items()},
        "phase": catalogue.phase(query).value,
        "adds": dataclasses.asdict(query.adds) if query.adds else None,
        "uses": list(query.uses),
        "tables": list(
            dict.fromkeys(
                table
                for need in catalogue.tables(query)
                if len(schema.alternatives(need)) == 1
                for table in schema.tables_named(need)
            )
        ),
        "filled": [need for need in catalogue.tables(query) if need not in schema.TABLES],
        "parameters": [
            {
                "name": p.name,
                "kind": p.kind,
                "choices": list(p.choices),
                "default": sql_value(p.default),
                "low": p.low,
                "high": p.high,
                "label": p.label,
                "note": p.note,
            }
            for p in catalogue.parameters(query).values()
        ],
        "columns": [
            {"name": c.name, "type": c.type, "unit": c.unit, "label": c.label or None, "note": c.note}
            for c in query.columns
        ],
        "changes": [{"version": c.version, "day": c.day, "note": c.note} for c in query.changes],
        "published": query.file in publishing.published(query.folder),
        "sha256": query.digest,
    }


def _described(catalogue: queries.Catalogue, query: Query) -> str:
    lines = [f"{query.reference}: {query.title}", query.description]
    lines += [f"explained in docs/metrics.md: {query.section}", ""] if query.section else [""]
    lines.append(f"needs: {', '.join(catalogue.tables(query)) or 'nothing'}")
    for need, (name, chosen) in query.conditions.items():
        lines.append(f"needs {need} if {name} in {', '.join(chosen)}" if chosen else f"needs {need} if {name}")
    if query.adds:
        lines.append(f"adds up: {query.adds.described}")
    lines.append("parameters:")
    for parameter in catalogue.parameters(query).values():
        kind = f"choice({', '.join(parameter.choices)})" if parameter.choices else parameter.kind
        if parameter.low is not None:
            kind += f"({parameter.low:g}..{'' if parameter.high == MOST else format(parameter.high, 'g')})"
        lines.append(f"  {parameter.name} {kind} = {parameter.text(parameter.default)} | {parameter.note}")
    lines.append("columns:")
    lines += [
        f"  {column.name} {column.type}{f' {column.unit}' if column.unit else ''} | {column.note}"
        for column in query.columns
    ]
    return "\n".join(lines)


def _publish(options: argparse.Namespace) -> int:
    names = publishing.publish()
    print("\n".join(names) if names else "no drafts to publish")
    return LOADED


def _drafts(options: argparse.Namespace) -> int:
    published = publishing.published(queries.FOLDER)
    for query in queries.catalogue().queries.values():
        if query.file not in published:
            print(query.path)
    return LOADED


def _samples(options: argparse.Namespace) -> int:
    from churnbook.generations import samples

    for listed in samples.build(home()):
        print(listed.name)
    return LOADED


if __name__ == "__main__":
    sys.exit(main())
