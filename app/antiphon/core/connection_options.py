"""How a prepared request reaches its server: the options with variables filled in, paths made absolute, proxy chosen."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from antiphon.core.content import file_of
from antiphon.core.context import Context, Filler
from antiphon.core.document import ClientCertificate, ProxySettings, RequestOptions
from antiphon.core.errors import UserError
from antiphon.core.target import request_target_of
from antiphon.core.template import Piece, Pieces, text_of

PROXY_PASSWORD = "proxy password"  # noqa: S105 - the name of one
"""What the password of the program's own proxy is called where a secret needs a name."""


def chosen_proxy(options: RequestOptions, context: Context) -> tuple[ProxySettings, str]:
    """Return the proxy that a request goes through, as it is written, and where it stands, for people.

    The request's own, else the collection's, else the program's; where all inherit, the system's.
    """
    places = [(options.proxy, "this request")]
    places += [(lent.proxy, place) for place, lent in context.places()[:1]]
    places.append((context.proxy, "the settings"))
    for proxy, place in places:
        if proxy.mode != "inherit":
            return proxy, place
    return ProxySettings("system"), "the system"


def filled_options(
    options: RequestOptions, context: Context, filler: Filler
) -> tuple[RequestOptions, tuple[Piece, ...]]:
    """Return *options* with every decision taken, and the secrets in them.

    Raises:
        UserError: the CA file is not there, or a proxy has no address. Variables without a value are left to
            *filler*.
    """
    filling = _Filling(context, filler)
    filled = replace(
        options,
        request_target=filling.target(options),
        ca_file=filling.ca_file(options.ca_file),
        proxy=filling.proxy(*chosen_proxy(options, context)),
        trust_store=context.trust_store if options.trust_store == "system" else options.trust_store,
        server_name=filling.text(options.server_name, "the server name"),
        resolve=tuple(filling.text(row, "an address override") for row in options.resolve),
        unix_socket=filling.path(options.unix_socket, "the Unix socket"),
        key_log_file=filling.path(options.key_log_file, "the key log file"),
        client_certificates=tuple(filling.certificates(options)),
    )
    return filled, tuple(filling.secrets)


@dataclass(slots=True)
class _Filling:
    context: Context
    filler: Filler
    secrets: list[Piece] = field(default_factory=list)

    def text(self, text: str, place: str) -> str:
        return self._noted(self.filler(text.strip(), place)) if text else ""

    def secret(self, text: str, place: str) -> str:
        return self._noted(self.filler(text, place))

    def path(self, text: str, place: str) -> str:
        """Return the path *text*, absolute where the context says what relative ones start from."""
        filled = self.text(text, place)
        base = self.context.base_dir
        path = Path(filled).expanduser()
        return str(path if base is None else base / path) if filled else ""

    def target(self, options: RequestOptions) -> str:
        if not options.request_target:
            return ""
        self.secret(options.request_target, "the request target")
        return request_target_of(options, self.filler)

    def ca_file(self, text: str) -> str:
        path = self.filler.at_once(text, "the CA file")
        return str(file_of(path, self.context)) if path else ""

    def proxy(self, proxy: ProxySettings, place: str) -> ProxySettings:
        if proxy.mode != "manual":
            return ProxySettings(proxy.mode)
        if not proxy.url.strip():
            raise UserError(
                f"The proxy of {place} has no address.",
                "Write one such as http://127.0.0.1:3128, or choose none.",
            )
        filled = ProxySettings(
            "manual",
            self.text(proxy.url, "the proxy"),
            self.secret(proxy.username, "the proxy's user name"),
            self.secret(proxy.password, "the proxy's password"),
            self.text(proxy.bypass, "the hosts without proxy"),
        )
        if proxy is self.context.proxy and filled.password:
            self.secrets.append(Piece(filled.password, PROXY_PASSWORD, is_secret=True))
        return filled

    def certificates(self, options: RequestOptions) -> list[ClientCertificate]:
        """Return the request's own client certificates, then the collection's, those that are switched off left out."""
        lent = [lent.certificates for _, lent in self.context.places()[:1]]
        rows = [*options.client_certificates, *(row for rows in lent for row in rows)]
        return [self._certificate(row) for row in rows if row.enabled and row.certificate_file.strip()]

    def _certificate(self, row: ClientCertificate) -> ClientCertificate:
        host = self.text(row.host, "the host of a client certificate")
        place = f"the client certificate for {host}"
        return replace(
            row,
            host=host,
            certificate_file=self.path(row.certificate_file, place),
            key_file=self.path(row.key_file, place),
            passphrase=self.secret(row.passphrase, f"the passphrase of {place}"),
        )

    def _noted(self, pieces: Pieces) -> str:
        self.secrets += [piece for piece in pieces if piece.is_secret and piece.text]
        return text_of(pieces)
