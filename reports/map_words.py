"""Sentences, tables and tooltips of the map of facilities: the same on the page, in its files and its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import catalog
from catalog import maps
from data_access.principal import Principal
from data_access.queries.facilities import Found
from data_access.queries.status import base_kind
from metrics.facilities import (
    CHEAP,
    MASS,
    MEASURES,
    SURVEY,
    Choice,
    District,
    Facilities,
    Measure,
    kind_groups,
    kinds_of,
)
from metrics.facility_places import Cell, Point
from metrics.published import CITY_FACILITIES, NATION_PER_PERSON_M2, TARGET
from ui import formats

EVERY_KIND, EVERY_OWNER, EVERY_OPENING, EVERY_FEE = "全部类型", "全部机构", "不限开放", "不限收费"
SETS = {"体育场地统计": SURVEY, "群众体育场地": MASS}
FIRST_MEASURE = [*MEASURES].index("per_person")
BASIS = (
    "本库人均按 2020 年普查常住人口（3,205.42 万人）计算，公布人均按当年常住人口计算，两者口径不同；"
    "全国数据出自国家体育总局历年公报，2023 年数据待中心核对。目标低于全国水平，两条线都列出。"
    "功能区（两江新区、高新区、万盛经开区）报送的场地计入其所在区县，不重复计算。"
)
SCOPES = ("全市", *maps.GROUPS, maps.CORE)
CHEAP_WORDS = "免费或低收费"
FEES = {CHEAP_WORDS: CHEAP, "免费": ("免费",), "低收费": ("低收费",), "收费": ("收费",)}


def written(measure: Measure, value: float | None) -> str:
    """``2.86㎡``, ``17,067 处``, ``+1.8%``, — where nothing is known."""
    if value is None or measure.key == "growth":
        return short(measure, value)
    return f"{short(measure, value)}{'' if measure.unit.endswith('㎡') else ' '}{measure.unit}"


def short(measure: Measure, value: float | None) -> str:
    """The figure without its unit, as it stands under a name on the map."""
    if measure.key == "growth":
        return formats.percent(None if value is None else value / 100, 1, signed=True)
    return formats.number(value, measure.digits)


def what(known: Facilities) -> str:
    """What is counted, in words: ``室外篮球场``, ``免费或低收费的群众体育场地``."""
    c = known.choice
    kind = kinds_words(c.kinds) or ("群众体育场地" if c.category == MASS else "体育场地")
    before = [
        word
        for word in (c.owner and f"{c.owner}管理", c.opening, fee_words(c.fee) and f"{fee_words(c.fee)}开放")
        if word
    ]
    return f"{'、'.join(before)}的{kind}" if before else kind


def kinds_words(kinds: Sequence[str]) -> str:
    """One kind by its name, a whole group of the survey's table by the group's, others by their number."""
    if not kinds:
        return ""
    groups = {t.group for t in catalog.default().facility_types if t.name in kinds}
    of_group = [t.name for t in catalog.default().facility_types if t.group in groups]
    if len(kinds) > 1 and len(groups) == 1 and len(of_group) == len(kinds):
        return f"{groups.pop()}场地"
    return formats.listed(list(kinds), most=2)


def fee_words(fee: Sequence[str]) -> str:
    return next((words for words, values in FEES.items() if tuple(fee) == values), "")


def is_demonstration(known: Facilities) -> bool:
    """Whether every figure must be marked 演示数据."""
    return base_kind(known.principal, known.connection) == "demo"


def place_name(known: Facilities) -> str:
    place = known.choice.place
    return known.edition.shapes[place].name if place in known.edition.shapes else place or "全市"


def sentence(known: Facilities, measure: Measure) -> str:
    """The answer to: how much is there, and is it enough?"""
    city = known.city
    year = f"{known.choice.year} 年" if known.choice.year else ""
    words = f"{year}{place_name(known)}有{what(known)} {formats.number(city.facilities)} 处、{formats.wan(city.area_m2)}㎡"
    if not known.choice.is_filtered and known.choice.category == SURVEY:
        return f"{words}，人均 {formats.number(city.per_person, 2)}㎡，{against(city.per_person)}。"
    if known.choice.place in known.edition.shapes:
        return f"{words}，{rank_words(known, measure)}。"
    return f"{words}。"


def second_sentence(known: Facilities, measure: Measure) -> str:
    """Where it is most and least, and what has changed."""
    city = known.city
    is_one = known.choice.place in known.edition.shapes
    words = rank_words(known, measure) if is_one else extremes(known, measure)
    if city.growth is not None:
        words += f"；场地比上年{'增加' if city.growth >= 0 else '减少'} {formats.percent(abs(city.growth))}"
        if city.left_out:
            words += f"（{formats.number(city.left_out)} 个区县缺上年或当年调查，未计入）"
    return f"{words}。"


def against(per_person: float | None) -> str:
    """Beside the city's target and the nation's newest figure."""
    if per_person is None:
        return "没有人口数，不能比较"
    year, nation = max(NATION_PER_PERSON_M2.items())
    reached = "已达到" if per_person >= TARGET.per_person_m2 else "未达到"
    compared = "高于" if per_person > nation else "低于" if per_person < nation else "持平"
    return f"{reached} {TARGET.year} 年目标 {TARGET.per_person_m2}㎡，{compared}全国 {nation}㎡（{year} 年）"


def extremes(known: Facilities, measure: Measure) -> str:
    """The district with most and the one with least of the measure shown."""
    ranked = sorted(
        ((d.value(measure.key), d.name) for c in known.codes if (d := known.districts[c]).code),
        key=lambda pair: (pair[0] is not None, pair[0] or 0.0),
    )
    told = [(v, name) for v, name in ranked if v is not None]
    if not told:
        return f"{measure.name}没有数据"
    if len(told) == 1 and len(ranked) > 1:  # a district sees no visits but its own
        return f"{measure.name}只显示{told[0][1]}（{written(measure, told[0][0])}）"
    (low, least), (high, most) = told[0], told[-1]
    none = sum(v == 0 for v, _ in told)
    lowest = f"{none} 个区县为 0" if none > 1 else f"{least}最低（{written(measure, low)}）"
    return f"{measure.name}{most}最高（{written(measure, high)}），{lowest}"


def rank_words(known: Facilities, measure: Measure) -> str:
    """Where the chosen district stands among all of them."""
    of = known.districts[known.choice.place]
    values = [v for d in known.districts.values() if d.code and (v := d.value(measure.key)) is not None]
    own = of.value(measure.key)
    if own is None:
        return f"{measure.name}没有数据"
    if len(values) == 1:
        return f"{measure.name} {written(measure, own)}"
    place = 1 + sum(v > own for v in values)
    return f"{measure.name} {written(measure, own)}，在 {len(values)} 个区县中排第 {place}"


def district_words(known: Facilities, of: District) -> str:
    """What is said when a district is pointed at."""
    lines = [
        of.name,
        f"场地 {formats.number(of.facilities)} 处，{formats.wan(of.area_m2)}㎡",
        f"人均 {formats.number(of.per_person, 2)}㎡，每平方公里 {formats.number(of.density, 2)} 处",
    ]
    if of.growth is not None:
        lines.append(f"比上年 {formats.percent(of.growth, signed=True)}")
    if of.visits is not None:
        lines.append(f"近 30 天客流 {formats.number(of.visits)} 人次")
    return "\n".join(lines)


def cell_words(cell: Cell) -> str:
    return f"{formats.number(cell.facilities)} 处，{formats.wan(cell.area_m2)}㎡"


def point_words(point: Point) -> str:
    area = f"{formats.number(point.area_m2)}㎡" if point.area_m2 is not None else ""
    return f"{point.name}\n" + " · ".join(w for w in (point.kind, area, point.owner, point.opening) if w)


def located_words(known: Facilities) -> str:
    """How many of the facilities counted can stand on the map at all."""
    city = known.city
    share = formats.percent(city.located / city.facilities) if city.facilities else formats.MISSING
    return f"有坐标的 {formats.number(city.located)} 处（{share}）"


def points_note(shown: int, located: int, facilities: int) -> str:
    """How many of a district's facilities stand on the map one by one."""
    words = f"{formats.number(facilities)} 处中 {formats.number(located)} 处有坐标"
    return words + (f"，显示面积最大的 {formats.number(shown)} 处。" if shown < located else "，全部显示。")


