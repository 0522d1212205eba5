"""The dates of cookies, in any of the orders in which servers write them (RFC 6265 section 5.1.1)."""

import calendar
import re

_DELIMITERS = re.compile(r"[\x09\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?", re.DOTALL)
_DAY = re.compile(r"(\d{1,2})(?:\D.*)?", re.DOTALL)
_YEAR = re.compile(r"(\d{2,4})(?:\D.*)?", re.DOTALL)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(text: str) -> float | None:
    """Return the moment that *text* names in seconds since 1970; None where a part is missing or impossible."""
    found: dict[str, tuple[int, ...]] = {}
    for token in _DELIMITERS.split(text):
        _note_part(token, found)
    if len(found) < 4:
        return None
    (year,), (month,), (day,), clock = found["year"], found["month"], found["day"], found["time"]
    year += 1900 if 70 <= year <= 99 else 2000 if year <= 69 else 0
    hour, minute, second = clock
    if year < 1601 or not 1 <= day <= 31 or hour > 23 or minute > 59 or second > 59:
        return None
    if day > calendar.monthrange(year, month)[1]:
        return None
    return float(calendar.timegm((year, month, day, hour, minute, second)))


def _note_part(token: str, found: dict[str, tuple[int, ...]]) -> None:
    if "time" not in found and (match := _TIME.fullmatch(token)):
        found["time"] = tuple(int(part) for part in match.groups())
    elif "day" not in found and (match := _DAY.fullmatch(token)):
        found["day"] = (int(match[1]),)
    elif "month" not in found and token[:3].lower() in _MONTHS:
        found["month"] = (_MONTHS.index(token[:3].lower()) + 1,)
    elif "year" not in found and (match := _YEAR.fullmatch(token)):
        found["year"] = (int(match[1]),)
