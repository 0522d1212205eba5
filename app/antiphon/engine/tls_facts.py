"""What was agreed on one TLS connection."""

import ipaddress
import ssl

from antiphon.core.events import TlsFacts
from antiphon.engine.backend import Stream
from antiphon.engine.certificate_facts import chain_facts
from antiphon.engine.chain import chain_of
from antiphon.engine.tls import TlsNeeds


def tls_facts(stream: Stream, needs: TlsNeeds, server_name: str) -> TlsFacts | None:
    """Return the facts of *stream*; None where it is plain.

    Args:
        server_name: What the handshake asked for.
    """
    secured = stream.get_extra_info("ssl_object")
    if not isinstance(secured, (ssl.SSLSocket, ssl.SSLObject)):
        return None
    cipher = secured.cipher()
    identity = needs.client_certificate
    return TlsFacts(
        version=secured.version() or "",
        cipher=cipher[0] if cipher else "",
        alpn=secured.selected_alpn_protocol(),
        server_name="" if _is_address(server_name) else server_name,
        is_verified=needs.verify,
        is_resumed=bool(secured.session_reused),
        certificates=chain_facts(chain_of(secured)),
        client_certificate=identity.certificate_file if identity else "",
    )


def _is_address(name: str) -> bool:
    """Return whether *name* is an IP address: it is verified, but not asked for (RFC 6066 section 3)."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
