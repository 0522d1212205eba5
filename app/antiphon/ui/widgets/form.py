"""A form: labels in one column, controls of any kind beside them, rows that can be hidden."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from antiphon.ui.theme import CONTROL, SPACE, Theme
from antiphon.ui.widgets.words import Words

LABEL_WIDTH = 136
FIELD_WIDTH = 460


class Form(QWidget):
    """Rows of a label and what it names; labels are as wide as in other forms, so that fields stand in one line."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, label_width: int = LABEL_WIDTH
    ) -> None:
        super().__init__(parent)
        self._label_width = label_width
        self._theme = theme
        self._labels: dict[QWidget, QLabel] = {}
        self._wide: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * SPACE)
        self._grid.setVerticalSpacing(2 * SPACE)
        self._grid.setColumnStretch(1, 1000)  # all the room up to the fields' width, and only then
        self._grid.setColumnStretch(2, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def add(self, title: str, widget: QWidget, *, is_wide: bool = True, buddy: QWidget | None = None) -> None:
        """Append *widget* under a label; a wide one takes the width of a field, others what they need.

        The label names *buddy*, where that is another.
        """
        row = self._grid.rowCount()
        label = self._labels[widget] = Words(self._theme, title, "dim", is_short=True, parent=self)
        label.setBuddy(buddy or widget.focusProxy() or widget)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        if is_wide:
            self._wide.append(widget)
            self._grid.addWidget(widget, row, 1)
        else:
            self._grid.addWidget(widget, row, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._restyle()

    def add_words(self, words: Words) -> None:
        """Append an explanation under the controls."""
        self._grid.addWidget(words, self._grid.rowCount(), 1, 1, 2)

    def set_row_visible(self, widget: QWidget, visible: bool) -> None:
        self._labels[widget].setVisible(visible)
        widget.setVisible(visible)

    def _restyle(self) -> None:
        self._grid.setColumnMinimumWidth(0, self._theme.px(self._label_width))
        for widget, label in self._labels.items():  # in the middle of the first line of what it names
            label.setMinimumHeight(min(widget.sizeHint().height(), self._theme.px(CONTROL)))
        for widget in self._wide:
            widget.setMaximumWidth(self._theme.px(FIELD_WIDTH))


def side_by_side(widgets: Sequence[QWidget], parent: QWidget | None = None) -> QWidget:
    """Return *widgets* in one row, as wide as they need to be."""
    frame = QWidget(parent)
    row = QHBoxLayout(frame)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * SPACE)
    for widget in widgets:
        row.addWidget(widget)
    return frame
