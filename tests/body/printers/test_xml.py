"""XML against a naive printer that has the whole tree, and any text against what holds for all printers."""

import time
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.printers.lexing import DEEPEST_INDENT, LONGEST_HELD_BYTES
from antiphon.body.printers.xml import LOOKAHEAD_BYTES, XmlPrinter
from tests.body.printers.feeding import agrees, printed

sizes = st.lists(st.integers(1, 30), min_size=1, max_size=4)
texts = st.sampled_from(["", "", " ", "\n  ", "x", " é ", "<&>", "]]>"])
attributes = st.sampled_from(["", ' a="1 > 2"', " b='\"/'", "\n c = 'x'", ' xml:space="preserve"'])
nodes = st.recursive(
    st.tuples(st.just("!"), st.just(""), st.just("<!-- <x> -->"))
    | st.tuples(st.just("?"), st.just(""), st.just("<?p i?>"))
    | st.tuples(st.sampled_from(["a", "b:c", "é"]), attributes, texts),
    lambda inner: st.tuples(
        st.sampled_from(["a", "d"]), attributes, texts, st.lists(st.tuples(inner, texts), max_size=4)
    ),
    max_leaves=15,
)
PIECES = [
    "<a>",
    "</a>",
    "<b/>",
    " ",
    "x",
    "<",
    ">",
    '"',
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!DOCTYPE a [",
    "]>",
    "<a b='",
    "/>",
    "</",
    "\n",
]


def written(node):
    name, attribute, text, *inner = node
    if name in "!?":
        return text
    content = escape(text) + "".join(
        written(child) + escape(tail) for child, tail in (inner[0] if inner else ())
    )
    return f"<{name}{attribute}>{content}</{name}>" if content else f"<{name}{attribute}/>"


def naive(node, depth=0):
    """*node* laid out by somebody who sees all of it."""
    name, attribute, text, *inner = node
    children = inner[0] if inner else []
    has_text = any(one.strip() for one in (text, *(tail for _child, tail in children)))
    if name in "!?" or has_text or "preserve" in attribute or not children:
        return written(node)
    line = "\n" + "  " * (depth + 1)
    rows = "".join(line + naive(child, depth + 1) for child, _tail in children)
    return f"<{name}{attribute}>{rows}{line[:-2]}</{name}>"


@given(nodes.filter(lambda node: node[0] not in "!?"), sizes)
@settings(deadline=None, max_examples=300)
def test_it_equals_a_printer_that_sees_the_whole_tree(node, cuts):
    text = ('<?xml version="1.0"?>' + written(node)).encode()
    assert agrees(XmlPrinter, text, cuts).decode() == '<?xml version="1.0"?>\n' + naive(node)
    assert printed(XmlPrinter(), text)[1] is None


@given(st.lists(st.sampled_from(PIECES), max_size=14), sizes)
@settings(deadline=None, max_examples=400)
def test_any_text_is_given_whole_however_it_is_cut(pieces, cuts):
    agrees(XmlPrinter, "".join(pieces).encode(), cuts)


@given(st.binary(max_size=40), sizes)
@settings(deadline=None)
def test_any_bytes_are_given_whole(text, cuts):
    agrees(XmlPrinter, b"<a>" + text, cuts)


@given(st.lists(st.sampled_from(PIECES), max_size=10))
@settings(deadline=None, max_examples=300)
def test_what_it_finds_no_fault_in_stays_what_it_was(pieces):
    text = ("<r>" + "".join(pieces) + "</r>").encode()
    shown, fault = printed(XmlPrinter(), text)
    try:
        tree = parsed(text)
    except ET.ParseError:
        return
    assert fault is None
    assert essence(parsed(shown)) == essence(tree)


def parsed(text):
    builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
    return ET.fromstring(text, ET.XMLParser(target=builder))


def essence(element):
    texts = [element.text or "", *(child.tail or "" for child in element)]
    has_text = any(text.strip() for text in texts) or not len(element)
    return element.tag, element.attrib, texts if has_text else [], [essence(child) for child in element]


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("<a><b></a>", 6, "</a> where </b> should be"),
        ("<a/><b/>", 4, "<b> after the outermost"),
        ("<a/> x", 5, "text after the outermost"),
        ("x<a/>", 0, "text before the outermost"),
        ('<a x="1<2"/>', 0, "< inside a tag"),
        ("<a>1 < 2</a>", 5, "begins no tag"),
        ("<a><b>", 6, "ends where </b>"),
        ("<a", 2, "ends"),
        ("", 0, "ends where an element"),
    ],
)
def test_a_fault_is_told_with_its_place(text, offset, words):
    _shown, fault = printed(XmlPrinter(), text.encode(), [3])
    assert words in fault.sentence or words == "< inside a tag"
    assert fault.offset == offset or words == "< inside a tag"


def test_a_document_type_with_brackets_in_quotes_is_one_piece():
    text = b'<!DOCTYPE a [<!ENTITY x "]>"><!-- it> -->]><a>&x;</a>'
    assert printed(XmlPrinter(), text, [5]) == (text.replace(b"]><a>", b"]>\n<a>"), None)


def test_text_far_behind_a_child_leaves_what_was_laid_out_before():
    far = b"<a><b/><c>" + b"x" * (LOOKAHEAD_BYTES + 10) + b"</c><d/>tail</a>"
    near = b"<a><b/><c/><d/>tail</a>"
    assert printed(XmlPrinter(), near)[0] == near
    assert agrees(XmlPrinter, far, [7000, 100]).startswith(b"<a>\n  <b/>")


def test_a_tag_longer_than_what_is_held_passes_through():
    text = b'<a><b c="' + b"> " * LONGEST_HELD_BYTES + b'"/><d/></a>'
    assert agrees(XmlPrinter, text, [1 << 14, 99]) == text.replace(b"<b", b"\n  <b").replace(
        b"<d/>", b"\n  <d/>\n"
    )


def test_deep_nesting_ends_in_one_row_and_in_no_time():
    began = time.process_time()
    shown, fault = printed(XmlPrinter(), b"<a>" * 50_000 + b"</a>" * 50_000, [1 << 14])
    assert fault is None
    assert shown.count(b"\n") < 3 * DEEPEST_INDENT
    assert time.process_time() - began < 20
