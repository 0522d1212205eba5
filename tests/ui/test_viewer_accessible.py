"""What a screen reader gets from a body's view: text, caret and selection, both ways, in bodies of any size."""

import pytest
from PySide6.QtGui import QAccessible

from antiphon.ui.viewer import accessible
from tests.ui.viewing import made_view, store_of, take_in

LINES = "".join(f"line {number} ü😀\n" for number in range(5000))


@pytest.fixture
def view(qtbot, qapp):
    accessible.install()
    view = made_view(qtbot)
    view.set_source(store_of(LINES))
    take_in(view)
    return view


def text_of(view):
    return QAccessible.queryAccessibleInterface(view).textInterface()


def around(view):
    text = text_of(view)
    return text.text(0, text.characterCount())


def units(text):
    return len(text.encode("utf-16-le")) // 2


def test_the_rows_around_the_caret_are_given(view):
    assert around(view).startswith("line 0 ü😀\nline 1 ü😀\n")
    view.go_to_line(3000)
    given = around(view)
    assert "line 2999 ü😀\n" in given
    assert "line 0 ü" not in given
    assert len(given) < 10_000


def test_the_caret_is_told_in_the_text_that_is_given(view):
    place = LINES.encode().index(b"line 2999") + len("line 2999 ü😀".encode())
    view.reveal(place)
    text = text_of(view)
    before = text.text(0, text.cursorPosition())
    assert before.endswith("line 2999 ü😀")
    assert text.cursorPosition() == units(before)


def test_the_selection_is_told_and_set(view):
    start = LINES.encode().index(b"2999")
    view.select(start, start + 4)
    text = text_of(view)
    assert text.selectionCount() == 1
    at = units(around(view)[: around(view).index("3001")])
    text.setSelection(0, at, at + 4)
    assert view.selected_text() == "3001"
    text.removeSelection(0)
    assert view.selection[0] == view.selection[1]


def test_a_screen_reader_puts_the_caret_and_the_view_follows_beyond_what_was_given(view):
    text = text_of(view)
    for _ in range(5):
        text.setCursorPosition(text.characterCount())
    assert view.caret > LINES.encode().index(b"line 150 ")
    assert view.index.row_of(view.caret) in [number for number, _layout, _y in view.seen_rows()]


def test_one_line_without_end_is_given_in_part(view):
    view.set_source(store_of("abcdefghij" * 100_000))
    take_in(view)
    view.reveal(500_003)
    text = text_of(view)
    assert text.characterCount() < 100_000
    assert text.text(text.cursorPosition(), text.cursorPosition() + 3) == "def"


def test_what_arrives_later_is_given_too(view):
    store = store_of("one\n", is_over=False)
    view.set_source(store)
    assert around(view) == "one\n"
    store.append(b"two\n")
    view._refresh()
    assert around(view) == "one\ntwo\n"


def test_another_body_is_given_from_its_start(view):
    view.go_to_line(3000)
    assert "line 2999" in around(view)
    view.set_source(store_of("another"))
    assert around(view) == "another"


def test_it_is_named_and_said_to_be_read_only(view):
    told = QAccessible.queryAccessibleInterface(view)
    assert told.text(QAccessible.Text.Name) == "Response body"
    assert told.text(QAccessible.Text.Description).startswith("Line 1: line 0")
    assert told.state().readOnly
    assert told.state().multiLine


def test_views_come_and_go(qtbot, qapp):
    accessible.install()
    for _ in range(20):
        view = made_view(qtbot)
        view.set_source(store_of("text"))
        assert around(view) == "text"
        view.close_source()
        view.close()
        view.deleteLater()
        qapp.sendPostedEvents(None, 0)
        qapp.processEvents()


def test_rows_are_read_for_a_screen_reader_when_it_asks_and_not_with_each_step(view, monkeypatch):
    text_of(view)
    read, rows_around = [], view.rows_around
    monkeypatch.setattr(view, "rows_around", lambda *place: read.append(place) or rows_around(*place))
    for line in range(1000, 3000, 100):
        view.go_to_line(line)
    assert read == []
    assert "line 2899 " in around(view)
    assert len(read) == 1
