"""Checkpoints of a large body are made by one helper process, which ends with its body."""

import json
import os
import sys
import time

import pytest

from antiphon.body import checkpoint_work
from antiphon.body.checkpoint_work import LOCAL_BYTES
from antiphon.body.outline import Outline
from antiphon.body.store import BodyStore

LARGE = json.dumps([{"id": number, "name": "x" * 50, "tags": [[], {}]} for number in range(70_000)]).encode()


@pytest.fixture
def store(tmp_path):
    store = BodyStore(tmp_path / "spool")
    yield store
    store.close()


@pytest.fixture
def outline(store, tmp_path):
    outline = Outline(store, folder=tmp_path / "outline")
    yield outline
    outline.close()


def finish(outline: Outline, limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not outline.is_finished:
        assert time.monotonic() < end
        outline.step()
        time.sleep(0.002)


def test_a_small_body_needs_no_process(store, outline):
    store.append(b'{"a": [1, 2]}')
    store.finish()
    outline.step()
    assert outline.is_finished
    assert outline.process_id is None


def test_a_large_body_is_counted_by_one_process_that_ends(store, outline):
    assert len(LARGE) > LOCAL_BYTES
    store.append(LARGE)
    store.finish()
    outline.step()
    process = outline.process_id
    assert process is not None
    finish(outline)
    assert outline.fault is None
    assert outline.child_count(outline.root) == (70_000, True)
    node = outline.children(outline.root, 69_999, 1)[0]
    assert json.loads(outline.read(node.start, node.end - node.start))["id"] == 69_999
    assert not is_running(process)


def test_what_is_known_only_grows_when_the_process_takes_over(store, outline):
    known = 0
    for place in range(0, len(LARGE), 300_000):
        store.append(LARGE[place : place + 300_000])
        outline.step(0.05)
        assert outline.known_bytes >= known
        known = outline.known_bytes
        offset = max(0, known - 1000)
        assert outline.path_at(offset)[0] == LARGE[:offset].count(b"{}]},")
    store.finish()
    finish(outline)
    assert outline.known_bytes == len(LARGE)


def test_a_fault_in_a_large_body_ends_what_is_known(store, outline):
    store.append(LARGE[:-1] + b"}" + b" " * 100_000)
    store.finish()
    finish(outline)
    assert outline.fault.offset == outline.known_bytes == len(LARGE) - 1


def test_close_kills_the_process(store, outline):
    store.append(LARGE)
    outline.step()
    process = outline.process_id
    outline.close()
    assert not is_running(process)
    assert outline.known_bytes == 0
    assert outline.root is None


def test_a_process_that_cannot_start_is_an_error_in_words(store, outline, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    store.append(LARGE)
    store.finish()
    outline.step()
    assert outline.is_finished
    assert "No such file" in outline.error
    assert outline.fault is None


def test_local_slices_keep_to_their_budget(store, monkeypatch, outline):
    monkeypatch.setattr(checkpoint_work, "LOCAL_BYTES", 1 << 30)
    store.append(LARGE)
    store.finish()
    outline.step(0)
    assert outline.known_bytes == checkpoint_work.SLICE_BYTES + 4 * 4096


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
