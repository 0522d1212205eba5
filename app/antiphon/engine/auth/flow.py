"""Which flow a request needs."""

from collections.abc import Callable

from antiphon.core.document import AwsAuth, DigestAuth, NtlmAuth, OAuth1Auth, OAuth2Auth
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.auth.aws import aws_flow
from antiphon.engine.auth.digest import digest_flow
from antiphon.engine.auth.ntlm import ntlm_flow
from antiphon.engine.auth.oauth1 import oauth1_flow
from antiphon.engine.auth.oauth2 import oauth2_flow
from antiphon.engine.auth.steps import Flow
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


def _is_elsewhere(prepared: PreparedRequest) -> bool:
    """Return whether the auth stands in the query or body, where it is in no header's way."""
    match prepared.auth:
        case OAuth1Auth(placement=placement):
            return placement != "header"
        case OAuth2Auth(token_in=place):
            return place == "query"
        case _:
            return False
