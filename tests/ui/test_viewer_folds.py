"""Folding: which rows are left, how they are counted, and how one folds by keys and mouse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from antiphon.ui.viewer import folding_area
from antiphon.ui.viewer.folds import Folds
from antiphon.ui.viewer.row_area import LEFT
from tests.ui.viewing import made_view, store_of, take_in
from tests.waiting import until

ROWS = 60
RANGES = st.lists(st.tuples(st.integers(1, ROWS - 1), st.integers(0, 12)), max_size=8)


@given(RANGES)
def test_rows_that_are_left_are_counted_as_a_list_of_them_would(ranges):
    folds, hidden = Folds(), set()
    for first, size in ranges:
        last = min(ROWS - 1, first + size)
        overlaps = [row for row in (first, last) if row in hidden]
        if overlaps and not ({first - 1, last + 1} - hidden):
            continue
        if any((row in hidden) != (row + 1 in hidden) for row in (first - 1, last)) or overlaps:
            continue  # ranges of a laid out body lie apart or one inside the other
        folds.hide(first, last)
        hidden |= set(range(first, last + 1))
    left = [row for row in range(ROWS) if row not in hidden]
    assert folds.hidden_rows == len(hidden)
    assert [folds.row_at(place) for place in range(len(left))] == left
    for row in range(ROWS):
        seen = max(other for other in left if other <= row)
        assert folds.place_of(row) == left.index(seen)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans()), max_size=20))
def test_blocks_inside_blocks_are_folded_as_each_of_them_was(turns):
    folds, folded = Folds(), set()
    for level, place, is_to_hide in turns:
        step = 60 // 3**level
        first, last = 1 + place % 3**level * step + level, (place % 3**level + 1) * step - level - 1
        others = {block for block in folded if block[0] <= first and last <= block[1]}
        if first > last or others - {(first, last)}:
            continue  # nobody sees it
        if is_to_hide and not others:
            folds.hide(first, last)
            folded.add((first, last))
        elif not is_to_hide and others:
            assert folds.show(first)
            folded.remove((first, last))
    hidden = {row for first, last in folded for row in range(first, last + 1)}
    assert folds.hidden_rows == len(hidden)
    assert [folds.row_at(place) for place in range(ROWS - len(hidden))] == sorted(set(range(ROWS)) - hidden)


TEXT = json.dumps({"one": {"a": [1, 2], "b": 2}, "two": {"c": 3}, "three": 4}, indent=2)
LINES = TEXT.split("\n")


@pytest.fixture
def view(qtbot):
    view = made_view(qtbot)
    view.set_source(store_of(TEXT), "json")
    take_in(view)
    return view


def shown(view):
    return [layout.text.shown for _number, layout, _y in view.seen_rows()]


def triangle(view, row):
    y = next(y for number, _layout, y in view.seen_rows() if number == row)
    return QPointF(view.gutter_width - LEFT / 2, y + view.line_height / 2).toPoint()


def press(view, key, *, everything=False):
    shift = Qt.KeyboardModifier.ShiftModifier if everything else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(view, key, Qt.KeyboardModifier.AltModifier | shift)


def test_a_click_on_a_triangle_hides_what_the_line_holds_and_another_shows_it(view):
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=triangle(view, 1))
    assert shown(view) == [*LINES[:2], *LINES[7:]]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=triangle(view, 1))
    assert shown(view) == LINES


def test_the_words_of_what_is_hidden_say_how_much_and_open_it(view):
    view.fold(1)
    assert view._pill_words(1) == "… 5 lines"
    number, layout, top = next(row for row in view.seen_rows() if row[0] == 1)
    place = view.pill_place(number, layout, top, view.gutter_width).center().toPoint()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown(view) == LINES


def test_only_lines_that_hold_others_can_be_folded(view):
    assert [row for row in range(view.index.row_count) if view.is_header(row)] == [0, 1, 2, 8]


def test_keys_fold_the_block_around_and_the_caret_goes_to_its_head(view):
    view.select(TEXT.index("1,"), TEXT.index("1,"))
    press(view, Qt.Key.Key_Left)
    assert shown(view) == [*LINES[:3], *LINES[5:]]
    assert view.caret == TEXT.index('    "a"')
    press(view, Qt.Key.Key_Left)
    assert shown(view) == [*LINES[:2], *LINES[7:]]
    press(view, Qt.Key.Key_Right)
    assert LINES[2] in shown(view)


def test_everything_is_folded_and_opens_part_by_part_until_all_is_unfolded(view):
    press(view, Qt.Key.Key_Left, everything=True)
    assert shown(view) == ["{", '  "one": {', "  },", '  "two": {', "  },", '  "three": 4', "}"]
    view.unfold(1)
    assert shown(view) == [*LINES[:3], *LINES[5:9], *LINES[10:]]
    view.unfold(2)
    assert shown(view) == [*LINES[:9], *LINES[10:]]
    view.fold(1)
    view.unfold(1)
    assert shown(view) == [*LINES[:9], *LINES[10:]]
    press(view, Qt.Key.Key_Right, everything=True)
    assert shown(view) == LINES


def test_a_block_that_was_folded_inside_another_is_still_folded_when_that_one_opens(view):
    for row in (2, 1, 0):
        view.fold(row)
    assert shown(view) == ["{", "}"]
    view.unfold(0)
    view.unfold(1)
    assert shown(view) == [*LINES[:3], *LINES[5:]]
    view.fold(1)
    view.reveal(TEXT.index("1,"), 1)
    assert shown(view) == LINES


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("jsonlines", "{\n  1\n}\n[\n  2\n]", "{}[]"),
        ("css", "a {\n  b: c\n}\nd {\n  e: f\n}", "a {}d {}"),
        ("yaml", "a:\n  - b\n  - c\nd:\n  e: 1", "a:d:"),
        ("xml", "<?xml?>\n<a>\n  <b>\n    <c/>\n  </b>\n</a>", "<?xml?><a>  <b>  </b></a>"),
        (
            "html",
            "<p>\n  <b>\n    c\n  </b>\n</p>\n<p>\n  <b>\n    c\n  </b>\n</p>",
            "<p>  <b>  </b></p>" * 2,
        ),
    ],
)
def test_what_a_body_is_made_of_is_left_when_everything_is_folded(view, language, text, left):
    view.set_source(store_of(text), language)
    take_in(view)
    view.fold_all()
    assert "".join(shown(view)) == left


def test_the_caret_steps_over_what_is_hidden(view):
    view.fold(1)
    view.select(TEXT.index('"one"'), TEXT.index('"one"'))
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.caret == TEXT.index("  },") + 2
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.caret == TEXT.index('"one": {') + len('"one": {')


def test_what_is_revealed_inside_a_fold_opens_it(view):
    view.fold(1)
    view.reveal(TEXT.index('"a"'), 3)
    assert LINES[2] in shown(view)


def test_line_numbers_count_what_is_hidden(view, monkeypatch):
    view.fold(1)
    numbers = []

    class Painter:
        def drawText(self, _place, text):
            numbers.append(text)

        def setPen(self, _pen): ...
        def setFont(self, _font): ...

    view._paint_numbers(Painter(), view.seen_rows(), view.gutter_width)
    assert numbers == ["1", "2", "8", "9", "10", "11", "12", "13"][: len(numbers)]
    assert numbers[2] == "8"


def test_text_without_structure_has_no_triangles(view):
    view.set_source(store_of(TEXT), "text")
    take_in(view)
    assert not any(view.is_header(row) for row in range(view.index.row_count))


async def test_a_block_that_ends_far_away_is_folded_without_holding_the_window(qtloop, qtbot, monkeypatch):
    monkeypatch.setattr(folding_area, "SLICE_S", 0.0)
    view = made_view(qtbot)
    body = "{\n" + '  "key": "value",\n' * 200_000 + "}"
    view.set_source(store_of(body), "json")
    view.fold(0)
    assert not len(view.folds)
    await until(lambda: len(view.folds))
    assert shown(view) == ["{", "}"]


def test_a_fold_all_of_many_blocks_stops_and_says_so(view, monkeypatch):
    monkeypatch.setattr(folding_area, "FOLD_LIMIT", 2)
    told = []
    view.notice.connect(told.append)
    body = "[\n" + "  {\n    1\n  },\n" * 5 + "]"
    view.set_source(store_of(body), "json")
    take_in(view)
    view.fold_all()
    assert len(view.folds) == 2
    assert told == ["Only the first 2 blocks were folded."]


async def test_a_block_whose_end_has_not_come_is_folded_when_it_does(qtloop, qtbot):
    view = made_view(qtbot)
    store = store_of("{\n  1,\n", is_over=False)
    view.set_source(store, "json")
    view.fold(0)
    assert not len(view.folds)
    store.append(b"  2\n}")
    store.finish()
    await until(lambda: shown(view) == ["{", "}"])
