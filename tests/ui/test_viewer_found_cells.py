"""Offsets of what is found, as cells."""

from antiphon.body.store import BodyStore
from antiphon.render.cells import TableForm
from antiphon.render.table_rows import CsvRows
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.found_cells import FoundCells
from antiphon.ui.viewer.table_view import TableView


def test_a_search_begins_at_the_row_that_is_current_and_goes_on_behind_what_was_found(qtbot):
    view = TableView(Theme("light"))
    qtbot.addWidget(view)
    body = BodyStore()
    body.append(b"a,b\n1,2\n3,4\n")
    rows = CsvRows(body, TableForm(), "utf-8")
    rows.advance()
    view.set_rows(rows)
    cells = FoundCells(view)
    assert cells.selection == (0, 0)
    cells.follow(body, rows, "utf-8")
    view.go_to(1, 0)
    assert cells.selection == (8, 8)
    cells.reveal(10, 1)
    assert (view.cell, cells.selection) == ((1, 1), (10, 11))
    view.go_to(0, 0)
    assert cells.selection == (0, 0)
    cells.reveal(2, 1)
    assert (view.cell, cells.selection) == ((0, 1), (2, 3))


def test_what_is_found_in_rows_that_are_not_counted_yet_is_gone_to_later(qtbot):
    view = TableView(Theme("light"))
    qtbot.addWidget(view)
    body = BodyStore()
    body.append(b"a,b\n" + b"1,2\n" * 100_000 + b"here,x\n")
    rows = CsvRows(body, TableForm(), "utf-8")
    rows.advance()
    view.set_rows(rows)
    cells = FoundCells(view)
    cells.follow(body, rows, "utf-8")
    cells.reveal(body.size_bytes - 2, 1)
    assert view.cell == (0, 0)
    while rows.advance():
        pass
    view.grow()
    cells.step()
    assert view.cell == (100_000, 1)
