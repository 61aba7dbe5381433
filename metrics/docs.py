"""Writes docs/indicators.md and docs/articles.md from the definitions and the code themselves.

What is written by hand beside the code drifts; these two are generated, and the
build stops when they are not the ones the code would generate.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import catalog
from data_access.due import CREDIT_DAYS
from data_access.queries.visit_days import MIN_HOURS, VENUE_SHARE, VENUE_WINDOW
from metrics import rules
from metrics.flow_definitions import FLOW_FIGURES
from metrics.forecast import RANGE
from metrics.indicators import INDICATORS
from metrics.season import LATE_START, STOCK, YEARS_BEFORE

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".venv", "var", "node_modules", "tests", "bench", "build"}
DIMENSION_NAMES = {"department": "处室", "category": "类别", "month": "月份", "unit": "单位"}
GENERATED = "<!-- 由 `make docs` 生成，请勿手工修改 -->"

ARTICLES: dict[int, str] = {
    1: "目的",
    2: "适用范围与数据来源平台",
    3: "数据资源的含义",
    4: "管理责任主体、第一责任人",
    5: "维护安全、保守秘密、保护隐私",
    6: "局办公室统筹",
    7: "经办人员采集、审核、上传，对真实性准确性负责",
    8: "处室归口、年度数据汇聚计划、完整性和准确性",
    9: "区县、直属单位提交数据",
    11: "运维服务团队",
    12: "意见建议与系统优化",
    13: "整合叠加成基础数据库、及时上架",
    14: "变更、增删",
    15: "培训和答疑",
    16: "突发事件与故障处理",
    17: "监控与备份",
    18: "账号专人专号",
    19: "禁止涉密、敏感信息",
    20: "重大安全事件报告",
    21: "每月调度，形成报表",
    22: "通报",
    23: "考核",
    24: "解释",
    25: "施行",
}
"""Printed numbers of the regulation; it has no Article 10."""


def write(check: bool = False, root: Path = ROOT) -> list[str]:
    """Write both documents below `root`/docs, or with `check` only compare.

    Returns:
        Names of the documents that were (or would be) changed.
    """
    changed = []
    documents: dict[str, Callable[[], str]] = {"indicators.md": indicators, "articles.md": articles}
    for name, make in documents.items():
        path = root / "docs" / name
        text = make()
        if not path.exists() or path.read_text("utf-8") != text:
            changed.append(f"docs/{name}")
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    return changed


def indicators() -> str:
    """docs/indicators.md: every indicator with its two sums, and the rules they rest on."""
    lines = [
        "# 指标",
        "",
        GENERATED,
        "",
        "每个指标只定义一次（`metrics/indicators.py`），页面、报表、考核和大屏用的是同一个数。",
        "比率为 0–1，分母为 0 时没有数值（没有要求，不等于没有完成），屏幕上显示为“—”。",
        "各级数字都由同样的分子、分母相加得到，不对百分数求平均。“截至某日”只计当日及以前收到、批准、上架的内容。",
        "",
        "| 指标 | 标识 | 含义 | 依据 | 可按…分 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for entry in INDICATORS.values():
        dimensions = "、".join(DIMENSION_NAMES[d] for d in entry.dimensions)
        lines.append(f"| {entry.name} | `{entry.key}` | {entry.meaning} | {entry.article} | {dimensions} |")
    for entry in INDICATORS.values():
        lines += ["", f"## {entry.name} `{entry.key}`", "", entry.meaning + "。", ""]
        lines += [f"- 分子：{entry.numerator}", f"- 分母：{entry.denominator}"]
        lines.append(f"- 单位：{'比率（显示为百分数）' if entry.is_ratio else entry.unit}")
        lines += [f"- 附列 `{name}`：{meaning}" for name, meaning in entry.extra]
    return "\n".join([*lines, "", *_flow(), "", *_rules()]) + "\n"


def _flow() -> list[str]:
    """The figures of the live page, which are of a moment and not of a year."""
    lines = [
        "## 实时客流",
        "",
        "页面和大屏用同一处定义（`metrics/flow_definitions.py`）。在馆人数等取自实时数据（运行数据，不入库、不参与考核），",
        "整点进馆人次以入库的读数记录为准。整点读数记的是此前一小时，8 时的读数为 7–8 时。",
        "",
        "| 数字 | 标识 | 单位 | 含义 | 截至 |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {f.name} | `{f.key}` | {f.unit} | {f.meaning} | {f.as_of} |" for f in FLOW_FIGURES.values()]
    return lines


def _rules() -> list[str]:
    weights = "、".join(
        f"{INDICATORS[key].name} {weight}" for key, weight in rules.CHARACTERISTIC_WEIGHTS.items()
    )
    return [
        "## 规则中的数字",
        "",
        "办法没有规定以下数值，均为建议，由局办公室批准后生效。",
        "",
        f"- 应报项得分：按期为 1，每迟一天减 1/{CREDIT_DAYS}，截至日仍未报为 0；截止日期遇非工作日顺延到下一个工作日。",
        "- 按事件报送的类别：有记录或计划写明的月份才有应报项，都没有时为 12 月。",
        f"- 实时数据的完整日：报送场馆数不少于此前 {VENUE_WINDOW} 天最多时的 {VENUE_SHARE:.0%}，且平均每馆不少于 {MIN_HOURS} 小时。",
        f"- 质量特性权重：{weights}；没有分母的特性连同权重不计。",
        f"- 应达进度和预测使用此前 {YEARS_BEFORE} 年的季节曲线；某类别没有往年数据时按已过天数。",
        f"- 常年类别首次报送的年份：{LATE_START} 月以后才开始的不作为季节；首月超过其余月份中位数 {STOCK} 倍的视为存量，"
        "截为中位数，且只在没有其他年份时使用。",
        "- 预测：本年水平 = 已收 + 往年此后的平均；预计年底 = 已收 + 往年此后的占比 × 本年水平；没有完整往年时为已收 ÷ 应达进度；按年报送且已报的类别以已收为准。",
        f"- 预测区间：± 往年同日回测误差中 {float(RANGE):.0%} 不超过的值；误差为其平均。",
        f"- 红黄绿灯：绿为不低于应达的 {float(rules.GREEN_FROM):.0%} 且没有逾期未报；"
        f"红为低于 {float(rules.RED_BELOW):.0%} 或有逾期超过 {rules.RED_AFTER_DAYS} 天的；其余为黄。没有计划的不为绿。",
        "- 区县和直属单位只看到本单位的数；没有单位计划，完成率为本单位对全市计划的贡献，及时率只计本单位近两年报送过的类别。",
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """A module that names an article: its path and the first line of its docstring."""

    path: str
    says: str


def articles() -> str:
    """docs/articles.md: what serves each article, found in definitions, catalogue and docstrings."""
    places = _places()
    by_indicator: dict[int, list[str]] = defaultdict(list)
    for entry in INDICATORS.values():
        for number in _numbers_zh(entry.article):
            by_indicator[number].append(entry.name)
    lines = [
        "# 办法各条与程序的对应",
        "",
        GENERATED,
        "",
        "条号按渝体〔2022〕66号印发文本；文本中没有第十条。程序一栏来自各模块首行说明和其中注明的条号。",
    ]
    for number, title in ARTICLES.items():
        lines += ["", f"## 第{_zh(number)}条 {title}", ""]
        if number == 8:
            lines += _departments()
        if by_indicator[number]:
            lines.append(f"- 指标：{'、'.join(by_indicator[number])}")
        lines += [f"- `{place.path}`：{place.says}" for place in places[number]]
        if not by_indicator[number] and not places[number] and number != 8:
            lines.append("- 由制度和人员落实，程序没有专门的部分。")
    return "\n".join(lines) + "\n"


def _departments() -> list[str]:
    vocabulary = catalog.default()
    return [
        f"- {department.short}：{'、'.join(c.name_zh for c in vocabulary.categories_of(department.code))}"
        for department in vocabulary.departments
    ]


def _places() -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if SKIPPED.intersection(relative.parts) or relative.parts[-1] == "docs.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        module = ast.get_docstring(tree) or ""
        numbers = set(_numbers(module))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                numbers.update(_numbers(ast.get_docstring(node) or ""))
        for number in sorted(numbers):
            found[number].append(Place(relative.as_posix(), module.split("\n")[0]))
    return found


def _numbers(text: str) -> Iterable[int]:
    """Articles named in English: Article 13, Articles 8, 21 and 23, Articles 8–9."""
    for listed in re.findall(r"Articles? (\d+(?:(?:, | and |–|-)\d+)*)", text):
        yield from (int(n) for n in re.findall(r"\d+", listed))


def _numbers_zh(text: str) -> list[int]:
    names = {_zh(number): number for number in ARTICLES}
    return [names[found] for found in re.findall(r"第([一二三四五六七八九十]+)条", text)]


def _zh(number: int) -> str:
    """1..99 in Chinese figures: 8 → 八, 13 → 十三, 21 → 二十一."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones or not head else "")
