"""Two columns of rows that stand beside each other; only the rows that are seen are read and painted."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QWidget

from antiphon.body.comparison import BETWEEN, ComparedPieces, ComparedText, PairedRow
from antiphon.body.pieces import Sign
from antiphon.render.word_marks import word_marks
from antiphon.ui.compare.folds import Folds, SeenRow
from antiphon.ui.compare.row_words import SIGNS, CellText, cells_of, copied, spoken
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.even_area import EvenArea
from antiphon.ui.viewer.match_ticks import MatchTicks

INKS = {Sign.CHANGED: "post", Sign.REMOVED: "delete", Sign.ADDED: "get", Sign.IGNORED: "faint"}
_TINT, _MARK = 0.09, 0.26
MOST_COPIED_ROWS = 20_000


class CompareArea(EvenArea):
    """Shows the pieces of one comparison; `current_changed` tells the piece that the caret stands in."""

    current_changed = Signal()
    notice = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.texts: tuple[ComparedText, ComparedText] | None = None
        self.folds: Folds | None = None
        self._row = 0
        self._anchor = 0
        self._widest = 0.0
        self._known: dict[tuple[int | None, int | None], list[CellText | None]] = {}
        self._gutter = 0.0
        self.match_ticks = MatchTicks(
            self.verticalScrollBar(), theme, lambda share: int(self.row_count * share)
        )
        self.setAccessibleName("Differences")
        self.restyled()

    def show_pieces(
        self, pieces: ComparedPieces | None, texts: tuple[ComparedText, ComparedText] | None, *, near: int = 0
    ) -> None:
        """Show *pieces* of *texts*, the caret on the first difference from a row of the left on; None shows nothing."""
        is_folded = self.folds is None or self.folds.is_folded
        self.texts = texts
        self.folds = Folds(pieces) if pieces is not None else None
        if self.folds is not None and not is_folded:
            self.folds.set_folded(False)
        self._row = self._anchor = 0
        self._widest = 0.0
        self._known.clear()
        self.restyled()
        self.go_top()
        if pieces is not None and len(pieces.differences):
            self.go_to(pieces.difference_near(near))
        else:
            self._tell()
        self.match_ticks.show_found(None if self.folds is None else self, (self._row, 1))
        self.viewport().update()

    # Where the caret is

    @property
    def row(self) -> int:
        """The row of the caret."""
        return self._row

    @property
    def piece(self) -> int | None:
        """The piece in which the caret stands."""
        folds = self.folds
        return folds.row(self._row).piece if folds is not None and len(folds) else None

    @property
    def left_row(self) -> int:
        """The row of the left side where the piece of the caret begins."""
        piece = self.piece
        return 0 if self.folds is None or piece is None else self.folds.pieces.piece(piece).left

    def go(self, step: int) -> bool:
        """Go to the next difference (1) or the one before (-1); tell whether there is one."""
        folds = self.folds
        if folds is None:
            return False
        number = folds.difference_after(self._row) if step > 0 else folds.difference_before(self._row)
        if number is None:
            return False
        self.go_to(number)
        return True

    def go_to(self, difference: int) -> None:
        """Put the caret on the first row of difference number *difference*, counted from 0, a third down."""
        folds = self.folds
        if folds is None or difference >= len(folds.pieces.differences):
            return
        row = folds.first_row(folds.pieces.differences[difference])
        self.show_row(row, lead=1 / 3)
        self._move_to(row, is_selecting=False)

    def set_folded(self, is_folded: bool) -> None:
        """Fold equal stretches, or show all rows; the caret stays in its piece."""
        if self.folds is None or self.folds.is_folded == is_folded:
            return
        piece = self.piece or 0
        self.folds.set_folded(is_folded)
        self._refold(piece)

    def copy(self) -> None:
        """Copy the selected rows as text, a sign before each."""
        folds, texts = self.folds, self.texts
        if folds is None or texts is None or not len(folds):
            return
        first, last = sorted((self._row, self._anchor))
        if last - first >= MOST_COPIED_ROWS:
            last = first + MOST_COPIED_ROWS - 1
            self.notice.emit(f"The first {MOST_COPIED_ROWS:,} rows were copied.")
        rows = [folds.row(number) for number in range(first, last + 1)]
        QGuiApplication.clipboard().setText("\n".join(line for row in rows for line in copied(row, texts)))

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_selecting = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        last = len(self.folds) - 1 if self.folds is not None else -1
        steps = {
            Qt.Key.Key_Up: self._row - 1,
            Qt.Key.Key_Down: self._row + 1,
            Qt.Key.Key_PageUp: self._row - self.rows_on_page + 1,
            Qt.Key.Key_PageDown: self._row + self.rows_on_page - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        bar = self.horizontalScrollBar()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._anchor = 0
            self._move_to(last, is_selecting=True)
        elif event.key() in steps and (not is_control or event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End}):
            self._move_to(steps[event.key()], is_selecting=is_selecting)
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right} and not event.modifiers():
            bar.setValue(bar.value() + bar.singleStep() * (-1 if event.key() == Qt.Key.Key_Left else 1))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and not event.modifiers():
            self._toggle(self._row)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_below(event.position().y())
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._move_to(row, is_selecting=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        if self.folds is not None and self.folds.row(row).hidden:
            self._toggle(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            row = self._row_below(event.position().y())
            if row is not None:
                self._move_to(row, is_selecting=True)

    def _row_below(self, y: float) -> int | None:
        """Return the row at *y*, the first one above it; None below the last."""
        row = self.row_at(max(0.0, y))
        return row if self.row_count and y < self.top_of(row) + self.line_height else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _toggle(self, row: int) -> None:
        """Unfold the stretch at *row*, or fold it again."""
        folds = self.folds
        if folds is None or not len(folds):
            return
        seen = folds.row(row)
        if folds.pieces.sign(seen.piece) in BETWEEN:
            folds.toggle(seen.piece)
            self._scroll.clamp()
            self.sync()
            self._move_to(min(row, len(folds) - 1), is_selecting=False)

    def _refold(self, piece: int) -> None:
        assert self.folds is not None
        self._scroll.clamp()
        self.sync()
        row = self.folds.first_row(piece)
        self.show_row(row, lead=1 / 3)
        self._move_to(row, is_selecting=False)

    def _move_to(self, row: int, *, is_selecting: bool) -> None:
        folds = self.folds
        if folds is None or not len(folds):
            return
        self._row = max(0, min(row, len(folds) - 1))
        if not is_selecting:
            self._anchor = self._row
        self.show_row(self._row)
        self.match_ticks.show_found(self, (self._row, 1))
        self._tell()
        self.viewport().update()

    def _tell(self) -> None:
        """Let a screen reader hear the row of the caret."""
        folds, texts = self.folds, self.texts
        words = (
            "No differences"
            if folds is None or texts is None or not len(folds)
            else spoken(folds.row(self._row), texts)
        )
        self.setAccessibleDescription(words)
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.current_changed.emit()

    # Looks

    @property
    def row_count(self) -> int:
        return len(self.folds) if self.folds is not None else 0

    @property
    def page_width(self) -> int:
        """Pixels of a text that are seen in one of the columns."""
        return max(1, round(self._middle() - self._gutter - 3 * self._style.char_width))

    @property
    def content_width(self) -> int:
        return round(self._widest)

    def spread(self, edges: Sequence[int]) -> list[bool]:
        """Return for each stretch of rows between two ascending *edges* whether one of them differs."""
        folds = self.folds
        if folds is None or not len(folds):
            return []
        return [
            low < len(folds) and folds.has_difference(low, max(low + 1, high))
            for low, high in pairwise(edges)
        ]

    def restyled(self) -> None:
        lines = max((len(text) for text in self.texts), default=0) if self.texts is not None else 0
        self._gutter = (max(3, len(str(lines))) + 2) * self._style.char_width
        self._metrics = QFontMetricsF(self._style.font)

    def paint_rows(self, painter: QPainter, first: int, last: int) -> None:
        folds, texts = self.folds, self.texts
        if folds is None or texts is None:
            return
        painter.fillRect(self._middle(), 0, 1, self.viewport().height(), self._theme.color("line"))
        for row in range(first, last):
            self._paint_row(painter, self.top_of(row), row, folds.row(row), texts)

    def _paint_row(
        self, painter: QPainter, y: int, number: int, seen: SeenRow, texts: tuple[ComparedText, ComparedText]
    ) -> None:
        rect = QRect(0, y, self.viewport().width(), self.line_height)
        first, last = sorted((self._row, self._anchor))
        if first <= number <= last:
            painter.fillRect(rect, self._theme.color("selection"))
        if seen.row is None:
            self._paint_fold(painter, rect, seen.hidden_text)
        else:
            cells = self._cells(seen.row, texts)
            self._paint_cells(painter, rect, seen.row.sign, cells)
        if number == self._row and self.hasFocus():
            painter.setPen(self._theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _cells(self, row: PairedRow, texts: tuple[ComparedText, ComparedText]) -> list[CellText | None]:
        """Return the texts of a row; those that are long to find stay at hand until something else is shown."""
        key = (row.left, row.right)
        if key in self._known:
            return self._known[key]
        cells = cells_of(row, texts)
        if any(cell is not None and cell.text.startswith("…") for cell in cells):
            self._known[key] = cells
        return cells

    def _paint_fold(self, painter: QPainter, rect: QRect, words: str) -> None:
        painter.fillRect(rect.adjusted(0, 1, 0, -1), self._theme.color("side"))
        painter.setPen(self._theme.color("dim"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"⋯ {words}")

    def _paint_cells(self, painter: QPainter, rect: QRect, sign: Sign, cells: list[CellText | None]) -> None:
        marks = ([], [])
        if sign == Sign.CHANGED and cells[0] is not None and cells[1] is not None:
            marks = word_marks(cells[0].text, cells[1].text)
            if all(_covers(own, cell.text) for own, cell in zip(marks, cells, strict=True)):
                marks = ([], [])  # lines that share next to nothing: marked words would only be noise
        middle = self._middle()
        columns = QRect(0, rect.y(), middle, self.line_height), rect.adjusted(middle + 1, 0, 0, 0)
        for side, cell in enumerate(cells):
            if cell is None:
                painter.fillRect(columns[side], self._theme.color("side"))
            else:
                self._paint_cell(painter, columns[side], sign, cell, marks[side])

    def _paint_cell(self, painter: QPainter, column: QRect, sign: Sign, cell: CellText, marks: list) -> None:
        painter.save()
        painter.setClipRect(column)
        theme = self._theme
        if sign in INKS and sign != Sign.IGNORED:
            painter.fillRect(column, _faded(theme.color(INKS[sign]), _TINT))
        numbers = QRect(
            column.x(), column.y(), round(self._gutter - self._style.char_width), self.line_height
        )
        painter.setPen(theme.color("faint"))
        painter.drawText(
            numbers, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(cell.line or "")
        )
        if sign in INKS:
            painter.setPen(theme.color(INKS[sign]))
            place = QRectF(
                column.x() + self._gutter, column.y(), 2 * self._style.char_width, self.line_height
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, SIGNS[sign])
        painter.setClipRect(column.adjusted(round(self._gutter + 2 * self._style.char_width), 0, 0, 0))
        left = column.x() + self._gutter + 2 * self._style.char_width - self.horizontalScrollBar().value()
        self._paint_marks(painter, left, column.y(), cell.text, marks, INKS.get(sign, "line"))
        painter.setPen(theme.color("faint" if sign == Sign.IGNORED else "text"))
        self._paint_text(painter, left, column, cell)
        painter.restore()

    def _paint_marks(self, painter: QPainter, left: float, y: int, text: str, marks: list, ink: str) -> None:
        color = _faded(self._theme.color(ink), _MARK)
        for start, end in marks:
            x = left + self._width(text[:start])
            if x > self.viewport().width():
                return
            painter.fillRect(QRectF(x, y + 1, self._width(text[start:end]), self.line_height - 2), color)

    def _paint_text(self, painter: QPainter, left: float, column: QRect, cell: CellText) -> None:
        """Paint what of the text can be seen: of one that is all ASCII, the characters within the column."""
        text, skipped = cell.text, 0
        if text.isascii():
            skipped = max(0, int((column.x() - left) / self._style.char_width))
            text = text[skipped : skipped + int(column.width() / self._style.char_width) + 2]
        place = QRectF(left + skipped * self._style.char_width, column.y(), 1 << 20, self.line_height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        self._note_width(self._width(cell.text))

    def _width(self, text: str) -> float:
        return len(text) * self._style.char_width if text.isascii() else self._metrics.horizontalAdvance(text)

    def _note_width(self, width: float) -> None:
        """Let the horizontal scroll bar reach the end of the widest row that was seen."""
        if width > self._widest:
            self._widest = width
            self.sync_bars()

    def _middle(self) -> int:
        return self.viewport().width() // 2


def _covers(marks: list[tuple[int, int]], text: str) -> bool:
    return sum(end - start for start, end in marks) > 0.8 * len(text.strip())


def _faded(color: QColor, alpha: float) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(alpha)
    return faded
