"""The sample under Bruno's own command line: it passes there, and Antiphon sends the same bytes.

Needs `bru` on the path, or `ANTIPHON_BRU` with its place (`npm install @usebruno/cli`); skipped where it is not.
"""

import asyncio
import re
import subprocess
from dataclasses import replace
from pathlib import Path

from antiphon.body.store import BodyStore
from antiphon.core.collection import requests_below
from antiphon.core.document import RequestDocument
from antiphon.core.prepare import Context, prepare
from antiphon.engine import Engine
from antiphon.practice.sample import copied_sample
from antiphon.store.collections import load_defaults, load_request, open_collection
from antiphon.store.environments import load_environment
from tests.practice.recording import Recorded, Recorder, recorder
from tests.tools import require_tool

LIBRARY_DEFAULTS = {"user-agent", "accept-encoding", "connection", "request-start-time", "cookie"}
"""Headers that nobody wrote: each program has its own. Cookies are each program's own jar."""


async def test_bruno_runs_the_sample_and_antiphon_sends_the_same(server, tmp_path) -> None:
    bru = require_tool("bru")
    sample = copied_sample(tmp_path / "sample")
    with recorder(server) as by_bruno:
        output = await asyncio.to_thread(bruno_ran, bru, sample, by_bruno)
    with recorder(server) as by_antiphon:
        names = await antiphon_ran(sample, by_antiphon, tmp_path)
    theirs = [row for row in by_bruno.requests if not row.is_hop]
    ours = [row for row in by_antiphon.requests if not row.is_hop]
    assert len(theirs) == len(ours) == len(names) > 50, output
    for name, their, our in zip(names, theirs, ours, strict=True):
        assert on_the_wire(our, their) == on_the_wire(their, our), name


def bruno_ran(bru: str, sample: Path, into: Recorder) -> str:
    variables = [word for item in into.server.variables().items() for word in ("--env-var", "=".join(item))]
    command = [
        require_tool("bru"),
        "run",
        "-r",
        "--env",
        "Practice",
        "--tags",
        "ok",
        "--exclude-tags",
        "huge",
        *variables,
    ]
    done = subprocess.run(
        [*command, "--cacert", str(into.server.ca)], cwd=sample, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    return done.stdout


async def antiphon_ran(sample: Path, into: Recorder, folder: Path) -> list[str]:
    environment = load_environment(sample, "Practice")
    engine = Engine()
    names: list[str] = []
    for node in requests_below(open_collection(sample).top):
        document = load_request(sample, node.path)
        if not is_run(document):
            continue
        context = Context(
            load_defaults(sample, node.path), environment, base_dir=sample, overrides=into.server.variables()
        )
        ready = into.server.trusted(prepare(over_http_1(document), context))
        body = BodyStore(folder / "bodies")
        await engine.send(ready, body, lambda event: None)
        body.close()
        names.append(node.path)
    await engine.aclose()
    return names


def is_run(document: RequestDocument) -> bool:
    return "ok" in document.tags and "huge" not in document.tags


def over_http_1(document: RequestDocument) -> RequestDocument:
    return replace(document, options=replace(document.options, http_version="1.1"))


def on_the_wire(row: Recorded, other: Recorded) -> dict:
    """Return what *row* must have in common with *other*: multipart boundaries and library defaults left out."""
    headers: dict[str, list[str]] = {}
    for name, value in row.headers:
        headers.setdefault(name.lower(), []).append(value)
    headers["host"] = ["HOST"]
    for name in LIBRARY_DEFAULTS:
        headers.pop(name, None)
    accept = {value for name, value in (*row.headers, *other.headers) if name.lower() == "accept"}
    if "*/*" in accept:
        headers.pop("accept")  # one of the two has only its default
    body = row.body
    boundary = re.search(r"boundary=\"?([^\";]+)", headers.get("content-type", [""])[0])
    if boundary:
        body = body.replace(boundary.group(1).encode(), b"BOUNDARY")
        headers["content-type"] = [headers["content-type"][0].replace(boundary.group(1), "BOUNDARY")]
        headers.pop("content-length")
    return {"line": (row.scheme, row.method, row.target), "headers": headers, "body": body}
