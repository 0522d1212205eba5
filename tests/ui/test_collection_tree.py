"""The tree of a collection: filter, rename, moves, and what stays when it is read again."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from antiphon.core.collection import Broken, FolderNode, RequestNode
from antiphon.ui.collections.model import CollectionModel
from antiphon.ui.collections.tree import CollectionTree, method_word
from antiphon.ui.theme import Theme

TOP = FolderNode(
    "",
    "Shop",
    children=(
        FolderNode(
            "orders",
            "Orders",
            children=(
                RequestNode("orders/create.yml", "Create order", "POST"),
                RequestNode("orders/list.yml", "List orders", "GET"),
            ),
        ),
        FolderNode("empty", "Empty"),
        RequestNode("ping.yml", "Ping", "GET", broken=Broken("half a merge conflict", 3)),
    ),
)


@pytest.fixture
def model():
    model = CollectionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(TOP)
    return model


def names(model, parent=QModelIndex()):
    found = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        found.append(index.data())
        found.extend(names(model, index))
    return found


def test_the_tree_is_as_the_collection_says(model, qapp):
    assert names(model) == ["Orders", "Create order", "List orders", "Empty", "Ping"]
    assert model.index_of("orders/list.yml").data() == "List orders"
    assert not model.index_of("orders/nowhere.yml").isValid()


@pytest.mark.parametrize(
    ("needle", "left"),
    [
        ("CREATE", ["Orders", "Create order"]),
        ("post", ["Orders", "Create order"]),
        ("empty", ["Empty"]),
        ("orders", ["Orders", "Create order", "List orders"]),
        ("nothing like it", []),
        ("", ["Orders", "Create order", "List orders", "Empty", "Ping"]),
    ],
)
def test_the_filter_leaves_what_matches_and_the_way_to_it(model, qapp, needle, left):
    model.filter(needle)
    assert names(model) == left


def test_renaming_asks_and_changes_nothing_itself(model, qtbot):
    index = model.index_of("ping.yml")
    with qtbot.waitSignal(model.rename_asked) as asked:
        model.setData(index, "  Pong ")
    assert asked.args == ["ping.yml", "Pong"]
    assert index.data() == "Ping"
    assert not model.setData(index, "  ")


def test_a_drop_asks_for_a_move_before_the_sibling(model, qtbot):
    data = model.mimeData([model.index_of("ping.yml")])
    with qtbot.waitSignal(model.move_asked) as asked:
        model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, model.index_of("orders"))
    assert asked.args == [["ping.yml"], "orders", "orders/list.yml"]


def test_a_folder_cannot_be_dropped_into_itself(model, qapp):
    data = model.mimeData([model.index_of("orders")])
    assert not model.canDropMimeData(data, Qt.DropAction.MoveAction, -1, 0, model.index_of("orders"))


def test_a_broken_file_says_why(model, qapp):
    assert "line 3: half a merge conflict" in model.index_of("ping.yml").data(Qt.ItemDataRole.ToolTipRole)


@pytest.fixture
def tree(qtbot):
    tree = CollectionTree(Theme("light"))
    qtbot.addWidget(tree)
    tree.resize(260, 400)
    tree.show_folder(TOP)
    tree.show()
    return tree


def test_keys_open_preview_and_fold(tree, qtbot):
    tree.choose("orders/list.yml")
    with qtbot.waitSignal(tree.open_asked) as opened:
        QTest.keyClick(tree, Qt.Key.Key_Return)
    assert opened.args == ["orders/list.yml"]
    with qtbot.waitSignal(tree.preview_asked):
        QTest.keyClick(tree, Qt.Key.Key_Space)
    tree.choose("orders")
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert not tree.isExpanded(tree.tree.index_of("orders"))


def test_reading_the_tree_again_keeps_cursor_and_folds(tree):
    tree.choose("orders/list.yml")
    tree.collapse(tree.tree.index_of("empty"))
    more = FolderNode("", "Shop", children=(*TOP.children, RequestNode("new.yml", "New")))
    tree.show_folder(more)
    assert tree.current_path() == "orders/list.yml"
    assert tree.isExpanded(tree.tree.index_of("orders"))


def test_the_menu_opens_by_keyboard(tree, qtbot):
    tree.choose("orders/list.yml")
    with qtbot.waitSignal(tree.menu_asked) as asked:
        QTest.keyClick(tree, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert asked.args[0] == "orders/list.yml"


@pytest.mark.parametrize(
    ("gone", "after"),
    [
        (["orders/create.yml"], "orders/list.yml"),
        (["orders/list.yml"], "orders/create.yml"),
        (["orders"], "empty"),
        (["orders/create.yml", "orders/list.yml"], "orders"),
        (["nowhere"], ""),
    ],
)
def test_the_cursor_has_a_place_to_go_when_its_entry_goes(tree, gone, after):
    assert tree.path_after(gone) == after


@pytest.mark.parametrize(
    ("method", "word"), [("DELETE", "DEL"), ("patch", "PTCH"), ("GET", "GET"), ("PROPFIND", "PROPF")]
)
def test_method_words_fit(method, word):
    assert method_word(method) == word


def test_who_comes_by_keyboard_sees_where_the_cursor_is(tree, qtbot):
    tree.activateWindow()
    tree.setCurrentIndex(QModelIndex())
    tree.clearFocus()
    bare = tree.grab().toImage()
    tree.setFocus(Qt.FocusReason.TabFocusReason)
    assert tree.current_path() == "orders"
    assert tree.grab().toImage() != bare
    assert tree.selected_paths() == []
    tree.clearFocus()
    tree.setFocus(Qt.FocusReason.MouseFocusReason)
    assert tree.grab().toImage() == bare
