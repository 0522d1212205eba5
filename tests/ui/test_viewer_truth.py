"""What the view shows, selects and finds in random documents, against doing the same to the whole text at once."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.body.rows import CELL_BYTES
from antiphon.body.search import Query, Search
from tests.ui.viewing import made_view, store_of, take_in

WORDS = st.sampled_from(
    [b"{", b"}", b'"name": ', b"value", b"\n", b"\r\n", b"\n\n", b"\t", "é".encode(), "流".encode(), "😀".encode(), b"\xff",
     b"\x00", b" " * 40, b"x" * (CELL_BYTES - 3), b"y" * (CELL_BYTES + 1), b"ab" * 700]
)  # fmt: skip
DOCUMENTS = st.lists(WORDS, max_size=40).map(b"".join)
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def view(qtbot):
    return made_view(qtbot)


def shown_in(view, document):
    view.set_source(store_of(document))
    take_in(view)


@CALM
@given(DOCUMENTS)
def test_rows_hold_every_byte_once_and_end_at_each_newline(view, document):
    shown_in(view, document)
    rows = [view.layout_of(number).row for number in range(view.index.row_count)]
    assert b"".join(document[row.start : row.end] for row in rows) == document
    lines = [row.start for row in rows if row.begins_line]
    assert lines == [0, *(match.end() for match in re.finditer(b"\n", document))]
    for row in rows:
        assert b"\n" not in row.content
        assert document[row.start : row.end] in {row.content, row.content + b"\n", row.content + b"\r\n"}


@CALM
@given(DOCUMENTS, st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_what_is_selected_by_place_is_what_is_copied(view, document, one, other, is_wrapped):
    view.set_wrapped(is_wrapped)
    shown_in(view, document)
    start, end = sorted((int(one * len(document)), int(other * len(document))))
    view.select(start, end)
    assert view.selected_text() == document[start:end].decode("utf-8", "replace")
    assert view.selection == (start, end)


@CALM
@given(DOCUMENTS, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_a_line_is_where_counting_newlines_finds_it(view, document, shares):
    shown_in(view, document)
    starts = [0, *(match.end() for match in re.finditer(b"\n", document))]
    for share in shares:
        number = int(share * (len(starts) - 1)) + 1
        view.go_to_line(number)
        assert view.caret == starts[number - 1]


@CALM
@given(DOCUMENTS, st.sampled_from(["value", "é", "ab", "流", "\t", "}", "xx"]))
def test_what_is_found_is_what_looking_through_the_whole_text_finds(view, document, word):
    shown_in(view, document)
    search = Search(view.source, Query(word, is_case_sensitive=True), "utf-8").start()
    search._thread.join()
    found = [search.match(number) for number in range(search.count)]
    search.cancel()
    needle = word.encode()
    assert found == [(match.start(), len(needle)) for match in re.finditer(re.escape(needle), document)]


@CALM
@given(DOCUMENTS)
def test_walking_right_stands_on_every_row_and_ends_at_the_end(view, document):
    document = document[: CELL_BYTES + 300]
    shown_in(view, document)
    before = -1
    for _ in range(3 * len(document) + 5):
        if view.caret == before:
            break
        before = view.caret
        view._caret.put(view._caret._beside(1, is_far=True))
    assert view.caret == len(document)
