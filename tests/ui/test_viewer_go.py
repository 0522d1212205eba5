"""Going to a line, a byte or a share of a body, and characters that have no look."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from antiphon.body.rows import CELL_BYTES
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.go_bar import HELP, GoBar, Place, place_of
from antiphon.ui.viewer.row_text import RowText
from tests.ui.viewing import made_view, store_of, take_in
from tests.waiting import until

TEXT = "".join(f"line {number} ü\n" for number in range(3000))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("120", Place("line", 120)),
        (" 12,345 ", Place("line", 12345)),
        ("120:8", Place("line", 120, 8)),
        ("0", Place("line", 1)),
        ("b4096", Place("byte", 4096)),
        ("@12", Place("byte", 12)),
        ("Byte 4_096", Place("byte", 4096)),
        ("0xFf", Place("byte", 255)),
        ("50%", Place("share", 0.5)),
        ("12.5 %", Place("share", 0.125)),
        ("250%", Place("share", 1.0)),
        ("", None),
        ("x", None),
        ("-1", None),
        ("12:", None),
    ],
)
def test_what_is_typed_names_a_place(text, place):
    assert place_of(text) == place


@pytest.fixture
def view(qtbot):
    view = made_view(qtbot)
    view.set_source(store_of(TEXT))
    take_in(view)
    return view


@pytest.fixture
def bar(qtbot, view):
    bar = GoBar(Theme("light"), view)
    qtbot.addWidget(bar)
    bar.open()
    return bar


def go(bar, text):
    bar.field.setText(text)
    QTest.keyClick(bar.field, Qt.Key.Key_Return)


def at(needle):
    return TEXT.encode().index(needle.encode())


def test_return_goes_to_a_line_and_closes(bar, view, qtbot):
    with qtbot.waitSignal(bar.closed):
        go(bar, "2,001")
    assert view.caret == at("line 2000 ")


def test_a_column_counts_characters(bar, view):
    go(bar, "2001:12")
    assert view.caret == at("line 2000 ü") + len("line 2000 ü".encode())
    go(bar, "2001:99")
    assert view.caret == at("line 2000 ü") + len("line 2000 ü".encode())


def test_a_byte_and_a_share_are_gone_to(bar, view):
    go(bar, "b10")
    assert view.caret == 10
    go(bar, "100%")
    assert view.caret == len(TEXT.encode())
    go(bar, "50%")
    assert abs(view.caret - len(TEXT.encode()) / 2) < 20
    go(bar, "b999999999")
    assert view.caret == len(TEXT.encode())


def test_what_is_no_place_is_marked_with_the_remedy(bar, view):
    go(bar, "nowhere")
    assert "Type a line" in bar.field.toolTip()
    assert view.caret == 0
    assert bar.isVisible()


def test_the_bar_says_where_the_caret_is(bar, view):
    view.go_to_line(1501)
    bar.open()
    assert bar.where.text().startswith("Line 1,501 of 3,001, byte ")


def test_a_column_beyond_a_forced_break_is_reached(view):
    view.set_source(store_of("x" * (3 * CELL_BYTES) + "y\n"))
    take_in(view)
    view.go_to_line(1, 3 * CELL_BYTES + 1)
    assert view.caret == 3 * CELL_BYTES


async def test_a_line_that_has_not_arrived_is_gone_to_when_it_does(qtloop, qtbot):
    view = made_view(qtbot)
    store = store_of("one\n", is_over=False)
    view.set_source(store)
    view.go_to_line(3)
    assert view.caret == 0
    store.append(b"two\nthree\n")
    await until(lambda: view.caret == len("one\ntwo\n"))
    store.finish()


def test_characters_without_a_look_are_written_out_on_demand():
    raw = "a\u200bb\u202ec\ufeff\u00ad".encode()
    assert RowText(raw, "utf-8").shown == raw.decode()
    shown = RowText(raw, "utf-8", shows_invisible=True).shown
    assert shown == "a◌b◌c◌◌"


def test_line_endings_are_painted_on_demand(view):
    view.set_source(store_of("one\r\ntwo\nthree"))
    before = view.grab().toImage()
    view.set_invisible_shown(True)
    assert view.shows_invisible
    painted = []

    class Painter:
        def drawText(self, _place, words):
            painted.append(words)

        def setPen(self, _pen): ...
        def setFont(self, _font): ...

    for _number, layout, y in view.seen_rows():
        view._paint_ending(Painter(), layout, y, 0)
    assert painted == ["␍↵", "↵", ""]
    assert view.grab().toImage() != before


def test_what_is_no_place_is_said_in_words_until_something_else_is_typed(bar):
    go(bar, "abc")
    assert bar.where.text() == HELP
    QTest.keyClicks(bar.field, "1")
    assert bar.where.text().startswith("Line 1 of")
    assert bar.field.toolTip() == HELP
