"""CSV that streams: any number of rows in bounded memory, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

from litestar.response import Stream

CSV = "text/csv"
"""Litestar says the charset."""
_BOM = "\ufeff"
"""Without it spreadsheets take UTF-8 for something older."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | None


def csv_stream(
    file_name: str, header: Sequence[str], pages: AsyncIterator[Sequence[Sequence[Cell]]]
) -> Stream:
    """A file of RFC 4180 whose rows come a page at a time."""

    async def lines() -> AsyncIterator[bytes]:
        yield (_BOM + _text([header])).encode()
        async for page in pages:
            yield _text(page).encode()

    headers = {
        "content-disposition": f'attachment; filename="{file_name}"',
        "cache-control": "private, no-store",
    }
    return Stream(lines(), media_type=CSV, headers=headers)


def _text(rows: Sequence[Sequence[Cell]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: Cell) -> str | int:
    """A spreadsheet runs text that begins like a formula; with an apostrophe it shows it."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return "" if cell is None else cell
