"""Timeouts, each in seconds."""

import re
from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from antiphon.core.document import RequestOptions, Timeouts
from antiphon.ui.request.options.section import Section
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.words import Words

_TIMEOUTS = (
    ("connect_s", "Connect", "Until the connection stands, TLS included"),
    ("read_s", "Read", "Between two pieces of the response"),
    ("write_s", "Write", "Between two pieces of the request"),
    ("pool_s", "Pool", "For a free connection"),
    ("total_s", "Total", "For everything, redirects included"),
)
_SECONDS = re.compile(r"\d{1,7}(?:\.\d{0,3})?|\.\d{1,3}")


def seconds_of(text: str) -> float | None:
    """Return the seconds that *text* says, None for no limit; comma or point.

    Raises:
        ValueError: it says neither, or zero.
    """
    bare = text.strip().replace(",", ".")
    if not bare:
        return None
    if not _SECONDS.fullmatch(bare) or float(bare) == 0:
        raise ValueError(text)
    return float(bare)


def seconds_text(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.3f}".rstrip("0").rstrip(".")


class TimeoutsSection(Section):
    def __init__(self, theme: Theme) -> None:
        usual = "10, 60, 60, 10, no total"
        super().__init__(theme, "Timeouts", usual, ("timeouts",))
        self.fields = {key: self._seconds(title, tip) for key, title, tip in _TIMEOUTS}
        self.form.add("Seconds", self._row(), is_wide=False, buddy=self.fields["connect_s"])
        for key, field in self.fields.items():
            field.textEdited.connect(lambda text, key=key: self._take(key, text))
        theme.changed.connect(self._restyle)
        self._restyle()
        self.setFocusProxy(self.fields["connect_s"])

    def show_fields(self, options: RequestOptions) -> None:
        for key, field in self.fields.items():
            _show_unless_same(field, getattr(options.timeouts, key))

    def _seconds(self, title: str, tip: str) -> Field:
        field = Field(self.theme, f"{title} timeout in seconds", placeholder="none", mono=True, parent=self)
        field.setToolTip(f"{tip}; empty for no limit")
        return field

    def _row(self) -> QWidget:
        frame = QWidget(self)
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        for key, title, _tip in _TIMEOUTS:
            column = QVBoxLayout()
            column.setSpacing(SPACE // 2)
            label = Words(self.theme, title, is_short=True, parent=frame)
            label.setBuddy(self.fields[key])
            column.addWidget(label)
            column.addWidget(self.fields[key])
            row.addLayout(column)
        return frame

    def _take(self, key: str, text: str) -> None:
        field = self.fields[key]
        try:
            seconds = seconds_of(text)
        except ValueError:
            field.set_invalid("Give seconds, such as 10 or 2.5, or nothing for no limit.")
            return
        field.set_invalid("")
        timeouts: Timeouts = replace(self.options.timeouts, **{key: seconds})
        self.change(timeouts=timeouts)

    def _restyle(self) -> None:
        for field in self.fields.values():
            field.setFixedWidth(self.theme.px(68))


def _show_unless_same(field: Field, seconds: float | None) -> None:
    """Show *seconds* unless the field says so already in its own way (`2.50`, `2,5`)."""
    try:
        if seconds_of(field.text()) == seconds:
            return
    except ValueError:
        if field.hasFocus():
            return
    field.set_invalid("")
    field.show_text(seconds_text(seconds))
