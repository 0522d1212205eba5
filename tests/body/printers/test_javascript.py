import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.printers.javascript import LONG_LINE_BYTES, JavaScriptPrinter
from tests.body.printers.feeding import agrees, printed

sizes = st.lists(st.integers(1, 40), min_size=1, max_size=4)
PIECES = [
    "a", "return", "if(", "function(){", "{", "}", "(", ")", "[", "]", ";", ",", " ", "\n", "'s;{'", '"s\\"', "'", "`t{;`",
    "`", "${", "/re[/]{;/g", "/", "// c;{\n", "/* c;{\n */", "=>", "++", "=", ".", "else", "in ", "\\", "é", "for(;;){",
    "['a{']", "(a,b)", "e[0]", "if(a)", "(')", "-", "%",
]  # fmt: skip
PAD = ("x" * LONG_LINE_BYTES + ";").encode()
TOKEN = re.compile(r"/\*.*?\*/|//[^\n]*|'(?:[^'\\\n]|\\.)*'|`[^`]*`|/re\[/\]\{;/g|[\w$]+|\s+|.", re.DOTALL)


@given(st.lists(st.sampled_from(PIECES), max_size=20), sizes, st.booleans())
@settings(deadline=None, max_examples=500)
def test_any_text_is_given_whole_however_it_is_cut(pieces, cuts, is_long):
    agrees(JavaScriptPrinter, "".join(pieces).encode() + PAD * is_long, cuts)


@given(st.lists(st.sampled_from(PIECES), max_size=20))
@settings(deadline=None, max_examples=300)
def test_line_breaks_come_beside_braces_and_separators_only_and_none_goes(pieces):
    text = "".join(pieces) + PAD.decode()
    shown, fault = printed(JavaScriptPrinter(), text.encode())
    if fault is None and not re.search(r"[`'\"]|/(?![/*])|\$", text):
        before, after = lines(text), lines(shown.decode())
        assert [part for part in re.split(r"(?<=[{};,])\n|\n(?=[}])", after) if part.strip()] or not after
        assert re.sub(r"(?<=[{};,])\n|\n(?=\})|(?<=\})\n", "", after) == re.sub(
            r"(?<=[{};,])\n|\n(?=\})|(?<=\})\n", "", before
        )


def lines(text):
    """*text* without comments, and of its white space only the line breaks."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", "", text)).strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "!function(a){if(a){b()}else{c=1}}(x);",
            "!function(a) {\n  if(a) {\n    b()\n  } else {\n    c=1\n  }\n}(x);",
        ),
        ("for(i=0;i<3;i++){}a();", "for(i=0;i<3;i++) {}\na();"),
        ("x={a:[1,2],b:`t${c?{}:`;`}{;`};", "x={\n  a:[1,2],\n  b:`t${c?{}:`;`}{;`\n};"),
        ("if(a)/b;{/.test(c);d=e/f/g;", "if(a)/b;{/.test(c);\nd=e/f/g;"),
        ("a=b\n++c;", "a=b\n++c;"),
        ("a=[')]',b];c('](',d[0],(e));", "a=[')]',b];\nc('](',d[0],(e));"),
        ("if(a)/'{;/.b;(c)/'{;'", "if(a)/'{;/.b;\n(c)/'{;'"),
        ("a=1./2;'{';b=3/4;", "a=1./2;\n'{';\nb=3/4;"),
        ("return/{;/.x;a.return/b;c", "return/{;/.x;\na.return/b;\nc"),
        ("return/[/]{/.x; //{;\nb();", "return/[/]{/.x; //{;\nb();"),
        (
            "class A{static{b()}get c(){return 1}};",
            "class A {\n  static {\n    b()\n  }\n  get c() {\n    return 1\n  }\n};",
        ),
    ],
)
def test_a_long_line_is_laid_out(text, shown):
    pad = b'"' + b"x" * LONG_LINE_BYTES + b'";'
    first, _, rest = text.partition("\n")
    given = agrees(
        JavaScriptPrinter, (first.encode() + pad + (b"\n" + rest.encode() + pad if rest else b"")), [11]
    )
    assert squash(given, pad) == shown


def squash(given, pad):
    return given.decode().replace("\n" + pad.decode(), "").replace(pad.decode(), "")


def test_short_lines_stay_as_they_were_written():
    text = b"function a () {\n    b(); c()\n\n\n  }\n"
    assert printed(JavaScriptPrinter(), text) == (text, None)


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_comment_of_one_line_may_be_the_last(ending):
    text = f"a();\n//# sourceMappingURL=a.js.map{ending}".encode()
    assert agrees(JavaScriptPrinter, text, [9]) == text
    assert printed(JavaScriptPrinter(), PAD + text)[1] is None


def test_a_word_without_end_takes_no_longer_than_others():
    text = b"a" * 150_000 + b"=1;" + PAD
    assert printed(JavaScriptPrinter(), text)[0].startswith(text[:150_002])


def test_in_doubt_the_rest_stays_as_it_came():
    text = b'a={b:1};c="no end\n{d;e}' + PAD
    shown, fault = printed(JavaScriptPrinter(), text)
    assert "string" in fault.sentence
    assert shown.endswith(b"\n{d;e}" + PAD)
