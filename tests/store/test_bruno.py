"""The independent proof: Bruno's own command line runs what we saved, and sends what we would send."""

import re
import subprocess

import pytest

from antiphon.core.collection import requests_below
from antiphon.core.document import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    Defaults,
    Environment,
    FileBody,
    FormBody,
    FormField,
    Header,
    InheritAuth,
    MultipartBody,
    NoAuth,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Timeouts,
    Variable,
)
from antiphon.core.prepare import Context, prepare
from antiphon.core.prepared import content_chunks
from antiphon.store.collections import (
    create_collection,
    create_folder,
    create_request,
    duplicate,
    load_defaults,
    load_request,
    move,
    open_collection,
    rename,
    save_defaults,
    save_request,
)
from antiphon.store.environments import load_environment, save_environment
from tests.recording import RecordingServer
from tests.tools import require_tool

JSON = '{\n  "sku": "{{sku}}",\n  "qty": 12345678901234567890,\n  "price": 1.00\n}'
ROWS = (
    FormField("a", "x y&z=1"),
    FormField("b", "{{sku}}"),
    FormField("off", "1", enabled=False),
    FormField("ü", "é"),
)
PARTS = (
    Part("text", "a {{sku}}"),
    Part("json", "{}", content_type="application/json"),
    Part("file", paths=("data.bin",), is_file=True, content_type="application/x-data"),
)
DOCUMENTS = [
    RequestDocument("Plain", url="{{base}}/plain?a=1&b=two", params=(Param("a", "1"), Param("b", "two")), auth=NoAuth()),
    RequestDocument("Row not in the URL", url="{{base}}/rows?a=1", params=(Param("a", "1"), Param("only", "row", enabled=False)), auth=NoAuth()),
    RequestDocument("Path", "GET", "{{base}}/shops/:shop/x", params=(Param("shop", "a b", "path"),), auth=NoAuth()),
    RequestDocument("JSON: with / hostile * name?", "POST", "{{base}}/json", body=TextBody("json", JSON), variables=(Variable("sku", "no"),)),
    RequestDocument("Form", "POST", "{{base}}/form", body=FormBody(ROWS), auth=BasicAuth("u:é", "{{sku}}")),
    RequestDocument("Multipart", "PUT", "{{base}}/multi", body=MultipartBody(PARTS), auth=BearerAuth("own-{{sku}}")),
    RequestDocument("File", "POST", "{{base}}/file", body=FileBody("data.bin", "application/x-data"), auth=ApiKeyAuth("X-Key", "k {{sku}}")),
    RequestDocument("Text", "PATCH", "{{base}}/text", body=TextBody("text", "# not a comment\n- {{sku}}: [\n\ttab\n "), headers=(Header("X-On", "012"), Header("X-Off", "1", enabled=False))),
    RequestDocument("XML", "POST", "{{base}}/xml", body=TextBody("xml", "<a>\n  <b/>\n</a>"), headers=(Header("Content-Type", "text/x; charset=utf-8"),)),
    RequestDocument("Empty", "POST", "{{base}}/empty"),
    RequestDocument("CON", "DELETE", "{{base}}/con", options=RequestOptions(http_version="1.1", timeouts=Timeouts(connect_s=3, total_s=20))),
]  # fmt: skip
DEFAULTS = Defaults(
    "Inner",
    (Header("X-Folder", "{{zone}}"), Header("Accept", "application/json")),
    InheritAuth(),
    (Variable("zone", "1e3"),),
)


def saved_collection(root, base):
    """Save every document, edit, move, rename and copy some: all that a save can do to a file."""
    create_collection(root, "Proof: Antiphon")
    save_defaults(
        root,
        "",
        Defaults(
            "Proof: Antiphon", (Header("X-All", "yes"),), BearerAuth("{{token}}"), (Variable("token", "t-1"),)
        ),
    )
    (root / "data.bin").write_bytes(bytes(range(256)))
    folder = create_folder(root, "", "Inner/folder")
    save_defaults(root, folder, DEFAULTS)
    save_environment(root, Environment("Local", (Variable("base", base), Variable("sku", "ABC-1"))))
    paths = [
        create_request(root, folder if index % 2 else "", document)
        for index, document in enumerate(DOCUMENTS)
    ]
    move(root, paths[4], "", paths[2])
    renamed = rename(root, paths[9], "Empty but renamed")
    edited = load_request(root, duplicate(root, renamed))
    save_request(root, paths[2], load_request(root, paths[2]))
    return edited


def sent_by_us(root):
    environment = load_environment(root, "Local")
    for node in requests_below(open_collection(root).top):
        context = Context(load_defaults(root, node.path), environment, base_dir=root)
        yield prepare(load_request(root, node.path), context)


def comparable(method, target, headers, body):
    """Return a request with its multipart boundary normalised and header names in lower case."""
    found = dict(headers)
    boundary = re.search(r"boundary=\"?([^\";]+)", found.get("content-type", ""))
    if boundary:
        body = body.replace(boundary[1].encode(), b"BOUNDARY")
        found["content-type"] = found["content-type"].replace(boundary[1], "BOUNDARY").replace('"', "")
    return method, target, found, body


def test_bruno_sends_what_antiphon_would(tmp_path):
    bru = require_tool("bru")
    root = tmp_path / "proof"
    with RecordingServer() as server:
        saved_collection(root, server.address)
        run = subprocess.run(
            [bru, "run", "-r", "--env", "Local"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
            shell=False,
        )
        theirs = server.take()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Skipping" not in run.stdout + run.stderr
    ours = list(sent_by_us(root))
    assert [(each.method, each.target) for each in theirs] == [
        (each.method, each.url.removeprefix(server.address)) for each in ours
    ]
    for prepared, recorded in zip(ours, theirs, strict=True):
        meant = {
            header.name.lower(): header.value for header in prepared.headers if header.origin != "automatic"
        }
        came = {name.lower(): value for name, value in recorded.headers}
        wire = {name: came.get(name) for name in meant}
        body = b"".join(content_chunks(prepared.content))
        assert comparable(recorded.method, recorded.target, wire, recorded.body) == comparable(
            prepared.method, prepared.url.removeprefix(server.address), meant, body
        ), prepared.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_proof_covers_documents_that_come_back(tmp_path, document):
    create_collection(tmp_path / "c", "c")
    path = create_request(tmp_path / "c", "", document)
    assert load_request(tmp_path / "c", path).body == document.body
