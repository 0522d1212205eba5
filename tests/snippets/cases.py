"""Varied requests, as documents with the values of their secrets; `BASE` stands for the recording server."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from antiphon.core.document import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    Defaults,
    Environment,
    FileBody,
    FormBody,
    FormField,
    Header,
    MultipartBody,
    NoAuth,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Timeouts,
    Variable,
)
from antiphon.core.prepare import Context, prepare
from antiphon.core.prepared import PreparedRequest


@dataclass(frozen=True)
class Case:
    """A claim's name, a document, and what it inherits; *environ* is set beside the secrets' own names."""

    name: str
    document: RequestDocument
    secrets: dict[str, str] = field(default_factory=dict)
    defaults: tuple[Defaults, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)
    unsayable_by: tuple[str, ...] = ()
    """The writers whose library cannot send this; their snippet says so."""

    def prepared(self, base: str, folder: Path) -> PreparedRequest:
        secret = tuple(Variable(name, is_secret=True) for name in self.secrets)
        environment = Environment("Test", (Variable("base", base), *secret))
        context = Context(self.defaults, environment, self.secrets, folder)
        document = replace(
            self.document,
            name=self.name,
            url=self.document.url.replace("BASE", base).replace("HOST", base.partition("//")[2]),
        )
        return prepare(document, context)


def write_files(folder: Path) -> None:
    (folder / "small.txt").write_bytes(b"line one\r\nline two\n")
    (folder / "photo one.png").write_bytes(bytes(range(256)) * 8)
    (folder / "empty.bin").write_bytes(b"")
    (folder / "big.bin").write_bytes(bytes(range(251)) * 12_000)
    (folder / 'a "quoted"; ü, name.txt').write_bytes(b"quoted")
    (folder / "it's $HOME.json").write_bytes(b'{"a": 1.00}')


def get(url: str = "BASE/items", **values: object) -> RequestDocument:
    return RequestDocument(url=url, auth=values.pop("auth", NoAuth()), **values)


def post(body: object, url: str = "BASE/items", **values: object) -> RequestDocument:
    return get(url, method=values.pop("method", "POST"), body=body, **values)


def headers(*rows: tuple[str, str]) -> tuple[Header, ...]:
    return tuple(Header(name, value) for name, value in rows)


def form(*rows: tuple[str, str]) -> FormBody:
    return FormBody(tuple(FormField(name, value) for name, value in rows))


def multipart(*parts: Part) -> MultipartBody:
    return MultipartBody(parts)


def file(name: str, *paths: str, content_type: str = "") -> Part:
    return Part(name, paths=paths, is_file=True, content_type=content_type)


JSON = '{\n  "big": 12345678901234567890,\n  "exact": 1.00,\n  "huge": 1e400\n}\n'
NASTY = "a'b\"c\\d$e`f!g%h&i;j|k<l>m\n\tn*o?p[q]r{s}t~u#v ü 漢 😀"
DEFAULT_HEADERS = Defaults("Api", headers=headers(("X-Collection", "all"), ("X-Trace", "far")))
FOLDER_HEADERS = Defaults("Orders", headers=headers(("X-Trace", "near")), auth=BearerAuth("{{token}}"))

HTTPX = ("httpx-sync", "httpx-async")
URLS = {
    "a plain path": "/items/7",
    "no path at all": "",
    "an empty query": "/items?",
    "a query with an empty value": "/items?a=&b&c=1",
    "a percent-encoded slash": "/files/a%2Fb",
    "lower-case percent-encoding": "/files/a%2fb%c3%bc",
    "percent-encoded letters that need none": "/%41%7E/b?%61=%7e",
    "brackets in the query": "/items?ids[]=1&ids[]=2&filter[name]=x",
    "brackets and braces in the path": "/a[1]/b;c=1/(d)/{x,y}",
    "plus, semicolon and quotes": "/items;v=1?q=a+b;c&d='e'&f=$(g)&h=*!",
    "tildes, doubled slashes": "/~user//a///b//",
    "dot segments": "/a/./b/../c",
    "encoded dot segments": "/a/%2e%2E/b",
    "a leading doubled slash": "//a/b",
    "spaces and letters beyond ASCII": "/a b/ü?q=漢 字",
    "characters a URL may not hold": '/a"b<c>d`e^f|g\\h?i="j"<k>^|`\\',
    "a bare percent sign": "/100%/a%zz?b=5%",
    "a URL in the query": "/go?to=https://example.org/a?b=c&d=/e//f/../g",
    "a colon and an at sign": "/a:b@c?d=e:f@g",
    "a fragment, which stays at home": "/a?b=c#frag",
}

CASES: list[Case] = [
    *(Case(f"URL: {claim}", get(f"BASE{path}")) for claim, path in URLS.items()),
    Case("URL sent as typed", get('BASE/a"b{c}|d^e?f={g}"|', options=RequestOptions(encode_url=False))),
    Case("path variable with a slash", get("BASE/users/:id/x", params=(Param("id", "a/b c?ü", "path"),))),
    *(
        Case(f"method {method} without a body", get(method=method))
        for method in ("HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH", "PURGE", "get", "Post", "TRACE", "M-SEARCH", "x'y$z")
    ),
    *(
        Case(f"method {method} with a JSON body", post(TextBody("json", JSON), method=method))
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "patch")
    ),
    Case("HEAD with a body", post(TextBody("text", "why not"), method="HEAD")),
    Case("headers of every kind", get(headers=headers(("X-Plain", "1"), ("x-lower", "two words"), ("X-Quote", "it's \"q\" \\ $HOME `x` !y")))),
    Case("repeated headers", get(headers=headers(("X-Tag", "a"), ("X-Other", "o"), ("x-tag", "b"), ("X-Tag", "a")))),
    Case("empty header value", get(headers=headers(("X-Empty", ""), ("X-Full", "1")))),
    Case("header beyond ASCII", get(headers=headers(("X-Name", "Größe 漢"), ("X-Latin", "é")))),
    Case("repeated header beyond ASCII", get(headers=headers(("X-Name", "ü"), ("X-Name", "漢")))),
    Case("header with a colon and a semicolon", get(headers=headers(("X-Time", "12:30;x=1"), ("X-At", "@file")))),
    Case("blanks around header values", get(headers=headers(("X-A", "  a b  "), ("X-B", "\tc"), ("X-B", "d ")))),
    Case("header names with odd letters", get(headers=headers(("(x)", "1"), ("a b", "2"), ("odd ", "3"))), unsayable_by=HTTPX),
    Case("header names beyond ASCII", get(headers=headers(("X-ü", "ü"))), unsayable_by=(*HTTPX, "requests")),
    Case("a header name that begins with a blank", get(headers=headers(("X-A", "1"), (" b", "2"))), unsayable_by=(*HTTPX, "requests")),
    Case("URL sent as typed, beyond ASCII", get("BASE/ü|{}?漢&\"a b\"", options=RequestOptions(encode_url=False)), unsayable_by=HTTPX),
    Case("something else in the request line", get("BASE/x", method="OPTIONS", options=RequestOptions(request_target="*")), unsayable_by=("requests",)),
    Case("own Host", get(headers=headers(("Host", "example.org:81")))),
    Case("own defaults", get(headers=headers(("User-Agent", "me/1"), ("Accept", "text/html"), ("Accept-Encoding", "gzip"), ("Connection", "keep-alive")))),
    Case("own Cookie", get(headers=headers(("Cookie", "a=1; b=\"2\"")))),
    Case("inherited headers and auth", RequestDocument(url="BASE/orders"), {"token": "t0ken"}, (DEFAULT_HEADERS, FOLDER_HEADERS)),
    Case("bearer token", get(auth=BearerAuth("abc.def-ghi=="))),
    Case("bearer token from a secret", get(auth=BearerAuth("{{api-token}}")), {"api-token": "s3cr3t$`\"'\\ x"}),
    Case("basic auth", get(auth=BasicAuth("ada", "lovelace"))),
    Case("basic auth beyond latin-1", get(auth=BasicAuth("ädä", "пароль漢é"))),
    Case("basic auth with latin-1 only", get(auth=BasicAuth("é", "ü"))),
    Case("basic auth with colons, quotes and blanks", get(auth=BasicAuth("a:b", "c:d 'e' \"f\" $g \\"))),
    Case("basic auth without a password", get(auth=BasicAuth("ada", ""))),
    Case("basic auth without a user", get(auth=BasicAuth("", "pass"))),
    Case("basic auth with a secret password", get(auth=BasicAuth("ada", "x{{password}}y")), {"password": "p:ü $1"}),
    Case("basic auth and an own Authorization", get(auth=BasicAuth("a", "b"), headers=headers(("authorization", "Custom 1")))),
    Case("basic auth in the URL", get("http://ada:l%C3%B6ve@HOST/x")),
    Case("API key in a header", get(auth=ApiKeyAuth("X-Api-Key", "{{key}}")), {"key": "k'1\""}),
    Case("API key in the query", get("BASE/a?b=c", auth=ApiKeyAuth("api key", "{{key}}", "query")), {"key": "plain-1"}),
    Case(
        "API key in the query that is percent-encoded",
        get("BASE/a", auth=ApiKeyAuth("key", "{{key}}", "query")),
        {"key": "a b/c%d+ü"},
        environ={"KEY_ENCODED": "a%20b%2Fc%25d%2B%C3%BC"},
    ),
    Case("secret in the path", get("BASE/hook/{{key}}/x?y={{key}}"), {"key": "T0/B1"}),
    Case(
        "secret in the query that is percent-encoded",
        get("BASE/hook?y={{key}}z"),
        {"key": "a b\"ü"},
        environ={"KEY_ENCODED": "a%20b%22%C3%BC"},
    ),
    Case("secrets side by side", get(headers=headers(("X-Two", "{{one}}{{two}}1{{one}}_"))), {"one": "1", "two": "2"}),
    Case("secrets whose names are alike", get(headers=headers(("X-Two", "{{a-b}} {{a_b}} {{path}} {{1st}}"))), {"a-b": "x1", "a_b": "x2", "path": "x3", "1st": "x4"}),
    Case("JSON text", post(TextBody("json", JSON))),
    Case("JSON on one line", post(TextBody("json", '{"a": "b\'c", "d": [1.0, 2e3]}'))),
    Case("JSON with escapes", post(TextBody("json", '{\n  "a": "x\\ny \\"z\\" \\u00fc \\\\",\n  "b": "{{no_such}}"\n}'))),
    Case("JSON with a secret", post(TextBody("json", '{\n  "token": "{{token}}",\n  "a": "{b}\\n"\n}')), {"token": "it's \"x\" $y \\z {q} %s"}),
    Case("text with everything", post(TextBody("text", NASTY))),
    Case("text with everything and a secret", post(TextBody("text", NASTY + "{{token}}" + NASTY)), {"token": NASTY}),
    Case("text that begins with @", post(TextBody("text", "@small.txt"))),
    Case("text that begins with - and ends in a quote", post(TextBody("text", "-d\n'\"x\""))),
    Case("text that ends in a backslash", post(TextBody("text", "a\nb\\"))),
    Case("text with CRLF, tabs and trailing blanks", post(TextBody("text", "a\r\nb\t \n  \n\n"))),
    Case("text of triple quotes", post(TextBody("text", 'a\n"""\nb\'\'\'\n'))),
    Case("text with control and invisible characters", post(TextBody("text", "a\x01\x1b[0m\u200b\u202e\ufeff\x7f\u2028z"))),
    Case("text that UTF-8 cannot hold, with a secret", post(TextBody("text", "a\ud800b{{token}}c")), {"token": "s3cr3tü"}),
    Case("multipart that UTF-8 cannot hold", post(multipart(Part("a", "x\udfff{{token}}"), Part("b", "y"))), {"token": "s3cr3tü"}),
    Case("text with NUL", post(TextBody("text", "-a\0b%c\\d\n"))),
    Case("an empty text body", post(TextBody("json", ""))),
    Case("an empty text body with GET", post(TextBody("json", ""), method="GET")),
    Case("an empty text body with DELETE", post(TextBody("json", ""), method="DELETE")),
    Case("a large body", post(TextBody("text", "0123456789 'x' %d\n" * 15_000))),
    Case("XML", post(TextBody("xml", '<?xml version="1.0"?>\n<a b="c">\n  d\n</a>'))),
    Case("own Content-Type", post(TextBody("json", "{}"), headers=headers(("content-type", "application/vnd.api+json; charset=utf-8")))),
    Case("own empty Content-Type", post(TextBody("json", "{}"), headers=headers(("Content-Type", "")))),
    Case("a form", post(form(("name", "Ada Lovelace"), ("mail", "a+b@example.org"), ("q", "x&y=z;%")))),
    Case("a form with repeated fields", post(form(("a", "1"), ("a", "2"), ("b", "3")))),
    Case("a form with repeated fields apart", post(form(("a", "1"), ("b", "ü 2"), ("a", "3~*")))),
    Case("a form of odd texts", post(form(("n a'me=", NASTY), ("@x", "@y"), ("empty", "")))),
    Case("a form with secrets", post(form(("user", "ada"), ("pass", "{{password}}"))), {"password": "p&=+%'\"$x/ü"}),
    Case(
        "a form with a secret that holds blanks",
        post(form(("pass", "x{{password}}"), ("b", "1"), ("pass", "y"))),
        {"password": "two words & more"},
        environ={"PASSWORD_ENCODED": "two+words+%26+more"},
    ),
    Case("an empty form", post(form())),
    Case("a form with PUT and an own type", post(form(("a", "b")), method="PUT", headers=headers(("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")))),
    Case("multipart text", post(multipart(Part("a", "1"), Part("b", NASTY), Part("c", "@x"), Part("d", "<y;type=z"), Part("e", "")))),
    Case("multipart with a typed part", post(multipart(Part("meta", '{"a": "b;c\\\\"}', content_type="application/json"), Part("t", "x", content_type="text/plain; charset=utf-8")))),
    Case("multipart with files", post(multipart(Part("title", "Photo"), file("photo", "photo one.png"), file("docs", "small.txt", "it's $HOME.json"), file("none", "empty.bin")))),
    Case("multipart with a typed file", post(multipart(file("a", "small.txt", content_type="text/markdown; charset=utf-8")))),
    Case("multipart with an odd file name", post(multipart(file("ü \"n\"", 'a "quoted"; ü, name.txt')))),
    Case("multipart with odd names", post(multipart(Part("a=b", "1"), Part("c\\d", "2"), Part('e"f;g', "3"), Part("h\ti", "4"), Part("j\nk", "5")))),
    Case("multipart with a secret", post(multipart(Part("key", "x{{key}}y"), Part("j", "{{key}}", content_type="text/plain"), file("f", "small.txt"))), {"key": "k'\"\\$1"}),
    Case("multipart with a NUL", post(multipart(Part("a", "b\0c"), file("f", "photo one.png")))),
    Case("multipart without parts", post(multipart())),
    Case("multipart with an own type", post(multipart(Part("a", "1"), file("f", "small.txt")), headers=headers(("Content-Type", "multipart/mixed; boundary=own")))),
    Case("a file as the body", post(FileBody("photo one.png"))),
    Case("a typed file as the body of PUT", post(FileBody("it's $HOME.json", "application/json"), method="PUT")),
    Case("a large file as the body", post(FileBody("big.bin"))),
    Case("an empty file as the body", post(FileBody("empty.bin"))),
    Case("an empty file as the body of GET", post(FileBody("empty.bin"), method="GET")),
    Case("HTTP/1.1 asked for", get(options=RequestOptions(http_version="1.1"))),
    Case("secret names of fields", post(form(("{{k}}", "1"), ("x{{k}}", "{{k}}"))), {"k": "key"}),
    Case("secret names of parts", post(multipart(Part("{{k}}", "1"), Part("a=b{{k}}", "{{k}}"), file("{{k}}", "small.txt"))), {"k": "key"}),
    Case("secret in the URL's user", get("http://{{login}}:x{{word}}@HOST/x"), {"login": "ada", "word": "pw1"}),
    Case("secret made of a secret", get(headers=headers(("X-A", "{{outer}} {{inner}}"))), {"outer": "a{{inner}}b", "inner": "i"}, environ={"OUTER": "aib"}),
    Case("every timeout", get(options=RequestOptions(timeouts=Timeouts(1, 2.5, 3, 4, 5)))),
    Case("no timeouts", get(options=RequestOptions(timeouts=Timeouts(None, None, None, None)))),
    Case("one timeout for all", get(options=RequestOptions(timeouts=Timeouts(7, 7, 7, 7)))),
    Case("redirects off, verification off", get(options=RequestOptions(follow_redirects=False, verify=False))),
    Case("few redirects", get(options=RequestOptions(max_redirects=3))),
]  # fmt: skip
