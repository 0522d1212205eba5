"""Base64 and quoted-printable, decoded while they arrive, whatever is wrong with them."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.body.store import BodyStore
from antiphon.body.transfer import DecodedBody


def decoded(content: bytes, coding: str, step: int = 1 << 20) -> bytes:
    source = BodyStore()
    body = DecodedBody(source, coding)
    for start in range(0, len(content), step):
        source.append(content[start : start + step])
        body.step(1)
    source.finish()
    while not body.is_finished:
        body.step(1)
    found = body.read(0, body.size_bytes)
    body.close()
    return found


@given(some.binary(max_size=200), some.integers(1, 80))
def test_base64_in_any_pieces(content, step):
    assert decoded(base64.encodebytes(content).replace(b"\n", b"\r\n"), "base64", step) == content


@given(some.text("ab=\t \n\ré", max_size=80).map(str.encode), some.integers(1, 80))
def test_quoted_printable_in_any_pieces(content, step):
    coded = quopri.encodestring(content)
    assert decoded(coded, "quoted-printable", step) == quopri.decodestring(coded)
    assert decoded(content, "quoted-printable", step) == quopri.decodestring(content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"QUJD", b"ABC"),
        (b"Q U=J-D", b"ABC"),
        (b"QUI", b"AB"),
        (b"QUJDR", b"ABC"),
        (b"====", b""),
        (b"\xff", b""),
    ],
)
def test_what_is_no_base64_is_left_out(content, found):
    assert decoded(content, "base64") == found


def test_a_line_without_end_is_decoded_all_the_same():
    assert decoded(b"a=3D" * 100_000, "quoted-printable", 70_001) == b"a=" * 100_000


@given(some.binary(max_size=60), some.sampled_from(["base64", "quoted-printable"]), some.integers(1, 9))
def test_any_bytes_decode_to_something(content, coding, step):
    assert len(decoded(content, coding, step)) <= len(content)
