from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import ClientCertificate, ProxySettings
from antiphon.store import emit
from antiphon.store.collections import own_defaults, save_defaults
from antiphon.store.connecting import certificates_of, proxy_of, put_certificates, put_proxy
from antiphon.store.yamltree import parse, value_of
from tests.store.documents import certificates, proxies, rows
from tests.store.sample import write_sample

PEM = ClientCertificate("api.example.org", "pem", "c.pem", "k.pem", "{{passphrase}}")
PKCS12 = ClientCertificate("*.example.org:8443", "pkcs12", "c.p12", "", "x", enabled=False)


@pytest.fixture
def root(tmp_path):
    return write_sample(tmp_path / "c")


def values(text: str) -> dict:
    return value_of(parse(text))


def written(before: str, proxy: ProxySettings) -> str:
    data = values(before)
    put_proxy(data, proxy_of(data), proxy)
    return emit.whole_file(data)


@given(proxies, proxies)
def test_a_proxy_comes_back_over_any_other(first, second):
    data = values("info: {name: x}\n")
    for proxy in (first, second):
        put_proxy(data, proxy_of(data), proxy)
        data = values(emit.whole_file(data))
        assert proxy_of(data) == proxy
    put_proxy(data, proxy_of(data), ProxySettings())
    assert data == {"info": {"name": "x"}}


@given(rows(certificates), rows(certificates))
def test_certificates_come_back_over_any_others(first, second):
    data = values("info: {name: x}\n")
    for chosen in (first, second):
        put_certificates(data, certificates_of(data), chosen)
        data = values(emit.whole_file(data))
        assert certificates_of(data) == chosen
    put_certificates(data, certificates_of(data), ())
    assert data == {"info": {"name": "x"}}


def test_what_opencollection_can_say_is_said_in_its_words():
    proxy = ProxySettings("manual", "http://proxy.example.org:3128", "ada", "{{password}}", "localhost,.lan")
    assert written("info: {name: x}\n", proxy) == (
        "info:\n  name: x\nconfig:\n  proxy:\n    config:\n      protocol: http\n"
        "      hostname: proxy.example.org\n      port: 3128\n      auth:\n        username: ada\n"
        '        password: "{{password}}"\n      bypassProxy: localhost,.lan\n    inherit: false\n'
    )


def test_what_it_cannot_say_stands_under_extensions():
    text = written("info: {name: x}\n", ProxySettings("manual", "socks5h://tor:9050"))
    assert values(text)["config"]["proxy"]["config"] == values(
        "{protocol: socks5, hostname: tor, port: 9050}"
    )
    assert values(text)["extensions"] == {"antiphon": {"proxy": {"protocol": "socks5h"}}}
    assert values(written("a: b\n", ProxySettings("system"))) == values(
        "{a: b, config: {proxy: {inherit: true}}, extensions: {antiphon: {proxy: {mode: system}}}}"
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("false", ProxySettings("none")),
        ("inherit", ProxySettings()),
        ("[1]", ProxySettings()),
        ("{inherit: true, config: {hostname: h}}", ProxySettings("inherit", "http://h")),
        ("{disabled: true, inherit: true}", ProxySettings("none")),
        ("{config: {protocol: https, hostname: h, port: 1}}", ProxySettings("manual", "https://h:1")),
        ("{protocol: socks5, hostname: h, port: '1'}", ProxySettings("manual", "socks5://h:1")),
        ("{config: {hostname: [h], port: {a: b}, auth: x, bypassProxy: [y]}}", ProxySettings()),
        ("{config: {hostname: h, auth: {disabled: true, username: u}}}", ProxySettings("manual", "http://h")),
    ],
)
def test_every_spelling_is_understood_and_none_hides_the_file(root, said, meant):
    file = root / "opencollection.yml"
    file.write_text(f"info: {{name: x}}\nconfig: {{proxy: {said}}}\n")
    own = own_defaults(root, "")
    assert own.proxy == meant
    save_defaults(root, "", replace(own, proxy=ProxySettings("manual", "http://new:1")))
    assert own_defaults(root, "").proxy.url == "http://new:1"
    save_defaults(root, "", replace(own, proxy=ProxySettings("none", meant.url)))
    assert own_defaults(root, "").proxy == ProxySettings("none", meant.url)


def test_the_password_of_a_proxy_that_is_switched_off_stays():
    text = written(
        "config: {proxy: {config: {hostname: h, auth: {disabled: true, username: u, password: p}}}}\n",
        ProxySettings("manual", "http://g"),
    )
    assert values(text)["config"]["proxy"]["config"]["auth"] == values(
        "{disabled: true, username: u, password: p}"
    )


@pytest.mark.parametrize("said", ["x", "{a: b}", "[x, [y]]", "[]"])
def test_nonsense_among_certificates_means_none(root, said):
    (root / "opencollection.yml").write_text(f"info: {{name: x}}\nconfig: {{clientCertificates: {said}}}\n")
    own = own_defaults(root, "")
    assert own.certificates == ()
    save_defaults(root, "", replace(own, certificates=(PEM, PKCS12)))
    assert own_defaults(root, "").certificates == (PEM, PKCS12)


def test_an_edit_touches_its_lines_only_and_keys_of_others_stay(root):
    file = root / "opencollection.yml"
    before = file.read_text() + (
        "config:\n  proxy:  # ours\n    disabled: false\n    config: {protocol: http, hostname: p, port: 1, note: 2}\n"
        "  clientCertificates:\n    - domain: a  # one\n      type: pem\n      certificateFilePath: c.pem\n"
        "      privateKeyFilePath: k.pem\n      color: red\n"
    )
    file.write_text(before)
    own = own_defaults(root, "")
    save_defaults(root, "", own)
    assert file.read_text() == before
    changed = replace(own.certificates[0], certificate_file="d.pem")
    save_defaults(
        root, "", replace(own, proxy=replace(own.proxy, url="http://p:22"), certificates=(changed,))
    )
    assert file.read_text() == before.replace("port: 1,", "port: 22,").replace("c.pem", "d.pem")


def test_a_folder_has_no_proxy(root):
    own = own_defaults(root, "orders")
    save_defaults(root, "orders", replace(own, proxy=ProxySettings("none"), certificates=(PEM,)))
    assert own_defaults(root, "orders") == own


@given(st.sampled_from(["config: x\n", "config: {proxy: 1}\nextensions: y\n", "extensions: [z]\n"]), proxies)
def test_sections_that_are_no_mappings_do_not_stop_it(text, proxy):
    data = values(text)
    put_proxy(data, proxy_of(data), proxy)
    assert proxy_of(data) == proxy
