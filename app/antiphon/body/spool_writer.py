"""Appending to a spool file, in large steps."""

from antiphon.body.spool import SpoolFile

STEP_BYTES = 1 << 18


class SpoolWriter:
    """Holds up to `STEP_BYTES` back until `flush`. Its methods raise OSError where the disk is full."""

    def __init__(self, file: SpoolFile) -> None:
        self.file = file
        self._held = bytearray()
        self._written_bytes = 0

    def append(self, text: bytes) -> None:
        self._held += text
        if len(self._held) >= STEP_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was held back."""
        held, self._held = self._held, bytearray()
        rest = memoryview(held)
        while rest:
            taken = self.file.write(rest, self._written_bytes)
            self._written_bytes += taken
            rest = rest[taken:]

    def restart(self) -> None:
        """Write from the beginning again; what was written is written over."""
        self._held.clear()
        self._written_bytes = 0