def no_points(known: Facilities) -> str:
    """Why no single facility stands on the map."""
    category = catalog.default().category_by_code[known.choice.category]
    if not known.principal.may_read_category(category):
        owner = catalog.default().department_by_code[category.department].short
        return f"单处场地由{owner}、局办公室和局领导查看；您可以查看各区县的合计。"
    if known.principal.role in ("district", "affiliated"):
        return "这里没有本单位报送的、有坐标的场地；其他单位报送的场地只显示合计。"
    return "符合条件的场地都没有坐标，不能显示点位。"


def cells_note(far_m: int, near_m: int, known: Facilities) -> str:
    """How large a hexagon is, and what is not in any."""
    return (
        f"{located_words(known)}；左图一格边长约 {far_m / 1000:g} 公里，右图约 {near_m / 1000:g} 公里。"
        "没有坐标的场地不在图上，计入区县合计。"
    )


def rows(known: Facilities) -> list[dict[str, Any]]:
    """The map as a table: every district with every measure."""
    return [
        {
            "区县": d.name,
            "场地（处）": d.facilities,
            "面积（万㎡）": round(d.area_m2 / 10_000, 2),
            "人均（㎡）": _rounded(d.per_person, 2),
            "密度（处/km²）": _rounded(d.density, 2),
            "比上年": formats.percent(d.growth, signed=True),
            "近 30 天客流": d.visits,
            "有坐标": d.located,
            "常住人口（2020）": d.residents,
        }
        for d in (known.districts[code] for code in known.codes)
    ]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def published_rows(known: Facilities | None) -> list[dict[str, str]]:
    """Year by year: what was published, what the base counts, and the nation; each with its source."""
    counted = base_years(known) if known is not None else {}
    published = {p.year: p for p in CITY_FACILITIES}
    made = []
    for year in sorted({*published, *counted}):
        p, own = published.get(year), counted.get(year)
        count, area, per_person = (p.count, p.area_m2, p.per_person_m2) if p else (None, None, None)
        nation = NATION_PER_PERSON_M2.get(year)
        made.append(
            {
                "年度": f"{year} 年",
                "公布场地（处）": formats.number(count),
                "公布面积（万㎡）": formats.number(None if area is None else area / 10_000, 2),
                "公布人均（㎡）": formats.number(per_person, 2),
                "本库人均（㎡）": formats.number(own, 2),
                "全国人均（㎡）": formats.number(nation, 2),
                "公布出处": p.source if p else formats.MISSING,
            }
        )
    return made


