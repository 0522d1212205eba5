"""Rows of a table from a body: titles apart, ragged ones as they are, long ones cut and said so."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as some

from antiphon.body.store import BodyStore
from antiphon.render.cells import DELIMITERS, TableForm, sniffed
from antiphon.render.table_rows import COLUMN_LIMIT, ROW_LIMIT_BYTES, CsvRows, FormRows


def rows_of(text, form=None, charset="utf-8"):
    body = BodyStore()
    body.append(text if isinstance(text, bytes) else text.encode(charset))
    rows = CsvRows(body, form or TableForm(), charset)
    while rows.advance():
        pass
    return rows


def cells(rows):
    return [rows.row(number).cells for number in range(rows.count)]


def test_titles_are_no_row():
    rows = rows_of('\ufeffname,age\nAnn,"3"\n')
    assert rows.titles == ("name", "age")
    assert cells(rows) == [("Ann", "3")]


def test_without_titles_every_record_is_a_row():
    rows = rows_of("\ufeff1,2\n3,4", TableForm(has_header=False))
    assert (rows.titles, cells(rows)) == ((), [("1", "2"), ("3", "4")])


def test_ragged_rows_keep_their_cells_and_places():
    rows = rows_of("a,b\n1\n\n1,2,3\n")
    assert cells(rows) == [("1",), ("",), ("1", "2", "3")]
    assert [(rows.row(number).start, rows.row(number).length) for number in range(3)] == [
        (4, 2),
        (6, 1),
        (7, 6),
    ]


def test_a_row_too_long_or_too_wide_is_cut_and_says_so():
    long, wide, fine = (
        rows_of("t\n" + text).row(0) for text in ("x" * (ROW_LIMIT_BYTES + 5), "," * 900, "x")
    )
    assert (long.is_cut, wide.is_cut, fine.is_cut) == (True, True, False)
    assert len(wide.cells) == COLUMN_LIMIT


def test_a_charset_is_heeded():
    assert cells(rows_of("é;ä\nö;ü\n", TableForm(";"), "cp1252")) == [("ö", "ü")]


def test_a_row_that_grows_is_read_again():
    body = BodyStore()
    body.append(b"a,b\n1,2")
    rows = CsvRows(body, TableForm(), "utf-8")
    rows.advance()
    assert rows.row(0).cells == ("1", "2")
    body.append(b"3\n4,")
    rows.advance()
    assert cells(rows) == [("1", "23"), ("4", "")]


def test_a_form_is_decoded_and_shows_what_was_sent_where_that_differs():
    body = BodyStore()
    body.append(b"a=1&b=x+y%21&c&=v&%ff=%zz\n")
    rows = FormRows(body, "utf-8")
    rows.advance()
    assert cells(rows) == [
        ("a", "1", ""),
        ("b", "x y!", "b=x+y%21"),
        ("c", "", "c"),
        ("", "v", ""),
        ("\udcff", "%zz", "%ff=%zz"),
    ]


@given(
    some.lists(
        some.lists(some.text('ab",;\n\r é', max_size=5), min_size=2, max_size=3), min_size=1, max_size=4
    ),
    some.sampled_from([sign for sign, _title in DELIMITERS]),
    some.booleans(),
    some.integers(1, 40),
)
def test_what_a_writer_wrote_is_read_in_any_pieces_with_and_without_a_mark(rows, delimiter, has_mark, step):
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(rows)
    content = ("\ufeff" * has_mark + written.getvalue()).encode()
    body = BodyStore()
    table = CsvRows(body, TableForm(delimiter, b"\n", has_header=False), "utf-8")
    for start in range(0, len(content), step):
        body.append(content[start : start + step])
        while table.advance():
            table.row(0)
    assert [list(table.row(number).cells) for number in range(table.count)] == rows


def test_titles_in_quotes_stand_right_after_a_byte_order_mark():
    raw = '\ufeff"a;1","b\n2"\r\nx,y\r\n'.encode()
    assert sniffed("text/csv", raw, "utf-8") == TableForm(",", b"\n", has_header=True)
    table = rows_of(raw)
    assert table.titles == ("a;1", "b\n2")
    assert cells(table) == [("x", "y")]


@given(
    some.lists(some.lists(some.text('ab",\n é', max_size=4), min_size=1, max_size=3), min_size=1, max_size=4),
    some.booleans(),
)
def test_each_byte_of_a_field_leads_to_its_cell(rows, has_header):
    written, ends = io.StringIO(newline=""), []
    for number, row in enumerate(rows):
        for column in range(len(row)):
            line = io.StringIO(newline="")
            csv.writer(line, quoting=csv.QUOTE_ALL).writerow(row[: column + 1])
            ends.append((number, column, len((written.getvalue() + line.getvalue()).encode()) - 3))
        csv.writer(written, quoting=csv.QUOTE_ALL).writerow(row)
    table = rows_of(written.getvalue(), TableForm(",", b"\n", has_header=has_header))
    for number, column, end in ends:  # the quote that closes the field
        assert table.place_of(end) == (number - has_header, column)
    assert table.place_of(len(written.getvalue().encode())) is None
