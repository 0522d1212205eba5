"""Signature Version 4 without a network: signatures of AWS's published test suite, and what makes up a scope."""

import hashlib

import pytest

from antiphon.core.document import AwsAuth
from antiphon.core.prepared import FileContent
from antiphon.engine.auth.aws import (
    Scope,
    authorization,
    aws_flow,
    body_hash,
    canonical_request,
    scope_of,
    signed,
)
from antiphon.engine.failures import ExchangeBroken
from tests.engine.auth.flows import answer, run
from tests.engine.exchanges import request

KEYS = AwsAuth("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SUITE = Scope("us-east-1", "service")
MOMENT = "20150830T123600Z"
HOST = ("Host", "example.amazonaws.com")
DATE = ("X-Amz-Date", MOMENT)
EMPTY = hashlib.sha256(b"").hexdigest()
FORM = ("Content-Type", "application/x-www-form-urlencoded")

CASES = [
    ("get-vanilla", "GET", "/", (HOST, DATE), b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", (HOST, DATE), b"", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ("get-utf8", "GET", "/ሴ", (HOST, DATE), b"", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    ("get-space", "GET", "/example space/", (HOST, DATE), b"", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    ("get-relative", "GET", "/example/..", (HOST, DATE), b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-slashes", "GET", "//example//", (HOST, DATE), b"", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
    ("get-header-value-trim", "GET", "/", (HOST, ("My-Header1", " value1"), ("My-Header2", ' "a   b   c"'), DATE), b"", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    ("post-vanilla", "POST", "/", (HOST, DATE), b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ("post-x-www-form-urlencoded", "POST", "/", (FORM, HOST, DATE), b"Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "method", "path", "rows", "body", "expected"), CASES, ids=[case[0] for case in CASES]
)
def test_signatures_of_the_published_suite(name, method, path, rows, body, expected):
    hashed = hashlib.sha256(body).hexdigest()
    url = f"https://example.amazonaws.com{path}"
    value = authorization(method, url, rows, hashed, KEYS, SUITE, MOMENT)
    names = ";".join(sorted(row[0].lower() for row in rows))
    assert value == (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={expected}"
    )


def test_other_services_sign_the_path_encoded_once_more():
    lines = canonical_request("GET", "https://h/a%20b/%E1%88%B4", (HOST,), EMPTY, keeps_path=False)
    assert lines.split("\n")[1] == "/a%2520b/%25E1%2588%25B4"


def test_s3_signs_the_path_as_it_is():
    lines = canonical_request(
        "GET", "https://b.s3.amazonaws.com/a//b/../c%20d%2Be%2ff$", (HOST,), EMPTY, keeps_path=True
    )
    assert lines.split("\n")[1] == "/a//b/../c%20d%2Be%2Ff%24"


def test_headers_of_one_name_are_joined_and_blanks_taken_out():
    rows = (("X-Amz-Meta", "a   b"), HOST, ("x-amz-meta", " c "))
    lines = canonical_request("get", "https://h/", rows, EMPTY, keeps_path=False).split("\n")
    assert lines == [
        "GET",
        "/",
        "",
        "host:example.amazonaws.com",
        "x-amz-meta:a b,c",
        "",
        "host;x-amz-meta",
        EMPTY,
    ]


def test_the_query_is_sorted_and_encoded_once():
    url = "https://h/?b=2&a=%7e&c&a=1%2f2&d=x+y"
    assert (
        canonical_request("GET", url, (HOST,), EMPTY, keeps_path=False).split("\n")[2]
        == "a=1%2F2&a=~&b=2&c=&d=x%20y"
    )


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("dynamodb.eu-central-1.amazonaws.com", Scope("eu-central-1", "dynamodb")),
        ("iam.amazonaws.com", Scope("us-east-1", "iam")),
        ("s3.eu-west-1.amazonaws.com", Scope("eu-west-1", "s3")),
        ("bucket.s3.eu-west-1.amazonaws.com", Scope("eu-west-1", "s3")),
        ("my.bucket.s3.dualstack.us-gov-west-1.amazonaws.com", Scope("us-gov-west-1", "s3")),
        ("s3-eu-west-1.amazonaws.com", Scope("eu-west-1", "s3")),
        ("abc123.execute-api.us-west-2.amazonaws.com", Scope("us-west-2", "execute-api")),
        ("search-x-abc.eu-west-1.es.amazonaws.com", Scope("eu-west-1", "es")),
        ("sqs.cn-north-1.amazonaws.com.cn", Scope("cn-north-1", "sqs")),
        ("abc.lambda-url.eu-west-3.on.aws", Scope("eu-west-3", "lambda")),
    ],
)
def test_the_host_tells_service_and_region(host, expected):
    assert scope_of(f"https://{host}/x", KEYS) == expected


def test_what_is_written_wins_over_the_host():
    auth = AwsAuth("a", "b", service="s3", region="mars-1")
    assert scope_of("https://dynamodb.eu-central-1.amazonaws.com/", auth) == Scope("mars-1", "s3")


def test_a_host_of_nobodys_needs_the_service():
    with pytest.raises(ExchangeBroken, match="AWS service of minio.test is not known"):
        scope_of("http://minio.test:9000/", KEYS)


def test_a_request_is_signed_with_date_body_and_session_token():
    auth = AwsAuth("AKID", "secret", "token", "s3", "eu-west-1")
    prepared = request(
        "http://127.0.0.1:1/b/k", method="PUT", headers=(("Content-Type", "text/plain"),), content=b"abc"
    )
    sent = run(aws_flow(prepared, auth, lambda: 1440938160.0), [answer()]).sent[0]
    assert sent.header("x-amz-date") == MOMENT
    assert sent.header("x-amz-content-sha256") == hashlib.sha256(b"abc").hexdigest()
    assert sent.header("x-amz-security-token") == "token"
    names = "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
    assert f"SignedHeaders={names}," in sent.header("authorization")
    assert sent.headers[: len(prepared.headers)] == prepared.headers
    assert (sent.url, sent.content) == (prepared.url, prepared.content)


def test_a_file_is_hashed_piece_by_piece(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"ab" * 400_000)
    assert body_hash(FileContent(path, 800_000)) == hashlib.sha256(b"ab" * 400_000).hexdigest()


# -- profiles ------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path, monkeypatch):
    credentials, config = tmp_path / "credentials", tmp_path / "config"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    credentials.write_text(
        "[work]\naws_access_key_id = AK\naws_secret_access_key = S%K\naws_session_token=T\n"
    )
    config.write_text("[profile work]\nregion = eu-north-1\n[default]\nregion=x\n")
    return credentials


def test_a_profile_gives_key_token_and_region(files):
    sent = signed(request("http://localhost/"), AwsAuth(service="s3", profile="work"), 0)
    assert "Credential=AK/19700101/eu-north-1/s3/aws4_request" in sent.header("authorization")
    assert sent.header("x-amz-security-token") == "T"


def test_an_own_key_leaves_the_profile_alone(files):
    files.write_text("no ini file")
    sent = signed(request("http://localhost/"), AwsAuth("me", "x", service="s3", profile="work"), 0)
    assert "Credential=me/19700101/us-east-1/s3/" in sent.header("authorization")


@pytest.mark.parametrize("profile", ["", "default", "nobody"])
def test_no_key_anywhere_is_said(files, profile):
    with pytest.raises(ExchangeBroken, match="There is no AWS access key"):
        signed(request("http://localhost/"), AwsAuth(service="s3", profile=profile), 0)


def test_a_broken_file_is_named(files):
    from antiphon.core.errors import UserError

    files.write_text("no ini file")
    with pytest.raises(UserError, match="credentials could not be read"):
        signed(request("http://localhost/"), AwsAuth(service="s3", profile="work"), 0)
