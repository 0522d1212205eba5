"""What goes out is decided once, and says where each part came from."""

import base64
import os
import sys
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import (
    ApiKeyAuth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    Defaults,
    DigestAuth,
    Environment,
    FileBody,
    FormBody,
    FormField,
    Header,
    MultipartBody,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    OtherAuth,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Variable,
)
from antiphon.core.errors import UserError
from antiphon.core.prepare import Context, prepare
from antiphon.core.prepared import NoContent, content_chunks, content_length


def env(**values):
    return Context(
        environment=Environment("Local", tuple(Variable(name, value) for name, value in values.items()))
    )


def names(prepared):
    return [header.name for header in prepared.headers]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("http://h", "http://h/"),
        ("h:8080/a", "http://h:8080/a"),
        ("https://h?x=1", "https://h/?x=1"),
        ("http://h/a b?q=ü#frag", "http://h/a%20b?q=%C3%BC"),
        ("http://h/%2F/../a//b/[]+;'~", "http://h/%2F/../a//b/[]+;'~"),
        ("http://h/100%", "http://h/100%25"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("  http://h/a\n ", "http://h/a"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://h/{a}|b", "http://h/%7Ba%7D%7Cb"),
    ],
)
def test_url_goes_out_as_typed_but_for_what_may_not_stand_there(typed, sent):
    assert prepare(RequestDocument(url=typed)).url == sent


def test_encoding_can_be_switched_off_but_never_breaks_the_request_line():
    document = RequestDocument(url="http://h/{a}|b c", options=RequestOptions(encode_url=False))
    assert prepare(document).url == "http://h/{a}|b%20c"


@pytest.mark.parametrize(
    "url",
    ["", "http://", "ftp://h/", "http://h:99999/", "http://h:0/", "http://a b/", "http:///x", "http://h:x/"],
)
def test_a_url_that_leads_nowhere_is_refused(url):
    with pytest.raises(UserError):
        prepare(RequestDocument(url=url))


def test_path_variables_are_one_segment_each():
    document = RequestDocument(
        url="http://h:80/:a/x/:b", params=(Param("a", "1/2 ?", "path"), Param("b", "{{v}}", "path"))
    )
    assert prepare(document, env(v="ü")).url == "http://h:80/1%2F2%20%3F/x/%C3%BC"


@pytest.mark.parametrize("row", [Param("a", "", "path"), Param("a", "1", "path", enabled=False)])
def test_a_path_variable_without_a_value_goes_out_as_written(row):
    assert prepare(RequestDocument(url="http://h/:a", params=(row,))).url == "http://h/:a"


def test_variables_refer_to_variables_and_pieces_remember_them():
    context = env(base="http://{{host}}:1", host="example.org", token="t")
    prepared = prepare(RequestDocument(url="{{base}}/a", headers=(Header("X", "a{{token}}b"),)), context)
    assert prepared.url == "http://example.org:1/a"
    header = next(header for header in prepared.headers if header.name == "X")
    assert [(piece.text, piece.variable) for piece in header.pieces] == [("a", ""), ("t", "token"), ("b", "")]


def test_a_secret_stays_marked_inside_another_variable():
    environment = Environment("E", (Variable("key", is_secret=True), Variable("bearer", "Bearer {{key}}")))
    context = Context(environment=environment, secrets={"key": "s3cret"})
    prepared = prepare(RequestDocument(url="http://h/{{key}}", headers=(Header("A", "{{bearer}}"),)), context)
    assert [piece.text for piece in prepared.url_pieces if piece.is_secret] == ["s3cret"]
    assert [piece.text for piece in prepared.headers[-1].pieces if piece.is_secret] == ["s3cret"]


