"""What a command gives back: output on stdout, sentences for people on stderr, an exit code."""

import sys

from antiphon.core.errors import UserError

SENT = 0
"""Every exchange ended with an answer, whatever its status."""
EXCHANGE_FAILED = 1
MISTAKE = 2
"""In the arguments, or in a file that they name."""
INTERRUPTED = 130
"""Ctrl+C: 128 and the number of SIGINT, as shells count."""
READER_GONE = 141
"""Whoever read our output closed it (`| head`): 128 and the number of SIGPIPE."""


def say(sentence: str, detail: str = "") -> None:
    """Write *sentence* for people to stderr, *detail* on a line of its own."""
    lines = [f"antiphon: {sentence}", *([f"  {detail}"] if detail else [])]
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def write(data: bytes) -> None:
    """Write *data* to stdout at once, past all buffers, so that a failed write leaves nothing to fail again.

    Raises:
        OSError: the disk behind it is full, or its reader is gone (BrokenPipeError).
    """
    sys.stdout.flush()
    out = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest) :]


def write_text(text: str) -> None:
    """Write *text* to stdout.

    Raises:
        BrokenPipeError: its reader is gone.
        UserError: it could not be written for another reason.
    """
    try:
        write(text.encode(errors="backslashreplace"))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError("Could not write to stdout.", f"{error.strerror}.") from error
