"""How a request reaches its server is decided once: the nearest proxy, whole paths, no variable left."""

from dataclasses import replace

import pytest

from antiphon.core.connection_options import PROXY_PASSWORD, chosen_proxy
from antiphon.core.document import (
    ClientCertificate,
    Defaults,
    Environment,
    ProxySettings,
    RequestDocument,
    RequestOptions,
    Variable,
)
from antiphon.core.errors import UserError
from antiphon.core.prepare import Context, prepare
from antiphon.core.template import Piece

NONE, SYSTEM = ProxySettings("none"), ProxySettings("system")
OWN = ProxySettings("manual", "http://own:1")
LENT = ProxySettings("manual", "http://lent:1")
PROGRAM = ProxySettings("manual", "http://program:1")
INHERIT = ProxySettings()


def options(context=None, **said):
    document = RequestDocument(url="http://h/", options=RequestOptions(**said))
    return prepare(document, context or Context()).options


@pytest.mark.parametrize(
    ("own", "lent", "program", "chosen"),
    [
        (INHERIT, INHERIT, INHERIT, SYSTEM),
        (INHERIT, INHERIT, SYSTEM, SYSTEM),
        (INHERIT, INHERIT, PROGRAM, PROGRAM),
        (INHERIT, LENT, PROGRAM, LENT),
        (INHERIT, NONE, PROGRAM, NONE),
        (OWN, LENT, PROGRAM, OWN),
        (SYSTEM, LENT, PROGRAM, SYSTEM),
        (NONE, LENT, PROGRAM, NONE),
    ],
)
def test_the_nearest_place_that_says_something_chooses_the_proxy(own, lent, program, chosen):
    context = Context((Defaults("c", proxy=lent), Defaults("folder", proxy=OWN)), proxy=program)
    assert options(context, proxy=own).proxy == chosen


def test_without_a_collection_the_program_chooses():
    assert options(Context(proxy=NONE)).proxy == NONE
    assert chosen_proxy(RequestOptions(), Context(proxy=PROGRAM)) == (PROGRAM, "the settings")


def test_what_is_not_used_of_a_proxy_does_not_go_along():
    assert options(proxy=ProxySettings("none", "{{x}}", "u", "p", "b")).proxy == NONE


@pytest.mark.parametrize("place", ["this request", "the collection", "the settings"])
def test_a_proxy_without_an_address_is_refused_with_its_place(place):
    empty = ProxySettings("manual")
    context = Context(
        (Defaults(proxy=empty if place == "the collection" else INHERIT),),
        proxy=empty if place == "the settings" else SYSTEM,
    )
    with pytest.raises(UserError, match=f"The proxy of {place} has no address"):
        options(context, proxy=empty if place == "this request" else INHERIT)


def with_values(base):
    environment = Environment(
        "E", (Variable("host", "h.test"), Variable("dir", "certs"), Variable("pass", is_secret=True))
    )
    certificate = ClientCertificate("*.{{host}}", "pem", "{{dir}}/c.pem", "k.pem", "{{pass}}")
    off = ClientCertificate("h", "pem", "{{nothing}}", enabled=False)
    return Context((Defaults(certificates=(certificate, off)),), environment, {"pass": "s3cr3t"}, base)


def test_variables_are_filled_in_and_paths_start_from_the_collection(tmp_path):
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs/ca.pem").write_text("x")
    document = RequestDocument(
        url="http://h/",
        options=RequestOptions(
            ca_file="{{dir}}/ca.pem",
            proxy=ProxySettings("manual", " http://{{host}}:1 ", "{{host}}", "x{{pass}}", ".{{host}}"),
            server_name="{{host}}",
            resolve=("{{host}}:443:127.0.0.1",),
            unix_socket="{{dir}}/s.sock",
            key_log_file="/tmp/{{host}}.log",
        ),
    )
    prepared = prepare(document, with_values(tmp_path))
    assert prepared.options == replace(
        RequestOptions(),
        ca_file=str(tmp_path / "certs/ca.pem"),
        proxy=ProxySettings("manual", "http://h.test:1", "h.test", "xs3cr3t", ".h.test"),
        server_name="h.test",
        resolve=("h.test:443:127.0.0.1",),
        unix_socket=str(tmp_path / "certs/s.sock"),
        key_log_file="/tmp/h.test.log",
        client_certificates=(
            ClientCertificate(
                "*.h.test", "pem", str(tmp_path / "certs/c.pem"), str(tmp_path / "k.pem"), "s3cr3t"
            ),
        ),
    )
    assert set(prepared.option_secrets) == {Piece("s3cr3t", "pass", is_secret=True)}


@pytest.mark.parametrize(
    "said",
    [
        {"ca_file": "{{gone}}"},
        {"proxy": ProxySettings("manual", "http://{{gone}}")},
        {"proxy": ProxySettings("manual", "http://p", "u", "{{gone}}")},
        {"proxy": ProxySettings("manual", "http://p", bypass="{{gone}}")},
        {"server_name": "{{gone}}"},
        {"resolve": ("{{gone}}:1:2",)},
        {"unix_socket": "{{gone}}"},
        {"key_log_file": "{{gone}}"},
        {"client_certificates": (ClientCertificate("h", "pem", "c.pem", "", "{{gone}}"),)},
    ],
)
def test_a_variable_without_a_value_is_told_with_its_place(said):
    with pytest.raises(UserError, match=r"No value for \{\{gone\}\} in "):
        options(**said)


def test_a_requests_own_certificate_comes_before_the_collections(tmp_path):
    own = ClientCertificate("*", "pkcs12", str(tmp_path / "own.p12"))
    chosen = options(with_values(tmp_path), client_certificates=(own,)).client_certificates
    assert [one.host for one in chosen] == ["*", "*.h.test"]


def test_the_programs_trust_store_is_taken_where_the_request_says_nothing_else():
    assert options(Context(trust_store="certifi")).trust_store == "certifi"
    assert options(trust_store="certifi").trust_store == "certifi"


def test_the_password_of_the_programs_proxy_is_a_secret():
    program = ProxySettings("manual", "http://p:1", "ada", "pa55word")
    prepared = prepare(RequestDocument(url="http://h/"), Context(proxy=program))
    assert prepared.option_secrets == (Piece("pa55word", PROXY_PASSWORD, is_secret=True),)