def test_nearer_places_win():
    context = Context(
        defaults=(
            Defaults(
                "C", (Header("X-A", "c"), Header("X-B", "c")), BearerAuth("c"), (Variable("v", "collection"),)
            ),
            Defaults("F", (Header("x-a", "f"),), NoAuth(), (Variable("v", "folder"),)),
        ),
        environment=Environment("E", (Variable("v", "environment"),)),
    )
    prepared = prepare(RequestDocument(url="http://h/{{v}}"), context)
    assert prepared.url == "http://h/folder"
    assert [
        (header.name, header.value, header.origin)
        for header in prepared.headers
        if header.name.lower().startswith("x-")
    ] == [
        ("X-B", "c", "the collection"),
        ("x-a", "f", "folder F"),
    ]
    assert "Authorization" not in names(prepared)
    override = Context(context.defaults, context.environment, overrides={"v": "cli"})
    assert (
        prepare(RequestDocument(url="http://h/{{v}}", variables=(Variable("v", "request"),)), override).url
        == "http://h/cli"
    )


def test_environment_wins_over_collection():
    context = Context(
        (Defaults("C", variables=(Variable("v", "c"),)),), Environment("E", (Variable("v", "e"),))
    )
    assert prepare(RequestDocument(url="http://h/{{v}}"), context).url == "http://h/e"


def test_a_missing_variable_is_named_with_its_place():
    with pytest.raises(UserError) as caught:
        prepare(RequestDocument(url="http://h/{{a}}", headers=(Header("X", "{{b}}"),)))
    assert "{{a}} in the URL" in caught.value.title
    assert "{{b}} in the header X" in caught.value.title


def test_braces_in_a_body_go_out_as_written_and_are_named():
    prepared = prepare(RequestDocument(method="POST", url="http://h", body=TextBody("text", "Dear {{name}}")))
    assert b"".join(content_chunks(prepared.content)) == b"Dear {{name}}"
    assert prepared.unresolved == ("name",)


def test_a_ring_of_variables_is_named_not_followed():
    with pytest.raises(UserError):
        prepare(RequestDocument(url="http://h/{{a}}"), env(a="{{b}}", b="{{a}}"))


def test_default_headers_are_all_there_and_give_way():
    prepared = prepare(RequestDocument(url="http://h:80/"))
    assert [(header.name, header.origin) for header in prepared.headers] == [
        ("Host", "automatic"),
        ("User-Agent", "automatic"),
        ("Accept", "automatic"),
        ("Accept-Encoding", "automatic"),
    ]
    assert prepared.header("host") == "h"
    own = RequestDocument(url="http://h:81/", headers=(Header("user-agent", "x"), Header("HOST", "y")))
    assert names(prepare(own)) == ["Accept", "Accept-Encoding", "user-agent", "HOST"]


@pytest.mark.parametrize(
    ("method", "length"), [("POST", "0"), ("PUT", "0"), ("PATCH", "0"), ("GET", None), ("DELETE", None)]
)
def test_no_body_says_its_length_where_one_is_expected(method, length):
    prepared = prepare(RequestDocument(method=method, url="http://h"))
    assert isinstance(prepared.content, NoContent)
    assert prepared.header("content-length") == length


def test_json_goes_out_to_the_digit():
    text = '{"n": 12345678901234567890, "f": 1.00, "e": 1e400}'
    prepared = prepare(RequestDocument(method="POST", url="http://h", body=TextBody("json", text)))
    assert b"".join(content_chunks(prepared.content)) == text.encode()
    assert prepared.header("Content-Type") == "application/json"
    assert prepared.header("Content-Length") == str(len(text))


def test_form_is_urlencoded():
    body = FormBody((FormField("a b", "c&d"), FormField("off", "x", enabled=False), FormField("ü", "{{v}}")))
    prepared = prepare(RequestDocument(method="POST", url="http://h", body=body), env(v="1+1"))
    assert b"".join(content_chunks(prepared.content)) == b"a+b=c%26d&%C3%BC=1%2B1"


