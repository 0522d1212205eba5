"""When bytes reached this computer, asked of the kernel: exact even while the program was busy elsewhere.

Linux stamps each packet as it comes in (socket(7), SO_TIMESTAMPNS). Elsewhere the time is that of the read.
"""

import socket
import struct
import sys
import time
from collections.abc import Iterable

_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@qq")
_SANE_S = 60.0
"""A stamp further back than this means that the clock was set meanwhile."""


def asked_for(sock: socket.socket) -> bool:
    """Ask for stamps on *sock*; return whether the system gives them."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return False
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    except OSError:
        return False
    return True


def arrival(sock: socket.socket) -> float | None:
    """Return when the next unread byte of *sock* came, as `time.perf_counter` would have said; None if unknown.

    Reads nothing away, so that it serves before a TLS read too.

    Raises:
        OSError: the connection broke; the system says so only once.
    """
    try:
        _, ancillary, _, _ = socket.socket.recvmsg(sock, 1, 64, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError, NotImplementedError):
        return None
    return _moment(ancillary)


def received_into(sock: socket.socket, view: memoryview) -> tuple[int, float | None]:
    """Receive into *view*; return how many bytes, and when the last of them came, as `time.perf_counter` would have said.

    Raises:
        OSError: nothing is there yet, or the connection broke.
    """
    count, ancillary, _, _ = socket.socket.recvmsg_into(sock, [view], 64)
    return count, _moment(ancillary)


def _moment(ancillary: Iterable[tuple[int, int, bytes]]) -> float | None:
    """Return the time of the stamp in *ancillary*; None where there is none that can be believed."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            age = time.time() - (seconds + nanoseconds / 1e9)
            return time.perf_counter() - age if 0 <= age < _SANE_S else None
    return None
