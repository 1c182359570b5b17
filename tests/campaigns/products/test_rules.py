"""CSV to rows."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.products.interfaces import Stock
from campaigns.products.rules import ERRORS_MAX, repeated_errors, rows_of_csv

HEAD = "externalId,title,priceMinor,currency"


def errors_of(text: str | bytes) -> list[tuple[str, str]]:
    """What is wrong with a CSV."""
    data = text.encode() if isinstance(text, str) else text
    pointers, rows, errors = rows_of_csv(data)
    assert not errors or (pointers, rows) == ([], [])
    return [(error.pointer, error.detail) for error in errors]


class TestRowsOfCsv:
    def test_a_whole_file(self) -> None:
        text = (
            "\ufeff"
            f"{HEAD},originalPriceMinor,imageId,link,stock\r\n"
            'A1,"瓷杯, 大",4900,CNY,5900,12,https://example.com/1,low\r\n'
            "\r\n"
            "A2,盘,100,CNY,,,,\r\n"
        )
        pointers, (one, two), errors = rows_of_csv(text.encode())
        assert errors == []
        assert pointers == ["/lines/2", "/lines/4"]
        assert (one.external_id, one.title, one.stock) == ("A1", "瓷杯, 大", Stock.LOW)
        assert one.price.amount_minor == 4900
        assert one.original_price is not None
        assert one.original_price.amount_minor == 5900
        assert (one.image_id, one.link) == (12, "https://example.com/1")
        assert (two.original_price, two.image_id, two.link) == (None, None, None)
        assert two.stock is Stock.IN_STOCK

    @pytest.mark.parametrize(
        ("row", "pointer"),
        [
            ("A1,,100,CNY", "/lines/2/title"),
            (",x,100,CNY", "/lines/2/externalId"),
            ("A1,x,1.5,CNY", "/lines/2/priceMinor"),
            ("A1,x,-1,CNY", "/lines/2/priceMinor"),
            ("A1,x,１,CNY", "/lines/2/priceMinor"),
            ("A1,x,9999999999999999,CNY", "/lines/2/priceMinor"),
            ("A1,x,100,yuan", "/lines/2/currency"),
            ("A1,x,100,ZZZ", "/lines/2/currency"),
            ("A1," + "x" * 121 + ",100,CNY", "/lines/2/title"),
            ("A" * 65 + ",x,100,CNY", "/lines/2/externalId"),
            ("A1,x,100", "/lines/2"),
            ("A1,x,100,CNY,more", "/lines/2"),
            ('A1,"x,100,CNY', "/lines/2"),
        ],
    )
    def test_a_bad_row_is_named(self, row: str, pointer: str) -> None:
        assert [each for each, _ in errors_of(f"{HEAD}\n{row}\n")] == [pointer]

    @pytest.mark.parametrize(
        ("column", "value"),
        [("stock", "many"), ("imageId", "x"), ("link", "ftp://x"), ("link", "javascript:1")],
    )
    def test_bad_optional_columns(self, column: str, value: str) -> None:
        found = errors_of(f"{HEAD},{column}\nA1,x,1,CNY,{value}\n")
        assert [pointer for pointer, _ in found] == [f"/lines/2/{column}"]

    @pytest.mark.parametrize(
        "data",
        [b"", b"\n", b"\xff\xfe", b"a\0b", HEAD.encode(), b"title\nx\n",
         f"{HEAD},colour\n".encode(), f"{HEAD},title\n".encode()],
    )  # fmt: skip
    def test_bad_files(self, data: bytes) -> None:
        assert errors_of(data)

    def test_every_bad_row_up_to_a_bound(self) -> None:
        rows = "\n".join(f"A{n},,1,CNY" for n in range(300))
        found = errors_of(f"{HEAD}\n{rows}")
        assert len(found) == ERRORS_MAX
        assert found[99][0] == "/lines/101/title"

    def test_too_many_rows(self) -> None:
        rows = "\n".join(f"A{n},x,1,CNY" for n in range(1001))
        assert [pointer for pointer, _ in errors_of(f"{HEAD}\n{rows}")] == ["/lines/1002"]

    @given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
    def test_any_bytes_are_rows_or_errors(self, data: bytes) -> None:
        pointers, rows, errors = rows_of_csv(data)
        assert bool(rows) != bool(errors)
        assert len(pointers) == len(rows)

    titles = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)

    @given(st.lists(st.tuples(titles, st.integers(0, 10**15)), min_size=1, max_size=10))
    def test_what_was_written_is_read(self, products: list[tuple[str, int]]) -> None:
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(HEAD.split(","))
        for number, (title, price) in enumerate(products):
            writer.writerow([f"A{number}", title, price, "CNY"])
        _, rows, errors = rows_of_csv(file.getvalue().encode())
        assert errors == []
        assert [(row.title, row.price.amount_minor) for row in rows] == products


class TestRepeated:
    def test_both_places_are_named(self) -> None:
        text = f"{HEAD}\nA1,x,1,CNY\nA2,y,1,CNY\nA1,z,1,CNY\n"
        pointers, rows, _ = rows_of_csv(text.encode())
        (error,) = repeated_errors(pointers, rows)
        assert error.pointer == "/lines/4/externalId"
        assert "/lines/2" in error.detail
