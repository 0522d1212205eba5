"""-u and what else says who one is."""

import pytest

from antiphon.cli.arguments import parsed
from antiphon.cli.authentication import authenticated
from antiphon.core.document import (
    ApiKeyAuth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    NtlmAuth,
)
from antiphon.core.errors import UserError

SAVED = ApiKeyAuth("a", "b")


def made(*arguments):
    return authenticated(SAVED, parsed(["send", "http://h", *arguments]))


@pytest.mark.parametrize(
    ("arguments", "auth"),
    [
        ([], SAVED),
        (["-u", "a:b:c"], BasicAuth("a", "b:c")),
        (["--basic", "-ua:b"], BasicAuth("a", "b")),
        (["--digest", "-u", "a:b"], DigestAuth("a", "b")),
        (["-u", "D\\a:b", "--ntlm"], NtlmAuth("a", "b", "D")),
        (["--negotiate"], NtlmAuth(is_negotiate=True)),
        (["--negotiate", "-u", ":"], NtlmAuth(is_negotiate=True)),
        (["--negotiate", "-u", "a:b"], NtlmAuth("a", "b", is_negotiate=True)),
        (["--oauth2-bearer", "t"], BearerAuth("t")),
        (["--aws-sigv4", "aws:amz:eu-west-1:s3", "-u", "K:S"], AwsAuth("K", "S", region="eu-west-1", service="s3")),
        (["--aws-sigv4", "aws", "-u", "K:S"], AwsAuth("K", "S")),
        (["--aws-sigv4", "aws:amz"], AwsAuth(profile="default")),
    ],
)  # fmt: skip
def test_an_option_says_who_one_is(arguments, auth):
    assert made(*arguments) == auth


@pytest.mark.parametrize(
    "arguments", [["--digest"], ["--ntlm"], ["--basic"], ["--aws-sigv4", "osc", "-u", "a:b"]]
)
def test_what_is_missing_is_told(arguments):
    with pytest.raises(UserError):
        made(*arguments)


def test_two_kinds_at_once_are_a_mistake():
    with pytest.raises(SystemExit):
        made("--digest", "--ntlm", "-u", "a:b")


def test_a_missing_password_is_asked_for(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"asked {prompt}")
    assert made("--digest", "-u", "ada") == DigestAuth("ada", "asked Password for ada: ")
