"""How long ago something was, in the largest unit that says enough."""

import time

import pytest

from antiphon.engine.ages import ago


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, ""),
        (3, "moments ago"),
        (61, "1 minute ago"),
        (3590, "59 minutes ago"),
        (7300, "2 hours ago"),
        (86500, "1 day ago"),
        (3.5 * 86400, "3 days ago"),
        (700 * 86400, "700 days ago"),
        (731 * 86400, "2 years ago"),
    ],
)
def test_ages(seconds, words):
    assert ago(time.time() - seconds) == words
