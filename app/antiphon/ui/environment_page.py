"""The tab of one environment: its variables, and its secrets, whose values never reach a file of the collection."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from antiphon.core.document import Variable
from antiphon.core.errors import UserError
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton
from antiphon.ui.widgets.rows import CHECK, DESCRIPTION, NAME, VALUE, Row
from antiphon.ui.widgets.table import RowsTable
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench

_DOTS = "••••••••"


class EnvironmentPage(QWidget):
    """Edits one environment; nothing is written before Save."""

    changed = Signal()

    def __init__(self, theme: Theme, workbench: Workbench, collection: OpenCollection, name: str) -> None:
        super().__init__()
        self.collection = collection
        self.name = name
        self._theme = theme
        self._workbench = workbench
        self._saved = collection.load_environment(name)
        self._saved_secrets = {
            variable.name: collection.secret(name, variable.name)
            for variable in self._saved.variables
            if variable.is_secret
        }
        self._draft = self._saved
        self._secrets = dict(self._saved_secrets)
        self._shows_secrets = False
        self._title = QLabel(name, self)
        self._save = PrimaryButton(theme, "Save", self)
        self._save.setToolTip("Save the environment (Ctrl+S)")
        self._reveal = QuietButton(
            theme, "Show values", icon="eye", tip="Show the values of the secrets", parent=self
        )
        self.variables = RowsTable(theme, "Variable")
        self.secrets = RowsTable(theme, "Secret", columns=(CHECK, NAME, VALUE, DESCRIPTION), bulk_edit=False)
        self._where = QLabel(collection.secrets_place, self)
        self._where.setWordWrap(True)
        self._lay_out()
        self.setFocusProxy(self.variables)
        for before, after in (
            (self.variables, self._reveal),
            (self._reveal, self.secrets),
            (self.secrets, self._save),
        ):
            QWidget.setTabOrder(before, after)
        self._save.clicked.connect(lambda _checked: self.save())
        self._reveal.clicked.connect(self._toggle_secrets)
        self.variables.edited.connect(self._take_variables)
        self.secrets.edited.connect(self._take_secrets)
        collection.changed.connect(self._look_again)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show()

    @property
    def is_dirty(self) -> bool:
        return self._draft != self._saved or self._secrets != self._saved_secrets

    def save(self, *, over: bool = False) -> bool:
        """Write the environment and its secrets; tell whether that was done.

        What another program wrote meanwhile is written over only where *over* says so; else the user is asked.

        Raises:
            UserError: the file or the secret store cannot be written.
        """
        if not over and self.collection.load_environment(self.name) != self._saved:
            self._ask_about_conflict()
            return False
        self.collection.save_environment(self._draft, self._secrets)
        self._saved, self._saved_secrets = self._draft, dict(self._secrets)
        self._show()
        self._workbench.notify(Notice(f"Saved the environment {self.name}."))
        return True

    def _ask_about_conflict(self) -> None:
        def take_theirs() -> None:
            self._draft = self._saved = self.collection.load_environment(self.name)
            self._secrets = dict(self._saved_secrets)
            self._show()

        self._workbench.notify(
            Notice(
                f"The environment {self.name} was changed outside Antiphon.",
                "Nothing was written. Choose which of the two stays.",
                "warning",
                (
                    Action("Keep mine", lambda: self.save(over=True)),
                    Action("Take the one on disk", take_theirs),
                ),
            )
        )

    def _look_again(self) -> None:
        """Take over what another program wrote, unless it is being edited here."""
        if self.is_dirty or self.name not in self.collection.environment_names:
            return
        try:
            fresh = self.collection.load_environment(self.name)
        except UserError:
            return  # the file is broken now; what is shown stays readable
        if fresh != self._saved:
            self._draft = self._saved = fresh
            self._show()

    def _take_variables(self, rows: tuple[Row, ...]) -> None:
        plain = [Variable(row.name, row.value, row.enabled, description=row.description) for row in rows]
        secret = [variable for variable in self._draft.variables if variable.is_secret]
        self._draft = replace(self._draft, variables=(*plain, *secret))
        self._show()

    def _take_secrets(self, rows: tuple[Row, ...]) -> None:
        plain = [variable for variable in self._draft.variables if not variable.is_secret]
        before = [variable.name for variable in self._draft.variables if variable.is_secret]
        secrets: dict[str, str] = {}
        for index, row in enumerate(rows):
            if row.value != _DOTS or self._shows_secrets:
                secrets[row.name] = row.value
            else:
                known = (
                    row.name if row.name in self._secrets else before[index] if index < len(before) else ""
                )
                secrets[row.name] = self._secrets.get(known, "")
        self._secrets = secrets
        variables = [
            Variable(row.name, "", row.enabled, is_secret=True, description=row.description) for row in rows
        ]
        self._draft = replace(self._draft, variables=(*plain, *variables))
        self._show()

    def _toggle_secrets(self) -> None:
        self._shows_secrets = not self._shows_secrets
        self._reveal.setText("Hide values" if self._shows_secrets else "Show values")
        self._reveal.set_icon("eye-off" if self._shows_secrets else "eye")
        self._show()

    def _show(self) -> None:
        variables = self._draft.variables
        self.variables.show_rows([_row(known, known.value) for known in variables if not known.is_secret])
        self.secrets.show_rows(
            [_row(known, self._shown(known.name)) for known in variables if known.is_secret]
        )
        self._save.setEnabled(self.is_dirty)
        self.changed.emit()

    def _shown(self, name: str) -> str:
        value = self._secrets.get(name, "")
        return value if self._shows_secrets or not value else _DOTS

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._save)
        middle = QHBoxLayout()
        self._heading = QLabel("Secrets", self)
        middle.addWidget(self._heading)
        middle.addWidget(self._where, 1)
        middle.addWidget(self._reveal)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(top)
        column.addWidget(self.variables, 3)
        column.addLayout(middle)
        column.addWidget(self.secrets, 2)

    def _restyle(self) -> None:
        self._title.setFont(self._theme.ui_font(2, bold=True))
        self._heading.setFont(self._theme.ui_font(bold=True))
        palette = self._where.palette()
        palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
        self._where.setPalette(palette)


def _row(variable: Variable, value: str) -> Row:
    return Row(variable.name, value, variable.enabled, variable.description)
