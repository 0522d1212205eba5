"""What every snippet of the table is, before it is run: free of secrets, clean Python, honest about its limits."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import BasicAuth, RequestDocument, RequestOptions, TextBody, Timeouts
from antiphon.core.prepare import prepare
from antiphon.snippets import RUNS, WRITERS, write_run
from tests.snippets.cases import CASES, write_files

BY_KEY = {writer.key: writer for writer in WRITERS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_files(folder)
    return folder


def text_of(key: str, **values: object) -> str:
    document = RequestDocument(**{"url": "https://api.example.org/items", **values})
    return BY_KEY[key].write([prepare(document)])


def test_keys_are_the_agreed_ones():
    assert [writer.key for writer in WRITERS] == ["curl", "httpx-sync", "httpx-async", "requests"]


@pytest.mark.parametrize("key", BY_KEY)
def test_secrets_never_stand_in_a_snippet(key, folder):
    for case in CASES:
        long_enough = [value for value in case.secrets.values() if len(value) > 4]
        text = BY_KEY[key].write([case.prepared("http://127.0.0.1:1", folder)])
        assert not any(value in text for value in long_enough), text


def test_python_is_clean(folder, tmp_path):
    prepared = [case.prepared("https://api.example.org", folder) for case in CASES]
    plan = RunPlan(5, 2, (Column("Name", "$.name"), Column("All", "$..id")))
    for index, request in enumerate(prepared):
        for key in ("httpx-sync", "httpx-async", "requests"):
            (tmp_path / f"{key}_{index}.py").write_text(BY_KEY[key].write([request]))
    for key in RUNS:
        (tmp_path / f"run_{key}.py").write_text(write_run(prepared, plan, key))
        (tmp_path / f"several_{key}.py").write_text(BY_KEY[key].write(prepared))
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select=E4,E7,E9,F,W605,I001,UP",
    ]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[:4000]


def test_default_get_is_short():
    assert text_of("curl") == "curl 'https://api.example.org/items' \\\n  -L\n"
    assert text_of("requests") == (
        "import requests\n\n"
        'response = requests.get("https://api.example.org/items", timeout=(10, 60))\n\n'
        "print(response.status_code, response.reason)\nprint(response.text)\n"
    )


def test_json_is_never_parsed():
    for key in BY_KEY:
        assert "12345678901234567890, 1.00, 1e400" in text_of(
            key, method="POST", body=TextBody("json", "[12345678901234567890, 1.00, 1e400]")
        )


@pytest.mark.parametrize(
    "key, version, expected",
    [
        ("curl", "1.1", "--http1.1"),
        ("curl", "2", "--http2"),
        ("curl", "2-prior-knowledge", "--http2-prior-knowledge"),
        ("httpx-sync", "auto", "http2=True"),
        ("httpx-sync", "2", "http2=True"),
        ("httpx-async", "2-prior-knowledge", "http1=False, http2=True"),
        ("requests", "2", "# Sent over HTTP/1.1: requests has no HTTP/2."),
    ],
)
def test_http_version_is_said(key, version, expected):
    assert expected in re.sub(r",?\s+", lambda match: ", " if "," in match.group() else " ",
                              text_of(key, options=RequestOptions(http_version=version)))  # fmt: skip


@pytest.mark.parametrize("key", BY_KEY)
def test_http2_without_tls_is_refused_in_words(key):
    text = text_of(key, url="http://api.example.org", options=RequestOptions(http_version="2"))
    assert "# Sent over HTTP/1.1: " in text


@pytest.mark.parametrize(
    "key, expected",
    [
        ("curl", "--connect-timeout 1 \\\n  --speed-limit 1 --speed-time 2 \\\n  --max-time 5"),
        ("httpx-sync", "timeout=httpx.Timeout(connect=1, read=2, write=3, pool=4)"),
        ("httpx-sync", "# Not bounded to 5 s in all"),
        ("httpx-async", "asyncio.wait_for("),
        ("requests", "timeout=(1, 2)"),
        ("requests", "# Not bounded to 5 s in all"),
    ],
)
def test_timeouts_are_said(key, expected):
    assert expected in text_of(key, options=RequestOptions(timeouts=Timeouts(1, 2, 3, 4, 5)))


@pytest.mark.parametrize(
    "key, expected",
    [
        ("curl", "-k"),
        ("httpx-sync", "verify=False"),
        ("httpx-async", "verify=False"),
        ("requests", "verify=False"),
    ],
)
def test_tls_is_verified_unless_told_otherwise(key, expected):
    assert expected not in text_of(key)
    assert expected in text_of(key, options=RequestOptions(verify=False))


def test_basic_auth_is_said_as_auth():
    auth = BasicAuth("ada", "love")
    assert "-u 'ada:love'" in text_of("curl", auth=auth)
    assert 'auth=("ada", "love")' in text_of("httpx-sync", auth=auth)
    assert 'auth=("ada", "love")' in text_of("requests", auth=auth)
