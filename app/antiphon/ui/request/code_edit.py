"""The editor of a text body: line numbers, colours, two spaces for Tab, indentation kept on Return."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QPainter,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QToolTip, QWidget

from antiphon.core.template import Scope, references
from antiphon.ui.request.code_colours import CodeColours
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.variables import explained

INDENT = "  "
_PARAGRAPHS = "\u2029"


class CodeEdit(QPlainTextEdit):
    text_edited = Signal(str)
    """The text after the user changed it."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._shown = ""
        self._showing = False
        self._break = "\n"
        self._scope: Scope | None = None
        self._numbers = _LineNumbers(self)
        self._colours = CodeColours(theme, self.document())
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self.cursorPositionChanged.connect(self._numbers.update)
        self.textChanged.connect(self._tell)
        self._colour_soon = QTimer(self, interval=0, singleShot=True)
        self._colour_soon.timeout.connect(self._colour_visible)
        self.textChanged.connect(self._colour_soon.start)
        self.verticalScrollBar().valueChanged.connect(self._colour_visible)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str) -> None:
        """Show *text*; the text shown already keeps its cursor and undo."""
        if text == self._shown:
            return
        self._shown = text
        self._break = "\r\n" if "\r\n" in text else "\n"
        self._showing = True
        self._colours.is_paused = True
        self.setPlainText(text)
        self._colours.is_paused = False
        self._showing = False
        self._colour_visible()

    def replace_text(self, text: str) -> None:
        """Put *text* in place of all there is, as one edit that undo takes back."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()

    def set_language(self, language: str) -> None:
        """Colour as *language* (`json`, `text`, ...); anything but JSON has its variables coloured only."""
        self._colours.set_language(language)

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope
        self._colours.set_scope(scope)

    def written(self) -> str:
        """Return the text character for character: `toPlainText` would turn no-break spaces into spaces."""
        return self.document().toRawText().replace(_PARAGRAPHS, self._break)

    def keyPressEvent(self, event) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self._break_line()
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self._indent()
        elif key == Qt.Key.Key_Backtab:
            self._outdent()
        elif key == Qt.Key.Key_Escape:
            self.focusNextPrevChild(True)  # Tab types here, so there must be another way out
        elif key == Qt.Key.Key_Backspace and not event.modifiers() and self._delete_indent():
            return
        else:
            super().keyPressEvent(event)

    def event(self, event) -> bool:
        if event.type() == event.Type.ToolTip and isinstance(event, QHelpEvent) and self._explain(event):
            return True
        return super().event(event)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.left(), inside.top(), self.gutter_width(), inside.height()))

        self._colour_visible()

    def _colour_visible(self) -> None:
        first = self.firstVisibleBlock().blockNumber()
        rows = self.viewport().height() // max(1, self.fontMetrics().lineSpacing()) + 1
        self._colours.show_lines(first, first + rows)

    def gutter_width(self) -> int:
        """Return the width of the line numbers in pixels."""
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + self.theme.px(6 * SPACE)

    def _explain(self, event: QHelpEvent) -> bool:
        point = event.pos() - self.viewport().pos()
        cursor = self.cursorForPosition(point)
        place = cursor.positionInBlock()
        for reference in references(cursor.block().text()):
            if reference.start <= place <= reference.end:
                QToolTip.showText(event.globalPos(), explained(reference.name, self._scope), self)
                return True
        return False

    def _tell(self) -> None:
        text = self.written()
        if self._showing or text == self._shown:
            return
        self._shown = text
        self.text_edited.emit(text)

    def _break_line(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        after = cursor.block().text()[cursor.positionInBlock() :]
        indent = before[: len(before) - len(before.lstrip())]
        opens = before.rstrip()[-1:] in {"{", "["}
        cursor.beginEditBlock()
        cursor.insertText("\n" + indent + (INDENT if opens else ""))
        if opens and after.lstrip()[:1] in {"}", "]"}:
            inner = cursor.position()
            cursor.insertText("\n" + indent)
            cursor.setPosition(inner)
        cursor.endEditBlock()
        self.setTextCursor(cursor)

    def _indent(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._change_lines(lambda line: line.insertText(INDENT))
        else:
            cursor.insertText(INDENT[cursor.positionInBlock() % len(INDENT) :] or INDENT)

    def _outdent(self) -> None:
        self._change_lines(_take_indent)

    def _change_lines(self, change) -> None:
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1))
        cursor.beginEditBlock()
        while block.isValid():
            change(QTextCursor(block))
            if block == last:
                break
            block = block.next()
        cursor.endEditBlock()

    def _delete_indent(self) -> bool:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if cursor.hasSelection() or not before or before.strip(" ") or len(before) % len(INDENT):
            return False
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(INDENT))
        cursor.removeSelectedText()
        return True

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)

    def _scroll_numbers(self, rect: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def _restyle(self) -> None:
        self.setFont(self.theme.mono_font())
        self.document().setDocumentMargin(self.theme.px(SPACE))
        self._make_room()
        self._colours.restyle()

    def paint_numbers(self, painter: QPainter, clip: QRect) -> None:
        """Paint the numbers of the lines in *clip*, the current one stronger."""
        painter.fillRect(clip, self.theme.color("bg"))
        painter.setFont(self.font())
        current = self.textCursor().blockNumber()
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > clip.bottom():
                return
            number = block.blockNumber()
            painter.setPen(self.theme.color("text" if number == current else "faint"))
            rect = QRect(
                0, round(place.top()), self.gutter_width() - self.theme.px(3 * SPACE), round(place.height())
            )
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, str(number + 1))
            block = block.next()


def _take_indent(line: QTextCursor) -> None:
    text = line.block().text()
    count = min(len(INDENT), len(text) - len(text.lstrip(" ")))
    line.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, count)
    line.removeSelectedText()


class _LineNumbers(QWidget):
    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event) -> None:
        self._editor.paint_numbers(QPainter(self), event.rect())
