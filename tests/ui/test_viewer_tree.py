"""The Tree mode: its rows, what it copies, its path line, finding, and that it stays small and quick to open."""

import json
import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QMenu

from antiphon.body.store import BodyStore
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer import tree_page
from antiphon.ui.viewer.tree_page import TreePage
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
JSON, LINES = Media("json", "utf-8"), Media("jsonlines", "utf-8")
DOCUMENT = {
    "name": "requests",
    "tags": ["http", {"deep": [1, 2.50, None]}],
    "a b": True,
    "text": 'two\nlines <b>"bold"</b> \u00e9',
    "empty": {},
}


@pytest.fixture
def page(qtbot):
    page = TreePage(Theme("light"))
    qtbot.addWidget(page, before_close_func=lambda widget: widget.clear())
    page.resize(900, 500)
    page.show()
    return page


@pytest.fixture
def watched(page):
    """The page, its model under the tester of Qt: that asks for every row, so documents have to be small."""
    page.tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return page


@pytest.fixture
def body():
    stores = []

    def body(text: bytes | str, *, is_over: bool = True) -> BodyStore:
        store = BodyStore()
        stores.append(store)
        store.append(text.encode() if isinstance(text, str) else text)
        if is_over:
            store.finish()
        return store

    yield body
    for store in stores:
        store.close()


def show(page, store, media=JSON):
    page.show_body(store, media, is_over=store.is_finished)
    work(page)


def work(page):
    """Let the page work until it has nothing to do."""
    for _turn in range(300):
        page.tree.executeDelayedItemsLayout()
        page._work()
        if not page._timer.isActive():
            return


def rows(page, index=None) -> list[tuple]:
    """Return name, value and kind of all rows that are made, with the rows below them."""
    index = page.model.index(0, 0) if index is None else index
    found = []
    for row in range(page.model.rowCount(index)):
        below = page.model.index(row, 0, index)
        cells = [below.siblingAtColumn(column).data() for column in range(3)]
        found.append((*cells, rows(page, below)))
    return found


def stand_on(page, *numbers):
    page._go(list(numbers))
    work(page)
    return page.tree.item


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_row_has_name_value_and_kind(page, body):
    show(page, body(json.dumps(DOCUMENT)))
    assert [row[:3] for row in rows(page)] == [
        ("name", "requests", "string"),
        ("tags", '["http", {"deep": [1, 2.5, null]}]', "2 items"),
        ("a b", "true", "boolean"),
        ("text", 'two lines <b>"bold"</b> é', "string"),
        ("empty", "{}", "0 members"),
    ]
    assert page.model.index(0, 0).data() == "$"


def test_only_what_is_opened_gets_rows(page, body):
    show(page, body(json.dumps(DOCUMENT)))
    assert rows(page)[1][3] == []
    page.tree.expand(page.model.index(1, 0, page.model.index(0, 0)))
    work(page)
    assert [row[:3] for row in rows(page)[1][3]] == [
        ("0", "http", "string"),
        ("1", '{"deep": [1, 2.5, null]}', "1 member"),
    ]


def test_a_large_array_has_rows_for_a_thousand_and_groups_for_the_rest(page, body):
    show(page, body(b"[" + b"0," * 1_003_499 + b"7]"))
    found = rows(page)
    assert len(found) == 1000 + 999 + 1
    assert [found[at][0] for at in (0, 999, 1000, 1998, 1999)] == [
        "0", "999", "1,000 … 1,999", "999,000 … 999,999", "1,000,000 … 1,003,499",
    ]  # fmt: skip
    assert stand_on(page, 1_003_499).node.index == 1_003_499
    assert page.tree.currentIndex().siblingAtColumn(1).data() == "7"
    assert page.path(page.tree.item) == "$[1003499]"
    assert page.path(page.tree.item.parent) == "$[1003000:1004000]"


def test_json_lines_have_one_root_with_a_child_a_line(page, body):
    show(page, body('{"a": 1}\n\n"two"\n[3]\n'), LINES)
    assert page.model.index(0, 0).siblingAtColumn(2).data() == "3 lines"
    assert [row[:3] for row in rows(page)] == [
        ("0", '{"a": 1}', "1 member"),
        ("1", "two", "string"),
        ("2", "[3]", "1 item"),
    ]


def test_the_model_keeps_the_rules_of_qt(watched, body):
    show(watched, body(json.dumps(DOCUMENT)))
    assert [row[0] for row in rows(watched)[1][3][1][3][0][3]] == ["0", "1", "2"], "the tester opens all"
    stand_on(watched, 1, 1, 0, 2)
    watched.clear()
    show(watched, body("[[], [1, 2"))
    show(watched, body("1\n2\n"), LINES)


