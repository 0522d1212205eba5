import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.template import Piece
from antiphon.snippets.python_text import (
    PythonSecrets,
    bytes_literal,
    call,
    keyword,
    listed,
    literal,
    module,
    rendered,
)

TEXT = st.text(st.sampled_from("ab\"'\\{}\n\r\t $%ü漢\0\x1b\u202e\ufeff"), max_size=30) | st.text(max_size=30)
PIECES = st.lists(
    st.builds(Piece, TEXT, st.sampled_from(["", "token", "other"]), st.booleans()).map(
        lambda piece: piece if piece.variable else Piece(piece.text)
    ),
    max_size=6,
)


@given(TEXT)
def test_literal_means_exactly_the_text(text):
    assert ast.literal_eval(literal(text)) == text


@given(st.binary())
def test_bytes_literal_means_exactly_the_bytes(data):
    assert ast.literal_eval(bytes_literal(data)) == data


@given(PIECES)
def test_text_with_secrets_means_the_same_once_they_are_set(pieces):
    secrets = PythonSecrets()
    expression = secrets.text(tuple(pieces))
    values = {secrets.names.name(piece): piece.text for piece in pieces if piece.is_secret}
    assert eval(expression, {}, values) == "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('{"a": 1}', "'{\"a\": 1}'"),
        ("a\nb", '"""a\nb"""'),
        ("a\\n\nb", 'r"""a\\n\nb"""'),
        ("\n", '"\\n"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ('a\nb"', "'a\\nb\"'"),
    ],
)
def test_literal_is_written_as_a_person_would(text, expected):
    assert literal(text) == expected


def test_what_fits_stands_on_one_line_and_else_one_item_to_a_line():
    short = call("get", '"a"', keyword("headers", listed(["1", "2"])))
    assert rendered(short) == 'get("a", headers=[1, 2])'
    long = call("get", '"a"', keyword("headers", listed(["1" * 40, "2" * 40])))
    assert rendered(long) == f'get(\n    "a",\n    headers=[{"1" * 40}, {"2" * 40}],\n)'.replace(
        f"headers=[{'1' * 40}, {'2' * 40}]", f"headers=[\n        {'1' * 40},\n        {'2' * 40},\n    ]"
    )


def test_imports_are_merged_and_the_standard_library_stands_first():
    text = module([], ["import httpx", "from urllib.parse import quote", "import os",
                       "from urllib.parse import quote, unquote"], [], [], "pass")  # fmt: skip
    assert text == "import os\nfrom urllib.parse import quote, unquote\n\nimport httpx\n\npass\n"
