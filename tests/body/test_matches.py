from array import array

from antiphon.body.matches import Leaf, MatchIndex


def index_of():
    index = MatchIndex()
    index.keep(array("Q", [10, 20]), array("I", [3, 4]))
    index.add_leaves(array("Q", [25, 60]), array("Q", [40, 80]), array("I", [5, 2]))
    return index


def test_all_are_counted_and_the_first_kept():
    index = index_of()
    assert (index.count, index.kept, index.keeps_more, index.keeps_all) == (9, 2, False, False)
    assert (index.match(1), index.leaf_of(1)) == ((20, 4), None)


def test_a_match_that_is_not_kept_has_its_leaf():
    index = index_of()
    assert index.leaf_of(2) == index.leaf_of(6) == Leaf(25, 40, 5, 2)
    assert index.leaf_of(7) == Leaf(60, 80, 2, 7)


def test_rank_is_told_outside_of_leaves_and_left_open_inside():
    index = index_of()
    assert [index.rank(at) for at in (0, 10, 11, 21, 25, 40, 59, 60, 80, 99)] == [
        0,
        0,
        1,
        2,
        2,
        7,
        7,
        7,
        9,
        9,
    ]
    assert index.rank(26) == Leaf(25, 40, 5, 2)
    assert index.rank(79) == Leaf(60, 80, 2, 7)


def test_an_empty_index_has_nothing_before_any_place():
    assert MatchIndex().rank(5) == 0
    assert MatchIndex().keeps_more


def test_inside_of_a_leaf_matches_are_taken_to_lie_evenly():
    index = index_of()
    assert [index.about_rank(at) for at in (0, 11, 25, 31, 39, 40, 70, 80)] == [0, 1, 2, 4, 6, 7, 8, 9]
