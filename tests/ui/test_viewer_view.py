"""`BodyView`: what it shows, and how keys, mouse and growth move it."""

import json

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from antiphon.body.search import Query, Search
from antiphon.ui.viewer import body_view, row_area
from antiphon.ui.viewer.row_cache import KEPT_ROWS
from tests.ui.viewing import click, made_view, place_of, store_of
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def view(qtbot):
    return made_view(qtbot)


def shown(view) -> list[str]:
    return [layout.text.shown for _number, layout, _y in view.seen_rows()]


def press(view, key, modifier=Mod.NoModifier):
    QTest.keyClick(view, key, modifier)


LINES = "".join(f"line {number}\n" for number in range(1000))


def test_only_what_is_seen_is_laid_out(view):
    view.set_source(store_of(LINES * 100))
    view.grab()
    assert shown(view)[0] == "line 0"
    assert len(view._cache._layouts) < 40


def test_scrolling_to_the_end_of_a_large_body_keeps_few_rows(view):
    view.set_source(store_of(LINES * 100))
    while not view.index.is_current:
        view._refresh()
    for value in range(0, view.verticalScrollBar().maximum(), view.verticalScrollBar().maximum() // 200):
        view.verticalScrollBar().setValue(value)
        view.grab()
    assert len(view._cache._layouts) <= KEPT_ROWS
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert shown(view)[-2:] == ["line 999", ""]


def test_ctrl_end_and_ctrl_home_go_to_the_ends(view):
    view.set_source(store_of(LINES))
    press(view, Key.Key_End, Mod.ControlModifier)
    assert view.caret == len(LINES)
    assert shown(view)[-1] == ""
    press(view, Key.Key_Home, Mod.ControlModifier)
    assert (view.caret, shown(view)[0]) == (0, "line 0")


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_arrows_walk_over_every_character_and_back(view, is_wrapped):
    text = "aé😀\n日本 x\r\n\nlong " + "word " * 40 + "\nend"
    view.set_source(store_of(text))
    view.set_wrapped(is_wrapped)
    places = [0]
    while places[-1] < len(text.encode()):
        press(view, Key.Key_Right)
        assert view.caret > places[-1]
        places.append(view.caret)
    expected = [len(text[:at].encode()) for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
    assert places == expected
    for place in reversed(places[:-1]):
        press(view, Key.Key_Left)
        assert view.caret == place


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_down_and_up_keep_the_column(view, is_wrapped):
    view.set_source(store_of("0123456789\nab\n0123456789\n"))
    view.set_wrapped(is_wrapped)
    view.select(7, 7)
    carets = []
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Up):
        press(view, key)
        carets.append(view.caret)
    assert carets == [13, 21, 13, 7]


def test_page_down_moves_the_caret_and_the_view(view):
    view.set_source(store_of(LINES))
    for _ in range(3):
        press(view, Key.Key_PageDown)
    line = view.index.line_of(view.caret)
    assert line > 20
    assert f"line {line}" in shown(view)


def test_words_are_left_and_right_of_the_caret(view):
    view.set_source(store_of('{"first_name": 12}'))
    carets = []
    for _ in range(5):
        press(view, Key.Key_Right, Mod.ControlModifier)
        carets.append(view.caret)
    assert carets == [1, 2, 12, 13, 15]
    press(view, Key.Key_Left, Mod.ControlModifier)
    assert view.caret == 13


def test_shift_selects_and_ctrl_c_copies(view):
    view.set_source(store_of("one\ntwo\nthree"))
    press(view, Key.Key_End, Mod.ShiftModifier)
    assert view.selected_text() == "one"
    press(view, Key.Key_A, Mod.ControlModifier)
    press(view, Key.Key_C, Mod.ControlModifier)
    assert QGuiApplication.clipboard().text() == "one\ntwo\nthree"


def test_copying_too_much_is_refused_until_the_beginning_is_asked_for(view, qtbot, monkeypatch):
    monkeypatch.setattr(body_view, "COPY_LIMIT_BYTES", 5)
    QGuiApplication.clipboard().setText("before")
    view.set_source(store_of("0123456789"))
    view.select_all()
    with qtbot.waitSignal(view.copy_refused):
        view.copy()
    assert QGuiApplication.clipboard().text() == "before"
    view.copy_beginning()
    assert QGuiApplication.clipboard().text() == "01234"


def test_dragging_selects_and_shift_click_extends(view):
    view.set_source(store_of("hello world\nsecond line\n"))
    viewport, button = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, button, Mod.NoModifier, place_of(view, 6))
    QTest.mouseMove(viewport, place_of(view, 18))
    QTest.mouseRelease(viewport, button, Mod.NoModifier, place_of(view, 18))
    click(view, 6)
    click(view, 18, Mod.ShiftModifier)
    assert view.selected_text() == "world\nsecond"


