"""How long ago something was, in words."""

import time

_UNITS = ((730 * 86400, 365 * 86400, "year"), (86400, 86400, "day"), (3600, 3600, "hour"), (60, 60, "minute"))
"""From how many seconds on a unit is used, and how many it has."""


def ago(moment: float) -> str:
    """Return `3 days ago` for *moment*, seconds since 1970; empty where it is not past."""
    passed = time.time() - moment
    if passed < 0:
        return ""
    for least, size, unit in _UNITS:
        if passed >= least:
            count = int(passed // size)
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "moments ago"
