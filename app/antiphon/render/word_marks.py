"""Which words of two changed lines differ."""

import re
from difflib import SequenceMatcher

MOST_WORDS = 200
"""In the part between what both lines begin and end with; with more it is marked as a whole."""
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)

Range = tuple[int, int]
"""From a character to the one after the last."""


def word_marks(left: str, right: str) -> tuple[list[Range], list[Range]]:
    """Return the ranges of either line that the other does not have."""
    start = _common_start(left, right)
    end = _common_start(left[start:][::-1], right[start:][::-1])
    ours, theirs = left[start : len(left) - end], right[start : len(right) - end]
    words = _WORD.findall(ours), _WORD.findall(theirs)
    if not (ours and theirs) or max(map(len, words)) > MOST_WORDS:
        return _range(start, len(ours)), _range(start, len(theirs))
    marks: tuple[list[Range], list[Range]] = ([], [])
    at = [start, start]
    for kind, a, b, c, d in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for side, size in enumerate((sum(map(len, words[0][a:b])), sum(map(len, words[1][c:d])))):
            if kind != "equal":
                marks[side].extend(_range(at[side], size))
            at[side] += size
    return marks


def _range(start: int, size: int) -> list[Range]:
    return [(start, start + size)] if size else []


def _common_start(left: str, right: str) -> int:
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
