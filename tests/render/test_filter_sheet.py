"""Tables and CSV of results, read back by the standard library."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.render import filter_sheet
from antiphon.render.filter_document import read_document
from antiphon.render.filter_sheet import BLOCK_ROWS, COLUMN_LIMIT, CsvAsk, columns_of, csv_chunks, write_rows

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ROWS = st.lists(st.dictionaries(st.sampled_from("abc"), CELLS, max_size=3), min_size=1, max_size=20)


def results_of(value):
    document = read_document(lambda: [json.dumps(value).encode()], "json", "utf-8", lambda _done: None)
    return document, list(document.results("$[*]"))


def csv_of(value, **ask) -> str:
    document, results = results_of(value)
    columns = columns_of(document, results)
    return "".join(csv_chunks(document, results, columns, CsvAsk(**ask)))


@given(ROWS, st.sampled_from(",\t;"))
def test_csv_reads_back_as_the_cells(rows, separator):
    text = csv_of(rows, separator=separator)
    titles, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    assert titles == ["path", *dict.fromkeys(name for row in rows for name in row)]
    assert lines == [
        [f"$[{number}]", *(row.get(name, "") for name in titles[1:])] for number, row in enumerate(rows)
    ]


def test_csv_is_as_the_standard_says():
    text = csv_of([{"a": 'say "hi"', "b": "one\ntwo"}, {"a": "x,y", "b": None}])
    assert text == 'path,a,b\r\n$[0],"say ""hi""","one\ntwo"\r\n$[1],"x,y",null\r\n'


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1-cmd", "--1", "@x", "\tx", "\rx"])
def test_formulas_are_kept_unless_they_are_to_be_guarded(cell):
    exact, guarded = (csv_of([{"a": cell}], has_titles=False, is_guarded=on) for on in (False, True))
    assert next(csv.reader(io.StringIO(exact, newline="")))[1] == cell
    assert next(csv.reader(io.StringIO(guarded, newline="")))[1] == "'" + cell


@pytest.mark.parametrize("number", ["-1", "+49", "-1.5e-3", "-0"])
def test_a_number_is_no_formula(number):
    assert csv_of([{"a": number}], has_titles=False, is_guarded=True) == f"$[0],{number}\r\n"


def test_a_title_that_is_a_formula_is_guarded_too():
    assert csv_of([{"=a": 1}], is_guarded=True).startswith("path,'=a\r\n")


def test_only_the_asked_rows_and_columns_are_written():
    rows = [{"a": n, "b": -n} for n in range(10)]
    assert csv_of(rows, columns=[2, 0], spans=[(1, 2), (9, 99)], has_titles=False) == (
        "-1,$[1]\r\n-2,$[2]\r\n-9,$[9]\r\n"
    )


def sheet_of(value):
    document, results = results_of(value)
    written = bytearray()

    def write(content: bytes) -> int:
        written.extend(content)
        return len(written)

    return write_rows(document, iter(results), write), bytes(written)


def test_a_table_shows_some_columns_and_csv_has_all():
    rows = [{f"c{n}": n for n in range(COLUMN_LIMIT + 50)}, {"last": 1}]
    sheet, written = sheet_of(rows)
    assert sheet.columns == [*rows[0], "last"]
    assert [len(json.loads(line)) for line in written.splitlines()] == [1 + COLUMN_LIMIT] * 2
    titles, first, last = csv.reader(io.StringIO(csv_of(rows), newline=""))
    assert titles == ["path", *rows[0], "last"]
    assert (first[-2:], last[-2:]) == ([str(COLUMN_LIMIT + 49), ""], ["", "1"])


def test_a_column_that_is_found_later_has_no_cells_before():
    _sheet, written = sheet_of([{"a": 1}, {"b": 2}, {"a": 3, "c": 4}])
    assert list(map(json.loads, written.splitlines())) == [
        ["$[0]", "1"], ["$[1]", None, "2"], ["$[2]", "3", None, "4"]
    ]  # fmt: skip


def test_names_without_end_have_an_end(monkeypatch):
    monkeypatch.setattr(filter_sheet, "CSV_COLUMN_LIMIT", 3)
    assert csv_of([{str(n): n} for n in range(5)]).splitlines()[0] == "path,0,1,2"
    assert sheet_of([{str(n): n} for n in range(5)])[0].columns == ["0", "1", "2"]


@given(st.lists(st.dictionaries(st.sampled_from("ab"), st.integers() | CELLS, max_size=2), max_size=200))
def test_blocks_hold_every_row_once(rows):
    sheet, written = sheet_of(rows)
    blocks = sheet.blocks
    ends = [*(offset for _row, offset in blocks[1:]), len(written)]
    read = []
    for (row, start), end in zip(blocks, ends):
        assert row == len(read)
        lines = [json.loads(line) for line in written[start:end].splitlines()]
        assert 1 <= len(lines) <= BLOCK_ROWS
        read += lines
    assert [line[0] for line in read] == [f"$[{number}]" for number in range(len(rows))]
