"""What can be done with a body, as a menu; the key of each thing stands behind its words."""

from typing import Protocol

from PySide6.QtCore import QPoint, Qt, SignalInstance
from PySide6.QtWidgets import QMenu, QWidget

from antiphon.ui.viewer.bars import Bars
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.encodings import Encodings
from antiphon.ui.viewer.filtering import Filtering
from antiphon.ui.viewer.structure_line import StructureLine
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.keys import native


class Shown(Protocol):
    """The panel whose menu it is, a widget."""

    view: BodyView
    structure: StructureLine
    encodings: Encodings
    bars: Bars
    filtering: Filtering
    wrap: QuietButton
    raw_words: str
    save_requested: SignalInstance
    save_raw_requested: SignalInstance
    open_requested: SignalInstance

    def copy(self) -> None: ...
    def toggle_invisible(self) -> None: ...


def open_below(menu: QMenu, button: QWidget) -> None:
    """Open *menu* with its right edge below that of *button*."""
    corner = button.mapToGlobal(button.rect().bottomRight())
    menu.popup(QPoint(corner.x() - menu.sizeHint().width(), corner.y()))


def body_menu(panel: Shown, *, is_text: bool) -> QMenu:
    """Return what can be done with what *panel* shows."""
    menu = _menu(panel)
    start, end = panel.view.selection
    copy = menu.addAction(f"Copy\t{native('Ctrl+C')}", panel.copy)
    copy.setEnabled(not is_text or start < end)
    if is_text:
        menu.addAction(f"Select all\t{native('Ctrl+A')}", panel.view.select_all)
        if panel.structure.isVisible():
            menu.addAction(f"Copy path\t{native('Alt+P')}", panel.structure.copy_path)
    menu.addAction(f"Find…\t{native('Ctrl+F')}", panel.bars.open_find)
    if panel.filtering.can_filter:
        menu.addAction(f"Filter…\t{native('Ctrl+Shift+F')}", panel.filtering.open)
    menu.addAction(f"Encoding…\t{native('Alt+E')}", panel.encodings.open_menu)
    if is_text:
        _add_looking(menu, panel)
    menu.addSeparator()
    _add_saving(menu, panel)
    menu.addAction(f"Open in its program\t{native('Alt+O')}", panel.open_requested.emit)
    return menu


def saving_menu(panel: Shown) -> QMenu:
    """Return the two forms in which a body can be saved that came in another."""
    menu = _menu(panel)
    _add_saving(menu, panel)
    return menu


def _menu(panel: QWidget) -> QMenu:
    menu = QMenu(panel)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _add_looking(menu: QMenu, panel: Shown) -> None:
    wrap = menu.addAction(f"Wrap long lines\t{native('Alt+Z')}", panel.wrap.click)
    wrap.setCheckable(True)
    wrap.setChecked(panel.wrap.isChecked())
    menu.addAction(f"Go to…\t{native('Ctrl+G')}", panel.bars.open_go)
    menu.addSeparator()
    shown = menu.addAction(f"Invisible characters\t{native('Alt+I')}", panel.toggle_invisible)
    shown.setCheckable(True)
    shown.setChecked(panel.view.shows_invisible)
    if panel.view.can_fold:
        menu.addAction(f"Fold block\t{native('Alt+Left')}", panel.view.fold_at_caret)
        menu.addAction(f"Fold all\t{native('Alt+Shift+Left')}", panel.view.fold_all)
        menu.addAction(f"Unfold all\t{native('Alt+Shift+Right')}", panel.view.unfold_all)


def _add_saving(menu: QMenu, panel: Shown) -> None:
    keys = "" if panel.raw_words else f"\t{native('Alt+S')}"
    menu.addAction(f"Save…{keys}", panel.save_requested.emit)
    if panel.raw_words:
        menu.addAction(f"Save as received ({panel.raw_words})…", panel.save_raw_requested.emit)
