"""Pieces are joined where they go on, and end where there are too many."""

import pytest

from antiphon.body import pieces
from antiphon.body.pieces import EnoughError, Piece, Pieces, Sign


def test_equal_rows_that_go_on_on_both_sides_are_one_piece():
    made = Pieces()
    made.equal(0, 2, 0, 2)
    made.equal(2, 3, 2, 3)
    made.equal(5, 1, 9, 1)
    assert made.pieces() == [Piece(Sign.EQUAL, 0, 5, 0, 5), Piece(Sign.EQUAL, 5, 1, 9, 1)]


def test_pieces_of_another_length_on_either_side_are_joined_with_nothing():
    made = Pieces()
    made.equal(0, 1, 0, 2)
    made.equal(1, 1, 2, 1)
    assert [piece[1:5] for piece in made.pieces()] == [(0, 1, 0, 2), (1, 1, 2, 1)]


def test_what_is_ignored_is_no_difference():
    made = Pieces()
    made.different(Sign.IGNORED, 0, 1, 0, 1, "$.a")
    made.different(Sign.ADDED, 1, 0, 1, 1, "$.ü")
    assert made.differences == 1
    assert made.paths.decode() == "$.a$.ü"
    assert made.pieces()[1] == Piece(Sign.ADDED, 1, 0, 1, 1, 3, 4)


def test_a_path_of_any_length_takes_little_room():
    made = Pieces()
    made.different(Sign.ADDED, 0, 0, 0, 1, "$" + ".a" * 10_000)
    assert len(made.paths) < 600
    assert made.paths.decode().endswith("…")


def test_there_is_an_end_to_differences(monkeypatch):
    monkeypatch.setattr(pieces, "MOST_DIFFERENCES", 2)
    made = Pieces()
    for row in range(2):
        made.different(Sign.CHANGED, row, 1, row, 1)
    with pytest.raises(EnoughError):
        made.different(Sign.CHANGED, 2, 1, 2, 1)