def base_years(known: Facilities) -> dict[int, float]:
    """m² a person by survey year as counted in the base, by the census of 2020, without any filter."""
    residents = sum(maps.population(code) or 0 for code in known.edition.shapes)
    areas: dict[int, float] = {}
    for t in known.totals:
        if t.year and t.facilities:
            areas[t.year] = areas.get(t.year, 0.0) + t.area_cm2 / 10_000
    return {year: area / residents for year, area in areas.items()} if residents else {}


def growth_words() -> str:
    """2020 → 2023 as published."""
    first, last = CITY_FACILITIES[0], CITY_FACILITIES[-1]
    return (
        f"公布数：{first.year} 年 {formats.number(first.per_person_m2, 2)}㎡，{last.year} 年 "
        f"{formats.number(last.per_person_m2, 2)}㎡；{TARGET.year} 年目标超过 {TARGET.per_person_m2}㎡（{TARGET.source}）。"
    )


def bars(known: Facilities) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Area per person as a share of the nation's newest figure, in two halves; below the city's target it is alarming."""
    _, nation = max(NATION_PER_PERSON_M2.items())
    made = []
    for d in known.ranked:
        value = d.per_person or 0.0
        state = "alarm" if value < TARGET.per_person_m2 else "attention" if value < nation else "accent"
        figure = f"{formats.number(value, 2)}㎡"
        made.append(
            {"name": known.edition.shapes[d.code].short, "ratio": value / nation, "state": state, "figure": figure,
             "hover": f"{d.name} 人均 {figure}", "district": d.name}
        )  # fmt: skip
    half = (len(made) + 1) // 2
    return made[:half], made[half:]


def nation_words() -> str:
    year, nation = max(NATION_PER_PERSON_M2.items())
    return f"全国 {nation}㎡（{year} 年）="


def nothing_found(who: Principal, category: str) -> str:
    """Why nothing stands here, and what to do."""
    known = catalog.default()
    if not who.may_read_category(known.category_by_code[category]):
        owner = known.department_by_code[known.category_by_code[category].department].short
        return f"没有这个区县。单处场地由{owner}、局办公室和局领导查看，您可以查看各区县的合计。"
    return "没有找到。请换一个词；拼音首字母如 ybtyg 也可以，渝北区体育馆写作 ybqtyg。"


def places_found(words: str, edition: maps.Edition) -> list[str]:
    """Districts whose name, alias or pinyin initials match; the shortest name first."""
    asked = "".join(words.split()).lower()
    if not asked:
        return []
    found = []
    known = catalog.default().district_by_code
    for code, shape in edition.shapes.items():
        names = (
            {shape.name, shape.short, *known[code].aliases, *known[code].old_names}
            if code in known
            else {shape.name}
        )
        names |= {known[old].name for old in known[code].merged_from} if code in known else set()
        letters = {"".join(part[:1] for part in formats.pinyin_key(name)) for name in names}
        if any(asked in name for name in names) or any(letter.startswith(asked) for letter in letters):
            found.append(code)
    return sorted(found, key=lambda code: (len(edition.shapes[code].name), code))


def found_rows(found: Sequence[Found], edition: maps.Edition) -> list[dict[str, Any]]:
    """What the search has found, as a table."""
    shapes = edition.shapes
    known = catalog.default().district_by_code
    return [
        {
            "场地名称": f.name,
            "类型": f.kind,
            "区县": shapes[f.district].name if f.district in shapes else known[f.district].name,
            "面积（㎡）": f.area_m2,
            "坐标": "有" if f.longitude is not None else "无",
        }
        for f in found
    ]


def measure_named(name: str) -> Measure:
    return next((m for m in MEASURES.values() if m.name == name), MEASURES["per_person"])


# ---- the filters as the URL has them ----


def place_options(edition: maps.Edition) -> dict[str, str]:
    """Name → place of a `Choice`: the city, 一区两群, the city proper, then districts by pinyin."""
    names = {shape.name: code for code, shape in edition.shapes.items()}
    return {
        SCOPES[0]: "",
        **{scope: scope for scope in SCOPES[1:]},
        **{name: names[name] for name in formats.pinyin_sorted(names)},
    }


def kind_options(category: str) -> dict[str, tuple[str, ...]]:
    """Name → kinds: all, groups of the survey's table, then single kinds."""
    groups = {f"{group}（{len(kinds)} 类）": kinds for group, kinds in kind_groups(category).items()}
    return {EVERY_KIND: (), **groups, **{kind: (kind,) for kind in kinds_of(category)}}