def test_double_click_selects_a_word_and_a_third_the_line(view):
    view.set_source(store_of("hello wide world\nsecond line\n"))
    place = place_of(view, 8)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place)
    assert view.selected_text() == "wide"
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place)
    assert view.selected_text() == "hello wide world\n"


def test_the_right_half_of_a_words_last_letter_is_that_words(view):
    view.set_source(store_of("hello wide world\n"))
    left, right = place_of(view, 9), place_of(view, 10)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, right - QPoint(3, 0))
    assert left.x() < right.x() - 3
    assert view.selected_text() == "wide"


def drag(view, *offsets):
    """Move the mouse with its button held, over these offsets."""
    for offset in offsets:
        place = QPointF(place_of(view, offset))
        left = Qt.MouseButton.LeftButton
        move = QMouseEvent(QEvent.Type.MouseMove, place, place, Qt.MouseButton.NoButton, left, Mod.NoModifier)
        QApplication.sendEvent(view.viewport(), move)


def test_a_hand_that_trembles_keeps_the_word_and_the_line_that_it_clicked(view):
    view.set_source(store_of("hello wide world\nsecond line\n"))
    place = place_of(view, 8)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place)
    drag(view, 9, 8)
    assert view.selected_text() == "wide"
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place)
    drag(view, 9, 8)
    assert view.selected_text() == "hello wide world\n"


def test_a_drag_after_a_double_click_goes_by_words_and_after_a_triple_click_by_lines(view):
    view.set_source(store_of("hello wide world\nsecond line\nthird\n"))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 8))
    drag(view, 13)
    assert view.selected_text() == "wide world"
    drag(view, 1)
    assert view.selected_text() == "hello wide"
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 1))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 19))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 19))
    drag(view, 31)
    assert view.selected_text() == "second line\nthird\n"
    drag(view, 2)
    assert view.selected_text() == "hello wide world\nsecond line\n"


def test_a_click_elsewhere_soon_after_a_double_click_selects_no_line(view):
    view.set_source(store_of("hello wide world\nsecond line\n"))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 8))
    click(view, 20)
    assert view.selection == (20, 20)


def test_a_drag_to_the_last_line_of_pixels_scrolls_on_because_the_screen_may_end_there(view):
    view.set_source(store_of(LINES))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 0))
    place, left = QPointF(100, view.viewport().height() - 1), Qt.MouseButton.LeftButton
    move = QMouseEvent(QEvent.Type.MouseMove, place, place, Qt.MouseButton.NoButton, left, Mod.NoModifier)
    QApplication.sendEvent(view.viewport(), move)
    assert view._drag.isActive()
    for _ in range(5):
        view._drag.go_on()
    assert view._scroll.row > 2
    QTest.mouseRelease(view.viewport(), left, Mod.NoModifier, place.toPoint())
    assert not view._drag.isActive()


def test_an_arrow_leaves_a_selection_at_its_edge(view):
    view.set_source(store_of("hello wide world\n"))
    for key, caret in ((Key.Key_Left, 6), (Key.Key_Right, 10)):
        view.select(6, 10)
        QTest.keyClick(view, key)
        assert view.selection == (caret, caret)


