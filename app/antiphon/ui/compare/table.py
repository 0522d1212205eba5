"""A table of facts of both sides: a sign, the name, left, right, and the difference in words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QWidget

from antiphon.body.pieces import Sign
from antiphon.ui.compare.area import INKS
from antiphon.ui.compare.facts import FactPair
from antiphon.ui.compare.row_words import SIGNS, WORDS
from antiphon.ui.response.tables import FactsModel, FactsTable
from antiphon.ui.theme import SPACE, Theme

_SIGN_WIDTH = 36


class _PairsModel(FactsModel):
    def __init__(self, theme: Theme, titles: Sequence[str], parent: QWidget) -> None:
        super().__init__(titles, parent)
        self._theme = theme
        self._signs: list[Sign] = []

    def show_pairs(self, pairs: Sequence[FactPair], with_difference: bool) -> None:
        self._signs = [pair.sign for pair in pairs]
        rows = [
            (SIGNS[pair.sign].strip(), pair.name, pair.left, pair.right, pair.difference) for pair in pairs
        ]
        self.show([row if with_difference else row[:4] for row in rows])

    def set_titles(self, left: str, right: str) -> None:
        self._titles[2:4] = [left, right]
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 2, 3)

    def data(self, index, role: int = Qt.ItemDataRole.DisplayRole):
        sign = self._signs[index.row()] if index.isValid() else Sign.EQUAL
        match role:
            case Qt.ItemDataRole.ForegroundRole if sign in INKS and index.column() in {0, 4}:
                return self._theme.color(INKS[sign])
            case Qt.ItemDataRole.ForegroundRole:
                return self._theme.color("text" if sign in INKS or index.column() == 1 else "dim")
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == 0:
                return WORDS[sign]
            case _:
                return super().data(index, role)


class PairsTable(FactsTable):
    """Rows are copied with Ctrl+C, their cells parted by tabs."""

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, *, with_difference: bool = False
    ) -> None:
        titles = ["", "Name", "Left", "Right", *(["Difference"] if with_difference else [])]
        super().__init__(theme, name, titles, parent)
        self._with_difference = with_difference
        self.facts = _PairsModel(theme, titles, self)
        self.setModel(self.facts)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAlternatingRowColors(False)

    def show_pairs(self, pairs: Sequence[FactPair]) -> None:
        self.facts.show_pairs(pairs, self._with_difference)
        self._share_width()

    def set_titles(self, left: str, right: str) -> None:
        """Name both sides."""
        self.facts.set_titles(left, right)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join("\t".join(self.facts.rows[row]) for row in rows))
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give both sides the same room."""
        sign = self._theme.px(_SIGN_WIDTH)
        self.setColumnWidth(0, sign)
        self.resizeColumnToContents(1)
        name = min(self.columnWidth(1) + 4 * SPACE, self.viewport().width() // 3)
        self.setColumnWidth(1, name)
        parts = 3 if self._with_difference else 2
        for column in (2, 3) if self._with_difference else (2,):
            self.setColumnWidth(column, max(80, (self.viewport().width() - sign - name) // parts))
