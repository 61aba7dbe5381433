"""Files are made a little ahead of their delivery, in processes that step back for those that deliver.

Making a file needs no lock. While both who deliver wait for the one writer of an
embedded base, or for the disk, a core stands idle: the next files are made then; the
first ones while the base is prepared. A pipe joins the two; when one end is gone, so
is the other.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import multiprocessing
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from demo.files import DemoFile, files_for
from demo.shares import shares_of

ROOM = 1 << 20
"""Bytes of made files that wait: many small ones bridge the making of a large one (Linux; elsewhere less)."""
STEP_BACK = 5
"""Niceness of who makes: it never takes a core from one that holds the writer's lock."""


@contextmanager
def making(
    today: dt.date, last_hour: int, codes: Collection[str], workers: int
) -> Iterator[list[Connection]]:
    """A process for each worker makes its files; yields the ends at which `made_ahead` takes them.

    Args:
        codes: categories.
        workers: who deliver; for one alone there is nobody to be ahead of, and no end is given.
    """
    context = multiprocessing.get_context("forkserver")
    shares = shares_of(codes, workers)
    sources: list[Connection] = []
    processes = []
    try:
        for share in shares if len(shares) > 1 else ():
            source, sink = context.Pipe(duplex=False)
            sources.append(source)
            process = context.Process(target=make, args=(today, last_hour, share, sink), daemon=True)
            process.start()
            processes.append(process)
            sink.close()
        yield sources
    finally:
        for source in sources:
            source.close()
        for process in processes:
            process.terminate()
            process.join()


def make(today: dt.date, last_hour: int, share: list[str], sink: Connection) -> None:
    """A process of its own that makes the files of a share."""
    os.nice(STEP_BACK)
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(sink.fileno(), fcntl.F_SETPIPE_SZ, ROOM)
    hand_on(files_for(today, last_hour=last_hour, categories=share), sink)


def hand_on(files: Iterable[DemoFile], sink: Connection) -> None:
    """Each file into the pipe, then None; an error as its text.

    Raises:
        SystemExit: nobody reads the pipe any more.
    """
    try:
        for file in files:
            sink.send(file)
        sink.send(None)
    except BrokenPipeError:
        raise SystemExit("nobody delivers any more") from None
    except Exception as error:
        sink.send(f"{type(error).__name__}: {error}")
        raise


def made_ahead(source: Connection) -> Iterator[DemoFile]:
    """What `hand_on` puts into the pipe, in its order.

    Raises:
        RuntimeError: a file could not be made, or who makes them vanished.
    """
    while True:
        try:
            file = source.recv()
        except EOFError:
            raise RuntimeError("who makes the files of the demonstration ended without a word") from None
        if file is None:
            return
        if isinstance(file, str):
            raise RuntimeError(file)
        yield file