def values_of(category: str, field: str) -> tuple[str, ...]:
    """What a field of the category allows."""
    return catalog.default().category_by_code[category].field_by_name[field].allowed


def owner_options() -> list[str]:
    return [EVERY_OWNER, *values_of(SURVEY, "operator_type")]


def opening_options() -> list[str]:
    return [EVERY_OPENING, *values_of(SURVEY, "opening")]


def choice(filters: Mapping[str, str], edition: maps.Edition) -> Choice:
    """The filters of the URL as what is counted; whatever is unknown there restricts nothing."""
    category = SETS.get(filters.get("set", ""), SURVEY)
    year = filters.get("year", "").removesuffix(" 年")
    is_survey = category == SURVEY
    return Choice(
        category=category,
        year=int(year) if is_survey and year.isdecimal() and len(year) == 4 else 0,
        kinds=kind_options(category).get(filters.get("kind", ""), ()),
        owner=_one_of(filters.get("owner"), owner_options()[1:]) if is_survey else "",
        opening=_one_of(filters.get("opening"), opening_options()[1:]) if is_survey else "",
        fee=() if is_survey else FEES.get(filters.get("fee", ""), ()),
        place=place_options(edition).get(filters.get("place", ""), ""),
    )


def _one_of(value: str | None, allowed: Sequence[str]) -> str:
    return value if value is not None and value in allowed else ""
