"""Bytes as hexadecimal: what is shown can be read back."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.hexadecimal import (
    bytes_of_hex,
    copied,
    layers,
    letters,
    pair_column,
    pair_index,
    pairs,
    place_of,
    readings,
)


@given(some.binary(min_size=1, max_size=32))
def test_each_byte_stands_at_its_column(row):
    text = pairs(row)
    for index, byte in enumerate(row):
        column = pair_column(index)
        assert text[column : column + 2] == f"{byte:02x}"
        assert pair_index(column, len(row)) == pair_index(column + 1, len(row)) == index


@given(some.binary(min_size=1, max_size=32))
def test_the_layers_together_are_the_row(row):
    zeros, others, dots, signs = layers(row)
    join = lambda one, two: "".join(max(pair) for pair in zip(one, two, strict=True))
    assert join(zeros, others) == pairs(row)
    assert join(dots, signs) == letters(row)
    assert set(zeros) <= {"0", " "}


@given(some.binary(max_size=200))
def test_what_is_copied_means_the_same_bytes(content):
    assert ast.literal_eval(copied(content, "python")) == content
    assert bytes.fromhex(copied(content, "hex")) == content
    assert _c_meaning(copied(content, "c")) == content


def _c_meaning(text):
    inside = "".join(line[1:-1] for line in text.split("\n")).replace("\\?", "?")
    escapes = {"n": "\n", "r": "\r", "t": "\t"}
    plain = re.sub(
        r"\\(?:([0-7]{3})|(.))",
        lambda found: chr(int(found[1], 8)) if found[1] else escapes.get(found[2], found[2]),
        inside,
    )
    return plain.encode("latin-1")


def test_c_has_no_trigraphs():
    assert "??" not in copied(b"what??!", "c")


def test_only_printable_ascii_is_shown_as_letters():
    assert letters(b"A~\x7f\x00\xe9 \n") == "A~... ."


@pytest.mark.parametrize(
    "text",
    [
        "DE AD BE EF",
        "deadbeef",
        "0xDE 0xAD 0xBE 0xEF",
        "0xde,0xad,0xbe,0xef",
        r"\xde\xad\xbe\xef",
        "de:ad-be ef",
    ],
)
def test_bytes_are_read_as_people_write_them(text):
    assert bytes_of_hex(text) == b"\xde\xad\xbe\xef"


@pytest.mark.parametrize("text", ["", "d", "dea", "xy", "de ad zz", "0x"])
def test_what_is_no_hexadecimal_is_none(text):
    assert bytes_of_hex(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0", 0), ("4,096", 4096), ("0x10", 16), ("10h", 16), ("50%", 5000), ("100%", 10000), ("+16", 116),
        ("-0x10", 84), ("-500", 0), ("99999999", 10000), ("ten", None), ("", None), ("1000%", None), ("ff", None),
    ],
)  # fmt: skip
def test_places_are_read_in_many_ways(text, place):
    assert place_of(text, 10_000, 100) == place


def test_numbers_are_read_in_both_orders():
    assert (
        readings(b"\xde\xad\xbe\xef")
        == "0xde = 222 or -34 · u16 44510 le, 57005 be · u32 4022250974 le, 3735928559 be"
    )
    assert readings(b"\x01") == "0x01 = 1"
    assert readings(b"") == ""
