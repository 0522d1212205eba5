import pytest

from antiphon.store.yamltree import Raw, YamlError, parse, value_of


@pytest.mark.parametrize(
    "words", ["no", "on", "012", "1e3", "0o17", "0x1F", "2020-01-01", "12:30:45", "1_000", "~", "1.0", "="]
)
def test_plain_words_that_yaml_would_convert_keep_their_own_spelling(words):
    assert value_of(parse(f"k: {words}\n")) == {"k": Raw(words)}


@pytest.mark.parametrize("words", ['"no"', "'012'", "hello", "1.2.3", "{{x}} y".join("''"), "a b"])
def test_texts_are_texts(words):
    assert isinstance(value_of(parse(f"k: {words}\n"))["k"], str)


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("a: [1\nb: 2", "is not YAML", 2),
        ("a: b\n  c: d", "mapping values", 2),
        ("a: 1\nb: 2\na: 3", "has the key `a` twice", 3),
        ("x: 1\n<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n", "merge conflict", 2),
        ("a: 1\n---\nb: 2\n", "second document", 2),
        ("a:\n  b: *nothing", "`*nothing`", 2),
        ("a: &x [*x]", "`*x`", 1),
        ("ok: 1\nb: '\x07'", "control character", 2),
        ("[" * 2000, "nested deeper", 1),
        ("? [a]\n: b", "key that is not text", 1),
    ],
)
def test_broken_files_have_a_reason_and_a_line(text, reason, line):
    with pytest.raises(YamlError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert caught.value.line == line


def test_a_bomb_of_aliases_is_refused():
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    text += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    with pytest.raises(YamlError, match="million"):
        parse(text)


def test_aliases_are_followed():
    assert value_of(parse("a: &x {k: 1}\nb: *x\n"))["b"] == {"k": Raw("1")}


def test_line_separators_of_yaml_1_1_are_ordinary_characters():
    text = 'a: "x\u2028y"\nb: |-\n  p\u2029q\n  r\x85s\n'
    assert value_of(parse(text)) == {"a": "x\u2028y", "b": "p\u2029q\nr\x85s"}


def test_a_node_knows_its_place_without_the_blanks_behind_it():
    text = "a:\n  b: |\n    x\n\n\n# c\nd: &n 1 # e\n"
    root = parse(text)
    (_, a), (_, d) = root.entries()
    assert text[a.start : a.end] == "b: |\n    x"
    assert text[d.start : d.end] == "&n 1"


def test_an_empty_file_is_nothing():
    assert value_of(parse("# only a comment\n")) == Raw("")


def test_keys_know_their_lines():
    assert value_of(parse("a: 1\n\nb: 2\n")).lines == {"a": 1, "b": 3}
