"""Folded rows: what is seen agrees with a naive list, whatever is opened."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.comparison import CONTEXT, ComparedPieces
from antiphon.body.pieces import Pieces, Sign
from antiphon.body.spool import SpoolFile
from antiphon.ui.compare.folds import Folds

PIECES = st.lists(
    st.tuples(
        st.sampled_from([Sign.EQUAL, Sign.CHANGED, Sign.ADDED, Sign.REMOVED, Sign.IGNORED]),
        st.integers(1, 20),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    file = SpoolFile.create(tmp_path_factory.mktemp("paths"))
    yield file
    file.close()


def folds_of(parts, paths):
    made, left, right = Pieces(), 0, 0
    for sign, count in parts:
        counts = (0 if sign == Sign.ADDED else count, 0 if sign == Sign.REMOVED else count)
        if sign == Sign.EQUAL:
            made.equal(left, count, right, count)
        else:
            made.different(sign, left, counts[0], right, counts[1])
        left, right = left + counts[0], right + counts[1]
    return Folds(ComparedPieces(array("I", made.numbers), paths))


def naive(folds, opened, is_folded):
    rows, pieces = [], folds.pieces
    for piece in range(len(pieces)):
        own = [(piece, pieces.row(piece, place), 0) for place in range(pieces.counts[piece])]
        lead = CONTEXT if piece else 0
        trail = CONTEXT if piece < len(pieces) - 1 else 0
        hidden = len(own) - lead - trail
        if is_folded and pieces.sign(piece) == Sign.EQUAL and piece not in opened and hidden > 1:
            own = [*own[:lead], (piece, None, hidden), *(own[-trail:] if trail else [])]
        rows += own
    return rows


@given(PIECES, st.sets(st.integers(0, 7)), st.booleans())
def test_what_is_seen_agrees_with_a_list_of_all_rows(paths, parts, opened, is_folded):
    folds = folds_of(parts, paths)
    opened = {piece for piece in opened if piece < len(folds.pieces)}
    folds.set_folded(is_folded)
    for piece in opened:
        folds.toggle(piece)
    assert [tuple(folds.row(number)) for number in range(len(folds))] == naive(folds, opened, is_folded)


@given(PIECES)
def test_going_on_meets_every_difference_once_and_back_again(paths, parts):
    folds = folds_of(parts, paths)
    wanted = [folds.first_row(piece) for piece in folds.pieces.differences]
    row, met = -1, []
    while (number := folds.difference_after(row)) is not None:
        row = folds.first_row(folds.pieces.differences[number])
        met.append(row)
    assert met == wanted
    row, met = len(folds) - 1, []
    here = folds.row(row).piece if len(folds) else 0
    while (number := folds.difference_before(row)) is not None:
        row = folds.first_row(folds.pieces.differences[number])
        met.append(row)
    assert met == [folds.first_row(piece) for piece in reversed(folds.pieces.differences) if piece < here]
