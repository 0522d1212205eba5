"""Which proxy leads to a server is decided by rules that anyone can read."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import ProxySettings
from antiphon.core.errors import UserError
from antiphon.core.proxy import Proxy, bypasses, is_this_computer, parse_proxy, proxy_for, system_proxy

# -- what is reached without a proxy -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "host", "port", "is_direct"),
    [
        ("", "example.org", 80, False),
        (" , ;", "example.org", 80, False),
        ("*", "example.org", 80, True),
        ("*", "10.0.0.1", 80, True),
        ("*:8080", "example.org", 8080, True),
        ("*:8080", "example.org", 80, False),
        ("example.org", "example.org", 80, True),
        ("Example.ORG.", "eXample.org", 80, True),
        ("example.org", "example.org.", 80, True),
        ("example.org", "www.example.org", 80, True),
        ("example.org", "a.b.example.org", 80, True),
        ("example.org", "notexample.org", 80, False),
        ("example.org", "example.org.evil.test", 80, False),
        ("example.org:443", "example.org", 443, True),
        ("example.org:443", "example.org", 80, False),
        (".example.org", "example.org", 80, True),
        (".example.org", "www.example.org", 80, True),
        (".example.org", "notexample.org", 80, False),
        (".example.org:81", "www.example.org", 81, True),
        (".example.org:81", "www.example.org", 80, False),
        ("*.example.org", "www.example.org", 80, True),
        ("*.example.org", "a.b.example.org", 80, True),
        ("*.example.org", "example.org", 80, False),
        ("*.example.org", "notexample.org", 80, False),
        ("*.example.org:81", "a.example.org", 80, False),
        ("api-*.test", "api-7.test", 80, True),
        ("api-*.test", "web-7.test", 80, False),
        ("a.test, b.test", "b.test", 80, True),
        ("a.test;b.test", "b.test", 80, True),
        ("a.test b.test\tc.test", "c.test", 80, True),
        ("a.test,b.test", "d.test", 80, False),
        ("10.0.0.1", "10.0.0.1", 80, True),
        ("10.0.0.1", "10.0.0.10", 80, False),
        ("10.0.0.1:8080", "10.0.0.1", 8080, True),
        ("10.0.0.1:8080", "10.0.0.1", 80, False),
        ("10.0.0.*", "10.0.0.77", 80, True),
        ("10.0.0.*", "10.0.1.77", 80, False),
        ("10.0.0.1", "::ffff:10.0.0.1", 80, True),
        ("0.0.1", "10.0.0.1", 80, False),
        ("10.0.0.0/8", "10.200.3.4", 80, True),
        ("10.0.0.0/8", "11.0.0.1", 80, False),
        ("10.1.2.3/8", "10.200.3.4", 80, True),
        ("10.0.0.0/8", "example.org", 80, False),
        ("10.0.0.0/8:8080", "10.0.0.1", 8080, True),
        ("10.0.0.0/8:8080", "10.0.0.1", 80, False),
        ("192.168.0.0/255.255.0.0", "192.168.9.9", 80, True),
        ("0.0.0.0/0", "8.8.8.8", 80, True),
        ("0.0.0.0/0", "fd00::1", 80, False),
        ("10.0.0.0/33", "10.0.0.1", 80, False),
        ("fe80::1", "fe80::1", 80, True),
        ("fe80:0:0:0:0:0:0:1", "fe80::1", 80, True),
        ("fe80::1", "fe80::1%eth0", 80, True),
        ("fe80::1", "[fe80::1]", 80, True),
        ("[fe80::1]", "fe80::1", 80, True),
        ("[fe80::1]:8080", "fe80::1", 8080, True),
        ("[fe80::1]:8080", "fe80::1", 80, False),
        ("fd00::/8", "fd12:3456::1", 80, True),
        ("fd00::/8", "fe80::1", 80, False),
        ("[fd00::]/8", "fd12::1", 80, True),
        ("<local>", "intranet", 80, True),
        ("<local>", "intranet.test", 80, False),
        ("<local>", "::1", 80, False),
        ("localhost", "localhost", 80, True),
        ("localhost", "127.0.0.1", 80, False),
        ("bücher.test", "xn--bcher-kva.test", 80, True),
        ("xn--bcher-kva.test", "www.bücher.test", 80, True),
        (".", "example.org", 80, False),
        ("[", "example.org", 80, False),
        (":80", "example.org", 80, False),
        ("/8", "10.0.0.1", 80, False),
    ],
)
def test_rules_of_bypass(rules, host, port, is_direct):
    assert bypasses(rules, host, port) is is_direct


@given(st.text(), st.text(), st.integers(0, 65535))
def test_any_text_is_a_list_of_rules(rules, host, port):
    assert bypasses(rules, host, port) in {True, False}


LABELS = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z]", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@given(NAMES, NAMES, st.integers(1, 65535))
def test_a_name_covers_itself_and_what_is_below_only(name, other, port):
    assert bypasses(name, name, port)
    assert bypasses(f"x.test,{name}:{port}", f"{other}.{name}", port)
    assert bypasses(name, other, port) is (other == name or other.endswith("." + name))


@given(st.ip_addresses(), st.integers(0, 32), st.integers(1, 65535))
def test_a_block_covers_the_addresses_in_it(address, bits, port):
    block = ipaddress.ip_network((address, bits), strict=False)
    mapped = address.version == 6 and address.ipv4_mapped
    assert bypasses(str(block), str(address), port) or mapped
    outside = ipaddress.ip_address(int(address) ^ (1 << (address.max_prefixlen - 1)))
    if bits and not (outside.version == 6 and outside.ipv4_mapped):
        assert not bypasses(str(block), str(outside), port)


# -- the proxy's URL ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://p.test:3128", Proxy("http", "p.test", 3128)),
        (" http://p.test:3128/ ", Proxy("http", "p.test", 3128)),
        ("p.test:3128", Proxy("http", "p.test", 3128)),
        ("p.test", Proxy("http", "p.test", 80)),
        ("HTTPS://P.test", Proxy("https", "P.test", 443)),
        ("socks5://p.test", Proxy("socks5", "p.test", 1080)),
        ("socks5h://p.test:", Proxy("socks5h", "p.test", 1080)),
        ("socks://p.test", Proxy("socks5", "p.test", 1080)),
        ("http://[::1]:3128", Proxy("http", "::1", 3128)),
        ("http://u:p@p.test", Proxy("http", "p.test", 80, "u", "p")),
        ("http://u%40x:p%3a%2F@p.test", Proxy("http", "p.test", 80, "u@x", "p:/")),
        ("http://u:a@b@p.test", Proxy("http", "p.test", 80, "u", "a@b")),
        ("http://u@p.test", Proxy("http", "p.test", 80, "u", "")),
        ("http://bücher.test", Proxy("http", "xn--bcher-kva.test", 80)),
    ],
)
def test_urls_of_proxies(url, proxy):
    assert parse_proxy(url) == proxy


def test_a_user_beside_the_url_wins():
    assert parse_proxy("http://a:b@p.test", "c", "d") == Proxy("http", "p.test", 80, "c", "d")


@pytest.mark.parametrize(
    "url",
    ["", "http://", "ftp://p.test", "socks4://p.test", "http://p.test:0", "http://p.test:70000",
     "http://p.test:x", "http://p.test/path", "http://p q", "http://[::1", "http://" + "ü" * 70],
)  # fmt: skip
def test_what_is_no_proxy_is_said(url):
    with pytest.raises(UserError, match="is no proxy"):
        parse_proxy(url)


@given(st.text())
def test_any_text_is_a_proxy_or_an_error(url):
    try:
        assert parse_proxy(url).port > 0
    except UserError:
        pass


def test_the_password_stands_in_no_text_of_a_proxy():
    proxy = parse_proxy("http://ann:s3cret@p.test")
    assert "s3cret" not in repr(proxy) + str(proxy) + proxy.url + proxy.place
    with pytest.raises(UserError) as caught:
        parse_proxy("gopher://ann:s3cret@p.test")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(UserError) as caught:
        parse_proxy("http://ann:s3cret/@p.test:x")
    assert "s3cret" not in str(caught.value)


def test_settings_by_hand_lead_through_the_proxy_but_for_their_exceptions():
    settings = ProxySettings("manual", "p.test:3128", "u", "p", "direct.test")
    assert proxy_for(settings, "localhost", 80) == Proxy("http", "p.test", 3128, "u", "p")
    assert proxy_for(settings, "www.direct.test", 80) is None
    with pytest.raises(UserError, match="no URL"):
        proxy_for(ProxySettings("manual"), "a.test", 80)


# -- the system's ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "scheme", "host", "found"),
    [
        ({}, "http", "a.test", None),
        ({"http_proxy": "p:1"}, "http", "a.test", "http://p:1"),
        ({"http_proxy": "p:1"}, "https", "a.test", None),
        ({"https_proxy": "p:1"}, "https", "a.test", "http://p:1"),
        ({"HTTPS_PROXY": "https://p:1"}, "https", "a.test", "https://p:1"),
        ({"HTTP_PROXY": "p:1"}, "http", "a.test", "http://p:1"),
        ({"HTTP_PROXY": "p:1", "REQUEST_METHOD": "GET"}, "http", "a.test", None),
        ({"http_proxy": "p:1", "REQUEST_METHOD": "GET"}, "http", "a.test", "http://p:1"),
        ({"HTTPS_PROXY": "p:1", "REQUEST_METHOD": "GET"}, "https", "a.test", "http://p:1"),
        ({"http_proxy": "p:1", "HTTP_PROXY": "q:2"}, "http", "a.test", "http://p:1"),
        ({"all_proxy": "socks5h://p:1"}, "https", "a.test", "socks5h://p:1"),
        ({"ALL_PROXY": "p:1", "https_proxy": "q:2"}, "https", "a.test", "http://q:2"),
        ({"http_proxy": "p:1", "no_proxy": "a.test"}, "http", "a.test", None),
        ({"http_proxy": "p:1", "NO_PROXY": ".test"}, "http", "a.test", None),
        ({"http_proxy": "p:1", "no_proxy": "10.0.0.0/8"}, "http", "10.1.1.1", None),
        ({"http_proxy": "p:1", "no_proxy": "*"}, "http", "a.test", None),
        ({"http_proxy": "p:1", "no_proxy": "", "NO_PROXY": "a.test"}, "http", "a.test", None),
        ({"http_proxy": "p:1"}, "http", "localhost", None),
        ({"http_proxy": "p:1"}, "http", "api.localhost", None),
        ({"http_proxy": "p:1"}, "http", "127.0.0.9", None),
        ({"http_proxy": "p:1"}, "http", "::1", None),
        ({"http_proxy": "p:1"}, "http", "::ffff:127.0.0.1", None),
        ({"http_proxy": "p:1"}, "http", "notlocalhost", "http://p:1"),
        ({"http_proxy": " "}, "http", "a.test", None),
    ],
)
def test_the_environment_names_the_proxy(environ, scheme, host, found):
    proxy = system_proxy(environ, scheme, host, 80)
    assert (proxy and proxy.url) == found


def test_this_computer_is_known_by_its_names():
    assert is_this_computer("LOCALHOST.")
    assert not is_this_computer("localhost.test")
