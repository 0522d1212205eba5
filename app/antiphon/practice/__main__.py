"""`python -m antiphon.practice`: serve until standard input closes, which it does when the parent ends.

Prints one line of JSON when requests can come: `{"http": ..., "https": ..., "ca": ...}`.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from antiphon.core.places import places
from antiphon.practice.certificate import Certificate, current_certificate

HOST = "127.0.0.1"
USUAL_PORT, USUAL_TLS_PORT = 8765, 8766


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    options = _options(arguments)
    plain = _listening(options.port, USUAL_PORT)
    secure = _listening(options.tls_port, USUAL_TLS_PORT)
    for number in {signal.SIGINT, signal.SIGTERM}:
        signal.signal(number, lambda *_: _leave())
    certificate = current_certificate(places().data / "practice")
    from antiphon.practice.settings import serve

    threading.Thread(target=_leave_with_the_parent, name="input", daemon=True).start()
    _announced(plain, secure, certificate)
    asyncio.run(serve(plain, secure, certificate))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m antiphon.practice",
        description="A server on this computer to send practice requests to. It ends when its input closes.",
    )
    usual = "default: {}, or any free port where that is taken; 0 takes any free port"
    parser.add_argument("--port", type=_port, help=f"plain HTTP ({usual.format(USUAL_PORT)})")
    parser.add_argument("--tls-port", type=_port, help=f"HTTP over TLS ({usual.format(USUAL_TLS_PORT)})")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


def _listening(port: int | None, usual: int) -> socket.socket:
    """Return a socket that listens on *port*, or, where None was asked for, on *usual* or any free port."""
    if port is not None:
        try:
            return _bound(port)
        except OSError as error:
            raise SystemExit(
                f"Could not listen on {HOST}:{port}: {error.strerror}. Choose another port."
            ) from error
    try:
        return _bound(usual)
    except OSError:
        return _bound(0)


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # SO_REUSEADDR would let two servers share a port there
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection; else a small answer waits 40 ms for a delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((HOST, port))
        listener.listen(100)
    except OSError:
        listener.close()
        raise
    return listener


def _announced(plain: socket.socket, secure: socket.socket, certificate: Certificate) -> None:
    """Say where requests can go: both sockets listen, so one that comes now waits for its turn."""
    addresses = {
        "http": f"http://{HOST}:{plain.getsockname()[1]}",
        "https": f"https://{HOST}:{secure.getsockname()[1]}",
        "ca": str(certificate.ca),
    }
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()


def _leave_with_the_parent() -> None:
    """End the process when standard input does: a closed pipe is the one sign of a dead parent on every system."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    _leave()


def _leave() -> NoReturn:
    """End at once: nothing here is worth saving, and a graceful stop would wait for `/timeout`."""
    os._exit(0)


if __name__ == "__main__":
    main()
