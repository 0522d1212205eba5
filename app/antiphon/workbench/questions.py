"""What the engine asks while it sends, tied to the one document that is being sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from antiphon.core.errors import UserError
from antiphon.engine.session import Host
from antiphon.workbench.host import ProgramHost

AllowsDecoding = Callable[[int, int], Awaitable[bool]]
"""Gets the bytes that came and those they unpacked to so far."""


@dataclass(frozen=True, slots=True)
class DecodingQuestion:
    """A body unpacks to more than is unpacked unasked; *answer* may be called more than once, the first counts."""

    wire_bytes: int
    decoded_bytes: int
    answer: Callable[[bool], None]


class AskingHost:
    """A `Host` for one sending: its question about decoding goes to *allows*, where that is given, all else to *other*."""

    def __init__(self, allows: AllowsDecoding | None, other: Host | None) -> None:
        self._allows = allows
        self._other = other
        self._codes: list[str] = []

    async def allows_decoding(self, wire_bytes: int, decoded_bytes: int) -> bool:
        if self._allows is None:
            return await self._asked().allows_decoding(wire_bytes, decoded_bytes)
        return await self._allows(wire_bytes, decoded_bytes)

    async def authorize(self, url: str, redirect_url: str) -> str:
        return await self._asked().authorize(url, redirect_url)

    def show_device_code(self, code: str, url: str) -> None:
        self._codes.append(code)
        self._asked().show_device_code(code, url)

    def ended(self) -> None:
        """Take away the codes that were shown: nobody waits for them any more."""
        for code in self._codes:
            if isinstance(self._other, ProgramHost):
                self._other.hide_device_code(code)
        self._codes.clear()

    def _asked(self) -> Host:
        if self._other is None:
            raise UserError("Nobody can be asked to log in here.", "Choose a flow that needs no browser.")
        return self._other
