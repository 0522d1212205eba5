"""The buttons above compared bodies: how JSON is compared, what is shown, where to go."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.body.compare import Outcome
from antiphon.ui.compare.copying import Copying
from antiphon.ui.compare.sentences import count_text
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.words import Words


class BodyControls(QWidget):
    folded_chosen = Signal(bool)
    step_asked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome: Outcome | None = None
        self._number: int | None = None
        self._is_comparing = False
        self.count = Words(theme, is_short=True)
        self.stop = QuietButton(theme, icon="stop", tip="Stop comparing (Alt+Q)")
        self.stop.hide()
        self.before = QuietButton(theme, icon="chevron-up", tip="Difference before (Shift+F8)")
        self.after = QuietButton(theme, icon="chevron-down", tip="Next difference (F8)")
        self.folded = QuietButton(theme, icon="rows", tip="Fold what is equal (Alt+D)")
        self.folded.setCheckable(True)
        self.folded.setChecked(True)
        self.copy = QuietButton(theme, icon="copy", tip="Copy all differences as text (Alt+C)")
        self.copying = Copying(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        for widget in (self.count, self.stop, self.before, self.after, self.folded, self.copy):
            row.addWidget(widget)
        self.before.clicked.connect(lambda _checked: self.step_asked.emit(-1))
        self.after.clicked.connect(lambda _checked: self.step_asked.emit(1))
        self.folded.clicked.connect(self.folded_chosen)
        self.copy.clicked.connect(lambda _checked: self.copying.start())

    def show_outcome(self, outcome: Outcome | None) -> None:
        self._outcome = outcome
        has_rows = outcome is not None and outcome.manner in {"structure", "lines"}
        for button in (self.folded, self.copy):
            button.setEnabled(has_rows)
        for button in (self.before, self.after):
            button.setEnabled(has_rows and outcome.differences > 0)
        self.show_number(None)

    def show_progress(self, progress: float | None) -> None:
        """Say in place of the count how far a comparison is that runs; None: none does."""
        if progress is not None:
            self.count.setText(f"Comparing… {progress:.0%}" if progress else "Comparing…")
        elif self._is_comparing:
            self.show_number(self._number)
        self._is_comparing = progress is not None
        self.stop.setVisible(bool(progress))  # not where it is over in a moment

    def show_number(self, number: int | None) -> None:
        """Say how many differences there are; *number* is the one at the caret, counted from 0."""
        self._number = number
        self.count.setText(count_text(self._outcome, number))

    def close_work(self) -> None:
        self.copying.stop()
