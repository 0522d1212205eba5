"""Every route, asked for by a real client over HTTP/1.1, HTTP/2 over TLS, and HTTP/2 by prior knowledge."""

import hashlib
import json
import re
import ssl
import time

import h2.exceptions
import httpx
import pytest

from antiphon.practice.app import ROUTES
from antiphon.practice.streams import MEBIBYTE
from antiphon.practice.words import ETAG

NOT_200 = {
    "/status/{codes}": 404,
    "/redirect/{count}": 302,
    "/redirect-to": 307,
    "/cookies/set": 302,
    "/cookies/delete": 302,
    "/basic-auth/{user}/{password}": 401,
    "/bearer": 401,
    "/digest-auth/{qop}/{user}/{password}": 401,
    "/digest-auth/{qop}/{user}/{password}/{algorithm}": 401,
    "/oauth1": 401,
    "/aws": 401,
    "/aws/{name}": 401,
    "/oauth2/authorize": 400,
    "/oauth2/token": 401,
    "/oauth2/device": 401,
    "/oauth2/me": 401,
}
NEVER_WHOLE = {"/timeout", "/malformed"}
QUICK = {"/delay/2": "/delay/0", "/stream/20": "/stream/3?interval=0", "/sse/20": "/sse/3?interval=0", "/tokens": "/tokens?interval=0",
         "/slow?size_kb=500&rate_kb=100": "/slow?size_kb=50&rate_kb=1000000"}  # fmt: skip


def paths() -> list:
    routes = [route for route in ROUTES if route.template not in NEVER_WHOLE]
    return [pytest.param(route, id=route.template) for route in routes]


@pytest.mark.parametrize("route", paths())
def test_every_route_answers_its_own_example(client: httpx.Client, route) -> None:
    path = (route.example or route.template).replace("{user}/{password}", "ada/engine")
    response = client.request(route.methods[0], QUICK.get(path, path))
    assert response.status_code == NOT_200.get(route.template, 200), response.text
    assert response.http_version == (
        "HTTP/1.1" if client.base_url.scheme == "http" and _is_1(client) else "HTTP/2"
    )
    assert response.headers["server"] == "antiphon-practice"


def _is_1(client: httpx.Client) -> bool:
    return client._transport._pool._http1


def test_the_index_lists_every_route_with_a_sentence(client_1: httpx.Client) -> None:
    rows = client_1.get("/").json()["routes"]
    assert [row["path"] for row in rows] == [route.template for route in ROUTES]
    assert all(row["summary"].endswith(".") for row in rows)


def test_echo_shows_target_query_and_headers_as_they_came(client: httpx.Client) -> None:
    shown = client.get(
        "/anything/a%2Fb", params=[("q", "x y"), ("q", "ü"), ("empty", "")], headers={"X-One": "1"}
    ).json()
    assert shown["url"].endswith("/anything/a%2Fb?q=x+y&q=%C3%BC&empty=")
    assert shown["args"] == {"q": ["x y", "ü"], "empty": ""}
    assert {name.lower(): value for name, value in shown["headers"].items()}["x-one"] == "1"


def test_header_names_are_shown_as_written_over_http_1(client_1: httpx.Client) -> None:
    assert client_1.get("/headers", headers={"X-MiXeD": "1"}).json()["headers"]["X-MiXeD"] == "1"


def test_repeated_headers_are_all_shown(client: httpx.Client) -> None:
    shown = client.get("/headers", headers=[("x-twice", "a"), ("x-twice", "b")]).json()["headers"]
    assert shown["x-twice"] == ["a", "b"]


def test_json_is_given_back_digit_by_digit(client: httpx.Client) -> None:
    sent = '{"big": 12345678901234567890, "price": 1.00, "huge": 1e400, "a": -0, "a": 2}'
    response = client.post("/post", content=sent, headers={"content-type": "application/json"})
    assert f'"json": {sent}' in response.text
    assert json.loads(response.text)["data"] == sent


