"""The line of ignored paths."""

import pytest

from antiphon.core.document import RequestDocument
from antiphon.ui.compare.ignore_bar import IgnoreBar
from antiphon.ui.theme import Theme
from antiphon.workbench.comparing import Comparing
from antiphon.workbench.document import OpenDocument


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("$.items[12].at", "$.items[*].at"),
        ("$[0][1]", "$[*][*]"),
        ("$['[0]'][3]['a[1]']", "$['[0]'][*]['a[1]']"),
        ("$['it\\'s [7]']", "$['it\\'s [7]']"),
    ],
)
def test_numbers_of_elements_become_stars_but_names_stay_as_they_are(qtbot, path, ignored):
    bar = IgnoreBar(Theme("light"), Comparing(OpenDocument(RequestDocument(url="http://a.test/"))))
    qtbot.addWidget(bar)
    bar.add(path)
    assert bar.field.text() == ignored
    assert bar.field.toolTip().startswith("Paths parted by blanks")
    bar.close_work()
