"""What `Server-Timing` says, read leniently as browsers do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.server_timing import ServerMetric, server_metrics

M = ServerMetric


@pytest.mark.parametrize(
    ("value", "metrics"),
    [
        ("miss", [M("miss")]),
        ("db;dur=53", [M("db", 53.0)]),
        ("db;dur=53.2, app;dur=47.2", [M("db", 53.2), M("app", 47.2)]),
        ('cache;desc="Cache Read";dur=23.2', [M("cache", 23.2, "Cache Read")]),
        ("cache ; desc = hit ; dur = 1", [M("cache", 1.0, "hit")]),
        ("DB;DUR=1;Desc=x", [M("DB", 1.0, "x")]),
        ("dc;desc=atl;desc=late;dur=1;dur=2", [M("dc", 1.0, "atl")]),
        ("a;dur=abc", [M("a")]),
        ("a;dur=nan, b;dur=inf, c;dur=-1", [M("a"), M("b"), M("c")]),
        ("a;dur=", [M("a")]),
        ("a;dur", [M("a")]),
        ("a;;dur=2", [M("a", 2.0)]),
        ("a;other=1;dur=2", [M("a", 2.0)]),
        (r'a;desc="say \"hi\" \\"', [M("a", None, r'say "hi" \ '.strip())]),
        ('a;desc="one, two; three";dur=3, b', [M("a", 3.0, "one, two; three"), M("b")]),
        ('a;desc="never ends, b;dur=1', [M("a")]),
        ("a;dur=1 junk, b;dur=2", [M("a", 1.0), M("b", 2.0)]),
        ("a junk;dur=1", [M("a", 1.0)]),
        ('"quoted, name";dur=1, b', [M("b")]),
        (", ,a,,b,", [M("a"), M("b")]),
        ("", []),
        ("=;,", []),
        ("ä;dur=1, b;dur=1", [M("b", 1.0)]),
    ],
)
def test_one_header(value, metrics):
    assert list(server_metrics([value])) == metrics


def test_several_headers_follow_each_other():
    assert [metric.name for metric in server_metrics(["a, b", "c", "a"])] == ["a", "b", "c", "a"]


@given(st.text(alphabet='ab=;,." \\\t1äd', max_size=40))
def test_any_text_is_read_to_its_end(value):
    for metric in server_metrics([value, "end;dur=1"]):
        assert metric.name
    assert server_metrics([value, "end;dur=1"])[-1] == M("end", 1.0)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=30))
def test_a_quoted_description_comes_back(text):
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert server_metrics([f'a;desc="{quoted}";dur=1']) == (M("a", 1.0, text),)
