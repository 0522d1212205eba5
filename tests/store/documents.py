"""Documents and YAML values of every kind, for property tests."""

from hypothesis import strategies as st

from antiphon.core.document import (
    ApiKeyAuth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    ClientCertificate,
    DigestAuth,
    FileBody,
    FormBody,
    FormField,
    Header,
    InheritAuth,
    MultipartBody,
    NoAuth,
    NoBody,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    OtherAuth,
    Param,
    Part,
    ProxySettings,
    RequestDocument,
    RequestOptions,
    TextBody,
    Timeouts,
    Variable,
)
from antiphon.store.yamltree import Raw

TRAPS = [
    *(
        "",
        " ",
        "no",
        "on",
        "~",
        "null",
        "true",
        "012",
        "1e3",
        "0x1F",
        "2020-01-01",
        "12:30:45",
        ".5",
        "1_000",
        "=",
        "<<",
    ),
    *(
        "{{a}}",
        "a: b",
        "a #b",
        "#c",
        "- x",
        "? x",
        "'q'",
        '"q"',
        "a\\b",
        "[x",
        "{x",
        "*a",
        "&a",
        "!t",
        "%d",
        "@x",
        "`x",
    ),
    *(
        "a\nb",
        "a\n",
        "\na",
        "\n\n",
        " a\nb",
        "a\n b\n\n",
        "\ta\nb",
        "a\n ",
        "a \nb",
        "a\r\nb",
        "a\tb",
        "x:",
        ":x",
        "---",
        "...",
    ),
    *(
        "\u2028",
        "\x85",
        "\ufeff",
        "\x00",
        "\x7f",
        "\u00a0",
        "\ud7ff",
        "\ufdd0",
        "\uffff",
        "😀",
        "é",
        "e\u0301",
        "a\u2029b\nc",
    ),
    *("|", ">", "|-", "a,b", "a]", "---\na", "%x\na", "http://x/?a=b&c=d#e", "a" * 300),
]

texts = st.one_of(
    st.sampled_from(TRAPS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text("ab \n#:-{}[]'\"\\,|>\t", max_size=20),
)
names = texts.filter(bool)
whole_ms = st.integers(1, 10**7).map(lambda milliseconds: milliseconds / 1000)
seconds = st.none() | st.floats(0, 1e6, allow_nan=False)

headers = st.builds(Header, texts, texts, st.booleans(), texts)
params = st.builds(Param, texts, texts, st.sampled_from(["query", "path"]), st.booleans(), texts)
variables = st.builds(Variable, texts, texts, st.booleans(), st.just(False), texts)
secret_variables = st.builds(Variable, texts, st.just(""), st.booleans(), st.just(True), texts)
form_fields = st.builds(FormField, texts, texts, st.booleans(), texts)
parts = st.builds(Part, texts, texts, st.just(()), st.just(False), texts, st.booleans(), texts) | st.builds(
    Part,
    texts,
    st.just(""),
    st.lists(names, max_size=3).map(tuple),
    st.just(True),
    texts,
    st.booleans(),
    texts,
)


def rows(row):
    return st.lists(row, max_size=4).map(tuple)


bodies = st.one_of(
    st.just(NoBody()),
    st.builds(TextBody, st.sampled_from(["json", "text", "xml", "sparql"]), texts),
    st.builds(FormBody, rows(form_fields)),
    st.builds(MultipartBody, rows(parts)),
    st.builds(FileBody, texts, texts),
)
auths = st.one_of(
    st.just(InheritAuth()),
    st.just(NoAuth()),
    st.builds(BasicAuth, texts, texts),
    st.builds(BearerAuth, texts),
    st.builds(ApiKeyAuth, texts, texts, st.sampled_from(["header", "query"])),
    st.builds(DigestAuth, texts, texts),
    st.builds(NtlmAuth, texts, texts, texts, st.booleans()),
    st.builds(AwsAuth, texts, texts, texts, texts, texts, texts),
    st.builds(
        OAuth1Auth,
        *[texts] * 4,
        st.sampled_from(
            ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"]
        ),
        *[texts] * 7,
        st.sampled_from(["header", "query", "body"]),
        st.booleans(),
    ),
    st.builds(
        OAuth2Auth,
        st.sampled_from(["authorization_code", "client_credentials", "password", "device_code"]),
        *[texts] * 11,
        st.booleans(),
        st.sampled_from(["header", "body"]),
        st.sampled_from(["header", "query"]),
        texts,
        st.lists(st.tuples(texts.filter(bool), texts), max_size=3, unique=True).map(tuple),
    ),
    st.builds(OtherAuth, st.sampled_from(["wsse", "hawk"])),
)
addresses = st.sampled_from(
    [
        "",
        "http://proxy.example.org:3128",
        "https://[::1]:8443",
        "socks5://127.0.0.1:1080",
        "socks5h://tor:9050",
    ]
    + [
        "http://host",
        "http://{{proxy}}:3128",
        "{{proxy}}",
        "proxy:3128",
        "http://host:03128",
        "http://a:b@c:1",
    ]
)
proxies = st.builds(
    ProxySettings,
    st.sampled_from(["inherit", "none", "system", "manual"]),
    addresses | texts,
    texts,
    texts,
    texts,
)
certificates = st.one_of(
    st.builds(ClientCertificate, texts, st.just("pem"), texts, texts, texts, st.booleans()),
    st.builds(ClientCertificate, texts, st.just("pkcs12"), texts, st.just(""), texts, st.booleans()),
)
options = st.builds(
    RequestOptions,
    http_version=st.sampled_from(["auto", "1.1", "2", "2-prior-knowledge"]),
    timeouts=st.builds(Timeouts, seconds, seconds, seconds, seconds, st.none() | whole_ms),
    follow_redirects=st.booleans(),
    max_redirects=st.integers(0, 100),
    verify=st.booleans(),
    ca_file=texts,
    encode_url=st.booleans(),
    use_cookies=st.booleans(),
    omitted_headers=st.lists(names.map(str.lower), max_size=3).map(tuple),
    header_charset=st.sampled_from(["utf-8", "latin-1"]),
    keep_method=st.booleans(),
    proxy=proxies,
    trust_store=st.sampled_from(["system", "certifi"]),
    min_tls=st.sampled_from(["", "1.0", "1.1", "1.2", "1.3"]),
    server_name=texts,
    resolve=st.lists(names, max_size=3).map(tuple),
    unix_socket=texts,
    key_log_file=texts,
    request_target=texts,
    decoded_limit_bytes=st.none() | st.integers(0, 1 << 50),
)
documents = st.builds(
    RequestDocument,
    name=names,
    method=names,
    url=texts,
    params=rows(params),
    headers=rows(headers),
    body=bodies,
    auth=auths,
    options=options,
    variables=rows(variables),
    tags=rows(texts),
    docs=texts,
    seq=st.none() | st.floats(-1e6, 1e6) | st.integers(0, 100).map(float),
)

raw_scalars = st.sampled_from(["1", "2.5", "true", "false", "null", "012", "1e3", "no", "2020-01-01"]).map(
    Raw
)
values = st.recursive(
    texts | raw_scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "name", "x y"]), inner, max_size=4)
    ),
    max_leaves=12,
)
files = st.dictionaries(
    st.sampled_from(["info", "http", "docs", "settings", "a b"]), values, min_size=1, max_size=5
)
