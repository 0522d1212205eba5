"""The table page: rows of any number, cells selected and copied, its form recognised and changed by hand."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu

from antiphon.body.store import BodyStore
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.cell_copy import COPY_LIMIT_ROWS
from antiphon.ui.viewer.modes import mode_of
from antiphon.ui.viewer.table_page import TablePage
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
CSV = Media("csv", "utf-8", content_type="text/csv")
PEOPLE = 'name,city,age\n"Lee, Ann",Zürich,3\nBob,"two\nlines",4\nCy\n'


@pytest.fixture
def page(qtbot):
    page = TablePage(Theme("light"))
    qtbot.addWidget(page, before_close_func=lambda widget: widget.clear())
    page.resize(900, 400)
    page.show()
    page.view.setFocus()
    return page


def show(page, text, media=CSV, *, is_over=True):
    body = BodyStore()
    body.append(text.encode())
    if is_over:
        body.finish()
    page.show_body(body, media, is_over=is_over)
    page._step()
    return body


def clipboard():
    return QGuiApplication.clipboard().text()


def test_tables_come_first_for_csv_and_forms():
    assert mode_of("csv", None).key == mode_of("form", None).key == "table"
    assert "table" not in {mode_of("json", None).key, mode_of("text", "table").key}


def test_cells_are_shown_below_the_titles(page):
    show(page, PEOPLE)
    view = page.view
    assert view.rows.titles == ("name", "city", "age")
    assert [view.text_at(0, 0), view.text_at(1, 1), view.text_at(2, 1)] == ["Lee, Ann", "two\nlines", None]
    assert page.words.text().startswith("3 rows   row 1, name")


def test_a_ragged_row_says_so(page):
    show(page, PEOPLE)
    page.view.go_to(2, 0)
    assert "1 of 3 cells" in page.words.text()
    page.view.go_to(2, 2)
    assert page.words.text().endswith("no such cell")
    page.grab()


def test_a_rectangle_of_cells_is_copied_as_tsv(page):
    show(page, PEOPLE)
    view = page.view
    view.go_to(0, 0)
    QTest.keyClick(view, Key.Key_Down, Mod.ShiftModifier)
    QTest.keyClick(view, Key.Key_Right, Mod.ShiftModifier)
    QTest.keyClick(view, Key.Key_C, Mod.ControlModifier)
    assert clipboard() == 'Lee, Ann\tZürich\nBob\t"two\nlines"'
    view.select_all()
    page.copy()
    assert clipboard().startswith("name\tcity\tage\nLee, Ann")


def test_copying_more_rows_than_fit_is_told(page, qtbot):
    show(page, "a\n" + "1\n" * (COPY_LIMIT_ROWS + 10))
    while page._rows.advance():
        pass
    page.view.select_all()
    with qtbot.waitSignal(page.notice) as told:
        page.copy()
    assert "Only the first 20,000 rows" in told.args[0]
    assert clipboard().count("\n") == COPY_LIMIT_ROWS
    page.view.go_to(2000, 0, keeps_anchor=True)
    page.view._anchor = (0, 0)
    with qtbot.waitSignal(page.notice) as told:
        page.copy()
    assert told.args[0] == "2,001 rows were copied."


def test_delimiter_and_titles_are_changed_by_hand(page):
    show(page, "a;b\n1;2\n")
    assert page.form.delimiter == ";"
    actions = {action.text(): action for action in page.delimiter_menu().actions()}
    assert actions["Semicolon"].isChecked()
    actions["Comma"].trigger()
    assert page.view.text_at(0, 0) == "1;2"
    QTest.keyClick(page, Key.Key_T, Mod.AltModifier)
    assert page.view.text_at(0, 0) == "a;b"
    assert not page.header.isChecked()


async def test_rows_are_found_while_they_arrive_and_in_steps(qtloop, page):
    body = show(page, "n,v\n", is_over=False)
    assert page.view.rows.count == 0
    body.append(b"".join(b'%d,"x\n"\n' % number for number in range(100_000)))
    page.show_body(body, CSV, is_over=False)
    body.finish()
    page.show_body(body, CSV, is_over=True)
    await until(lambda: page.view.rows.count == 100_000)
    page.view.go_to(99_999, 0)
    assert page.view.text_at(99_999, 0) == "99999"
    assert page.view.seen_range()[1] == 100_000
    await until(lambda: not page._timer.isActive())


def test_the_form_is_looked_at_again_while_little_is_there(page):
    body = show(page, "a", is_over=False)
    body.append(b";b\n1;2\n")
    page._timer.stop()
    page.show_body(body, CSV, is_over=True)
    assert page.form.delimiter == ";"


def test_forms_are_shown_without_the_controls_of_csv(page):
    show(page, "a=1&b=x+y", Media("form", "utf-8"))
    assert page.view.rows.titles == ("Name", "Value", "As sent")
    assert page.view.text_at(1, 1) == "x y"
    assert not page.delimiter.isVisible()


def test_keys_go_everywhere(page):
    show(page, "a,b\n" + "1,2\n" * 500)
    view, places = page.view, []
    for key, modifier in (
        (Key.Key_Down, Mod.NoModifier), (Key.Key_Right, Mod.NoModifier), (Key.Key_PageDown, Mod.NoModifier),
        (Key.Key_End, Mod.ControlModifier), (Key.Key_Home, Mod.NoModifier), (Key.Key_Home, Mod.ControlModifier),
        (Key.Key_Up, Mod.NoModifier), (Key.Key_Down, Mod.ControlModifier),
    ):  # fmt: skip
        QTest.keyClick(view, key, modifier)
        places.append(view.cell)
    page_rows = view.rows_on_page
    assert places == [(1, 0), (1, 1), (1 + page_rows, 1), (499, 1), (499, 0), (0, 0), (0, 0), (499, 0)]


def test_rows_are_gone_to_by_number_share_and_distance(page):
    show(page, "a,b\n" + "1,2\n" * 500)
    rows = []
    for text in ("100", "50%", "+10", "-1", "9999"):
        assert page.go()
        page.go_bar.field.setText(text)
        QTest.keyClick(page.go_bar.field, Key.Key_Return)
        rows.append(page.view.cell[0] + 1)
    assert rows == [100, 250, 260, 259, 500]
    page.go()
    page.go_bar.field.setText("x")
    page.go_bar.go.click()
    assert page.go_bar.field.toolTip()
    QTest.keyClick(page.go_bar.field, Key.Key_Escape)
    assert not page.go_bar.isVisible()


def test_a_click_chooses_and_a_title_selects_its_column(page):
    show(page, PEOPLE)
    view, port = page.view, page.view.viewport()
    place = QPoint(int(view._left_of(1)) + 5, view.top_of(1) + 5)
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, Mod.NoModifier, place)
    assert view.cell == (1, 1)
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, Mod.NoModifier, QPoint(place.x(), 4))
    assert view.selection == (range(3), range(1, 2))


def test_a_column_is_drawn_wider_by_its_edge(page):
    show(page, PEOPLE)
    view = page.view
    edge = int(view._left_of(1))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, QPoint(edge, 4))
    QTest.mouseMove(view.viewport(), QPoint(edge + 50, 4))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, QPoint(edge + 50, 4))
    assert int(view._left_of(1)) == edge + 50
    assert view._grip_at(QPointF(edge + 51, 4)) == 0


def test_return_shows_the_row_in_the_text(page, qtbot):
    show(page, PEOPLE)
    page.view.go_to(1, 0)
    with qtbot.waitSignal(page.reveal_asked) as asked:
        QTest.keyClick(page.view, Key.Key_Return)
    start, length = asked.args
    assert PEOPLE.encode()[start : start + length] == b'Bob,"two\nlines",4\n'
    page._open_menu(QPoint(5, 5))
    page.findChild(QMenu).close()


def test_controls_have_names_and_hostile_cells_do_no_harm(page):
    show(page, 'a,b\n<b>bold</b>,"\0\u202e' + "x" * 5000 + '"\n')
    page.grab()
    assert "Row 1, a: <b>bold</b>" in page.view.accessibleDescription()
    for button in page.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text()


@pytest.mark.parametrize(
    "raw",
    [b"\0" * 1000, b'"' * 100_001, b"," * 300_000, b"\r" * 1000, b"\n" * 100_000, b"x" * 1_000_000, b'"a\n' * 1000, b"\xff,\xfe\n"],
    ids=["nulls", "quotes", "commas", "CR", "newlines", "one line", "open quote", "no text"],
)  # fmt: skip
async def test_hostile_tables_open_scroll_and_copy(qtloop, page, raw):
    body = BodyStore()
    body.append(raw)
    body.finish()
    page.show_body(body, CSV, is_over=True)
    await until(lambda: not page._timer.isActive())
    page.grab()
    QTest.keyClick(page.view, Key.Key_End, Mod.ControlModifier)
    page.grab()
    page.copy()
    page.view.select_all()
    assert page.view.rows.count >= 0


async def found(page, text):
    page.find()
    page.find_bar.field.setText(text)
    await until(lambda: page.finder.is_done and (page.finder.number is not None or not page.finder.count))


async def test_find_goes_from_cell_to_cell_and_marks_them(qtloop, page):
    show(page, PEOPLE + "Ann,Lima,5\n")
    await found(page, "ann")
    assert (page.finder.count, page.view.cell) == (2, (0, 0))
    QTest.keyClick(page.view, Key.Key_F3)
    await until(lambda: page.view.cell == (3, 0))
    QTest.keyClick(page.view, Key.Key_F3, Mod.ShiftModifier)
    await until(lambda: page.view.cell == (0, 0))
    await found(page, "lines")
    assert page.view.cell == (1, 1)
    assert [page._cells._columns_in(page.view.rows.row(number)) for number in (0, 1)] == [set(), {1}]
    await found(page, "city")
    assert page.view.cell == (0, 1)
    QTest.keyClick(page.find_bar.field, Key.Key_Escape)
    assert page.find_bar.isHidden()
    assert page.view.hasFocus()
    assert page.finder.query is None


async def test_find_in_a_form_tells_names_from_values(qtloop, page):
    show(page, "name=Ada&job=name", Media("form", "utf-8"))
    await found(page, "name")
    assert page.view.cell == (0, 0)
    page.finder.go(1)
    await until(lambda: page.view.cell == (1, 1))
