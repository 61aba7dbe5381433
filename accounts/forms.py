"""The application form of Article 18: 姓名、性别、职务、分管或从事工作、联系电话, the unit and the role asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import catalog
from data_access.principal import ROLE_NAMES
from data_access.queries.accounts import GENDERS

LABELS = {
    "person": "姓名",
    "gender": "性别",
    "position": "职务",
    "duty": "分管或从事工作",
    "phone": "联系电话",
    "role": "身份",
    "unit": "单位",
}
LONGEST = {"person": 20, "position": 30, "duty": 60}
_PERSON = re.compile(
    r"[\u3400-\u9fff\U00020000-\U000323af·]{2,20}(（[\u3400-\u9fff]{1,4}）)?|[A-Za-z][A-Za-z .'-]{1,19}"
)
_SHARED = re.compile(
    "管理员|公用|共用|公共|值班|测试|演示|系统|命令行|经办人|办公室|处室|运维|体育局|admin|test|guest|shared",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"[a-z][a-z0-9_.-]{2,31}")
_RESERVED = {"admin", "administrator", "root", "guest", "test", "office", "public", "shared", "system"}


@dataclass(frozen=True)
class ApplicationForm:
    """One person's application as typed; `role` and `gender` are keys."""

    person: str
    gender: str
    position: str
    duty: str
    phone: str
    role: str
    unit: str

    def tidy(self) -> ApplicationForm:
        """Without spaces around, full-width digits or dashes in the telephone."""
        values = {f.name: unicodedata.normalize("NFKC", getattr(self, f.name)).strip() for f in fields(self)}
        values["person"] = self.person.strip().replace("(", "（").replace(")", "）")
        values["phone"] = re.sub(r"[\s-]", "", values["phone"])
        return ApplicationForm(**values)

    def as_row(self) -> dict[str, str]:
        return asdict(self)


def units_of(role: str) -> Mapping[str, str]:
    """Units a person of the role can belong to: code → name; those in force today only."""
    known = catalog.default()
    if role == "department":
        return {d.code: d.name_zh for d in known.departments}
    if role == "district":
        return {d.code: d.name for d in known.districts if d.valid_to is None}
    if role == "affiliated":
        return {u.code: u.name for u in known.affiliated_units}
    return {role: ROLE_NAMES[role]} if role in ROLE_NAMES else {}


def problems(form: ApplicationForm) -> list[str]:
    """Every reason why the tidied form cannot be taken, as sentences; none if it can."""
    found = [f"「{LABELS[name]}」没有填写。请填写。" for name, value in form.as_row().items() if not value]
    if form.person and (not _PERSON.fullmatch(form.person) or _SHARED.search(form.person)):
        found.append("「姓名」应为一个人的真实姓名，不能是单位、岗位或共用名称（专人专号）。请改正。")
    if form.gender and form.gender not in GENDERS:
        found.append("「性别」请选择男或女。")
    for name in ("position", "duty"):
        value = getattr(form, name)
        if len(value) > LONGEST[name]:
            found.append(f"「{LABELS[name]}」有 {len(value)} 个字，最多 {LONGEST[name]} 个。请缩短。")
        if not value.isprintable():
            found.append(f"「{LABELS[name]}」里有换行等看不见的字符。请去掉。")
    if form.phone and not re.fullmatch(r"[0-9]{11}", form.phone):
        found.append("「联系电话」应为 11 位数字，例如手机号码，或带区号的 02367890123。请改正。")
    if form.role and form.role not in ROLE_NAMES:
        found.append(f"「身份」请选择：{'、'.join(ROLE_NAMES.values())}。")
    elif form.role and form.unit and form.unit not in units_of(form.role):
        found.append(f"「单位」与身份「{ROLE_NAMES[form.role]}」不符。请重新选择。")
    return found


def account_name_problems(name: str) -> list[str]:
    """Why this cannot be a login name; none if it can."""
    if not _ACCOUNT.fullmatch(name):
        return ["账号名用 3 至 32 个小写字母、数字或 . _ -，以字母开头，例如 zhangwei。请改正。"]
    if name in _RESERVED or _SHARED.search(name):
        return ["账号名不能是共用的名称（专人专号）。请用本人姓名的拼音。"]
    return []


def login_name(typed: str) -> str:
    """What was typed, as account names are kept; too long to be one becomes the empty name."""
    name = unicodedata.normalize("NFKC", typed).strip().lower()
    return name if len(name) <= 64 else ""
