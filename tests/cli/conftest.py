import pytest

from tests.cli.commands import Commands


@pytest.fixture
def antiphon(capfdbinary) -> Commands:
    """`antiphon("send", url)`: the command line in this process."""
    return Commands(capfdbinary)
