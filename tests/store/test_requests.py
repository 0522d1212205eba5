import difflib
from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.core.document import (
    BasicAuth,
    BearerAuth,
    Header,
    NoAuth,
    OtherAuth,
    Param,
    RequestDocument,
    RequestOptions,
    TextBody,
    Timeouts,
    Variable,
)
from antiphon.core.errors import UserError
from antiphon.store import emit
from antiphon.store.collections import create_request, load_request, load_text, save_request
from antiphon.store.reading import document_of
from antiphon.store.splice import spliced
from antiphon.store.writing import changed_request, new_request
from antiphon.store.yamltree import parse, value_of
from tests.store.documents import documents
from tests.store.sample import REQUEST, contents, write_sample

PATH = "orders/create-order.yml"


@pytest.fixture
def root(tmp_path):
    return write_sample(tmp_path / "c")


def changed_lines(root, path, change):
    """Save the request with *change* done; return the lines that went and came."""
    before = (root / path).read_text()
    document = replace(load_request(root, path), **change)
    assert save_request(root, path, document) == ""
    assert load_request(root, path) == document
    lines = difflib.ndiff(before.splitlines(), (root / path).read_text().splitlines())
    return [line for line in lines if line[0] in "+-"]


def written(document):
    """Return the text of a new file for *document*, without a disk."""
    return emit.whole_file(new_request(document))


def saved(text, document):
    """Return the text of a file after *document* was saved in it; fails where anything of the layout is lost."""
    result = spliced(text, changed_request(value_of(parse(text)), document))
    assert result.lost == ""
    return result.text


def read(text, like):
    """Return the document of a file's text, with what only a sidecar holds as in *like*."""
    document = document_of(value_of(parse(text)))
    total = replace(like.options.timeouts, total_s=document.options.timeouts.total_s)
    own = {
        name: getattr(document.options, name) for name in ("follow_redirects", "max_redirects", "encode_url")
    }
    return replace(document, options=replace(like.options, timeouts=total, **own))


@given(documents)
def test_a_document_comes_back_as_it_was_written(document):
    assert read(written(document), document) == document


@given(documents, documents)
def test_any_document_can_be_saved_over_any_other(old, new):
    expected = new if new.seq is not None else replace(new, seq=old.seq)
    assert read(saved(written(old), new), new) == expected


@given(
    documents,
    documents,
    st.sampled_from([each.name for each in fields(RequestDocument) if each.name not in {"seq", "options"}]),
)
def test_one_edited_field_leaves_every_other_line(old, new, name):
    old = replace(old, options=RequestOptions(), seq=1.0)
    mine = replace(old, **{name: getattr(new, name)})
    bare = replace(old, **{name: getattr(RequestDocument(), name)})
    text = "# first\n" + written(old) + "# last\n"
    others = (
        line
        for line in written(bare).splitlines()
        if not line.startswith(("runtime:", "  name:", "  method:", "  url:", "  auth:"))
    )
    after = saved(text, mine)
    assert read(after, mine) == mine
    assert after.startswith("# first\n")
    assert after.endswith("# last\n")
    missing = Counter(others) - Counter(after.splitlines())
    assert not missing


@settings(max_examples=10)
@given(documents)
def test_a_document_comes_back_from_the_disk(tmp_path_factory, document):
    root = write_sample(tmp_path_factory.mktemp("c"))
    path = create_request(root, "orders", document)
    assert load_request(root, path) == (document if document.seq is not None else replace(document, seq=3.0))


def test_saving_what_was_opened_changes_no_byte(root):
    before = contents(root)
    assert save_request(root, PATH, load_request(root, PATH)) == ""
    assert contents(root) == before


def test_saving_unedited_does_not_touch_the_file(root):
    stamp = (root / PATH).stat().st_mtime_ns
    save_request(root, PATH, load_request(root, PATH))
    assert (root / PATH).stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"name": "Other"}, "+ info: {name: Other, type: http, seq: 2, tags: [smoke]}"),
        ({"method": "PUT"}, "+   method: PUT"),
        ({"url": "{{baseUrl}}/x"}, '+   url: "{{baseUrl}}/x"'),
        ({"headers": (Header("Content-Type", "text/plain"),)}, "+   headers: [{name: Content-Type, value: text/plain}]"),
        ({"variables": (Variable("sku", "1"),)}, '+   variables: [{name: sku, value: "1"}]'),
        ({"docs": "Two\nlines"}, '+ docs: |-'),
        ({"body": TextBody("json", "{}")}, '+   body: {type: json, data: "{}"}'),
        ({"auth": BearerAuth("t")}, "+   auth:"),
    ],
)  # fmt: skip
def test_an_edit_touches_one_line_of_the_sample(root, change, line):
    lines = changed_lines(root, PATH, change)
    assert line in lines
    assert len([each for each in lines if each[0] == "-"]) == 1


def test_options_with_fields_go_to_settings_and_the_others_to_the_sidecar(root):
    options = RequestOptions(
        http_version="2",
        timeouts=Timeouts(connect_s=1.5, read_s=None, total_s=2),
        max_redirects=5,
        verify=False,
    )
    lines = changed_lines(root, PATH, {"options": options})
    assert lines[1::2][:1] == [
        "+ settings: {encodeUrl: true, timeout: 2000, followRedirects: true, maxRedirects: 5}"
    ]
    sidecar = root / "orders/create-order.antiphon.yaml"
    assert (
        sidecar.read_text()
        == 'httpVersion: "2"\ntimeoutSeconds:\n  connect: 1.5\n  read: none\nverify: false\n'
    )
    save_request(root, PATH, replace(load_request(root, PATH), options=RequestOptions()))
    assert not sidecar.exists()


