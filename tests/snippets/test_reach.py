"""How a snippet reaches its server, seen by proxies, sockets and TLS servers; who it says it is."""

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from antiphon.core.collection import RunPlan
from antiphon.core.document import (
    AwsAuth,
    ClientCertificate,
    Defaults,
    DigestAuth,
    Environment,
    Header,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    ProxySettings,
    RequestDocument,
    RequestOptions,
    TextBody,
    Variable,
)
from antiphon.core.prepare import Context, prepare
from antiphon.core.prepared import PreparedRequest
from antiphon.snippets import RUNS, WRITERS, write_run
from tests.recording import RecordingServer
from tests.servers import Certificate, make_certificate
from tests.snippets.execution import run_python, run_shell
from tests.tools import require_tool

KEYS = [writer.key for writer in WRITERS]
HTTPX = ["httpx-sync", "httpx-async"]
SECRET = "p:ä @/%1"  # noqa: S105 - a made-up one
ENVIRONMENT = Environment("E", (Variable("password", is_secret=True), Variable("plain", is_secret=True)))
SECRETS = {"password": SECRET, "plain": "pa55word"}


def prepared(url: str, context: Context | None = None, **values: object) -> PreparedRequest:
    context = replace(context or Context(), environment=ENVIRONMENT, secrets=SECRETS)
    return prepare(RequestDocument(url=url, **values), context)


def text_of(key: str, request: PreparedRequest) -> str:
    return next(writer for writer in WRITERS if writer.key == key).write([request])


def ran(key: str, request: PreparedRequest, folder, **environ: str) -> str:
    text = text_of(key, request)
    environ = {"PASSWORD": SECRET, "PLAIN": SECRETS["plain"], **environ}
    if key == "curl":
        require_tool("curl")
        printed = run_shell(text, environ, folder / "snippet.sh")
    else:
        printed = run_python([("snippet", text, environ)], folder)["snippet"]
    return f"{text}\n{printed}"


# -- proxies and addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_a_proxy_is_asked_with_its_user_and_password(key, tmp_path):
    with RecordingServer() as server:
        proxy = ProxySettings("manual", server.address, "ada", "{{password}}", "elsewhere.test")
        told = ran(key, prepared("http://h.test/a?b", options=RequestOptions(proxy=proxy)), tmp_path)
        [request] = server.take()
    assert (request.method, request.target) == ("GET", "http://h.test/a?b"), told
    sent = request.values("Proxy-Authorization")[0]
    assert sent in {"Basic YWRhOnA6w6QgQC8lMQ==", "Basic YWRhOnA65CBALyUx"}, told  # UTF-8; requests: latin-1
    assert SECRET not in told.partition("\n\n")[0]


@pytest.mark.parametrize(
    "proxy", [ProxySettings("none"), ProxySettings("manual", "http://127.0.0.1:1", bypass="127.0.0.0/8")]
)
@pytest.mark.parametrize("key", KEYS)
def test_no_proxy_means_none_whatever_the_environment_says(key, proxy, tmp_path):
    dead = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy"), "http://127.0.0.1:1")
    with RecordingServer() as server:
        request = prepared(f"{server.address}/a", options=RequestOptions(proxy=proxy))
        told = ran(key, request, tmp_path, NO_PROXY="", no_proxy="", **dead)
        assert [recorded.target for recorded in server.take()] == ["/a"], told


def test_curl_connects_to_an_address_of_ones_own(tmp_path):
    with RecordingServer() as server:
        options = RequestOptions(resolve=("h.test:*:127.0.0.1",))
        told = ran("curl", prepared(f"http://h.test:{server.port}/a", options=options), tmp_path)
        assert [recorded.values("Host") for recorded in server.take()] == [[f"h.test:{server.port}"]], told


@contextlib.contextmanager
def unix_server(path):
    """Answer one request on the Unix socket *path*; yields the list that its head goes to."""
    heads: list[bytes] = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    listener.settimeout(30)

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream:
            head = b"".join(iter(stream.readline, b"\r\n"))
            heads.append(head)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield heads
    thread.join(30)
    listener.close()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
