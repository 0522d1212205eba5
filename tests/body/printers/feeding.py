"""Text fed to a printer in pieces, for the tests of all printers."""


def printed(printer, text, cuts=(1 << 20,)):
    """Return what *printer* makes of *text* fed in pieces of these sizes, again and again, and its fault."""
    out, place, turn = [], 0, 0
    while place < len(text):
        size = cuts[turn % len(cuts)]
        out.append(printer.feed(text[place : place + size]))
        place, turn = place + size, turn + 1
    return b"".join([*out, printer.finish()]), printer.fault


def squeezed(text):
    """Return *text* without white space."""
    return b"".join(text.split())


def agrees(make, text, cuts):
    """Check what holds for all printers and any text, and return the text that is laid out.

    Nothing but white space differs, pieces do not matter, and after a fault all is as it came.
    """
    shown, fault = printed(make(), text)
    assert squeezed(shown) == squeezed(text)
    assert printed(make(), text, cuts) == (shown, fault)
    if fault is not None:
        assert shown[fault.shown_offset :] == text[fault.offset :]
    return shown
