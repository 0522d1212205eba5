"""A picture, an SVG or an HTML page as it looks, and in words what it is."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.body.store import SpooledSource
from antiphon.core.quantities import size_text
from antiphon.render.media import Media
from antiphon.ui.theme import CONTROL, LIGHT, SPACE, Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.picture import Facts, Picture
from antiphon.ui.viewer.picture_area import PictureArea
from antiphon.ui.viewer.picture_command import PIXEL_LIMIT, SOURCE_LIMIT_BYTES
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.words import Words

_AGAIN_S = 0.5
"""A picture that arrives is drawn again at most so often, and when it has grown by half."""


class PreviewPage(BodyPage):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._body: SpooledSource | None = None
        self._media = Media("image", "utf-8")
        self._is_over = False
        self._picture: Picture | None = None
        self._next: Picture | None = None
        self._drawn_bytes = 0
        self._drawn_s = 0.0
        self.area = PictureArea(theme)
        self.message = EmptyState(theme, "", "")
        self.words = Words(theme, is_short=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pause = QuietButton(theme, "Hold", tip="Hold the animation, or let it go on (Space)")
        self.fit = QuietButton(theme, "Fit", tip="Show the whole picture (0)")
        self.full = QuietButton(theme, "100 %", tip="One pixel as one pixel (1)")
        self.smaller = QuietButton(theme, icon="minus", tip="Smaller (−)")
        self.larger = QuietButton(theme, icon="plus", tip="Larger (+)")
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        is_other = body is not self._body or media != self._media
        self._body, self._media, self._is_over = body, media, is_over
        if is_other:
            self._drawn_bytes = 0
            if self._next is not None:
                self._next.close()
                self._next.deleteLater()
            if self._picture is None:
                self._say("Drawing…", "")
            self._draw(body)
        elif self._is_due(body):
            self._draw(body)

    def clear(self) -> None:
        self.area.set_picture(None)
        for picture in (self._picture, self._next):
            if picture is not None:
                picture.close()
                picture.deleteLater()
        self._picture = self._next = self._body = None
        self._drawn_bytes = 0

    def find(self) -> bool:
        """Say that a picture has no text; what else is previewed is searched in its text."""
        if self._media.language == "image":
            self.notice.emit("A picture has no text to find; Hex finds its bytes.")
            return True
        return False

    def copy(self) -> bool:
        """Copy what is seen as a picture."""
        if self.area.copy():
            self.notice.emit("What is seen was copied as a picture.")
        return True

    @property
    def picture(self) -> Picture | None:
        """What is shown, or its successor that is being decoded."""
        return self._next or self._picture

    # Drawing

    def _is_due(self, body: SpooledSource) -> bool:
        """Whether enough was added to what is drawn to draw it again."""
        size = body.size_bytes
        if size == self._drawn_bytes or self._next is not None:
            return False
        is_more = size >= self._drawn_bytes * 1.5 and time.monotonic() - self._drawn_s > _AGAIN_S
        return self._is_over or is_more

    def _draw(self, body: SpooledSource) -> None:
        if body.size_bytes > SOURCE_LIMIT_BYTES and self._media.language == "image":
            self._drawn_bytes = body.size_bytes
            limit = f"Pictures up to {SOURCE_LIMIT_BYTES >> 20} MiB are decoded; this one has {size_text(body.size_bytes)}."
            self._say("Too large to be shown", limit)
            return
        self._drawn_bytes, self._drawn_s = body.size_bytes, time.monotonic()
        kind = {"svg": "svg", "html": "html"}.get(self._media.language, "image")
        self._next = Picture(self)
        self._next.told.connect(self._take)
        self._next.open(body, kind, self._media.charset, LIGHT.bg)

    def _take(self) -> None:
        """Show what was decoded, or why it was not."""
        picture = self.sender()
        if picture is self._next and picture is not None:
            self._succeed(picture)
        if picture is self._picture and picture is not None:
            self._judge(picture.facts)

    def _succeed(self, picture: Picture) -> None:
        is_bad = bool(picture.facts.error or picture.facts.too_large)
        if is_bad and not self._is_over and self.area.facts is not None:
            self._next = None  # what is shown stays until more has come
            picture.close()
            picture.deleteLater()
            return
        old, self._picture, self._next = self._picture, picture, None
        self.area.set_picture(None if is_bad else picture, keeps_place=old is not None)
        if old is not None:
            old.close()
            old.deleteLater()

    def _judge(self, facts: Facts) -> None:
        if facts.too_large is not None:
            width, height = facts.too_large
            self._say(
                "Too large to be shown",
                f"{facts.format}, {width:,} × {height:,} pixels; pictures up to {PIXEL_LIMIT // 1_000_000} million "
                "pixels are decoded. Save it to look at it elsewhere.",
            )
        elif facts.error:
            so_far = "" if self._is_over else " so far"
            self._say(f"It cannot be shown{so_far}", f"{facts.error.rstrip('.')}.")
        else:
            self._pages.setCurrentWidget(self.area)
            self._tell()

    # Words

    def _say(self, title: str, text: str) -> None:
        self.area.set_picture(None)
        self.message.tell(title, text)
        self._pages.setCurrentWidget(self.message)
        self._tell()

    def _tell(self) -> None:
        facts = self.area.facts
        is_shown = facts is not None and not facts.error
        for button in (self.fit, self.full, self.smaller, self.larger):
            button.setVisible(is_shown)
        self.fit.setVisible(is_shown and not facts.is_text)
        self.pause.setVisible(is_shown and facts.is_animated)
        self.pause.setText("Hold" if self.area.is_playing else "Go on")
        self.words.setText(self._fact_words(facts) if is_shown else "")
        self.area.setAccessibleDescription(self.words.text())

    def _fact_words(self, facts: Facts) -> str:
        assert self._body is not None
        words = [facts.format]
        if not facts.is_text:
            words.append("{:,.6g} × {:,.6g} pixels".format(*facts.size))
        words.append(f"{self._body.size_bytes:,} bytes{'' if self._is_over else ' so far'}")
        words.append(f"{self.area.zoom:.0%}".replace("%", " %"))
        return ", ".join([*words, *facts.notes])

    def _toggle_play(self) -> None:
        self.area.play(not self.area.is_playing)
        self._tell()

    def _connect(self) -> None:
        self.fit.clicked.connect(lambda _checked: self.area.fit())
        self.full.clicked.connect(lambda _checked: self.area.zoom_to(1.0))
        self.smaller.clicked.connect(lambda _checked: self.area.zoom_by(-1))
        self.larger.clicked.connect(lambda _checked: self.area.zoom_by(1))
        self.pause.clicked.connect(lambda _checked: self._toggle_play())
        self.area.zoomed.connect(self._tell)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(4 * SPACE, 0, 2 * SPACE, 0)
        foot.setSpacing(SPACE)
        foot.addStrut(self._theme.px(CONTROL))
        self.words.setMinimumWidth(1)
        foot.addWidget(self.words, 1)
        for button in (self.pause, self.smaller, self.larger, self.full, self.fit):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for page in (self.message, self.area):
            self._pages.addWidget(page)
        column.addWidget(self._pages, 1)
        column.addLayout(foot)
        self.read_in = self.area
