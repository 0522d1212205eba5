"""A document's answer compared with another: which one, how, and what was found."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.body.compare import CompareOptions, Manner
from antiphon.body.comparison import Comparison
from antiphon.body.ignored_paths import Pattern, patterns_of
from antiphon.core.errors import UserError
from antiphon.store.ignored import ignored_paths, keep_ignored_paths
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.sides import Side, side_of, side_of_file

POLL_MS = 30

Other = Literal["previous", "kept", "elsewhere", "file"]
"""What the answer is compared with; `elsewhere`: the answer in another environment."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Two sides and the work on their bodies."""

    sides: tuple[Side, Side]
    comparison: Comparison


class Comparing(QObject):
    """Compares anew whenever the document has another answer; the newest comparison wins.

    What was found stays until something newer is found.

    Attributes:
        problem: Why nothing can be compared, as a sentence; empty where that is not so.
        is_stopped: Whether the newest comparison was stopped.
    """

    changed = Signal()

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.problem = ""
        self.is_stopped = False
        self._shown: Attempt | None = None
        self._running: Attempt | None = None
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

    @property
    def sides(self) -> tuple[Side, Side] | None:
        """What was compared, or is being compared for the first time; None where there is nothing."""
        attempt = self._shown or self._running
        return attempt.sides if attempt is not None else None

    @property
    def comparison(self) -> Comparison | None:
        """The work on the bodies of `sides`."""
        attempt = self._shown or self._running
        return attempt.comparison if attempt is not None else None

    @property
    def progress(self) -> float | None:
        """How far the comparison is that runs now, from 0 to 1; None where none runs."""
        return self._running.comparison.progress if self._running is not None else None

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

    # Work

    def refresh(self) -> None:
        """Compare what there is now, unless that is what is compared."""
        other, feed = self.other, self.document.feed
        if other is None or feed is None or not feed.exchange.is_over:
            self._compared = None
            self.is_stopped = False
            self._end()
            self.changed.emit()
            return
        subject = (feed, self._subject(other))
        if subject != self._compared:
            self._compared = subject
            self.problem = ""
            try:
                self._start(self._sides(other, feed))
            except UserError as error:
                self._fail(f"{error.title} {error.detail}")

    def stop(self) -> None:
        """End a comparison that runs; what was found before stays, and `refresh` or another way begins anew."""
        running, self._running = self._running, None
        if running is None:
            return
        self._timer.stop()
        if self._shown is None:  # headers and times are there all the same
            running.comparison.close()
            self._shown = running
        else:
            self._drop(running)
        self._compared = None
        self.is_stopped = True
        self.changed.emit()

    def close(self) -> None:
        """End all work and give back the bodies."""
        self.document.sent.disconnect(self._follow)
        self.document.kept_changed.disconnect(self.refresh)
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

    def _sides(self, other: Other, feed: ExchangeFeed) -> tuple[Side, Side]:
        left = self._side(other)
        try:
            return left, side_of(feed, "Answer shown")
        except UserError:
            left.close()
            raise

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
        if options == self._options:
            return
        self._options = options
        if self.is_stopped:  # what is shown may be older than the answers
            self.refresh()
        elif (newest := self._running or self._shown) is not None:
            self._start(newest.sides)

    def _start(self, sides: tuple[Side, Side]) -> None:
        self.is_stopped = False
        former = self._running
        try:
            self._running = Attempt(sides, Comparison(sides[0].body, sides[1].body, self._options))
        except OSError as error:
            self._running = None
            for side in sides:
                side.close()
            self._fail(f"{error.strerror or error}.")
        else:
            self._timer.start()
        self._drop(former)
        self.changed.emit()

    def _poll(self) -> None:
        running = self._running
        if running is not None and running.comparison.poll():
            former, self._shown, self._running = self._shown, running, None
            self._drop(former)
        if self._running is None:
            self._timer.stop()
        self.changed.emit()

    def _drop(self, attempt: Attempt | None) -> None:
        """End *attempt*; its sides stay where a newer one has them, too."""
        if attempt is None:
            return
        attempt.comparison.close()
        if not any(
            other is not None and other.sides is attempt.sides for other in (self._shown, self._running)
        ):
            for side in attempt.sides:
                side.close()

    def _fail(self, problem: str) -> None:
        self._end()
        self.problem = problem
        self.changed.emit()

    def _end(self) -> None:
        self._timer.stop()
        shown, running = self._shown, self._running
        self._shown = self._running = None
        for attempt in (shown, running):
            self._drop(attempt)

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
