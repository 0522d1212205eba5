"""The table by keyboard and mouse, as it is used."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from antiphon.core.document import Variable
from antiphon.core.template import Scope, layer
from antiphon.ui import style
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.rows import CHECK, NAME, VALUE, Column, Row
from antiphon.ui.widgets.table import RowsTable

TWO = (Row("a", "1"), Row("b", "2", description="second"))


@pytest.fixture
def table(qapp, qtbot):
    theme = Theme("light")
    style.install(theme)
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    table = RowsTable(theme, "Header", completions=lambda row, cell: ("Accept",) if cell == "name" else ())
    table.told = []
    table.edited.connect(table.told.append)
    row.addWidget(QLineEdit())
    row.addWidget(table)
    row.addWidget(QLineEdit())
    window.resize(1200, 300)
    window.setVisible(True)
    window.activateWindow()
    table.show_rows(TWO)
    table.view.setFocus()
    table.window_shown = window
    return table


def at(table, row, column):
    table.view.setCurrentIndex(table.model.index(row, column))


def editor() -> Field:
    field = QApplication.focusWidget()
    assert isinstance(field, Field), field
    return field


def keys(text):
    for letter in text:
        QTest.keyClicks(QApplication.focusWidget(), letter)


def key(*args):
    QTest.keyClick(QApplication.focusWidget(), *args)
    QApplication.processEvents()


def test_typing_on_a_cell_replaces_it_and_every_key_is_told(table):
    at(table, 0, 2)
    keys("xyz")
    assert [rows[0].value for rows in table.told] == ["x", "xy", "xyz"]


def test_tab_goes_through_cells_and_on_to_a_new_row(table):
    at(table, 2, 1)
    for text in ("X-One", "1", "first", "X-Two"):
        keys(text)
        key(Qt.Key.Key_Tab)
    assert table.model.rows()[2:] == (Row("X-One", "1", description="first"), Row("X-Two"))
    key(Qt.Key.Key_Backtab)
    assert editor().text() == "X-Two"


def test_tab_leaves_the_table_after_its_last_cell_and_comes_back(table):
    at(table, 2, 3)
    table.view.setFocus()
    key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is table._toggle
    key(Qt.Key.Key_Tab)
    assert not table.isAncestorOf(QApplication.focusWidget())
    key(Qt.Key.Key_Backtab)
    key(Qt.Key.Key_Backtab)
    assert table.view.hasFocus() and table.view.currentIndex().row() == 2


def test_shift_tab_leaves_before_the_first_cell(table):
    at(table, 0, 1)
    table.view.setFocus()
    key(Qt.Key.Key_Backtab)
    assert not table.isAncestorOf(QApplication.focusWidget())


def test_return_keeps_what_was_typed_and_escape_takes_it_back(table):
    at(table, 0, 2)
    keys("new")
    key(Qt.Key.Key_Return)
    assert table.model.rows()[0].value == "new" and table.view.hasFocus()
    keys("other")
    key(Qt.Key.Key_Escape)
    assert table.model.rows()[0].value == "new" and table.view.hasFocus()


def test_escape_in_the_empty_row_leaves_no_row_behind(table):
    at(table, 2, 1)
    keys("z")
    assert table.model.rowCount() == 4
    key(Qt.Key.Key_Escape)
    assert table.model.rowCount() == 3 and table.told[-1] == TWO


def test_delete_and_ctrl_backspace_remove_a_row(table):
    at(table, 0, 1)
    key(Qt.Key.Key_Delete)
    assert table.told == [TWO[1:]]
    key(Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert table.told[-1] == ()
    key(Qt.Key.Key_Delete)
    assert table.model.rowCount() == 1


def test_alt_arrows_move_a_row_also_while_it_is_typed(table):
    at(table, 0, 1)
    key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [row.name for row in table.model.rows()] == ["b", "a"]
    keys("q")
    key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [row.name for row in table.model.rows()] == ["q", "b"]


def test_space_switches_the_box(table):
    at(table, 0, 0)
    key(Qt.Key.Key_Space)
    assert not table.told[-1][0].enabled
    key(Qt.Key.Key_Space)
    assert table.told[-1] == TWO


def test_a_click_switches_the_box_and_a_click_on_text_edits_it(table):
    def click(row, column):
        place = table.view.visualRect(table.model.index(row, column)).center()
        QTest.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click(1, 0)
    assert not table.told[-1][1].enabled
    click(0, 2)
    assert editor().text() == "1"


def test_the_cross_of_a_row_removes_it(table):
    cell = table.view.visualRect(table.model.index(0, 3))
    place = table.view._delegate.remove_place(cell).center()
    QTest.mouseMove(table.view.viewport(), place)
    table.grab()
    QTest.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.told == [TWO[1:]]


def test_an_editor_stays_open_while_equal_rows_are_shown(table):
    at(table, 2, 1)
    keys("Acc")
    field = editor()
    field.setCursorPosition(1)
    table.show_rows(table.model.rows())
    assert editor() is field and field.cursorPosition() == 1


def test_a_name_offered_while_typing_is_taken_with_return(table):
    at(table, 2, 1)
    for letter in "acc":
        keys(letter)
    field = editor()
    popup = field.completer().popup()
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert table.told[-1][-1] == Row("Accept")


def test_rows_added_by_others_are_shown_but_never_told(table):
    table.show_added([Row("Host", "x", description="Added automatically")])
    table.grab()
    at(table, 3, 1)
    keys("z")
    key(Qt.Key.Key_Delete)
    assert table.told == [] and table.model.rowCount() == 4


def test_bulk_edit_shows_rows_as_text_and_tells_what_is_typed(table):
    table._switch()
    text = table.findChild(QPlainTextEdit)
    assert text.toPlainText() == "a: 1\nb: 2"
    text.setPlainText("a: 1\n# b: 2\nc: 3")
    assert table.told[-1] == (TWO[0], Row("b", "2", enabled=False, description="second"), Row("c", "3"))
    table.show_rows((Row("z", "9"),))
    assert text.toPlainText() == "z: 9"
    table._switch()
    assert table.model.rows() == (Row("z", "9"),)


def test_typing_as_text_is_not_disturbed_by_the_echo_of_the_document(table):
    table._switch()
    text = table.findChild(QPlainTextEdit)
    table.edited.connect(table.show_rows)
    text.setPlainText("a: 1\n\n\nhalf")
    assert text.toPlainText() == "a: 1\n\n\nhalf"


def test_columns_share_the_room_at_any_width(table):
    for width in (1200, 500):
        table.window_shown.resize(width, 300)
        QApplication.processEvents()
        header = table.view.horizontalHeader()
        assert abs(header.length() - table.view.viewport().width()) <= 4


def test_every_cell_is_painted_with_variables_and_focus(table):
    table.set_scope(Scope((layer("environment Local", [Variable("known", "1")]),)))
    table.show_rows(
        (Row("n", "{{known}}/{{gone}}"), Row(":id", "7", is_fixed=True), Row("off", "x", enabled=False))
    )
    at(table, 0, 2)
    image = table.grab().toImage()
    theme = table._theme
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {theme.color(token).name() for token in ("selection", "line", "accent", "bg")} <= colours


def test_a_file_cell_asks_for_a_file_instead_of_text(qapp, qtbot):
    columns = (CHECK, NAME, Column("is_file", "Kind", 0), VALUE)
    table = RowsTable(Theme("dark"), "Part", columns=columns, bulk_edit=False)
    qtbot.addWidget(table)
    table.setVisible(True)
    wanted = []
    table.file_wanted.connect(wanted.append)
    table.show_rows((Row("f", is_file=True, paths=("a.png", "b.png")),))
    assert table.model.index(0, 3).data() == "a.png, b.png"
    table.view.setCurrentIndex(table.model.index(0, 3))
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert wanted == [0]
    table.view.setCurrentIndex(table.model.index(0, 2))
    QTest.keyClick(table.view, Qt.Key.Key_Space)
    assert not table.model.rows()[0].is_file
    table.grab()
