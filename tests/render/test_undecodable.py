"""What is no text in its charset is counted, however the body is cut into slices."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.undecodable import UndecodableBytes


def counted(charset, *slices):
    counter = UndecodableBytes(charset)
    for place, one in enumerate(slices, 1):
        counter.feed(one, is_last=place == len(slices))
    return counter.count


@given(some.text(), some.binary(max_size=30), some.integers(0, 40))
def test_slices_do_not_change_the_count(text, noise, cut):
    raw = text.encode("utf-8", "ignore") + noise
    assert counted("utf-8", raw[:cut], raw[cut:]) == counted("utf-8", raw)
    assert counted("utf-8", raw) == sum(
        1 for one in raw.decode("utf-8", "surrogateescape") if "\udc80" <= one <= "\udcff"
    )


@pytest.mark.parametrize(
    ("charset", "raw", "count"),
    [
        ("utf-8", "plain é".encode(), 0), ("utf-8", "né café".encode("latin-1"), 2), ("cp1252", b"a\x81\x8db", 2),
        ("euc_jp", b"\xa4\xa2\xff", 1), ("utf-16-le", b"a\x00\x00\xd8b\x00", 1), ("utf-8", b"\xe2\x82", 2),
    ],
)  # fmt: skip
def test_bytes_that_are_no_text_are_counted(charset, raw, count):
    assert counted(charset, raw) == count
