"""A body's view for tests: made, filled, and read as it is seen."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_view import BodyView


def made_view(qtbot) -> BodyView:
    view = BodyView(Theme("light"))
    qtbot.addWidget(view, before_close_func=lambda widget: widget.close_source())
    view.resize(600, 300)
    view.show()
    view.setFocus()
    return view


def store_of(text: bytes | str, *, is_over: bool = True) -> BodyStore:
    store = BodyStore(memory_limit_bytes=1 << 30)
    store.append(text.encode() if isinstance(text, str) else text)
    if is_over:
        store.finish()
    return store


def take_in(view: BodyView) -> None:
    """Let the view know all rows."""
    while not view.index.is_current:
        view._refresh()


def place_of(view: BodyView, offset: int) -> QPoint:
    """Return where in the viewport the character at *offset* is seen."""
    row = view.index.row_of(offset)
    _number, layout, y = next(found for found in view.seen_rows() if found[0] == row)
    x, line_y = layout.place_of(layout.text.index_of(offset - layout.row.start))
    left = view.gutter_width - view.horizontalScrollBar().value()
    return QPointF(left + x + 1, y + line_y + 5).toPoint()


def click(
    view: BodyView, offset: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, place_of(view, offset))
