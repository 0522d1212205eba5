"""JSON compared by its structure: the differences make the right of the left, and ignoring takes exactly its own away."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body import compare, structure
from antiphon.body.pieces import Sign
from tests.body.comparing import Compared, document_of

_NAMES = st.sampled_from(["a", "b", "id", "n m"])
_SCALARS = st.none() | st.integers(0, 3) | st.sampled_from(["x", "y", "{", '"', "é"])
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=14,
)
OBJECTS = st.recursive(_SCALARS, lambda inner: st.dictionaries(_NAMES, inner, max_size=4), max_leaves=14)


def said(value):
    return json.dumps(value).encode()


@pytest.fixture(autouse=True, scope="module", params=[1 << 14, 0, 40], ids=["folded", "open", "both"])
def fold_bytes(request):
    """How much is folded changes nothing of what is found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "FOLD_BYTES", request.param)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bodies")


def is_alike(mine, other):
    """Tell whether equal rows are of one text, and not an empty container beside one that is not."""
    return None not in (mine, other) and mine.strip().rstrip(",") == other.strip().rstrip(",")


@settings(max_examples=150)
@given(VALUES, VALUES)
def test_applying_the_differences_to_the_left_gives_the_right(folder, left, right):
    with Compared(said(left), said(right), folder) as found:
        rows = list(found.rows())
        is_same = left == right and json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
        assert (found.outcome.differences == 0) == is_same
        if found.outcome.manner == "structure":
            made = [
                mine if sign == Sign.EQUAL and is_alike(mine, other) else other for sign, mine, other in rows
            ]
            assert document_of(line for line in made if line is not None) == right
            assert document_of(line for _sign, line, _other in rows if line is not None) == left


@given(VALUES, st.booleans())
def test_equal_documents_have_no_difference_however_they_are_written(folder, value, order_matters):
    other = json.dumps(value, indent=3, ensure_ascii=False).encode()
    with Compared(said(value), other, folder, order_matters=order_matters) as found:
        assert found.outcome.differences == 0


@settings(max_examples=150)
@given(OBJECTS, OBJECTS)
def test_ignoring_a_path_takes_away_exactly_its_differences(folder, left, right):
    with Compared(said(left), said(right), folder) as whole:
        all_of_them = [path for _sign, path in whole.differences()]
    with Compared(said(left), said(right), folder, ignored="$..id") as less:
        left_over = [path for _sign, path in less.differences()]
    assert left_over == [path for path in all_of_them if ".id" not in path]


def test_each_difference_has_sign_and_path(folder):
    left = b'{"a":1,"gone":[1,2],"same":{"x":null},"list":[1,2,3],"type":"s","odd key":0}'
    right = b'{"list":[1,9,2,3],"a":2,"same":{"x":null},"new":{},"type":{"t":1},"odd key":1}'
    with Compared(left, right, folder) as found:
        assert found.differences() == [
            (Sign.CHANGED, "$.a"),
            (Sign.REMOVED, "$.gone"),
            (Sign.ADDED, "$.new"),
            (Sign.ADDED, "$.list[1]"),
            (Sign.CHANGED, "$.type"),
            (Sign.CHANGED, "$['odd key']"),
        ]


def test_one_inserted_element_changes_none_of_those_that_follow(folder):
    items = [{"n": number, "deep": [number]} for number in range(200)]
    with Compared(said(items), said([*items[:5], {"n": -1}, *items[5:]]), folder) as found:
        assert found.differences() == [(Sign.ADDED, "$[5]")]


def test_changed_elements_are_paired_by_their_id_before_their_place(folder):
    left = [{"id": number, "at": 1} for number in range(5)]
    right = [{"id": 9, "at": 2}, *({"id": number, "at": 2} for number in range(5))]
    with Compared(said(left), said(right), folder) as found:
        assert found.differences()[0] == (Sign.ADDED, "$[0]")
        assert found.differences()[1:] == [(Sign.CHANGED, f"$[{n}].at") for n in range(5)]


def test_duplicate_names_are_compared_one_by_one(folder):
    with Compared(b'{"a":1,"a":2}', b'{"a":1,"a":3,"a":4}', folder) as found:
        assert found.differences() == [(Sign.CHANGED, "$.a"), (Sign.ADDED, "$.a")]


