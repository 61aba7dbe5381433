"""No cell under ten, and none that its neighbours give back."""

from __future__ import annotations

from hypothesis import given, strategies as st

from kiosk.few import LEAST, shown, shown_parts, shown_share

counts = st.dictionaries(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 40)), max_size=12)


@given(st.one_of(st.none(), st.integers(-5, 10_000)))
def test_a_count_is_shown_whole_or_not_at_all(count: int | None):
    """Rounding or “<10” next to a known total would still point at a person."""
    assert shown(count) == (count if count == 0 or (count or 0) >= LEAST else None)


@given(counts)
def test_the_total_gives_no_small_cell_back(cells: dict[int, int | None]):
    """Whoever subtracts what is shown from the total is left with two cells and ten people at least."""
    visible = shown_parts(cells)
    hidden = [count for key, count in cells.items() if count and visible[key] is None]

    assert all(visible[key] in (None, count) for key, count in cells.items())
    assert all(count == 0 or count >= LEAST for count in visible.values() if count is not None)
    if any(visible[key] for key in visible):  # otherwise nothing but the total is shown
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= LEAST)


def test_cells_are_not_hidden_without_need():
    assert shown_parts({"a": 12, "b": 30, "c": 0}) == {"a": 12, "b": 30, "c": 0}
    assert shown_parts({"a": 4, "b": 30, "c": 12}) == {"a": None, "b": 30, "c": None}


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_of_few_or_of_all_but_few_is_not_shown(part: int, others: int):
    """97 % of a hundred says that three did not pass."""
    found = shown_share(part, part + others)

    if found is not None:
        assert all(n == 0 or n >= LEAST for n in (part, others)) and part + others >= LEAST
        assert found == part / (part + others)
