"""Filtering in the body's panel: results in place of the body, their forms, copies, faults, and the next body."""

import json
import os

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMenu

from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer import filter_work as subject
from antiphon.ui.viewer.body_panel import BodyPanel
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
ITEMS = [{"id": n, "name": f"name {n}", "long": "x" * 500} for n in range(1000)]
DOCUMENT = {"items": ITEMS, "price": 1.0}


@pytest.fixture
def panel(qtbot):
    panel = BodyPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.close_work())
    panel.resize(900, 500)
    panel.show()
    return panel


@pytest.fixture
def body():
    stores = []

    def body(text, *, is_over: bool = True) -> BodyStore:
        store = BodyStore()
        stores.append(store)
        store.append(text if isinstance(text, bytes) else json.dumps(text).encode())
        if is_over:
            store.finish()
        return store

    yield body
    for store in stores:
        store.close()


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def seen(panel) -> str:
    source = panel.filtering.work.page.view.source
    return source.read(0, source.size_bytes).decode()


async def found(panel, expression: str, form: str = "values"):
    """Type *expression*, press Return and wait for the results."""
    filtering = panel.filtering
    if not filtering.is_on:
        panel.filtering.open()
    if form != filtering.work.bar.form:
        filtering.work.bar.forms._buttons[form].click()
    filtering.work.bar.field.setText(expression)
    QTest.keyClick(filtering.work.bar.field, Key.Key_Return)
    await until(lambda: filtering.work._filter is not None and not filtering.work._filter.is_busy, 20)
    return filtering.work.page


