"""Colours of a text body, given to lines when they come into view: a long text costs no more than a screen."""

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from antiphon.core.template import Scope, references
from antiphon.ui.request.json_text import json_tokens
from antiphon.ui.theme import Theme

_COLOURED_LINE = 5_000
_MARGIN = 20
_NOT_COLOURED = -1


class CodeColours(QSyntaxHighlighter):
    """Colours the lines from *first* to *last*; a coloured line's state is the number of the present look.

    JSON has no token that goes over a line's end, so that a line can be coloured by itself.
    """

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._language = "json"
        self._look = 0
        self._first, self._last = 0, _MARGIN
        self.is_paused = False
        """Set while a whole text is put in: no line of it has been seen yet."""
        self._scope: Scope | None = None
        self._formats: dict[str, QTextCharFormat] = {}

    def set_language(self, language: str) -> None:
        if language != self._language:
            self._language = language
            self._change_look()

    def set_scope(self, scope: Scope) -> None:
        known = self._scope.names() if self._scope is not None else None
        self._scope = scope
        if known != scope.names():
            self._change_look()

    def restyle(self) -> None:
        self._formats.clear()
        self._change_look()

    def show_lines(self, first: int, last: int) -> None:
        """Colour the lines with the numbers from *first* to *last*, those that are not yet."""
        self._first, self._last = first - _MARGIN, last + _MARGIN
        block = self.document().findBlockByNumber(max(0, self._first))
        while block.isValid() and block.blockNumber() <= self._last:
            if block.userState() != self._look:
                self.rehighlightBlock(block)
            block = block.next()

    def highlightBlock(self, text: str) -> None:
        if self.is_paused:
            return
        if not self._first <= self.currentBlock().blockNumber() <= self._last:
            self.setCurrentBlockState(_NOT_COLOURED)
            return
        self.setCurrentBlockState(self._look)
        if len(text) > _COLOURED_LINE:
            return
        if self._language == "json":
            for token in json_tokens(text):
                self.setFormat(token.start, token.end - token.start, self._format(token.kind))
        for reference in references(text):
            known = self._scope is None or self._scope.lookup(reference.name) is not None
            look = self._format("variable" if known else "missing")
            self.setFormat(reference.start, reference.end - reference.start, look)

    def _change_look(self) -> None:
        self._look += 1
        self.show_lines(self._first + _MARGIN, self._last - _MARGIN)

    def _format(self, kind: str) -> QTextCharFormat:
        look = self._formats.get(kind)
        if look is None:
            look = self._formats[kind] = self._made(kind)
        return look

    def _made(self, kind: str) -> QTextCharFormat:
        look = QTextCharFormat()
        token = {"variable": "key", "missing": "delete"}.get(kind, kind)
        look.setForeground(self._theme.color(token))
        if kind in {"variable", "missing"}:
            look.setBackground(self._theme.color("selection"))
        if kind == "missing":
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(self._theme.color(token))
        return look
