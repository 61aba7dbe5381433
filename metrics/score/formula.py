"""The formula in words, made from the rule set that computes it: a screen cannot say another limit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from metrics.score.rules import FAILED, PARTS, Rules, text

PART_NAMES = {
    "quantity": "数量完成", "coverage": "类别覆盖", "timeliness": "及时", "quality": "质量",
    "publishing": "上架", "cooperation": "配合",
}  # fmt: skip
CHARACTERISTIC_NAMES = {
    "normativity": "规范性", "completeness": "完整性", "accuracy": "准确性", "consistency": "一致性",
    "currency": "时效性", "accessibility": "可访问性",
}  # fmt: skip
DEDUCTION_NAMES = {
    "late_plan": "计划迟报", "content": "涉敏感或个人信息内容", "incident": "安全事件", "falsified": "数据造假",
    "secret_leak": "泄露国家秘密",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of the table of rules: what, how many points, and how they come about."""

    key: str
    name: str
    points: str
    rule: str


def parts(rules: Rules) -> list[Line]:
    """The six parts with their weights."""
    limits = rules.limits
    weights = "、".join(
        f"{CHARACTERISTIC_NAMES[key]} {text(weight)}" for key, weight in rules.characteristics.items()
    )
    said = {
        "quantity": "各类别完成率（已入库记录数 ÷ 按天加权的计划数，最高 100）按类别权重平均；零计划类别不计",
        "coverage": "有被接收记录或经批准的零计划的类别数 ÷ 归口类别数 × 100",
        "timeliness": f"各应报项得分的平均 × 100；按时为 1，每迟 1 天减 1/{limits.delay_days}，"
        f"迟 {limits.delay_days} 天及以上或封存时未报为 0",
        "quality": f"各类别六项质量特性加权平均（{weights}）的平均；没有依据的特性连同权重一并去掉",
        "publishing": "已上架批次 ÷（已入库和已上架批次 − 等待运维团队的批次）× 100",
        "cooperation": f"通报回复、整改、意见答复得分的平均 × 100；每迟 1 天减 1/{limits.obligation_days}，"
        f"迟 {limits.obligation_days} 天及以上或封存时未办为 0；没有应办事项为 100",
    }
    return [Line(key, PART_NAMES[key], text(rules.weights[key]), said[key]) for key in PARTS]


def deductions(rules: Rules) -> list[Line]:
    """What is taken off, with the limits."""
    limits = rules.limits
    month, day = map(int, limits.plan_due.split("-"))
    levels = "、".join(f"{level} {text(points)}" for level, points in limits.incident.items())
    said = [
        (
            "late_plan",
            limits.late_plan_max,
            f"{month} 月 {day} 日以后报送计划，每周扣 {text(limits.late_plan_week)} 分，不足一周按一周计",
        ),
        ("content", limits.content_max, f"经确认上传敏感或个人信息，每次扣 {text(limits.content)} 分"),
        ("incident", None, f"本处室负有责任的安全事件，每起按等级扣：{levels}"),
        ("falsified", None, f"经确认的数据造假，每起扣 {text(limits.falsified)} 分，该类别完成率为 0"),
        ("secret_leak", None, f"经确认泄露国家秘密，等次为{FAILED}，得分与名次不变"),
    ]
    return [Line(key, DEDUCTION_NAMES[key], _at_most(most), rule) for key, most, rule in said]


def total(rules: Rules) -> str:
    """How parts, deductions and grade come together."""
    grades = "、".join(f"{name} ≥ {text(least)}" for name, least in rules.descending)
    return (
        f"得分 = 六部分得分之和 − 扣分（最多 {text(rules.limits.deductions_max)}），最低 0；"
        f"没有依据的部分去掉后按 100 分折算。等次：{grades}，其余{FAILED}。"
    )


def _at_most(points: Fraction | None) -> str:
    return "" if points is None else f"最多 {text(points)}"
