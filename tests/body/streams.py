"""Bodies of events that come in pieces, and what an index makes of them."""

from antiphon.body.events import CHUNK_BYTES
from antiphon.body.store import BodyStore


def arriving(index_type, text: bytes, cuts, *, chunk_bytes=CHUNK_BYTES):
    """Return the index of *text*, which came in the pieces that *cuts* make."""
    store = BodyStore(memory_limit_bytes=1 << 30)
    index = index_type(store)
    index.chunk_bytes = chunk_bytes
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        store.append(text[start:end])
        take_in(index)
    store.finish()
    take_in(index)
    assert index.is_current
    return index


def take_in(index):
    """Look at all that the body of *index* holds."""
    while index.advance():
        pass


def told(index):
    rows = []
    for number in range(index.count):
        head = index.head(number)
        data = b"".join(index.data_pieces(number))
        assert index.data(number, 1 << 30) == data
        rows.append((head.type, head.id, data.decode("utf-8", "replace")))
    return rows
