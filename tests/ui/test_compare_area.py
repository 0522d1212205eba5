"""The rows of a comparison: keys, folding, copying, and what a screen reader hears."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from antiphon.body.comparison import BETWEEN
from antiphon.ui.compare.area import CompareArea
from antiphon.ui.compare.copying import Copying
from antiphon.ui.theme import Theme
from tests.body.comparing import Compared
from tests.waiting import until

LEFT = {"a": 1, "list": list(range(100)), "name": "old name", "gone": [1]}
RIGHT = {"a": 2, "list": list(range(100)), "name": "new name", "more": {"x": "\t\x07"}}


@pytest.fixture
def found(tmp_path):
    with Compared(json.dumps(LEFT).encode(), json.dumps(RIGHT).encode(), tmp_path) as found:
        yield found


@pytest.fixture
def area(qtbot, found):
    area = CompareArea(Theme("light"))
    qtbot.addWidget(area)
    area.resize(700, 300)
    area.show_pieces(found.pieces, tuple(found.texts))
    area.show()
    return area


def press(area, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(area, key, modifier)


def heard(area):
    return area.accessibleDescription()


def test_it_begins_at_the_first_difference_and_goes_from_one_to_the_next(area):
    assert heard(area) == 'changed, left line 2: "a": 1,, right line 2: "a": 2,'
    assert area.go(1)
    assert "old name" in heard(area)
    assert area.go(1)
    assert area.go(1)
    assert not area.go(1)
    assert heard(area).startswith("removed") or heard(area).startswith("added")
    assert area.go(-1)
    assert area.go(-1)
    assert "old name" in heard(area)


def test_equal_rows_are_folded_and_open_by_key_and_by_mouse(area):
    folded = len(area.folds)
    while not area.folds.row(area.row).hidden:
        press(area, Qt.Key.Key_Down)
    row = area.row
    assert heard(area) == "96 equal lines, folded"
    press(area, Qt.Key.Key_Return)
    assert len(area.folds) == folded + 95
    press(area, Qt.Key.Key_Return)
    assert len(area.folds) == folded
    place = QPoint(100, area.top_of(row) + 3)
    QTest.mouseClick(area.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(area.folds) == folded + 95


def test_unfolding_all_keeps_the_caret_in_its_piece(area):
    area.go(1)
    piece = area.piece
    area.set_folded(False)
    assert area.piece == piece
    assert not any(area.folds.row(number).hidden for number in range(len(area.folds)))
    area.set_folded(True)
    assert area.piece == piece


def test_selected_rows_are_copied_with_their_signs(area):
    press(area, Qt.Key.Key_Home)
    press(area, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(area, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == '  {\n-   "a": 1,\n+   "a": 2,'


def test_keys_go_to_the_ends_and_pages(area):
    press(area, Qt.Key.Key_End)
    assert area.row == len(area.folds) - 1
    press(area, Qt.Key.Key_PageUp)
    assert area.row < len(area.folds) - 1
    press(area, Qt.Key.Key_Home)
    press(area, Qt.Key.Key_Up)
    assert area.row == 0
    press(area, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    area.copy()
    assert "… 96 equal lines" in QGuiApplication.clipboard().text()


def test_control_characters_are_seen_and_long_rows_reach_to_their_end(qtbot, tmp_path):
    left, right = b"a\x07b\r\n" + b"wide " * 190, b"a\x07c\r\n" + b"wide " * 190 + b"!"
    with Compared(left, right, tmp_path, language="text") as found:
        area = CompareArea(Theme("dark"))
        qtbot.addWidget(area)
        area.resize(400, 200)
        area.show_pieces(found.pieces, tuple(found.texts))
        area.show()
        area.grab()
        assert "a␇b␍" in heard(area)
        assert area.horizontalScrollBar().maximum() > 190 * 5 * area._style.char_width - 400
        press(area, Qt.Key.Key_Right)
        assert area.horizontalScrollBar().value() > 0


def test_nothing_is_shown_of_nothing(area):
    area.show_pieces(None, None)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_PageUp):
        press(area, key)
    area.copy()
    area.grab()
    assert not area.go(1)
    assert heard(area) == "No differences"


async def test_all_differences_are_copied_with_their_paths(qtloop, area):
    told = []
    copying = Copying(area)
    copying.follow(area, told.append)
    copying.start()
    await until(lambda: told)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[:6] == [
        "@@ $.a @@",
        '-   "a": 1,',
        '+   "a": 2,',
        "@@ $.name @@",
        '-   "name": "old name",',
        '+   "name": "new name",',
    ]
    assert "@@ $.more @@" in lines
    assert told[0].startswith("Copied")


def test_where_long_texts_differ_far_from_their_beginning_the_place_is_shown(qtbot, tmp_path):
    left, right = (b'["%b%b"]' % ("é".encode() * 20_000, end) for end in (b"old", b"new"))
    with Compared(left, right, tmp_path) as found:
        area = CompareArea(Theme("light"))
        qtbot.addWidget(area)
        area.show_pieces(found.pieces, tuple(found.texts))
        area.show()
        area.grab()
        assert 'old"' in heard(area)
        assert "equal bytes …" in heard(area)
        assert "\ufffd" not in heard(area)
        area.copy()
        assert 'new"' in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("is_folded", [True, False])
def test_stretches_of_rows_know_whether_one_of_them_differs(area, is_folded):
    folds = area.folds
    folds.set_folded(is_folded)
    differs = [folds.pieces.sign(folds.row(row).piece) not in BETWEEN for row in range(len(folds))]
    assert any(differs)
    assert not all(differs)
    for first in range(len(folds)):
        for end in range(first + 1, len(folds) + 1):
            assert folds.has_difference(first, end) == any(differs[first:end])


def test_the_scroll_bar_shows_where_differences_are(area, qtbot):
    area.set_folded(False)
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    qtbot.waitUntil(lambda: not area.match_ticks._soon.isActive())
    height, count = area.match_ticks.height(), len(area.folds)
    starts = [area.folds.first_row(piece) for piece in area.folds.pieces.differences]
    rows = [y * count / height for y in area.match_ticks.ticks]
    assert all(min(abs(row - start) for row in rows) <= 2 * count / height + 1 for start in starts)
    assert not [row for row in rows if 10 < row < 90]  # where both are equal
    area.show_pieces(None, None)
    assert area.match_ticks.ticks == []
