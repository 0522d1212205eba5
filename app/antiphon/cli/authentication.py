"""The options for who to be: curl's own words, one kind of auth for each."""

import argparse
import getpass

from antiphon.core.document import Auth, AwsAuth, BasicAuth, BearerAuth, DigestAuth, NtlmAuth
from antiphon.core.errors import UserError


def add_authentication(parser: argparse.ArgumentParser) -> None:
    """Add the options; each says in one group what -u means."""
    group = parser.add_argument_group("who you are")
    group.add_argument(
        "-u", "--user", metavar="USER:PASSWORD", help="basic authentication; asks for a missing password"
    )
    kind = group.add_mutually_exclusive_group()
    add = kind.add_argument
    add("--basic", action="store_const", const="basic", dest="auth", help="the usual meaning of -u")
    add("--digest", action="store_const", const="digest", dest="auth", help="digest authentication with -u")
    add(
        "--ntlm", action="store_const", const="ntlm", dest="auth", help="NTLM with -u 'DOMAIN\\USER:PASSWORD'"
    )
    add("--negotiate", action="store_const", const="negotiate", dest="auth",
        help="Kerberos, as who is logged in or with -u")  # fmt: skip
    add("--oauth2-bearer", metavar="TOKEN", help="a bearer token")
    add(
        "--aws-sigv4", metavar="aws:amz[:REGION[:SERVICE]]", help="AWS Signature Version 4 with -u KEY:SECRET"
    )


def authenticated(saved: Auth, options: argparse.Namespace) -> Auth:
    """Return the auth that *options* give, *saved* where they give none.

    Raises:
        UserError: a kind misses its user, or cannot be understood.
    """
    if options.oauth2_bearer is not None:
        return BearerAuth(options.oauth2_bearer)
    if options.aws_sigv4 is not None:
        return _aws(options)
    match options.auth:
        case "digest":
            return DigestAuth(*_user(options))
        case "ntlm":
            return _windows(*_user(options), is_negotiate=False)
        case "negotiate":
            user, password = _user(options) if options.user not in (None, "", ":") else ("", "")
            return _windows(user, password, is_negotiate=True)
        case "basic":
            return BasicAuth(*_user(options))
        case _:
            return saved if options.user is None else BasicAuth(*_user(options))


def _aws(options: argparse.Namespace) -> AwsAuth:
    provider, _, rest = options.aws_sigv4.partition(":")
    _second, _, rest = rest.partition(":")
    region, _, service = rest.partition(":")
    if provider.lower() != "aws":
        raise UserError(
            f"“{options.aws_sigv4}” is not of AWS.",
            "Write --aws-sigv4 aws:amz, or with :REGION:SERVICE behind it.",
        )
    if options.user is None:
        return AwsAuth(region=region, service=service, profile="default")
    key, secret = _user(options)
    return AwsAuth(key, secret, region=region, service=service)


def _windows(user: str, password: str, *, is_negotiate: bool) -> NtlmAuth:
    domain, backslash, name = user.partition("\\")
    return NtlmAuth(name if backslash else user, password, domain if backslash else "", is_negotiate)


def _user(options: argparse.Namespace) -> tuple[str, str]:
    if options.user is None:
        raise UserError("Nobody is named.", "Write -u USER:PASSWORD too.")
    name, colon, password = options.user.partition(":")
    if not colon:
        try:
            password = getpass.getpass(f"Password for {name}: ")
        except EOFError as error:
            raise UserError("No password was given.", "Write -u USER:PASSWORD.") from error
    return name, password