@pytest.mark.parametrize("key", ["curl", *HTTPX])
def test_a_unix_socket_is_connected_to(key, tmp_path):
    with unix_server(tmp_path / "s") as heads:
        request = prepared("http://h.test/a", options=RequestOptions(unix_socket=str(tmp_path / "s")))
        told = ran(key, request, tmp_path, http_proxy="http://127.0.0.1:1")
    assert heads and heads[0].startswith(b"GET /a HTTP/1.1\r\n"), told


# -- TLS -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def demanding(certificate: Certificate) -> ssl.SSLContext:
    context = certificate.server_context()
    context.load_verify_locations(certificate.ca_file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture(scope="module")
def shown(certificate, tmp_path_factory) -> dict[str, ClientCertificate]:
    """The same certificate as PEM, with an encrypted key, and as PKCS#12."""
    folder = tmp_path_factory.mktemp("client")
    key = serialization.load_pem_private_key(certificate.key_file.read_bytes(), None)
    leaf = x509.load_pem_x509_certificate(certificate.cert_file.read_bytes())
    locked = serialization.BestAvailableEncryption(SECRETS["plain"].encode())
    (folder / "locked.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    (folder / "c.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"c", key, leaf, None, locked))
    pem, plain = str(certificate.cert_file), str(certificate.key_file)
    return {
        "plain": ClientCertificate("127.0.0.1", "pem", pem, plain),
        "locked": ClientCertificate("127.0.0.1", "pem", pem, str(folder / "locked.pem"), "{{plain}}"),
        "pkcs12": ClientCertificate("127.0.0.1", "pkcs12", str(folder / "c.p12"), "", "{{plain}}"),
    }


@pytest.mark.parametrize(
    ("key", "kind"), [*((key, kind) for key in KEYS for kind in ("plain", "locked")), ("curl", "pkcs12")]
)
def test_a_client_certificate_is_shown(key, kind, certificate, shown, tmp_path):
    with RecordingServer(tls=demanding(certificate)) as server:
        options = RequestOptions(ca_file=str(certificate.ca_file), http_version="1.1")
        context = Context((Defaults(certificates=(shown[kind],)),))
        told = ran(key, prepared(f"{server.address}/a", context, options=options), tmp_path)
        assert [recorded.target for recorded in server.take()] == ["/a"], told


@pytest.mark.parametrize("key", KEYS)
def test_a_certificate_for_another_host_is_not(key, certificate, shown):
    context = Context((Defaults(certificates=(replace(shown["plain"], host="other.test"),)),))
    assert "cert.pem" not in text_of(key, prepared("https://h.test/", context))


@pytest.mark.parametrize("key", KEYS)
def test_an_old_version_of_tls_is_refused_where_a_newer_one_is_asked_for(key, certificate, tmp_path):
    tls = certificate.server_context()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    with RecordingServer(tls=tls) as server:
        for oldest, arrived in (("1.3", []), ("1.2", ["/a"])):
            options = RequestOptions(ca_file=str(certificate.ca_file), min_tls=oldest, http_version="1.1")
            told = ran(key, prepared(f"{server.address}/a", options=options), tmp_path)
            assert [recorded.target for recorded in server.take()] == arrived, told


@pytest.mark.parametrize("key", KEYS)
def test_the_secrets_of_tls_are_logged(key, certificate, tmp_path):
    with RecordingServer(tls=certificate.server_context()) as server:
        log = tmp_path / "keys.log"
        options = RequestOptions(ca_file=str(certificate.ca_file), key_log_file=str(log), http_version="1.1")
        told = ran(key, prepared(f"{server.address}/a", options=options), tmp_path)
    assert "TRAFFIC_SECRET" in log.read_text(), told


@pytest.mark.parametrize("key", [*HTTPX, "requests"])
def test_another_name_is_asked_for_and_verified(key, certificate, tmp_path):
    asked: list[str | None] = []
    tls = certificate.server_context()
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    with RecordingServer(tls=tls) as server:
        for name, arrived in (("localhost", ["/a"]), ("wrong.test", [])):
            options = RequestOptions(ca_file=str(certificate.ca_file), server_name=name, http_version="1.1")
            told = ran(key, prepared(f"{server.address}/a", options=options), tmp_path)
            assert asked.pop() == name, told
            assert [recorded.target for recorded in server.take()] == arrived, told


