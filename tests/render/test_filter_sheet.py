"""Tables and CSV of results, read back by the standard library."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.render.filter_document import read_document
from antiphon.render.filter_sheet import BLOCK_ROWS, COLUMN_LIMIT, CsvAsk, columns_of, csv_chunks, write_rows

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ROWS = st.lists(st.dictionaries(st.sampled_from("abc"), CELLS, max_size=3), min_size=1, max_size=20)


def results_of(value):
    document = read_document(lambda: [json.dumps(value).encode()], "json", "utf-8", lambda _done: None)
    return document, list(document.results("$[*]"))


def csv_of(value, **ask) -> str:
    document, results = results_of(value)
    columns, _more = columns_of(document, results)
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


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_kept_unless_they_are_to_be_guarded(cell):
    exact, guarded = (csv_of([{"a": cell}], has_titles=False, is_guarded=on) for on in (False, True))
    assert next(csv.reader(io.StringIO(exact, newline="")))[1] == cell
    assert next(csv.reader(io.StringIO(guarded, newline="")))[1] == "'" + cell


def test_a_title_that_is_a_formula_is_guarded_too():
    assert csv_of([{"=a": 1}], is_guarded=True).startswith("path,'=a\r\n")


def test_only_the_asked_rows_and_columns_are_written():
    rows = [{"a": n, "b": -n} for n in range(10)]
    assert csv_of(rows, columns=[2, 0], spans=[(1, 2), (9, 99)], has_titles=False) == (
        "-1,$[1]\r\n-2,$[2]\r\n-9,$[9]\r\n"
    )


def test_no_more_columns_than_fit():
    document, results = results_of([{f"c{n}": n for n in range(COLUMN_LIMIT)}])
    assert columns_of(document, results)[1] is False
    document, results = results_of([{f"c{n}": n for n in range(COLUMN_LIMIT + 1)}])
    columns, has_more = columns_of(document, results)
    assert (len(columns), has_more) == (COLUMN_LIMIT, True)


@given(st.lists(st.dictionaries(st.sampled_from("ab"), st.integers() | CELLS, max_size=2), max_size=200))
def test_blocks_hold_every_row_once(rows):
    document, results = results_of(rows)
    columns, _more = columns_of(document, results)
    written = bytearray()

    def write(content: bytes) -> int:
        written.extend(content)
        return len(written)

    blocks = write_rows(document, results, columns, write)
    ends = [*(offset for _row, offset in blocks[1:]), len(written)]
    read = []
    for (row, start), end in zip(blocks, ends):
        assert row == len(read)
        lines = [json.loads(line) for line in bytes(written[start:end]).splitlines()]
        assert 1 <= len(lines) <= BLOCK_ROWS
        read += lines
    assert [line[0] for line in read] == [f"$[{number}]" for number in range(len(rows))]
