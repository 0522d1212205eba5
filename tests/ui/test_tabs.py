"""The strip of open tabs."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from antiphon.ui.tabs import TabStrip, TabText
from antiphon.ui.theme import Theme


@pytest.fixture
def strip(qtbot):
    strip = TabStrip(Theme("light"))
    qtbot.addWidget(strip)
    strip.resize(800, 38)
    for name in ("One", "Two", "Three"):
        strip.add(TabText("GET", name))
    strip.show()
    return strip


def test_a_middle_click_asks_to_close(strip, qtbot):
    bar = strip._bar
    with qtbot.waitSignal(strip.close_asked) as asked:
        QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(1).center())
    assert asked.args == [1]


def test_the_cross_asks_to_close_and_does_not_select(strip, qtbot):
    bar = strip._bar
    with qtbot.waitSignal(strip.close_asked):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar._cross(bar.tabRect(2)).center())
    assert strip.current == 0


def test_a_double_click_pins(strip, qtbot):
    bar = strip._bar
    with qtbot.waitSignal(strip.pin_asked) as asked:
        QTest.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).topLeft() + QPoint(20, 15))
    assert asked.args == [0]


def test_a_tab_speaks_its_method_and_that_it_is_unsaved(strip):
    strip.put(0, TabText("POST", "One & all", is_dirty=True))
    assert strip._bar.accessibleTabName(0) == "POST One & all, unsaved"


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_paints_with_unsaved_and_previewed_tabs(qtbot, choice):
    strip = TabStrip(Theme(choice))
    qtbot.addWidget(strip)
    strip.add(
        TabText(
            "DELETE", "A very long name that does not fit into a tab at all", is_dirty=True, is_preview=True
        )
    )
    strip.resize(300, 38)
    assert not strip.grab().isNull()
    strip.remove(0)
    assert strip.count == 0


@pytest.mark.parametrize(
    ("target", "part", "order"),
    [(2, 0.9, ["Two", "Three", "One"]), (2, 0.1, ["One", "Two", "Three"]), (1, 0.6, ["Two", "One", "Three"])],
)
def test_a_tab_is_dragged_past_the_middle_of_another(strip, target, part, order):
    bar, moves = strip._bar, []
    strip.moved.connect(lambda origin, to: moves.append((origin, to)))
    start, rect = bar.tabRect(0).center(), bar.tabRect(target)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    at = QPointF(rect.left() + rect.width() * part, rect.center().y())
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        bar.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(bar, moved)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert [bar.text_at(index).name for index in range(3)] == order
    assert bool(moves) == (order[0] != "One")
