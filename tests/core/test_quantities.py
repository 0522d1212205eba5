"""Numbers carry a unit and as many digits as they deserve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.quantities import (
    age_text,
    duration_text,
    exact_text,
    rate_text,
    size_of,
    size_text,
    whole_size_text,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.00062, "0.62 ms"), (0.0118, "11.8 ms"), (0.142, "142 ms"), (3.414, "3.41 s"), (125.0, "2 min 05 s")],
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 µs"),
        (0.0000004, "0 µs"),
        (0.00062, "620 µs"),
        (0.0009996, "1.000 ms"),
        (0.024, "24.000 ms"),
        (3.4142514, "3,414.251 ms"),
    ],
)
def test_exact_durations(seconds, text):
    assert exact_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-0.1, "0.00 ms"), (0.44, "440 ms"), (12.34, "12.3 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_ages(seconds, text):
    assert age_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 KB"),
        (384_123, "384 KB"),
        (999_700, "1.00 MB"),
        (1_073_741_824, "1.07 GB"),
    ],
)
def test_sizes(size, text):
    assert size_text(size) == text


def test_rates():
    assert rate_text(362e6) == "362 MB/s"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512", 512),
        ("512 B", 512),
        ("1 GB", 10**9),
        ("1 GiB", 1 << 30),
        ("1.5mb", 1_500_000),
        ("1,5 M", 1_500_000),
        (" 64kib ", 65_536),
        ("2Ki", 2048),
    ],
)
def test_a_size_is_read(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "0", "x", "-1", "1 XB", "1 B B", "0.1 B"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError):
        size_of(text)


@given(st.integers(1, 10**14))
def test_a_size_written_out_whole_is_read_back_exactly(size):
    assert size_of(whole_size_text(size)) == size
