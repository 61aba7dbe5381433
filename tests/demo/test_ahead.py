"""Files made ahead: all of them, in their order, and neither end outlives the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from multiprocessing import Pipe

import pytest

from demo.ahead import hand_on, made_ahead
from demo.files import DemoFile, files_for
from tests.demo.conftest import TODAY


def few() -> Iterator[DemoFile]:
    return islice(files_for(TODAY, categories={"honor_award"}), 3)


def one_that_fails() -> Iterator[DemoFile]:
    yield from islice(few(), 1)
    raise ValueError("no more paper")


def test_files_come_out_of_the_pipe_as_they_were_made() -> None:
    """Byte by byte and in order: what is delivered does not depend on who made it."""
    source, sink = Pipe(duplex=False)
    hand_on(few(), sink)

    assert list(made_ahead(source)) == list(few())


def test_a_file_that_cannot_be_made_ends_the_build() -> None:
    """Half of a demonstration must not look like a whole one."""
    source, sink = Pipe(duplex=False)
    with pytest.raises(ValueError, match="paper"):
        hand_on(one_that_fails(), sink)
    files = made_ahead(source)

    assert next(files).category == "honor_award"
    with pytest.raises(RuntimeError, match="ValueError: no more paper"):
        next(files)


def test_who_makes_files_and_vanishes_is_missed() -> None:
    """A process that was killed says nothing."""
    source, sink = Pipe(duplex=False)
    sink.close()

    with pytest.raises(RuntimeError, match="without a word"):
        next(made_ahead(source))


def test_nobody_makes_files_for_a_worker_that_is_gone() -> None:
    """An interrupted build leaves no process behind."""
    source, sink = Pipe(duplex=False)
    source.close()

    with pytest.raises(SystemExit, match="nobody delivers"):
        hand_on(few(), sink)
