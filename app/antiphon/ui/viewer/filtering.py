"""The filter of a body panel: a button, until it is opened; only then its widgets are made and its libraries read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from antiphon.body.store import SpooledSource
from antiphon.render.filter_languages import FILTERED
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.keys import native

if TYPE_CHECKING:
    from antiphon.ui.viewer.filter_work import FilterWork


class Filtering(QObject):
    """Tell it with `follow` what body there is, and with `offer` what the button is for.

    Where `follow` answers True, the page of results stands in for the body.
    """

    built = Signal(QWidget, QWidget)
    """Bar and page of results are there, to be laid out."""
    changed = Signal()
    """What `follow` answers, or what is in the page, may be another."""
    closed = Signal()
    """The bar was open and is not any more."""
    told = Signal(str, str)
    """Level and sentence of a notice for the user."""
    used = Signal(str)
    """This expression is worth remembering."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place = parent
        self._recent: Sequence[str] = ()
        self._is_refused = False
        self.can_filter = False
        """Whether there is a body that can be filtered."""
        self._is_wrapped = False
        self.work: FilterWork | None = None
        """None until the filter is opened for the first time."""
        keys = native("Ctrl+Shift+F")
        self.button = QuietButton(theme, icon="filter", tip=f"Filter by JSONPath or XPath ({keys})")
        self.button.setCheckable(True)
        self.button.clicked.connect(lambda on: self.open() if on else self.close())

    @property
    def is_on(self) -> bool:
        """Whether the bar is open."""
        return self.work is not None and self.work.is_on

    @property
    def page(self) -> QWidget | None:
        """The page of results; None until the filter is opened for the first time."""
        return None if self.work is None else self.work.page

    @property
    def shows_text(self) -> bool:
        """Whether the results are rows of text."""
        return self.work is not None and self.work.page.shows_text

    def offer(self, language: Language | None) -> None:
        """Show the button for a body in *language*, or hide it; None says that there is no body."""
        self.can_filter = language in FILTERED
        self._is_refused = language is not None and not self.can_filter
        self.button.setVisible(self.can_filter)
        self.button.setChecked(self.is_on)

    def open(self) -> None:
        """Open the bar, or bring it into focus; says so where the body cannot be filtered."""
        if self._is_refused and not self.is_on:
            self.told.emit("info", "Only JSON, XML, SVG and HTML can be filtered.")
            return
        if self.work is None:
            self._build()
        self.work.open()

    def close(self) -> bool:
        """Close bar and results, and end the process; tell whether the bar was open."""
        return self.work is not None and self.work.close()

    def follow(self, body: SpooledSource, language: Language, charset: str) -> bool:
        """Take note of the body that is there; the expression is looked for once it is over.

        Returns:
            Whether results stand in for it.
        """
        return self.work is not None and self.work.follow(body, language, charset)

    def forget(self) -> None:
        """Let go of the body; bar and expression stay for the next one."""
        if self.work is not None:
            self.work.forget()

    def close_work(self) -> None:
        """End all background work for good."""
        if self.work is not None:
            self.work.close_work()

    def show_recent(self, recent: Sequence[str]) -> None:
        """Offer these expressions, the newest first."""
        self._recent = tuple(recent)
        if self.work is not None:
            self.work.bar.show_recent(self._recent)

    def set_wrapped(self, is_wrapped: bool) -> None:
        self._is_wrapped = is_wrapped
        if self.work is not None:
            self.work.page.view.set_wrapped(is_wrapped)

    def _build(self) -> None:
        from antiphon.ui.viewer.filter_work import FilterWork

        self.work = work = FilterWork(self._theme, self._place)
        for mine, its in (
            (self.changed, work.changed),
            (self.closed, work.closed),
            (self.told, work.told),
            (self.used, work.used),
        ):
            its.connect(mine)
        self.show_recent(self._recent)
        self.set_wrapped(self._is_wrapped)
        self.built.emit(work.bar, work.page)
