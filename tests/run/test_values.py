import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.store import BodyStore
from antiphon.core.collection import Column
from antiphon.core.errors import UserError
from antiphon.core.exact_json import parsed
from antiphon.run import values as found


def one(document: bytes, path: str) -> str | None:
    body = BodyStore()
    body.append(document)
    try:
        return found.values(body, found.compiled([Column("x", path)]))[0]
    finally:
        body.close()


@pytest.mark.parametrize(
    "number",
    ["0", "-0", "12345678901234567890", "1.00", "1E5", "1e400", "-1.5e-300", "0.1000", "9" * 5000],
)
def test_a_number_keeps_every_digit(number):
    assert one(f'{{"n": {number}}}'.encode(), "$.n") == number


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.name", "Grüße"),
        ("$['name']", "Grüße"),
        ("$.none", "null"),
        ("$.yes", "true"),
        ("$.empty", ""),
        ("$.missing", None),
        ("$.list", '[1.0, "a", {"k": 1e2}]'),
        ("$.list[0]", "1.0"),
        ("$.list[*]", '1.0, a, {"k": 1e2}'),
        ("$.rows[?@.age > 30].name", "Ada"),
        ("$.rows[?@.age == 1.50e1].name", "Bob"),
        ("$..age", "36, 15"),
        ("$.list[?@ > 0]", "1.0"),
        ("$[?@ == true]", "true"),
        ("$[?@ > 0]", None),  # true is no number
    ],
)
def test_what_a_path_finds(path, expected):
    document = """\
{"name": "Grüße", "none": null, "yes": true, "empty": "", "list": [1.0, "a", {"k": 1e2}],
 "rows": [{"name": "Ada", "age": 36}, {"name": "Bob", "age": 15}]}"""
    assert one(document.encode(), path) == expected


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"<html>", b"\xff\xfe\xff", b'{"a": NaN}', b"[" * 100_000],
    ids=["empty", "cut short", "HTML", "bytes", "NaN", "deep"],
)
def test_what_is_not_json_has_no_values(document):
    assert one(document, "$.a") is None


def test_utf16_and_a_byte_order_mark_are_read():
    assert one('{"a": "é"}'.encode("utf-16"), "$.a") == "é"
    assert one(b'\xef\xbb\xbf{"a": 1}', "$.a") == "1"


def test_without_columns_nothing_is_read():
    body = BodyStore()
    body.append(b"{")
    assert found.values(body, ()) == ()
    body.close()


@pytest.mark.parametrize("path", ["name", "$.a[", "", "$[?@.a=]"])
def test_a_path_that_is_not_jsonpath_is_the_users_to_mend(path):
    with pytest.raises(UserError) as caught:
        found.compiled([Column("Name", path)])
    assert "“Name”" in caught.value.title


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_a_found_value_reads_back_as_itself(value):
    text = found.text_of(parsed(json.dumps(value)))
    assert (text if isinstance(value, str) else json.loads(text)) == value


def test_numbers_of_any_spelling_survive():
    spellings = random.Random(7)
    numbers = [f"{spellings.randint(-9, 9)}.{spellings.randint(0, 10**20):020}e{spellings.randint(-99, 99)}"
               for _number in range(200)]  # fmt: skip
    document = f"[{','.join(numbers)}]".encode()
    assert one(document, "$[*]") == ", ".join(numbers)
