"""Guards the pin in pyproject.toml: PySide6 6.12.0 lost one reference to None per call on Python 3.11, until it aborted."""

import sys

import pytest
from PySide6.QtCore import QObject


def lost_references(thing: object, call) -> int:
    before = sys.getrefcount(thing)
    for _ in range(2000):
        call()
    return before - sys.getrefcount(thing)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_calls_into_qt_lose_no_reference_to_none_and_true():
    thing = QObject()
    thing.setObjectName("x")
    assert abs(lost_references(None, lambda: thing.setObjectName("x"))) < 100
    assert abs(lost_references(None, thing.parent)) < 100
    assert abs(lost_references(True, lambda: thing.inherits("QObject"))) < 100
    assert abs(lost_references(False, thing.signalsBlocked)) < 100
