"""Whether a byte of JSON text lies inside a string, from counts of quotes and nothing parsed."""

OUTSIDE, INSIDE, ESCAPED = 0, 1, 2
"""States: outside strings, inside one, inside one right after a backslash that escapes the next byte."""


def state_after(text: bytes, state: int) -> int:
    r"""Return the state after *text*, which begins in *state*.

    A newline ends every string, since JSON allows none inside (RFC 8259 section 7): so what follows a newline is
    exact whatever came before, and a body with short lines never needs its past.
    """
    newline = text.rfind(b"\n")
    if newline >= 0:
        text, state = text[newline + 1 :], OUTSIDE
    if not text:
        return state
    if state == ESCAPED:
        text, state = text[1:], INSIDE
    if b"\\" not in text:
        return state ^ (text.count(b'"') & 1)
    ends_escaped = (len(text) - len(text.rstrip(b"\\"))) & 1
    single = text.replace(b"\\\\", b"")
    state ^= (single.count(b'"') - single.count(b'\\"')) & 1
    return ESCAPED if state and ends_escaped else state
