"""The one place that names colours, fonts and spacing; built once and handed to every widget."""

from dataclasses import dataclass, fields
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication

from antiphon.core.events import Phase

SPACE = 4
"""The grid in pixels: every gap is a multiple of it."""
RADIUS = 6
TREE_ROW = 28
TABLE_ROW = 32
CONTROL = 32
"""Height of fields and buttons."""

Choice = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Tokens:
    bg: str
    side: str
    raised: str
    line: str
    border: str
    field: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    selection: str
    get: str
    post: str
    put: str
    patch: str
    delete: str
    key: str
    string: str
    number: str
    constant: str
    punctuation: str


LIGHT = Tokens(
    bg="#FFFFFF", side="#F6F6F8", raised="#FFFFFF", line="#E4E4E9", border="#828594", field="#F3F3F6",
    text="#1D1E24", dim="#666976", faint="#727582", accent="#4C5FD5", on_accent="#FFFFFF", selection="#E6E9FB",
    get="#0C775C", post="#975A00", put="#2865CE", patch="#814EC3", delete="#C6284B",
    key="#3B5BB5", string="#0E7A5F", number="#975A00", constant="#8250C4", punctuation="#666976",
)  # fmt: skip

DARK = Tokens(
    bg="#1B1C21", side="#151619", raised="#23242A", line="#2E3038", border="#797C8A", field="#24262D",
    text="#E4E5EA", dim="#9A9DA9", faint="#848793", accent="#7C8CF8", on_accent="#10111A", selection="#2B3056",
    get="#4CC9A4", post="#E8A94A", put="#6FA8FF", patch="#B794F4", delete="#F2728C",
    key="#8FB0FF", string="#7FD6B5", number="#E8A94A", constant="#C4A5F7", punctuation="#848793",
)  # fmt: skip

_METHODS = {"GET": "get", "HEAD": "get", "POST": "post", "PUT": "put", "PATCH": "patch", "DELETE": "delete"}
_STATUS = {2: "get", 3: "put", 4: "post", 5: "delete"}
_PHASES = {
    Phase.QUEUE: "line",
    Phase.DNS: "faint",
    Phase.TCP: "post",
    Phase.PROXY: "dim",
    Phase.TLS: "patch",
    Phase.SEND: "put",
    Phase.UPLOAD: "put",
    Phase.WAIT: "get",
    Phase.HEAD: "accent",
    Phase.DOWNLOAD: "accent",
}
_ZOOMS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


class Theme(QObject):
    """Colours and fonts as they are now; `changed` tells that either is another."""

    changed = Signal()

    def __init__(self, choice: Choice = "system", zoom: float = 1.0) -> None:
        super().__init__()
        self._choice: Choice = choice
        self._zoom = zoom
        self._colors: dict[str, QColor] = {}
        self.tokens = self._wanted()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _scheme: self._refresh())

    @property
    def choice(self) -> Choice:
        return self._choice

    @property
    def is_dark(self) -> bool:
        return self.tokens is DARK

    @property
    def zoom(self) -> float:
        return self._zoom

    def choose(self, choice: Choice) -> None:
        self._choice = choice
        self._refresh()

    def zoom_by(self, steps: int) -> None:
        """Make everything larger or smaller by *steps*; 0 goes back to the desktop's own size."""
        if steps == 0:
            self._zoom = 1.0
        else:
            nearest = min(range(len(_ZOOMS)), key=lambda index: abs(_ZOOMS[index] - self._zoom))
            self._zoom = _ZOOMS[max(0, min(len(_ZOOMS) - 1, nearest + steps))]
        self.apply()
        self.changed.emit()

    def zoom_by_wheel(self, event: QWheelEvent) -> bool:
        """Zoom where Ctrl is held; tell whether that was what the wheel was turned for."""
        is_zoom = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_zoom:
            turned = event.angleDelta().y()
            if turned:
                self.zoom_by(1 if turned > 0 else -1)
            event.accept()
        return is_zoom

    def color(self, token: str) -> QColor:
        """Return the colour of a token by its name (`bg`, `accent`, ...)."""
        color = self._colors.get(token)
        if color is None:
            color = self._colors[token] = QColor(getattr(self.tokens, token))
        return color

    def method_color(self, method: str) -> QColor:
        return self.color(_METHODS.get(method.upper(), "dim"))

    def status_color(self, status: int) -> QColor:
        return self.color(_STATUS.get(status // 100, "dim"))

    def phase_color(self, phase: Phase) -> QColor:
        return self.color(_PHASES[phase])

    def ui_font(self, step: int = 0, *, bold: bool = False) -> QFont:
        """Return the desktop's font, *step* points larger, at the window's zoom."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        return self._sized(font, step, bold=bold)

    def mono_font(self, step: int = 0, *, bold: bool = False) -> QFont:
        """Return the desktop's fixed-width font, *step* points larger, at the window's zoom."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        return self._sized(font, step, bold=bold)

    def px(self, pixels: float) -> int:
        """Return *pixels* of the unzoomed design at the window's zoom."""
        return round(pixels * self._zoom)

    def apply(self) -> None:
        """Give the application this theme's palette and font."""
        QApplication.setPalette(self.palette())
        QApplication.setFont(self.ui_font())

    def palette(self) -> QPalette:
        role = QPalette.ColorRole
        colors = {
            role.Window: "side", role.WindowText: "text", role.Base: "bg", role.AlternateBase: "side",
            role.Text: "text", role.PlaceholderText: "dim", role.Button: "field", role.ButtonText: "text",
            role.BrightText: "delete", role.Highlight: "selection", role.HighlightedText: "text",
            role.ToolTipBase: "raised", role.ToolTipText: "text", role.Link: "accent", role.LinkVisited: "accent",
            role.Light: "raised", role.Midlight: "line", role.Mid: "line", role.Dark: "border",
            role.Shadow: "line", role.Accent: "accent",
        }  # fmt: skip
        palette = QPalette()
        for color_role, token in colors.items():
            palette.setColor(color_role, self.color(token))
        for color_role in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, color_role, self.color("faint"))
        return palette

    def _sized(self, font: QFont, step: int, *, bold: bool) -> QFont:
        points = font.pointSizeF() if font.pointSizeF() > 0 else 10.0
        font.setPointSizeF(max(6.0, (points + step) * self._zoom))
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _wanted(self) -> Tokens:
        if self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._choice == "dark"
        return DARK if dark else LIGHT

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is self.tokens:
            return
        self.tokens = wanted
        self._colors.clear()
        self.apply()
        self.changed.emit()


def token_names() -> list[str]:
    return [field.name for field in fields(Tokens)]
