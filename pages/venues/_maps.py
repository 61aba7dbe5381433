"""The two decks of a map, beside each other: the whole city, and the city proper or what has been chosen."""

from __future__ import annotations

from collections.abc import Callable

from ui import maps, widgets
from ui.map_frames import Frame


def two_maps(
    frames: tuple[Frame, Frame], deck: Callable[[Frame], maps.Deck], alts: tuple[str, str], *, key: str
) -> None:
    """
    Args:
        deck: draws one frame.
        alts: what each shows, in a sentence, for those who do not see it.
        key: of both decks; they keep theirs from one run to the next, so that only data move.
    """
    for column, frame, alt in zip(widgets.two_columns(13, 10), frames, alts, strict=True):
        with column:
            widgets.map_deck(deck(frame), height=frame.height, alt=alt, key=f"{key}.{frame.key}")