async def test_results_take_the_bodys_place_and_give_it_back(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    panel.view.reveal(20_000, 5)
    top, caret = panel.view.verticalScrollBar().value(), panel.view.caret
    assert top > 0
    page = await found(panel, "$.items[:2].name")
    assert panel._pages.currentWidget() is page
    assert seen(panel) == '[\n  "name 0",\n  "name 1"\n]'
    assert panel.filtering.work.bar.words.text() == "2 results"
    process = panel.filtering.work._filter.process_id
    QTest.keyClick(panel.filtering.work.bar.field, Key.Key_Escape)
    assert panel._pages.currentWidget() is panel.view
    assert panel.focusWidget() is panel.view
    assert (panel.view.verticalScrollBar().value(), panel.view.caret) == (top, caret)
    await until(lambda: is_gone(process))


async def test_typing_finds_after_a_pause(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    panel.filtering.open()
    QTest.keyClicks(panel.filtering.work.bar.field, "$.price")
    await until(lambda: panel.filtering.work.is_shown, 20)
    await until(lambda: seen(panel) == "[\n  1.0\n]")


async def test_a_wrong_expression_is_outlined_with_its_place_and_keeps_the_results(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    await found(panel, "$.price")
    await found(panel, "$.price[")
    bar = panel.filtering.work.bar
    assert bar.field.toolTip() == "Not valid at character 9: unexpected end of query"
    assert bar.fault.text() == bar.field.accessibleDescription() == bar.field.toolTip()
    assert (bar.fault.isVisible(), bar.words.text()) == (True, "not valid")
    assert seen(panel) == "[\n  1.0\n]"
    await found(panel, "$.price")
    assert (bar.field.toolTip(), bar.words.text(), bar.fault.isVisible()) == ("", "1 result", False)


async def test_an_expression_that_is_taken_away_shows_the_body(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    await found(panel, "$.price")
    panel.filtering.work.bar.field.clear()
    await until(lambda: panel._pages.currentWidget() is panel.view)
    assert panel.filtering.is_on


async def test_nothing_found_says_so(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    page = await found(panel, "$.nothing")
    assert page._message._title.text() == "Nothing found"
    assert panel.filtering.work.bar.words.text() == "none"
    assert not panel.filtering.work.bar.save_button.isEnabled()
    panel.bars.open_find()
    assert "no results to find in" in panel.notice.text


async def test_paths_and_values_are_two_forms_of_the_same(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    await found(panel, "$.items[0,1].id", "paths")
    assert json.loads(seen(panel)) == {"$['items'][0]['id']": 0, "$['items'][1]['id']": 1}
    panel.filtering.work.bar.forms._buttons["values"].click()
    await until(lambda: seen(panel) == "[\n  0,\n  1\n]")


async def test_a_table_reads_only_the_rows_that_are_seen(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    page = await found(panel, "$.items[*]", "table")
    model = page.table.results
    assert (model.rowCount(), model.titles) == (1000, ["path", "id", "name", "long"])
    QAbstractItemModelTester(model)
    model.show(panel.filtering.work._results)
    assert model.index(777, 2).data() == "name 777"
    assert model.index(999, 0).data() == "$['items'][999]"
    assert 1 <= len(model._blocks) <= 3
    assert not page.table.isSortingEnabled()


def select(table, top, left, bottom, right):
    model = table.results
    chosen = QItemSelection(model.index(top, left), model.index(bottom, right))
    table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)


async def test_selected_cells_are_copied_whole_with_tabs_between(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    table = (await found(panel, "$.items[*]", "table")).table
    select(table, 3, 1, 4, 3)
    QTest.keyClick(table, Key.Key_C, Mod.ControlModifier)
    long = "x" * 500
    await until(lambda: clipboard() == f"3\tname 3\t{long}\r\n4\tname 4\t{long}\r\n", 20)
    select(table, 5, 3, 5, 3)
    table.copy()
    await until(lambda: clipboard() == long)


async def test_the_tables_menu_copies_csv_and_guards_formulas(qtloop, panel, body):
    panel.show_body(body([{"a": "=1", "b": 'q"q'}, {"a": "2"}]), "application/json", True)
    table = (await found(panel, "$[*]", "table")).table
    table.selectAll()
    menu = opened_menu(table)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy as CSV with titles"].trigger()
    await until(lambda: clipboard() == 'path,a,b\r\n$[0],=1,"q""q"\r\n$[1],2,\r\n')
    actions["Put ' before formulas in copies and CSV"].trigger()
    actions["Copy as CSV with titles"].trigger()
    await until(lambda: "\r\n$[0],'=1," in clipboard())
    menu.close()


def opened_menu(table):
    table.customContextMenuRequested.emit(QPoint(5, 5))
    return table.findChildren(QMenu)[-1]


async def test_all_results_are_saved_as_csv(qtloop, panel, body, tmp_path):
    panel.show_body(body(DOCUMENT), "application/json", True)
    await found(panel, "$.items[*].id")
    panel.filtering.work.bar.save_button.click()
    dialog = panel.findChild(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.filesSelected.emit([str(tmp_path / "ids.csv")])
    dialog.close()
    await until(lambda: "Saved" in panel.notice.text)
    lines = (tmp_path / "ids.csv").read_bytes().split(b"\r\n")
    assert (lines[0], lines[1000], len(lines)) == (b"path,value", b"$['items'][999]['id'],999", 1002)


async def test_saving_where_nothing_can_be_written_is_told(qtloop, panel, body, tmp_path):
    panel.show_body(body(DOCUMENT), "application/json", True)
    await found(panel, "$.price")
    panel.filtering.work.save(tmp_path / "none" / "x.csv")
    await until(lambda: "No such file" in panel.notice.text)
    assert seen(panel) == "[\n  1.0\n]"


async def test_the_filter_stays_on_for_the_next_body_once_it_is_over(qtloop, panel, body):
    panel.show_body(body({"a": 1}), "application/json", True)
    await found(panel, "$.a")
    panel.clear()
    store = body(b'{"a": ', is_over=False)
    panel.show_body(store, "application/json", False)
    assert panel._pages.currentWidget() is panel.view
    assert panel.filtering.work.bar.words.text() == "waits for the whole body"
    store.append(b"2}")
    panel.show_body(store, "application/json", True)
    await until(lambda: panel.filtering.work.is_shown and seen(panel) == "[\n  2\n]", 20)


async def test_another_kind_of_body_is_shown_as_it_is(qtloop, panel, body):
    panel.show_body(body({"a": 1}), "application/json", True)
    await found(panel, "$.a")
    panel.show_body(body(b"plain words"), "text/plain", True)
    assert panel._pages.currentWidget() is panel.view
    assert panel.filtering.work.bar.words.text() == "not for this kind of body"
    assert not panel.filtering.button.isVisible()


async def test_xml_html_and_json_lines_are_filtered_too(qtloop, panel, body):
    panel.show_body(body(b"<a><b x='1'>one</b></a>"), "application/xml", True)
    panel.filtering.open()
    assert panel.filtering.work.bar.field.placeholderText() == "//item/name"
    await found(panel, "//b")
    assert seen(panel) == '<b x="1">one</b>'
    panel.show_body(body(b"<p>one<p>two"), "text/html", True)
    await found(panel, "//p[2]/text()")
    assert seen(panel) == "two"
    panel.show_body(body(b'{"a": 1.50}\n{"a": 2}\n?'), "application/x-ndjson", True)
    await found(panel, "$[*].a")
    assert seen(panel) == "[\n  1.50,\n  2\n]"
    assert "1 line is not valid JSON" in panel.notice.text


async def test_wide_characters_are_filtered(qtloop, panel, body):
    panel.show_body(body('{"a": "é日"}'.encode("utf-16")), "application/json; charset=utf-16", True)
    panel._work()
    await found(panel, "$.a")
    assert seen(panel) == '[\n  "é日"\n]'


async def test_another_charset_filters_the_same_body_anew(qtloop, panel, body):
    store = body(b'{"a": "\xe9"}')
    panel.show_body(store, "application/json", True)
    await found(panel, "$.a")
    assert seen(panel) == '[\n  "\ufffd"\n]'
    panel._shown = None
    panel.show_body(store, "application/json; charset=latin-1", True)
    await until(lambda: panel.filtering.work.is_shown and seen(panel) == '[\n  "é"\n]', 20)


async def test_a_body_that_is_no_json_is_told_and_stays_in_view(qtloop, panel, body):
    panel.show_body(body(b'{"a": 1,}'), "application/json", True)
    await found(panel, "$.a")
    assert panel._pages.currentWidget() is panel.view
    assert "not valid JSON at line 1" in panel.notice.text
    assert panel.filtering.work.bar.words.text() == "not filtered"


async def test_what_is_found_can_be_searched_and_escape_closes_one_bar_after_the_other(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    page = await found(panel, "$.items[*].name", "table")
    panel.bars.open_find()
    await until(lambda: page.find_bar.isVisible(), 20)
    assert panel.filtering.work.bar.form == "values"
    page.find_bar.field.setText("name 99")
    await until(lambda: page.finder.is_done and (page.finder.count, page.finder.number) == (11, 0))
    assert not panel.bars.find_bar.isVisible()
    QTest.keyClick(page.view, Key.Key_F3)
    assert page.finder.number == 1
    assert panel.bars.close_one()
    assert (page.find_bar.isVisible(), panel.filtering.is_on) == (False, True)
    assert panel.bars.close_one()
    assert not panel.filtering.is_on
    assert not panel.bars.close_one()


async def test_a_filter_can_be_stopped_and_started_again(qtloop, panel, body):
    panel.show_body(body(b"<r>" + b"<a/>" * 3000 + b"</r>"), "application/xml", True)
    panel.filtering.open()
    bar = panel.filtering.work.bar
    bar.field.setText("count(//a[count(//a[count(//a)>0])>0])")
    QTest.keyClick(bar.field, Key.Key_Return)
    await until(lambda: bar.stop_button.isVisible() and bar.words.text() == "filtering…", 20)
    process = panel.filtering.work._filter.process_id
    QTest.keyClick(bar.field, Key.Key_Q, Mod.AltModifier)
    assert bar.words.text() == "stopped at 0"
    await until(lambda: is_gone(process))
    QTest.keyClick(bar.field, Key.Key_Return)
    await until(lambda: bar.stop_button.isVisible(), 20)
    bar.stop_button.click()


async def test_recent_filters_are_offered_as_plain_text(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    panel.filtering.open()
    bar, used = panel.filtering.work.bar, []
    panel.filtering.used.connect(used.append)
    assert not bar.recent_button.isEnabled()
    panel.filtering.show_recent(["$[?@.a && @.b]", "$.price"])
    QTest.keyClick(bar.field, Key.Key_Down, Mod.AltModifier)
    menu = bar.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["$[?@.a &&&& @.b]", "$.price"]
    menu.actions()[1].trigger()
    menu.close()
    await until(lambda: panel.filtering.work.is_shown, 20)
    await until(lambda: not panel.filtering.work._filter.is_busy)
    panel.filtering.close()
    assert used[-1] == "$.price"


async def test_a_wrong_expression_is_not_remembered(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    used = []
    panel.filtering.used.connect(used.append)
    await found(panel, "$.price[")
    used.clear()
    QTest.keyClick(panel.filtering.work.bar.field, Key.Key_Return)
    panel.filtering.close()
    assert used == []


def test_a_body_that_cannot_be_filtered_has_no_button_and_says_why(panel, body):
    panel.show_body(body(b"words"), "text/plain", True)
    assert not panel.filtering.button.isVisible()
    panel.filtering.open()
    assert "Only JSON, XML, SVG and HTML" in panel.notice.text
    assert not panel.filtering.is_on


async def test_the_button_opens_and_closes_the_filter(qtloop, panel, body):
    panel.show_body(body(DOCUMENT), "application/json", True)
    panel.filtering.button.click()
    assert panel.filtering.is_on
    assert panel.focusWidget() is panel.filtering.work.bar.field
    panel.filtering.button.click()
    assert (panel.filtering.is_on, panel.filtering.button.isChecked()) == (False, False)


async def test_the_whole_table_is_copied_where_nothing_is_selected(qtloop, panel, body):
    panel.show_body(body([{"a": 1}]), "application/json", True)
    page = await found(panel, "$[*]", "table")
    page.table.clearSelection()
    panel.copy_button.click()
    await until(lambda: clipboard() == "path,a\r\n$[0],1\r\n")


async def test_a_copy_has_a_limit_and_says_so(qtloop, panel, body, monkeypatch):
    monkeypatch.setattr(subject, "COPY_LIMIT_BYTES", 4)
    panel.show_body(body([{"a": 1}]), "application/json", True)
    page = await found(panel, "$[*]", "table")
    page.table.selectAll()
    page.table.copy()
    await until(lambda: "Only the first" in panel.notice.text)
    assert clipboard() == "$[0]"


async def test_a_process_that_nobody_asks_is_ended_and_started_again_for_a_copy(qtloop, panel, body):
    panel.show_body(body([{"a": 1}]), "application/json", True)
    page = await found(panel, "$[*]", "table")
    filtering = panel.filtering
    assert filtering.work._rest.isActive()
    process = filtering.work._filter.process_id
    filtering.work._rest.timeout.emit()
    await until(lambda: is_gone(process))
    assert (filtering.work.bar.words.text(), page.table.results.index(0, 1).data()) == ("1 result", "1")
    page.table.selectAll()
    page.table.copy(",", has_titles=True)
    await until(lambda: clipboard() == "path,a\r\n$[0],1\r\n", 20)


async def test_a_click_on_a_title_or_number_selects_its_column_or_row(qtloop, panel, body):
    panel.show_body(body([{"a": n, "b": n} for n in range(5)]), "application/json", True)
    table = (await found(panel, "$[*]", "table")).table
    titles, numbers = table.horizontalHeader(), table.verticalHeader()
    QTest.mouseClick(
        titles.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(titles.sectionViewportPosition(1) + 5, 5)
    )
    assert (table.ask().columns, table.ask().spans) == ([1], [(0, 4)])
    QTest.mouseClick(
        numbers.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, numbers.sectionViewportPosition(2) + 5)
    )
    assert (table.ask().columns, table.ask().spans) == ([0, 1, 2], [(2, 2)])


async def test_rows_that_are_selected_here_and_there_are_copied_in_their_order(qtloop, panel, body):
    panel.show_body(body([{"a": n} for n in range(9)]), "application/json", True)
    table = (await found(panel, "$[*]", "table")).table
    table.clearSelection()
    for row in (7, 2, 3):
        chosen = QItemSelection(table.results.index(row, 1), table.results.index(row, 1))
        table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select)
    assert table.ask().spans == [(2, 3), (7, 7)]
    table.copy()
    await until(lambda: clipboard() == "2\r\n3\r\n7\r\n")


async def test_hostile_text_is_shown_as_text(qtloop, panel, body):
    panel.show_body(body([{"<b>x</b>": "<img src=x>\n\u202e\0"}]), "application/json", True)
    table = (await found(panel, "$[*]", "table")).table
    assert table.results.headerData(1, Qt.Orientation.Horizontal) == "<b>x</b>"
    assert table.results.index(0, 1).data() == "<img src=x>␣␣␣"
    assert table.results.data(table.results.index(0, 1), Qt.ItemDataRole.ToolTipRole) is None


async def test_every_control_has_a_name_and_a_tooltip(qtloop, panel, body):
    panel.show_body(body([{"a": 1}]), "application/json", True)
    page = await found(panel, "$[*]", "table")
    for button in panel.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text(), button
        assert button.toolTip() or button.text(), button
    bar = panel.filtering.work.bar
    for widget in (bar.field, bar.forms, bar.words, page.view, page.table, page.find_bar.field):
        assert widget.accessibleName()


async def test_the_bar_is_worked_by_tab_and_space_alone(qtloop, panel, body):
    panel.show_body(body([{"a": 1}]), "application/json", True)
    await found(panel, "$[*]")
    bar = panel.filtering.work.bar
    seen_names = set()
    for _ in range(12):
        QTest.keyClick(panel.focusWidget(), Key.Key_Tab)
        seen_names.add(panel.focusWidget().accessibleName() or panel.focusWidget().toolTip())
    assert {"Save the results as CSV", "Close the filter and show the body", "Values"} <= seen_names
    bar.close_button.setFocus()
    QTest.keyClick(bar.close_button, Key.Key_Space)
    assert not panel.filtering.is_on


async def test_alt_a_shows_the_results_in_the_next_form(qtloop, panel, body):
    panel.show_body(body([{"a": 1}]), "application/json", True)
    await found(panel, "$[*]")
    bar = panel.filtering.work.bar
    forms = []
    for _form in range(3):
        QTest.keyClick(bar.field, Key.Key_A, Mod.AltModifier)
        forms.append(bar.forms.choice)
    assert forms == ["paths", "table", "values"]


async def test_a_row_without_a_cell_has_a_dash_and_an_empty_cell_has_none(qtloop, panel, body):
    panel.show_body(body([{"a": ""}, {"b": 1}]), "application/json", True)
    results = (await found(panel, "$[*]", "table")).table.results
    shown = [[results.index(row, column).data() for column in (1, 2)] for row in (0, 1)]
    assert shown == [["", "—"], ["—", "1"]]
    assert results.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole) == "no cell"


async def test_a_table_without_an_expression_is_one_of_the_bodys_list(qtloop, panel, body):
    panel.show_body(body({"next": None, "rows": [{"a": 1}, {"a": 2}]}), "application/json", True)
    panel.filtering.open()
    work = panel.filtering.work
    work.bar.forms._buttons["table"].click()
    assert work.bar.expression == "$..rows[*]"
    await until(lambda: work.page.table.results.rowCount() == 2, 20)
    work.bar.field.setText("")
    await until(lambda: panel._pages.currentWidget() is panel.view)
    assert work.bar.expression == ""
