"""What the forms of auth share: fields that follow the attributes of a value."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from antiphon.core.document import Auth, NoAuth, OtherAuth
from antiphon.core.template import Scope
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import Segmented
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.file_field import FileField
from antiphon.ui.widgets.form import Form
from antiphon.ui.widgets.secret import SecretField
from antiphon.ui.widgets.table import RowsTable
from antiphon.ui.widgets.words import Words

Choices = Sequence[tuple[str, str]]


class AuthPage(QScrollArea):
    """A form of labelled fields for one kind of auth; it scrolls where there is little room."""

    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__()
        self._theme = theme
        self._take = take
        self._auth: Auth = NoAuth()
        self._rows: dict[str, QWidget] = {}
        self._showers: dict[str, Callable[[Any], object]] = {}
        inside = QWidget(self)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(5 * SPACE, 2 * SPACE, 4 * SPACE, 2 * SPACE)
        self.column.setSpacing(2 * SPACE)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.form = Form(theme, inside)
        self.column.addWidget(self.form)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)

    def show_auth(self, auth: Auth) -> None:
        """Show *auth*, where it is of the kind that this page has fields for."""
        self._auth = auth
        for attribute, show in self._showers.items():
            if hasattr(auth, attribute):
                show(getattr(auth, attribute))

    def set_scope(self, scope: Scope) -> None:
        for field in self.findChildren(Field):
            field.set_scope(scope)
        for table in self.findChildren(RowsTable):
            table.set_scope(scope)

    def set_base_dir(self, folder: Path | None) -> None:
        for field in self.findChildren(FileField):
            field.set_base_dir(folder)

    def field(self, title: str, attribute: str, *, placeholder: str = "", tip: str = "") -> Field:
        field = Field(self._theme, title, placeholder=placeholder, mono=True, variables=True, parent=self)
        field.setToolTip(tip)
        field.textEdited.connect(lambda text: self.change(**{attribute: text}))
        self.follow(title, attribute, field, field.show_text)
        return field

    def secret(self, title: str, attribute: str, *, placeholder: str = "") -> SecretField:
        secret = SecretField(self._theme, title, placeholder=placeholder, parent=self)
        secret.field.textEdited.connect(lambda text: self.change(**{attribute: text}))
        self.follow(title, attribute, secret, secret.field.show_text)
        return secret

    def segments(self, title: str, attribute: str, choices: Choices) -> Segmented:
        segments = Segmented(self._theme, choices, name=title, parent=self)
        segments.chosen.connect(lambda key: self.change(**{attribute: key}))
        self.follow(title, attribute, segments, segments.show_choice, is_wide=False)
        return segments

    def choice(self, title: str, attribute: str, choices: Choices) -> Choice:
        choice = Choice(self._theme, choices, name=title, parent=self)
        choice.chosen.connect(lambda key: self.change(**{attribute: key}))
        self.follow(title, attribute, choice, choice.show_choice, is_wide=False)
        return choice

    def check(self, title: str, words: str, attribute: str) -> QCheckBox:
        box = QCheckBox(words, self)
        box.clicked.connect(lambda checked: self.change(**{attribute: checked}))
        self.follow(title, attribute, box, box.setChecked, is_wide=False)
        return box

    def follow(
        self,
        title: str,
        attribute: str,
        widget: QWidget,
        show: Callable[[Any], object],
        *,
        is_wide: bool = True,
    ) -> None:
        """Append *widget* as the row of *attribute*, whose value *show* shows in it."""
        self._rows[attribute] = widget
        self._showers[attribute] = show
        self.form.add(title, widget, is_wide=is_wide)

    def show_rows(self, attributes: Sequence[str], visible: bool) -> None:
        """Show or hide the rows of *attributes*."""
        for attribute in attributes:
            self.form.set_row_visible(self._rows[attribute], visible)

    def change(self, **changes: Any) -> None:
        """Take *changes* as the user's edit."""
        changed = replace(self._auth, **changes)
        if changed != self._auth:
            self._auth = changed
            self._take(changed)
            self.edited(changed)

    def edited(self, auth: Auth) -> None:
        """Bring what depends on other fields in step with *auth*; a page without such has no use for it."""

    def lead_in(self) -> None:
        """Put the focus into the first field."""
        first = next(iter(self._rows.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)


class WordsPage(AuthPage):
    """Says in a sentence what is done; there is nothing to fill in."""

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__(theme, lambda _auth: None)
        self._label = Words(theme, words, parent=self)
        self.column.addWidget(self._label)

    def say(self, words: str) -> None:
        self._label.setText(words)


class OtherPage(WordsPage):
    def show_auth(self, auth: Auth) -> None:
        kind = auth.kind if isinstance(auth, OtherAuth) else ""
        self.say(
            f"“{kind}” is kept as it is in the file. Antiphon cannot send it yet: choose another kind to send."
        )
