"""What is left of text when strings and whole containers are struck agrees with a walk over its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.open_stack import OpenStack, head_of, unpacked
from antiphon.body.skeleton import skeleton, tokens
from antiphon.body.strings import ESCAPED, INSIDE, OUTSIDE

texts = st.text(st.sampled_from('{}[],"\\a1 \n'), max_size=60).map(str.encode)


@given(texts, st.sampled_from([OUTSIDE, INSIDE, ESCAPED]))
def test_it_leaves_what_a_walk_over_the_tokens_leaves(text, state):
    left = bytearray()
    for _place, byte in tokens(text, state):
        opening = {ord("]"): b"[", ord("}"): b"{"}.get(byte)
        bare = left.rstrip(b",")
        if opening is not None and bare.endswith(opening):
            left = bare[:-1]
        else:
            left.append(byte)
    assert skeleton(text, state)[0] == left


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (b'"', OUTSIDE, INSIDE),
        (b'"a\\', OUTSIDE, ESCAPED),
        (b'"', ESCAPED, INSIDE),
        (b'\\"', INSIDE, INSIDE),
        (b'\\\\"', INSIDE, OUTSIDE),
        (b"", ESCAPED, INSIDE),
    ],
)
def test_the_string_state_goes_on_over_the_border(text, before, after):
    assert skeleton(text, before)[1] == after


def test_deep_nesting_within_one_cell_is_struck_too():
    assert skeleton(b"[" * 2000 + b"," + b"]" * 2000 + b",", OUTSIDE)[0] == b","


def test_a_bracket_that_does_not_match_stays():
    assert skeleton(b"[{]}", OUTSIDE)[0] == b"[{]}"
    assert skeleton(b"[[" * 20 + b"}" + b"]]" * 20, OUTSIDE)[0].count(b"}") == 1
    assert not OpenStack().take(b"[[" * 20 + b"}" + b"]]" * 20, 0)


def test_lines_that_are_not_blank_are_counted():
    stack = OpenStack()
    for cell, text in enumerate((b'1\n\n {"a":\n[', b'1]}\n\n"b', b'"\n\n')):
        assert stack.take(text, cell, is_lines=True)
    assert (stack.line_count, stack.is_line_blank) == (3, True)


def test_a_stack_is_stored_and_read_whole():
    stack = OpenStack()
    stack.take(b'[1,2,{"a":1,"b":[[', 3)
    stack.take(b'1,"x', 7)
    stored = unpacked(stack.packed_head(48), stack.packed_frames())
    assert stored == stack
    assert (stored.counts, stored.comma_cells) == ([2, 1, 0, 1], [3, 3, 3, 7])
    head = head_of(stack.packed_head(48))
    assert (head.place, head.depth, head.is_in_string, head.string_cell) == (48, 4, True, 7)
