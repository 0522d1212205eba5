"""Columns of a list of events, and what is shown of a text that does not fit."""

import pytest

from antiphon.body.event_lines import LineIndex
from antiphon.body.event_stream import SseIndex
from antiphon.body.store import BodyStore
from antiphon.ui.viewer.event_cells import columns_of, cut_text


@pytest.mark.parametrize(
    ("text", "fitting", "needle", "shown"),
    [
        ("short", 10, "", "short"),
        ("exactly ten", 11, "", "exactly ten"),
        ("longer than it", 9, "", "longer t…"),
        ("longer than it", 9, "long", "longer t…"),
        ("0123456789 Needle and more", 12, "needle", "…789 Needle…"),
        ("0123456789 Needle and more", 20, "needle", "0123456789 Needle a…"),
        ("no such word in it", 9, "xyz", "no such …"),
        ("anything", 0, "", "…"),
    ],
)
def test_text_is_cut_so_that_what_was_found_stays_in_sight(text, fitting, needle, shown):
    assert cut_text(text, fitting, needle) == shown


def titles(index_type, text, room=900):
    store = BodyStore()
    store.append(text)
    index = index_type(store)
    while index.advance():
        pass
    columns = columns_of(index, room, 7)
    store.close()
    assert all(one.left + one.width <= other.left for one, other in zip(columns, columns[1:], strict=False))
    return [column.title for column in columns]


def test_columns_are_those_that_say_something():
    assert [column.title for column in columns_of(None, 900, 7)] == ["Time", "Data"]
    assert titles(LineIndex, b"{}\n") == ["Time", "Data"]
    assert titles(LineIndex, b'{"type": "a"}\n') == ["Time", "Type", "Data"]
    assert titles(SseIndex, b"data: x\n\n") == ["Time", "Type", "Data"]
    assert titles(SseIndex, b"id: 1\ndata: x\n\n") == ["Time", "Type", "Id", "Data"]
    assert titles(SseIndex, b"id: 1\ndata: x\n\n", room=300) == ["Time", "Data"]
    assert titles(SseIndex, b"event: a\ndata: x\n\n", room=300) == ["Time", "Type", "Data"]
