"""The tab that compares a request's answer with another: bodies row by row, headers and times fact by fact."""

from bisect import bisect_left
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from antiphon.body.compare import Outcome
from antiphon.ui.compare.area import CompareArea
from antiphon.ui.compare.body_controls import BodyControls
from antiphon.ui.compare.facts import header_pairs, time_pairs
from antiphon.ui.compare.ignore_bar import IgnoreBar
from antiphon.ui.compare.sentences import OUTDATED, STOPPED, ending, nothing_yet
from antiphon.ui.compare.tab import CompareTab
from antiphon.ui.compare.table import PairsTable
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.files import choose_files
from antiphon.ui.widgets.focus import leave
from antiphon.ui.widgets.tabbar import PanelTabs
from antiphon.ui.widgets.words import Words
from antiphon.workbench.comparing import Comparing

BODY, HEADERS, TIMES = range(3)
_FILE = "choose"


class ComparePage(CompareTab):
    """The whole of it."""

    def __init__(self, theme: Theme, comparing: Comparing, parent: QWidget | None = None) -> None:
        super().__init__(comparing, parent)
        self._theme = theme
        self._shown: object = None
        self._sides: object = None
        self.other = Choice(
            theme,
            [
                ("previous", "Answer before"),
                ("kept", "Kept answer"),
                ("elsewhere", ""),
                ("file", ""),
                (_FILE, "Choose a file…"),
            ],
            name="Compare with",
        )
        self.other.setToolTip("What the answer is compared with")
        self.keep = QuietButton(
            theme, "Keep the answer shown", tip="Keep it for comparing, whatever is sent after it"
        )
        self.tabs = PanelTabs(theme, "What is compared")
        self.controls = BodyControls(theme)
        self.ignore_bar = IgnoreBar(theme, comparing)
        self.manner = Segmented(
            theme, [("structure", "Structure"), ("lines", "Lines")], name="How JSON is compared"
        )
        self.manner.setToolTip("Value by value, or line by line (Alt+L)")
        self.area = CompareArea(theme)
        self.message = EmptyState(theme, "", "", [("Choose a file…", self.choose_file)])
        self.working = EmptyState(theme, "Comparing…", "", [("Stop", comparing.stop)])
        self.stopped = EmptyState(theme, *STOPPED, [("Compare again", comparing.refresh)])
        self.left_title, self.right_title = Words(theme, is_short=True), Words(theme, is_short=True)
        self.notes = Words(theme, ink="post")
        self.place = Words(theme, is_short=True)
        self.headers = PairsTable(theme, "Headers of both answers")
        self.times = PairsTable(theme, "Facts and times of both answers", with_difference=True)
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def outcome(self) -> Outcome | None:
        """What was found in the bodies; None before."""
        comparison = self.comparing.comparison
        return comparison.outcome if comparison is not None else None

    def close_work(self) -> None:
        """End all work; call before the page goes away."""
        self.controls.close_work()
        self.ignore_bar.close_work()
        self.area.show_pieces(None, None)
        super().close_work()

    def choose_file(self) -> None:
        """Ask for a file to compare with."""
        choose_files(self, "Compare with a file", lambda paths: self.comparing.choose_file(Path(paths[0])))
        self._show_other()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        alt = {
            Qt.Key.Key_I: self._ignore_place,
            Qt.Key.Key_P: self.ignore_bar.field.setFocus,
            Qt.Key.Key_C: self.controls.copy.click,
            Qt.Key.Key_L: self._next_manner,
            Qt.Key.Key_D: self.controls.folded.click,
            Qt.Key.Key_O: self.ignore_bar.order.click,
            Qt.Key.Key_N: self.ignore_bar.numbers.click,
            Qt.Key.Key_Q: self.comparing.stop,
        }
        if event.key() == Qt.Key.Key_F8:
            self.go(-1 if is_back else 1)
        elif event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in alt:
            alt[event.key()]()
        else:
            super().keyPressEvent(event)

    def go(self, step: int) -> None:
        """Go to the next difference (1) or the one before (-1)."""
        self.tabs.select(BODY)
        if self.area.go(step):
            self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    # What is shown

    def _refresh(self) -> None:
        self._show_other()
        sides = self.comparing.sides
        for title, side in zip((self.left_title, self.right_title), sides or (None, None), strict=True):
            title.setText(side.title if side is not None else "")
        comparing = self.comparing
        self.controls.show_progress(comparing.progress)
        key = (
            comparing.sides,
            comparing.comparison,
            self.outcome is not None,
            comparing.is_stopped,
            comparing.problem,
        )
        if key == self._shown and comparing.comparison is not None and comparing.comparison.is_done:
            return  # what is being compared will be shown when it is there
        self._shown = key
        self._show_body()
        self._show_facts()
        self._show_tab()

    def _show_other(self) -> None:
        comparing = self.comparing
        available, file = comparing.available, comparing.file
        self.other.setItemText(self.other.findData("file"), file.name if file is not None else "")
        self.other.setItemText(self.other.findData("elsewhere"), f"Answer in {comparing.environment}")
        for key in ("previous", "kept", "elsewhere", "file"):
            self.other.set_choice_visible(key, key in available)
        self.other.show_choice(comparing.other or _FILE)
        kept = comparing.document.kept
        self.keep.setEnabled(comparing.document.feed is not None and kept is not comparing.document.feed)

    def _show_body(self) -> None:
        comparison, outcome = self.comparing.comparison, self.outcome
        self.notes.say(" ".join(self._notes()))
        rows = comparison is not None and outcome is not None and outcome.manner in {"structure", "lines"}
        if comparison is not None and outcome is not None and rows:
            is_same = self.comparing.sides is self._sides  # only compared in another way
            near = self.area.left_row if is_same else 0
            self._sides = self.comparing.sides
            texts = comparison.text(0), comparison.text(1)
            self.area.show_pieces(comparison.pieces(), texts, near=near)
            was_message = self._body.currentWidget() is not self.area
            self._body.setCurrentWidget(self.area)
            if was_message:  # whoever waited for the rows wants to walk through them
                for widget in (self.message, self.working, self.other):
                    leave(widget, self.area)
        else:
            self.area.show_pieces(None, None)
            leave(self.area, self.tabs)
            self._body.setCurrentWidget(self._told())
        self.controls.show_outcome(outcome)
        self.tabs.set_mark(BODY, _mark(outcome))
        self._show_place()

    def _notes(self) -> list[str]:
        if self.outcome is None:
            return []
        return [*([OUTDATED] if self.comparing.is_stopped else []), *self.outcome.notes]

    def _told(self) -> EmptyState:
        """Return what stands in place of rows."""
        comparison = self.comparing.comparison
        if comparison is None or comparison.is_done or self.comparing.problem:
            self.message.tell(*self._words())
            return self.message
        if self.comparing.is_stopped:
            return self.stopped
        self.working.tell("Comparing…", f"{comparison.progress:.0%}" if comparison.progress else "")
        return self.working

    def _words(self) -> tuple[str, str]:
        """Return title and sentence of why there are no rows."""
        comparing = self.comparing
        comparison, sides = comparing.comparison, comparing.sides
        if comparing.problem:
            return "The answers cannot be compared", comparing.problem
        if comparison is None or sides is None:
            return nothing_yet(
                is_waiting=comparing.is_waiting, has_answer=comparing.document.feed is not None
            )
        if comparison.error:
            return "The bodies could not be compared", f"{comparison.error}."
        assert comparison.outcome is not None
        return ending(comparison.outcome, sides[0].body.body.size(), sides[1].body.body.size())

    def _show_facts(self) -> None:
        sides = self.comparing.sides
        left, right = (side.exchange for side in sides) if sides is not None else (None, None)
        has_both = left is not None and right is not None
        titles = (self.left_title.text(), self.right_title.text())
        for table in (self.headers, self.times):
            table.set_titles(*titles)
        headers = header_pairs(left, right) if has_both else []
        times = time_pairs(left, right) if has_both else []
        self.headers.show_pairs(headers)
        self.times.show_pairs(times)
        differing = sum(pair.sign.name != "EQUAL" for pair in headers)
        self.tabs.set_count(HEADERS, differing)

    def _show_tab(self) -> None:
        index = self.tabs.current
        comparing = self.comparing
        is_body = index == BODY
        self.controls.setVisible(is_body)
        is_json = comparing.sides is not None and all(
            side.body.language in {"json", "jsonlines"} for side in comparing.sides
        )
        self.manner.setVisible(is_body and is_json)
        self.manner.show_choice(comparing.options.manner)
        self.ignore_bar.setVisible(is_body and is_json and comparing.options.manner == "structure")
        self.notes.setVisible(is_body and bool(self.notes.text()))
        self._titles.setVisible(is_body)
        self.place.setVisible(is_body and self._body.currentWidget() is self.area)
        has_facts = bool(self.headers.facts.rows or self.times.facts.rows)
        self._no_facts.tell(
            "Nothing to set side by side", "Headers and times are there where both sides are answers."
        )
        pages = (self._body, self.headers, self.times)
        self._pages.setCurrentWidget(pages[index] if is_body or has_facts else self._no_facts)

    def _show_place(self) -> None:
        folds, piece = self.area.folds, self.area.piece
        if folds is None or piece is None:
            self.place.setText("")
            self.controls.show_number(None)
            return
        pieces = folds.pieces
        path = pieces.path(piece)
        self.place.setText(path)
        self.ignore_bar.ignore.setEnabled(bool(path))
        place = bisect_left(pieces.differences, piece)
        is_difference = place < len(pieces.differences) and pieces.differences[place] == piece
        self.controls.show_number(place if is_difference else None)

    # What the user does

    def _choose_other(self, key: str) -> None:
        if key == _FILE:
            self.choose_file()
        else:
            self.comparing.choose(key)

    def _ignore_place(self) -> None:
        folds, piece = self.area.folds, self.area.piece
        if folds is not None and piece is not None and (path := folds.pieces.path(piece)):
            self.ignore_bar.add(path)

    def _next_manner(self) -> None:
        if self.manner.isVisible():
            self.comparing.set_manner(
                "lines" if self.comparing.options.manner == "structure" else "structure"
            )

    def _connect(self) -> None:
        comparing, controls = self.comparing, self.controls
        comparing.changed.connect(self._refresh)
        comparing.document.edited.connect(self.renamed)
        self.other.chosen.connect(self._choose_other)
        self.keep.clicked.connect(lambda _checked: self.document.keep())
        self.tabs.selected.connect(lambda _index: self._show_tab())
        self.manner.chosen.connect(comparing.set_manner)
        controls.folded_chosen.connect(self.area.set_folded)
        controls.step_asked.connect(self.go)
        controls.stop.clicked.connect(lambda _checked: comparing.stop())
        controls.copying.follow(self.area, self.notice.emit)
        self.ignore_bar.left.connect(lambda: self.area.setFocus(Qt.FocusReason.OtherFocusReason))
        self.ignore_bar.ignore.clicked.connect(lambda _checked: self._ignore_place())
        self.area.current_changed.connect(self._show_place)
        self.area.notice.connect(self.notice)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, SPACE)
        top.setSpacing(2 * SPACE)
        label = Words(self._theme, "Compare with", is_short=True)
        label.setBuddy(self.other)
        for widget in (label, self.other, self.keep):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.manner)
        for title in ("Body", "Headers", "Times"):
            self.tabs.add(title)
        self.tabs.add_corner(self.controls)
        self._titles = QWidget()
        titles = QHBoxLayout(self._titles)
        titles.setContentsMargins(4 * SPACE, 2 * SPACE, 4 * SPACE, 2 * SPACE)
        for title in (self.left_title, self.right_title):
            title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            titles.addWidget(title, 1)
        self._no_facts = EmptyState(self._theme, "", "")
        self._body, self._pages = QStackedWidget(), QStackedWidget()
        for widget in (self.message, self.working, self.stopped, self.area):
            self._body.addWidget(widget)
        for widget in (self._body, self.headers, self.times, self._no_facts):
            self._pages.addWidget(widget)
        for words in (self.notes, self.place):
            words.setContentsMargins(4 * SPACE, SPACE, 4 * SPACE, SPACE)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.tabs)
        column.addWidget(self.ignore_bar)
        column.addWidget(self.notes)
        column.addWidget(self._titles)
        column.addWidget(self._pages, 1)
        column.addWidget(self.place)
        self.setFocusProxy(self.area)


def _mark(outcome: Outcome | None) -> str:
    if outcome is None or not outcome.differences:
        return ""
    return f"{outcome.differences:,}{'+' if outcome.is_limited else ''}"