@pytest.mark.parametrize("size", [1, 7, 30])
def test_the_model_keeps_the_rules_of_qt_while_the_body_arrives(watched, body, size):
    text = json.dumps([DOCUMENT, [], DOCUMENT]).encode()
    store = body(b"", is_over=False)
    for place in range(0, len(text), size):
        store.append(text[place : place + size])
        watched.show_body(store, JSON, is_over=False)
        watched._work()
    store.finish()
    show(watched, store)
    assert [row[2] for row in rows(watched)] == ["5 members", "0 items", "5 members"]
    assert [row[:3] for row in rows(watched)[2][3]][2] == ("a b", "true", "boolean")


def test_the_tree_grows_while_the_body_arrives(page, body):
    text = json.dumps(DOCUMENT)
    store = body(text[:30], is_over=False)
    page.show_body(store, JSON, is_over=False)
    page._work()
    assert [row[0] for row in rows(page)] == ["name", "tags"]
    assert page.model.index(0, 0).siblingAtColumn(2).data() == "2+ members"
    store.append(text[30:].encode())
    store.finish()
    show(page, store)
    assert [row[:3] for row in rows(page)][:3] == [
        ("name", "requests", "string"),
        ("tags", '["http", {"deep": [1, 2.5, null]}]', "2 items"),
        ("a b", "true", "boolean"),
    ]
    assert not page._timer.isActive()


def test_rows_that_were_made_as_the_time_was_up_are_shown_later(page, body):
    show(page, body("[[1,2,3]]"))
    item = page.model.item(page.model.index(0, 0)).children[0]
    while page.model._make(item):
        pass
    page.model.make(item, 9, 0.0)
    page.model.grow(1)
    assert len(item.children) == 3


def test_a_broken_body_is_known_up_to_the_fault_which_can_be_gone_to(page, body, qtbot):
    show(page, body('{"a": [1, 2}, "b": 3}'))
    assert [row[0] for row in rows(page)] == ["a"]
    assert page.path_line.words == "Broken at byte 11: } closes nothing that is open"
    with qtbot.waitSignal(page.reveal_asked) as asked:
        page.fault_button.click()
    assert asked.args == [11, 1]


def test_what_is_no_value_says_so(page, body):
    show(page, body('[1, tru, {"a" 1}, nul]'))
    assert [row[2] for row in rows(page)] == ["number", "not JSON", "1 member", "not JSON"]


@pytest.mark.parametrize("cut", ["[1, tru", '[1, {"a', '[1, {"a" ', "[1, -"])
def test_what_has_not_all_arrived_is_not_called_wrong(page, body, cut):
    store = body(cut, is_over=False)
    show(page, store)
    page.open_below()
    work(page)
    kinds = {row[2] for row in every(rows(page))}
    assert kinds <= {"number", "…", "1+ members"}
    assert "…" in kinds
    store.finish()
    show(page, store)
    assert "not JSON" in {row[2] for row in every(rows(page))}


def every(found):
    return [one for row in found for one in (row, *every(row[3]))]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((Key.Key_C, Mod.ControlModifier), 'two\nlines <b>"bold"</b> é'),
        ((Key.Key_P, Mod.ControlModifier | Mod.AltModifier), "$.text"),
        ((Key.Key_N, Mod.ControlModifier | Mod.AltModifier), "text"),
        (
            (Key.Key_C, Mod.ControlModifier | Mod.AltModifier),
            r'"text": "two\nlines <b>\"bold\"</b> \u00e9"',
        ),
    ],
)
def test_keys_copy_value_path_name_and_text(page, body, keys, expected):
    show(page, body(json.dumps(DOCUMENT)))
    stand_on(page, 3)
    QTest.keyClick(page.tree, *keys)
    assert clipboard() == expected


def test_a_container_is_copied_as_it_is_written(page, body):
    show(page, body('{"x": [1,  2.50,\n 1E5]}'))
    stand_on(page, 0)
    page.copy()
    assert clipboard() == "[1,  2.50,\n 1E5]"


def test_what_is_too_large_for_the_clipboard_is_not_copied(page, body, qtbot, monkeypatch):
    monkeypatch.setattr(tree_page, "COPY_LIMIT_BYTES", 5)
    QGuiApplication.clipboard().setText("before")
    show(page, body(json.dumps(DOCUMENT)))
    with qtbot.waitSignal(page.notice) as told:
        page.copy_value()
    assert "clipboard" in told.args[0]
    assert clipboard() == "before"


def test_the_path_line_leads_back_to_what_holds_the_value(page, body):
    show(page, body(json.dumps(DOCUMENT)))
    stand_on(page, 1, 1, 0, 2)
    assert [part.text() for part in page.path_line.parts] == ["$", ".tags", "[1]", ".deep", "[2]"]
    page.path_line.parts[1].click()
    work(page)
    assert page.path(page.tree.item) == "$.tags"
    page.copy_path_button.click()
    assert clipboard() == "$.tags"


