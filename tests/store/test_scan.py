import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.store import emit, scan
from antiphon.store.scan import Scanner, parsed_head
from antiphon.store.writing import new_request
from antiphon.store.yamltree import YamlError
from tests.store.documents import documents
from tests.store.sample import REQUEST

LINES = st.sampled_from(
    [
        *(
            "info:",
            "  name: Hello",
            "  name: 'Hello'",
            '  name: "Hello"',
            '  name: "He\\tllo"',
            "  name: no",
            "  name: 012",
        ),
        *(
            "  name: null",
            "  name:",
            "  name: a # b",
            "  name: a#b",
            "  name: a: b",
            "  name: {{x}}",
            "  name: |-",
            "  name: >",
        ),
        *(
            "    deeper",
            "   odd",
            "  type: http",
            "  type: graphql",
            "type: script",
            "  seq: 2",
            "  seq: 2.5",
            "  seq: x",
            '  seq: "3"',
        ),
        *(
            "http:",
            "  method: POST",
            "  method: get",
            "http: {method: PUT, url: x}",
            "  headers:",
            "    - name: A",
            "      value: 1",
        ),
        *(
            "    - value: |",
            "      text",
            "        text",
            "",
            "  ",
            "   # note",
            "# note",
            "  headers: foo",
            "  headers: []",
            "  body:",
        ),
        *(
            "    type: json",
            "    type: form-urlencoded",
            "    data: hi",
            "    data: |-",
            "      { a: 1 }",
            "    data:",
            "      - name: q",
        ),
        *(
            "docs: |",
            "  info:",
            "    name: inside",
            "docs: two",
            "  words",
            "docs: 'two",
            "  info: x'",
            "---",
            "...",
            "\tx",
            "- a",
            "\x07",
        ),
        *(
            "  mode: json",
            "  json: x",
            "  auth: inherit",
            "  auth:",
            "  params: {query: [{name: a}]}",
            "settings:",
            "  timeout: 0",
        ),
        *(
            "<<<<<<< HEAD",
            "=======",
            ">>>>>>> b",
            "  url: http://x/?a=b#c",
            "  tags: [a]",
            "  tags: a",
            "&a x: 1",
            "y: *a",
            "é: ü",
            "x: \u2028",
        ),
        *(
            "  flow: {",
            "    name: x",
            "  }",
            "  - - name: z",
            "  -",
            "    name: later",
            "  selected: true",
            "  name: |+",
            "\r",
        ),
    ]
)


def outcome(read, text):
    try:
        return read(text)
    except YamlError as error:
        return error.reason, error.line


@settings(max_examples=300)
@given(st.lists(st.lists(LINES, max_size=14).map("\n".join), min_size=1, max_size=4), st.booleans())
def test_a_scan_says_what_the_parser_says(texts, ends_with_newline):
    scanner = Scanner()
    for text in texts:
        text += "\n" * ends_with_newline
        assert outcome(scanner.head, text) == outcome(parsed_head, text.replace("\r\n", "\n"))


SKELETON = """\
info:
  name: {0}
  type: http
  seq: {1}
{5}
http:
  method: {2}
  headers:
    - name: {3}
      value: {4}
  body:
    type: json
    data: {6}
"""
SCALARS = st.sampled_from(
    ["x", "'x'", '"x"', '"a\\n"', "a b", "a: b", "a #b", "no", "12", "null", "~", "", "''", "{{x}}", "[1]", "a\n    b", "|\n    t",
     "|-\n      t\n\n     u", ">\n        f\n", "'a\n    b'", "x,y", "x]", "&a x", "!!str x", "- x", "x:", "x  ", "\tx", "@", "|2\n      q", "# c"]
)  # fmt: skip


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(
            SCALARS, SCALARS, SCALARS, SCALARS, SCALARS, st.sampled_from(["", "# c", "x: y", "   z"]), SCALARS
        ),
        min_size=2,
        max_size=5,
    )
)
def test_files_of_one_shape_are_read_one_by_one(fillings):
    scanner = Scanner()
    for filling in [("n", "1", "GET", "a", "b", "", "d"), *fillings]:
        text = SKELETON.format(*filling)
        assert outcome(scanner.head, text) == outcome(parsed_head, text)


@given(st.lists(documents, min_size=1, max_size=3))
def test_what_we_write_is_scanned_right(several):
    scanner = Scanner()
    for document in several:
        head = scanner.head(emit.whole_file(new_request(document)))
        assert (head.name, head.kind, head.method, head.seq) == (
            document.name,
            "http",
            document.method,
            document.seq,
        )


def test_the_second_file_of_a_shape_is_not_parsed(monkeypatch):
    scanner = Scanner()
    filled = [
        SKELETON.format(f"Name {n}", n, "PUT", "A", "B", "", "|-\n      {" + str(n) + "}") for n in range(3)
    ]
    scanner.head(filled[0])
    monkeypatch.setattr(scan, "parse", lambda text: pytest.fail("parsed"))
    assert scanner.head(filled[1]) == scan.Head("Name 1", "http", "PUT", 1.0)
    assert scanner.head(filled[2].replace("\n", "\r\n")) == scan.Head("Name 2", "http", "PUT", 2.0)


def test_flow_style_is_read_by_the_parser():
    assert Scanner().head(REQUEST) == scan.Head("Create order", "http", "POST", 2.0)


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("info: {name: x, type: http}\nhttp:\n  headers: foo\n", "no list in `headers`", 3),
        ("info: {name: x, type: http}\nhttp: nothing\n", "`http`", 2),
        ("version: 3\nservices: {}\n", "neither `http` nor `info.type`", 1),
        ("- a\n", "`key: value`", 1),
        ("", "`key: value`", 1),
    ],
)
def test_wrong_types_are_broken_with_a_line(text, reason, line):
    with pytest.raises(YamlError) as caught:
        Scanner().head(text)
    assert reason in caught.value.reason
    assert caught.value.line == line
