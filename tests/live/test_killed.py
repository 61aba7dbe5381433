"""Both feeds exactly once: pulled, killed, repeated, until the base says what the platform's own ledger says."""

from __future__ import annotations

import copy

from bench.flow_proof import Plan, differences, prove


def test_killed_and_repeated_pulls_leave_what_the_ledger_says(database: str):
    """Two feeds, five kills at work, pulls that overlap, and everything once more from the beginning.

    The same proof with 1,000,000 readings and 20 kills: ``python -m bench flow``.
    """
    proof = prove(database, Plan(venues=5, days=1, kills=5, seed=1, hourly_days=3))

    assert (proof.kills, proof.differences) == (5, [])
    assert proof.minutes > 5 * 24 * 55
    assert proof.readings > 5 * 15 * 2

    code, hours = next(iter(proof.ledger["readings"].items()))
    wrong = copy.deepcopy(proof.ledger)
    wrong["readings"][code][min(hours)][1] += 1
    wrong["live"][code][min(wrong["live"][code])][0] -= 1
    assert len(differences(database, wrong)) == 2, "a lost or doubled message would be noticed"
