"""The hex page: places, selection, copying, finding and going to bytes, at any size and while more arrive."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from antiphon.body.store import BodyStore
from antiphon.render.hexadecimal import COPY_LIMITS_BYTES
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.hex_page import HexPage
from antiphon.ui.viewer.modes import mode_of, modes_of
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
MEDIA = Media("binary", "utf-8")
FIVE_GB = 5 << 30


class Hollow:
    """A body of any size that costs nothing: each byte is the low one of its row's number."""

    spool = None
    is_finished = True

    def __init__(self, size_bytes):
        self.size_bytes = size_bytes

    def read(self, offset, count):
        end = min(offset + count, self.size_bytes)
        return bytes((place >> 4) & 255 for place in range(offset, end))


@pytest.fixture
def page(qtbot):
    page = HexPage(Theme("light"))
    qtbot.addWidget(page, before_close_func=lambda widget: widget.clear())
    page.resize(900, 400)
    page.show()
    page.view.setFocus()
    return page


def show(page, content, *, is_over=True):
    body = BodyStore()
    body.append(content)
    page.show_body(body, MEDIA, is_over=is_over)
    return body


def clipboard():
    return QGuiApplication.clipboard().text()


def middle_of(view, offset):
    """Return where the pair of a byte is seen."""
    row, index = divmod(offset, view.bytes_per_row)
    return view._rects(row, index, index + 1)[0].translated(16, 0).center()


def test_hex_is_offered_for_every_body_and_first_for_bytes():
    assert mode_of("binary", None).key == "hex"
    assert mode_of("text", None).key == "raw"
    assert modes_of("json")[-1].key == modes_of("image")[-1].key == "hex"


def test_the_byte_under_the_mouse_is_found_in_both_columns(page):
    show(page, bytes(range(256)))
    view = page.view
    for offset in (0, 7, 8, 15, 16, 100, 255):
        for rect in view._rects(*divmod(offset, view.bytes_per_row), offset % view.bytes_per_row + 1):
            assert view.offset_at(rect.translated(16, 0).center()) == offset


def test_rows_are_as_wide_as_there_is_room(page):
    show(page, bytes(1000))
    widths = []
    for width in (1600, 900, 420):
        page.resize(width, 400)
        QTest.qWait(0)
        widths.append(page.view.bytes_per_row)
    assert widths == [32, 16, 8]


def test_dragging_selects_the_bytes_at_both_ends(page):
    show(page, bytes(range(64)))
    view = page.view
    port = view.viewport()
    for start, end, chosen in ((3, 20, (3, 21)), (20, 3, (3, 21)), (5, 5, (5, 5))):
        QTest.mousePress(port, Qt.MouseButton.LeftButton, Mod.NoModifier, middle_of(view, start).toPoint())
        if start != end:
            QTest.mouseMove(port, middle_of(view, end).toPoint())
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Mod.NoModifier, middle_of(view, end).toPoint())
        assert view.selection == chosen


def test_a_drag_to_the_edge_scrolls_on_and_ends_with_the_button(page):
    show(page, bytes(50_000))
    view, left = page.view, Qt.MouseButton.LeftButton
    QTest.mousePress(view.viewport(), left, Mod.NoModifier, middle_of(view, 3).toPoint())
    edge = QPoint(60, view.viewport().height() - 1)  # the screen may end there
    QTest.mouseMove(view.viewport(), edge)
    assert view._drag.isActive()
    for _ in range(5):
        view._drag.go_on()
    assert view._scroll.row > 2
    assert view.selection[0] == 3
    assert view.selection[1] > view.bytes_per_row * view.rows_on_page
    QTest.mouseRelease(view.viewport(), left, Mod.NoModifier, edge)
    assert not view._drag.isActive()


def test_keys_move_and_select(page):
    show(page, bytes(range(200)))
    view = page.view
    places = []
    for key, modifier in (
        (Key.Key_Right, Mod.NoModifier),
        (Key.Key_Down, Mod.NoModifier),
        (Key.Key_End, Mod.NoModifier),
        (Key.Key_End, Mod.ControlModifier),
        (Key.Key_Up, Mod.ShiftModifier),
        (Key.Key_Home, Mod.ControlModifier),
    ):
        QTest.keyClick(view, key, modifier)
        places.append((view._anchor, view.caret))
    assert places == [(1, 1), (17, 17), (31, 31), (200, 200), (200, 184), (0, 0)]


@pytest.mark.parametrize(
    ("form", "text"),
    [("hex", "68 c3 a9 00"), ("text", "hé\0"), ("python", r"b'h\xc3\xa9\x00'"), ("c", r'"h\303\251\000"')],
)
def test_the_selection_is_copied_in_the_form_that_is_asked_for(page, form, text):
    show(page, b"  h\xc3\xa9\0  ")
    page.view.select(2, 6)
    titles = {"hex": 0, "text": 1, "python": 2, "c": 3}
    page.copy_menu().actions()[titles[form]].trigger()
    assert clipboard() == text


