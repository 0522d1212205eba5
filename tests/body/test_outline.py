"""`Outline` agrees with a reader that goes byte by byte, however small its cells are; nothing hostile breaks it."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body import (
    checkpoint_work,
    checkpoints,
    outline_cells,
    outline_frames,
    outline_items,
)
from antiphon.body import outline as outlining
from antiphon.body.open_stack import DEPTH_LIMIT
from antiphon.body.outline import Outline
from antiphon.body.pretty import JsonPrinter, pretty
from antiphon.body.store import BodyStore
from tests.body import naive_json
from tests.tools import require_corpora

MODULES = (checkpoints, checkpoint_work, outline_cells, outline_frames, outline_items, outlining)


@pytest.fixture(autouse=True, scope="module")
def small_cells():
    """Cells of 16 bytes, checkpoints every 64: borders are everywhere."""
    patch = pytest.MonkeyPatch()
    for module in MODULES:
        for name, size in (("CELL_BYTES", 16), ("STEP_BYTES", 64), ("SLICE_BYTES", 256)):
            if hasattr(module, name):
                patch.setattr(module, name, size)
    yield
    patch.undo()


texts = st.text(st.sampled_from('ab"\\\n{}[],: é😀'), max_size=30)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=25,
)
layouts = st.sampled_from([{"separators": (",", ":")}, {"indent": 2}, {"indent": "\t"}, {}])


def outlined(text: bytes, *, is_lines: bool = False, is_over: bool = True) -> Outline:
    store = BodyStore(memory_limit_bytes=1 << 30)
    store.append(text)
    if is_over:
        store.finish()
    outline = Outline(store, is_lines=is_lines)
    for _turn in range(2 + len(text) // 256):
        outline.step(1)
    return outline


def shape(outline: Outline, node) -> tuple:
    """Return all that the outline says of *node*, children by pages of three."""
    children = []
    while node.is_container and len(children) < outline.child_count(node)[0]:
        page = outline.children(node, len(children), 3)
        assert page
        children += page
    key = None if node.key_start is None else (node.key_start, node.key_end)
    return node.kind, node.start, node.end, key, [shape(outline, child) for child in children]


def expected(value: naive_json.Value) -> tuple:
    return value.kind, value.start, value.end, value.key, [expected(child) for child in value.children]


def written(document, layout, *, ensure_ascii=False) -> bytes:
    return json.dumps(document, ensure_ascii=ensure_ascii, **layout).encode("utf-8", "surrogatepass")


@given(documents, layouts, st.booleans(), st.booleans())
@settings(max_examples=100)
def test_kinds_names_places_and_counts_are_those_of_the_document(document, layout, ensure_ascii, has_mark):
    text = b"\xef\xbb\xbf" * has_mark + written(document, layout, ensure_ascii=ensure_ascii)
    outline = outlined(text)
    assert shape(outline, outline.root) == expected(naive_json.read(text))
    assert outline.fault is None
    assert outline.is_finished


@given(documents, layouts)
def test_the_path_at_each_byte_is_that_of_the_innermost_value(document, layout):
    text = written(document, layout)
    outline = outlined(text)
    for path, value in naive_json.read(text).every():
        inside = {value.start, value.end - 1, *(value.key or ())[:1]}
        for offset in inside:
            assert outline.path_at(offset) == path, offset
        node = outline.node_at(value.start)
        assert (node.kind, node.start, node.end) == (value.kind, value.start, value.end)


@given(documents, layouts)
def test_every_bracket_knows_its_partner_and_its_container(document, layout):
    text = written(document, layout)
    outline = outlined(text)
    brackets = set()
    for _path, value in naive_json.read(text).every():
        if value.kind in {"object", "array"}:
            brackets |= {value.start, value.end - 1}
            assert outline.matching_bracket(value.start) == value.end - 1
            assert outline.matching_bracket(value.end - 1) == value.start
            assert outline.container_end(value.start) == value.end
            for offset in (value.start, value.end - 1):
                assert outline.enclosing(offset) == (value.start, value.end)
    for offset in set(range(len(text))) - brackets:
        assert outline.matching_bracket(offset) is None


@given(documents)
def test_laying_out_changes_no_path(document):
    plain, laid_out = written(document, {}), pretty(written(document, {}))
    before, after = outlined(plain), outlined(laid_out)
    places = zip(naive_json.read(plain).every(), naive_json.read(laid_out).every(), strict=True)
    for (path, one), (_same, other) in places:
        assert before.path_at(one.start) == after.path_at(other.start) == path


@given(st.lists(documents, max_size=8), st.sampled_from(["\n", "\r\n", "\n\n", "\n \t\n"]), st.booleans())
@settings(max_examples=100)
def test_lines_are_children_of_one_root_and_blank_ones_do_not_count(values, ending, is_pretty):
    text = "".join(f"{json.dumps(value)}{ending}" for value in values).encode()
    if is_pretty:
        printer = JsonPrinter(is_lines=True)
        text = printer.feed(text) + printer.finish()
    outline = outlined(text, is_lines=True)
    lines = naive_json.read_lines(text)
    if not lines:
        assert outline.root is None or outline.child_count(outline.root) == (0, True)
        return
    root = outline.root
    assert outline.child_count(root) == (len(lines), True)
    assert shape(outline, root)[4] == [expected(line) for line in lines]
    for number, line in enumerate(lines):
        for path, value in line.every((number,)):
            assert outline.path_at(value.start) == path


def test_what_has_arrived_is_counted_wherever_the_text_ends():
    store = BodyStore(memory_limit_bytes=1 << 30)
    outline = Outline(store)
    for count, piece in enumerate([b"[[1"] + [b",", b"1"] * 150):
        store.append(piece)
        outline.step(1)
        array = outline.children(outline.root, 0, 1)[0]
        assert outline.child_count(array) == (count // 2 + 1, False)


@given(documents, layouts, st.integers(0, 200))
def test_text_that_has_not_all_arrived_is_known_so_far(document, layout, place):
    text = written(document, layout)
    store = BodyStore(memory_limit_bytes=1 << 30)
    outline = Outline(store)
    store.append(text[:place])
    outline.step(1)
    if outline.root is not None:
        shape(outline, outline.root)
    for offset in range(min(place, len(text))):
        outline.path_at(offset)
    store.append(text[place:])
    store.finish()
    for _turn in range(2 + len(text) // 256):
        outline.step(1)
    assert shape(outline, outline.root) == expected(naive_json.read(text))


@given(st.text(st.sampled_from('{}[]",:1a\\\n '), max_size=200), st.booleans())
@settings(max_examples=150)
def test_no_text_however_wrong_raises_anything(text, is_lines):
    outline = outlined(text.encode(), is_lines=is_lines)
    if outline.root is not None:
        shape_of_anything(outline, outline.root)
    for offset in range(-1, len(text) + 1):
        ask_everything(outline, offset)


def ask_everything(outline, offset):
    outline.path_at(offset)
    outline.node_at(offset)
    outline.enclosing(offset)
    outline.matching_bracket(offset)
    outline.container_end(offset)


def shape_of_anything(outline, node, depth=0):
    for child in outline.children(node, 0, 50) if depth < 20 else ():
        outline.key_of(child)
        shape_of_anything(outline, child, depth + 1)


def test_the_files_of_the_test_suite_are_outlined_without_a_crash():
    cases = json.loads(Path(require_corpora(), "json_parsing.json").read_text())
    for case in cases:
        text = base64.b64decode(case["base64"])
        outline = outlined(text[:5000])
        if outline.root is not None:
            shape_of_anything(outline, outline.root)
        for offset in {0, len(text) // 2, len(text) - 1}:
            ask_everything(outline, offset)
        if case["name"].startswith("y_"):
            assert outline.fault is None, case["name"]
            assert shape(outline, outline.root) == expected(naive_json.read(text)), case["name"]


def test_an_array_with_a_million_elements_is_asked_anywhere():
    outline = outlined(b"[" + b"1," * 1_000_000 + b"2]")
    assert outline.child_count(outline.root) == (1_000_001, True)
    last = outline.children(outline.root, 999_999, 10)
    assert [(node.index, node.start) for node in last] == [(999_999, 1_999_999), (1_000_000, 2_000_001)]
    assert outline.path_at(1_234_567) == (617_283,)
    assert outline.enclosing(1_234_567) == (0, 2_000_003)


def test_endless_nesting_is_known_to_a_limit():
    outline = outlined(b"[" * 300_000)
    node, depth = outline.root, 1
    while found := outline.children(node, 0, 2):
        (node,), depth = found, depth + 1
    assert depth == DEPTH_LIMIT + 1
    assert outline.path_at(299_999) == (0,) * DEPTH_LIMIT
    assert outline.fault.sentence == "the text ends inside an array"


def test_what_is_deeper_than_the_limit_is_passed_over():
    text = b"[" * 1000 + b"]" * 1000
    outline = outlined(b"[" + text + b",7]")
    inner, seven = outline.children(outline.root, 0, 5)
    assert (inner.end, seven.start) == (1 + len(text), 2 + len(text))
    assert outline.fault is None


def test_a_long_string_is_jumped_over():
    text = json.dumps(['x\\"' * 5000, "é" * 5000, {"k" * 3000: 1}, 5]).encode()
    outline = outlined(text)
    assert shape(outline, outline.root) == expected(naive_json.read(text))
    assert outline.path_at(20_000) == (0,)
    assert outline.path_at(len(text) - 2) == (3,)


@pytest.mark.parametrize("start", ["\ufeff", "\ufeff\n", "\ufeff  \r\n\n"])
def test_a_byte_order_mark_is_no_line(start):
    outline = outlined(f"{start}1\n2".encode(), is_lines=True)
    assert outline.child_count(outline.root) == (2, True)
    assert [node.kind for node in outline.children(outline.root, 0, 9)] == ["number", "number"]


def test_members_with_the_same_name_are_all_there_in_order():
    outline = outlined(b'{"a": 1, "b": 2, "a": 3}')
    assert [(outline.key_of(node), node.start) for node in outline.children(outline.root, 0, 9)] == [
        ("a", 6), ("b", 14), ("a", 22),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "offset", "sentence"),
    [
        ('{"a": [1, 2}', 11, "} closes nothing that is open"),
        ("[1]]", 3, "] closes nothing that is open"),
        ("[1] [2]", 4, "more text follows the value"),
        ('{"a": "b', 8, "the text ends inside a string"),
        ('{"a": [' + "1, " * 100, 307, "the text ends inside an array"),
        ("[" + "1, " * 100 + "}", 301, "} closes nothing that is open"),
    ],
)
def test_a_fault_is_told_with_its_place(text, offset, sentence):
    fault = outlined(text.encode()).fault
    assert (fault.offset, fault.sentence) == (offset, sentence)


def test_names_are_decoded_and_other_charsets_read():
    store = BodyStore()
    store.append('{"é": "ä"}'.encode("latin-1"))
    store.finish()
    outline = Outline(store, charset="latin-1")
    outline.step()
    (node,) = outline.children(outline.root, 0, 1)
    assert (outline.key_of(node), outline.text_of(node, 99)) == ("é", "ä")
    assert outlined(rb'{"\u00e9\n": 1}').path_at(10) == ("é\n",)


def test_a_scalar_has_no_children():
    outline = outlined(b"5")
    assert outline.child_count(outline.root) == (0, True)
    assert outline.children(outline.root, 0, 5) == []