@given(st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=9)), min_size=1, max_size=4))
def test_multipart_length_is_what_is_sent(rows):
    rows = [
        (name.encode(errors="ignore").decode() or "n", value.encode(errors="ignore").decode())
        for name, value in rows
    ]
    body = MultipartBody(tuple(Part(name, value) for name, value in rows))
    prepared = prepare(RequestDocument(method="POST", url="http://h", body=body))
    sent = b"".join(content_chunks(prepared.content))
    assert len(sent) == content_length(prepared.content) == int(prepared.header("Content-Length"))


def test_multipart_file_brings_name_and_type(tmp_path):
    (tmp_path / 'a"b.png').write_bytes(b"\x89PNG")
    body = MultipartBody((Part("f\r\n", paths=('a"b.png',), is_file=True),))
    prepared = prepare(RequestDocument(method="POST", url="http://h", body=body), Context(base_dir=tmp_path))
    sent = b"".join(content_chunks(prepared.content))
    assert b'name="f%0D%0A"; filename="a%22b.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--' in sent


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("multipart/form-data; boundary=mine", "multipart/form-data; boundary=mine"),
        ('multipart/mixed; boundary="my own"', 'multipart/mixed; boundary="my own"'),
        ("multipart/form-data", "multipart/form-data; boundary={}"),
    ],
)
def test_a_content_type_of_ones_own_and_a_multipart_body_agree(typed, sent):
    document = RequestDocument(
        method="POST",
        url="http://h",
        headers=(Header("content-type", typed),),
        body=MultipartBody((Part("a", "b"),)),
    )
    prepared = prepare(document)
    boundary = prepared.content.boundary
    assert [header.value for header in prepared.headers if header.name.lower() == "content-type"] == [
        sent.format(boundary)
    ]
    assert b"".join(content_chunks(prepared.content)).endswith(f"--{boundary}--\r\n".encode())
    assert boundary.strip('"') in sent.format(boundary)


def test_a_file_that_changed_is_not_sent_short(tmp_path):
    file = tmp_path / "data.bin"
    file.write_bytes(b"12345")
    prepared = prepare(
        RequestDocument(method="PUT", url="http://h", body=FileBody("data.bin")), Context(base_dir=tmp_path)
    )
    file.write_bytes(b"123")
    with pytest.raises(UserError):
        list(content_chunks(prepared.content))


@pytest.mark.parametrize(
    "body",
    [
        FileBody("gone.bin"),
        FileBody(""),
        FileBody("{{nowhere}}"),
        MultipartBody((Part("f", paths=("gone",), is_file=True),)),
    ],
)
def test_a_missing_file_is_said_before_sending(body, tmp_path):
    with pytest.raises(UserError):
        prepare(RequestDocument(method="PUT", url="http://h", body=body), Context(base_dir=tmp_path))


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (
            BasicAuth("ü", "p:{{v}}"),
            ("Authorization", "Basic " + base64.b64encode("ü:p:1".encode()).decode()),
        ),
        (BearerAuth("{{v}}"), ("Authorization", "Bearer 1")),
        (ApiKeyAuth("X-Key", "{{v}}"), ("X-Key", "1")),
    ],
)
def test_auth_adds_its_header(auth, header):
    prepared = prepare(RequestDocument(url="http://h", auth=auth), env(v="1"))
    assert header in [(row.name, row.value) for row in prepared.headers]


def test_a_header_written_by_hand_wins_over_auth():
    prepared = prepare(
        RequestDocument(url="http://h", auth=BearerAuth("a"), headers=(Header("authorization", "mine"),))
    )
    assert [row.value for row in prepared.headers if row.name.lower() == "authorization"] == ["mine"]


def test_api_key_in_the_query_is_encoded():
    prepared = prepare(RequestDocument(url="http://h/?a=1#x", auth=ApiKeyAuth("k", "a&b", "query")))
    assert prepared.url == "http://h/?a=1&k=a%26b"


def test_user_and_password_in_the_url_become_basic_auth():
    prepared = prepare(RequestDocument(url="http://us%40er:pa@h/x"))
    assert prepared.url == "http://h/x"
    assert prepared.header("Authorization") == "Basic " + base64.b64encode(b"us@er:pa").decode()
    assert prepared.header("Host") == "h"


