"""The style that rows share, made from the theme."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QTextCharFormat

from antiphon.ui.theme import Theme
from antiphon.ui.viewer.row_layout import Style

LINE_SPACING = 1.35
SHADES = ("key", "string", "number", "constant", "punctuation", "faint")


def make_style(
    theme: Theme, wrap_width: float | None, *, is_prose: bool = True, shows_invisible: bool = False
) -> Style:
    """Return fonts, colours and sizes as they are now; *wrap_width* in pixels, None for rows that run on.

    Args:
        is_prose: The text has no syntax that stands from left to right, so its first letter says where it begins.
    """
    font = theme.mono_font()
    metrics = QFontMetricsF(font)
    line_height = round(metrics.height() * LINE_SPACING)
    return Style(
        font=font,
        formats={shade: _ink(theme, shade) for shade in SHADES},
        text=theme.color("text"),
        char_width=metrics.horizontalAdvance("0" * 1000) / 1000,
        line_height=line_height,
        baseline=(line_height - metrics.height()) / 2 + metrics.ascent(),
        wrap_width=wrap_width,
        direction=Qt.LayoutDirection.LayoutDirectionAuto if is_prose else Qt.LayoutDirection.LeftToRight,
        shows_invisible=shows_invisible,
    )


def _ink(theme: Theme, token: str) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setForeground(theme.color(token))
    return look
