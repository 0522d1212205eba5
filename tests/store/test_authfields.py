"""Each kind of auth in a file, in the words of OpenCollection."""

from dataclasses import replace

import pytest

from antiphon.core.document import AwsAuth, DigestAuth, NtlmAuth, OAuth1Auth, OAuth2Auth, OtherAuth
from antiphon.store.authfields import kind_of, put_auth, read_auth
from antiphon.store.reading import document_of
from antiphon.store.splice import spliced
from antiphon.store.writing import changed_request
from antiphon.store.yamltree import Raw, parse, value_of

TRUE, FALSE = Raw("true"), Raw("false")
CODE = {
    "flow": "authorization_code",
    "authorizationUrl": "http://id/a",
    "accessTokenUrl": "http://id/t",
    "refreshTokenUrl": "http://id/r",
    "callbackUrl": "http://127.0.0.1:1/cb",
    "credentials": {"clientId": "me", "clientSecret": "s", "placement": "body"},
    "scope": "a b",
    "state": "st",
    "pkce": {"disabled": TRUE, "method": "S256"},
    "additionalParameters": {
        "authorizationRequest": [{"name": "prompt", "value": "login", "placement": "query"}],
        "accessTokenRequest": [
            {"name": "resource", "value": "r", "placement": "body"},
            {"name": "X-A", "value": "1", "placement": "header"},
        ],
        "refreshTokenRequest": [{"name": "x", "value": "y", "placement": "body"}],
    },
    "tokenConfig": {"id": "credentials", "placement": {"query": "tok"}, "source": "access_token"},
    "settings": {"autoFetchToken": TRUE},
}
CODE_AUTH = OAuth2Auth(
    "authorization_code", "http://id/a", "http://id/t", "http://id/r", "", "me", "s", "", "", "a b",
    "http://127.0.0.1:1/cb", "st", False, "body", "query", "tok", (("prompt", "login"), ("resource", "r")),
)  # fmt: skip

CASES = [
    ("digest", {"username": "u", "password": "p"}, DigestAuth("u", "p")),
    ("ntlm", {"username": "u", "password": "p", "domain": "D"}, NtlmAuth("u", "p", "D")),
    ("ntlm", {"negotiate": TRUE}, NtlmAuth(is_negotiate=True)),
    (
        "awsv4",
        {"accessKeyId": "a", "secretAccessKey": "b", "sessionToken": "c", "service": "d", "region": "e", "profileName": "f"},
        AwsAuth("a", "b", "c", "d", "e", "f"),
    ),
    (
        "oauth1",
        {
            "consumerKey": "ck", "consumerSecret": "cs", "accessToken": "t", "accessTokenSecret": "ts", "callbackUrl": "oob",
            "verifier": "v", "signatureMethod": "RSA-SHA512", "privateKey": {"type": "file", "value": "key.pem"},
            "timestamp": Raw("12"), "nonce": "n", "version": "1.0", "realm": "r", "placement": "query", "includeBodyHash": TRUE,
        },
        OAuth1Auth("ck", "cs", "t", "ts", "RSA-SHA512", "key.pem", "r", "12", "n", "1.0", "oob", "v", "query", True),
    ),
    ("oauth1", {}, OAuth1Auth()),
    ("oauth2", CODE, CODE_AUTH),
    (
        "oauth2",
        {"flow": "resource_owner_password_credentials", "resourceOwner": {"username": "u", "password": "p"}},
        OAuth2Auth("password", username="u", password="p"),
    ),
    ("oauth2", {"flow": "client_credentials", "tokenConfig": {"placement": {"header": "token"}}}, OAuth2Auth("client_credentials", token_name="token")),
    ("oauth2", {"flow": "device_code", "deviceAuthorizationUrl": "http://id/d"}, OAuth2Auth("device_code", device_url="http://id/d")),
    ("oauth2", {"flow": "implicit", "authorizationUrl": "x"}, OtherAuth("oauth2")),
    ("oauth2", {}, OtherAuth("oauth2")),
    ("wsse", {"username": "u"}, OtherAuth("wsse")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "auth"), CASES)
def test_each_kind_is_read(kind, fields, auth):
    assert read_auth(kind, fields) == auth


@pytest.mark.parametrize(
    ("kind", "_fields", "auth"), [case for case in CASES if not isinstance(case[2], OtherAuth)]
)
def test_each_kind_is_written_so_that_it_is_read_again(kind, _fields, auth):
    fields = {}
    put_auth(fields, auth, None)
    assert kind_of(auth) == kind
    assert read_auth(kind, fields) == auth


def test_a_change_leaves_every_other_key_alone():
    fields = {**CODE, "invented": "x"}
    put_auth(fields, replace(CODE_AUTH, scope="c"), CODE_AUTH)
    assert fields == {**CODE, "invented": "x", "scope": "c"}


def test_nested_keys_go_and_come_alone():
    fields = dict(CODE)
    put_auth(
        fields,
        replace(CODE_AUTH, client_secret="new", uses_pkce=True, token_in="header", token_name=""),
        CODE_AUTH,
    )
    assert fields["credentials"] == {"clientId": "me", "clientSecret": "new", "placement": "body"}
    assert fields["pkce"] == {"method": "S256"}
    assert fields["tokenConfig"] == {"id": "credentials", "source": "access_token"}


def test_parameters_in_headers_and_of_the_refresh_stay():
    fields = dict(CODE)
    put_auth(fields, replace(CODE_AUTH, extra=(("audience", "api"),)), CODE_AUTH)
    more = fields["additionalParameters"]
    assert more["refreshTokenRequest"] == CODE["additionalParameters"]["refreshTokenRequest"]
    assert [row["name"] for row in more["accessTokenRequest"]] == ["X-A", "audience"]
    assert more["authorizationRequest"] == [{"name": "audience", "value": "api", "placement": "query"}]


@pytest.mark.parametrize(
    ("key", "kind"), [("-----BEGIN X", "text"), ("{{key}}", "text"), ("keys/a.pem", "file")]
)
def test_a_private_key_says_whether_it_is_a_file(key, kind):
    fields = {}
    put_auth(fields, OAuth1Auth(private_key=key), None)
    assert fields["privateKey"] == {"type": kind, "value": key}


FILE = """info: {name: A, type: http}
http:
  method: GET
  url: http://h/
  auth:
    type: oauth2  # ours
    flow: implicit
    scope: kept
"""


def test_what_cannot_be_sent_stays_to_the_letter():
    before = document_of(value_of(parse(FILE)))
    assert before.auth == OtherAuth("oauth2")
    changed = changed_request(value_of(parse(FILE)), replace(before, name="B"))
    assert spliced(FILE, changed).text == FILE.replace("name: A", "name: B")


def test_a_digest_file_changes_in_one_line():
    text = FILE.replace("type: oauth2  # ours", "type: digest  # ours").replace(
        "flow: implicit", "username: u"
    )
    before = document_of(value_of(parse(text)))
    after = changed_request(value_of(parse(text)), replace(before, auth=replace(before.auth, username="v")))
    assert after["http"]["auth"] == {"type": "digest", "username": "v", "scope": "kept"}