def test_every_text_of_every_kind_of_auth_has_its_variables_filled_in():
    variables = (Variable("v", "filled"),)
    for kind in (DigestAuth, OAuth1Auth, OAuth2Auth, AwsAuth, NtlmAuth):
        texts = [field.name for field in fields(kind) if field.type is str]
        auth = kind(**dict.fromkeys(texts, "x{{v}}"))
        prepared = prepare(RequestDocument(url="http://h", auth=auth, variables=variables))
        assert {getattr(prepared.auth, name) for name in texts} == {"xfilled"}
        assert len(prepared.auth_pieces) >= len(texts)
        inherited = Context(defaults=(Defaults(auth=auth, variables=variables),))
        assert prepare(RequestDocument(url="http://h"), inherited).auth == prepared.auth


def test_the_parameters_of_oauth_2_are_filled_in_and_a_missing_name_is_told():
    auth = OAuth2Auth(extra=(("audience", "{{v}}"),))
    filled = prepare(RequestDocument(url="http://h", auth=auth, variables=(Variable("v", "api"),)))
    assert filled.auth.extra == (("audience", "api"),)
    with pytest.raises(UserError, match="No value for"):
        prepare(RequestDocument(url="http://h", auth=auth))


def test_the_file_of_a_key_lies_beside_the_collection(tmp_path):
    def key_of(private_key, base_dir):
        document = RequestDocument(url="http://h", auth=OAuth1Auth(private_key=private_key))
        return prepare(document, Context(base_dir=base_dir)).auth.private_key

    assert key_of("keys/a.pem", tmp_path) == str(tmp_path / "keys/a.pem")
    assert key_of("/abs/a.pem", tmp_path) == "/abs/a.pem"
    for same in ("", "~/a.pem", "-----BEGIN X"):
        assert key_of(same, tmp_path) == same


def test_unknown_auth_is_refused_with_a_sentence():
    with pytest.raises(UserError, match="digest"):
        prepare(RequestDocument(url="http://h", auth=OtherAuth("digest")))


@pytest.mark.parametrize(
    "header", [Header("x", "a\r\nb: c"), Header("a:", "b"), Header("a\n", "b"), Header("{{v}}", "b")]
)
def test_a_header_that_could_smuggle_is_refused(header):
    with pytest.raises(UserError):
        prepare(RequestDocument(url="http://h", headers=(header,)), env(v="x\r\ny"))


@pytest.mark.parametrize(
    "document",
    [
        RequestDocument(url="http://h", auth=BearerAuth("a\nb")),
        RequestDocument(url="http://h", auth=ApiKeyAuth("a:b", "c")),
        RequestDocument(url="http://h", body=FileBody("file", "a\r\nb: c")),
        RequestDocument(url="http://h", body=MultipartBody((Part("a", "b", content_type="x\ny: z"),))),
    ],
)
def test_auth_and_body_cannot_smuggle_either(document, tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UserError, match=r"line break|name"):
        prepare(document, Context(base_dir=tmp_path))


def test_headers_go_out_as_typed():
    rows = (
        ("x-B", "1"), ("X-A", ""), ("x-b", " two  blanks "), ("X-A", ""), ("odd ", "\ta"), ("ü", "ü"), ("(x)", "a\udce9"),
    )  # fmt: skip
    document = RequestDocument(url="http://h", headers=tuple(Header(*row) for row in rows))
    prepared = prepare(document)
    assert tuple((row.name, row.value) for row in prepared.headers if row.origin == "this request") == rows
    assert len(prepared.warnings) == 3


