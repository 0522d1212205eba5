import pytest

from antiphon.core.document import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    Defaults,
    FileBody,
    FormBody,
    FormField,
    Header,
    InheritAuth,
    MultipartBody,
    NoAuth,
    NoBody,
    OtherAuth,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Timeouts,
    Variable,
)
from antiphon.store.reading import defaults_of, document_of, environment_of
from antiphon.store.yamltree import YamlError, parse, value_of
from tests.store.sample import BASE, LOCAL, REQUEST, ROOT


def read(text):
    return document_of(value_of(parse(text)))


def test_the_sample_request():
    assert read(REQUEST) == RequestDocument(
        name="Create order",
        method="POST",
        url="{{baseUrl}}/orders/:shop",
        params=(Param("shop", "42", "path"), Param("dryRun", "true", "query", enabled=False)),
        headers=(Header("Content-Type", "application/json"),),
        body=TextBody("json", '{"sku": "{{sku}}", "qty": 12345678901234567890}'),
        auth=InheritAuth(),
        options=RequestOptions(timeouts=Timeouts(total_s=30.0), max_redirects=5),
        variables=(Variable("sku", "ABC-1"),),
        tags=("smoke",),
        docs="Creates an order.",
        seq=2.0,
    )


def test_the_sample_root_and_environments():
    assert defaults_of(value_of(parse(ROOT)), "x") == Defaults(
        "Orders API", (Header("Accept", "application/json"),), BearerAuth("{{token}}"), ()
    )
    local = environment_of(value_of(parse(LOCAL)), "Local")
    assert local.variables == (
        Variable("baseUrl", "http://localhost:8080"),
        Variable("token", is_secret=True),
    )
    assert local.extends == "Base"
    assert environment_of(value_of(parse(BASE)), "Base").variables[1] == Variable("zone", "no")


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("", NoAuth()),
        ("  auth: none", NoAuth()),
        ("  auth: inherit", InheritAuth()),
        ("  auth: {type: inherit}", InheritAuth()),
        ("  auth: {type: none}", NoAuth()),
        ("  auth: {type: basic, username: u, password: 012}", BasicAuth("u", "012")),
        ("  auth: {type: basic, basic: {username: u, password: p}}", BasicAuth("u", "p")),
        ("  auth: {mode: bearer, bearer: {token: t}}", BearerAuth("t")),
        ("  auth: {type: apikey, key: k, value: v, placement: queryparams}", ApiKeyAuth("k", "v", "query")),
        ("  auth: {type: apikey, key: k, value: v}", ApiKeyAuth("k", "v", "header")),
        ("  auth: {type: oauth2, flow: implicit}", OtherAuth("oauth2")),
        ("runtime: {auth: {type: bearer, token: t}}", BearerAuth("t")),
    ],
)
def test_auth_in_every_spelling(auth, expected):
    assert read(f"info: {{type: http}}\nhttp:\n  url: x\n{auth}\n").auth == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("null", NoBody()),
        ("{type: none}", NoBody()),
        ("{type: xml, data: <a/>}", TextBody("xml", "<a/>")),
        ("{mode: json, json: '{}'}", TextBody("json", "{}")),
        ("[{title: a, body: {type: text, data: 1}}, {title: b, selected: true, body: {type: text, data: 2}}]", TextBody("text", "2")),
        ("[{title: a, body: {type: text, data: 1}}]", TextBody("text", "1")),
        ("[]", NoBody()),
        ("{type: form-urlencoded, data: [{name: a, value: no}]}", FormBody((FormField("a", "no"),))),
        ("{mode: formUrlEncoded, formUrlEncoded: [{name: a, value: b, enabled: false}]}", FormBody((FormField("a", "b", enabled=False),))),
        ("{type: form-urlencoded}", FormBody()),
        (
            "{type: multipart-form, data: [{name: f, type: file, value: [a, b], contentType: x/y}, {name: t, type: text, value: v}]}",
            MultipartBody((Part("f", paths=("a", "b"), is_file=True, content_type="x/y"), Part("t", "v"))),
        ),
        ("{type: file, data: [{filePath: a, contentType: b, selected: false}, {filePath: c, contentType: d, selected: true}]}", FileBody("c", "d")),
        ("{type: msgpack, data: x}", NoBody()),
    ],
)  # fmt: skip
def test_bodies_in_every_spelling(body, expected):
    assert read(f"info: {{type: http}}\nhttp:\n  body: {body}\n").body == expected


def test_params_by_kind_and_enabled_rows():
    text = "http:\n  params: {query: [{name: a, value: 1, enabled: false}], path: [{name: b, value: 2, enabled: true}]}\n"
    assert read(text).params == (Param("a", "1", "query", enabled=False), Param("b", "2", "path"))


def test_typed_variables_and_variants_give_their_text():
    text = "runtime: {variables: [{name: a, value: {type: number, data: '1'}}, {name: b, value: [{title: x, value: p}, {title: y, selected: true, value: q}]}]}\n"
    assert read(text).variables == (Variable("a", "1"), Variable("b", "q"))


def test_prose_may_be_a_mapping_with_content():
    text = "docs: {content: '# Hi', type: text/markdown}\nhttp: {headers: [{name: a, value: b, description: {content: c, type: t}}]}\n"
    assert (read(text).docs, read(text).headers) == ("# Hi", (Header("a", "b", description="c"),))


@pytest.mark.parametrize(
    "words", ["no", "012", "1e3", "2020-01-01", "0x10", "12345678901234567890", "1.00", "1e400"]
)
def test_values_are_text_as_written(words):
    assert read(f"http: {{headers: [{{name: a, value: {words}}}]}}\n").headers == (Header("a", words),)


@pytest.mark.parametrize(
    ("timeout", "seconds"), [("0", None), ("inherit", None), ("1500", 1.5), ("abc", None), ("-1", None)]
)
def test_timeout_counts_milliseconds(timeout, seconds):
    assert read(f"settings: {{timeout: {timeout}}}\n").options.timeouts.total_s == seconds


def test_an_absent_auth_is_inherited_by_folders_only():
    assert defaults_of(value_of(parse("info: {type: folder}\n")), "F") == Defaults("F", auth=InheritAuth())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("http:\n  url: [a]\n", 2),
        ("info: x\n", 1),
        ("http:\n  headers:\n    - a\n", 2),
        ("a: 1\ndocs: [x]\n", 0),
        ("http:\n  auth: [x]\n", 2),
    ],
)
def test_wrong_kinds_of_nodes_are_errors(text, line):
    with pytest.raises(YamlError) as caught:
        read(text)
    assert caught.value.line == line
