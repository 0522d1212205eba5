"""Cells are read as Python's csv module reads them; forms of tables are recognised."""

import csv
import io
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.cells import TableForm, cells_of, form_text, shown, sniffed


@given(some.text('ab,;" ', max_size=40))
def test_cells_are_those_of_the_csv_module(text):
    assert cells_of(text) == (next(csv.reader([text]), None) or [""])


@given(some.lists(some.text(max_size=9).filter(lambda one: "\0" not in one), min_size=1, max_size=5))
def test_what_a_writer_wrote_is_read_back(cells):
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    assert cells_of(out.getvalue()) == cells


@pytest.mark.parametrize(
    ("text", "delimiter", "cells"),
    [
        ('"a ""b""",c', ",", ['a "b"', "c"]), ('5" pipe,x', ",", ['5" pipe', "x"]), ("", ",", [""]),
        (",", ",", ["", ""]), ('"",', ",", ["", ""]), ('"open, to the end', ",", ["open, to the end"]),
        ('"a"b,c', ",", ["ab", "c"]), ("a\tb", "\t", ["a", "b"]), ('"1\n2";x\r', ";", ["1\n2", "x"]),
    ],
)  # fmt: skip
def test_quotes_are_read_with_leniency(text, delimiter, cells):
    assert cells_of(text, delimiter) == cells


@pytest.mark.parametrize(
    ("content_type", "sample", "form"),
    [
        ("text/csv", b"name,age\nAnn,3\nBob,4\n", TableForm(",")),
        ("text/csv", b"name;price\nA;1,50\nB;2,50\n", TableForm(";")),
        ("text/csv", b"a\tb, c\n1\t2, 3, 4\n", TableForm("\t")),
        ("text/csv", b"a|b\n1|2\n", TableForm("|")),
        ("text/csv", b"1,2\n3,4\n", TableForm(",", has_header=False)),
        ("text/csv; header=absent", b"name,age\n", TableForm(",", has_header=False)),
        ("text/csv; header=present", b"1,2\n", TableForm(",")),
        ("text/tab-separated-values", b"a,b\n", TableForm("\t")),
        ("text/csv", b"a,b\r1,2\r", TableForm(",", b"\r")),
        ("text/csv", b'"x;y;z","q"\n"a;b","c"\n', TableForm(",")),
        ("text/csv", b"", TableForm(",", has_header=False)),
    ],
)
def test_the_form_of_a_table_is_recognised(content_type, sample, form):
    assert sniffed(content_type, sample, "utf-8") == form


@given(some.text(), some.text())
def test_form_values_are_decoded_as_by_the_standard_library(name, value):
    raw = urlencode([(name, value)]).encode()
    first, second = raw.split(b"=")
    assert (form_text(first), form_text(second)) == (name, value)


def test_bytes_that_are_no_text_stay_distinct_and_are_shown_as_one_sign():
    assert form_text(b"%ff%41+b") == "\udcffA b"
    assert shown("a\r\nb\x01\udcff") == "a↵b␁�"