def test_curl_says_that_it_cannot_ask_for_another_name():
    request = prepared("https://h.test/", options=RequestOptions(server_name="other.test"))
    assert "# curl asks for the URL's own name" in text_of("curl", request)


@pytest.mark.parametrize("key", KEYS)
def test_the_trust_store_is_said_where_the_program_would_take_another(key):
    request = prepared("https://h.test/", options=RequestOptions(trust_store="certifi"))
    assert ("certifi" in text_of(key, request)) == (key == "curl")


# -- how it is written ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_headers_that_are_left_out_do_not_go_out(key, tmp_path):
    with RecordingServer() as server:
        options = RequestOptions(omitted_headers=("user-agent", "accept", "accept-encoding"))
        told = ran(key, prepared(f"{server.address}/a", options=options), tmp_path)
        [request] = server.take()
    assert not {name.lower() for name, _ in request.headers} & set(options.omitted_headers), told


@pytest.mark.parametrize("key", KEYS)
def test_a_header_goes_out_in_its_charset(key, tmp_path):
    with RecordingServer() as server:
        options = RequestOptions(header_charset="latin-1")
        request = prepared(f"{server.address}/a", headers=(Header("X-Name", "Größe"),), options=options)
        told = ran(key, request, tmp_path)
        assert [recorded.values("X-Name") for recorded in server.take()] == [["Größe"]], told


def test_curl_keeps_method_and_body_over_a_redirect(tmp_path):
    def answer(recorded):
        to = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
        return to if recorded.target == "/a" else b"HTTP/1.1 204 No Content\r\n\r\n"

    with RecordingServer(answer) as server:
        options = RequestOptions(keep_method=True)
        request = prepared(f"{server.address}/a", method="POST", body=TextBody("text", "x"), options=options)
        told = ran("curl", request, tmp_path)
        sent = [(recorded.method, recorded.target, recorded.body) for recorded in server.take()]
    assert sent == [("POST", "/a", b"x"), ("POST", "/b", b"x")], told


# -- who one is ----------------------------------------------------------------------------------------

CHALLENGE = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=MD5\r\n'
    b"Content-Length: 0\r\n\r\n"
)


@pytest.mark.parametrize("key", KEYS)
def test_digest_answers_a_challenge(key, tmp_path):
    def answer(recorded):
        return b"HTTP/1.1 204 No Content\r\n\r\n" if recorded.values("Authorization") else CHALLENGE

    with RecordingServer(answer) as server:
        told = ran(key, prepared(f"{server.address}/a", auth=DigestAuth("ada", "{{plain}}")), tmp_path)
        sent = [recorded.values("Authorization") for recorded in server.take()]
    assert len(sent) == 2 and sent[0] == [], told
    assert sent[1][0].startswith('Digest username="ada"'), told


TOKEN = b'{"access_token": "t0k3n"}'


def token_answer(recorded):
    body = TOKEN if recorded.target == "/token" else b"{}"
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)


@pytest.mark.parametrize("credentials_in", ["header", "body"])
@pytest.mark.parametrize("flow", ["client_credentials", "password"])
@pytest.mark.parametrize("key", KEYS)
def test_a_token_is_fetched_and_used(key, flow, credentials_in, tmp_path):
    with RecordingServer(token_answer) as server:
        auth = OAuth2Auth(
            flow,
            token_url=f"{server.address}/token",
            client_id="me",
            client_secret="{{plain}}",
            username="ada",
            password="{{password}}",
            scope="read write",
            credentials_in=credentials_in,
        )
        told = ran(key, prepared(f"{server.address}/a", auth=auth), tmp_path)
        asked, sent = server.take()
    assert (asked.method, asked.target) == ("POST", "/token"), told
    expected = f"grant_type={flow}"
    if flow == "password":
        expected += "&username=ada&password=p%3A%C3%A4+%40%2F%251"
    expected += "&scope=read+write" + (
        "&client_id=me&client_secret=pa55word" if credentials_in == "body" else ""
    )
    assert asked.body.decode().replace("%20", "+") == expected, told
    basic = ["Basic bWU6cGE1NXdvcmQ="] if credentials_in == "header" else []
    assert asked.values("Authorization") == basic, told
    assert sent.values("Authorization") == ["Bearer t0k3n"], told


