import json

from antiphon.cli.report import report
from antiphon.core.certificate import CertificateFacts
from antiphon.core.document import RequestDocument
from antiphon.core.events import (
    AttemptBegan,
    AttemptEnded,
    BodyAdvanced,
    Connected,
    Connection,
    Failed,
    Failure,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    InterimReceived,
    Noted,
    Phase,
    PhaseBegan,
    PhaseEnded,
    Redirected,
    Resolved,
    TlsFacts,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare

KEYS = ["status", "reason", "http_version", "url", "purpose", "addresses", "attempts", "remote_address", "reused",
        "connection_age_s", "request_number", "tls", "phases_ms", "interims", "notes", "wire_bytes", "decoded_bytes",
        "hops", "failure"]  # fmt: skip
PHASES = ["queue", "dns", "tcp", "proxy", "tls", "send", "upload", "wait", "head", "download", "total"]
TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", "h2")


def request(path: str):
    return prepare(RequestDocument(url=f"https://a.test{path}"))


def folded(*events) -> Exchange:
    exchange = Exchange()
    for event in events:
        exchange = exchange.after(event)
    return exchange


def hop(path: str, at: float, status: int, *, reused: bool):
    return (
        HopBegan(request(path), at),
        *(() if reused else (PhaseBegan(Phase.TCP, at), PhaseEnded(Phase.TCP, at + 0.0101234))),
        Connected(Connection("127.0.0.1:443", "127.0.0.1:5000", reused, TLS), at + 0.02),
        PhaseBegan(Phase.WAIT, at + 0.02),
        PhaseEnded(Phase.WAIT, at + 0.05),
        HeadReceived(Head(status, "", "HTTP/2", ()), at + 0.05),
        BodyAdvanced(10, 30, at + 0.06),
    )


def test_a_redirected_exchange_has_its_facts_in_the_stated_order():
    exchange = folded(
        *hop("/old", 1.0, 302, reused=False),
        Redirected("/new", 1.1),
        *hop("/new", 1.1, 200, reused=True),
        Finished(1.25),
    )
    facts = report(request("/old"), exchange)
    assert list(facts) == KEYS
    assert list(facts["phases_ms"]) == PHASES
    assert facts == {
        "status": 200,
        "reason": "",
        "http_version": "HTTP/2",
        "url": "https://a.test/new",
        "remote_address": "127.0.0.1:443",
        "reused": True,
        "purpose": "request",
        "addresses": [],
        "attempts": [],
        "connection_age_s": None,
        "request_number": 1,
        "interims": [],
        "notes": [],
        "tls": {
            "version": "TLSv1.3",
            "cipher": "TLS_AES_256_GCM_SHA384",
            "alpn": "h2",
            "verified": True,
            "resumed": False,
            "certificates": [],
        },
        "phases_ms": {**dict.fromkeys(PHASES), "wait": 30.0, "total": 250.0},
        "wire_bytes": 10,
        "decoded_bytes": 30,
        "hops": facts["hops"],
        "failure": None,
    }
    (first,) = facts["hops"]
    assert list(first) == [key for key in KEYS if key != "hops"]
    assert (first["url"], first["status"], first["reused"]) == ("https://a.test/old", 302, False)
    assert first["phases_ms"] == {**dict.fromkeys(PHASES), "tcp": 10.123, "wait": 30.0, "total": 100.0}


def test_a_failure_has_its_phase_and_what_was_known_before_it():
    failure = Failure("connect", "Refused.", "Start the server.", Phase.TCP)
    facts = report(
        request("/"),
        folded(HopBegan(request("/"), 1.0), PhaseBegan(Phase.TCP, 1.0), Failed(failure, 1.004)),
    )
    assert facts["failure"] == {
        "kind": "connect",
        "phase": "tcp",
        "sentence": "Refused.",
        "hint": "Start the server.",
    }
    assert [facts[key] for key in ("status", "reason", "http_version", "remote_address", "reused", "tls")] == [None] * 6  # fmt: skip
    assert (facts["phases_ms"]["tcp"], facts["phases_ms"]["total"]) == (4.0, 4.0)


def test_a_failure_before_the_first_hop_has_all_keys_too():
    facts = report(request("/x"), folded(Failed(Failure("request", "No.", ""), 1.0)))
    assert list(facts) == KEYS
    assert list(facts["phases_ms"]) == PHASES
    assert (facts["url"], facts["failure"]["phase"], facts["hops"]) == ("https://a.test/x", None, [])
    assert json.loads(json.dumps(facts)) == facts


def test_attempts_interim_answers_notes_and_certificates_are_told():
    certificate = CertificateFacts(
        "CN=a.test", "CN=ca", "a.test", ("a.test",), 0.0, 1_800_000_000.0, "01", "AB:CD", "EF", "RSA 2048", "sha256",
        is_authority=False, der=b"x",
    )  # fmt: skip
    tls = TlsFacts("TLSv1.3", "C", None, is_verified=False, certificates=(certificate,))
    facts = report(
        request("/"),
        folded(
            HopBegan(request("/"), 10.0),
            Resolved(("::1", "127.0.0.1"), 10.0),
            AttemptBegan("[::1]:443", 10.0),
            AttemptEnded("[::1]:443", 10.002, "Connection refused"),
            AttemptBegan("127.0.0.1:443", 10.002),
            Connected(Connection("127.0.0.1:443", "x", True, tls, 7.5, 3), 10.01),
            InterimReceived(Head(103, "", "HTTP/1.1", (("Link", "</a>"),)), 10.02),
            Noted("A space stood before a colon.", 10.03),
            Finished(10.1),
        ),
    )
    assert facts["addresses"] == ["::1", "127.0.0.1"]
    assert facts["attempts"] == [
        {"address": "[::1]:443", "ms": 2.0, "error": "Connection refused"},
        {"address": "127.0.0.1:443", "ms": None, "error": None},
    ]
    assert (facts["connection_age_s"], facts["request_number"]) == (2.5, 3)
    assert facts["interims"] == [{"status": 103, "at_ms": 20.0, "headers": [["Link", "</a>"]]}]
    assert facts["notes"] == ["A space stood before a colon."]
    assert facts["tls"]["verified"] is False
    assert facts["tls"]["certificates"] == [
        {"subject": "CN=a.test", "issuer": "CN=ca", "not_after": "2027-01-15T08:00:00Z", "sha256": "AB:CD"}
    ]
    assert json.loads(json.dumps(facts)) == facts
