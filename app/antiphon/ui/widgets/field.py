"""A line of text: rounded ground, accent ring when focused, and `{{variables}}` coloured where a scope is given."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QInputMethodEvent, QKeyEvent, QPainter, QPalette, QTextFormat
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from antiphon.core.template import Scope, references
from antiphon.ui.paint import paint_field, paint_ground
from antiphon.ui.theme import CONTROL, Theme
from antiphon.ui.widgets.completion import VariableCompletion
from antiphon.ui.widgets.variables import Run, explained, formats, laid_out, paint_chips, variable_runs


class Field(QLineEdit):
    """A QLineEdit that looks like ours.

    Args:
        name: The accessible name.
        mono: Use the fixed-width font, as for everything that goes over the wire.
        variables: Colour `{{names}}`, explain them on hovering, and complete them after `{{`.
        framed: Paint the ground; a table's cell has its own.
    """

    def __init__(
        self,
        theme: Theme,
        name: str = "",
        *,
        placeholder: str = "",
        mono: bool = False,
        variables: bool = False,
        framed: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._mono = mono
        self._framed = framed
        self._composing = False
        self._invalid = False
        self._scope: Scope | None = None
        self._runs: list[Run] = []
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setFrame(False)
        self._completion = VariableCompletion(theme, self) if variables else None
        self._colours = variables
        self.textChanged.connect(self.recolour)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str) -> None:
        """Show *text*; with the text that is shown already nothing happens, cursor and undo stay."""
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def set_scope(self, scope: Scope) -> None:
        """Say what variables mean here."""
        self._scope = scope
        if self._completion is not None:
            self._completion.set_scope(scope)
        self.recolour()

    def runs(self, text: str) -> list[Run]:
        """Return what is coloured in *text*; a field with a grammar of its own adds to the variables."""
        return variable_runs(text, self._scope) if self._colours else []

    def set_invalid(self, reason: str) -> None:
        """Outline the field as wrong and say why on hovering; an empty *reason* takes that back."""
        self._invalid = bool(reason)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        self.update()

    @property
    def is_completing(self) -> bool:
        """Whether a list of variable names is open below the field."""
        return self._completion is not None and self._completion.is_open

    def complete(self, event: QKeyEvent) -> bool:
        """Take the marked name of the open list where *event* asks for that; answer whether it did."""
        return self._completion is not None and self._completion.takes(event)

    def sizeHint(self):
        hint = super().sizeHint()
        hint.setHeight(max(hint.height(), self.theme.px(CONTROL)))
        return hint

    def paintEvent(self, event) -> None:
        if any(run.is_variable for run in self._runs):
            super().paintEvent(
                event
            )  # only painting decides how far the line is scrolled, which chips must know
        painter = QPainter(self)
        if self._framed:
            outline = "delete" if self._invalid else ""
            paint_field(
                painter,
                self.rect(),
                self.theme,
                focused=self.hasFocus(),
                enabled=self.isEnabled(),
                outline=outline,
            )
        else:
            outline = self.theme.color("accent") if self.hasFocus() else None
            paint_ground(painter, QRectF(self.rect()), self.theme.color("field"), outline, radius=4, width=2)
        self._paint_chips(painter)
        painter.end()
        super().paintEvent(event)

    def inputMethodEvent(self, event) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if not self._composing:
            self.recolour()

    def keyPressEvent(self, event) -> None:
        if self.complete(event):
            return
        is_key_of_a_bar = event.modifiers() == Qt.KeyboardModifier.AltModifier and event.text().isascii()
        if is_key_of_a_bar and event.text().isalnum():
            event.ignore()  # a field would type the letter, which is a button's key in the bar around it
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._explain(event):
            return True
        if event.type() == QEvent.Type.KeyPress and self.is_completing and self.complete(event):
            return True
        return super().event(event)

    def _explain(self, event: QHelpEvent) -> bool:
        position = self.cursorPositionAt(event.pos())
        for reference in references(self.text()) if self._colours else ():
            if reference.start <= position <= reference.end:
                QToolTip.showText(event.globalPos(), explained(reference.name, self._scope), self)
                return True
        return False

    def recolour(self) -> None:
        """Colour the text anew, the one way Qt offers: as attributes of an empty input method event."""
        if self._composing or self.echoMode() != QLineEdit.EchoMode.Normal:
            self._runs = []
            return
        runs = self.runs(self.text())
        if not runs and not self._runs:
            return
        self._runs = runs
        cursor = self.cursorPosition()
        attributes = [
            QInputMethodEvent.Attribute(
                QInputMethodEvent.AttributeType.TextFormat,
                made.start - cursor,
                made.length,
                QTextFormat(made.format),
            )
            for made in formats(runs, self.theme)
        ]
        super().inputMethodEvent(QInputMethodEvent("", attributes))
        self.update()

    def _paint_chips(self, painter: QPainter) -> None:
        if not any(run.is_variable for run in self._runs):
            return
        layout = laid_out(self.text(), self.theme, mono=self._mono)  # a line lives as long as its layout
        line = layout.lineAt(0)
        inner = self._text_rect()
        painter.setClipRect(inner.adjusted(-2, 0, 2, 0))
        paint_chips(painter, line, self._text_origin(inner, line.height(), line), self._runs, self.theme)
        painter.setClipping(False)

    def _text_rect(self) -> QRect:
        margins = self.textMargins()
        return self.rect().adjusted(margins.left(), 0, -margins.right(), 0)

    def _text_origin(self, inner: QRect, height: float, line) -> QPointF:
        """Return where the text begins, left of the field where it is scrolled: the cursor tells."""
        cursor = self.cursorRect()
        cursor_x = cursor.x() + cursor.width() / 2
        left = cursor_x - line.cursorToX(self.cursorPosition())[0]
        return QPointF(left, inner.y() + (inner.height() - height) / 2)

    def _restyle(self) -> None:
        self.setFont(self.theme.mono_font() if self._mono else self.theme.ui_font())
        palette = self.palette()
        palette.setColor(
            QPalette.ColorRole.Base, Qt.GlobalColor.transparent
        )  # the ground is painted below the text
        self.setPalette(palette)
        side = self.theme.px(10) if self._framed else self.theme.px(8)
        self.setTextMargins(side, 0, side, 0)
        self.updateGeometry()
        self.recolour()