@pytest.mark.parametrize(
    ("options", "count"), [({}, 0), ({"order_matters": True}, 2)], ids=["any order", "order matters"]
)
def test_the_order_of_names_counts_where_that_is_asked(folder, options, count):
    with Compared(b'{"a":1,"b":2}', b'{"b":2,"a":1}', folder, **options) as found:
        assert found.outcome.differences == count


def test_numbers_are_compared_by_text_or_by_value(folder):
    with Compared(b"[1.0,12345678901234567890]", b"[1,12345678901234567891]", folder) as found:
        assert [path for _sign, path in found.differences()] == ["$[0]", "$[1]"]
    with Compared(
        b"[1.0,12345678901234567890]", b"[1,12345678901234567891]", folder, numbers_by_value=True
    ) as found:
        assert [path for _sign, path in found.differences()] == ["$[1]"]


def test_what_is_ignored_is_shown_as_ignored_and_not_counted(folder):
    with Compared(b'{"t":1,"a":[{"t":2}]}', b'{"t":3,"a":[{"t":4}]}', folder, ignored="$..t") as found:
        assert found.outcome.differences == 0
        assert [sign for sign, _left, _right in found.rows()].count(Sign.IGNORED) == 2


def test_very_deep_documents_are_compared_as_a_whole_below_a_hundred_levels(folder):
    left = b"[" * 5000 + b"1" + b"]" * 5000
    right = b"[" * 5000 + b"2" + b"]" * 5000
    with Compared(left, right, folder) as found:
        ((sign, path),) = found.differences()
        assert (sign, path.count("[0]")) == (Sign.CHANGED, 100)


def test_elements_that_hold_something_very_deep_are_paired_by_their_id(folder, monkeypatch):
    monkeypatch.setattr(compare, "FOLD_BYTES", 30_000)
    deep = "[" * 1500 + "%d" + "]" * 1500
    left = [f'{{"id": {number}, "deep": {deep % 1}}}' for number in range(6)]
    right = [f'{{"id": {number}, "deep": {deep % 2}}}' for number in range(6)]
    with Compared(f"[{','.join(left)}]".encode(), f"[{','.join(right[2:])}]".encode(), folder) as found:
        assert [path.count("[0]") > 50 or path for _sign, path in found.differences()][:2] == ["$[0]", "$[1]"]
        assert len(found.differences()) == 6


def test_json_lines_are_a_list_of_documents(folder):
    with Compared(
        b'{"a":1}\n{"a":2}\n', b'{"a":0}\n{"a":1}\n{"a":3}\n', folder, language="jsonlines"
    ) as found:
        assert found.differences() == [(Sign.ADDED, "$[0]"), (Sign.CHANGED, "$[1].a")]


def test_elements_written_in_another_way_are_the_same_whatever_stands_between_them(folder):
    left = [{"n": number, "t": 1, "list": [number] * 5} for number in range(300)]
    right = [{"n": -1}, *({"list": item["list"], "t": 2, "n": item["n"]} for item in left)]
    with Compared(said(left), said(right), folder, ignored="$[*].t") as found:
        assert found.differences() == [(Sign.ADDED, "$[0]")]
        assert [sign for sign, _left, _right in found.rows()].count(Sign.IGNORED) == 300


def test_of_very_many_elements_written_in_another_way_the_last_are_shown_as_a_whole(folder, monkeypatch):
    monkeypatch.setattr(structure, "MOST_SET_ROWS", 20)
    monkeypatch.setattr(compare, "FOLD_BYTES", 100)
    left = [{"n": number, "m": 0} for number in range(50)]
    right = [{"m": 0, "n": number} for number in range(50)]
    with Compared(said(left), said([*right, 1]), folder) as found:
        assert found.differences() == [(Sign.ADDED, "$[50]")]
        assert found.outcome.notes[0].startswith("So many elements are the same but written differently")
        assert len(found.pieces) < 50
        made = [other for _sign, _mine, other in found.rows()]
        assert document_of(line for line in made if line is not None) == [*right, 1]


def test_paths_below_large_values_name_members_and_elements(folder):
    left = {"a b": {"deep": [{"x": [0] * 50, "y": number} for number in range(40)]}}
    right = json.loads(json.dumps(left))
    right["a b"]["deep"][7]["y"] = -1
    right["a b"]["deep"][9]["x"][3] = 1
    with Compared(said(left), said(right), folder) as found:
        assert found.differences() == [
            (Sign.CHANGED, "$['a b'].deep[7].y"),
            (Sign.CHANGED, "$['a b'].deep[9].x[3]"),
        ]
