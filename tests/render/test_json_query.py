"""JSONPath as RFC 9535 says: its compliance suite, paths, faults with their place, and a naive walk as the judge."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.json_query import DEEPEST, JsonQuery, path_text

CORPORA = os.environ.get("ANTIPHON_CORPORA")
SUITE = Path(CORPORA or "") / "jsonpath_cts.json"


def values(expression: str, document) -> list:
    return [value for _parts, value in JsonQuery(expression).nodes(document)]


def cases() -> list:
    return json.loads(SUITE.read_text("utf-8"))["tests"] if CORPORA and SUITE.exists() else []


@pytest.mark.skipif(not cases(), reason="set ANTIPHON_CORPORA to the folder with jsonpath_cts.json")
def test_the_compliance_suite_passes_whole():
    failed = [case["name"] for case in cases() if not passes(case)]
    assert len(cases()) > 700
    assert not failed


def passes(case: dict) -> bool:
    try:
        query = JsonQuery(case["selector"])
    except FilterFaultError as fault:
        says_where = fault.sentence and 0 <= fault.place <= len(case["selector"])
        return case.get("invalid_selector", False) and bool(says_where)
    if case.get("invalid_selector"):
        return False
    found = list(query.nodes(case["document"]))
    results = case.get("results") or [case["result"]]
    paths = case.get("results_paths") or [case["result_paths"]]
    pair = [value for _parts, value in found], [path_text(parts) for parts, _value in found]
    return pair in list(zip(results, paths))


@pytest.mark.parametrize(
    ("expression", "place", "words"),
    [
        ("", 0, "begins with $"),
        ("items", 0, "begins with $"),
        ("$[", 2, "unexpected end of query"),
        ("$.a[?@.b==]", 10, "unexpected end of expression"),
        ("$.a b", 4, "unexpected token 'b'"),
        ("$[99999999999999999999]", 2, "index out of range"),
        ("$[?match(@.a)]", 3, "requires 2 arguments"),
        ("$[?" + "(" * 3000 + "@" + ")" * 3000 + "]", None, "nested too deeply"),
    ],
)
def test_a_fault_has_its_place(expression, place, words):
    with pytest.raises(FilterFaultError, match=words.replace("$", r"\$")) as told:
        JsonQuery(expression)
    assert place is None or told.value.place == place
    assert "TOKEN" not in told.value.sentence


@pytest.mark.parametrize("expression", ["$.~", "$.a.~b", "$[?@ in [1]]", "$[?# == 1]", "$.a | $.b", "^[0]"])
def test_what_only_other_dialects_know_is_refused(expression):
    with pytest.raises(FilterFaultError):
        JsonQuery(expression)


@pytest.mark.parametrize(
    ("expression", "found"), [("$[2,:-2]", [2, 0, 1]), ("$[0 ,::2]", [0, 0, 2]), ("$[1 : 3]", [1, 2])]
)
def test_an_index_may_stand_before_a_slice(expression, found):
    assert values(expression, [0, 1, 2, 3]) == found


@pytest.mark.parametrize("word", ["true", "false", "null", "trueish"])
def test_a_name_may_be_a_word_of_json(word):
    document = {"a": {word: 1}, word: 2}
    assert values(f"$..{word}", document) == [2, 1]
    assert values(f"$.a.{word}", document) == values(f"$.a[?count($..{word}) == 2]", document) == [1]


@pytest.mark.parametrize("expression", ["$[1:2 3]", "$[:2 3]", "$[01,:]", "$[-0,:]"])
def test_a_slice_that_lacks_a_colon_is_refused(expression):
    with pytest.raises(FilterFaultError):
        JsonQuery(expression)


def test_what_is_there_is_true_even_where_it_is_empty():
    assert values("$[?@]", [0, False, "", None, [], {}]) == [0, False, "", None, [], {}]


def test_the_root_is_the_same_in_filters_of_filters():
    document = {"limit": 2, "groups": [{"items": [1, 2, 3]}, {"items": [0]}]}
    assert values("$.groups[?@.items[?@ > $.limit]]", document) == [{"items": [1, 2, 3]}]


def test_a_text_at_the_root_is_not_read_as_json():
    assert values("$", "[1]") == ["[1]"]
    assert values("$[*]", "[1]") == []


def test_deep_documents_are_walked_or_refused():
    deep = []
    for _ in range(DEEPEST - 10):
        deep = [deep]
    assert len(values("$..*", deep)) == DEEPEST - 10
    for _ in range(20):
        deep = [deep]
    with pytest.raises(FilterFaultError, match="nested more than"):
        values("$..*", deep)


# A naive evaluation as the judge

NAMES = st.sampled_from(["a", "b", "c'd", "é", "0"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
STEPS = st.one_of(
    st.tuples(st.just("name"), NAMES),
    st.tuples(st.just("index"), st.integers(-3, 3)),
    st.tuples(st.just("all"), st.none()),
    st.tuples(st.just("deep name"), NAMES),
    st.tuples(st.just("deep all"), st.none()),
)


def spelled(steps) -> str:
    return "$" + "".join(
        (".." if kind.startswith("deep") else "") + f"[{'*' if what is None else quoted(what)}]"
        for kind, what in steps
    )


def quoted(what: str | int) -> str:
    return str(what) if isinstance(what, int) else "'" + what.replace("'", "\\'") + "'"


def naive(nodes: list, kind: str, what) -> list:
    if kind.startswith("deep"):
        nodes = [inner for node in nodes for inner in below(node)]
        kind = kind.removeprefix("deep ")
    return [child for node in nodes for key, child in children(node) if chosen(node, kind, key, what)]


def below(value) -> list:
    return [value] + [inner for _key, child in children(value) for inner in below(child)]


def children(value) -> list:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def chosen(node, kind: str, key, what) -> bool:
    if kind == "index":
        return isinstance(node, list) and key in {what, what + len(node)}
    return kind == "all" or (isinstance(node, dict) and key == what)


@given(DOCUMENTS, st.lists(STEPS, max_size=4))
def test_simple_paths_find_what_a_naive_walk_finds(document, steps):
    expected = [document]
    for kind, what in steps:
        expected = naive(expected, kind, what)
    assert values(spelled(steps), document) == expected


@given(DOCUMENTS)
def test_a_normalized_path_leads_to_its_value_alone(document):
    for parts, value in JsonQuery("$..*").nodes(document):
        assert [found for _parts, found in JsonQuery(path_text(parts)).nodes(document)] == [value]
