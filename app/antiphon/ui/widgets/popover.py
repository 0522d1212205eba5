"""The ground of lists that open over the page."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView

from antiphon.ui.theme import Theme


def set_raised(view: QAbstractItemView, theme: Theme) -> None:
    """Give a list that is about to open the ground of menus, as the theme has it now."""
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Base, theme.color("raised"))
    view.setPalette(palette)
