"""What a command says beside its output: exit codes to scripts, sentences to people."""

import sys

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