@pytest.mark.parametrize("text", ['{"a": NaN}', "[1,", "[" * 100_000, "plain"])
def test_what_is_no_json_is_given_back_as_text(client_1: httpx.Client, text: str) -> None:
    shown = client_1.post("/post", content=text).json()
    assert shown["data"] == text
    assert "json" not in shown


def test_forms_and_files_are_read(client: httpx.Client) -> None:
    assert client.post("/post", data={"a": ["1", "2"], "b": "x&y"}).json()["form"] == {
        "a": ["1", "2"],
        "b": "x&y",
    }
    data = b"first\r\n--not a boundary\r\n\r\nlast"
    shown = client.post("/post", data={"k": "v"}, files={"f": ("näme.txt", data, "text/plain")}).json()
    assert shown["form"] == {"k": "v"}
    assert shown["files"]["f"] == {
        "filename": "näme.txt",
        "content_type": "text/plain",
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "data": data.decode(),
    }


def test_a_body_that_is_no_text_is_named_by_its_hash(client_1: httpx.Client) -> None:
    shown = client_1.put("/put", content=b"\xff\x00").json()
    assert hashlib.sha256(b"\xff\x00").hexdigest() in shown["data"]


def test_an_upload_is_counted_and_hashed(client: httpx.Client) -> None:
    data = b"0123456789abcdef" * (6 * MEBIBYTE // 16)
    expected = {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert expected.items() <= client.put("/upload", content=data).json().items()
    assert expected.items() <= client.post("/upload", content=iter([data[:5], data[5:]])).json().items()
    assert client.post("/anything", content=data).json()["data"] == "(too large to show)"


def test_a_method_that_a_route_lacks_is_answered_405_with_those_it_has(client: httpx.Client) -> None:
    response = client.post("/get")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert client.options("/anything").headers["allow"] == "GET, POST, PUT, PATCH, DELETE"
    assert client.get("/no/such/route").status_code == 404


@pytest.mark.parametrize(
    "path", ["/delay/61", "/delay/nan", "/delay/-1", "/status/99", "/status/x", "/bytes/8589934593", "/bytes/-1", "/bytes/²",
             "/redirect/0", "/redirect-to", "/big-json?size_mb=9000", "/stream/3?interval=11", "/users/ada/repos?page=0"]
)  # fmt: skip
def test_a_wrong_value_is_answered_400_with_a_sentence(client_1: httpx.Client, path: str) -> None:
    response = client_1.get(path)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".") or "/redirect-to" in path


def test_head_has_the_headers_of_get_and_no_body(client: httpx.Client) -> None:
    response = client.head("/bytes/8589934592")
    assert (response.headers["content-length"], response.content) == ("8589934592", b"")


@pytest.mark.parametrize("code", [200, 201, 204, 304, 401, 404, 418, 429, 500, 503, 599])
def test_status_gives_the_code_asked_for(client: httpx.Client, code: int) -> None:
    assert client.get(f"/status/{code}").status_code == code
    assert client.get(f"/status/{code},{code}").status_code == code


def test_a_delay_comes_before_the_first_byte(client: httpx.Client) -> None:
    start = time.monotonic()
    with client.stream("GET", "/delay/0.2"):
        assert time.monotonic() - start >= 0.2


def test_timeout_never_answers(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.get("/timeout", timeout=0.3)


def test_malformed_cuts_the_body_off_after_its_half_came(client: httpx.Client) -> None:
    came = b""
    with client.stream("GET", "/malformed") as response:
        # httpx lets h2's own error through where a stream ends before its Content-Length
        with pytest.raises((httpx.RemoteProtocolError, h2.exceptions.InvalidBodyLengthError)):
            for chunk in response.iter_raw():
                came += chunk
    assert len(came) == int(response.headers["content-length"]) // 2


def test_redirects_lead_to_get(client: httpx.Client) -> None:
    response = client.get("/redirect/3", follow_redirects=True)
    assert [hop.headers["location"] for hop in response.history] == ["/redirect/2", "/redirect/1", "/get"]
    assert response.url.path == "/get"


def test_redirect_to_sends_anywhere_with_the_status_asked_for(client: httpx.Client) -> None:
    response = client.post(
        "/redirect-to",
        params={"url": "/anything?a=ü", "status_code": "308"},
        content=b"kept",
        follow_redirects=True,
    )
    assert response.history[0].status_code == 308
    assert (response.json()["method"], response.json()["data"]) == ("POST", "kept")


def test_cookies_are_set_shown_and_deleted(client: httpx.Client) -> None:
    client.cookies.clear()
    assert client.get("/cookies/set?a=1&b=x%20y", follow_redirects=True).json()["cookies"] == {
        "a": "1",
        "b": "x%20y",
    }
    assert client.get("/cookies/delete?a=", follow_redirects=True).json()["cookies"] == {"b": "x%20y"}
    assert client.get("/cookies/delete", follow_redirects=True).json()["cookies"] == {}


def test_a_cookie_cannot_bring_a_header_of_its_own(client_1: httpx.Client) -> None:
    response = client_1.get("/cookies/set?a=1%0D%0AX-Evil:%201&b=1;Domain=x")
    assert "x-evil" not in response.headers
    assert response.headers.get_list("set-cookie")[1] == "b=1%3BDomain=x; Path=/"


def test_credentials_are_checked(client: httpx.Client) -> None:
    assert client.get("/basic-auth/ada/engine", auth=("ada", "engine")).json() == {
        "authenticated": True,
        "user": "ada",
    }
    refused = client.get("/basic-auth/ada/engine", auth=("ada", "wrong"))
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Basic realm="practice"')
    assert client.get("/bearer", headers={"authorization": "Bearer t"}).json()["token"] == "t"
    assert client.get("/bearer", headers={"authorization": "Basic t"}).status_code == 401
    assert client.get("/api-key", headers={"x-api-key": "k"}).json()["placement"] == "header"
    assert client.get("/api-key?api_key=k").json()["placement"] == "query"
    assert client.get("/api-key").status_code == 401


@pytest.mark.parametrize(
    ("path", "coding"), [("/gzip", "gzip"), ("/deflate", "deflate"), ("/brotli", "br"), ("/zstd", "zstd")]
)
def test_compressed_bodies_decode(client: httpx.Client, path: str, coding: str) -> None:
    response = client.get(f"{path}?lines=500")
    assert response.headers["content-encoding"] == coding
    assert len(response.json()["lines"]) == 500
    assert int(response.headers["content-length"]) < len(response.content)


def test_an_etag_answers_304_to_who_has_it(client: httpx.Client) -> None:
    assert client.get("/etag").headers["etag"] == ETAG
    for known in (ETAG, f'"other", {ETAG}', f"W/{ETAG}", "*"):
        assert client.get("/etag", headers={"if-none-match": known}).status_code == 304
    assert client.get("/etag", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("count", [0, 1, MEBIBYTE - 1, MEBIBYTE, 3 * MEBIBYTE + 17])
def test_bytes_are_as_many_as_asked_for_and_the_same_each_time(client: httpx.Client, count: int) -> None:
    first = client.get(f"/bytes/{count}").content
    assert len(first) == count
    assert client.get(f"/bytes/{count}").content == first
    assert count < 2 or client.get(f"/bytes/{count}?seed=1").content != first


def test_lines_are_numbered_and_eighty_bytes_each(client: httpx.Client) -> None:
    response = client.get("/lines/5001")
    lines = response.text.splitlines(keepends=True)
    assert [int(line[:10]) for line in lines] == list(range(1, 5002))
    assert {len(line) for line in lines} == {80}
    assert int(response.headers["content-length"]) == 5001 * 80


@pytest.mark.parametrize("size_mb", ["0.001", "0.5", "2.000003"])
def test_big_json_is_valid_and_as_large_as_asked_for(client: httpx.Client, size_mb: str) -> None:
    response = client.get(f"/big-json?size_mb={size_mb}")
    assert len(response.content) == int(response.headers["content-length"]) == int(float(size_mb) * 1e6)
    rows = response.json()
    assert [row.get("id") for row in rows[:3]] == [1, 2, 3]
    assert rows[-1] == {}


def test_tokens_make_a_text_and_end_with_done(client: httpx.Client) -> None:
    events = client.post("/tokens?interval=0", json={"stream": True}).text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    choices = [json.loads(event.removeprefix("data: "))["choices"][0] for event in events[:-2]]
    text = "".join(choice["delta"].get("content", "") for choice in choices)
    assert text.startswith("An antiphon is sung by two choirs in turn: ")
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]


def test_streams_come_line_by_line(client: httpx.Client) -> None:
    with client.stream("GET", "/stream/3?interval=0.1") as response:
        arrived = [(json.loads(line)["line"], time.monotonic()) for line in response.iter_lines()]
    assert [line for line, _at in arrived] == [1, 2, 3]
    assert arrived[2][1] - arrived[0][1] >= 0.15


def test_server_sent_events_are_separated_by_blank_lines(client: httpx.Client) -> None:
    response = client.get("/sse/2?interval=0")
    assert response.headers["content-type"] == "text/event-stream"
    assert (
        response.text == 'id: 1\nevent: tick\ndata: {"tick": 1}\n\nid: 2\nevent: tick\ndata: {"tick": 2}\n\n'
    )


def test_slow_has_its_whole_size(client: httpx.Client) -> None:
    assert len(client.get("/slow?size_kb=33&rate_kb=300").content) == 33_000


def test_numbers_are_the_ones_that_programs_break(client: httpx.Client) -> None:
    text = client.get("/numbers").text
    for digits in ("12345678901234567890", "1.00", "1e400", "-0"):
        assert re.search(rf": {digits},", text)
    assert text.count('"twice"') == 2


def test_the_image_is_a_png(client: httpx.Client) -> None:
    data = client.get("/image.png").content
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert data.endswith(b"IEND\xaeB`\x82")


def test_users_are_known_unknown_or_slow(client: httpx.Client) -> None:
    ada = client.get("/users/ada").json()
    assert (ada["name"], ada["public_repos"]) == ("Ada Lovelace", 12)
    assert ada["html_url"] == f"{client.base_url}/users/ada".replace("//users", "/users")
    unknown = client.get("/users/%E2%82%AC")
    assert (unknown.status_code, "ada, grace" in unknown.json()["error"]) == (404, True)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/users/sleepy", timeout=0.3)


def test_repositories_come_in_pages_that_link_to_each_other(client: httpx.Client) -> None:
    names: list[str] = []
    url = "/users/grace/repos?per_page=20"
    while url:
        response = client.get(url)
        names += [row["name"] for row in response.json()]
        url = response.links.get("next", {}).get("url", "")
    assert names == [f"grace-{number:02}" for number in range(1, 48)]
    assert "link" not in client.get("/users/ada/repos").headers


def test_who_leaves_a_large_body_does_not_hold_up_others(make_client) -> None:
    """Each has a connection of its own: httpx never gives back the window of what came for streams that it left."""
    for _ in range(3):
        with make_client().stream("GET", "/bytes/8589934592") as response:
            next(response.iter_raw())
    assert make_client().get("/get").status_code == 200


def test_two_answers_share_one_http_2_connection(server) -> None:
    trust = ssl.create_default_context(cafile=str(server.ca))
    with httpx.Client(base_url=server.https, http2=True, verify=trust, trust_env=False) as client:
        with client.stream("GET", "/stream/2?interval=0.3") as slow:
            assert client.get("/get").json()["http_version"] == "2"
            assert len(client._transport._pool.connections) == 1
            assert len(list(slow.iter_lines())) == 2
