"""Every text colour on every ground it stands on is readable (WCAG 2.2 AA, success criteria 1.4.3 and 1.4.11)."""

import pytest

from antiphon.ui.theme import DARK, LIGHT, Tokens

METHODS = ("get", "post", "put", "patch", "delete")
SYNTAX = ("key", "string", "number", "constant", "punctuation")
GROUNDS = ("bg", "side", "raised", "field", "selection")
TEXTS = [
    *(("text", ground) for ground in GROUNDS),
    *(("dim", ground) for ground in GROUNDS),
    *((method, ground) for method in METHODS for ground in GROUNDS),
    *((color, "bg") for color in SYNTAX),
    ("faint", "bg"),
    ("accent", "bg"),
    ("accent", "raised"),
    ("on_accent", "accent"),
]
LINES = [(line, ground) for line in ("border", "accent") for ground in ("bg", "side", "raised", "field")]


def luminance(color: str) -> float:
    """Return the relative luminance of `#RRGGBB` (WCAG 2.2, "relative luminance")."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_weak(tokens: Tokens, pairs: list[tuple[str, str]], least: float) -> list[str]:
    ratios = [(ink, ground, contrast(getattr(tokens, ink), getattr(tokens, ground))) for ink, ground in pairs]
    return [f"{ink} on {ground}: {ratio:.2f}" for ink, ground, ratio in ratios if ratio < least]


def test_contrast_of_black_on_white_is_21_and_of_a_known_grey_4_54():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_each_ground_it_stands_on(tokens):
    assert too_weak(tokens, TEXTS, 4.5) == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_of_controls_stand_out(tokens):
    assert too_weak(tokens, LINES, 3.0) == []
