"""Wrapped lines of any length: rows that a forced break cut apart flow together."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from antiphon.body.rows import CELL_BYTES
from antiphon.ui.viewer.row_cache import FLOW_BYTES
from tests.ui.viewing import click, made_view, store_of, take_in

ASCII = "abcdefghij" * (3 * CELL_BYTES // 10)
WIDE = "aé流" * CELL_BYTES


@pytest.fixture
def view(qtbot):
    view = made_view(qtbot)
    view.set_wrapped(True)
    return view


def joints(view):
    """Rows that go on a line of the row before, as pairs of layouts."""
    layouts = [view.layout_of(row) for row in range(view.row_count)]
    return [(one, other) for one, other in zip(layouts, layouts[1:], strict=False) if other.lead]


@pytest.mark.parametrize("text", [ASCII, WIDE])
def test_a_row_begins_where_the_one_before_it_ends(view, text):
    view.set_source(store_of(text))
    take_in(view)
    found = joints(view)
    assert found
    for one, other in found:
        end_x, end_y = one.place_of(len(one.text.text))
        assert other.place_of(0) == (pytest.approx(end_x, abs=1), -view.line_height)
        assert end_y == one.height - view.line_height


def test_one_long_line_has_as_many_lines_as_its_columns_need(view):
    view.set_source(store_of(ASCII[:FLOW_BYTES]))
    take_in(view)
    columns = int(view._text_width() / view._style.char_width)
    height = sum(view.row_height(row) for row in range(view.row_count))
    assert height == -(-len(ASCII[:FLOW_BYTES]) // columns) * view.line_height


def test_rows_flow_from_no_more_than_a_few_before_them(view):
    view.set_source(store_of("x" * (4 * FLOW_BYTES)))
    take_in(view)
    starts = [layout.row.start for layout in map(view.layout_of, range(view.row_count)) if not layout.lead]
    assert starts == list(range(0, 4 * FLOW_BYTES, FLOW_BYTES))


@pytest.mark.parametrize("text", [ASCII, WIDE])
def test_both_sides_of_a_joint_are_hit_by_the_mouse(view, text):
    view.set_source(store_of(text))
    take_in(view)
    _one, other = joints(view)[0]
    start = other.row.start
    view.reveal(start)
    view.grab()
    for index in (0, 1, 2):
        offset = start + other.text.byte_of(index)
        click(view, offset)
        assert view.caret == offset


def test_the_caret_goes_down_and_up_through_a_joint(view):
    view.set_source(store_of(ASCII[:FLOW_BYTES]))
    take_in(view)
    columns = int(view._text_width() / view._style.char_width)
    view.select(3, 3)
    for line in range(1, 80):
        QTest.keyClick(view, Qt.Key.Key_Down)
        assert view.caret == 3 + line * columns
    for line in reversed(range(80 - 1)):
        QTest.keyClick(view, Qt.Key.Key_Up)
        assert view.caret == 3 + line * columns


def test_scrolling_down_and_up_again_comes_back(view):
    view.set_source(store_of(ASCII + "\nshort\n" + WIDE))
    take_in(view)
    places = []
    for _ in range(100):
        places.append((view._scroll.row, view._scroll.pixel))
        view.scroll_by(53)
    while places:
        view.scroll_by(-53)
        row, pixel = places.pop()
        assert (view._scroll.row, view._scroll.pixel) == (row, pixel)


def test_words_of_a_short_line_stay_whole(view):
    view.set_source(store_of("word " * 60))
    layout = view.layout_of(0)
    tile = layout._tile(0).layout
    ends = [tile.lineAt(number).textStart() for number in range(tile.lineCount())]
    assert len(ends) > 2
    assert all(end % 5 == 0 for end in ends)


def places(view, offset):
    """Return where the caret is seen, as x and the number of the line from the top of the body."""
    view.select(offset, offset)
    row, (x, y) = view._caret.row, view._caret.place()
    return x, (sum(view.row_height(number) for number in range(row)) + y) / view.line_height


@pytest.mark.parametrize("text", [ASCII, WIDE, "short words here " * 40 + "\nnext\n"])
def test_home_and_end_go_to_the_edges_of_the_line_that_is_seen(view, text):
    view.set_source(store_of(text))
    take_in(view)
    size = len(text.encode())
    for offset in {3, 700, *(layout.row.start + 1 for _one, layout in joints(view)[:3])}:
        if offset >= size or text.encode()[offset] & 0xC0 == 0x80:
            continue
        _x, line = places(view, offset)
        QTest.keyClick(view, Qt.Key.Key_Home)
        home = view.caret
        assert places(view, home) == (0, line)
        QTest.keyClick(view, Qt.Key.Key_End)
        assert home <= offset <= view.caret
        end_x, end_line = places(view, view.caret)
        assert end_line == line
        if view.caret < size and text.encode()[view.caret : view.caret + 1] != b"\n":
            assert places(view, view.caret + len(text.encode()[view.caret :].decode()[0].encode()))[1] > line


def test_end_in_a_long_line_that_is_not_wrapped_stays_in_its_row(view):
    view.set_wrapped(False)
    view.set_source(store_of(ASCII))
    take_in(view)
    view.select(10, 10)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view._caret.row == 0
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.caret == 0
