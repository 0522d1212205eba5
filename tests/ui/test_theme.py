"""Live switching, zoom, icons, and the style over all standard controls."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from antiphon.ui import style
from antiphon.ui.icons import icon, icon_names
from antiphon.ui.theme import DARK, LIGHT, Theme, token_names
from tests.test_tokens import contrast


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["key", "delete"])
def test_a_variable_can_be_read_on_its_chip(tokens, ink):
    assert contrast(getattr(tokens, ink), tokens.selection) >= 4.5


@pytest.fixture
def theme(qapp):
    return Theme("light")


def test_choosing_dark_changes_colours_and_tells_once(theme):
    told = []
    theme.changed.connect(lambda: told.append(theme.is_dark))
    theme.choose("dark")
    theme.choose("dark")
    assert told == [True]
    assert theme.color("bg") == QColor(DARK.bg)


def test_zoom_makes_fonts_and_pixels_larger_and_returns(theme):
    size = theme.ui_font().pointSizeF()
    theme.zoom_by(2)
    assert theme.ui_font().pointSizeF() > size
    assert theme.px(100) == 125
    theme.zoom_by(0)
    assert theme.ui_font().pointSizeF() == size


def test_every_token_is_a_colour(theme):
    assert all(theme.color(name).isValid() for name in token_names())


def test_every_icon_is_drawn_in_the_tokens_colour(theme):
    assert len(icon_names()) > 20
    for name in icon_names():
        image = icon(theme, name, "delete").pixmap(QSize(16, 16), 2.0).toImage()
        inks = {
            image.pixelColor(x, y).rgb()
            for x in range(32)
            for y in range(32)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert QColor(LIGHT.delete).rgb() in inks, name


def _controls() -> QWidget:
    ground = QWidget()
    column = QVBoxLayout(ground)
    tree = QTreeWidget()
    for number in range(40):
        QTreeWidgetItem(QTreeWidgetItem(tree, [f"branch {number}"]), ["leaf"])
    tree.topLevelItem(0).setExpanded(True)
    tree.topLevelItem(1).setSelected(True)
    choice = QComboBox()
    choice.addItems(["one", "two"])
    progress = QProgressBar()
    progress.setValue(40)
    box = QCheckBox("box")
    box.setTristate(True)
    box.setCheckState(Qt.CheckState.PartiallyChecked)
    radio = QRadioButton("radio")
    radio.setChecked(True)
    default = QPushButton("default")
    default.setDefault(True)
    disabled = QPushButton("disabled")
    disabled.setEnabled(False)
    for widget in (tree, choice, progress, box, radio, default, disabled, QLineEdit("text"), QSpinBox()):
        column.addWidget(widget)
    return ground


def _colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 2)}


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_standard_controls_are_painted_from_the_tokens(qapp, qtbot, choice):
    theme = Theme(choice)
    style.install(theme)
    ground = _controls()
    qtbot.addWidget(ground)
    ground.resize(300, 520)
    colours = _colours(ground.grab().toImage())
    for token in ("side", "bg", "field", "border", "accent", "text"):
        assert theme.color(token).name() in colours, token
    fusion_blue = "#308cc6"
    assert fusion_blue not in colours


def test_a_menu_shows_marks_keys_and_lines(qapp, qtbot):
    theme = Theme("dark")
    style.install(theme)
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Plain").setShortcut("Ctrl+O")
    menu.addSeparator()
    marked = menu.addAction("Marked")
    marked.setCheckable(True)
    marked.setChecked(True)
    menu.setActiveAction(marked)
    colours = _colours(menu.grab().toImage())
    assert {theme.color(token).name() for token in ("raised", "selection", "line", "text")} <= colours


def test_a_scroll_bar_has_a_slider_and_no_arrows(qapp, qtbot):
    style.install(Theme("light"))
    tree = QTreeWidget()
    qtbot.addWidget(tree)
    for number in range(200):
        QTreeWidgetItem(tree, [str(number)])
    tree.resize(200, 200)
    tree.grab()
    bar = tree.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() == bar.maximum() > 0
