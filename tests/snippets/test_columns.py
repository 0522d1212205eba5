import pytest

from antiphon.snippets.columns import PICK, steps_of


@pytest.mark.parametrize(
    "path, expected",
    [
        ("$", ()),
        ("$.name", ("name",)),
        ("$.items[0].id", ("items", 0, "id")),
        ("$['a b'][\"c\"][-1]", ("a b", "c", -1)),
        ("$.public_repos", ("public_repos",)),
        ("$..name", None),
        ("$.items[*].id", None),
        ("$.items[?@.a>1]", None),
        ("$['it\\'s']", None),
        ("name", None),
    ],
)
def test_steps_of_a_path_that_names_one_place(path, expected):
    assert steps_of(path) == expected


def test_pick_gives_nothing_where_nothing_stands():
    space: dict = {}
    exec(PICK, space)
    pick = space["pick"]
    data = {"a": [1, {"b": None}]}
    assert pick(data, "a", 0) == 1
    assert pick(data, "a", 1, "b") is None
    assert pick(data, "x") == pick(data, "a", 5) == pick(data, "a", "b") == pick([], "a") == ""
