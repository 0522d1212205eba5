"""How hypercorn serves here: quiet, one process, patient with idle connections, header names as they came."""

import asyncio
import socket
from typing import NoReturn

from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config, Sockets
from hypercorn.utils import wrap_app

from antiphon.practice.app import app
from antiphon.practice.certificate import Certificate

_IDLE_S = 3600
"""A connection that a person comes back to after a while is still there to be reused."""
_LARGEST_HEAD_BYTES = 256 << 10


async def serve(plain: socket.socket, secure: socket.socket, certificate: Certificate) -> NoReturn:
    """Serve both listening sockets for ever.

    `hypercorn.asyncio.serve` would do, were it not for the option that it sets on every socket: Windows refuses
    SO_REUSEADDR on one that is held exclusively.
    """
    config = server_settings(certificate)
    served = wrap_app(app, config.wsgi_max_body_size, "asgi")  # type: ignore[arg-type]
    sockets = Sockets([secure], [plain], [])
    await worker_serve(served, config, sockets=sockets, shutdown_trigger=asyncio.Event().wait)
    raise AssertionError("nothing triggers a shutdown")


def server_settings(certificate: Certificate) -> Config:
    config = Config()
    config.certfile = config.keyfile = str(certificate.server)
    config.errorlog = config.accesslog = None
    config.include_server_header = False
    config.h11_pass_raw_headers = True
    config.h11_max_incomplete_size = _LARGEST_HEAD_BYTES
    config.h2_max_header_list_size = _LARGEST_HEAD_BYTES
    config.keep_alive_timeout = _IDLE_S
    config.keep_alive_max_requests = 1_000_000_000
    return config
