"""A screen reader for tests, run by a Python that has AT-SPI: reads the body of the window and prints what it got.

    python3 tests/journeys/screen_reader.py WORD

It waits until the body's line holds WORD, then asks for the line, moves the caret and selects, as a person's would.
"""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - only after its version is chosen

LIMIT_S = 25


def found(parent, name):
    """Return the object called *name* at or below *parent*, None if there is none."""
    if parent is None or parent.get_name() == name:
        return parent
    children = (parent.get_child_at_index(at) for at in range(parent.get_child_count()))
    return next((below for child in children if (below := found(child, name)) is not None), None)


def body_with(word):
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        try:
            body = found(Atspi.get_desktop(0), "Response body")
            if body is not None and word in body.get_description():
                return body
        except GLib.Error:
            pass  # the window is not there yet, or was just being built
        time.sleep(0.2)
    sys.exit(f"no body whose line holds {word!r} was found")


def main():
    body, text = body_with(sys.argv[1]), Atspi.Text
    line = text.get_string_at_offset(body, body.get_caret_offset(), Atspi.TextGranularity.LINE)
    told = {"description": body.get_description(), "interfaces": body.get_interfaces(), "line": line.content}
    told["whole"] = text.get_text(body, 0, body.get_character_count())
    text.add_selection(body, line.start_offset, line.start_offset + 4)
    selected = text.get_selection(body, 0)
    told["selected"] = text.get_text(body, selected.start_offset, selected.end_offset)
    text.set_caret_offset(body, line.end_offset + 1)
    time.sleep(0.3)
    told["caret"] = body.get_caret_offset() - line.end_offset
    told["after"] = body.get_description()
    print(json.dumps(told))


main()
