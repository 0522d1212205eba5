"""A document's answer compared with another: which one, how, and what was found."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.body.compare import CompareOptions, Manner
from antiphon.body.comparison import Comparison
from antiphon.body.ignored_paths import Pattern, pattern_of, patterns_of
from antiphon.core.errors import UserError
from antiphon.store.ignored import ignored_paths, keep_ignored_paths
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.sides import Side, side_of, side_of_file

POLL_MS = 30

Other = Literal["previous", "kept", "elsewhere", "file"]
"""What the answer is compared with; `elsewhere`: the answer in another environment."""


class Comparing(QObject):
    """Compares anew whenever the document has another answer; the newest comparison wins.

    Attributes:
        sides: What is compared now; None while there is nothing to compare.
        comparison: The work on their bodies.
        problem: Why there is none, where that is no other's fault, as a sentence.
    """

    changed = Signal()

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.sides: tuple[Side, Side] | None = None
        self.comparison: Comparison | None = None
        self.problem = ""
        self._wanted: Other | None = None
        self._file: Path | None = None
        self._elsewhere: tuple[ExchangeFeed, str] | None = None
        self._compared: tuple[object, object] | None = None
        self._feed: ExchangeFeed | None = None
        self._ignored_text = ignored_paths(document.key)
        self._options = CompareOptions(ignored=_readable_patterns(self._ignored_text))
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        document.sent.connect(self._follow)
        document.kept_changed.connect(self.refresh)
        self._follow()

    # What is compared

    @property
    def other(self) -> Other | None:
        """What the answer is compared with: what was chosen while it is there, else what there is."""
        available = self.available
        if self._wanted in available:
            return self._wanted
        return available[0] if available else None

    @property
    def available(self) -> list[Other]:
        """Return what the answer can be compared with."""
        document = self.document
        found: list[Other] = []
        if self._elsewhere is not None:
            found.append("elsewhere")
        if document.kept is not None and document.kept is not document.feed:
            found.append("kept")
        if document.previous is not None:
            found.append("previous")
        if self._file is not None:
            found.append("file")
        return found

    @property
    def file(self) -> Path | None:
        return self._file

    @property
    def environment(self) -> str:
        """The other environment whose answer there is, empty for none."""
        return self._elsewhere[1] if self._elsewhere is not None else ""

    @property
    def is_waiting(self) -> bool:
        """Whether the answer is still to come."""
        return self._feed is not None and not self._feed.exchange.is_over

    def choose(self, other: Other) -> None:
        self._wanted = other
        self.refresh()

    def choose_file(self, file: Path) -> None:
        self._file = file
        self._compared = None  # it may have been written anew
        self.choose("file")

    def take_elsewhere(self, feed: ExchangeFeed, environment: str) -> None:
        """Compare with *feed*, the answer in another *environment*, which this closes in the end."""
        self._drop_elsewhere()
        self._elsewhere = (feed, environment)
        self.choose("elsewhere")

    # How

    @property
    def options(self) -> CompareOptions:
        return self._options

    @property
    def ignored_text(self) -> str:
        """The ignored paths as they were typed."""
        return self._ignored_text

    def set_manner(self, manner: Manner) -> None:
        self._set_options(replace(self._options, manner=manner))

    def set_order_matters(self, order_matters: bool) -> None:
        self._set_options(replace(self._options, order_matters=order_matters))

    def set_numbers_by_value(self, numbers_by_value: bool) -> None:
        self._set_options(replace(self._options, numbers_by_value=numbers_by_value))

    def ignore(self, text: str) -> None:
        """Pass over the paths in *text* from now on, for this request.

        Raises:
            UserError: one of them cannot be read; all stays as it was.
        """
        patterns = patterns_of(text)
        if text != self._ignored_text:
            self._ignored_text = text
            keep_ignored_paths(self.document.key, text)
        self._set_options(replace(self._options, ignored=patterns))

    def ignore_also(self, path: str) -> None:
        """Pass over *path*, too; a number of an element stands for all of them."""
        pattern_of(path)
        self.ignore(f"{self._ignored_text.rstrip(' ,')} {path}".strip())

    # Work

    def refresh(self) -> None:
        """Compare what there is now, unless that is what is compared."""
        other, feed = self.other, self.document.feed
        if other is None or feed is None or not feed.exchange.is_over:
            self._compared = None
            self._end()
            self.changed.emit()
            return
        subject = (feed, self._subject(other))
        if subject != self._compared:
            self._compared = subject
            self._end()
            self._take_sides(other, feed)
            self._start()

    def close(self) -> None:
        """End all work and give back the bodies."""
        self._end()
        self._drop_elsewhere()
        if self._feed is not None:
            self._feed.changed.disconnect(self._look)
            self._feed = None

    def _subject(self, other: Other) -> object:
        document = self.document
        return {
            "previous": document.previous,
            "kept": document.kept,
            "elsewhere": self._elsewhere,
            "file": self._file,
        }[other]

    def _take_sides(self, other: Other, feed: ExchangeFeed) -> None:
        self.problem = ""
        try:
            left = self._side(other)
        except UserError as error:
            self.problem = f"{error.title} {error.detail}"
            return
        try:
            self.sides = (left, side_of(feed, "Answer shown"))
        except UserError as error:
            left.close()
            self.problem = f"{error.title} {error.detail}"

    def _side(self, other: Other) -> Side:
        document = self.document
        match other:
            case "previous" if document.previous is not None:
                return side_of(document.previous, "Answer before")
            case "kept" if document.kept is not None:
                return side_of(document.kept, "Kept answer")
            case "elsewhere" if self._elsewhere is not None:
                return side_of(self._elsewhere[0], self._elsewhere[1])
            case "file" if self._file is not None:
                return side_of_file(self._file)
        raise AssertionError(other)

    def _set_options(self, options: CompareOptions) -> None:
        if options != self._options:
            self._options = options
            self._start()

    def _start(self) -> None:
        if self.comparison is not None:
            self.comparison.close()
            self.comparison = None
        if self.sides is not None:
            left, right = self.sides
            try:
                self.comparison = Comparison(left.body, right.body, self._options)
                self._timer.start()
            except OSError as error:
                self.problem = f"The bodies cannot be compared: {error.strerror or error}."
        self.changed.emit()

    def _poll(self) -> None:
        if self.comparison is None or self.comparison.poll():
            self._timer.stop()
        self.changed.emit()

    def _end(self) -> None:
        self._timer.stop()
        if self.comparison is not None:
            self.comparison.close()
        for side in self.sides or ():
            side.close()
        self.comparison = self.sides = None

    def _follow(self) -> None:
        """Watch the answer that the document has now."""
        if self._feed is not None:
            self._feed.changed.disconnect(self._look)
        self._feed = self.document.feed
        if self._feed is not None:
            self._feed.changed.connect(self._look)
        self.refresh()

    def _look(self) -> None:
        if self._feed is not None and self._feed.exchange.is_over:
            self.refresh()

    def _drop_elsewhere(self) -> None:
        if self._elsewhere is not None:
            self._elsewhere[0].close()
            self._elsewhere = None


def _readable_patterns(text: str) -> tuple[Pattern, ...]:
    try:
        return patterns_of(text)
    except UserError:  # kept by another version
        return ()