@pytest.mark.parametrize("key", KEYS)
def test_a_token_that_takes_a_person_is_asked_for_in_the_environment(key, tmp_path):
    auth = OAuth2Auth(token_url="https://t.test/token", token_in="query", token_name="key")
    with RecordingServer() as server:
        request = prepared(f"{server.address}/a?b=c", auth=auth)
        assert text_of(key, request).startswith("# Set in the environment first: ACCESS_TOKEN\n")
        told = ran(key, request, tmp_path, ACCESS_TOKEN="t0k3n")
        assert [recorded.target for recorded in server.take()] == ["/a?b=c&key=t0k3n"], told


def test_curl_signs_for_aws(tmp_path):
    auth = AwsAuth("KEY", "{{plain}}", "session", "s3", "eu-west-1")
    with RecordingServer() as server:
        told = ran("curl", prepared(f"{server.address}/a", auth=auth), tmp_path)
        [request] = server.take()
    assert request.values("Authorization")[0].startswith("AWS4-HMAC-SHA256 Credential=KEY/"), told
    assert "/eu-west-1/s3/aws4_request" in request.values("Authorization")[0], told
    assert request.values("X-Amz-Security-Token") == ["session"], told


PACKAGES = {
    "NTLM": (NtlmAuth("ada", "{{plain}}", "D"), "--ntlm", "import HttpNtlmAuth", "HttpNtlmAuth"),
    "Kerberos": (NtlmAuth(is_negotiate=True), "--negotiate", "import HTTPSPNEGOAuth", "HTTPSPNEGOAuth"),
    "OAuth 1": (OAuth1Auth("ck", "{{plain}}", "t", "ts"), "# The request must be signed", "import OAuth1", "OAuth1"),
    "AWS": (AwsAuth("K", "{{plain}}", "", "s3", "eu"), "--aws-sigv4", "import AWS4Auth", "AWS4Auth"),
    "AWS by profile": (AwsAuth(profile="p"), "AWS_ACCESS_KEY_ID", "# The request must be signed", ""),
    "OAuth 1 in the body": (
        OAuth1Auth("ck", "{{plain}}", placement="body"), "# The request must be signed", "# The request must be", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", PACKAGES)
def test_what_takes_a_package_names_it_or_says_that_it_is_missing(name, key):
    auth, for_curl, imported, value = PACKAGES[name]
    text = text_of(key, prepared("https://h.test/", auth=auth))
    assert (for_curl if key == "curl" else imported) in text
    if key != "curl":
        compile(text, key, "exec")
        assert not value or ("# The authentication needs: pip install " in text and f"auth={value}" in text)
    assert SECRETS["plain"] not in text


def test_everything_at_once_is_clean_python(shown, tmp_path):
    options = RequestOptions(
        proxy=ProxySettings("manual", "socks5h://p:1", "u", "{{password}}"),
        min_tls="1.1",
        server_name="n",
        trust_store="certifi",
        omitted_headers=("host", "accept", "user-agent"),
        keep_method=True,
        resolve=("h.test:443:1.2.3.4",),
    )
    context = Context((Defaults(certificates=(replace(shown["locked"], host="h.test"),)),))
    auths = [auth for auth, *_ in PACKAGES.values()]
    auths += [DigestAuth("a", "{{plain}}"), OAuth2Auth("client_credentials", token_url="https://t.test/")]
    requests = [
        prepared("https://h.test/", context, options=each, auth=auth)
        for each in (RequestOptions(), options, RequestOptions(unix_socket="/s", key_log_file="/k"))
        for auth in auths
    ]
    texts = [write_run(requests, RunPlan(), key) for key in RUNS]
    texts += [text_of(key, request) for key in KEYS if key != "curl" for request in requests]
    for index, text in enumerate(texts):
        assert SECRET not in text and SECRETS["plain"] not in text
        (tmp_path / f"text_{index}.py").write_text(text)
    check = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select=E4,E7,E9,F,W605,I001,UP",
    ]
    done = subprocess.run([*check, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[:4000]