def test_a_long_path_leaves_out_its_middle(page, body):
    show(page, body('{"a_long_name":' * 30 + "1" + "}" * 30))
    stand_on(page, *[0] * 30)
    words = [part.text() for part in page.path_line.parts]
    assert words[:2] == ["$", "…"]
    assert words[-1] == ".a_long_name"
    assert page.path_line.sizeHint().width() < 2 * page.width()


def test_the_keyboard_opens_closes_and_goes_up(page, body):
    show(page, body(json.dumps(DOCUMENT)))
    stand_on(page, 1)
    QTest.keyClick(page.tree, Key.Key_Return)
    work(page)
    QTest.keyClick(page.tree, Key.Key_Down)
    assert page.path(page.tree.item) == "$.tags[0]"
    QTest.keyClick(page.tree, Key.Key_Left)
    assert page.path(page.tree.item) == "$.tags"
    QTest.keyClick(page.tree, Key.Key_Left)
    assert not page.tree.isExpanded(page.tree.currentIndex())
    QTest.keyClicks(page.tree, "te")
    assert page.path(page.tree.item) == "$.text"


def test_all_below_is_opened_up_to_a_bound_that_is_told(page, body, monkeypatch, qtbot):
    show(page, body(json.dumps([[[1]] for _turn in range(20)])))
    QTest.keyClick(page.tree, Key.Key_Asterisk)
    work(page)
    assert page._opened == 1 + 20 + 20
    page.close_below()
    assert not page.tree.isExpanded(page.model.index(0, 0, page.model.index(0, 0)))
    monkeypatch.setattr(tree_page, "OPEN_LIMIT", 5)
    stand_on(page)
    with qtbot.waitSignal(page.notice) as told:
        page.open_below()
        work(page)
    assert told.args[0].startswith("5 containers are open")


def test_the_row_is_shown_in_the_text(page, body, qtbot):
    show(page, body('{"a": 1, "bc": [2]}'))
    stand_on(page, 1)
    with qtbot.waitSignal(page.reveal_asked) as asked:
        QTest.keyClick(page.tree, Key.Key_R, Mod.ControlModifier | Mod.AltModifier)
    assert asked.args == [9, 9]


async def test_finding_goes_from_match_to_match_and_opens_the_way(qtloop, page, body):
    show(
        page,
        body(
            json.dumps(
                [{"name": f"n{number}", "tag": "needle" if number % 50 == 7 else ""} for number in range(200)]
            )
        ),
    )
    assert page.find()
    QTest.keyClicks(page.find_bar.field, "needle")
    await until(lambda: page.finder.is_done and page.path(page.tree.item) == "$[7].tag")
    assert page.finder.count == 4
    QTest.keyClick(page.find_bar.field, Key.Key_Return)
    await until(lambda: page.path(page.tree.item) == "$[57].tag")
    assert page.find_next(1)
    await until(lambda: page.path(page.tree.item) == "$[107].tag")
    QTest.keyClick(page.find_bar.field, Key.Key_Escape)
    assert not page.find_bar.isVisible()
    assert not [thread for thread in threading.enumerate() if thread.name == "search"]


def test_deep_nesting_is_shown_up_to_a_limit_that_is_told(page, body):
    show(page, body("[" * 100_000))
    stand_on(page, *[0] * 600)
    index = page.tree.currentIndex()
    assert not page.model.hasChildren(index)
    assert "512" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_tip_is_never_read_as_markup(page, body):
    show(page, body('{"<img src=x>": "<b>bold</b>"}'))
    index = stand_on(page, 0) and page.tree.currentIndex()
    assert "&lt;img" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;bold" in index.siblingAtColumn(1).data(Qt.ItemDataRole.ToolTipRole)


def test_the_menu_names_every_action_with_its_key(page, body):
    show(page, body(json.dumps(DOCUMENT)))
    page.tree.customContextMenuRequested.emit(QPoint(5, 5))
    menu = page.findChild(QMenu)
    titles = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
    assert titles[:5] == [
        "Copy value", "Copy path", "Copy name", "Copy as it is in the body", "Show in the text",
    ]  # fmt: skip
    menu.close()


def test_every_control_has_a_name(page):
    for button in page.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text(), button
    assert page.tree.accessibleName()


def test_clearing_ends_all_work(page, body):
    store = body(b"[" + b"[1]," * 2_000_000 + b"1]")
    page.show_body(store, JSON, is_over=True)
    outline = page.outline
    page._work()
    assert outline.process_id is not None
    page.clear()
    assert outline.process_id is None
    assert page.model.rowCount() == 0
    assert not page._timer.isActive()
