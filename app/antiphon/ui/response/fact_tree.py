"""Sections of facts as a quiet tree: arrow keys go through it, Ctrl+C copies, sections fold."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QBrush, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from antiphon.core.certificate import CertificateFacts
from antiphon.ui.response.sections import Line, Section, sections_text
from antiphon.ui.theme import SPACE, Theme

_CERTIFICATE = Qt.ItemDataRole.UserRole


class FactTree(QTreeWidget):
    """Two columns, a section's title bold; equal sections change nothing, so what was folded stays."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sections: tuple[Section, ...] = ()
        self.setAccessibleName(name)
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setIndentation(4 * SPACE)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QTreeWidget.EditTrigger.NoEditTriggers)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.header().setStretchLastSection(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        theme.changed.connect(self._rebuild)

    def show_sections(self, sections: Sequence[Section]) -> None:
        if tuple(sections) != self._sections:
            self._sections = tuple(sections)
            self._rebuild()

    @property
    def certificate(self) -> CertificateFacts | None:
        """The certificate in whose section the cursor stands; else the first."""
        item = self.currentItem()
        while item is not None:
            if (found := item.data(0, _CERTIFICATE)) is not None:
                return found
            item = item.parent()
        return next((one.certificate for one in self._sections if one.certificate), None)

    def text(self) -> str:
        """Return all that it shows as lines of text."""
        return sections_text(self._sections)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the values of the rows that are selected; of a section's title, the section."""
        text = "\n".join(map(_copied, self.selectedItems())) or self.text()
        QGuiApplication.clipboard().setText(text)

    def copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy", self.copy)
        menu.addAction("Copy all", self.copy_all)
        menu.popup(self.viewport().mapToGlobal(place))

    def _rebuild(self) -> None:
        items = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        folded = {item.text(0) for item in items if not item.isExpanded()}
        unfolded = {item.text(0) for item in items} - folded
        self.clear()
        self.setFont(self._theme.ui_font())
        for section in self._sections:
            item = self._section(section)
            self.addTopLevelItem(item)
            item.setExpanded(section.title in unfolded or (section.is_open and section.title not in folded))
        self._fit()

    def _section(self, section: Section) -> QTreeWidgetItem:
        item = QTreeWidgetItem([section.title, section.summary])
        item.setFont(0, self._theme.ui_font(bold=True))
        item.setFont(1, self._theme.ui_font(bold=section.ink == "delete"))
        item.setForeground(1, QBrush(self._theme.color(section.ink)))
        item.setToolTip(0, section.title)
        if section.certificate is not None:
            item.setData(0, _CERTIFICATE, section.certificate)
        item.addChildren([self._line(line) for line in section.lines])
        return item

    def _line(self, line: Line) -> QTreeWidgetItem:
        item = QTreeWidgetItem([line.label, line.value])
        item.setForeground(0, QBrush(self._theme.color("dim")))
        item.setForeground(1, QBrush(self._theme.color(line.ink)))
        item.setFont(1, self._theme.mono_font())
        item.setToolTip(1, line.value)
        return item

    def _fit(self) -> None:
        self.resizeColumnToContents(0)
        self.setColumnWidth(0, min(self.columnWidth(0) + 4 * SPACE, self._theme.px(300)))


def _copied(item: QTreeWidgetItem) -> str:
    if item.parent() is not None:
        return item.text(1)
    rows = [item.child(row) for row in range(item.childCount())]
    return "\n".join([item.text(0), *(f"  {row.text(0)}: {row.text(1)}" for row in rows)])
