"""The request as code: a language to choose, coloured text to read and select, and one button that copies it."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented

_COLOURED_CHARACTERS = 150_000
"""Longer texts stay plain: pygments runs on the thread that paints."""
_COPIED_MS = 1500
_PARAGRAPHS = "\u2029"
_TOKENS = (
    ("Token.Comment", "faint"),
    ("Token.Literal.String.Affix", "constant"),
    ("Token.Literal.String.Interpol", "constant"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Keyword", "constant"),
    ("Token.Operator.Word", "constant"),
    ("Token.Name.Variable", "constant"),
    ("Token.Name.Function", "key"),
    ("Token.Name.Class", "key"),
    ("Token.Operator", "punctuation"),
    ("Token.Punctuation", "punctuation"),
)
"""Kinds of pygments tokens and the theme's colour for each, the first that fits; others are plain text."""

Languages = Sequence[tuple[str, str]]
Span = tuple[int, int, str]
"""Start and length in UTF-16 units, as Qt counts, and the colour's token."""


class SnippetPanel(QWidget):
    """Shows what it is given; it writes no code itself."""

    language_chosen = Signal(str)
    """The key of the language that the user chose."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._languages: Languages = ()
        self.picker: Segmented | None = None
        self.code = CodeView(theme, self)
        self.copy = QuietButton(theme, "Copy", icon="copy", tip="Copy the whole snippet", parent=self)
        self.copy.clicked.connect(self._copy)
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self.copy.setText("Copy"))
        self._lay_out()

    def set_languages(self, languages: Languages, chosen: str) -> None:
        """Offer *languages* (key and title), with *chosen* chosen; no signal is sent."""
        if tuple(languages) != self._languages:
            self._languages = tuple(languages)
            self._replace_picker()
        if self.picker is not None:
            self.picker.show_choice(chosen)

    def show(self, text: str, lexer: str) -> None:
        """Show *text*, coloured by the pygments lexer *lexer*; text that is shown already keeps its selection."""
        if text == self._text:
            return
        self._text = text
        self.code.show_text(text, lexer)
        self.copy.setText("Copy")

    def hideEvent(self, event) -> None:
        self._copied.stop()
        self.copy.setText("Copy")
        super().hideEvent(event)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.copy.setText("Copied")
        self._copied.start()

    def _replace_picker(self) -> None:
        if self.picker is not None:
            self._row.removeWidget(self.picker)
            self.picker.deleteLater()
            self.picker = None
        if not self._languages:
            return
        self.picker = Segmented(self._theme, self._languages, name="Language of the snippet", parent=self)
        self.picker.chosen.connect(self.language_chosen)
        self._row.insertWidget(0, self.picker)
        self.setFocusProxy(self.picker)
        QWidget.setTabOrder(self.picker, self.copy)
        QWidget.setTabOrder(self.copy, self.code)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE)
        self._row.addStretch()
        self._row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self.code, 1)


class CodeView(QPlainTextEdit):
    """Text to read and select by mouse or keyboard, never to edit; long lines scroll."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colours = _Colours(theme, self.document())
        self.setAccessibleName("Snippet")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str, lexer: str) -> None:
        """Show *text* where the view stands, so that an edit elsewhere does not scroll it away."""
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._colours.forget()
        self.setPlainText(text)
        self._colours.colour(lexer)
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selected text character for character: Qt's own would turn no-break spaces into spaces."""
        data = QMimeData()
        data.setText(self.textCursor().selectedText().replace(_PARAGRAPHS, "\n"))
        return data

    def _restyle(self) -> None:
        self.setFont(self._theme.mono_font())
        self.document().setDocumentMargin(self._theme.px(3 * SPACE))
        self._colours.restyle()


class _Colours(QSyntaxHighlighter):
    """Colours lines by spans that were found in the whole text: a string may run over many lines."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._spans: list[list[Span]] = []
        self._formats: dict[str, QTextCharFormat] = {}

    def forget(self) -> None:
        self._spans = []

    def colour(self, lexer: str) -> None:
        lines = self.document().toRawText().split(_PARAGRAPHS)
        self._spans = spans_of(lines, lexer)
        self.rehighlight()

    def restyle(self) -> None:
        self._formats.clear()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        for start, length, token in self._spans[number] if number < len(self._spans) else ():
            self.setFormat(start, length, self._format(token))

    def _format(self, token: str) -> QTextCharFormat:
        if token not in self._formats:
            self._formats[token] = QTextCharFormat()
            self._formats[token].setForeground(self._theme.color(token))
        return self._formats[token]


def spans_of(lines: Sequence[str], lexer: str) -> list[list[Span]]:
    """Return the coloured spans of each of *lines*, read together by pygments; none for a very long text."""
    spans: list[list[Span]] = [[] for _ in lines]
    text = "\n".join(lines)
    if len(text) > _COLOURED_CHARACTERS:
        return spans
    line, column = 0, 0
    for token, value in _tokens(text, lexer):
        for index, run in enumerate(value.split("\n")):
            if index:
                line, column = line + 1, 0
            length = len(run) if run.isascii() else len(run.encode("utf-16-le", "surrogatepass")) // 2
            if run and token:
                spans[line].append((column, length, token))
            column += length
    return spans


def _tokens(text: str, lexer: str) -> Iterator[tuple[str, str]]:
    """Yield the colour's token and the text of each run; pygments is imported when first needed."""
    from pygments.lexers import get_lexer_by_name

    reader = get_lexer_by_name(lexer, stripnl=False, ensurenl=False)
    for kind, value in reader.get_tokens(text):
        name = str(kind)
        yield next((token for prefix, token in _TOKENS if name.startswith(prefix)), ""), value
