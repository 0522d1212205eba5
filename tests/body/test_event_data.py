"""The data of one event, laid out where it is JSON."""

import json

import pytest

from antiphon.body.event_data import EventData
from antiphon.body.event_lines import LineIndex
from antiphon.body.event_stream import SseIndex
from antiphon.body.store import BodyStore


def made(index_type, text):
    store = BodyStore()
    store.append(text)
    store.finish()
    index = index_type(store)
    while index.advance():
        pass
    return EventData(index, 0), store


def run(data, store):
    for _step in range(10_000):
        data.step(0.002)
        if data.is_finished:
            break
    assert data.is_finished
    shown = data.shown.read(0, data.shown.size_bytes)
    is_json = data.is_json
    data.close()
    store.close()
    return shown, is_json


@pytest.mark.parametrize(
    ("text", "shown", "is_json"),
    [
        (b'data: {"a": 1}\n\n', b'{\n  "a": 1\n}', True),
        (b'data: {"a":\ndata: 1.50}\n\n', b'{\n  "a": 1.50\n}', True),
        (b"data: hello\ndata: there\n\n", b"hello\nthere", False),
        (b"data: [DONE]\n\n", b"[DONE]", False),
        (b'data: {"a": 1\n\n', b'{"a": 1', False),
        (b"data\n\n", b"", False),
    ],
)
def test_json_is_laid_out_and_anything_else_is_shown_as_it_came(text, shown, is_json):
    assert run(*made(SseIndex, text)) == (shown, is_json)


def test_an_event_of_megabytes_is_laid_out_by_a_process_that_ends():
    value = [{"id": number, "name": "x" * 50} for number in range(30_000)]
    data, store = made(LineIndex, json.dumps(value).encode())
    while not data._data.is_finished:
        data.step(0.002)
    assert data._pretty.process_id is not None or not data._pretty.is_finished
    import time

    end = time.monotonic() + 30
    while not data.is_finished and time.monotonic() < end:
        data.step(0.002)
        time.sleep(0.005)
    assert data.shown.read(0, 1 << 30).decode() == json.dumps(value, indent=2)
    data.close()
    store.close()


def test_a_full_disk_is_told(monkeypatch):
    data, store = made(SseIndex, b"data: hello\n\n")

    def full(_chunk):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(data.data, "append", full)
    data.step(0.002)
    assert (data.error, data.is_finished) == ("No space left on device", True)
    data.close()
    store.close()
