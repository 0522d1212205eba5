"""How the exchange is made: HTTP version, timeouts, redirects, certificates, encoding, cookies."""

import re
from dataclasses import fields, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from antiphon.core.document import RequestDocument, RequestOptions, Timeouts
from antiphon.core.template import Scope
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.files import choose_files
from antiphon.ui.widgets.popover import set_raised

VERSIONS = (
    ("auto", "Automatic"),
    ("1.1", "HTTP/1.1"),
    ("2", "HTTP/2"),
    ("2-prior-knowledge", "HTTP/2 without TLS (prior knowledge)"),
)
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


class OptionsPanel(Panel):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.version = _Choice(theme, self)
        self.version.setAccessibleName("HTTP version")
        for key, title in VERSIONS:
            self.version.addItem(title, key)
        self.timeouts = {key: self._seconds(title, tip) for key, title, tip in _TIMEOUTS}
        self.follow = QCheckBox("Follow redirects, at most", self)
        self.most = Field(theme, "Most redirects", mono=True, parent=self)
        self.verify = QCheckBox("Verify the server's certificate", self)
        self.warning = QLabel("Off: anyone on the way can read and change this exchange.", self)
        self.ca_file = Field(
            theme, "CA file", placeholder="The system's certificates", mono=True, variables=True, parent=self
        )
        self.choose = QuietButton(
            theme, "Choose…", icon="file", tip="Choose a PEM file to trust", parent=self
        )
        self.encode = QCheckBox("Percent-encode in the URL what may not stand there", self)
        self.cookies = QCheckBox("Send and keep cookies", self)
        self._lay_out()
        self._connect()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.show_draft()

    @staticmethod
    def count(draft: RequestDocument) -> int:
        """Return how many options are not what they are by default."""
        usual, now = RequestOptions(), draft.options
        return sum(getattr(usual, field.name) != getattr(now, field.name) for field in fields(RequestOptions))

    def show_draft(self) -> None:
        options = self.draft.options
        self.version.setCurrentIndex(self.version.findData(options.http_version))
        for key, field in self.timeouts.items():
            _show_unless_same(field, getattr(options.timeouts, key))
        self.follow.setChecked(options.follow_redirects)
        self.most.setEnabled(options.follow_redirects)
        if self.most.text() != str(options.max_redirects) and not self.most.hasFocus():
            self.most.show_text(str(options.max_redirects))
        self.verify.setChecked(options.verify)
        self.warning.setVisible(not options.verify)
        self.ca_file.show_text(options.ca_file)
        self.encode.setChecked(options.encode_url)
        self.cookies.setChecked(options.use_cookies)

    def set_scope(self, scope: Scope) -> None:
        self.ca_file.set_scope(scope)

    def _seconds(self, title: str, tip: str) -> Field:
        field = Field(self.theme, f"{title} timeout in seconds", placeholder="none", mono=True, parent=self)
        field.setToolTip(f"{tip}; empty for no limit")
        return field

    def _lay_out(self) -> None:
        inside = QWidget(self)
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(5 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        self._grid.setHorizontalSpacing(5 * SPACE)
        self._grid.setVerticalSpacing(2 * SPACE)
        self._grid.setColumnStretch(1, 1)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._add("HTTP version", _row(self.version))
        self._add("Timeouts in seconds", self._timeout_row())
        self._add("Redirects", _row(self.follow, self.most))
        certificates = _row(self.verify, stretch=False)
        self.warning.setWordWrap(True)
        certificates.addWidget(self.warning, 1)
        certificates.addStretch()
        self._add("Certificates", certificates)
        self._add("CA file", _row(self.ca_file, self.choose, stretch=False))
        self._add("URL", _row(self.encode))
        self._add("Cookies", _row(self.cookies))
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.setFocusProxy(self.version)

    def _add(self, title: str, content: QHBoxLayout) -> None:
        row = self._grid.rowCount()
        label = QLabel(title, self)
        self._labels = [*getattr(self, "_labels", []), label]
        self._grid.addWidget(label, row, 0)
        self._grid.addLayout(content, row, 1)

    def _timeout_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE)
        for key, title, _tip in _TIMEOUTS:
            column = QVBoxLayout()
            column.setSpacing(SPACE // 2)
            label = QLabel(title, self)
            label.setBuddy(self.timeouts[key])
            column.addWidget(label)
            column.addWidget(self.timeouts[key])
            row.addLayout(column)
        row.addStretch()
        return row

    def _connect(self) -> None:
        self.version.activated.connect(lambda _index: self._change(http_version=self.version.currentData()))
        for key, field in self.timeouts.items():
            field.textEdited.connect(lambda text, key=key: self._take_seconds(key, text))
        self.follow.clicked.connect(lambda checked: self._change(follow_redirects=checked))
        self.most.textEdited.connect(self._take_most)
        self.verify.clicked.connect(lambda checked: self._change(verify=checked))
        self.ca_file.textEdited.connect(lambda text: self._change(ca_file=text))
        self.encode.clicked.connect(lambda checked: self._change(encode_url=checked))
        self.cookies.clicked.connect(lambda checked: self._change(use_cookies=checked))
        self.choose.clicked.connect(self._choose)

    def _change(self, **changes: object) -> None:
        self.tell(replace(self.draft, options=replace(self.draft.options, **changes)))
        self.show_draft()

    def _take_seconds(self, key: str, text: str) -> None:
        field = self.timeouts[key]
        try:
            seconds = seconds_of(text)
        except ValueError:
            field.set_invalid("Give seconds, such as 10 or 2.5, or nothing for no limit.")
            return
        field.set_invalid("")
        timeouts: Timeouts = replace(self.draft.options.timeouts, **{key: seconds})
        self._change(timeouts=timeouts)

    def _take_most(self, text: str) -> None:
        if not text.isdecimal() or len(text) > 4:
            self.most.set_invalid("Give a whole number, such as 10.")
            return
        self.most.set_invalid("")
        self._change(max_redirects=int(text))

    def _choose(self) -> None:
        def take(paths: list[str]) -> None:
            self._change(ca_file=paths[0])

        choose_files(self, "Choose certificates to trust", take, kinds="Certificates (*.pem *.crt *.cer)")

    def _restyle(self) -> None:
        for field in self.timeouts.values():
            field.setFixedWidth(self.theme.px(72))
        self.most.setFixedWidth(self.theme.px(56))
        self.ca_file.setMaximumWidth(self.theme.px(460))
        _colour(self.warning, self.theme, "delete")
        for label in self._labels:
            _colour(label, self.theme, "dim")


class _Choice(QComboBox):
    """Does not change by a wheel that was meant to scroll the panel."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def showPopup(self) -> None:
        set_raised(self.view(), self._theme)
        super().showPopup()

    def wheelEvent(self, event) -> None:
        event.ignore()


def _row(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * SPACE)
    for widget in widgets:
        row.addWidget(widget)
    if stretch:
        row.addStretch()
    return row


def _colour(label: QLabel, theme: Theme, token: str) -> None:
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, theme.color(token))
    label.setPalette(palette)


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
