"""The encoding that a body is read in: what it says itself, what its bytes tell, or what is chosen by hand."""

import threading
import time

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QActionGroup, QCursor
from PySide6.QtWidgets import QMenu

from antiphon.body.store import BodySource
from antiphon.render.charset import (
    CHARSETS,
    ORIGIN_WORDS,
    CharsetOrigin,
    charset_title,
    short_title,
)
from antiphon.render.charset_guess import SAMPLE_BYTES, guessed_charset
from antiphon.render.media import SNIFFED_BYTES, Media, media_of
from antiphon.render.undecodable import SLICE_BYTES, UndecodableBytes
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import QuietButton

CHECKED_BYTES = 1 << 20
"""So much from the beginning is looked through for what is no text."""
_MIXED = {"binary", "image", "multipart"}
"""Bodies that are no text, or not in one encoding."""
_POLL_MS = 30
_BUDGET_S = 0.002


class Encodings(QObject):
    """Reads bodies one after the other; a choice by hand holds for all of them. `changed`: read it anew."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.button = QuietButton(theme, "UTF-8", tip="Text encoding (Alt+E)")
        self.button.clicked.connect(lambda _checked: self.open_menu())
        self._chosen: str | None = None
        self._told: str | None = None
        self._body: BodySource | None = None
        self._media = Media("text", "utf-8")
        self._checked_bytes = 0
        self._undecodable = UndecodableBytes("utf-8")
        self._guess: _Guess | None = None
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def media_of(self, content_type: str, body: BodySource) -> Media:
        """Return language and charset of *body*, and look through its text from then on."""
        if body is not self._body:
            self.clear()
            self._body = body
        media = media_of(content_type, body.read(0, SNIFFED_BYTES), self._instead())
        if (media.charset, media.language) != (self._media.charset, self._media.language):
            self._checked_bytes = 0
            self._undecodable = UndecodableBytes(media.charset)
        if (
            media != self._media
            or media.charset_origin != self._media.charset_origin
            or not self._checked_bytes
        ):
            self._media = media
            self._tell()
        if media.language not in _MIXED and not self._is_checked():
            self._timer.start()
        return media

    def clear(self) -> None:
        """Let go of the body; what was chosen by hand stays."""
        self._timer.stop()
        self._body = self._guess = self._told = None
        self._media = Media("text", "utf-8")
        self._checked_bytes = 0
        self._undecodable = UndecodableBytes("utf-8")
        self._tell()

    def choose(self, charset: str | None) -> None:
        """Read bodies in *charset*; None goes back to what they say themselves."""
        if charset != self._chosen:
            self._chosen = charset
            self.changed.emit()

    @property
    def chosen(self) -> str | None:
        return self._chosen

    @property
    def undecodable_count(self) -> int:
        """Bytes found so far that are no text in the present charset."""
        return self._undecodable.count

    @property
    def is_settled(self) -> bool:
        """Whether what there is was looked through."""
        return not self._timer.isActive()

    def menu(self) -> QMenu:
        """Return the menu of encodings, the present one checked."""
        menu = QMenu(self.button)
        group = QActionGroup(menu)
        automatic = menu.addAction(self._automatic_words(), lambda: self.choose(None))
        automatic.setCheckable(True)
        automatic.setChecked(self._chosen is None)
        group.addAction(automatic)
        if self._undecodable.count:
            menu.addAction(self._fault_words()).setEnabled(False)
        menu.addSeparator()
        for codec, title in CHARSETS:
            action = menu.addAction(title, lambda codec=codec: self.choose(codec))
            action.setCheckable(True)
            action.setChecked(codec == self._chosen)
            group.addAction(action)
        return menu

    def open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        is_seen = self.button.isVisible()
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())) if is_seen else QCursor.pos())
        chosen = next((action for action in menu.actions() if action.isChecked()), menu.actions()[0])
        menu.setActiveAction(chosen)  # arrows go on from there, and a screen reader says it

    def _instead(self) -> tuple[str, CharsetOrigin] | None:
        if self._chosen is not None:
            return self._chosen, "chosen"
        return None if self._told is None else (self._told, "bytes")

    # Looking through

    def _poll(self) -> None:
        """Look through a little of what is there, and take what was guessed."""
        if self._guess is not None:
            self._take_guess(self._guess)
            return
        before, end = self._undecodable.count, time.perf_counter() + _BUDGET_S
        while self._body is not None and not self._is_checked() and time.perf_counter() < end:
            if not self._check(self._body):
                break
        if self._undecodable.count != before:
            self._tell()
        if self._is_checked() and self._guess is None:
            self._timer.stop()

    def _check(self, body: BodySource) -> bool:
        """Look through one slice; False where none is there yet, or its charset is being guessed."""
        was_over = body.is_finished
        content = body.read(self._checked_bytes, SLICE_BYTES)
        if len(content) < SLICE_BYTES and not was_over:
            return False
        count = self._undecodable.count
        is_last = was_over and self._checked_bytes + len(content) >= body.size_bytes
        self._undecodable.feed(content, is_last=is_last)
        if self._undecodable.count > count == 0 and self._media.charset_origin == "nobody":
            sample_from = (
                max(0, self._checked_bytes - SAMPLE_BYTES // 2)
                if content[:1024].isascii()
                else self._checked_bytes
            )
            self._guess = _Guess(body.read(sample_from, SAMPLE_BYTES))
        self._checked_bytes += max(1, len(content))
        return self._guess is None

    def _is_checked(self) -> bool:
        body = self._body
        if body is None or self._checked_bytes >= CHECKED_BYTES:
            return True
        return body.is_finished and self._checked_bytes >= max(1, body.size_bytes)

    def _take_guess(self, guess: "_Guess") -> None:
        if guess.is_alive():
            return
        self._guess = None
        if guess.charset != "utf-8" and self._chosen is None:
            self._told = guess.charset
            self.changed.emit()

    # Words

    def _tell(self) -> None:
        count = self._undecodable.count
        name = short_title(self._media.charset)
        self.button.setText(f"{name}, {count:,} bad ▾" if count else f"{name} ▾")
        self.button.setAccessibleName(f"Text encoding: {name}")
        told = f"{charset_title(self._media.charset)}, {ORIGIN_WORDS[self._media.charset_origin]}"
        words = f"{told}. {self._fault_words()}." if count else f"{told}."
        self.button.setToolTip(f"Text encoding (Alt+E): {words}")
        self.button.setAccessibleDescription(words)
        self.button.setEnabled(self._body is not None and self._media.language != "image")
        self.button.updateGeometry()

    def _automatic_words(self) -> str:
        if self._chosen is not None:
            return "Automatic"
        return f"Automatic ({short_title(self._media.charset)}, {ORIGIN_WORDS[self._media.charset_origin]})"

    def _fault_words(self) -> str:
        """Return `12 bytes are not UTF-8`, and where that was looked for where the body is longer."""
        count = self._undecodable.count
        unit = "byte" if self._media.is_ascii_compatible else "character"
        are = f"{unit} is" if count == 1 else f"{unit}s are"
        body = self._body
        place = " in the first MiB" if body is not None and body.size_bytes > CHECKED_BYTES else ""
        return f"{count:,} {are} not {short_title(self._media.charset)}{place}"


class _Guess(threading.Thread):
    """Tells a charset from a sample while the window goes on."""

    def __init__(self, sample: bytes) -> None:
        super().__init__(name="charset", daemon=True)
        self._sample = sample
        self.charset = "utf-8"
        self.start()

    def run(self) -> None:
        self.charset = guessed_charset(self._sample)
