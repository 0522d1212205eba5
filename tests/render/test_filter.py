"""`Filter`: what its process finds, in every form; faults, limits, and that nothing is left running."""

import csv
import io
import json
import os
import random
import time

import pytest

from antiphon.body.store import BodyStore
from antiphon.render import filter as subject
from antiphon.render.filter import Filter
from antiphon.render.filter_sheet import CELL_CHARS, COLUMN_LIMIT, CsvAsk

ITEMS = [
    {"id": 1, "name": "Ada", "price": 1.0},
    {"id": 2, "name": "Bob", "tags": ["x", "y"]},
    {"id": 3, "name": None, "price": 12345678901234567890},
]
DOCUMENT = json.dumps({"items": ITEMS}).encode()
XML = (
    b'<feed xmlns="urn:a" xmlns:x="urn:b"><entry x:id="1"><title>One</title></entry><entry x:id="2"/></feed>'
)

SLOW_XML = b'<r n="1">' + b"<a/>" * 3000 + b"</r>"
SLOW = "count(//a[count(//a[count(//a)>0])>0])"
"""Goes through three thousand elements for each of as many for each of as many, in one call."""


@pytest.fixture
def filtered(tmp_path):
    made, stores = [], []

    def filtered(content: bytes, language="json", charset="utf-8", memory_limit_bytes=1 << 20) -> Filter:
        store = BodyStore(tmp_path, memory_limit_bytes)
        stores.append(store)
        store.append(content)
        store.finish()
        made.append(Filter(store, language, charset, tmp_path))
        return made[-1]

    yield filtered
    for one in (*made, *stores):
        one.close()


def wait(one: Filter, limit_s=20.0) -> Filter:
    end = time.monotonic() + limit_s
    while one.is_busy:
        one.step()
        time.sleep(0.005)
        assert time.monotonic() < end, "no answer"
    return one


def is_gone(process: int, limit_s=10.0) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.005)
    return False


def text(one: Filter, expression: str, form="values") -> str:
    one.look_for(expression, form)
    wait(one)
    assert (one.error, one.fault) == ("", None)
    return one.results.body.read(0, one.results.body.size_bytes).decode()


def rows(one: Filter, expression: str) -> list:
    """Return the rows of the table, each as wide as the titles."""
    lines = [json.loads(line) for line in text(one, expression, "table").splitlines()]
    return [line + [None] * (1 + len(one.results.columns) - len(line)) for line in lines]


def told(one: Filter, expression: str) -> str:
    one.look_for(expression, "values")
    wait(one)
    return one.error or one.fault.sentence


def test_values_come_as_one_laid_out_array(filtered):
    one = filtered(DOCUMENT)
    assert json.loads(text(one, "$.items[*].name")) == ["Ada", "Bob", None]
    assert one.results.count == 3
    assert text(one, "$.items[0]") == '[\n  {\n    "id": 1,\n    "name": "Ada",\n    "price": 1.0\n  }\n]'
    assert text(one, "$.nothing") == "[]"


def test_paths_stand_beside_values(filtered):
    one = filtered(DOCUMENT)
    assert json.loads(text(one, "$..id", "paths")) == {
        "$['items'][0]['id']": 1,
        "$['items'][1]['id']": 2,
        "$['items'][2]['id']": 3,
    }


@pytest.mark.parametrize("number", ["1.0", "1E5", "-0", "123456789012345678901234567890", "0.10", "9" * 5000])
def test_a_number_comes_as_it_was_written(filtered, number):
    assert text(filtered(f"[{number}]".encode()), "$[*]") == f"[\n  {number}\n]"


def test_one_process_answers_all_and_is_gone_after_close(filtered):
    one = filtered(DOCUMENT)
    text(one, "$.items")
    process = one.process_id
    text(one, "$..name")
    assert one.process_id == process
    one.close()
    assert is_gone(process)


def test_a_body_in_a_file_is_read_there(filtered):
    one = filtered(DOCUMENT, memory_limit_bytes=10)
    assert json.loads(text(one, "$..price")) == [1.0, 12345678901234567890]


def test_a_table_has_the_union_of_all_names(filtered):
    one = filtered(DOCUMENT)
    assert rows(one, "$.items[*]") == [
        ["$['items'][0]", "1", "Ada", "1.0", None],
        ["$['items'][1]", "2", "Bob", None, '["x", "y"]'],
        ["$['items'][2]", "3", "null", "12345678901234567890", None],
    ]
    assert one.results.columns == ["id", "name", "price", "tags"]
    assert rows(one, "$.items[*].id") == [[f"$['items'][{n}]['id']", str(n + 1)] for n in range(3)]
    assert one.results.columns == ["value"]


