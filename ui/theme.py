"""Colours by role: the only module of the product that may name a colour.

`.streamlit/config.toml` repeats some of them, because Streamlit reads no other
file; a test compares the two.
"""

from __future__ import annotations

INK = "#16243A"
INK_SOFT = "#5A6B85"
LINE = "#E1E7EF"
RULE = "#C9D1DC"
"""A line in a spreadsheet, where `LINE` would vanish between the program's own."""
OFFICIAL_RED = "#D0021B"
"""The head and the line of an official paper (GB/T 9704)."""
TRACK = "#E6EDF4"
PAPER = "#FFFFFF"
PAPER_SOFT = "#F5F7FA"
SIDEBAR = "#0E2238"
SIDEBAR_INK = "#DCE6F2"
SIDEBAR_RAISED = "#31475F"
SIDEBAR_LINE = "#24405E"
JADE = "#3FE0C5"

ACCENT = "#0F6E84"
ACCENT_LIGHT = "#8FB8C6"
ACCENT_WASH = "#E3F1F4"
CALM = "#5B7FB8"
GOOD = "#7A9A3A"
ATTENTION = "#E08A1E"
ALARM = "#B84A3E"

GOOD_WASH, GOOD_TEXT = "#EDF4DF", "#47611B"
CALM_WASH, CALM_TEXT = "#E8EEF8", "#33548A"
ATTENTION_WASH, ATTENTION_TEXT = "#FFF8E3", "#7A4D00"
ALARM_WASH, ALARM_TEXT = "#FDEEEE", "#97302A"
MUTED_WASH, MUTED_TEXT = "#EEF1F5", "#5A6B85"

SERIES = (ACCENT, ATTENTION, CALM, GOOD, ALARM, INK_SOFT)
"""Order in which unnamed series take their colour."""

FONT = "'Noto Sans SC', 'Noto Sans SC Rare', sans-serif"

STATES = ("good", "calm", "attention", "alarm", "muted")
"""What a figure or a cell can be: fine, under way, to be watched, to be mended, not applicable."""

_FILL = {"good": GOOD, "calm": CALM, "attention": ATTENTION, "alarm": ALARM, "muted": LINE, "accent": ACCENT}
_WASH = {
    "good": GOOD_WASH,
    "calm": CALM_WASH,
    "attention": ATTENTION_WASH,
    "alarm": ALARM_WASH,
    "muted": MUTED_WASH,
    "accent": ACCENT_WASH,
}
_TEXT = {
    "good": GOOD_TEXT,
    "calm": CALM_TEXT,
    "attention": ATTENTION_TEXT,
    "alarm": ALARM_TEXT,
    "muted": MUTED_TEXT,
    "accent": ACCENT,
}
_SYMBOL = {"good": "●", "calm": "◐", "attention": "▲", "alarm": "■", "muted": "–", "accent": "●"}


def _of(table: dict[str, str], state: str) -> str:
    try:
        return table[state]
    except KeyError:
        raise KeyError(f"No state {state!r}. Defined: {', '.join(table)}.") from None


def fill(state: str) -> str:
    """Colour of a bar or a dot in this state."""
    return _of(_FILL, state)


def wash(state: str) -> str:
    """Pale ground on which `text(state)` has a contrast of at least 4.5."""
    return _of(_WASH, state)


def text(state: str) -> str:
    """Colour of words about this state, on paper or on `wash(state)`."""
    return _of(_TEXT, state)


def symbol(state: str) -> str:
    """Shape that says the state to those who do not see the colour."""
    return _of(_SYMBOL, state)


def css_variables() -> str:
    """The colours as CSS custom properties, for the style sheet, which names none itself."""
    named = {
        "ink": INK,
        "ink-soft": INK_SOFT,
        "line": LINE,
        "track": TRACK,
        "paper": PAPER,
        "paper-soft": PAPER_SOFT,
        "sidebar": SIDEBAR,
        "sidebar-ink": SIDEBAR_INK,
        "sidebar-raised": SIDEBAR_RAISED,
        "sidebar-line": SIDEBAR_LINE,
        "jade": JADE,
        "accent": ACCENT,
    }
    for state in (*STATES, "accent"):
        named |= {f"{state}-fill": fill(state), f"{state}-wash": wash(state), f"{state}-text": text(state)}
    return ":root{" + "".join(f"--{name}:{value};" for name, value in named.items()) + "}"


WALL = {
    "night": "#000000",
    "ground": "#060B17",
    "ground-far": "#0A152B",
    "ground-near": "#10213F",
    "rail": "#16243F",
    "line": "#1B2A45",
    "ink": "#EAF1FB",
    "ink-soft": "#8B9CB8",
    "jade": JADE,
    "blue": "#5B9BFF",
    "deep": "#1D4F7A",
    "amber": "#FFB655",
    "red": "#FF6B5E",
    "land-0": "#0B1E3A",
    "land-1": "#0F3A62",
    "land-2": "#146182",
    "land-3": "#26A09F",
    "shore": "#78BEE6",
    "river": "#96CDFF",
}
"""The exhibition wall: light on dark. `land-0`..`land-3`: the districts from little to much."""


def wall_variables() -> str:
    """The wall's colours as CSS custom properties; its scripts read the same ones."""
    return ":root{" + "".join(f"--{name}:{value};" for name, value in WALL.items()) + "}"
