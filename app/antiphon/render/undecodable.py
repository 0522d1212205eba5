"""How much of a body is no text in its charset."""

import codecs
import re

SLICE_BYTES = 1 << 14
_ESCAPED = re.compile("[\udc80-\udcff]")


class UndecodableBytes:
    """Counts bytes of slices fed one after the other, of characters in UTF-16 and UTF-32."""

    def __init__(self, charset: str) -> None:
        self.count = 0
        self._is_wide = charset.replace("_", "-").startswith(("utf-16", "utf-32"))
        self._decoder = codecs.getincrementaldecoder(charset)(
            "replace" if self._is_wide else "surrogateescape"
        )

    def feed(self, content: bytes, *, is_last: bool = False) -> None:
        """Count in *content*, some thousand bytes that follow those before."""
        try:
            text = self._decoder.decode(content, is_last)
        except UnicodeError:  # a codec that cannot escape what it does not know
            self.count += len(content)
            return
        if not text.isascii():
            self.count += text.count("\ufffd") if self._is_wide else len(_ESCAPED.findall(text))
