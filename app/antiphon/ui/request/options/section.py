"""A group of options under a small heading, which says what is usual and takes the group back to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from antiphon.core.document import RequestOptions
from antiphon.core.template import Scope
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.file_field import FileField
from antiphon.ui.widgets.form import Form
from antiphon.ui.widgets.words import Words

USUAL = RequestOptions()


class Section(QWidget):
    """Options go in by `show_options`, edited ones come out by `edited`."""

    edited = Signal(object)
    """The `RequestOptions` after the user changed this group of them."""

    def __init__(self, theme: Theme, title: str, usual: str, names: Sequence[str]) -> None:
        """Make an empty group for the fields *names* of `RequestOptions`; *usual* says their defaults."""
        super().__init__()
        self.theme = theme
        self.title = title
        self.names = tuple(names)
        self.options = USUAL
        self.heading = Words(theme, title, "text", is_short=True, is_bold=True, parent=self)
        self.changed_word = Words(theme, "changed", "post", is_short=True, parent=self)
        self.usual = Words(theme, f"Default: {usual}", parent=self)
        self.reset_button = QuietButton(theme, "Reset", tip=f"Reset to default: {usual}", parent=self)
        self.reset_button.setAccessibleName(f"Reset {title} to default")
        self.form = Form(theme, self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2 * SPACE)
        self._lay_out()
        self.reset_button.clicked.connect(lambda _checked: self.reset())

    @property
    def is_usual(self) -> bool:
        return all(getattr(self.options, name) == getattr(USUAL, name) for name in self.names)

    def show_options(self, options: RequestOptions) -> None:
        self.options = options
        self.show_fields(options)
        self.changed_word.setVisible(not self.is_usual)
        self.reset_button.setVisible(not self.is_usual)

    def show_fields(self, options: RequestOptions) -> None:
        """Bring the widgets in step with *options*; each group has its own."""

    def change(self, **changes: Any) -> None:
        """Take *changes* as the user's edit."""
        changed = replace(self.options, **changes)
        if changed != self.options:
            self.show_options(changed)
            self.edited.emit(changed)

    def reset(self) -> None:
        """Take this group back to what is usual; what is typed wrongly goes, too."""
        for field in self.findChildren(Field):
            field.set_invalid("")
        self.setFocus()
        self.change(**{name: getattr(USUAL, name) for name in self.names})
        self.show_options(self.options)

    def set_scope(self, scope: Scope) -> None:
        for field in self.findChildren(Field):
            field.set_scope(scope)

    def set_base_dir(self, folder: Path | None) -> None:
        for field in self.findChildren(FileField):
            field.set_base_dir(folder)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.heading)
        row.addWidget(self.changed_word)
        row.addWidget(self.usual, 1)
        row.addWidget(self.reset_button)
        self.column.addLayout(row)
        self.column.addWidget(self.form)
