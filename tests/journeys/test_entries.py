"""The tree by keyboard: rename, duplicate, reorder, move, delete and undo; the files follow."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from antiphon.core.document import RequestDocument
from antiphon.store import collections as disk
from antiphon.ui.dialogs import Question
from tests.journeys.program import Program
from tests.waiting import until

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    for folder in ("Orders", "Users"):
        disk.create_folder(root, "", folder)
    for name in ("One", "Two", "Three"):
        disk.create_request(root, "orders", RequestDocument(name, url=f"http://h/{name}"))
    return root


async def over(root):
    """Return the program with the collection at *root* open and the focus in its tree."""
    program = Program()
    program.workbench.open_collection(root)
    program.tree = program.window.sidebar.tree
    program.window.activateWindow()
    program.tree.setFocus()
    await until(program.tree.hasFocus)
    return program


async def pressed(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)
    await asyncio.sleep(0.03)


async def answered(key=Qt.Key.Key_Return):
    await until(lambda: isinstance(QApplication.activeModalWidget(), Question))
    await pressed(QApplication.activeModalWidget(), key)


def paths(program, folder="orders"):
    return [node.path for node in program.workbench.current.node(folder).children]


async def test_renaming_keeps_cursor_and_focus_on_the_entry(qtloop, root):
    program = await over(root)
    program.tree.choose("orders/two.yml")
    await pressed(program.tree, Qt.Key.Key_F2)
    editor = program.tree.viewport().findChild(QLineEdit)
    editor.setText("Zwei")
    await pressed(editor, Qt.Key.Key_Return)
    await until(lambda: program.tree.current_path() == "orders/zwei.yml")
    assert program.tree.hasFocus()
    await program.close()


async def test_escape_leaves_the_name_as_it_was(qtloop, root):
    program = await over(root)
    program.tree.choose("orders/two.yml")
    await pressed(program.tree, Qt.Key.Key_F2)
    editor = program.tree.viewport().findChild(QLineEdit)
    editor.setText("Zwei")
    await pressed(editor, Qt.Key.Key_Escape)
    assert paths(program) == ["orders/one.yml", "orders/two.yml", "orders/three.yml"]
    await program.close()


async def test_rename_from_the_editor_means_the_request_in_front(qtloop, root):
    program = await over(root)
    program.window.requests.open(program.workbench.current, "orders/three.yml")
    program.tree.choose("orders/one.yml")
    program.window.focus_url()
    assert program.window.entries.target == "orders/three.yml"
    program.window.new_request()
    assert program.window.entries.target == ""
    await program.close()


async def test_entries_move_up_and_down_and_keep_the_cursor(qtloop, root):
    program = await over(root)
    program.tree.choose("orders/two.yml")
    program.window.run_command("tree.down")
    assert paths(program) == ["orders/one.yml", "orders/three.yml", "orders/two.yml"]
    program.window.run_command("tree.down")
    program.window.run_command("tree.up")
    program.window.run_command("tree.up")
    program.window.run_command("tree.up")
    assert paths(program) == ["orders/two.yml", "orders/one.yml", "orders/three.yml"]
    assert program.tree.current_path() == "orders/two.yml"
    await program.close()


async def test_an_entry_moves_to_a_folder_that_is_asked_for(qtloop, root):
    program = await over(root)
    program.tree.choose("orders/two.yml")
    program.window.run_command("tree.move")
    await until(lambda: isinstance(QApplication.activeModalWidget(), Question))
    box = QApplication.activeModalWidget().findChild(QComboBox)
    assert [box.itemText(at) for at in range(box.count())] == ["Shop", "Orders", "Users"]
    box.setCurrentIndex(2)
    await answered()
    await until(lambda: program.tree.current_path() == "users/two.yml")
    await program.close()


async def test_several_dragged_entries_stay_selected_where_they_land(qtloop, root):
    program = await over(root)
    program.tree.tree.move_asked.emit(["orders/one.yml", "orders/three.yml"], "users", "")
    assert paths(program, "users") == ["users/one.yml", "users/three.yml"]
    assert program.tree.selected_paths() == ["users/one.yml", "users/three.yml"]
    await program.close()


async def test_what_is_deleted_comes_back_by_undo(qtloop, root):
    program = await over(root)
    program.tree.choose("orders/two.yml")
    await pressed(program.tree, Qt.Key.Key_Delete)
    await answered()
    await until(lambda: paths(program) == ["orders/one.yml", "orders/three.yml"])
    assert program.tree.current_path() == "orders/three.yml"
    notice = program.notices[-1]
    assert "trash" in notice.detail
    notice.actions[0].run()
    assert "orders/two.yml" in paths(program)
    await program.close()


async def test_escape_deletes_nothing(qtloop, root):
    program = await over(root)
    program.tree.choose("orders/two.yml")
    await pressed(program.tree, Qt.Key.Key_Delete)
    await answered(Qt.Key.Key_Escape)
    assert "orders/two.yml" in paths(program)
    await program.close()


async def test_saving_a_new_request_puts_the_cursor_on_it(qtloop, root):
    program = await over(root)
    program.tree.choose("users")
    program.window.new_request()
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, url="http://h/four"))
    program.window.run_command("request.save")
    await until(lambda: isinstance(QApplication.activeModalWidget(), Question))
    assert QApplication.activeModalWidget().findChild(QLineEdit).text() == "h/four"
    QApplication.activeModalWidget().findChild(QLineEdit).setText("Four")
    await answered()
    await until(lambda: page.document.path == "users/four.yml")
    assert program.tree.current_path() == "users/four.yml"
    assert program.window.windowTitle().startswith("Four")
    await program.close()


async def test_the_filter_leads_to_the_request_by_keyboard(qtloop, root):
    program = await over(root)
    program.window.run_command("tree.filter")
    field = program.window.sidebar.filter
    await until(field.hasFocus)
    QTest.keyClicks(field, "three")
    await pressed(field, Qt.Key.Key_Return)
    assert program.window.request_page.document.path == "orders/three.yml"
    await pressed(field, Qt.Key.Key_Down)
    assert program.tree.hasFocus()
    field.setFocus()
    await pressed(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    await program.close()


async def test_ctrl_tab_and_closing_follow_the_order_of_use(qtloop, root):
    program = await over(root)
    window, collection = program.window, program.workbench.current
    for name in ("one", "two", "three"):
        window.requests.open(collection, f"orders/{name}.yml")
    window.pages.tabs.select(0)
    window.run_command("view.tab_recent")
    window.run_command("view.tab_recent")
    assert window.request_page.document.path == "orders/two.yml"
    await asyncio.sleep(0.1)
    window.run_command("tab.close")
    await until(lambda: len(window.pages.all) == 2)
    assert window.request_page.document.path == "orders/one.yml"
    window.run_command("view.tab_move_right")
    assert [page.document.path for page in window.pages.all] == ["orders/three.yml", "orders/one.yml"]
    await program.close()


async def test_the_panes_are_reached_one_after_the_other(qtloop, root):
    program = await over(root)
    window = program.window
    window.requests.open(program.workbench.current, "orders/one.yml")
    program.tree.setFocus()
    window.run_command("view.pane")
    assert window.request_page.editor.isAncestorOf(window.focusWidget())
    window.run_command("view.pane")
    assert program.tree.hasFocus()
    window.run_command("folder.run")
    assert window.page.isAncestorOf(window.focusWidget())
    window.run_command("view.pane_back")
    assert program.tree.hasFocus()
    window.run_command("view.sidebar")
    window.run_command("view.pane")
    assert window.page.isAncestorOf(window.focusWidget())
    await program.close()


async def test_every_command_may_be_run_in_front_of_every_kind_of_page(qtloop, root):
    program = await over(root)
    window, collection = program.window, program.workbench.current
    quiet = {"window.close", "tab.close", "collection.close", "collection.open", "collection.sample"}
    openers = [
        lambda: window.requests.open(collection, "orders/one.yml"),
        window.new_request,
        lambda: window.run_folder("orders"),
    ]
    for opener in openers:
        for command in window.commands:
            opener()
            if command.id not in quiet:
                window.run_command(command.id)
                await asyncio.sleep(0)
            while (
                dialog := QApplication.activeModalWidget() or QApplication.activePopupWidget()
            ) is not None:
                dialog.close()
                await asyncio.sleep(0)
    program.workbench.change_settings(theme="light")
    await program.close()


async def test_a_broken_file_is_told_with_its_line_and_can_be_opened_elsewhere(qtloop, root):
    (root / "bad.yml").write_text("info:\n  name: [Bad\n")
    program = await over(root)
    program.tree.open_asked.emit("bad.yml")
    notice = program.notices[-1]
    assert "bad.yml cannot be read (line" in notice.title
    assert [action.label for action in notice.actions] == ["Open the file"]
    assert program.window.pages.all == []
    assert (root / "bad.yml").read_text() == "info:\n  name: [Bad\n"
    await program.close()


async def test_an_error_goes_when_the_user_turns_to_another_request(qtloop, root):
    program = await over(root)
    program.tree.open_asked.emit("orders/one.yml")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, url="http://{{nowhere}}/"))
    program.window.run_command("request.send")
    await until(program.window.notices.isVisible)
    program.tree.open_asked.emit("orders/two.yml")
    assert not program.window.notices.isVisible()
    await program.close()


async def test_the_focus_is_where_it_was_in_the_tab_that_comes_back(qtloop, root):
    program = await over(root)
    window, collection = program.window, program.workbench.current
    for name in ("one", "two"):
        window.requests.open(collection, f"orders/{name}.yml")
    assert program.tree.hasFocus()
    window.focus_url()
    window.pages.tabs.select(0)
    assert window.focusWidget() is window.request_page.editor.url_line.url
    window.run_command("view.panel_4")
    place = window.focusWidget()
    window.pages.tabs.select(1)
    assert window.focusWidget() is window.request_page.editor.url_line.url
    window.pages.tabs.select(0)
    assert window.focusWidget() is place
    await program.close()
