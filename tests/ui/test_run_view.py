"""The table of a run: columns as typed, states in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import RequestDocument
from antiphon.core.events import Failure
from antiphon.store import collections as disk
from antiphon.store.secrets import SecretStore
from antiphon.ui.run.model import status_text
from antiphon.ui.run.view import RunView, columns_of, columns_text
from antiphon.ui.theme import Theme
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.run import FolderRun, Row, error_text

WORD = st.text("abcdefghij_ ", min_size=1, max_size=6).map(str.strip).filter(bool)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", ()),
        (
            "name = $.name, repositories = $.public_repos",
            (Column("name", "$.name"), Column("repositories", "$.public_repos")),
        ),
        ("a=$[0], b=$['x,y'].z ,", (Column("a", "$[0]"), Column("b", "$['x,y'].z"))),
        ("no path", None),
        ("a = name", None),
    ],
)
def test_columns_are_read_as_they_are_typed(text, columns):
    assert columns_of(text) == columns


@given(st.lists(st.tuples(WORD, WORD.map(lambda word: f"$.{word.replace(' ', '')}")), max_size=4))
def test_columns_come_back_as_they_were(pairs):
    columns = tuple(Column(*pair) for pair in pairs)
    assert columns_of(columns_text(RunPlan(columns=columns))) == columns


@pytest.mark.parametrize(
    ("row", "status", "error"),
    [
        (Row(0, "n", "p"), "waiting", "waiting"),
        (Row(0, "n", "p", "running"), "running…", "running"),
        (Row(0, "n", "p", "done", 404), "404", "error status 404"),
        (
            Row(0, "n", "p", "failed", failure=Failure("read_timeout", "No answer.", "")),
            "failed",
            "read timeout: No answer.",
        ),
        (Row(0, "n", "p", "cancelled"), "cancelled", "cancelled"),
    ],
)
def test_states_are_words(row, status, error):
    assert status_text(row) == status
    assert error_text(row) == error


@pytest.fixture
def view(qtbot, tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    disk.create_request(root, "", RequestDocument("Ping", url="http://h/"))
    run = FolderRun(OpenCollection(root, SecretStore()), "")
    view = RunView(Theme("light"), run)
    qtbot.addWidget(view)
    return view


def test_typing_edits_the_plan_and_saving_keeps_it(view, qtbot):
    view.columns.setText("")
    qtbot.keyClicks(view.columns, "id = $.id")
    view.limit.setText("")
    qtbot.keyClicks(view.limit, "3")
    qtbot.keyClicks(view.rate, "2.5")
    assert view.run.plan == RunPlan(3, 2.5, (Column("id", "$.id"),))
    assert not view.run.is_saved
    view.run.save_plan()
    assert view.run.collection.run_plan("") == view.run.plan


def test_a_column_that_cannot_be_read_keeps_the_last_good_ones(view, qtbot):
    view.run.edit(RunPlan(columns=(Column("a", "$.a"),)))
    view.columns.setText("")
    qtbot.keyClicks(view.columns, "a = nothing")
    assert view.run.plan.columns == (Column("a", "$.a"),)
    assert "JSONPath" in view.columns.toolTip()
