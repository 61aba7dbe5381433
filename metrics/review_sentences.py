"""The drafted sentences of a monthly review: rules over its figures, so the same figures say the same.

A sentence has a place (``city/late``, ``mass_sport/gap``): a person's change of it is
kept under that place, beside what the rule wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.attention import period_words
from metrics.light import LIGHT_NAMES
from metrics.rules import GREEN_FROM, RED_AFTER_DAYS
from ui import formats

Json = dict[str, Any]
GOOD_QUALITY = Decimal(95)
"""Points under which a department's quality gets a sentence."""
QUALITY_FALL = Decimal(1)
"""Points of a fall that gets one, too."""
BEHIND = Decimal(100 * GREEN_FROM.numerator) / GREEN_FROM.denominator
"""Per cent of the plan to date under which the gap gets one: where the light stops being green."""
MOVED = Decimal(1)
"""Percentage points from which a department is named among those that moved."""
LONGEST_LIST = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """`rule` says in one clause when it is written; shown beside the text while it may be changed."""

    place: str
    text: str
    rule: str


def drafted(review: Json) -> list[Sentence]:
    """All sentences of a review, the city's first, then each department's, as the rules write them."""
    found = [Sentence(f"city/{place}", text, rule) for place, text, rule in _city(review)]
    for entry in review["departments"]:
        found += [Sentence(f"{entry['code']}/{place}", t, rule) for place, t, rule in _department(entry)]
    return found


def with_sentences(review: Json) -> Json:
    """The document with its drafts: what is hashed and kept."""
    sentences = [{"place": s.place, "text": s.text, "rule": s.rule} for s in drafted(review)]
    return {**review, "sentences": sentences}


