"""A field whose text shows as dots until it is asked for; a mere `{{variable}}` is no secret and shows."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from antiphon.core.template import references
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.words import Words

IN_THE_FILE = "This stands in the file as you type it. Better: a {{variable}} with a secret value."


class SecretField(QWidget):
    """Says below it that a secret typed out *stands_in_file*, where it does."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        placeholder: str = "",
        stands_in_file: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.field = Field(theme, name, placeholder=placeholder, mono=True, variables=True, parent=self)
        self._eye = QuietButton(theme, icon="eye", tip=f"Show {name.lower()}", parent=self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._reveal)
        self.field.textChanged.connect(self._hide_or_show)
        self.hint = Words(theme, IN_THE_FILE, parent=self)
        self._stands_in_file = stands_in_file
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.field, 1)
        row.addWidget(self._eye)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.hint)
        self.setFocusProxy(self.field)
        self._hide_or_show()

    @property
    def is_hidden_text(self) -> bool:
        return self.field.echoMode() == QLineEdit.EchoMode.Password

    def _reveal(self, revealed: bool) -> None:
        self._eye.set_icon("eye-off" if revealed else "eye")
        word = f"{'Hide' if revealed else 'Show'} {self._name.lower()}"
        self._eye.setToolTip(word)
        self._eye.setAccessibleName(word)
        self._hide_or_show()

    def _hide_or_show(self) -> None:
        is_typed_out = bool(self.field.text()) and not any(references(self.field.text()))
        self.hint.setVisible(self._stands_in_file and is_typed_out)
        shown = self._eye.isChecked() or _is_reference(self.field.text())
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        if mode != self.field.echoMode():
            self.field.setEchoMode(mode)
            self.field.recolour()


def _is_reference(text: str) -> bool:
    """Answer whether *text* is one `{{name}}` and nothing else."""
    return any(found.start == 0 and found.end == len(text) for found in references(text))
