"""Words on the map's picture and about its faults: nothing is lost, and a kind has one name."""

from __future__ import annotations

from data_access.queries.venue_analyses import FAULT_NAMES
from metrics.venues.faults import KINDS
from reports import change_words, fault_words, map_picture

WIDE = 1680


def test_a_long_sentence_is_set_smaller_and_not_cut() -> None:
    for length in (40, 160, 200, 250):
        text = "场" * length
        _, _, lines = map_picture.fitting(text, WIDE)
        assert "".join(lines) == text


def test_a_sentence_without_room_says_that_it_goes_on() -> None:
    """A picture on a slide must not end in the middle of a figure as if that were all."""
    size, step, lines = map_picture.fitting("全市健身步道共有一千二百三十四处，" * 60, WIDE)

    assert lines[-1].endswith(map_picture.CUT) and len(lines) * step <= 150 and size >= 24
    assert lines[-1].removesuffix(map_picture.CUT)


def test_a_kind_of_fault_has_one_name_wherever_it_is_spoken_of() -> None:
    assert set(FAULT_NAMES) == set(KINDS)
    assert list(fault_words.KINDS) == list(FAULT_NAMES.values())
    assert {change_words.origin(kind) for kind in KINDS} == {f"点位问题：{n}" for n in FAULT_NAMES.values()}
    assert change_words.origin("page") == "申请人提出"