FOREIGN = """\
# mine
info:
  name: Foreign
  type: http
  color: red    # nobody knows
http:
  method: GET
  url: http://x
  params: {query: [{name: a, value: 1, enabled: true, extra: 5}], path: []}
  headers:
    - {name: H, value: 012, enabled: false}  # odd
  body: {mode: json, json: "{}"}
  auth: {type: wsse, username: u}
runtime:
  scripts:
    - type: before-request
      code: |
        weird   spacing
         kept
  variables:
    - name: n
      value:
        type: number
        data: "1"
examples: [{name: e}]
"""


@pytest.mark.parametrize(
    ("change", "gone", "come"),
    [
        (
            {"params": (Param("a", "1", enabled=False),)},
            "  params: {query: [{name: a, value: 1, enabled: true, extra: 5}], path: []}",
            "  params: [{name: a, value: 1, enabled: false, extra: 5, type: query}]",
        ),
        (
            {"headers": (Header("H", "013", enabled=True),)},
            "    - {name: H, value: 012, enabled: false}  # odd",
            '    - {name: H, value: "013", enabled: true}  # odd',
        ),
        ({"variables": (Variable("n", "2"),)}, '        data: "1"', '        data: "2"'),
        (
            {"body": TextBody("json", "[]")},
            '  body: {mode: json, json: "{}"}',
            '  body: {mode: json, json: "[]"}',
        ),
        ({"url": "http://y"}, "  url: http://x", "  url: http://y"),
    ],
)
def test_foreign_files_keep_their_own_spelling(root, change, gone, come):
    (root / "foreign.yml").write_text(FOREIGN)
    assert changed_lines(root, "foreign.yml", change) in (
        [f"- {gone}", f"+ {come}"],
        [f"+ {come}", f"- {gone}"],
    )


def test_an_unknown_auth_stays_until_another_is_chosen(root):
    (root / "foreign.yml").write_text(FOREIGN)
    assert load_request(root, "foreign.yml").auth == OtherAuth("wsse")
    changed_lines(root, "foreign.yml", {"name": "x"})
    assert "auth: {type: wsse, username: u}" in (root / "foreign.yml").read_text()
    assert changed_lines(root, "foreign.yml", {"auth": BasicAuth("u", "p")})[1:] == [
        "+   auth: {type: basic, username: u, password: p}"
    ]
    assert changed_lines(root, "foreign.yml", {"auth": NoAuth()}) == [
        "-   auth: {type: basic, username: u, password: p}"
    ]


def test_early_auth_is_changed_where_it_stands(root):
    text = "info: {type: http}\nhttp: {url: x}\nruntime:\n  auth: {type: bearer, token: a}\n"
    (root / "early.yml").write_text(text)
    assert changed_lines(root, "early.yml", {"auth": BearerAuth("b")}) == [
        "-   auth: {type: bearer, token: a}",
        "+   auth: {type: bearer, token: b}",
    ]


def test_an_outside_change_of_other_fields_survives_the_save(root):
    document = load_request(root, PATH)
    (root / PATH).write_text(REQUEST.replace("docs: Creates an order.", "docs: Creates an order.\nx-mine: 1"))
    save_request(root, PATH, replace(document, method="PUT"))
    assert "x-mine: 1" in (root / PATH).read_text()


def test_a_file_that_cannot_be_spliced_is_written_anew_and_that_is_said(root):
    (root / "a.yml").write_text(
        "# gone\n{info: {type: http, name: x}, http: {headers: &h [{name: a, value: b}]}, x: *h}\n"
    )
    note = save_request(root, "a.yml", replace(load_request(root, "a.yml"), headers=(Header("a", "c"),)))
    assert note == "a.yml was saved, but the file's comments and layout could not be kept."
    assert load_request(root, "a.yml").headers == (Header("a", "c"),)


def test_a_byte_order_mark_and_crlf_stay(root):
    (root / PATH).write_bytes(b"\xef\xbb\xbf" + REQUEST.replace("\n", "\r\n").encode())
    save_request(root, PATH, replace(load_request(root, PATH), method="PUT"))
    assert (root / PATH).read_bytes() == b"\xef\xbb\xbf" + REQUEST.replace("\n", "\r\n").replace(
        "POST", "PUT"
    ).encode()


@pytest.mark.parametrize("text", ["a: [}", "http: x\ninfo: {type: http}\n", "\x00"])
def test_a_broken_file_is_never_written(root, text):
    (root / "b.yml").write_text(text)
    for act in (lambda: load_request(root, "b.yml"), lambda: save_request(root, "b.yml", RequestDocument())):
        with pytest.raises(UserError) as caught:
            act()
        assert "line 1" in caught.value.detail
    assert load_text(root, "b.yml") == text


def test_a_broken_sidecar_is_said_and_not_ignored(root):
    (root / "orders/create-order.antiphon.yaml").write_text("verify: [\n")
    with pytest.raises(UserError, match=r"create-order\.antiphon\.yaml"):
        load_request(root, PATH)


def test_a_file_that_is_gone_is_made_anew(root):
    document = load_request(root, PATH)
    (root / PATH).unlink()
    assert save_request(root, PATH, document) == ""
    assert load_request(root, PATH) == document


@pytest.mark.parametrize("path", ["gone.yml", "../x.yml", "/etc/passwd"])
def test_what_is_not_there_is_a_user_error(root, path):
    with pytest.raises(UserError):
        load_request(root, path)


def test_text_that_is_not_utf_8_is_still_shown(root):
    (root / "l.yml").write_bytes(b"a: \xff\n")
    assert load_text(root, "l.yml") == "a: \ufffd\n"
    assert load_text(root, "orders").startswith("info:")
    assert load_text(root, "").startswith("opencollection:")
