"""Snippets run for real: what each sends to a recording server, in words that can be compared."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from antiphon.core.prepared import PreparedRequest
from tests.recording import Recorded

LIBRARY_DEFAULTS = {"user-agent", "accept", "accept-encoding", "connection", "host", "expect"}
RUNNER = """
import json, os, sys, traceback
clean = dict(os.environ)
for job in json.load(open(sys.argv[1])):
    os.environ.clear()
    os.environ.update(clean, **job["environ"])
    print("\\x1e" + job["name"], flush=True)
    try:
        exec(compile(job["text"], job["name"], "exec"), {"__name__": "__main__"})
    except Exception:
        print("FAILED", traceback.format_exc())
"""


@dataclass(frozen=True)
class Wire:
    """A recorded request without what no one asked for: library defaults, a boundary's letters, names' order.

    A name has the spelling of its first header.
    """

    method: str
    target: str
    headers: tuple[tuple[str, tuple[str, ...]], ...]
    body: bytes


def wire(recorded: Recorded, asked: frozenset[str]) -> Wire:
    """Return *recorded* for comparison; a default whose name is in *asked* counts."""
    body, headers = _unbounded(recorded)
    spelled: dict[str, str] = {}
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        key = name.lower()
        if key not in LIBRARY_DEFAULTS - asked:
            spelled.setdefault(key, name)
            grouped.setdefault(key, []).append(value)
    spelled["host"] = "Host"  # curl spells it so, whatever it is given
    _settle_length(grouped, recorded, asked)
    rows = ((spelled[key], tuple(values)) for key, values in grouped.items())
    return Wire(recorded.method, recorded.target, tuple(sorted(rows)), body)


def _settle_length(grouped: dict[str, list[str]], recorded: Recorded, asked: frozenset[str]) -> None:
    """Forget a zero length that no one asked for, and the count where a boundary's length goes into it."""
    length = grouped.get("content-length")
    if length == ["0"] and "content-length" not in asked:
        del grouped["content-length"]
    elif length == [str(len(recorded.body))]:
        grouped["content-length"] = ["<the body's>"]


def _unbounded(recorded: Recorded) -> tuple[bytes, list[tuple[str, str]]]:
    """Replace a multipart boundary by the same word everywhere."""
    types = recorded.values("Content-Type")
    if not types or not types[0].startswith("multipart/form-data; boundary="):
        return recorded.body, list(recorded.headers)
    boundary = types[0].partition("boundary=")[2].strip('"')
    headers = [
        (name, value.replace(boundary, "BOUNDARY") if name.lower() == "content-type" else value)
        for name, value in recorded.headers
    ]
    return recorded.body.replace(boundary.encode(), b"BOUNDARY"), headers


def asked_for(prepared: PreparedRequest) -> frozenset[str]:
    """Return the library defaults that the user set."""
    zero = {"content-length"} if prepared.header("Content-Length") == "0" else set()
    return frozenset(zero | {h.name.lower() for h in prepared.headers if h.origin != "automatic"})


def run_python(jobs: Sequence[tuple[str, str, Mapping[str, str]]], folder: Path) -> dict[str, str]:
    """Run snippets in one process; return what each printed, by name."""
    script = folder / "jobs.json"
    rows = [{"name": name, "text": text, "environ": dict(environ)} for name, text, environ in jobs]
    script.write_text(json.dumps(rows))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUNNER, str(script)],
        capture_output=True, text=True, env=environment(), timeout=120, check=False,
    )  # fmt: skip
    printed = [block.partition("\n") for block in done.stdout.split("\x1e")[1:]]
    assert len(printed) == len(rows), done.stderr
    return {name: output for name, _, output in printed}


def run_shell(text: str, environ: Mapping[str, str], script: Path) -> str:
    """Run a snippet that is written to *script* first: it may be longer than an argument may be."""
    script.write_text(text)
    done = subprocess.run(
        ["sh", str(script)], capture_output=True, env={**environment(), **environ}, timeout=30, check=False
    )
    return f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"


def environment() -> dict[str, str]:
    """Return an environment without proxies and without settings for curl."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NO_PROXY": "*", "CURL_HOME": os.devnull, "PYTHONWARNINGS": "ignore"}