def current(review: Json, edits: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Place → text after the edits (place, text) in their order; an emptied sentence is left out."""
    texts = {s["place"]: s["text"] for s in review["sentences"]}
    for place, text in edits:
        texts[place] = text
    return {place: text for place, text in texts.items() if text}


# ---------------------------------------------------------------- the city

Drafts = Iterable[tuple[str, str, str]]


def _city(review: Json) -> Drafts:
    departments = review["departments"]
    figures, before = review["city"]["figures"], review["city"]["before"]
    if not departments or not figures["year_plan"]:
        yield (
            "standing",
            f"{review['month'][:4]}年还没有经批准的年度数据汇聚计划，暂不能比较进度。",
            "没有年度计划时",
        )
        return
    yield "lights", _lights(departments), "每期"
    yield "standing", f"全市{_standing(figures, before)}。", "每期"
    if figures["late_items"]:
        yield "late", _city_late(departments, figures), "有逾期应报项时"
    moved = _moved(departments)
    if moved:
        yield "moved", moved, "有处室完成比较上月变化 1 个百分点以上时"
    behind = [d for d in departments if d["figures"]["light"] == "red"]
    behind += [d for d in departments if d["figures"]["light"] == "amber" and _is_behind(d)]
    if behind:
        yield "attention", _needs_a_word(behind), "有处室滞后，或有逾期应报项、完成比低于 95% 时"


def _lights(departments: list[Json]) -> str:
    parts = []
    for light in ("green", "amber", "red"):
        names = [d["name"] for d in departments if d["figures"]["light"] == light]
        if names or light == "green":
            listed = f"（{'、'.join(names)}）" if names and light != "green" else ""
            parts.append(f"{LIGHT_NAMES[light]}{len(names)}个{listed}")
    return f"{len(departments)}个处室中，{'，'.join(parts)}。"


def _city_late(departments: list[Json], figures: Json) -> str:
    late = [(line, d["name"]) for d in departments for line in d["late"]]
    worst, name = max(late, key=lambda pair: pair[0]["days"])
    owners = len({owner for _, owner in late})
    return (
        f"逾期应报{figures['late_items']}项，涉及{owners}个处室，最久的是{name}《{worst['name']}》，"
        f"{period_words(worst['period'])}起未报送，已逾期{worst['days']}天。"
    )


def _moved(departments: list[Json]) -> str:
    """The departments whose ratio moved most, up and down."""
    changes = []
    for entry in departments:
        change = change_of(entry["figures"], entry["before"], "ratio")
        if change is not None and abs(change) >= MOVED:
            changes.append((change, entry["name"]))
    ups = sorted((c for c in changes if c[0] > 0), key=lambda c: -c[0])
    downs = sorted((c for c in changes if c[0] < 0), key=lambda c: c[0])
    parts = []
    for word, found in (("提高", ups), ("下降", downs)):
        if found:
            names = "、".join(f"{name}（{_points(abs(change))}）" for change, name in found[:LONGEST_LIST])
            parts.append(f"{word}的有{names}" + ("等" if len(found) > LONGEST_LIST else ""))
    return f"完成比较上月{'，'.join(parts)}。" if parts else ""


def _is_behind(entry: Json) -> bool:
    ratio = entry["figures"]["ratio"]
    return bool(entry["late"]) or (ratio is not None and Decimal(ratio) < BEHIND)


def _needs_a_word(behind: list[Json]) -> str:
    """Each with its heaviest reason: an overdue item, or the ratio."""
    reasons = []
    for entry in behind:
        figures, ratio = entry["figures"], entry["figures"]["ratio"]
        if entry["late"] and (
            figures["longest_late"] > RED_AFTER_DAYS or ratio is None or Decimal(ratio) >= BEHIND
        ):
            worst = entry["late"][0]
            reasons.append(f"{entry['name']}（《{worst['name']}》逾期{worst['days']}天）")
        else:
            reasons.append(f"{entry['name']}（完成应达的{_number(ratio)}%）")
    return f"建议督促：{'、'.join(reasons)}。"


# ---------------------------------------------------------------- a department


def _department(entry: Json) -> Drafts:
    figures, before = entry["figures"], entry["before"]
    written = list(_matters(entry, figures, before))
    yield "standing", f"{_standing(figures, before)}。", "每期"
    if before and before["light"] != figures["light"]:
        yield (
            "light",
            f"状态由{LIGHT_NAMES[before['light']]}转为{LIGHT_NAMES[figures['light']]}。",
            "状态有变化时",
        )
    yield from written
    if not written:
        yield "fine", "没有逾期、待改和待确认事项。", "没有其他事项时"


def _matters(entry: Json, figures: Json, before: Json | None) -> Drafts:
    if figures["unplanned"]:
        yield (
            "plan",
            f"{figures['unplanned']}个类别没有经批准的年度计划，请尽快报批。",
            "有类别没有年度计划时",
        )
    if entry["late"]:
        yield "late", _late(entry["late"], figures), "有逾期应报项时"
    if figures["ratio"] is not None and Decimal(figures["ratio"]) < BEHIND and entry["gaps"]:
        yield "gap", _gap(entry["gaps"]), "完成比低于 95% 时"
    fall = change_of(figures, before, "quality")
    if figures["quality"] is not None and (
        Decimal(figures["quality"]) < GOOD_QUALITY or (fall is not None and fall <= -QUALITY_FALL)
    ):
        yield "quality", _quality(entry, figures, fall), "质量低于 95 分，或较上月下降 1 分以上时"
    if figures["waiting_department"]:
        days = figures["waiting_days"]
        yield (
            "waiting",
            f"已入库未上架的批次中，{_count(figures['waiting_department'])}批待处室第一责任人确认，"
            + (f"最早的已等待{_count(days)}天。" if days else "在截止当天收到。"),
            "有批次待处室确认时",
        )
    if figures["unmended"]:
        most = entry["refused"]
        more = (
            f"，最多的是《{most['name']}》{_count(most['rows'])}行"
            if most["rows"] < figures["unmended"]
            else f"，在《{most['name']}》"
        )
        yield "problems", f"本期退回{_count(figures['unmended'])}行尚未改报{more}。", "有退回未改的行时"


def _standing(figures: Json, before: Json | None) -> str:
    """应达…，已汇聚…，完成应达的…%，较上月…."""
    if figures["ratio"] is None:
        return f"目前没有应达数，已汇聚{_count(figures['delivered'])}条"
    words = (
        f"应达{_count(figures['plan_to_date'])}条，已汇聚{_count(figures['delivered'])}条，"
        f"完成应达的{_number(figures['ratio'])}%"
    )
    change = change_of(figures, before, "ratio")
    if change is None:
        return words
    if change == 0:
        return f"{words}，与上月持平"
    return f"{words}，较上月{'提高' if change > 0 else '下降'}{_points(abs(change))}"


def _late(late: list[Json], figures: Json) -> str:
    listed = "；".join(
        f"《{line['name']}》{period_words(line['period'])}起未报送，已逾期{line['days']}天"
        + (f"（{line['items']}项）" if line["items"] > 1 else "")
        for line in late[:LONGEST_LIST]
    )
    return f"逾期应报{figures['late_items']}项：{listed}{'等' if len(late) > LONGEST_LIST else ''}。"


def _gap(gaps: list[Json]) -> str:
    parts = [f"《{g['name']}》（差{_count(g['missing'])}条，占{g['share']}%）" for g in gaps]
    words = f"缺口主要在{'、'.join(parts)}"
    silent = gaps[0]["silent_units"]
    if silent:
        words += f"，上期报送、本期未报送《{gaps[0]['name']}》的有{formats.listed(silent, most=LONGEST_LIST)}"
    return f"{words}。"


def _quality(entry: Json, figures: Json, fall: Decimal | None) -> str:
    words = f"数据质量{_number(figures['quality'])}分"
    if fall:
        words += f"，较上月{'提高' if fall > 0 else '下降'}{_number(abs(fall))}分"
    problem = entry["problem"]
    if problem:
        field = f"「{problem['field']}」" if problem["field"] else ""
        words += f"，本期问题最多的是《{problem['name']}》{field}{problem['problem']}（{_count(problem['count'])}处）"
    return f"{words}。"


# ---------------------------------------------------------------- figures in words


def change_of(figures: Json, before: Json | None, key: str) -> Decimal | None:
    """Of the figures as printed, so that a reader who subtracts finds the same."""
    if not before or figures[key] is None or before[key] is None:
        return None
    return Decimal(figures[key]) - Decimal(before[key])


def _points(change: Decimal) -> str:
    return f"{_number(change)}个百分点"


def _number(value: Any) -> str:
    return formats.number(Decimal(str(value)), 1)


def _count(value: int) -> str:
    return formats.number(value)
