"""The sample collection: well formed, complete, and answered by the practice server as it says."""

import re
import ssl
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml

from antiphon.core.collection import RequestNode, requests_below
from antiphon.core.prepare import Context, prepare
from antiphon.core.prepared import PreparedRequest, content_chunks
from antiphon.practice.app import ROUTES
from antiphon.practice.process import PracticeServer
from antiphon.practice.sample import copied_sample, sample_folder
from antiphon.store.collections import load_defaults, load_request, load_run_plan, open_collection
from antiphon.store.environments import load_environment

SAMPLE = sample_folder()
COLLECTION = open_collection(SAMPLE)
NODES = list(requests_below(COLLECTION.top))
USUAL = {"baseUrl": "http://127.0.0.1:8765", "secureUrl": "https://127.0.0.1:8766"}
NOT_FROM_THE_SERVER = "nobody-listens.yml"

# The closed objects of OpenCollection 1.0.0, as far as the sample uses them.
ROW = {"name", "value", "disabled", "description"}
KEYS = {
    "request file": {"info", "http", "runtime", "settings", "docs"},
    "folder file": {"info", "request", "docs"},
    "root file": {"opencollection", "info", "request", "docs", "extensions"},
    "environment file": {"name", "description", "variables"},
    "info": {"name", "type", "seq", "tags"},
    "root info": {"name", "summary", "version"},
    "http": {"method", "url", "params", "headers", "body", "auth"},
    "request": {"headers", "auth", "variables"},
    "param": ROW | {"type"},
    "row": ROW,
    "part": {"name", "type", "value", "contentType", "disabled", "description"},
    "file": {"filePath", "contentType", "selected", "description"},
    "body": {"type", "data"},
    "auth": {"type", "username", "password", "token", "key", "value", "placement"},
    "runtime": {"variables", "assertions"},
    "assertion": {"expression", "operator", "value"},
    "settings": {"encodeUrl", "timeout", "followRedirects", "maxRedirects"},
}


def value(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def check(what: str, found: dict) -> None:
    assert isinstance(found, dict), what
    assert set(found) <= KEYS[what], f"{what}: {set(found) - KEYS[what]}"


def check_rows(what: str, rows: list) -> None:
    for row in rows:
        check(what, row)
        assert isinstance(row.get("value", ""), str | list), f"{row}: a value is quoted"


def check_auth(auth: object) -> None:
    if auth != "inherit":
        check("auth", auth)
        assert auth["type"] in {"basic", "bearer", "apikey"}


def check_body(body: dict) -> None:
    check("body", body)
    kinds = {"form-urlencoded": "row", "multipart-form": "part", "file": "file"}
    if body["type"] in kinds:
        check_rows(kinds[body["type"]], body["data"])
    else:
        assert body["type"] in {"json", "text", "xml"}
        assert isinstance(body["data"], str)


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.path)
def test_a_request_file_keeps_to_the_schema(node: RequestNode) -> None:
    assert node.broken is None
    found = value(SAMPLE / node.path)
    for what, part in (("request file", found), ("info", found["info"]), ("http", found["http"])):
        check(what, part)
    check("runtime", found.get("runtime", {}))
    check("settings", found.get("settings", {}))
    check_rows("param", found["http"].get("params", []))
    check_rows("row", found["http"].get("headers", []))
    check_rows("assertion", found.get("runtime", {}).get("assertions", []))
    check_auth(found["http"].get("auth", "inherit"))
    if "body" in found["http"]:
        check_body(found["http"]["body"])


def test_the_other_files_keep_to_the_schema_too() -> None:
    root = value(SAMPLE / "opencollection.yml")
    check("root file", root)
    check("root info", root["info"])
    assert (root["opencollection"], root["info"]["name"]) == ("1.0.0", "Try Antiphon")
    folders = sorted(SAMPLE.glob("*/folder.yml"))
    assert len(folders) == 8
    for number, path in enumerate(folders, 1):
        found = value(path)
        check("folder file", found)
        check("request", found.get("request", {}))
        assert found["info"]["type"] == "folder"
        assert found["info"]["seq"] == number
        assert found["info"]["name"].startswith(f"{number} ")
        assert found["docs"].endswith(".")
    practice = value(SAMPLE / "environments/Practice.yml")
    check("environment file", practice)
    assert USUAL.items() <= {row["name"]: row["value"] for row in practice["variables"]}.items()


def test_every_file_is_plain_text_with_unix_ends_of_lines() -> None:
    for path in SAMPLE.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode()
            assert "\r" not in text, path
            assert "\t" not in text, path
            assert text.endswith("\n"), path
            assert not text.endswith("\n\n"), path


def test_every_sidecar_has_a_file_to_go_with() -> None:
    for path in SAMPLE.rglob("*.antiphon.yaml"):
        assert path.with_name(path.name.replace(".antiphon.yaml", ".yml")).is_file(), path


def test_the_order_of_a_folder_is_1_2_3() -> None:
    for folder in COLLECTION.top.children:
        assert [node.seq for node in folder.children] == list(range(1, len(folder.children) + 1))


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.path)
def test_a_request_explains_itself_in_one_or_two_sentences(node: RequestNode) -> None:
    docs = load_request(SAMPLE, node.path).docs
    sentences = re.findall(r"[.?!](?:\s|$)", docs)
    assert 1 <= len(sentences) <= 2, docs
    assert docs[0].isupper()
    assert docs.endswith(".")


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.path)
def test_a_request_says_whether_it_is_meant_to_fail(node: RequestNode) -> None:
    tags = set(load_request(SAMPLE, node.path).tags)
    assert len(tags & {"ok", "fails"}) == 1
    assert tags <= {"ok", "fails", "huge"}


