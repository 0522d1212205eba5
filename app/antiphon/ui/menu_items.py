"""The rows of a menu: mark or icon, text, and the keys dimmed at the right."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionMenuItem

from antiphon.ui.icons import paint_icon
from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import Theme

_State = QStyle.StateFlag
_Kind = QStyleOptionMenuItem.MenuItemType
_BEFORE, _AFTER, _GAP = 28, 12, 32


def size(option: QStyleOptionMenuItem, wanted: QSize, theme: Theme) -> QSize:
    """Return the room an item needs; *wanted* is what the base style gives."""
    if option.menuItemType == _Kind.Separator:
        return QSize(wanted.width(), theme.px(9))
    text, _, keys = option.text.partition("\t")
    metrics = option.fontMetrics
    width = theme.px(_BEFORE + _AFTER) + metrics.horizontalAdvance(text.replace("&", ""))
    if keys:
        width += theme.px(_GAP) + metrics.horizontalAdvance(keys)
    return QSize(width + theme.px(20), max(theme.px(28), metrics.height() + 8))


def paint(option: QStyleOptionMenuItem, painter: QPainter, theme: Theme, *, shows_mnemonics: bool) -> None:
    if option.menuItemType == _Kind.Separator:
        middle = option.rect.center().y()
        painter.fillRect(option.rect.left() + 4, middle, option.rect.width() - 8, 1, theme.color("line"))
        return
    enabled = bool(option.state & _State.State_Enabled)
    if option.state & _State.State_Selected and enabled:
        paint_ground(painter, QRectF(option.rect), theme.color("selection"), radius=4)
    _paint_mark(option, painter, theme)
    _paint_words(option, painter, theme, enabled=enabled, shows_mnemonics=shows_mnemonics)


def _paint_mark(option: QStyleOptionMenuItem, painter: QPainter, theme: Theme) -> None:
    side = theme.px(16)
    place = QRect(option.rect.left() + theme.px(6), option.rect.center().y() - side // 2, side, side)
    if option.checkType != QStyleOptionMenuItem.CheckType.NotCheckable:
        if option.checked:
            paint_icon(painter, QRectF(place), "check", theme.color("accent"))
    elif not option.icon.isNull():
        option.icon.paint(painter, place)


def _paint_words(option, painter: QPainter, theme: Theme, *, enabled: bool, shows_mnemonics: bool) -> None:
    text, _, keys = option.text.partition("\t")
    inner = option.rect.adjusted(theme.px(_BEFORE), 0, -theme.px(_AFTER), 0)
    line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    mnemonics = Qt.TextFlag.TextShowMnemonic if shows_mnemonics else Qt.TextFlag.TextHideMnemonic
    painter.setFont(option.font)
    painter.setPen(theme.color("text" if enabled else "faint"))
    painter.drawText(inner, line | mnemonics | Qt.AlignmentFlag.AlignLeft, text)
    painter.setPen(theme.color("dim" if enabled else "faint"))
    painter.drawText(inner, line | Qt.AlignmentFlag.AlignRight, keys)
    if option.menuItemType == _Kind.SubMenu:
        side = theme.px(14)
        end = QRectF(inner.right() - side, inner.center().y() - side / 2, side, side)
        paint_icon(painter, end, "chevron-right", theme.color("dim"))
