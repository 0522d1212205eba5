"""Comparing two texts in the test's own process, and reading what came out."""

import json
import sys
from array import array

from antiphon.body.compare import BodyComparison, ComparedSide, CompareOptions, Outputs
from antiphon.body.comparison import ComparedPieces, ComparedText
from antiphon.body.ignored_paths import patterns_of
from antiphon.body.pieces import Sign
from antiphon.body.spool import SpoolFile


def spooled(content, folder):
    file = SpoolFile.create(folder)
    written = 0
    while written < len(content):
        written += file.write(memoryview(content)[written:], written)
    return file


class Compared:
    """*left* and *right* compared; close it. `rows` gives (sign, left text, right text) of every row."""

    def __init__(self, left, right, folder, language="json", charset="utf-8", right_language=None, **options):
        options["ignored"] = patterns_of(options.get("ignored", ""))
        self.sides = [
            ComparedSide(spooled(left, folder), language, charset),
            ComparedSide(spooled(right, folder), right_language or language, charset),
        ]
        self.outputs = Outputs(*(SpoolFile.create(folder) for _ in Outputs._fields))
        self.outcome = BodyComparison(*self.sides, CompareOptions(**options), self.outputs).run()
        numbers = array("I", self.outputs.pieces.read(0, self.outputs.pieces.size()))
        if sys.byteorder == "big":
            numbers.byteswap()
        self.pieces = ComparedPieces(numbers, self.outputs.paths)
        texts = [
            (self.outputs[n], "utf-8") if self.outcome.uses_text[n] else (self.sides[n].body, charset)
            for n in (0, 1)
        ]
        self.texts = [ComparedText(file, self.outputs[2 + n], known) for n, (file, known) in enumerate(texts)]

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for file in (*self.outputs, *(side.body for side in self.sides)):
            file.close()

    def rows(self):
        for number in range(len(self.pieces)):
            for place in range(self.pieces.counts[number]):
                row = self.pieces.row(number, place)
                yield row.sign, self._text(0, row.left), self._text(1, row.right)

    def differences(self):
        """Return the path of each difference with its sign."""
        return [(Sign(self.pieces.sign(n)), self.pieces.path(n)) for n in self.pieces.differences]

    def _text(self, side, row):
        return None if row is None else self.texts[side].row(row).text.decode("utf-8", "surrogateescape")


def document_of(lines):
    """Return the JSON that laid out *lines* are, whatever commas stand at their ends."""
    words = []
    for line in lines:
        text = line.strip().rstrip(",")
        if words and text not in ("}", "]") and words[-1][-1:] not in ("{", "["):
            words.append(",")
        elif words and text in ("}", "]") and words[-1] == ",":
            words.pop()
        words.append(text)
    return json.loads("".join(words))