def test_a_table_is_cut_where_it_would_be_too_wide(filtered):
    one = filtered(json.dumps([{f"k{n}": "x" * 1000 for n in range(300)}]).encode())
    (row,) = rows(one, "$[*]")
    assert len(row) == COLUMN_LIMIT + 1
    assert one.results.has_more_columns
    assert row[1] == "x" * CELL_CHARS + "…"


def test_blocks_lead_to_rows(filtered):
    one = filtered(json.dumps([{"n": n, "pad": "x" * (n % 700)} for n in range(5000)]).encode())
    rows(one, "$[*]")
    assert len(one.results.blocks) >= 5000 // 64
    for row, offset in one.results.blocks:
        line = one.results.body.read(offset, 1000).split(b"\n")[0]
        assert json.loads(line)[1] == str(row)


def test_csv_has_all_of_every_cell(filtered):
    content = [{"a": "x" * 1000, "b": 'say "hi"\nthere'}, {"a": "=1+1", "c": 1.50}]
    one = filtered(json.dumps(content).replace("1.5", "1.50").encode())
    text(one, "$[*]")
    one.copy_csv(CsvAsk())
    wait(one)
    assert one.copied.endswith(b"\r\n")
    assert list(csv.reader(io.StringIO(one.copied.decode(), newline=""))) == [
        ["path", "a", "b", "c"],
        ["$[0]", "x" * 1000, 'say "hi"\nthere', ""],
        ["$[1]", "=1+1", "", "1.50"],
    ]


def test_csv_of_some_cells_and_guarded_against_formulas(filtered):
    one = filtered(json.dumps([{"a": "=1"}, {"a": "-2"}, {"a": "ok"}]).encode())
    text(one, "$[*]", "table")
    ask = CsvAsk(columns=[1], spans=[(0, 0), (2, 9)], separator="\t", has_titles=False, is_guarded=True)
    one.copy_csv(ask)
    assert wait(one).copied == b"'=1\r\nok\r\n"


def test_a_copy_that_is_asked_for_while_results_are_found_takes_nothing_from_them(filtered):
    one = filtered(json.dumps(list(range(300_000))).encode())
    text(one, "$[0]")
    one.look_for("$[?@ >= 0]", "values")
    one.copy_csv(CsvAsk(has_titles=False))
    wait(one)
    assert (one.results.count, one.copied) == (300_000, b"$[0],0\r\n")


def test_csv_is_written_whole_or_told(filtered, tmp_path):
    one = filtered(DOCUMENT)
    text(one, "$.items[*].id")
    one.save_csv(CsvAsk(), tmp_path / "table.csv")
    assert wait(one).saved_bytes == (tmp_path / "table.csv").stat().st_size
    assert (tmp_path / "table.csv").read_bytes().startswith(b"path,value\r\n$['items'][0]['id'],1\r\n")
    one.save_csv(CsvAsk(), tmp_path / "none" / "table.csv")
    assert "No such file" in wait(one).error
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix) == ["table.csv"]


@pytest.mark.parametrize("form", ["values", "table"])
def test_csv_has_the_columns_that_the_table_has_no_room_for(filtered, tmp_path, form):
    one = filtered(json.dumps([{f"k{n}": n for n in range(COLUMN_LIMIT + 7)}]).encode())
    text(one, "$[*]", form)
    one.save_csv(CsvAsk(has_titles=False), tmp_path / "table.csv")
    wait(one)
    assert (tmp_path / "table.csv").read_bytes().endswith(f",{COLUMN_LIMIT + 6}\r\n".encode())


def test_csv_can_still_be_had_when_the_process_was_killed(filtered):
    one = filtered(DOCUMENT)
    text(one, "$.items[*].id")
    one.cancel()
    one.copy_csv(CsvAsk(has_titles=False))
    assert wait(one).copied.count(b"\r\n") == 3


def test_results_can_be_read_until_the_next_ones_are_there(filtered):
    one = filtered(DOCUMENT)
    text(one, "$.items[0].id")
    shown = one.results
    one.look_for("$..*", "values")
    while one.results is shown:
        assert shown.body.read(0, 100) == b"[\n  1\n]"
        one.step()
    assert shown.body.read(0, 100) == b"[\n  1\n]"
    wait(one)


def test_a_wrong_expression_keeps_the_results_before(filtered):
    one = filtered(DOCUMENT)
    before = text(one, "$.items[0].id")
    one.look_for("$.items[", "values")
    wait(one)
    assert (one.fault.place, one.error) == (8, "")
    assert one.results.body.read(0, 100).decode() == before


