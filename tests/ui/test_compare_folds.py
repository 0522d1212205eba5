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


def stretches_of(pieces):
    """Return the pieces of each stretch: a difference, or all that lie between two."""
    stretches = []
    for piece in range(len(pieces)):
        is_between = pieces.sign(piece) in (Sign.EQUAL, Sign.IGNORED)
        if is_between and stretches and pieces.sign(stretches[-1][0]) in (Sign.EQUAL, Sign.IGNORED):
            stretches[-1].append(piece)
        else:
            stretches.append([piece])
    return stretches


def naive(folds, opened, is_folded):
    rows, pieces = [], folds.pieces
    stretches = stretches_of(pieces)
    for number, stretch in enumerate(stretches):
        own = [
            (piece, pieces.row(piece, place), 0, False)
            for piece in stretch
            for place in range(pieces.counts[piece])
        ]
        lead = CONTEXT if number else 0
        trail = CONTEXT if number < len(stretches) - 1 else 0
        hidden = len(own) - lead - trail
        is_between = pieces.sign(stretch[0]) in (Sign.EQUAL, Sign.IGNORED)
        if is_folded and is_between and number not in opened and hidden > 1:
            ignores = any(pieces.sign(piece) == Sign.IGNORED for piece in stretch)
            own = [*own[:lead], (own[lead][0], None, hidden, ignores), *(own[-trail:] if trail else [])]
        rows += own
    return rows


@given(PIECES, st.sets(st.integers(0, 7)), st.booleans())
def test_what_is_seen_agrees_with_a_list_of_all_rows(paths, parts, opened, is_folded):
    folds = folds_of(parts, paths)
    stretches = stretches_of(folds.pieces)
    opened = {number for number in opened if number < len(stretches)}
    folds.set_folded(is_folded)
    for number in opened:
        folds.toggle(stretches[number][-1])
    rows = [folds.row(number) for number in range(len(folds))]
    assert [tuple(row) for row in rows] == naive(folds, opened, is_folded)
    for stretch in stretches:
        for piece in stretch:
            seen = (piece, folds.pieces.row(piece, 0), 0, False)
            first = rows[folds.first_row(piece)]
            assert first == seen or (first.row is None and first.piece in stretch and seen not in rows)


def test_what_is_ignored_is_folded_with_what_is_equal(paths):
    parts = [
        (Sign.CHANGED, 1),
        *[(Sign.EQUAL, 9), (Sign.IGNORED, 1)] * 50,
        (Sign.EQUAL, 9),
        (Sign.CHANGED, 1),
    ]
    folds = folds_of(parts, paths)
    assert len(folds) == 1 + CONTEXT + 1 + CONTEXT + 1
    assert folds.row(1 + CONTEXT).hidden_text == "503 equal or ignored lines"


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
