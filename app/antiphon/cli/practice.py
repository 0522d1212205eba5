"""`antiphon practice`: the practice server in the foreground."""

import argparse
import time

from antiphon.cli.speech import EXCHANGE_FAILED, SENT, say, write_text
from antiphon.practice.process import PracticeProcess, PracticeServer

_LOOK_EVERY_S = 0.2


def practice(options: argparse.Namespace) -> int:
    """Serve until Ctrl+C, which is the usual end here and no interruption.

    Raises:
        UserError: the server did not start.
    """
    asked = (("--port", options.port), ("--tls-port", options.tls_port))
    process = PracticeProcess([f"{name}={port}" for name, port in asked if port is not None])
    try:
        write_text(addresses_text(process.start()))
        while process.is_running:
            time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        return SENT
    finally:
        process.stop()
    say("The practice server ended by itself.", "Start it again.")
    return EXCHANGE_FAILED


def addresses_text(server: PracticeServer) -> str:
    """Return what a person needs to send requests to *server*."""
    return (
        f"{server.http}    HTTP/1.1, and HTTP/2 with --http 2\n"
        f"{server.https}   HTTP/2 and HTTP/1.1 over TLS with --cacert '{server.ca}'\n"
        "Ctrl+C ends the server.\n"
    )
