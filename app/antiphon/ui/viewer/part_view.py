"""One part of a multipart body, shown by its own type: laid out JSON, text, a picture, a table, bytes."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from antiphon.body.printers.languages import LAID_OUT
from antiphon.body.reading import Reading
from antiphon.body.store import SpooledSource
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.hex_page import HexPage
from antiphon.ui.viewer.preview_page import PreviewPage
from antiphon.ui.viewer.table_page import TablePage

STEP_MS = 16
_BUDGET_S = 0.004
_PAGES: dict[str, Callable[[Theme], BodyPage]] = {
    "image": PreviewPage,
    "svg": PreviewPage,
    "csv": TablePage,
    "form": TablePage,
    "binary": HexPage,
}


class PartView(QStackedWidget):
    notice = Signal(str)
    """A sentence for the user."""
    reveal_asked = Signal(int, int)
    """Show these bytes (offset in the part, length) among the rows of the text."""

    def __init__(
        self, theme: Theme, nested: Callable[[Theme], BodyPage], parent: QWidget | None = None
    ) -> None:
        """Args:
        nested: Makes the page for a part that has parts itself.
        """
        super().__init__(parent)
        self._theme = theme
        self._makers = _PAGES | {"multipart": nested}
        self._pages: dict[Callable[[Theme], BodyPage], BodyPage] = {}
        self._body: SpooledSource | None = None
        self._reading: Reading | None = None
        """Of a part that is shown as text."""
        self._media = Media("text", "utf-8")
        self.text = BodyView(theme)
        self.text.setAccessibleName("Text of the part")
        self.text.set_wrapped(True)
        self.text.notice.connect(self.notice)
        self.addWidget(self.text)
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)

    def show_part(self, body: SpooledSource, media: Media) -> None:
        """Show *body*, or take note that it grew."""
        make = self._makers.get(media.language)
        if make is None:
            self._show_text(body, media)
            return
        page = self._pages.get(make)
        if page is None:
            page = self._pages[make] = make(self._theme)
            page.notice.connect(self.notice)
            page.reveal_asked.connect(self.reveal_asked)
            self.addWidget(page)
        if self.currentWidget() is not page:
            self.clear()
            self.setCurrentWidget(page)
        elif body is not self._body and not isinstance(page, PreviewPage):
            page.clear()  # a picture stays until the next one is drawn
        self._body = body
        page.show_body(body, media, is_over=body.is_finished)

    def clear(self) -> None:
        """Let go of the part and end all work on it."""
        self._timer.stop()
        self._body = None
        self.text.close_source()
        if self._reading is not None:
            self._reading.close()
            self._reading = None
        for page in self._pages.values():
            page.clear()

    def copy(self) -> None:
        """Copy what is selected, else all of the part."""
        page = self.currentWidget()
        if isinstance(page, BodyPage):
            page.copy()
            return
        start, end = self.text.selection
        if start == end:
            self.text.select_all()
        self.text.copy()

    def _show_text(self, body: SpooledSource, media: Media) -> None:
        if self._body is body and self.currentWidget() is self.text:
            return
        self.clear()
        self._body = body
        self.setCurrentWidget(self.text)
        reading, self._media = Reading(body), media
        self._reading = reading
        text, charset = self._plain(reading)
        shown = reading.laid_out(text, media.language) if media.language in LAID_OUT else text
        self.text.set_source(shown, media.language, charset)
        self._step()
        self._timer.start()

    def _step(self) -> None:
        """Lay out a little more; what is not what its type says is shown as it came."""
        reading = self._reading
        if reading is None:
            self._timer.stop()
            return
        reading.step(_BUDGET_S)
        pretty = reading.pretty
        if pretty is not None and (pretty.fault or pretty.error) and self.text.source is pretty:
            text, charset = self._plain(reading)
            self.text.set_source(text, "text", charset)
        if reading.is_settled:
            self._timer.stop()

    def _plain(self, reading: Reading) -> tuple[SpooledSource, str]:
        """Return the text as it came, and its charset."""
        media = self._media
        return reading.text(media.charset, has_one_byte_newlines=media.is_ascii_compatible)