@pytest.mark.parametrize(
    ("content", "language", "words"),
    [
        (b'{"a": 1,}', "json", "not valid JSON at line 1, column"),
        (b'{"a": NaN}', "json", "NaN is not JSON"),
        (b"[" * 100_000, "json", "nested too deeply"),
        (b"nothing\nhere\n", "jsonlines", "no line of the body is valid JSON"),
        (b"<a><b></a>", "xml", "not well-formed at line 1, column 11"),
        (b"", "html", "there is no element"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(filtered, content, language, words):
    expression = "$" if language.startswith("json") else "//a"
    sentence = told(filtered(content, language), expression)
    assert words.lower() in sentence.lower()


def test_lines_are_an_array_and_bad_ones_are_told(filtered):
    one = filtered(b'{"a": 1}\n\nbroken\n{"a": 1.0}\r\n{"a"', "jsonlines")
    assert text(one, "$[*].a") == "[\n  1,\n  1.0\n]"
    assert one.results.note == "2 lines are not valid JSON and left out, the first is line 3."


def test_other_charsets_and_lone_surrogates(filtered):
    assert text(filtered('["é"]'.encode("latin-1"), charset="iso-8859-1"), "$[0]") == '[\n  "é"\n]'
    assert text(filtered(b'["\\ud800"]'), "$[0]") == '[\n  "\\ud800"\n]'


def test_xpath_finds_nodes_attributes_and_numbers(filtered):
    one = filtered(XML, "xml")
    assert text(one, "//@x:id") == "1\n2"
    assert text(one, "count(//d:entry)") == "2"
    assert text(one, "//d:title").startswith("<title ")
    assert not one.results.is_json
    assert json.loads(text(one, "//d:title/text()", "paths")) == {"/d:feed/d:entry[1]/d:title/text()": "One"}
    assert rows(one, "//d:entry") == [
        ["/d:feed/d:entry[1]", "1", "One", None],
        ["/d:feed/d:entry[2]", "2", None, ""],
    ]
    assert one.results.columns == ["@x:id", "title", "text()"]


def test_html_is_read_as_browsers_do(filtered):
    one = filtered(b"<p>one<p class=x>two<br><script>if (a<b) {}</script>", "html")
    assert text(one, "//p[@class]/text()") == "two"
    assert text(one, "//script") == "<script>if (a<b) {}</script>"


@pytest.mark.parametrize("language", ["json", "xml", "html", "jsonlines"])
def test_random_bytes_are_refused_or_read_and_break_nothing(filtered, language):
    one = filtered(random.Random(7).randbytes(200_000), language)
    one.look_for("$[0]" if language.startswith("json") else "//p", "values")
    wait(one)
    assert (language == "html") == (one.error == "")
    assert "ended early" not in one.error


def test_a_wrong_expression_is_a_fault_even_before_the_body_is_read(filtered):
    one = filtered(b"no xml", "xml")
    one.look_for("(" * 5000 + "1" + ")" * 5000, "values")
    wait(one)
    assert (one.error, one.fault.sentence) == ("", "the expression is nested too deeply")


def test_a_newer_question_ends_the_work_on_the_one_before(filtered, monkeypatch):
    monkeypatch.setattr(subject, "OVERDUE_S", 1e9)
    one = filtered(b"[" * 100 + b"]" * 100)
    text(one, "$[0]")
    one.look_for("$" + "..*" * 9 + "[?@ == 1]", "values")  # goes on for years
    process = one.process_id
    time.sleep(0.3)
    one.step()
    assert one.is_looking
    one.look_for("$.none", "values")
    wait(one)
    assert one.results.body.read(0, 100) == b"[]"
    assert one.process_id == process


def test_a_question_that_hangs_is_ended_for_the_next(filtered, monkeypatch):
    monkeypatch.setattr(subject, "OVERDUE_S", 0.1)
    one = filtered(SLOW_XML, "xml")
    one.look_for(SLOW, "values")
    process = one.process_id
    time.sleep(0.5)
    one.look_for("/*/@n", "values")
    wait(one)
    assert one.results.count == 1
    assert one.process_id != process


def test_a_question_has_a_limit_of_time(filtered, monkeypatch):
    monkeypatch.setattr(subject, "TIME_LIMIT_S", 0.3)
    assert "took longer" in told(one := filtered(SLOW_XML, "xml"), SLOW)
    assert one.process_id is None


def test_a_body_that_is_too_large_starts_no_process(filtered, monkeypatch):
    monkeypatch.setattr(subject, "BODY_LIMIT_BYTES", 10)
    one = filtered(DOCUMENT)
    one.look_for("$", "values")
    assert "are filtered" in one.error
    assert (one.process_id, one.is_busy) == (None, False)


def test_a_process_that_is_killed_from_outside_is_told(filtered):
    one = filtered(DOCUMENT)
    text(one, "$")
    one._helper.kill()
    one.look_for("$", "values")
    assert "ended early" in wait(one).error
    assert text(one, "$.items[0].id") == "[\n  1\n]"
