import pytest
from jsonpath import JSONPathEnvironment

from antiphon.core.json_path import path_text


@pytest.mark.parametrize(
    ("path", "short", "normalised"),
    [
        ((), "$", "$"),
        (("a", 0, "b_1"), "$.a[0].b_1", "$['a'][0]['b_1']"),
        (("ключ", "日本"), "$.ключ.日本", "$['ключ']['日本']"),
        (("a b", ""), "$['a b']['']", "$['a b']['']"),
        (("1a", "a-b"), "$['1a']['a-b']", "$['1a']['a-b']"),
        (("it's", 'a"b', "\\"), r"""$['it\'s']['a"b']['\\']""", r"""$['it\'s']['a"b']['\\']"""),
        (("\n\t\b\f\r\x0b\x1f",), r"$['\n\t\b\f\r\u000b\u001f']", r"$['\n\t\b\f\r\u000b\u001f']"),
    ],
)
def test_a_path_is_written_short_or_normalised(path, short, normalised):
    assert path_text(path) == short
    assert path_text(path, is_short=False) == normalised


@pytest.mark.parametrize("name", ["a", "a b", "it's", 'q"', "\\", "\n", "é", "😀", "", "_x1", "x y.z[0]"])
def test_a_path_selects_its_value_in_another_implementation(name):
    document = {name: [0, {name: "found"}]}
    environment = JSONPathEnvironment(strict=True)
    for is_short in (True, False):
        query = path_text((name, 1, name), is_short=is_short)
        assert [match.obj for match in environment.finditer(query, document)] == ["found"]
