"""Ignored paths are kept for each request, the latest ones only."""

import pytest

from antiphon.store import ignored
from antiphon.store.ignored import ignored_paths, keep_ignored_paths


def test_what_was_typed_comes_back_for_its_request_only():
    keep_ignored_paths("root|a.yml", "$..id")
    assert ignored_paths("root|a.yml") == "$..id"
    assert ignored_paths("root|b.yml") == ""


def test_an_empty_text_is_forgotten(home):
    keep_ignored_paths("k", "")
    assert not list(home.rglob("compare.json"))
    keep_ignored_paths("k", "$.a")
    keep_ignored_paths("k", "")
    assert ignored_paths("k") == ""


def test_the_oldest_give_way(monkeypatch):
    monkeypatch.setattr(ignored, "MOST_REQUESTS", 2)
    for key in ("a", "b", "a", "c"):
        keep_ignored_paths(key, f"$.{key}")
    assert [ignored_paths(key) for key in "abc"] == ["$.a", "", "$.c"]


@pytest.mark.parametrize("content", [b"[1]", b"{", b'{"k": 3}'])
def test_a_broken_file_says_nothing(content):
    keep_ignored_paths("k", "$.a")
    ignored._file().write_bytes(content)
    assert ignored_paths("k") == ""
