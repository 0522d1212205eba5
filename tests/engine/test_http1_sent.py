"""What left of an HTTP/1.1 request is what the socket took, whatever was offered."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.events import SENT_BODY_BYTES, Sent
from antiphon.engine.http1_sent import Http1Sent

HEAD = b"PUT / HTTP/1.1\r\n\r\n"


class Counter:
    """A stream as far as it counts."""

    written_bytes = 100


@given(st.lists(st.binary(max_size=20), max_size=6), st.floats(0, 1))
def test_what_is_told_is_cut_where_the_socket_stopped(pieces, share):
    stream = Counter()
    sent = Http1Sent(stream, len(HEAD))
    wire = HEAD + b"".join(pieces)
    for piece in (HEAD, *pieces):
        sent.offer(piece)
    sent.is_whole = True
    left = round(share * len(wire))
    stream.written_bytes = 100 + left
    body = max(left - len(HEAD), 0)
    assert sent.facts() == Sent(
        head=wire[:left][: len(HEAD)],
        body=wire[len(HEAD) : len(HEAD) + body],
        body_bytes=body,
        is_complete=left == len(wire),
    )


def test_a_large_body_is_counted_in_full_and_kept_in_part():
    stream = Counter()
    sent = Http1Sent(stream, len(HEAD))
    for piece in (HEAD, *[bytes([number]) * 300_000 for number in range(10)]):
        sent.offer(piece)
        stream.written_bytes += len(piece)
    facts = sent.facts()
    assert (facts.head, len(facts.body), facts.body_bytes) == (HEAD, SENT_BODY_BYTES, 3_000_000)
    assert facts.body[-1] == 3
    assert not facts.is_complete
