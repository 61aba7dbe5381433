"""Who asks is a required argument of everything behind the door to the database."""

from __future__ import annotations

import pytest

from tests.visibility.walk import WITHOUT_PRINCIPAL, excepted, functions, says_who


@pytest.mark.parametrize("part", ["queries", "commands", "live"])
def test_every_read_and_write_is_told_who_asks(part: str) -> None:
    """No default: a page, a fragment or a job that forgets who it acts for does not run."""
    silent = [name for name, function in functions(part).items() if not says_who(function)]

    assert silent == []


def test_the_exceptions_are_few_and_still_there() -> None:
    """An exception that outlived its function would let the next one of that name through."""
    assert excepted() == set(WITHOUT_PRINCIPAL)
    assert len(WITHOUT_PRINCIPAL) <= 5


def test_the_walk_sees_what_there_is() -> None:
    """A walk over nothing would agree with everything."""
    assert {"records.records", "files.original_file"} <= functions("queries").keys()
    assert {"delivery.deliver", "plan_step.Step", "lease.acquire"} <= functions("commands").keys()
