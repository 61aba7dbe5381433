"""Colours by role, in one module, readable."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ui import theme

ROOT = Path(__file__).resolve().parents[2]
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b|rgba?\((?=\s*\d)(?!0,\s*0,\s*0,\s*0\))")
OURS = ("accounts", "data_access", "metrics", "pages", "reports", "jobs", "ui", "web")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_no_other_module_names_a_colour():
    """A colour that means something must mean it everywhere."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for package in OURS
        for path in (ROOT / package).rglob("*")
        if path.suffix in (".py", ".css") and path != ROOT / "ui" / "theme.py"
        for match in COLOUR.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_streamlits_own_file_repeats_the_theme():
    """Streamlit reads no other file; what it says must be what ui/theme.py says."""
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    expected = {
        "primaryColor": theme.ACCENT,
        "backgroundColor": theme.PAPER,
        "secondaryBackgroundColor": theme.PAPER_SOFT,
        "textColor": theme.INK,
        "linkColor": theme.ACCENT,
        "borderColor": theme.LINE,
        "dataframeBorderColor": theme.LINE,
        "redColor": theme.ALARM,
        "orangeColor": theme.ATTENTION,
        "blueColor": theme.CALM,
        "greenColor": theme.GOOD,
        "grayColor": theme.INK_SOFT,
        "font": theme.FONT,
        "headingFont": theme.FONT,
        "chartCategoricalColors": list(theme.SERIES),
    }
    sidebar = {
        "backgroundColor": theme.SIDEBAR,
        "secondaryBackgroundColor": theme.SIDEBAR_RAISED,
        "textColor": theme.SIDEBAR_INK,
        "primaryColor": theme.JADE,
        "borderColor": theme.SIDEBAR_LINE,
        "linkColor": theme.SIDEBAR_INK,
    }

    assert {key: written[key] for key in expected} == expected
    assert {key: written["sidebar"][key] for key in sidebar} == sidebar


@pytest.mark.parametrize("state", [*theme.STATES, "accent"])
def test_words_can_be_read_on_their_ground(state):
    """4.5 : 1, on the pale ground of the state and on paper."""
    assert contrast(theme.text(state), theme.wash(state)) >= 4.5
    assert contrast(theme.text(state), theme.PAPER) >= 4.5


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (theme.INK_SOFT, theme.PAPER),
        (theme.INK_SOFT, theme.PAPER_SOFT),
        (theme.SIDEBAR_INK, theme.SIDEBAR),
        (theme.PAPER, theme.SIDEBAR_RAISED),
    ],
)
def test_quiet_words_and_the_side_bar_can_be_read(ink, ground):
    assert contrast(ink, ground) >= 4.5


def test_every_state_has_a_shape_of_its_own():
    """Colour alone does not reach everyone."""
    assert len({theme.symbol(state) for state in theme.STATES}) == len(theme.STATES)


def test_the_style_sheet_asks_only_for_colours_that_exist():
    rules = (ROOT / "ui" / "style.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"--([a-z-]+):", theme.css_variables()))

    asked = set(re.findall(r"var\(--([a-z-]+)", rules))

    assert asked - {"pace"} <= defined  # a place on an axis, set by ui/html.py


def test_the_link_in_focus_is_told_from_the_page_one_is_on():
    """Streamlit only lightens it, which is what the page one is on looks like: a keyboard was lost among two."""
    rules = (ROOT / "ui" / "style.css").read_text(encoding="utf-8")
    focused = re.search(r'"stSidebarNavLink"\]:focus-visible \{([^}]*)\}', rules)

    assert focused is not None and "outline: 2px solid var(--paper)" in focused[1]
