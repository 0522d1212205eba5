"""The guide says what the program does: its tables hold every name that they list, and no other."""

import re
from typing import get_args

import pytest

from antiphon.core.events import FailureKind
from antiphon.engine.http2_faults import CALM_FRAMES
from antiphon.engine.recorder import MAX_INTERIMS
from tests.conftest import ROOT
from tests.engine import faults_connecting, faults_http1, faults_http2

GUIDE = ROOT / "docs" / "guide"
FAILURES = (GUIDE / "failures.md").read_text("utf-8")
OTHERS = {"pool_timeout", "disk", "cancelled"}
"""Kinds that no server brings about; `test_engine` brings them about."""


def test_every_kind_of_failure_has_its_row():
    kinds = re.findall(r"^\| `(\w+)` \|(?:[^|]+\|){3}$", FAILURES, re.MULTILINE)
    assert sorted(kinds) == sorted(get_args(FailureKind))


def test_the_bounds_are_those_of_the_code():
    assert f"{MAX_INTERIMS:,} interim answers" in FAILURES
    assert f"{CALM_FRAMES:,} frames" in FAILURES


def test_every_kind_that_a_server_can_bring_about_stands_in_the_table_of_faults():
    faults = [*faults_connecting.FAULTS, *faults_http1.FAULTS, *faults_http2.FAULTS]
    assert {fault.kind for fault in faults} == set(get_args(FailureKind)) - OTHERS


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([\w./-]+\.md)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