def prepared(node: RequestNode, server: PracticeServer | None = None) -> PreparedRequest:
    context = Context(
        defaults=load_defaults(SAMPLE, node.path),
        environment=load_environment(SAMPLE, "Practice"),
        base_dir=SAMPLE,
        overrides=server.variables() if server else {},
    )
    return prepare(load_request(SAMPLE, node.path), context)


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.path)
def test_a_request_goes_to_a_route_that_the_server_has(node: RequestNode) -> None:
    ready = prepared(node)
    assert not ready.unresolved
    if node.path.endswith(NOT_FROM_THE_SERVER):
        return
    origin = next(url for url in USUAL.values() if ready.url.startswith(url + "/"))
    path = ready.url.removeprefix(origin).partition("?")[0]
    assert any(route.values(path) is not None and route.allows(ready.method) for route in ROUTES), path


def expected_status(node: RequestNode) -> int | None:
    rows = value(SAMPLE / node.path).get("runtime", {}).get("assertions", [])
    found = [row["value"] for row in rows if row["expression"] == "res.status" and row["operator"] == "eq"]
    return int(found[0]) if found else None


def answered(ready: PreparedRequest, server: PracticeServer) -> httpx.Response:
    """Send *ready* by httpx's own means, headers and body exactly as prepared."""
    wanted = ready.options.http_version
    with httpx.Client(
        http1=wanted in {"auto", "1.1"},
        http2=wanted != "1.1",
        verify=ssl.create_default_context(cafile=str(server.ca)),
        trust_env=False,
        max_redirects=ready.options.max_redirects,
    ) as client:
        client.headers.clear()
        headers = [(header.name, header.value) for header in ready.headers]
        content = b"".join(content_chunks(ready.content))
        request = client.build_request(ready.method, ready.url, headers=headers, content=content)
        return client.send(request, follow_redirects=ready.options.follow_redirects)


@pytest.mark.parametrize(
    "node",
    [node for node in NODES if expected_status(node) is not None and not node.path.startswith("6-")],
    ids=lambda node: node.path,
)
def test_the_server_answers_with_the_status_that_the_request_expects(server, node: RequestNode) -> None:
    ready = prepared(node, server)
    response = answered(ready, server)
    assert response.status_code == expected_status(node), response.text
    is_error = response.status_code >= 400
    assert is_error == ("fails" in load_request(SAMPLE, node.path).tags)
    versions = {"1.1": {"HTTP/1.1"}, "auto": {"HTTP/1.1", "HTTP/2"}}
    assert response.http_version in versions.get(ready.options.http_version, {"HTTP/2"})


def test_five_users_are_asked_for_over_http_2_and_one_is_nobody() -> None:
    folder = next(node for node in COLLECTION.top.children if node.path.startswith("8-"))
    documents = [load_request(SAMPLE, node.path) for node in folder.children]
    assert len(documents) == 5
    assert [("fails" in document.tags) for document in documents] == [False] * 4 + [True]
    assert {document.options.http_version for document in documents} == {"2"}
    assert all(document.options.timeouts.read_s < 5 for document in documents)
    plan = load_run_plan(SAMPLE, folder.path)
    assert (plan.limit, plan.rate_per_s) == (5, 20.0)
    assert [(column.title, column.path) for column in plan.columns] == [
        ("name", "$.name"),
        ("repositories", "$.public_repos"),
    ]


def test_the_copy_is_the_whole_sample_and_stays_as_its_user_left_it(tmp_path) -> None:
    target = tmp_path / "not yet there" / "Try Antiphon"
    assert copied_sample(target) == target
    names = {path.relative_to(SAMPLE) for path in SAMPLE.rglob("*")}
    assert {path.relative_to(target) for path in target.rglob("*")} == names
    (target / "opencollection.yml").write_text("changed")
    assert copied_sample(target) == target
    assert (target / "opencollection.yml").read_text() == "changed"
    assert list(target.parent.iterdir()) == [target]


def test_the_copy_of_a_read_only_sample_can_be_edited(tmp_path, monkeypatch) -> None:
    shipped = tmp_path / "shipped"
    copied_sample(shipped)
    for path in (shipped, *shipped.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setattr("antiphon.practice.sample.sample_folder", lambda: shipped)
    copy = copied_sample(tmp_path / "copy")
    assert all(path.stat().st_mode & 0o200 for path in (copy, *copy.rglob("*")))
    for path in (shipped, *shipped.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_copy_made_by_somebody_else_meanwhile_is_taken(tmp_path, monkeypatch) -> None:
    target = tmp_path / "Try Antiphon"
    rename = Path.rename

    def beaten(path: Path, to: Path) -> Path:
        to.mkdir()
        (to / "opencollection.yml").write_text("theirs")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", beaten)
    copied_sample(target)
    assert (target / "opencollection.yml").read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_switching_a_variable_moves_every_request(server) -> None:
    moved = replace(server, http="http://127.0.0.1:1111", https="https://127.0.0.1:2222")
    for node in NODES:
        if not node.path.endswith(NOT_FROM_THE_SERVER):
            assert re.match(
                r"http://127\.0\.0\.1:1111/|https://127\.0\.0\.1:2222/", prepared(node, moved).url
            )
