"""Numbers as people read them, always with their unit, and sizes as people write them."""

import re

_SIZE = re.compile(r"(\d{1,15}(?:[.,]\d{1,6})?)\s*(B|[KMGT]i?B?)?", re.IGNORECASE)
_UNITS: dict[str, int] = {
    unit: int(base**power)
    for base, last in ((1024, "iB"), (1000, "B"))
    for power, unit in enumerate(("B", f"K{last}", f"M{last}", f"G{last}", f"T{last}"))
}


def duration_text(seconds: float) -> str:
    """Return *seconds* with three or so significant digits: `0.62 ms`, `142 ms`, `3.41 s`, `2 min 05 s`."""
    ms = seconds * 1000
    if ms < 10:
        return f"{ms:.2f} ms"
    if ms < 100:
        return f"{ms:.1f} ms"
    if ms < 1000:
        return f"{ms:.0f} ms"
    if seconds < 100:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def exact_text(seconds: float) -> str:
    """Return *seconds* to the microsecond, to stand below others: `620 µs`, `24.000 ms`, `3,414.251 ms`."""
    micros = round(seconds * 1_000_000)
    return f"{micros} µs" if abs(micros) < 1000 else f"{micros / 1000:,.3f} ms"


def age_text(seconds: float) -> str:
    """Return how long ago something was, without digits that mean nothing: `4.20 ms`, `12.3 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds < 1:
        return duration_text(max(0.0, seconds))
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def size_text(size_bytes: float) -> str:
    """Return *size_bytes* in decimal units: `999 B`, `384 KB`, `1.07 GB`."""
    if size_bytes < 1000:
        return f"{int(size_bytes)} B"
    value = float(size_bytes)
    for unit in ("KB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def rate_text(bytes_per_s: float) -> str:
    return f"{size_text(bytes_per_s)}/s"


def size_of(text: str) -> int:
    """Return the bytes that *text* says: `512`, `1.5 GB` (decimal), `64 KiB` (binary); a bare letter is decimal.

    Raises:
        ValueError: it says no size, or zero.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    number, unit = found.groups()
    unit = (unit or "B").upper().replace("I", "i")
    factor = _UNITS[unit if unit.endswith("B") else f"{unit}B"]
    size_bytes = round(float(number.replace(",", ".")) * factor)
    if size_bytes < 1:
        raise ValueError(text)
    return size_bytes


def whole_size_text(size_bytes: int) -> str:
    """Return *size_bytes* exactly, in the largest unit that needs no fraction: `1 GiB`, `1500 B`."""
    fitting = [(factor, unit) for unit, factor in _UNITS.items() if size_bytes % factor == 0 and size_bytes]
    factor, unit = max(fitting, default=(1, "B"))
    return f"{size_bytes // factor} {unit}"
