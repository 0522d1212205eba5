"""One family of icons on a 16 px grid, drawn as SVG and coloured from tokens when they are painted."""

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from antiphon.core.launch import resources
from antiphon.ui.theme import Theme

GRID = 16
_SCALES = (1.0, 1.5, 2.0, 3.0)


def icon_names() -> list[str]:
    return sorted(file.stem for file in _folder().glob("*.svg"))


def paint_icon(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Paint the icon *name* in the middle of *rect*, as large as its shorter side, sharp at any scale."""
    side = min(rect.width(), rect.height())
    target = QRectF(0, 0, side, side)
    target.moveCenter(rect.center())
    _renderer(name, color.name()).render(painter, target)


def prepared(color: QColor) -> Iterator[str]:
    """Read one icon after the other for *color* and give its name, a third of a millisecond each."""
    for name in icon_names():
        _renderer(name, color.name())
        yield name


def icon(theme: Theme, name: str, ink: str = "dim") -> QIcon:
    """Return the icon *name* in the present colour of the token *ink*; ask again after `theme.changed`."""
    return _icon(name, theme.color(ink).name(), theme.color("faint").name(), theme.px(GRID))


@lru_cache(maxsize=256)
def _icon(name: str, color: str, disabled: str, size: int) -> QIcon:
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(_pixmap(name, color, size, scale), QIcon.Mode.Normal)
        made.addPixmap(_pixmap(name, disabled, size, scale), QIcon.Mode.Disabled)
    return made


def _pixmap(name: str, color: str, size: int, scale: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * scale), round(size * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _renderer(name, color).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = (_folder() / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    return QSvgRenderer(QByteArray(drawing.encode()))


def _folder():
    return resources() / "icons" / "ui"
