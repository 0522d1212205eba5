"""One field of every event, joined."""

import json

import pytest

from antiphon.body.event_lines import LineIndex
from antiphon.body.event_stream import SseIndex
from antiphon.body.joined import LARGEST_BYTES, JoinedField, guessed_path, parsed, path_of, text_at
from antiphon.body.store import BodyStore


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("choices[0].delta.content", ("choices", 0, "delta", "content")),
        ("$.a.b", ("a", "b")),
        ("$[2]", (2,)),
        ('["a.b"].c', ("a.b", "c")),
        (' a["\\u00e4"][10] ', ("a", "\u00e4", 10)),
        ("content-type", ("content-type",)),
    ],
)
def test_a_path_is_names_and_places(text, path):
    assert path_of(text) == path


@pytest.mark.parametrize("text", ["", "$", ".a", "a.", "a..b", "a[", "a[x]", "a b", '["a'])
def test_what_is_no_path_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        path_of(text)


def test_numbers_come_as_they_were_written_and_what_is_no_scalar_not_at_all():
    value = parsed(
        b' {"n": 1.500, "big": 123456789012345678901, "t": true, "z": null, "o": {"a": 1}, "l": [5]}'
    )
    got = {
        name: text_at(value, path_of(name))
        for name in ("n", "big", "t", "z", "o", "l", "l[0]", "l[1]", "n.x")
    }
    assert got == {
        "n": "1.500", "big": "123456789012345678901", "t": "true", "z": None, "o": None, "l": None, "l[0]": "5",
        "l[1]": None, "n.x": None,
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"[DONE]", b"{", b'{"a": 1', b"[" * 100_000, b"hello", b"\xff"])
def test_what_is_no_json_is_nothing(data):
    assert parsed(data) is None


@pytest.mark.parametrize(
    ("documents", "path"),
    [
        ([{"choices": [{"delta": {"role": "assistant"}}]}, {"choices": [{"delta": {"content": "Hi"}}]}], "choices[0].delta.content"),
        ([{"type": "message_start"}, {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi"}}], "delta.text"),
        ([{"model": "m", "message": {"role": "assistant", "content": "Hi"}, "done": False}], "message.content"),
        ([{"model": "m", "response": "Hi", "done": False}], "response"),
        ([{"type": "response.output_text.delta", "delta": "Hi"}], "delta"),
        ([{"tick": 1}, {"tick": 2}], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_the_path_of_a_well_known_stream_is_guessed(documents, path):
    assert guessed_path(json.dumps(document).encode() for document in documents) == path


def joined(index_type, path, *texts):
    store = BodyStore()
    index = index_type(store)
    field = JoinedField(index, path)
    for text in texts:
        store.append(text if isinstance(text, bytes) else text.encode())
        while index.advance():
            pass
        while field.step(0.001):
            pass
    return field


def said(field):
    text = field.text.read(0, field.text.size_bytes).decode()
    field.close()
    return text


def test_tokens_are_joined_as_they_come_and_done_is_no_error():
    tokens = ["Good", " mor", "ning", "!"]
    events = [f'data: {{"choices": [{{"delta": {{"content": "{token}"}}}}]}}\n\n' for token in tokens]
    field = joined(SseIndex, "choices[0].delta.content", *events, ": ping\n\n", "data: [DONE]\n\n")
    assert (field.found, field.error) == (4, "")
    assert said(field) == "Good morning!"


def test_halves_of_a_surrogate_pair_in_two_events_are_one_character():
    field = joined(
        LineIndex, "r", '{"r": "a\\ud83d"}\n', '{"r": "\\ude00b"}\n{"r": "\\udc00"}\n{"r": "c\\ud83d"}\n'
    )
    assert said(field) == "a\U0001f600b\ufffdc"


def test_an_event_too_large_to_parse_is_left_out_and_counted():
    large = json.dumps({"r": "x" * LARGEST_BYTES})
    field = joined(LineIndex, "r", '{"r": "a"}\n', large + "\n", '{"r": "b"}\n')
    assert (field.too_large, field.found) == (1, 2)
    assert said(field) == "ab"


def test_a_full_disk_ends_it_with_its_reason(monkeypatch):
    store = BodyStore()
    store.append(b'{"r": "a"}\n{"r": "b"}\n')
    index = LineIndex(store)
    index.advance()
    field = JoinedField(index, "r")

    def full(_chunk):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(field.text, "append", full)
    assert not field.step(1)
    assert field.error == "No space left on device"
    field.close()
