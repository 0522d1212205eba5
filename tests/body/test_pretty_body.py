import json
import os
import sys
import time

import pytest

from antiphon.body.pretty import pretty
from antiphon.body.pretty_body import LOCAL_BYTES, PrettyBody
from antiphon.body.store import BodyStore

SMALL = json.dumps({"a": [1, 2, {"b": "é"}]}).encode()
LARGE = json.dumps([{"id": n, "name": "x" * 50, "tags": []} for n in range(20_000)]).encode()


@pytest.fixture
def store(tmp_path):
    store = BodyStore(tmp_path / "spool")
    yield store
    store.close()


@pytest.fixture
def laid_out(store):
    body = PrettyBody(store)
    yield body
    body.close()


def finished(body: PrettyBody, limit_s: float = 30) -> bytes:
    end = time.monotonic() + limit_s
    while not body.is_finished:
        assert time.monotonic() < end
        body.step()
        time.sleep(0.002)
    return body.read(0, body.size_bytes + 1)


def test_a_small_body_is_laid_out_without_a_process(store, laid_out):
    store.append(SMALL)
    store.finish()
    laid_out.step()
    assert laid_out.is_finished
    assert laid_out.process_id is None
    assert laid_out.read(0, 999) == pretty(SMALL)


def test_text_is_there_while_the_body_still_arrives(store, laid_out):
    store.append(b'{"a": 1, "b"')
    laid_out.step()
    assert laid_out.read(0, 999) == b'{\n  "a": 1,\n  "b"'
    store.append(b": 2}")
    store.finish()
    assert finished(laid_out) == b'{\n  "a": 1,\n  "b": 2\n}'


def test_a_large_body_is_laid_out_by_one_helper_process_that_ends(store, laid_out):
    store.append(LARGE)
    store.finish()
    laid_out.step()
    process = laid_out.process_id
    assert process is not None
    assert finished(laid_out) == pretty(LARGE)
    assert laid_out.process_id is None
    assert not is_running(process)


def test_the_text_only_grows_when_the_helper_takes_over_from_the_slices(store, laid_out):
    seen = b""
    for place in range(0, len(LARGE), 200_000):
        store.append(LARGE[place : place + 200_000])
        laid_out.step(0.05)
        now = laid_out.read(0, laid_out.size_bytes)
        assert now.startswith(seen)
        seen = now
    store.finish()
    assert finished(laid_out) == pretty(LARGE)


def test_a_fault_in_a_large_body_is_told_with_its_offset(store, laid_out):
    store.append(LARGE[:-1] + b" oops" + b"rest " * 100_000)
    laid_out.step()
    wait_for(lambda: laid_out.fault, laid_out)  # it is told while the body still arrives
    assert laid_out.fault.offset == len(LARGE)
    assert "oops" in laid_out.fault.sentence
    store.append(b"the end")
    store.finish()
    text = finished(laid_out)
    assert text.endswith(b"oops" + b"rest " * 100_000 + b"the end")
    assert text[laid_out.fault.shown_offset :].startswith(b"oops")
    line, column = laid_out.place
    assert text.split(b"\n")[line - 1][column - 1 :].startswith(b"oops")


def test_the_first_rows_are_there_before_the_helper_process_is(store, laid_out):
    store.append(LARGE)
    laid_out.step()
    assert laid_out._target.size() == 0
    assert laid_out.size_bytes > 0
    assert pretty(LARGE).startswith(laid_out.read(0, laid_out.size_bytes))


def test_what_is_laid_out_in_one_step_needs_no_process(store, laid_out):
    store.append(LARGE)
    store.finish()
    laid_out.step(60)
    assert laid_out.is_finished
    assert laid_out.process_id is None
    assert laid_out.spool is None


def test_close_kills_the_helper_and_gives_everything_back(store, laid_out):
    store.append(LARGE)
    laid_out.step()
    process, descriptors = laid_out.process_id, laid_out._target.shared_descriptors
    laid_out.close()
    assert not is_running(process)
    for descriptor in descriptors:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
    assert laid_out.read(0, 10) == b""


def test_a_process_that_cannot_start_is_an_error_in_words(store, laid_out, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    store.append(bytes(LOCAL_BYTES + 1))
    laid_out.step()
    assert laid_out.is_finished
    assert "No such file" in laid_out.error


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit for the size of a file")
def test_text_that_does_not_fit_on_the_disk_gives_back_what_it_took(store, laid_out):
    import resource

    store.append(LARGE)
    store.finish()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, limits[1]))
    try:
        laid_out.step(0)
        wait_for(lambda: laid_out.is_finished, laid_out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert laid_out.error == "File too large"
    assert laid_out.size_bytes == 0
    assert laid_out.spool.size() == 0  # closed, and so gone


def test_lines_of_json_are_laid_out_one_after_the_other(store):
    body = PrettyBody(store, "jsonlines")
    store.append(b'{"a":1}\n{"a":2}\n')
    store.finish()
    assert finished(body) == b'{\n  "a": 1\n}\n{\n  "a": 2\n}'
    body.close()


def wait_for(predicate, body, limit_s: float = 30):
    end = time.monotonic() + limit_s
    while not predicate():
        assert time.monotonic() < end
        body.step()
        time.sleep(0.002)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
