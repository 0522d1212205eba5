"""How hypercorn runs here: quiet, one process, patient with idle connections, header names as they came."""

from hypercorn.config import Config

from antiphon.practice.certificate import Certificate

_IDLE_S = 3600
"""A connection that a person comes back to after a while is still there to be reused."""


def server_settings(plain: int, secure: int, certificate: Certificate) -> Config:
    """Return the settings for two listening sockets, given by their file descriptors."""
    config = Config()
    config.insecure_bind = [f"fd://{plain}"]
    config.bind = [f"fd://{secure}"]
    config.certfile = config.keyfile = str(certificate.server)
    config.errorlog = config.accesslog = None
    config.include_server_header = False
    config.h11_pass_raw_headers = True
    config.h11_max_incomplete_size = 256 << 10
    config.h2_max_header_list_size = 256 << 10
    config.keep_alive_timeout = _IDLE_S
    config.keep_alive_max_requests = 1_000_000_000
    return config
