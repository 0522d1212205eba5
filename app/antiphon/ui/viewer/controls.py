"""The buttons of a body: how it is shown, and what is done with it; fewer where there is little room."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.modes import MODES, Mode
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.keys import native
from antiphon.ui.widgets.switcher import Switcher


class BodyControls(QWidget):
    """Modes as a pill and buttons beside it; in little room one button with the mode's name, and only the last button.

    What the hidden buttons do stands in the menu that the last one, *more*, opens.
    """

    def __init__(
        self,
        theme: Theme,
        choose: Callable[[str], None],
        buttons: Sequence[QWidget],
        more: QuietButton,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choose = choose
        self._fitting: list[Mode] = []
        self._are_modes_shown = False
        self._is_compact = False
        self.modes = Segmented(
            theme, [(mode.key, mode.title) for mode in MODES], name="How the body is shown"
        )
        self.mode_button = Switcher(theme, "How the body is shown", bold=False)
        next_way = f"{native('Ctrl+Alt+V')}: the next way"
        self.mode_button.setToolTip(f"How the body is shown ({next_way})")
        self.modes.explain(next_way)
        self._more = more
        self._wide = QWidget(self)
        _fill(QHBoxLayout(self._wide), buttons)
        _fill(QHBoxLayout(self), (self.modes, self.mode_button, self._wide, more))
        self.modes.chosen.connect(choose)
        self.mode_button.clicked.connect(lambda _checked: self._open_modes())
        self._arrange()
        chain = [*self.modes.buttons, self.mode_button, *buttons, more]
        for before, after in pairwise(chain):
            self.setTabOrder(before, after)

    def show_modes(self, fitting: Sequence[Mode], chosen: str, *, is_shown: bool) -> None:
        """Offer the modes *fitting*, *chosen* marked; none where *is_shown* is False."""
        if list(fitting) != self._fitting:
            self._fitting = list(fitting)
            for mode in MODES:
                self.modes.set_choice_visible(mode.key, mode in fitting)
        self.modes.show_choice(chosen)
        title = next((mode.title for mode in fitting if mode.key == chosen), "")
        if title != self.mode_button.text():
            self.mode_button.show_choice(title)
        if is_shown != self._are_modes_shown:
            self._are_modes_shown = is_shown
            self._arrange()

    @property
    def full_width(self) -> int:
        """Pixels that all of it takes."""
        modes = self.modes.sizeHint().width() if self._are_modes_shown else 0
        return modes + self._wide.sizeHint().width() + self._more.sizeHint().width() + 2 * SPACE

    def minimumSizeHint(self) -> QSize:
        """Return what the least of it takes."""
        modes = self.mode_button.sizeHint().width() + SPACE if self._are_modes_shown else 0
        return QSize(modes + self._more.sizeHint().width(), self._more.sizeHint().height())

    def set_compact(self, is_compact: bool) -> None:
        """Show less of it, or all."""
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self._arrange()

    def _arrange(self) -> None:
        self.modes.setVisible(self._are_modes_shown and not self._is_compact)
        self.mode_button.setVisible(self._are_modes_shown and self._is_compact)
        self._wide.setVisible(not self._is_compact)
        self.updateGeometry()

    def _open_modes(self) -> None:
        menu = QMenu(self)
        for mode in self._fitting:
            action = menu.addAction(mode.title, lambda key=mode.key: self._choose(key))
            action.setCheckable(True)
            action.setChecked(mode.title == self.mode_button.text())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mode_button.mapToGlobal(self.mode_button.rect().bottomLeft()))


def _fill(row: QHBoxLayout, widgets: Sequence[QWidget]) -> None:
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE)
    for widget in widgets:
        row.addWidget(widget)


def in_a_row(controls: BodyControls) -> QWidget:
    """Return *controls* at the right of a row of their own."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
    layout.addStretch()
    layout.addWidget(controls)
    return row
