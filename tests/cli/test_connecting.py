"""Each option of the connection replaces what a saved request says, and nothing else."""

from dataclasses import replace

import pytest

from antiphon.cli.arguments import parsed
from antiphon.cli.document import transfer
from antiphon.cli.targets import prepared_targets
from antiphon.core.document import ClientCertificate, ProxySettings, RequestDocument, RequestOptions
from antiphon.core.errors import UserError
from antiphon.store.collections import create_collection, create_request
from antiphon.store.settings import Settings, save_settings
from tests.recording import RecordingServer

SAVED = RequestOptions(
    omitted_headers=("accept",),
    header_charset="latin-1",
    keep_method=True,
    proxy=ProxySettings("manual", "http://saved:1", "ada", "x", "localhost"),
    trust_store="certifi",
    min_tls="1.2",
    server_name="saved.test",
    resolve=("a:1:b",),
    unix_socket="/saved.sock",
    key_log_file="/saved.log",
    request_target="/saved",
    decoded_limit_bytes=5,
)


def made(*arguments, base=SAVED):
    return transfer(base, parsed(["send", "http://h", *map(str, arguments)]))


def test_without_options_all_stays():
    assert made() == SAVED


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        (["-x", "socks5h://t:9050"], {"proxy": ProxySettings("manual", "socks5h://t:9050")}),
        (["-x", "p"], {"proxy": ProxySettings("manual", "http://p:1080")}),
        (["-x", "https://p"], {"proxy": ProxySettings("manual", "https://p:443")}),
        (["-x", "http://u%40v:w%3A@[::1]:8"], {"proxy": ProxySettings("manual", "http://[::1]:8", "u@v", "w:")}),
        (["--proxy", "p:1", "-U", "u:w:x"], {"proxy": ProxySettings("manual", "http://p:1", "u", "w:x")}),
        (["-U", "eve:y"], {"proxy": replace(SAVED.proxy, username="eve", password="y")}),
        (["--noproxy", ".lan,10.0.0.0/8"], {"proxy": replace(SAVED.proxy, bypass=".lan,10.0.0.0/8")}),
        (["--noproxy", "*"], {"proxy": ProxySettings("none")}),
        (["-x", ""], {"proxy": ProxySettings("none")}),
        (["--resolve", "h:1:2", "--resolve", "+*:443:::1"], {"resolve": ("h:1:2", "*:443:::1")}),
        (["--unix-socket", "/s"], {"unix_socket": "/s"}),
        (["--tls-min", "1.3"], {"min_tls": "1.3"}),
        (["--tlsv1.1"], {"min_tls": "1.1"}),
        (["--tlsv1"], {"min_tls": "1.0"}),
        (["--server-name", "n"], {"server_name": "n"}),
        (["--trust", "system"], {"trust_store": "system"}),
        (["--request-target", "*"], {"request_target": "*"}),
        (["--keylog", "/k"], {"key_log_file": "/k"}),
        (["--path-as-is", "--keep-method", "--post301"], {}),
        (["--omit-header", "User-Agent", "--omit-header", "ACCEPT"], {"omitted_headers": ("accept", "user-agent")}),
        (["--header-charset", "utf-8"], {"header_charset": "utf-8"}),
        (["--decoded-limit", "none"], {"decoded_limit_bytes": None}),
        (["--decoded-limit", "2m"], {"decoded_limit_bytes": 2 << 20}),
        (["--decoded-limit", "1GiB"], {"decoded_limit_bytes": 1 << 30}),
        (["--decoded-limit", "0"], {"decoded_limit_bytes": 0}),
    ],
)  # fmt: skip
def test_an_option_replaces_what_it_names(arguments, changes):
    assert made(*arguments) == replace(SAVED, **changes)


@pytest.mark.parametrize("flag", ["--keep-method", "--post301", "--post302", "--post303"])
def test_the_method_is_kept_on_asking(flag):
    assert made(flag, base=RequestOptions()) == RequestOptions(keep_method=True)


@pytest.mark.parametrize(
    ("arguments", "certificate"),
    [
        (["-E", "/c.pem"], ClientCertificate("*", "pem", "/c.pem")),
        (["-E", "/c.pem:p:w"], ClientCertificate("*", "pem", "/c.pem", "", "p:w")),
        (["-E", r"/a\:b.pem:x"], ClientCertificate("*", "pem", "/a:b.pem", "", "x")),
        (["--cert", "/c.P12", "--pass", "w"], ClientCertificate("*", "pkcs12", "/c.P12", "", "w")),
        (["-E", "/c.pfx", "--cert-type", "pem", "--key", "/k"], ClientCertificate("*", "pem", "/c.pfx", "/k")),
        (["-E", "/c", "--cert-type", "P12"], ClientCertificate("*", "pkcs12", "/c")),
    ],
)  # fmt: skip
def test_a_client_certificate_is_for_every_host(arguments, certificate):
    assert made(*arguments).client_certificates == (certificate,)


def test_a_file_that_has_a_colon_in_its_name_is_found(tmp_path):
    file = tmp_path / "a:b.pem"
    file.write_text("x")
    assert made("-E", file).client_certificates == (ClientCertificate("*", "pem", str(file)),)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-U", "a:b"],
        ["--noproxy", "x"],
        ["-x", "http://p:port"],
        ["-x", "http://"],
        ["--key", "k"],
        ["--pass", "p"],
        ["--cert-type", "PEM"],
    ],
)
def test_what_is_missing_is_told(arguments):
    with pytest.raises(UserError):
        made(*arguments, base=RequestOptions())


@pytest.mark.parametrize(
    "arguments",
    [["--decoded-limit", "much"], ["--tls-min", "1.4"], ["--trust", "none"], ["--cert-type", "DER"]],
)
def test_a_wrong_value_is_a_mistake(arguments):
    with pytest.raises(SystemExit):
        made(*arguments)


def test_the_programs_proxy_is_taken_where_nothing_else_is_said(tmp_path):
    save_settings(Settings(proxy=ProxySettings("manual", "http://program:1"), trust_store="certifi"))
    collection = tmp_path / "c"
    create_collection(collection, "C")
    create_request(collection, "", RequestDocument("Ping", "GET", "http://h/"))
    targets = ["http://h/", str(collection / "ping.yml")]
    for prepared in prepared_targets(parsed(["send", *targets])):
        assert prepared.options.proxy == ProxySettings("manual", "http://program:1")
        assert prepared.options.trust_store == "certifi"
    for prepared in prepared_targets(parsed(["send", *targets, "-x", "own:1"])):
        assert prepared.options.proxy.url == "http://own:1"


def test_a_proxy_and_its_password_from_the_command_line(antiphon):
    with RecordingServer() as proxy:
        result = antiphon(
            "send", "http://h.test/a", "-x", proxy.address, "-U", "ada:love", "--omit-header", "accept"
        )
        [request] = proxy.take()
    assert result.code == 0
    assert request.target == "http://h.test/a"
    assert request.values("Proxy-Authorization") == ["Basic YWRhOmxvdmU="]
    assert request.values("Accept") == []


def test_an_address_of_ones_own_from_the_command_line(antiphon):
    with RecordingServer() as server:
        url = f"http://h.test:{server.port}/a"
        result = antiphon("send", url, "--resolve", f"h.test:{server.port}:127.0.0.1")
        assert result.code == 0, result.err
        assert [request.values("Host") for request in server.take()] == [[f"h.test:{server.port}"]]
