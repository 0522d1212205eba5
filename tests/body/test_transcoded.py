import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.store import BodyStore
from antiphon.body.transcoded import TranscodedBody, is_ascii_compatible


@given(
    st.text(max_size=50), st.sampled_from(["utf-16", "utf-16-le", "utf-32", "utf-16-be"]), st.integers(1, 9)
)
def test_text_that_arrives_in_pieces_is_whole_in_utf8(text, charset, size):
    store = BodyStore()
    body = TranscodedBody(store, charset)
    encoded = text.encode(charset)
    for place in range(0, len(encoded), size):
        store.append(encoded[place : place + size])
        body.step(1)
    store.finish()
    while not body.is_finished:
        body.step(1)
    assert body.read(0, 9999).decode() == text
    body.close()


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-16"])
def test_a_byte_order_mark_is_no_text_whatever_the_charset_is_called(charset):
    store = BodyStore()
    store.append("\ufeffa".encode("utf-16-le" if charset == "utf-16" else charset))
    store.finish()
    body = TranscodedBody(store, charset)
    while not body.is_finished:
        body.step(1)
    assert body.read(0, 99) == b"a"
    body.close()


def test_half_a_character_at_the_end_is_shown_as_such():
    store = BodyStore()
    store.append("ab".encode("utf-16-le") + b"\x00")
    store.finish()
    body = TranscodedBody(store, "utf-16-le")
    body.step(1)
    body.step(1)
    assert body.read(0, 99).decode() == "ab\ufffd"
    body.close()


def test_a_full_disk_ends_it_in_words(monkeypatch):
    def full(_self, _chunk):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = BodyStore()
    store.append("ab".encode("utf-16"))
    body = TranscodedBody(store, "utf-16")
    monkeypatch.setattr(BodyStore, "append", full)
    body.step(1)
    assert body.is_finished
    assert "No space" in body.error
    body.close()


@pytest.mark.parametrize("charset", ["utf-16", "utf-32"])
def test_a_large_text_moves_to_a_spool_file(tmp_path, charset):
    store = BodyStore(tmp_path)
    store.append(("x" * 1_500_000).encode(charset))
    store.finish()
    body = TranscodedBody(store, charset, tmp_path)
    while not body.is_finished:
        body.step()
    assert body.spool is not None
    assert body.size_bytes == 1_500_000
    body.close()
    store.close()


@pytest.mark.parametrize(
    ("codec", "is_so"),
    [
        ("utf-8", True),
        ("cp932", True),
        ("gb18030", True),
        ("utf-16", False),
        ("cp500", False),
        ("iso2022_jp", False),
    ],
)
def test_ascii_means_itself(codec, is_so):
    assert is_ascii_compatible(codec) is is_so
