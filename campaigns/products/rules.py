"""What a product must be, and how a CSV becomes rows: pure."""

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from app.kernel.errors import FieldError
from app.kernel.structs import decode_hook
from app.kernel.text import is_visible
from campaigns.products.schemas import ROWS_MAX, ProductCreate, ProductRow

COLUMNS = ("externalId", "title", "priceMinor", "currency")
OPTIONAL_COLUMNS = ("originalPriceMinor", "imageId", "link", "stock")
ERRORS_MAX = 100
_PLAIN = ("externalId", "title", "imageId", "link", "stock")
_FIELD_CHARS_MAX = 2_000


def product_errors(pointer: str, product: ProductCreate | ProductRow) -> list[FieldError]:
    """What the types cannot say: something to read, one currency, a reduction that is one."""
    errors: list[FieldError] = []
    if not is_visible(product.title):
        errors.append(FieldError(f"{pointer}/title", "A title needs a visible character"))
    for field, text in (("externalId", product.external_id), ("link", product.link)):
        if text is not None and not text.isprintable():
            errors.append(FieldError(f"{pointer}/{field}", "Printable characters only"))
    original = product.original_price
    if original is not None:
        where = f"{pointer}/originalPrice"
        if original.currency != product.price.currency:
            errors.append(FieldError(where, "Must have the currency of the price"))
        elif original.amount_minor < product.price.amount_minor:
            errors.append(FieldError(where, "Must not be lower than the price"))
    return errors


def repeated_errors(pointers: Sequence[str], rows: Sequence[ProductRow]) -> list[FieldError]:
    """Rows of one import that name the same product."""
    first: dict[str, str] = {}
    errors: list[FieldError] = []
    for pointer, row in zip(pointers, rows, strict=True):
        other = first.setdefault(row.external_id, pointer)
        if other != pointer:
            errors.append(
                FieldError(f"{pointer}/externalId", f"The same external id stands at {other}")
            )
    return errors


def rows_of_csv(data: bytes) -> tuple[list[str], list[ProductRow], list[FieldError]]:
    """The pointers (`/lines/2`), rows and errors of a CSV.

    UTF-8 with or without BOM, a header line, commas; amounts are integers in minor units. Either
    rows or errors are empty.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [], [FieldError("", "The file is not UTF-8")]
    if "\0" in text:
        return [], [], [FieldError("", "The file is not a text")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    pointers: list[str] = []
    rows: list[ProductRow] = []
    errors: list[FieldError] = []
    try:
        header = [name.strip() for name in next(reader, list[str]())]
        errors = _header_errors(header)
        if errors:
            return [], [], errors
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            pointer = f"/lines/{reader.line_num}"
            if len(rows) + len(errors) >= ROWS_MAX:
                errors.append(FieldError(pointer, f"At most {ROWS_MAX} rows at once"))
                break
            row, wrong = _row(pointer, header, values)
            errors.extend(wrong)
            if row is not None:
                pointers.append(pointer)
                rows.append(row)
            if len(errors) >= ERRORS_MAX:
                break
    except csv.Error as error:
        errors.append(FieldError(f"/lines/{reader.line_num}", f"Not readable as CSV: {error}"))
    if not rows and not errors:
        errors.append(FieldError("", "There is no row below the header"))
    return ([], [], errors[:ERRORS_MAX]) if errors else (pointers, rows, [])


def _header_errors(header: Sequence[str]) -> list[FieldError]:
    known = {*COLUMNS, *OPTIONAL_COLUMNS}
    errors = [
        FieldError("/lines/1", f"The column {c} is missing") for c in COLUMNS if c not in header
    ]
    for name in header:
        if name not in known:
            errors.append(FieldError("/lines/1", f"There is no column {name[:40]!r}"))
        elif header.count(name) > 1:
            errors.append(FieldError("/lines/1", f"The column {name} stands twice"))
    return errors[:ERRORS_MAX]


def _row(
    pointer: str, header: Sequence[str], values: Sequence[str]
) -> tuple[ProductRow | None, list[FieldError]]:
    if len(values) != len(header):
        count = f"{len(values)} fields, the header has {len(header)}"
        return None, [FieldError(pointer, count)]
    given = {name: v for name, value in zip(header, values, strict=True) if (v := value.strip())}
    errors = [FieldError(f"{pointer}/{name}", "Required") for name in COLUMNS if name not in given]
    errors += [
        FieldError(f"{pointer}/{name}", "Too long")
        for name, value in given.items()
        if len(value) > _FIELD_CHARS_MAX
    ]
    errors += list(_amount_errors(pointer, given))
    if errors:
        return None, errors
    body: dict[str, object] = {name: given[name] for name in _PLAIN if name in given}
    body["price"] = _money(given["priceMinor"], given["currency"])
    if "originalPriceMinor" in given:
        body["originalPrice"] = _money(given["originalPriceMinor"], given["currency"])
    try:
        return msgspec.convert(body, ProductRow, dec_hook=decode_hook), []
    except msgspec.ValidationError as error:
        return None, [_located(pointer, error)]


def _amount_errors(pointer: str, given: dict[str, str]) -> Iterable[FieldError]:
    for name in ("priceMinor", "originalPriceMinor"):
        value = given.get(name, "0")
        if not (value.isascii() and value.isdigit() and len(value) <= 16):
            yield FieldError(f"{pointer}/{name}", "A whole number of minor units, such as 1234")


def _money(amount: str, currency: str) -> dict[str, object]:
    return {"amountMinor": int(amount), "currency": currency}


def _located(pointer: str, error: msgspec.ValidationError) -> FieldError:
    """msgspec says "… - at `$.price.currency`"; the column is the last name a brand wrote."""
    words, _, path = str(error).partition(" - at `$.")
    field = path.rstrip("`")
    columns = {
        "price.amountMinor": "priceMinor",
        "originalPrice.amountMinor": "originalPriceMinor",
        "price.currency": "currency",
        "originalPrice.currency": "currency",
    }
    return FieldError(f"{pointer}/{columns.get(field, field)}", words)
