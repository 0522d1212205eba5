"""Which flow a request needs."""

from collections.abc import Callable

from antiphon.core.document import AwsAuth, DigestAuth, NtlmAuth, OAuth1Auth, OAuth2Auth
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.auth.aws import aws_flow
from antiphon.engine.auth.digest import digest_flow
from antiphon.engine.auth.ntlm import ntlm_flow
from antiphon.engine.auth.oauth1 import oauth1_flow
from antiphon.engine.auth.oauth2 import oauth2_flow
from antiphon.engine.auth.steps import Flow, Send, Work
from antiphon.engine.session import Session


def flow_of(prepared: PreparedRequest, session: Session, clock: Callable[[], float]) -> Flow | None:
    """Return how to send *prepared*; None where it can go as it is.

    That is so for the kinds that `prepare` puts into a header, and where the user wrote an own Authorization.

    Args:
        clock: Gives seconds since 1970.
    """
    if prepared.header("authorization") is not None and not _is_elsewhere(prepared):
        return None
    match prepared.auth:
        case DigestAuth() as auth if auth.username or auth.password:
            return digest_flow(prepared, auth, session.memory)
        case OAuth1Auth() as auth:
            return oauth1_flow(prepared, auth, clock)
        case OAuth2Auth() as auth:
            return oauth2_flow(prepared, auth, session.tokens, clock)
        case AwsAuth() as auth:
            return aws_flow(prepared, auth, clock)
        case NtlmAuth() as auth:
            return ntlm_flow(prepared, auth)
        case _:
            return None


def rehearsed(prepared: PreparedRequest, session: Session, clock: Callable[[], float]) -> PreparedRequest:
    """Return *prepared* as it would go out first, with the auth that is known without asking anybody.

    Signatures are made and a kept token is used; where a token or a challenge has to come first, the request is as it
    was. It reads files and the keyring: call it in a thread.

    Raises:
        UserError, ExchangeBroken: the auth cannot be made.
    """
    flow = flow_of(prepared, session, clock)
    if flow is None:
        return prepared
    step = next(flow)
    while isinstance(step, Work):
        step = flow.send(step.call())
    flow.close()
    return step.request if isinstance(step, Send) and step.purpose != "token" else prepared


def _is_elsewhere(prepared: PreparedRequest) -> bool:
    """Return whether the auth stands in the query or body, where it is in no header's way."""
    match prepared.auth:
        case OAuth1Auth(placement=placement):
            return placement != "header"
        case OAuth2Auth(token_in=place):
            return place == "query"
        case _:
            return False
