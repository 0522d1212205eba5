"""The rows' model and their text form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from antiphon.core.document import Variable
from antiphon.core.template import Scope, layer
from antiphon.ui.widgets import bulk
from antiphon.ui.widgets.rows import Row, RowsModel

TWO = (Row("a", "1"), Row("b", "2", enabled=False, description="second"))


@pytest.fixture
def model(qapp):
    model = RowsModel("Header")
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.tester = tester
    model.told = []
    model.edited.connect(lambda: model.told.append(model.rows()))
    return model


def test_an_empty_row_to_type_into_always_stands_last(model):
    model.set_rows(TWO)
    assert model.rowCount() == 3
    assert model.index(2, 1).data() == ""
    assert model.flags(model.index(2, 1)) & Qt.ItemFlag.ItemIsEditable


def test_typing_into_the_empty_row_makes_it_a_row_and_another_follows(model):
    assert model.setData(model.index(0, 1), "Accept")
    assert model.rows() == (Row("Accept"),)
    assert model.rowCount() == 2
    assert model.told == [(Row("Accept"),)]


def test_showing_equal_rows_tells_nothing_and_resets_nothing(model):
    model.set_rows(TWO)
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda *_: resets.append(2))
    model.set_rows(list(TWO))
    assert resets == [] and model.told == []


def test_a_row_that_was_emptied_is_no_row_and_goes_when_asked(model):
    model.set_rows(TWO)
    model.setData(model.index(0, 1), "")
    model.setData(model.index(0, 2), "")
    assert model.rows() == TWO[1:]
    model.drop_blank_rows()
    assert model.rowCount() == 2


def test_a_box_switches_a_row_off(model):
    model.set_rows(TWO)
    model.toggle(model.index(0, 0))
    assert not model.rows()[0].enabled
    assert model.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_rows_move_and_stop_at_either_end(model):
    model.set_rows(TWO)
    assert model.move(0, 1)
    assert [row.name for row in model.rows()] == ["b", "a"]
    assert not model.move(1, 1)
    assert model.move(1, -1)
    assert not model.move(0, -1)
    assert model.rows() == TWO


def test_a_fixed_row_keeps_its_name_and_place(model):
    model.set_rows((Row(":id", "7", is_fixed=True), *TWO))
    assert not model.setData(model.index(0, 1), "other")
    assert model.setData(model.index(0, 2), "8")
    model.remove(0)
    assert model.rows()[0] == Row(":id", "8", is_fixed=True)
    assert not model.move(1, -1)


def test_added_rows_follow_the_empty_one_and_cannot_be_edited(model):
    model.set_rows(TWO)
    model.set_added([Row("Host", "example.org", description="automatic")])
    assert model.rowCount() == 4
    assert not model.setData(model.index(3, 2), "other")
    model.setData(model.index(2, 1), "c")
    assert model.index(4, 1).data() == "Host"
    model.set_added([])
    assert model.rowCount() == 4


def test_every_cell_says_what_it_is(model):
    model.set_rows(TWO)
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(1, 0).data(spoken) == "Header 2, b, not sent"
    assert model.index(0, 2).data(spoken) == "Header 1, value: 1"
    assert model.index(2, 1).data(spoken) == "New header, name"


def test_hovering_over_a_value_explains_its_variables_but_not_secrets(model):
    variables = [Variable("host", "example.org"), Variable("key", "", is_secret=True)]
    model.set_scope(Scope((layer("environment Local", variables, {"key": "hunter2"}),)))
    model.set_rows((Row("a", "{{host}} {{key}} {{gone}}"),))
    tip = model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert "host = example.org\nfrom environment Local" in tip
    assert "hunter2" not in tip and "key = •" in tip
    assert "gone has no value here" in tip


def test_text_keeps_descriptions_of_rows_it_still_names():
    rows = bulk.as_rows("a: 9\n# b: 2\n\nc: 3", TWO)
    assert rows == [Row("a", "9"), TWO[1], Row("c", "3")]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Accept: */*", Row("Accept", "*/*")),
        ("# Accept: */*", Row("Accept", "*/*", enabled=False)),
        ("#Accept:*/*", Row("Accept", "*/*", enabled=False)),
        ("Time: 12:30", Row("Time", "12:30")),
        ("bare", Row("bare")),
        (":path: /x", Row(":path", "/x")),
    ],
)
def test_a_line_is_read_as(line, row):
    assert bulk.as_rows(line, ()) == [row]


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)
ROWS = st.lists(st.builds(Row, WORDS, WORDS, st.booleans(), WORDS).filter(lambda row: row.name or row.value))


@given(ROWS)
def test_rows_as_text_and_back_are_the_same_rows(rows):
    assert bulk.as_rows(bulk.as_text(rows), rows) == rows
