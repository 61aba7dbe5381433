"""The two decks of a map, beside each other: the whole city, and the city proper or what has been chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ui import maps
from ui.map_frames import Frame
from ui.pieces import graphics, layout


@contextmanager
def two_maps(
    frames: tuple[Frame, Frame],
    deck: Callable[[Frame], maps.Deck],
    alts: tuple[str, str],
    *,
    key: str,
    legend: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """``with two_maps(…): …``: the maps as pictures, what stands below them, and then the decks themselves.

    A picture is seen as soon as it is there, a deck only seconds later where a browser
    paints without a graphics card, and meanwhile the browser shows nothing else that is new.

    Args:
        deck: draws one frame.
        alts: what each shows, in a sentence, for those who do not see it.
        key: of both decks; they keep theirs from one run to the next, so that only data move.
        legend: draws what the colours mean, below; sent before the pictures, which are never seen without it.
    """
    columns = layout.two_columns(13, 10)
    made = [deck(frame) for frame in frames]
    legend()
    for column, frame, one in zip(columns, frames, made, strict=True):
        with column:
            graphics.map_picture(one, height=frame.height)
    yield
    for column, frame, one, alt in zip(columns, frames, made, alts, strict=True):
        with column:
            graphics.map_deck(one, height=frame.height, alt=alt, key=f"{key}.{frame.key}")
