import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.printers.css import CssPrinter
from tests.body.printers.feeding import agrees, printed

sizes = st.lists(st.integers(1, 30), min_size=1, max_size=4)
PIECES = [
    "a", ".b:hover", "{", "}", ";", ":", "color:red", " ", "\n", "\n\n", "/* c;{ */", '"s;{"', "'", '"', "url(", "(", ")",
    "\\", "\\}", "@media ", ",", "--x:{y:z}", "url(//a.b/;c)", "/", "*", "/*", "*/", "\t",
    "\x0b", "a:b c;", "d: rgba(1,(2),3) \n}", "e:f/*g*/;", "h{", "i:'j';", "k:\"l{\"}", "m:n(\n);", "o:p/q ",
]  # fmt: skip
TOKEN = re.compile(r'/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"?|url\([^)]*\)?|\s+|\\.|[{};]|.', re.DOTALL)


@given(st.lists(st.sampled_from(PIECES), max_size=16), sizes)
@settings(deadline=None, max_examples=400)
def test_any_text_is_given_whole_however_it_is_cut(pieces, cuts):
    agrees(CssPrinter, "".join(pieces).encode(), cuts)


class TokenByToken(CssPrinter):
    def _rows(self, text, place):
        return place


@given(st.lists(st.sampled_from(PIECES), max_size=16))
@settings(deadline=None, max_examples=400)
def test_whole_rows_are_laid_out_as_their_tokens_are(pieces):
    text = b"a{" + "".join(pieces).encode()
    assert printed(CssPrinter(), text) == printed(TokenByToken(), text)


@given(
    st.lists(
        st.sampled_from(["a", "b", " ", "{", "}", ";", "\n", "(", ")", ",", ">", '"s { "', "/* {  */"]),
        max_size=16,
    )
)
@settings(deadline=None, max_examples=300)
def test_white_space_comes_and_goes_beside_braces_and_semicolons_only(pieces):
    text = "".join(pieces)
    assert parts(printed(CssPrinter(), text.encode())[0].decode()) == parts(text)


def parts(text):
    """*text* with one space where there is any, but beside what separates."""
    joined = "".join(" " if token.isspace() else token for token in TOKEN.findall(text))
    return re.sub(
        r" ?(\{|\}|;|/\*.*?\*/) ?", r"\1", re.sub(r" +(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", " ", joined)
    ).strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a:hover,b>c{color:red;top:0}", "a:hover,b>c {\n  color: red;\n  top: 0\n}"),
        ("@media (x:y){.a{b:c}.d{}}", "@media (x:y) {\n  .a {\n    b: c\n  }\n  .d {}\n}"),
        ('a{b:url("data:x;{y}");c:"}"}', 'a {\n  b: url("data:x;{y}");\n  c: "}"\n}'),
        ("a{b:url(data:x;y//z)}", "a {\n  b: url(data:x;y//z)\n}"),
        ("a { b: c; /* why */\n\n\n d:e }", "a {\n  b: c; /* why */\n\n  d: e\n}"),
        ('@charset "x";@import "y";', '@charset "x";\n@import "y";'),
        ("a,\n   b{}", "a,\nb {}"),
        ('a "b\n{c:d;e:"f\n;g:h}', 'a "b\n{\n  c: d;\n  e: "f\n  ;\n  g: h\n}'),
        ("a{&:hover{b:c}}", "a {\n  &:hover {\n    b: c\n  }\n}"),
    ],
)
def test_it_is_laid_out(text, shown):
    assert agrees(CssPrinter, text.encode(), [3]).decode() == shown


def test_what_is_cut_short_says_so():
    assert "ends where }" in printed(CssPrinter(), b"a{b:c")[1].sentence
    assert "comment" in printed(CssPrinter(), b"a{}/* b")[1].sentence
