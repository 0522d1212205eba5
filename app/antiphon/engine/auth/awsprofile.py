"""Access keys out of the files that AWS's own tools keep, `~/.aws/credentials` and `~/.aws/config`."""

import configparser
import os
from dataclasses import dataclass
from pathlib import Path

from antiphon.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Profile:
    access_key_id: str
    secret_access_key: str
    session_token: str = ""
    region: str = ""


def profile_of(name: str) -> Profile | None:
    """Return the profile *name*; None where it has no access key.

    Raises:
        UserError: a file is there and cannot be read.
    """
    credentials = _section("AWS_SHARED_CREDENTIALS_FILE", "credentials", name)
    config = _section("AWS_CONFIG_FILE", "config", name if name == "default" else f"profile {name}")
    both = {**config, **credentials}
    key, secret = both.get("aws_access_key_id", ""), both.get("aws_secret_access_key", "")
    if not key or not secret:
        return None
    return Profile(key, secret, both.get("aws_session_token", ""), both.get("region", ""))


def _section(variable: str, name: str, section: str) -> dict[str, str]:
    path = Path(os.environ.get(variable) or Path.home() / ".aws" / name).expanduser()
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError, configparser.Error) as error:
        first = str(error).splitlines()[0]
        raise UserError(f"{path} could not be read.", f"{first}. It holds the AWS profiles.") from error
    return dict(parser[section]) if parser.has_section(section) else {}