def test_any_automatic_header_can_be_removed_or_changed():
    body = TextBody("json", "{}")
    every = ("host", "User-Agent", "accept", "accept-encoding", "content-type", "content-length")
    document = RequestDocument(method="POST", url="http://h", body=body)
    assert [name.lower() for name in names(prepare(document))] == [name.lower() for name in every]
    for omitted in every:
        options = RequestOptions(omitted_headers=(omitted,))
        left = names(prepare(replace(document, options=options)))
        assert [name.lower() for name in left] == [name.lower() for name in every if name != omitted]
    bare = prepare(replace(document, options=RequestOptions(omitted_headers=every)))
    assert bare.headers == ()
    assert [word for word in bare.warnings if "no Host" in word or "neither" in word] == list(bare.warnings)
    rows = (Header("content-length", "7"), Header("HOST", "other"), Header("host", "too"))
    changed = prepare(replace(document, headers=rows))
    assert [header for header in names(changed) if header.lower() in {"host", "content-length"}] == [
        "content-length", "HOST", "host",
    ]  # fmt: skip
    assert len(changed.warnings) == 2


def test_what_is_removed_is_only_what_was_automatic():
    options = RequestOptions(omitted_headers=("accept", "authorization"))
    document = RequestDocument(
        url="http://h", headers=(Header("Accept", "x"),), auth=BearerAuth("t"), options=options
    )
    prepared = prepare(document)
    assert (prepared.header("accept"), prepared.header("authorization")) == ("x", "Bearer t")


def test_a_value_that_latin_1_cannot_say_is_refused():
    latin = RequestOptions(header_charset="latin-1")
    document = RequestDocument(url="http://h", headers=(Header("X", "é"),), options=latin)
    assert prepare(document).options.header_charset == "latin-1"
    with pytest.raises(UserError, match="“漢”"):
        prepare(replace(document, headers=(Header("X", "漢"),)))


@pytest.mark.parametrize(
    ("typed", "boundary"),
    [
        ("multipart/form-data; boundary=" + "x" * 90, "x" * 90),
        ('multipart/form-data; boundary="a\\"b c"', 'a"b c'),
        ('multipart/form-data; boundary=""', ""),
        ("multipart/form-data; boundary=", ""),
        ("multipart/form-data;BOUNDARY='q'; charset=x", "'q'"),
        ("multipart/form-data; boundary=ü", "ü"),
        ("multipart/form-data; boundary=a, b", "a,"),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_an_odd_boundary_of_ones_own_is_the_bodys(typed, boundary, charset):
    document = RequestDocument(
        method="POST",
        url="http://h",
        headers=(Header("Content-Type", typed),),
        body=MultipartBody((Part("a", "b"),)),
        options=RequestOptions(header_charset=charset),
    )
    prepared = prepare(document)
    assert prepared.header("content-type") == typed
    mark = b"--" + boundary.encode(charset)
    sent = b"".join(content_chunks(prepared.content))
    assert sent.startswith(mark + b"\r\nContent-Disposition")
    assert sent.endswith(mark + b"--\r\n")


@pytest.mark.skipif(sys.platform == "win32", reason="such file names cannot be there")
def test_file_names_go_out_as_browsers_send_them(tmp_path):
    files = {
        'q"q.txt': b"q%22q.txt", "c\rr\nl": b"c%0Dr%0Al", "ü漢.bin": "ü漢.bin".encode(), "b\\s'; x": b"b\\s'; x",
        os.fsdecode(b"lat\xe9"): b"lat\xe9",
    }  # fmt: skip
    for name in files:
        (tmp_path / name).write_bytes(b"data")
    part = Part("f", paths=tuple(files), is_file=True, content_type="a/b; c=d")
    prepared = prepare(
        RequestDocument(method="POST", url="http://h", body=MultipartBody((part,))),
        Context(base_dir=tmp_path),
    )
    sent = b"".join(content_chunks(prepared.content))
    assert len(sent) == content_length(prepared.content)
    for name in files.values():
        head = (
            b'Content-Disposition: form-data; name="f"; filename="%b"\r\nContent-Type: a/b; c=d\r\n\r\ndata'
        )
        assert head % name in sent


def test_a_method_is_one_word():
    assert prepare(RequestDocument(method="purge", url="http://h")).method == "purge"
    with pytest.raises(UserError):
        prepare(RequestDocument(method="GET /x", url="http://h"))
