"""Whether two JSON numbers are the same value, exactly: neither floats nor decimals, which round."""

import re

_NUMBER = re.compile(rb"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,18}))?")


def number_value(text: bytes) -> bytes:
    """Return one spelling for all spellings of the value of the number *text* (`1.0`, `10e-1` and `1`).

    An exponent of more than 18 digits stays as it is written.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    sign, whole, fraction, exponent = found.groups()
    fraction = fraction or b""
    digits = (whole + fraction).lstrip(b"0")
    if not digits:
        return b"0"
    significant = digits.rstrip(b"0")
    power = int(exponent or 0) - len(fraction) + len(digits) - len(significant)
    return b"%b%be%d" % (sign, significant, power)
