"""One part of a multipart body, shown by its own type: laid out JSON, text, a picture, a table, bytes."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from antiphon.body.pretty_body import PrettyBody
from antiphon.body.store import SpooledSource
from antiphon.body.transcoded import TranscodedBody
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.hex_page import HexPage
from antiphon.ui.viewer.preview_page import PreviewPage
from antiphon.ui.viewer.table_page import TablePage

STEP_MS = 16
_BUDGET_S = 0.004
_JSON = {"json", "jsonlines"}
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
        self._wide: TranscodedBody | None = None
        self._pretty: PrettyBody | None = None
        self._charset = "utf-8"
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
        for work in (self._pretty, self._wide):
            if work is not None:
                work.close()
        self._pretty = self._wide = None
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
        self._charset = media.charset
        if not media.is_ascii_compatible:
            self._wide, self._charset = TranscodedBody(body, media.charset), "utf-8"
        if media.language in _JSON:
            self._pretty = PrettyBody(self._wide or body, media.language)
        self.text.set_source(self._pretty or self._wide or body, media.language, self._charset)
        self._step()
        self._timer.start()

    def _step(self) -> None:
        """Lay out a little more; JSON that is none is shown as it came."""
        works = [work for work in (self._wide, self._pretty) if work is not None]
        for work in works:
            work.step(_BUDGET_S)
        pretty, body = self._pretty, self._body
        if pretty is not None and (pretty.fault or pretty.error) and body is not None:
            self._pretty = None
            self.text.set_source(self._wide or body, "text", self._charset)
            pretty.close()
        if body is None or (body.is_finished and all(work.is_finished for work in works)):
            self._timer.stop()
