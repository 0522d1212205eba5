"""The window reads nothing that decodes or parses what a server sent as a picture."""

import subprocess
import sys


def test_the_window_loads_no_decoder_for_a_preview():
    heavy = (
        "xml.parsers.expat",
        "email",
        "urllib.request",
        "antiphon.ui.viewer.pictureprocess",
    )
    code = f"import sys, antiphon.ui.viewer.preview_page; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == "[]"
