"""The yearly score a second time: plain loops over days and lists, written from domain rules 4.1–4.3.

Shares nothing with `metrics.score`. Only figures of the result that the canonical
documents name are worked out; defaults of the rules stand here as numbers.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction as F

WEIGHTS = {
    "quantity": F(28), "coverage": F(12), "timeliness": F(20), "quality": F(20), "publishing": F(10),
    "cooperation": F(10),
}  # fmt: skip
SIX = {
    "normativity": F(20), "completeness": F(25), "accuracy": F(25), "consistency": F(15), "currency": F(10),
    "accessibility": F(5),
}  # fmt: skip
INCIDENT = {"一般": 3, "较大": 10, "重大": 20, "特别重大": 20}
NEVER = dt.date(9999, 12, 31)
EVER = dt.date(1, 1, 1)


def rounded(x):
    """Half up to two decimals, for numbers of at least 0, in whole hundredths."""
    hundredths = int(x * 100)
    if x * 100 - hundredths >= F(1, 2):
        hundredths += 1
    return F(hundredths, 100)


def shown(x):
    if x is None:
        return None
    hundredths = int(rounded(x) * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def date(text, missing):
    return missing if text is None else dt.date.fromisoformat(text)


def result(document):
    departments = [one_department(document, d) for d in document["departments"]]
    return {"departments": departments, "ranking": ranking(departments)}


def one_department(document, department):
    year = document["year"]
    year_days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    year_days = [day for day in year_days if day.year == year]
    begins, ends = date(department["valid_from"], EVER), date(department["valid_to"], NEVER)
    freeze = date(document["freeze"], None)
    if ends.year <= year and ends < freeze:
        freeze = ends
    exists = [day for day in year_days if begins <= day <= ends]
    alive = set(exists)
    weights, six, grades, limits = settings(document)

    # ---- deductions
    counted = []
    for d in department["deductions"]:
        if dt.date.fromisoformat(d["occurred_on"]) in alive and date(d["confirmed_on"], NEVER) <= freeze:
            counted.append(d)
    filed = date(department["plan_filed_on"], NEVER)
    if filed > freeze:
        filed = freeze
    weeks, day = 0, dt.date(year, 1, 31)
    while exists and begins <= dt.date(year, 1, 31) and day < filed:
        weeks += 1
        day += dt.timedelta(days=7)
    by_kind = {
        "late_plan": min(F(5), F(weeks)),
        "content": min(F(15), F(5 * sum(d["kind"] == "content" for d in counted))),
        "incident": F(sum(INCIDENT[d["level"]] for d in counted if d["kind"] == "incident")),
        "falsified": F(10 * sum(d["kind"] == "falsified" for d in counted)),
    }
    total = sum(by_kind.values())
    taken = total if total < limits["deductions_max"] else limits["deductions_max"]
    falsified = [d["category"] for d in counted if d["kind"] == "falsified"]

    # ---- categories
    categories, t, assigned, means, credit_of_parts = [], [], 0, [], []
    published = waiting = integrated = 0
    somebody_waits = False
    for c in department["categories"]:
        first, last = date(c["valid_from"], EVER), date(c["valid_to"], NEVER)
        days = [day for day in exists if first <= day <= last]
        if not days:
            continue
        assigned += 1
        own = set(days)
        force = in_force(c["plan_versions"], year_days, freeze)
        q = None
        if force:
            q = rounded(F(sum(force[day] for day in days), len(year_days)))
        zero = q == 0 and force != {}
        if zero:
            r = None
        elif not force or c["code"] in falsified:
            r = F(0)
        else:
            r = rounded(min(F(100), 100 * F(c["integrated_keys"]) / q))
        covered = zero or c["accepted_records"] > 0
        items = []
        for item in c["due_items"]:
            ends_on = dt.date.fromisoformat(item["ends_on"])
            if ends_on not in own or zero or (force and force[ends_on] == 0):
                continue
            if dt.date.fromisoformat(item["due_on"]) > freeze:
                continue
            items.append(credit(item, freeze, limits["delay_days"]))
        mean = None
        if c["rows"] > 0 and not zero:
            above = below = F(0)
            for name, weight in six.items():
                numerator, denominator = c["characteristics"].get(name, ["0", "0"])
                if F(denominator) != 0:
                    above += weight * rounded(100 * F(numerator) / F(denominator))
                    below += weight
            if below:
                mean = rounded(above / below)
        if mean is not None:
            means.append(mean)
        t += items
        credit_of_parts.append((F(c["weight"]), r, covered))
        if not zero:
            for b in c["batches"]:
                if b["state"] in ("integrated", "published"):
                    integrated += b["count"]
                if b["state"] == "published":
                    published += b["count"]
                if b["state"] == "integrated" and b["waiting_for"] == "operations":
                    waiting += b["count"]
                if b["waiting_for"] == "operations" and b["count"] > 0:
                    somebody_waits = True
        categories.append(
            {"code": c["code"], "q": shown(q), "r": shown(r), "covered": covered, "items": len(items),
             "mean": shown(mean)}
        )  # fmt: skip

    found = {
        "code": department["code"], "order": department["order"], "categories": categories,
        "deductions": {k: shown(x) for k, x in {**by_kind, "sum": total, "taken": taken}.items()},
        "total": total, "score": None, "grade": None, "P": None, "points_sum": None,
        "weights_present": None, "values": dict.fromkeys(WEIGHTS), "points": dict.fromkeys(WEIGHTS),
    }  # fmt: skip
    if all(r is None for _, r, _ in credit_of_parts):
        return found

    # ---- parts
    values = {}
    values["quantity"] = sum(w * r for w, r, _ in credit_of_parts if r is not None) / sum(
        w for w, r, _ in credit_of_parts if r is not None
    )
    values["coverage"] = 100 * F(sum(covered for _, _, covered in credit_of_parts)) / assigned
    values["timeliness"] = 100 * sum(t) / F(len(t)) if t else None
    otherwise = F(0) if t else None
    values["quality"] = sum(means) / F(len(means)) if means else otherwise
    if integrated - waiting > 0:
        values["publishing"] = F(100 * published) / (integrated - waiting)
    else:
        values["publishing"] = None if somebody_waits else otherwise
    k = []
    for o in department["obligations"]:
        due_on = dt.date.fromisoformat(o["due_on"])
        if due_on in alive and due_on <= freeze:
            done_on = date(o["done_on"], NEVER)
            late = max(0, (done_on - due_on).days)
            k.append(F(0) if done_on > freeze else max(F(0), 1 - F(late) / limits["obligation_days"]))
    values["cooperation"] = 100 * sum(k) / F(len(k)) if k else F(100)
    points, points_sum, present = {}, F(0), F(0)
    for name, value in values.items():
        if value is not None:
            values[name] = rounded(value)
            points[name] = rounded(weights[name] * values[name] / 100)
            points_sum += points[name]
            present += weights[name]
    whole = points_sum if len(points) == 6 else rounded(100 * points_sum / present)
    score = whole - taken if whole > taken else F(0)
    grade = "不合格"
    for name, least in grades:
        if score >= least:
            grade = name
            break
    if [d for d in counted if d["kind"] == "secret_leak"]:
        grade = "不合格"
    return found | {
        "values": {name: shown(values[name]) for name in WEIGHTS},
        "points": {name: shown(points.get(name)) for name in WEIGHTS},
        "points_sum": shown(points_sum), "weights_present": shown(present), "P": shown(whole),
        "score": shown(score), "grade": grade,
        "merit": [score, *(points.get(p, F(0)) for p in ("quantity", "quality", "timeliness", "coverage")),
                  -total],
    }  # fmt: skip


def settings(document):
    rules = document.get("rules") or {}
    weights = {name: F(w) for name, w in {**WEIGHTS, **rules.get("weights", {})}.items()}
    six = {name: F(w) for name, w in {**SIX, **rules.get("characteristics", {})}.items()}
    grades = rules.get("grades", {"优秀": "90", "良好": "80", "合格": "60"})
    limits = {"delay_days": 30, "obligation_days": 15, "deductions_max": F(30)}
    limits |= {name: F(x) for name, x in rules.get("limits", {}).items()}
    return weights, six, sorted(((n, F(x)) for n, x in grades.items()), key=lambda g: -g[1]), limits


def in_force(versions, year_days, freeze):
    """Day of the year → quantity in force on it; empty without an approved version."""
    approved = []
    for v in versions:
        if v["approved_on"] is not None and dt.date.fromisoformat(v["approved_on"]) <= min(
            freeze, year_days[-1]
        ):
            approved.append((dt.date.fromisoformat(v["approved_on"]), v["version"], v["quantity"]))
    if not approved:
        return {}
    approved.sort()
    opening = [v for v in approved if v[0] == approved[0][0]][-1]
    force = {}
    for day in year_days:
        quantity = opening[2]
        for since, _, changed in approved:
            if since <= day:
                quantity = changed
        force[day] = quantity
    return force


def credit(item, freeze, limit):
    if "days" in item:
        return F(item["complete_days"], item["days"]) if item["days"] else F(0)
    received = date(item["received_on"], NEVER)
    if received > freeze:
        return F(0)
    late = (received - dt.date.fromisoformat(item["due_on"])).days
    if late <= 0:
        return F(1)
    return F(0) if late >= limit else 1 - F(late) / limit


def ranking(departments):
    assessed = [d for d in departments if d["score"] is not None]
    assessed.sort(key=lambda d: d["order"])
    places = []
    for d in assessed:
        better = sum(other["merit"] > d["merit"] for other in assessed)
        places.append({"rank": better + 1, "code": d["code"], "score": d["score"]})
    places.sort(key=lambda p: p["rank"])
    return places
