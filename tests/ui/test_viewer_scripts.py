"""Scripts of the world in a body's view: a character is what a person counts as one, whichever way it runs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from antiphon.ui.viewer.row_layout import TILE
from tests.ui.viewing import click, made_view, store_of, take_in

FAMILY, FLAG, THUMB = "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽"
ACCENT = "e\u0301"
HEBREW, ARABIC = "שלום עולם", "مرحبا بالعالم"


@pytest.fixture
def view(qtbot):
    return made_view(qtbot)


def shown_in(view, text, language="text"):
    view.set_source(store_of(text), language)
    take_in(view)
    return view.layout_of(0)


@pytest.mark.parametrize("character", [FAMILY, FLAG, THUMB, ACCENT, "流", "क्षि"])
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_the_caret_steps_over_a_whole_character(view, character, is_wrapped):
    view.set_wrapped(is_wrapped)
    shown_in(view, f"a{character}b")
    places = []
    for key in (Qt.Key.Key_Right,) * 3 + (Qt.Key.Key_Left,) * 3:
        QTest.keyClick(view, key)
        places.append(view.caret)
    size = len(character.encode())
    assert places == [1, 1 + size, 2 + size, 1 + size, 1, 0]


@pytest.mark.parametrize("character", [FAMILY, FLAG, ACCENT])
def test_a_long_row_is_never_cut_inside_a_character(view, character):
    text = ("x" * 7 + character) * 120
    layout = shown_in(view, text)
    assert layout._tile_count > 3
    for number in range(1, layout._tile_count):
        start = layout._bounds(number)[0]
        assert text[:start].endswith((character, "x"))
        assert text[start:].startswith((character, "x"))
    assert layout._bounds(layout._tile_count - 1)[1] == len(text)


@pytest.mark.parametrize("words", [HEBREW, ARABIC])
def test_a_row_that_runs_leftwards_is_laid_out_as_a_whole(view, words):
    layout = shown_in(view, f"{words} " * 60)
    assert len(layout.text.text) > 2 * TILE
    assert layout._tile_count == 1


def test_every_character_of_mixed_directions_is_hit_by_the_mouse(view):
    text = f'{{"name": "{ARABIC}", "b": "{HEBREW}", "n": 5}}'
    layout = shown_in(view, text, "json")
    for index in range(len(text)):
        left, right = layout.place_of(index)[0], layout.place_of(index + 1)[0]
        if abs(right - left) < 2 * view._style.char_width:  # both edges are in one run
            assert layout.index_at((left + right) / 2, 1) in {index, index + 1}


def test_syntax_stands_from_left_to_right_and_prose_where_its_first_letter_says(view):
    text = f"{HEBREW}: abc"
    prose = shown_in(view, text, "text").place_of(len(text))[0]
    code = shown_in(view, text, "yaml").place_of(len(text))[0]
    assert prose < 4 * view._style.char_width  # what begins at the right ends at the left
    assert code > 8 * view._style.char_width


def test_copying_leaves_every_character_as_it_came(view, qapp):
    text = f"{FAMILY} {ACCENT} {HEBREW} 流れ\u202e"
    shown_in(view, text)
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == text


def test_a_click_beside_a_wide_character_lands_on_its_edge(view):
    text = "流" * 10
    shown_in(view, text)
    for index in range(10):
        click(view, 3 * index)
        assert view.caret == 3 * index
