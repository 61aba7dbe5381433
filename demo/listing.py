"""What the operations team did with the batches: listed most of them, took a few down again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Engine, select

from data_access.commands.publishing import publish, withdraw
from data_access.engine import reading
from data_access.schema import batch
from demo.delivering import SENDER, Note

CHUNK = 500


def list_batches(made: Engine, notes: Sequence[Note]) -> int:
    """Publish and withdraw on the days the notes name; returns how many batches were published.

    A batch that is already listed (an interrupted build is continued) is left as it is.
    """
    listing: dict[dt.date, list[str]] = {}
    withdrawals: dict[dt.date, list[str]] = {}
    for note in notes:
        if note.receipt is not None and note.publish_on is not None:
            listing.setdefault(note.publish_on, []).append(note.receipt)
            if note.withdraw_on is not None:
                withdrawals.setdefault(note.withdraw_on, []).append(note.receipt)
    states = _states(made, [n.receipt for n in notes if n.receipt is not None])
    published = 0
    for day in sorted({*listing, *withdrawals}):
        chosen = [r for r in dict.fromkeys(listing.get(day, ())) if states.get(r) == "integrated"]
        if chosen:
            published += publish(made, SENDER, chosen, on=day, confirmed_by="第一责任人（演示）")
            states |= dict.fromkeys(chosen, "published")
        for receipt in withdrawals.get(day, ()):
            if states.get(receipt) == "published":
                withdraw(made, SENDER, receipt, reason="数据核对，暂时下架（演示）", on=day)
                states[receipt] = "withdrawn"
    return published


def _states(made: Engine, receipts: Sequence[str]) -> dict[str, str]:
    states: dict[str, str] = {}
    with reading(made) as connection:
        for start in range(0, len(receipts), CHUNK):
            chosen = batch.c.receipt.in_(receipts[start : start + CHUNK])
            for receipt, state in connection.execute(select(batch.c.receipt, batch.c.state).where(chosen)):
                states[receipt] = state
    return states
