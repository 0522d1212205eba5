from dataclasses import replace

import pytest
from hypothesis import given

from antiphon.core.document import ProxySettings, RequestOptions, Timeouts
from antiphon.store import emit
from antiphon.store.sidecar import sidecar_data, with_sidecar
from antiphon.store.yamltree import Map, YamlError, parse, value_of
from tests.store.documents import options


@given(options)
def test_options_come_back(expected):
    text = emit.whole_file({**sidecar_data(expected, Map()), "other": "kept"})
    settings = RequestOptions(
        timeouts=Timeouts(total_s=expected.timeouts.total_s),
        follow_redirects=expected.follow_redirects,
        max_redirects=expected.max_redirects,
        encode_url=expected.encode_url,
        omitted_headers=expected.omitted_headers,
    )
    assert with_sidecar(settings, value_of(parse(text))) == expected


def test_all_default_says_nothing():
    assert sidecar_data(RequestOptions(), Map()) == {}


def test_foreign_keys_stay_and_ours_go_when_usual():
    data = value_of(parse("note: mine\nverify: false\n"))
    assert sidecar_data(RequestOptions(), data) == {"note": "mine"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "httpVersion: 9\n",
            "timeoutSeconds: soon\n",
            "timeoutSeconds: {connect: soon}\n",
            "verify: maybe\n",
        ),
        *("httpVersion: [2]\n", "timeoutSeconds: {connect: [1]}\n", "caFile: {a: b}\n", "keepMethod: 1\n"),
        *("proxy: http://x\n", "proxy: {mode: direct, url: [x]}\n", "trustStore: none\n", "minTls: 1.4\n"),
        *("resolve: x\n", "resolve: [{a: b}]\n", "decodedLimitBytes: much\n", "decodedLimitBytes: -1\n"),
        *("headerCharset: koi8-r\n", "unixSocket: [a]\n", "serverName:\n", "keyLogFile: {}\n"),
    ],
)
def test_nonsense_is_the_usual_value(text):
    assert with_sidecar(RequestOptions(), value_of(parse(text))) == RequestOptions()


def test_foreign_keys_of_a_proxy_stay():
    data = value_of(parse("proxy: {mode: manual, note: mine, url: x}\n"))
    options = replace(RequestOptions(), proxy=ProxySettings("none"))
    assert sidecar_data(options, data) == {"proxy": {"mode": "none", "note": "mine"}}


def test_a_proxy_says_only_what_is_not_usual():
    options = RequestOptions(proxy=ProxySettings("manual", "http://p:1"), min_tls="1.2", resolve=("a:1:b",))
    text = emit.whole_file(sidecar_data(options, Map()))
    assert text == 'minTls: "1.2"\nproxy:\n  mode: manual\n  url: http://p:1\nresolve:\n  - a:1:b\n'


def test_a_list_is_broken():
    with pytest.raises(YamlError):
        with_sidecar(RequestOptions(), value_of(parse("- a\n")))