def test_more_than_the_limit_is_cut_and_told(page, qtbot):
    page.show_body(Hollow(COPY_LIMITS_BYTES["hex"] + 5), MEDIA, is_over=True)
    with qtbot.waitSignal(page.notice) as told:
        page.copy()
    assert "first 1 MiB" in told.args[0]
    assert len(clipboard()) == COPY_LIMITS_BYTES["hex"] * 3 - 1


@pytest.mark.parametrize("size", [FIVE_GB, 1 << 40])
def test_any_byte_of_a_body_of_any_size_is_reached(page, size):
    page.show_body(Hollow(size), MEDIA, is_over=True)
    view, bar = page.view, page.view.verticalScrollBar()
    assert bar.maximum() < 2**31
    QTest.keyClick(page, Key.Key_G, Mod.ControlModifier)
    page.go_bar.field.setText(hex(size - 17))
    QTest.keyClick(page.go_bar.field, Key.Key_Return)
    assert view.caret == size - 17
    assert view.seen_range()[1] == view.row_count
    bar.setValue(bar.maximum())
    assert view.seen_range()[1] == view.row_count
    QTest.keyClick(view, Key.Key_PageUp)
    assert view.caret == size - 17 - view.rows_on_page * view.bytes_per_row


def test_a_place_that_is_none_is_marked(page):
    show(page, bytes(10))
    page.go()
    page.go_bar.field.setText("nowhere")
    QTest.keyClick(page.go_bar.field, Key.Key_Return)
    assert page.go_bar.field.toolTip()
    QTest.keyClick(page.go_bar.field, Key.Key_Escape)
    assert not page.go_bar.isVisible()


async def test_bytes_and_text_are_found_and_gone_through(qtloop, page):
    show(page, b"..\xde\xad\xbe\xef..Dead..\xde\xad\xbe\xef").finish()
    assert page.find()
    bar = page.find_bar
    bar.field.setText("DE AD be ef")
    await until(lambda: bar.count.text() == "1 of 2")
    assert page.view.selection == (2, 6)
    QTest.keyClick(bar.field, Key.Key_Return)
    assert page.view.selection == (14, 18)
    assert page.find_next(1)
    assert page.view.selection == (2, 6)
    assert page.find_next(-1)
    assert page.view.selection == (14, 18)
    bar.kind._buttons["text"].click()
    bar.field.setText("dead")
    await until(lambda: bar.count.text() == "1 of 1")
    assert page.view.selection == (8, 12)
    bar.kind._buttons["hex"].click()
    bar.field.setText("dead b")
    assert "pairs" in bar.field.toolTip()
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()
    assert not bar.is_searching


def test_the_end_is_followed_while_bytes_arrive(page):
    body = show(page, bytes(10_000), is_over=False)
    view = page.view
    view.scroll_by(10**9)
    body.append(bytes(10_000))
    page.show_body(body, MEDIA, is_over=False)
    assert view.seen_range()[1] == view.row_count == -(-20_000 // view.bytes_per_row)
    view.scroll_by(-(10**9))
    body.append(bytes(10_000))
    page.show_body(body, MEDIA, is_over=True)
    assert view.seen_range()[0] == 0


def test_the_foot_tells_place_selection_and_numbers(page):
    show(page, b"\xde\xad\xbe\xef")
    page.view.select(0, 2)
    assert page.words.text().startswith("Byte 0 (0x0) of 4   2 bytes selected")
    assert "57005 be" in page.words.text()
    assert "de ad be ef" in page.view.accessibleDescription()


def test_selected_bytes_are_shown_in_the_text(page, qtbot):
    show(page, bytes(64))
    page.view.select(8, 12)
    page._open_menu(QPoint(5, 5))
    menu = page.findChildren(type(page.copy_menu()))[0]
    with qtbot.waitSignal(page.reveal_asked) as asked:
        next(one for one in menu.actions() if one.text().startswith("Show in the text")).trigger()
    assert asked.args == [8, 4]
    menu.close()


def test_every_control_has_a_name(page):
    for button in page.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text(), button


def test_painting_an_empty_body_and_places_outside_does_no_harm(page):
    page.show_body(BodyStore(), MEDIA, is_over=True)
    page.view.grab()
    assert page.view.offset_at(QPointF(-100, 10_000)) == 0


def test_alt_x_changes_between_digits_and_text(page):
    show(page, b"..Dead..").finish()
    page.find()
    QTest.keyClick(page.find_bar.field, Key.Key_X, Mod.AltModifier)
    assert page.find_bar.kind.choice == "text"
    assert page.find_bar.field.text() == ""
    QTest.keyClick(page.find_bar.field, Key.Key_X, Mod.AltModifier)
    assert page.find_bar.kind.choice == "hex"
    page.close_bar()
