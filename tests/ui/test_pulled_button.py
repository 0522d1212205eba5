from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from antiphon.ui.theme import Theme
from antiphon.ui.viewer.pulled_button import PulledButton


def test_a_press_that_leaves_the_button_is_a_drag_and_no_click(qtbot):
    button, told = PulledButton(Theme("light"), icon="save", tip="Save"), []
    qtbot.addWidget(button)
    button.show()
    button.pulled.connect(lambda: told.append("pulled"))
    button.clicked.connect(lambda: told.append("clicked"))
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    QTest.mouseMove(button, button.rect().center())
    assert told == []
    QTest.mouseMove(button, QPoint(-5, 200))
    assert told == ["pulled"]
    assert not button.isDown()
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=QPoint(-5, 200))
    assert told == ["pulled"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told == ["pulled", "clicked"]