def test_a_drag_below_the_view_scrolls_on(view):
    view.set_source(store_of(LINES))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, place_of(view, 0))
    view._drag.to(QPointF(100, view.viewport().height() + 40))
    for _ in range(5):
        view._drag.go_on()
    view._drag.stop()
    assert view._scroll.row > 5
    assert view.selection[1] > 50


async def test_rows_appear_while_the_body_arrives_and_the_view_stays(qtbot, qtloop, view):
    store = store_of("first\n", is_over=False)
    view.set_source(store)
    for _ in range(50):
        store.append(LINES.encode())
    store.finish()
    await until(lambda: view.row_count == 50_002)
    await until(lambda: not view._refresh_timer.isActive())
    assert shown(view)[0] == "first"


async def test_a_view_at_its_end_follows_the_body(qtbot, qtloop, view):
    store = store_of(LINES, is_over=False)
    view.set_source(store)
    press(view, Key.Key_End, Mod.ControlModifier)
    store.append(b"the newest\n")
    await until(lambda: "the newest" in shown(view))
    view.scroll_by(-200)
    before = view._scroll.row
    store.append(LINES.encode())
    await until(lambda: view.row_count > 1900)
    assert view._scroll.row == before


def test_a_row_that_grows_is_painted_anew(view):
    store = store_of("abc", is_over=False)
    view.set_source(store)
    assert shown(view) == ["abc"]
    store.append(b"def\nx")
    view._refresh()
    assert shown(view) == ["abcdef", "x"]
    store.finish()


def test_the_gutter_counts_lines_and_not_rows(view, monkeypatch):
    view.set_source(store_of("x" * 10_000 + "\nsecond\nthird"))
    drawn = []

    class Painter:
        def setPen(self, _pen): ...
        def setFont(self, _font): ...
        def drawText(self, _place, text):
            drawn.append(text)

    view._paint_numbers(Painter(), view.seen_rows(), 60)
    assert drawn == ["1", "2", "3"]
    assert view.row_count == 5


def test_wrapping_breaks_long_rows_and_the_end_is_reached(view):
    view.set_source(store_of(("word " * 300 + "\n") * 50 + "last"))
    view.set_wrapped(True)
    assert view.horizontalScrollBar().maximum() == 0
    assert view.seen_rows()[0][1].height > 5 * view.line_height
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    number, layout, y = view.seen_rows()[-1]
    assert layout.text.text == "last"
    assert y + layout.height == view.viewport().height()


def test_wheel_steps_through_wrapped_rows_come_back_to_where_they_began(view):
    view.set_source(store_of(("word " * 300 + "\n") * 20))
    view.set_wrapped(True)
    for step in (70, 130, 999):
        view.scroll_by(step)
    for step in (-999, -130, -70):
        view.scroll_by(step)
    assert (view._scroll.row, view._scroll.pixel) == (0, 0)


def test_a_place_far_to_the_right_of_one_long_line_is_revealed(view):
    text = json.dumps([{"id": number} for number in range(20_000)])
    view.set_source(store_of(text), "json")
    while not view.index.is_current:
        view._refresh()
    offset = text.index('"id": 15000')
    view.reveal(offset, 11)
    assert view.selected_text() == '"id": 15000'
    row = view.index.row_of(offset)
    assert row in [number for number, _layout, _y in view.seen_rows()]
    x = place_of(view, offset).x()
    assert 0 < x < view.viewport().width()


async def test_what_is_not_indexed_yet_is_revealed_later(qtbot, qtloop, view, monkeypatch):
    monkeypatch.setattr(row_area, "INDEX_BUDGET_S", 0)
    view.set_source(store_of(LINES * 1000))
    view.reveal(8_000_000, 3)
    await until(lambda: view.selection == (8_000_000, 8_000_003))


