"""OAuth 1.0a without a network: the examples of RFC 5849 and others that were published."""

import base64
import hashlib
import re
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from antiphon.core.document import OAuth1Auth
from antiphon.core.errors import UserError
from antiphon.core.prepared import content_chunks
from antiphon.engine.auth.oauth1 import base_string, oauth1_flow, signature, signed
from tests.engine.auth.flows import answer, run
from tests.engine.exchanges import request

FORM = ("Content-Type", "application/x-www-form-urlencoded")
PRINTER = OAuth1Auth("dpf43f3p2l4k3l03", "kd94hf93k423kf44", realm="Photos", version="")
TWITTER = OAuth1Auth(
    "xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    timestamp="1318622958", nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
)  # fmt: skip


def parts(header):
    scheme, _, rest = header.partition(" ")
    assert scheme == "OAuth"
    return {name: unquote(text) for name, text in re.findall(r'([a-z_]+)="([^"]*)"', rest)}


def test_the_base_string_of_rfc_5849_section_3_4_1_1():
    prepared = request(
        "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", method="POST", headers=(FORM,), content=b"c2&a3=2+q"
    )  # fmt: skip
    pairs = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"), ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"),
    ]  # fmt: skip
    assert base_string(prepared, pairs) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26"
        "oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26"
        "oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prepared", "more", "expected"),
    [
        (
            request("https://photos.example.net/initiate", method="POST"),
            {"timestamp": "137131200", "nonce": "wIjqoS", "callback": "http://printer.example.com/ready"},
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
        ),
        (
            request("https://photos.example.net/token", method="POST"),
            {"timestamp": "137131201", "nonce": "walatlh", "token": "hh5s93j4hdidpola", "token_secret": "hdhd0244k9j7ao03", "verifier": "hfdp7dh39dks9884"},
            "gKgrFCywp7rO0OXSjdot/IHF7IU=",
        ),
        (
            request("http://photos.example.net/photos?file=vacation.jpg&size=original"),
            {"timestamp": "137131202", "nonce": "chapoH", "token": "nnch734d00sl2jdk", "token_secret": "pfkkdhi9sl3r4s00"},
            "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
        ),
    ],
)  # fmt: skip
def test_the_signatures_of_rfc_5849_section_1_2(prepared, more, expected):
    import dataclasses

    fields = parts(signed(prepared, dataclasses.replace(PRINTER, **more), 0).header("authorization"))
    assert fields["oauth_signature"] == expected
    assert fields["realm"] == "Photos"


def test_the_signature_of_twitters_documentation():
    prepared = request(
        "https://api.twitter.com/1.1/statuses/update.json?include_entities=true", method="POST", headers=(FORM,),
        content=b"status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21",
    )  # fmt: skip
    sent = signed(prepared, TWITTER, 0)
    assert parts(sent.header("authorization"))["oauth_signature"] == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="
    assert sent.content == prepared.content


def test_plaintext_is_the_two_secrets():
    auth = OAuth1Auth("k", "a&b", token_secret="c d", signature_method="PLAINTEXT")
    assert signature("whatever", auth) == "a%26b&c%20d"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("name", ["SHA1", "SHA256", "SHA512"])
@pytest.mark.parametrize("as_file", [True, False])
def test_rsa_signs_with_a_pem_key_or_its_file(key, name, as_file, tmp_path):
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "key.pem"
    path.write_bytes(pem)
    auth = OAuth1Auth("k", signature_method=f"RSA-{name}", private_key=str(path) if as_file else pem.decode())
    made = base64.b64decode(signature("base", auth))
    key.public_key().verify(made, b"base", padding.PKCS1v15(), getattr(hashes, name)())


@pytest.mark.parametrize("text", ["", "/nowhere/key.pem", "-----BEGIN RSA PRIVATE KEY-----\nnone\n", "a\0b"])
def test_a_key_that_is_none_is_said(text):
    with pytest.raises(UserError, match="private key of the OAuth 1 auth cannot be read"):
        signature("base", OAuth1Auth("k", signature_method="RSA-SHA1", private_key=text))


def test_in_the_query_all_parameters_follow_the_own_ones():
    auth = OAuth1Auth("k", "s", placement="query", nonce="n")
    sent = signed(request("http://h/p?a=1"), auth, 1000.5)
    assert sent.url.startswith("http://h/p?a=1&oauth_consumer_key=k&")
    query = dict(parse_qsl(urlsplit(sent.url).query))
    assert (query["oauth_timestamp"], query["oauth_nonce"], query["oauth_version"]) == ("1000", "n", "1.0")
    assert sent.header("authorization") is None
    header = parts(
        signed(request("http://h/p?a=1"), OAuth1Auth("k", "s", nonce="n"), 1000).header("authorization")
    )
    assert header["oauth_signature"] == query["oauth_signature"]


def test_in_the_body_a_form_grows_and_says_its_length():
    auth = OAuth1Auth("k", "s", placement="body")
    sent = signed(request("http://h/p", method="POST", headers=(FORM,), content=b"a=1"), auth, 0)
    data = b"".join(content_chunks(sent.content))
    assert data.startswith(b"a=1&oauth_consumer_key=k&")
    assert sent.header("content-length") == str(len(data))
    assert sent.header("content-type") == FORM[1]


def test_in_the_body_no_json_is_broken():
    with pytest.raises(UserError, match="form body only"):
        signed(request("http://h/p", method="POST", content=b"{}"), OAuth1Auth("k", placement="body"), 0)


def test_a_body_hash_is_signed_unless_the_body_is_a_form():
    auth = OAuth1Auth("k", "s", signature_method="HMAC-SHA256", includes_body_hash=True)
    json = parts(signed(request("http://h/", method="POST", content=b"{}"), auth, 0).header("authorization"))
    assert base64.b64decode(json["oauth_body_hash"]) == hashlib.sha256(b"{}").digest()
    form = signed(request("http://h/", method="POST", headers=(FORM,), content=b"a=1"), auth, 0)
    assert "oauth_body_hash" not in parts(form.header("authorization"))


def test_nonces_differ_and_the_clock_gives_the_time():
    sent = [
        run(oauth1_flow(request("http://h/"), PRINTER, lambda: 77.9), [answer()]).sent[0] for _ in range(2)
    ]
    first, second = (parts(each.header("authorization")) for each in sent)
    assert first["oauth_timestamp"] == "77"
    assert first["oauth_nonce"] != second["oauth_nonce"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [("HTTP://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"), ("https://www.example.net:8080/?q=1", "https://www.example.net:8080/"), ("http://[::1]:9/", "http://[::1]:9/")],
)  # fmt: skip
def test_the_base_address_of_section_3_4_1_2(url, expected):
    assert unquote(base_string(request(url), []).split("&")[1]).replace(" ", "%20") == expected
