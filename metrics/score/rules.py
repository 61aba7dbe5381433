"""The rule set of a year: weights, grades and limits the regulation does not fix (Article 23).

All are proposals until 局办公室 approves them with a date and a version. A document
that carries `rules` is computed by them, so an old year keeps its old rules.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data_access.due import CREDIT_DAYS
from metrics.rules import CHARACTERISTIC_WEIGHTS, PART_WEIGHTS
from metrics.score.values import Count, Points, refusal, shown

PARTS = tuple(PART_WEIGHTS)
"""quantity, coverage, timeliness, quality, publishing, cooperation: the order they are shown in."""
ALWAYS = ("quantity", "coverage", "cooperation")
"""Parts that always have a base, whatever else is n/a."""
CHARACTERISTICS = tuple(CHARACTERISTIC_WEIGHTS)
FAILED = "不合格"
"""The grade below all others, and the grade after a confirmed leak of a state secret."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


def _over(defaults: dict[str, Fraction]) -> Any:
    """A validator that lays what is given over the defaults and refuses names that do not exist."""

    def lay(cls: type[BaseModel], given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        unknown = [key for key in given if key not in defaults]
        if unknown:
            raise refusal(f"没有「{'、'.join(map(shown, unknown))}」，只有 {'、'.join(defaults)}")
        return {**defaults, **given}

    return classmethod(lay)


_PART_WEIGHTS = {key: Fraction(weight) for key, weight in PART_WEIGHTS.items()}
_CHARACTERISTICS = {key: Fraction(weight) for key, weight in CHARACTERISTIC_WEIGHTS.items()}
_GRADES = {"优秀": Fraction(90), "良好": Fraction(80), "合格": Fraction(60)}
_INCIDENTS = {"一般": Fraction(3), "较大": Fraction(10), "重大": Fraction(20), "特别重大": Fraction(20)}


class Limits(_Group):
    """Days after which a delay earns nothing, and what each fact takes off."""

    delay_days: Count = CREDIT_DAYS
    """A delivery this late is worth nothing: t_i = 1 − delay ÷ 30."""
    obligation_days: Count = 15
    """A reply this late is worth nothing: k_j = 1 − delay ÷ 15."""
    plan_due: str = "01-31"
    """Last day for the annual plan (month and day of the year), never moved."""
    late_plan_week: Points = Fraction(1)
    late_plan_max: Points = Fraction(5)
    content: Points = Fraction(5)
    content_max: Points = Fraction(15)
    incident: dict[str, Points] = Field(default_factory=lambda: dict(_INCIDENTS))
    falsified: Points = Fraction(10)
    deductions_max: Points = Fraction(30)

    _levels = field_validator("incident", mode="before")(_over(_INCIDENTS))

    @field_validator("plan_due")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        try:
            dt.date.fromisoformat(f"2023-{value}")
        except ValueError:
            raise refusal(f"「{shown(value)}」不是月和日，请写成 01-31") from None
        return value

    @field_validator("delay_days", "obligation_days")
    @classmethod
    def _divides(cls, value: int) -> int:
        if value == 0:
            raise refusal("不能为 0，至少写 1 天")
        return value


class Rules(_Group):
    """Everything the formula takes from a decision of 局办公室. What is not given is the default."""

    version: str | None = None
    effective_from: str | None = None
    approved_by: str | None = None
    weights: dict[str, Points] = Field(default_factory=lambda: dict(_PART_WEIGHTS))
    characteristics: dict[str, Points] = Field(default_factory=lambda: dict(_CHARACTERISTICS))
    grades: dict[str, Points] = Field(default_factory=lambda: dict(_GRADES))
    """Grade → score from which it is given; below all of them 不合格."""
    limits: Limits = Limits()

    _parts = field_validator("weights", mode="before")(_over(_PART_WEIGHTS))
    _six = field_validator("characteristics", mode="before")(_over(_CHARACTERISTICS))

    @field_validator("weights", "characteristics")
    @classmethod
    def _add_to_100(cls, weights: dict[str, Fraction]) -> dict[str, Fraction]:
        total = sum(weights.values())
        if total != 100:
            raise refusal(f"各项权重之和是 {float(total):g}，应为 100")
        return weights

    @field_validator("grades")
    @classmethod
    def _in_order(cls, grades: dict[str, Fraction]) -> dict[str, Fraction]:
        if not grades or FAILED in grades:
            raise refusal(f'应写出每个等次的最低分，例如 优秀 "90"；其余为{FAILED}，不用写')
        if len(set(grades.values())) < len(grades):
            raise refusal("两个等次的最低分相同，不知道给哪一个")
        return grades

    @model_validator(mode="after")
    def _something_always_counts(self) -> Rules:
        if all(self.weights[part] == 0 for part in ALWAYS):
            raise refusal("数量、覆盖、配合三部分的权重不能都是 0，否则没有其他依据的处室无法计分")
        return self

    @cached_property
    def descending(self) -> tuple[tuple[str, Fraction], ...]:
        """Grades from the best down."""
        return tuple(sorted(self.grades.items(), key=lambda item: -item[1]))

    def grade(self, score: Fraction) -> str:
        """The grade of a rounded score."""
        return next((name for name, least in self.descending if score >= least), FAILED)

    def plan_due(self, year: int) -> dt.date:
        """The last day on which the plan of `year` is in time."""
        return dt.date.fromisoformat(f"{year}-{self.limits.plan_due}")

    def as_data(self) -> dict[str, Any]:
        """The whole rule set as a document carries it: every number as text, days as counts."""
        limits = self.limits
        data: dict[str, Any] = {
            "weights": {k: text(v) for k, v in self.weights.items()},
            "characteristics": {k: text(v) for k, v in self.characteristics.items()},
            "grades": {k: text(v) for k, v in self.grades.items()},
            "limits": {
                "delay_days": limits.delay_days,
                "obligation_days": limits.obligation_days,
                "plan_due": limits.plan_due,
                "incident": {k: text(v) for k, v in limits.incident.items()},
                **{
                    name: text(getattr(limits, name))
                    for name in (
                        "late_plan_week", "late_plan_max", "content", "content_max", "falsified",
                        "deductions_max",
                    )
                },
            },
        }  # fmt: skip
        origin = {name: getattr(self, name) for name in ("version", "effective_from", "approved_by")}
        return data | {name: value for name, value in origin.items() if value is not None}


def text(number: Fraction) -> str:
    """A number of at most ten decimals without trailing zeros: 28, 12.5."""
    whole, hundredths = divmod(int(number * 10**10), 10**10)
    return f"{whole}.{hundredths:010d}".rstrip("0").rstrip(".")


DEFAULT_RULES = Rules()