def test_rows_beyond_what_a_scroll_bar_counts_are_reached(view):
    view.set_source(store_of("a\nb\nc"))
    view._row_count = 2**33
    view.sync_bars()
    assert view.verticalScrollBar().maximum() <= 1 << 30
    view._scroll.go_to_bar(view.verticalScrollBar().maximum())
    assert view._scroll.row >= 2**33 - 20
    view._row_count = 3
    view._scroll.go(0)


def test_found_text_is_marked_where_it_is(view):
    store = store_of("one two one")
    view.set_source(store)
    search = Search(store, Query("one"))
    search._run()
    view.set_found(search, (8, 3))
    _number, layout, _y = view.seen_rows()[0]
    assert [(mark.start, mark.end) for mark in view.row_marks(layout)] == [(0, 3), (8, 11)]


def test_painting_leaves_the_colours_of_the_theme_alone(view):
    accent = view._theme.color("accent").getRgb()
    store = store_of("one")
    view.set_source(store)
    search = Search(store, Query("one"))
    search._run()
    view.set_found(search, (0, 3))
    view.grab()
    assert view._theme.color("accent").getRgb() == accent


async def test_html_is_coloured_by_a_thread_that_ends_with_the_source(qtbot, qtloop, view):
    view.set_source(store_of("<p>hello</p>\n" * 20), "html")
    view.grab()
    await until(lambda: view._cache.layout(0)._spans(0, 9))
    assert view._cache.layout(0)._spans(0, 9)[0].shade == "punctuation"


def test_light_and_dark_change_live(view):
    view.set_source(store_of("{}"), "json")
    light = view.grab().toImage().pixelColor(300, 200)
    view._theme.choose("dark")
    dark = view.grab().toImage().pixelColor(300, 200)
    view._theme.choose("light")
    assert light.lightness() > 200 > 60 > dark.lightness()


def test_zoom_makes_rows_higher(view):
    before = view.line_height
    view._theme.zoom_by(2)
    assert view.line_height > before
    view._theme.zoom_by(0)
    assert view.line_height == before


def test_a_screen_reader_hears_the_line_of_the_caret(view):
    view.set_source(store_of("first\nsecond\n"))
    press(view, Key.Key_Down)
    assert view.accessibleName() == "Response body"
    assert view.accessibleDescription() == "Line 2: second"


@pytest.mark.parametrize(
    "text", ["", "\n", "\r\n\r\n", "\x00\x01\xff\xfe", "é" * 9000, "\t" * 600, "a\u0301\u202eb" * 300]
)
def test_any_bytes_can_be_painted_and_walked(view, text):
    view.set_source(store_of(text))
    for is_wrapped in (False, True):
        view.set_wrapped(is_wrapped)
        view.select_all()
        view.grab()
        for key in (Key.Key_Home, Key.Key_Down, Key.Key_End, Key.Key_Up, Key.Key_Right, Key.Key_PageDown):
            press(view, key)
        assert 0 <= view.caret <= len(text.encode())


def test_go_to_line_puts_the_line_in_view(view):
    view.set_source(store_of(LINES))
    view.go_to_line(500)
    assert "line 499" in shown(view)
    assert view.index.line_of(view.caret) == 499


def test_only_the_part_of_a_long_row_that_is_seen_is_laid_out(view):
    for text in ("x" * 4000, "é" * 2000):
        view.set_source(store_of(text))
        view.grab()
        assert len(view.layout_of(0)._tiles) == 1


def test_a_part_of_a_minified_row_is_coloured_as_the_whole_would_be(view):
    text = json.dumps([{"id": number, 'na"me': "va\\lue"} for number in range(80)])
    view.set_source(store_of(text), "json")
    spans = view.layout_of(0)._spans
    whole = set(spans(0, len(text)))
    for start in range(0, len(text), 97):
        end = start + 97
        inner = [span for span in spans(start, end) if span.start > start and span.start + span.length < end]
        assert {span for span in inner if span.shade != "punctuation"} <= whole
