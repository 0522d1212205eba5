"""Where the block ends that a line begins, told by indentation alone: true of laid out JSON, markup and YAML.

Nothing is parsed, so it works in bodies of any size and in broken ones.
"""

import re
from collections.abc import Iterator

from antiphon.body.store import BodySource

STEP_BYTES = 1 << 18
"""Read at once: below a millisecond of work."""
LONGEST_INDENT_BYTES = 1 << 10


def indent_of(line: bytes) -> int:
    """Return how many bytes of blanks *line* begins with."""
    return len(line) - len(line.lstrip(b" \t"))


def is_blank(line: bytes) -> bool:
    return not line.strip()


def block_end(body: BodySource, offset: int, indent: int) -> Iterator[int | None]:
    """Look for the first line after *offset* that is indented by *indent* bytes or less and not blank.

    Gives None after each step of the work, and while it waits for a body that still arrives; at last the offset at which
    that line begins, the body's end where there is none.

    Args:
        offset: Of the newline that ends the line that begins the block, or of a byte before it on the same line.
    """
    pattern = re.compile(rb"\n[ \t]{0,%d}[^ \t\r\n]" % min(indent, LONGEST_INDENT_BYTES))
    margin = min(indent, LONGEST_INDENT_BYTES) + 2
    while True:
        is_over = body.is_finished  # asked before the size: what was added before it is seen
        size = body.size_bytes
        text = body.read(offset, min(STEP_BYTES, size - offset))
        if (match := pattern.search(text)) is not None:
            yield offset + match.start() + 1
            return
        if offset + len(text) >= size or len(text) <= margin:
            if is_over:
                yield size
                return
        else:
            offset += len(text) - margin
        yield None


def block_start(body: BodySource, offset: int, indent: int) -> Iterator[int | None]:
    """Look back from *offset* for the last line that is indented by less than *indent* bytes and not blank.

    Gives None after each step of the work, and at last the offset at which that line begins; -1 where there is none.
    """
    if indent <= 0:
        yield -1
        return
    pattern = re.compile(rb"(?:\A|\n)[ \t]{0,%d}[^ \t\r\n]" % min(indent - 1, LONGEST_INDENT_BYTES))
    margin = min(indent - 1, LONGEST_INDENT_BYTES) + 2
    end = offset
    while True:
        start = max(0, end - STEP_BYTES)
        text = body.read(start, end - start)
        found = [match.start() for match in pattern.finditer(text) if match[0][:1] == b"\n" or start == 0]
        if found:
            place = found[-1]
            yield start + place + (text[place : place + 1] == b"\n")
            return
        if start == 0:
            yield -1
            return
        end = min(end - 1, start + margin)
        yield None


def next_block(body: BodySource, offset: int, indent: int, *, stays_inside: bool) -> Iterator[int | None]:
    """Look from the line that begins at *offset* on for one that is indented by *indent* bytes and holds deeper ones.

    Gives None after each step of the work; at last the offset of the newline that ends that line, -1 where there is none
    in what has arrived. A line of more than `STEP_BYTES` is passed over.

    Args:
        stays_inside: Look no further than to a line that is indented less.
    """
    indent = min(indent, LONGEST_INDENT_BYTES)
    pattern = re.compile(_block_begins(indent) + (rb"|" + _less_indented(indent) if stays_inside else b""))
    is_inside_line = False
    while True:
        text = body.read(offset, STEP_BYTES)
        first = text.find(b"\n") if is_inside_line else 0
        match = pattern.search(text, first) if first >= 0 else None
        if match is not None or len(text) < STEP_BYTES:
            yield -1 if match is None or match[1] is None else offset + match.start(1)
            return
        last_line = text.rstrip().rfind(b"\n") + 1
        is_inside_line = last_line == 0
        offset += last_line or len(text) - 1
        yield None


def _block_begins(indent: int) -> bytes:
    blank = rb"(?:[ \t\r]*+\n)*+"
    return rb"(?:\A|\n)[ \t]{%d}[^ \t\r\n][^\n]*+(\n)%b[ \t]{%d}[ \t]*+[^ \t\r\n]" % (
        indent,
        blank,
        indent + 1,
    )


def _less_indented(indent: int) -> bytes:
    return rb"(?:\A|\n)[ \t]{0,%d}[^ \t\r\n]" % (indent - 1) if indent else rb"(?!)"
