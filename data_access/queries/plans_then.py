"""Annual plans as they stood on a day of the past."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from data_access.clock import day_of
from data_access.queries.plans import COUNTING_STATES, Plan, PlanStep


def plans_on(versions: Sequence[Plan], steps: Sequence[PlanStep], day: dt.date) -> list[Plan]:
    """The versions as they stood at the end of `day` (北京时间), without those that came later.

    Submission and approval count from the days written on them, as in every figure
    (`PlanChain`): a plan entered later for an earlier day was in force on it. Creation,
    return and closing are told by the steps. Quantity and months of a version that was a
    draft then are those of its last writing: a draft is written over.

    Args:
        versions: all of the year, as `plan_versions` gives them.
        steps: all of the year, as `plan_steps` gives them.
    """
    reached: dict[tuple[str, int], dict[str, dt.date]] = defaultdict(dict)
    for step in steps:
        days = reached[step.category, step.version]
        days[step.to_state] = min(day_of(step.at), days.get(step.to_state, dt.date.max))
    in_force: dict[str, tuple[dt.date, int]] = {}
    for plan in versions:
        if (approved := _approved_by(plan, day)) is not None:
            place = (approved, plan.version)
            in_force[plan.category] = max(place, in_force.get(plan.category, place))
    found = []
    for plan in versions:
        newest = in_force.get(plan.category, (None, None))[1]
        state = _state(plan, reached[plan.category, plan.version], day, newest)
        if state is not None:
            is_approved = state in COUNTING_STATES
            found.append(
                replace(
                    plan,
                    state=state,
                    submitted_on=None if state == "draft" else plan.submitted_on,
                    approved_on=plan.approved_on if is_approved else None,
                    approved_by=plan.approved_by if is_approved else None,
                    returned_reason=plan.returned_reason if state == "returned" else None,
                )
            )
    return found


def _approved_by(plan: Plan, day: dt.date) -> dt.date | None:
    """The day of an approval that counted on `day`."""
    approved = plan.approved_on if plan.state in COUNTING_STATES else None
    return approved if approved is not None and approved <= day else None


def _state(plan: Plan, reached: Mapping[str, dt.date], day: dt.date, in_force: int | None) -> str | None:
    """None: nobody had written the version by then."""
    if _approved_by(plan, day) is not None:
        if plan.version != in_force:
            return "superseded"
        return "closed" if reached.get("closed", dt.date.max) <= day else "approved"
    if reached.get("returned", dt.date.max) <= day:
        return "returned"
    if plan.submitted_on is not None and plan.submitted_on <= day:
        return "submitted"
    return "draft" if min(reached.values(), default=dt.date.max) <= day else None
