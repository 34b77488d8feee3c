"""Writes the sample companies, or the same companies at any size.

`python sample_data/generate.py` writes both samples again, byte for byte the same.
`python sample_data/generate.py --customers 1000000 --events 10000000 --out DIR` writes a company of
that size, customers in the order of their numbers, in memory that does not grow with it.
"""

from __future__ import annotations

import argparse
import csv
import io
import multiprocessing
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from companies import Company, Row, Rows, fit, shop, subscription

COMPANIES = {company.name: company for company in (shop.COMPANY, subscription.COMPANY)}
CHUNK = 500
"""Customers written at a time in a scaled run."""


def write_sample(company: Company, folder: Path) -> None:
    """Write a company in its own size, the rows of each file by their date."""
    draw = random.Random(company.seed)
    rows = company.customers(draw, 1, company.size) | company.fixed(draw, company.size)
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheet in company.sheets.items():
        dated = sheet.dated
        ordered = sorted(rows[name], key=lambda row: (row[dated], row))
        (folder / sheet.file).write_bytes(_text([sheet.header, *ordered]).encode(company.encoding))


def write_scaled(company: Company, folder: Path, customers: int, events: int) -> None:
    """Write a company with that many customers and events, chunk by chunk on all cores."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / sheet.file).open("wb")) for name, sheet in company.sheets.items()}
        for name, sheet in company.sheets.items():
            files[name].write(_text([sheet.header]).encode(company.encoding))
        for name, rows in company.fixed(random.Random(company.seed), customers).items():
            files[name].write(_text(rows).encode(company.encoding))
        workers = stack.enter_context(multiprocessing.Pool(os.cpu_count()))
        for written in workers.imap(_chunk, _chunks(company, customers, events)):
            for name, content in written.items():
                files[name].write(content)


Chunk = tuple[str, int, int, int]
"""Company, number of the first customer, customers, events."""


def _chunks(company: Company, customers: int, events: int) -> Iterator[Chunk]:
    for start in range(0, customers, CHUNK):
        end = min(start + CHUNK, customers)
        yield company.name, start + 1, end - start, events * end // customers - events * start // customers


def _chunk(chunk: Chunk) -> dict[str, bytes]:
    name, first, count, events = chunk
    company = COMPANIES[name]
    draw = random.Random(f"{company.seed} {first}")
    rows: Rows = company.customers(draw, first, count)
    rows["events"] = fit(draw, rows["events"], company.plain_event, events)
    return {name: _text(sheet).encode(company.encoding) for name, sheet in rows.items() if sheet}


def _text(rows: Iterable[Row]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--company", choices=COMPANIES, default="shop", help="which company to scale (shop)")
    parser.add_argument("--customers", type=int, help="customers of the scaled company")
    parser.add_argument("--events", type=int, help="event rows of the scaled company")
    parser.add_argument("--out", type=Path, help="where to write; without --customers both samples go here")
    options = parser.parse_args()
    if (options.customers is None) != (options.events is None):
        parser.error("--customers and --events belong together")
    if options.customers is None:
        for company in COMPANIES.values():
            write_sample(company, (options.out or Path(__file__).parent) / company.name)
    elif options.out is None or options.customers < 1 or options.events < 1:
        parser.error("a scaled company needs --out, and at least one customer and one event")
    else:
        write_scaled(COMPANIES[options.company], options.out, options.customers, options.events)


if __name__ == "__main__":
    main()
