"""Digest without a network: the examples of the RFCs, and every turn of the flow."""

import hashlib

import pytest

from antiphon.core.document import DigestAuth
from antiphon.core.events import Failure
from antiphon.core.prepared import BytesContent, FileContent
from antiphon.core.redirect import origin_of
from antiphon.engine.auth.challenges import Challenge, parse_challenges
from antiphon.engine.auth.digest import DigestUse, authorization, digest_flow, response, strongest
from antiphon.engine.auth.memory import Memory
from antiphon.engine.auth.steps import Note
from antiphon.engine.failures import ExchangeBroken
from tests.engine.auth.flows import answer, run
from tests.engine.exchanges import request

MUFASA = DigestAuth("Mufasa", "Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
URL = "http://www.example.org/dir/index.html"


def challenge(**given):
    return Challenge("digest", {"realm": "r", "nonce": "n", **given})


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616_section_3_9_1(algorithm, expected):
    given = {"realm": "http-auth@example.org", "qop": "auth, auth-int", "algorithm": algorithm, "nonce": NONCE, "opaque": OPAQUE}  # fmt: skip
    use = DigestUse(Challenge("digest", given), "GET", "/dir/index.html", 1, CNONCE)
    assert response(MUFASA, use) == expected
    assert parsed(authorization(MUFASA, use)) == {
        "username": "Mufasa", "realm": "http-auth@example.org", "uri": "/dir/index.html", "algorithm": algorithm,
        "nonce": NONCE, "nc": "00000001", "cnonce": CNONCE, "qop": "auth", "response": expected, "opaque": OPAQUE,
    }  # fmt: skip


def test_the_example_of_rfc_7616_section_3_9_2_hashes_the_user():
    # with the values of its erratum 4897: the RFC's own rest on a draft of SHA-512/256
    given = {
        "realm": "api@example.org", "qop": "auth", "algorithm": "SHA-512-256", "charset": "UTF-8", "userhash": "true",
        "nonce": "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", "opaque": "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",
    }  # fmt: skip
    auth = DigestAuth("Jäsøn Doe", "Secret, or not?")
    use = DigestUse(
        Challenge("digest", given), "GET", "/doe.json", 1, "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
    )
    fields = parsed(authorization(auth, use))
    assert fields["username"] == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    assert fields["userhash"] == "true"
    assert fields["response"] == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"


def test_the_example_of_rfc_2617_section_3_5():
    given = {
        "realm": "testrealm@host.com", "qop": "auth,auth-int", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "opaque": "5ccc069c403ebaf9f0171e9517f40e41",
    }  # fmt: skip
    use = DigestUse(Challenge("digest", given), "GET", "/dir/index.html", 1, "0a4f113b")
    assert response(DigestAuth("Mufasa", "Circle Of Life"), use) == "6629fae49393a05397450978507c4ef1"
    assert "algorithm" not in parsed(authorization(MUFASA, use)), "a server of old may not know it"


def test_a_server_of_rfc_2069_gets_neither_count_nor_qop():
    use = DigestUse(challenge(), "GET", "/", 1, "c")
    md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
    assert response(DigestAuth("u", "p"), use) == md5(f"{md5('u:r:p')}:n:{md5('GET:/')}")
    assert set(parsed(authorization(DigestAuth("u", "p"), use))) == {"username", "realm", "nonce", "uri", "response"}  # fmt: skip


def test_a_session_algorithm_hashes_the_nonces_into_the_secret():
    use = DigestUse(challenge(qop="auth", algorithm="SHA-256-sess"), "GET", "/", 1, "c")
    sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
    secret = sha(f"{sha('u:r:p')}:n:c")
    assert response(DigestAuth("u", "p"), use) == sha(f"{secret}:n:00000001:c:auth:{sha('GET:/')}")
    assert parsed(authorization(DigestAuth("u", "p"), use))["algorithm"] == "SHA-256-sess"


def test_a_name_beyond_ascii_is_written_as_the_server_understands_it():
    auth = DigestAuth("Jäsøn", "p")
    plain = authorization(auth, DigestUse(challenge(qop="auth"), "GET", "/", 1, "c"))
    marked = authorization(auth, DigestUse(challenge(qop="auth", charset="UTF-8"), "GET", "/", 1, "c"))
    assert 'username="Jäsøn"' in plain
    assert "username*=UTF-8''J%C3%A4s%C3%B8n" in marked
    assert "username=" not in marked


@pytest.mark.parametrize(
    ("algorithms", "chosen"),
    [
        (["MD5", "SHA-256"], "SHA-256"),
        (["SHA-256", "SHA-512-256", "MD5"], "SHA-512-256"),
        (["sha-256-sess", "MD5"], "sha-256-sess"),
        (["SHA-9", "MD5"], "MD5"),
        (["SHA-9"], None),
    ],
)
def test_the_strongest_challenge_is_answered(algorithms, chosen):
    found = strongest(challenge(algorithm=algorithm, qop="auth") for algorithm in algorithms)
    assert (found.parameters["algorithm"] if found else None) == chosen


def test_the_body_is_hashed_only_where_nothing_else_is_offered(tmp_path):
    path = tmp_path / "body"
    path.write_bytes(b"x" * 300_000)
    for content in (BytesContent(b"x" * 300_000), FileContent(path, 300_000)):
        sent = flow_of(refused(qop="auth-int"), method="PUT", content=content).sent[-1]
        fields = parsed(sent.header("authorization"))
        md5 = lambda data: hashlib.md5(data).hexdigest()
        asked = md5(f"PUT:/dir/index.html:{md5(b'x' * 300_000)}".encode())
        secret = md5(b"Mufasa:r:Circle of Life")
        assert fields["response"] == md5(f"{secret}:n:00000001:c:auth-int:{asked}".encode())
    both = flow_of(refused(qop="auth,auth-int")).sent[-1]
    assert parsed(both.header("authorization"))["qop"] == "auth"


# -- the flow ------------------------------------------------------------------------------------------


def test_a_challenge_is_answered_with_the_same_request():
    told = flow_of(refused())
    assert told.purposes == ["request", "auth"]
    assert told.sent[0].header("authorization") is None
    assert told.sent[1].header("authorization").startswith('Digest username="Mufasa"')
    assert told.sent[1].headers[:-1] == told.sent[0].headers


def test_the_next_request_answers_unasked_and_counts_on():
    memory = Memory()
    flow_of(refused(), memory=memory)
    told = run(digest_flow(request("http://www.example.org/other"), MUFASA, memory), [answer()])
    fields = parsed(told.sent[0].header("authorization"))
    assert (fields["nonce"], fields["nc"], fields["uri"]) == ("n", "00000002", "/other")


@pytest.mark.parametrize(
    ("url", "options", "target"),
    [
        ("http://h?a=1", {}, "/?a=1"),
        ("http://h/a%2Fb?c=//d", {}, "/a%2Fb?c=//d"),
        ("http://h/a", {"request_target": "*"}, "*"),
    ],
)
def test_the_target_is_signed_as_it_is_asked_for(url, options, target):
    told = run(digest_flow(request(url, **options), MUFASA, Memory()), [refused(), answer()])
    assert parsed(told.sent[1].header("authorization"))["uri"] == target


def test_another_origin_gets_no_answer_unasked():
    memory = Memory()
    flow_of(refused(), memory=memory)
    for url in ("https://www.example.org/", "http://www.example.org:8080/", "http://example.org/"):
        told = run(digest_flow(request(url), MUFASA, memory), [answer()])
        assert told.sent[0].header("authorization") is None


def test_a_stale_nonce_is_replaced_by_the_new_one():
    memory = Memory()
    flow_of(refused(), memory=memory)
    stale = answer(401, ("WWW-Authenticate", 'Digest realm="r", qop=auth, nonce="n2", stale=TRUE'))
    told = run(digest_flow(request(URL), MUFASA, memory), [stale, answer()])
    assert [parsed(sent.header("authorization"))["nonce"] for sent in told.sent] == ["n", "n2"]


def test_an_old_answer_to_another_realm_is_given_anew():
    memory = Memory()
    flow_of(refused(), memory=memory)
    other = answer(401, ("WWW-Authenticate", 'Digest realm="other", qop=auth, nonce="n2"'))
    told = run(digest_flow(request(URL), MUFASA, memory), [other, answer()])
    assert parsed(told.sent[1].header("authorization"))["realm"] == "other"


def test_a_wrong_password_is_tried_once():
    again = answer(401, ("WWW-Authenticate", 'Digest realm="r", qop=auth, nonce="n2"'))
    memory = Memory()
    told = run(digest_flow(request(URL), MUFASA, memory), [refused(), again])
    assert len(told.sent) == 2
    assert memory.next_use(origin_of(URL)) is None


def test_a_server_that_never_stops_saying_stale_is_left():
    stale = [
        answer(401, ("WWW-Authenticate", f'Digest realm="r", nonce="n{n}", stale=true')) for n in range(3)
    ]
    assert len(run(digest_flow(request(URL), MUFASA, Memory()), stale).sent) == 3


def test_the_announced_next_nonce_is_used_next():
    memory = Memory()
    done = answer(200, ("Authentication-Info", 'nextnonce="n9", qop=auth'))
    run(digest_flow(request(URL), MUFASA, memory), [refused(), done])
    told = run(digest_flow(request(URL), MUFASA, memory), [answer()])
    fields = parsed(told.sent[0].header("authorization"))
    assert (fields["nonce"], fields["nc"], fields["realm"]) == ("n9", "00000001", "r")


def test_a_password_is_never_sent_as_basic():
    basic = answer(401, ("WWW-Authenticate", 'Basic realm="r"'))
    with pytest.raises(ExchangeBroken) as caught:
        run(digest_flow(request(URL), MUFASA, Memory()), [basic])
    failure: Failure = caught.value.failure
    assert (failure.kind, failure.remedies) == ("auth", ("change_auth",))
    assert "www.example.org takes the password as plain text only" in failure.sentence


@pytest.mark.parametrize(
    ("header", "word"),
    [("Bearer", "offers bearer"), ('Digest nonce=n, algorithm="X"', "no algorithm"), ("", "offers nothing")],
)
def test_a_challenge_that_cannot_be_met_is_noted_and_the_answer_shown(header, word):
    told = run(digest_flow(request(URL), MUFASA, Memory()), [answer(401, ("WWW-Authenticate", header))])
    assert word in told.of(Note)[0].text


def refused(**given):
    pairs = {"realm": "r", "nonce": "n", "qop": "auth", **given}
    return answer(
        401, ("WWW-Authenticate", "Digest " + ", ".join(f'{key}="{text}"' for key, text in pairs.items()))
    )


def flow_of(first, memory=None, **kind):
    flow = digest_flow(request(URL, **kind), MUFASA, memory or Memory(), lambda: "c")
    return run(flow, [first, answer()])


def parsed(header):
    (found,) = parse_challenges(header)
    assert found.scheme == "digest"
    return dict(found.parameters)
