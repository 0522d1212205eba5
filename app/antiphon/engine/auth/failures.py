"""How authentication fails, said in a sentence."""

from antiphon.core.events import Failure
from antiphon.engine.failures import ExchangeBroken


def auth_failed(sentence: str, hint: str) -> ExchangeBroken:
    """Return a failure for which the window offers to go to the auth of the request."""
    return ExchangeBroken(Failure("auth", sentence, hint, remedies=("change_auth",)))
