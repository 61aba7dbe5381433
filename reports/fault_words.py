"""Location faults in words: what is wrong, what repairs it, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import catalog
from data_access.commands.change_requests import Proposal
from data_access.principal import Role
from data_access.queries.change_requests import STATE_NAMES
from data_access.queries.venue_analyses import FAULT_NAMES, Analysis, Finding
from metrics.venues import repairs
from metrics.venues.faults import LARGE_M2, NEAR_M, TOLERANCE_M
from reports.words import category_name, unit_name
from ui import formats

EVERY, CITY = "全部问题", "全市"
KINDS = {name: key for key, name in FAULT_NAMES.items()}
FOUND_IN = {"earlier": "上一次登记的位置", "twin": "另一登记册中同名场地的位置"}
RULE = (
    f"判定：距本区县边界超过 {TOLERANCE_M} 米为在区县外（边界为概略线）；同类、相距 {NEAR_M:.0f} 米以内且名称相近为重复；"
    f"面积 {LARGE_M2} 平方米及以上没有坐标为缺失；换算后与原位置重合、或换算后才落在区县内的为坐标系偏移。"
)


def district_name(code: str) -> str:
    district = catalog.default().district_by_code.get(code)
    return district.name if district else code


def districts(day: Any) -> dict[str, str]:
    """Name → code of today's districts and zones."""
    return {d.name: d.code for d in catalog.default().districts if d.valid_on(day)}


def whose(role: Role, place: str = CITY) -> str:
    """Whose records a reader sees findings of; empty where it is the whole city's."""
    own = {"district": "本单位", "affiliated": "本单位", "department": "本处室归口类别"}.get(role, "")
    if place == CITY:
        return own
    return f"{own}在{place}" if own else place


def sentence(known: Analysis, counts: Mapping[str, int], of: str) -> str:
    """How many of what, of how many points; how many only where they are the whole city's (`of` empty)."""
    total = sum(counts.values())
    points = f"{of}的点位" if of else f"{formats.number(known.result['judged'])} 个点位"
    if not total:
        return f"{points}没有发现问题。"
    parts = [
        f"{FAULT_NAMES[kind]} {formats.number(counts[kind])} 处" for kind in FAULT_NAMES if counts.get(kind)
    ]
    return f"{points}中发现问题 {formats.number(total)} 处：{'、'.join(parts)}。"


def unlocated(known: Analysis) -> str:
    """Facilities without coordinates, which small ones need not have."""
    count = sum(known.result["unlocated"].values())
    return f"全市另有 {formats.wan(count)} 处场地登记时未填坐标（小型场地可不填），不参与点位判定。"


def rows(found: Sequence[Finding], standing: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    made = []
    for f in found:
        number, state = standing.get(f.record, ("", ""))
        made.append(
            {
                "问题": FAULT_NAMES[f.kind], "场地": f.name, "类型": f.place_kind, "区县": district_name(f.district),
                "登记坐标": _point(f.detail["lon"], f.detail["lat"]), "建议": repair(f), "依据": evidence(f),
                "数据单位": unit_name(f.unit), "类别": category_name(f.category),
                "变更申请": f"{number}（{STATE_NAMES[state]}）" if number else "—",
            }
        )  # fmt: skip
    return made


def _point(lon: float | None, lat: float | None) -> str:
    return "—" if lon is None or lat is None else f"{lon:.6f}, {lat:.6f}"


def repair(f: Finding) -> str:
    kind = f.detail["repair"]
    if kind == "delete":
        return "删除重复记录"
    if kind == "ask":
        return "由数据单位现场核对后补正"
    return f"改为 {_point(f.detail['new_lon'], f.detail['new_lat'])}"


def evidence(f: Finding) -> str:
    distance = formats.number(f.detail["distance_m"])
    if f.kind == "duplicate":
        return f"与“{f.detail['other']}”同类、相距 {distance} 米、名称相近"
    if f.kind == "shifted":
        return f"与 {f.detail['evidence']} 坐标相符，偏移 {distance} 米"
    if f.kind == "swapped":
        return "经度、纬度数值范围互换"
    source = FOUND_IN.get(f.detail["evidence"], "")
    if f.kind == "missing":
        return f"采用{source}" if source else "没有填写坐标"
    return f"距区县边界 {distance} 米" + (f"，采用{source}" if source else "")


def proposal(f: Finding) -> Proposal:
    return repairs.proposal(f, f"点位问题：{FAULT_NAMES[f.kind]}", f"{evidence(f)}（系统判定）")


def opened(numbers: Sequence[str], refused: Sequence[str]) -> tuple[str, str, str]:
    """The receipt of several requests opened together."""
    if not refused:
        return "good", f"已提出变更申请 {len(numbers)} 份", "、".join(numbers)
    state = "attention" if numbers else "alarm"
    return state, f"已提出 {len(numbers)} 份，{len(refused)} 份没有提出", "；".join(dict.fromkeys(refused))
