"""A location fault as the change request that repairs it (Articles 13, 14)."""

from __future__ import annotations

from data_access.commands.change_requests import Proposal
from data_access.queries.venue_analyses import Finding

PLACE = ("longitude", "latitude")


def proposal(found: Finding, reason: str, evidence: str) -> Proposal:
    """Move the point, delete the repeated record, or ask the unit for the right place (a draft)."""
    repair = found.detail["repair"]
    proposed: dict[str, str | None] = {}
    if repair == "move":
        degrees = (found.detail["new_lon"], found.detail["new_lat"])
        proposed = {name: f"{value:.6f}" for name, value in zip(PLACE, degrees, strict=True)}
    return Proposal(
        found.category, found.detail["key"], proposed, reason, evidence,
        kind="delete" if repair == "delete" else "change", origin=found.kind,
        wanted=PLACE if repair == "ask" else (),
    )  # fmt: skip
