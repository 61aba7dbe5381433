"""Invented names and numbers: harmless by construction, nobody and nothing real is meant.

No identity number and no telephone number is ever made here; people are keyed
by synthetic certificate numbers that carry letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任"
    "卢姚沈钟姜崔谭陆汪范廖石金贾夏付方邹熊白孟秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万覃武钱戴严莫孔向常"
)
GIVEN = tuple(
    "安柏博川岑晨澄楚春丹德东帆方丰峰歌光国海涵航浩禾恒弘华佳嘉建江杰锦京景静君俊开凯康可岚蕾黎立林霖琳"
    "玲龙露璐梅美萌敏明宁培鹏平琪琦清晴秋然仁荣蓉瑞若森山尚诗书思松涛天婷彤薇维文希曦夏晓欣新鑫星秀轩雪雅"
    "燕洋阳瑶怡亦毅英颖永勇宇雨语玉媛远云芸泽哲珍芝志智中卓子紫"
)
PLACES_A = tuple("青白石桂龙凤金银云清竹松柏荷兰梅杏桃李枫桐榆柳溪泉月星晨霞春秋安宁和顺永新长大双三")
PLACES_B = tuple("桥坝湾岭坪塘溪河岩林园台港岗沟田坡井洞滩")
STREET_KINDS = ("街道", "街道", "镇", "镇", "乡")
COMPANIES = ("巴渝", "两岸", "青山", "云启", "星渡", "朗峰", "江岳", "禾田", "凌川", "远帆", "东岭", "西麓")
SPORTS_MASS = (
    "广场舞", "太极拳", "健身气功", "徒步", "羽毛球", "乒乓球", "篮球", "足球", "气排球", "门球",
    "登山", "龙舟", "跳绳", "象棋", "围棋", "柔力球", "瑜伽", "健美操", "马拉松", "越野跑",
    "钓鱼", "游泳", "自行车", "轮滑", "武术", "排球", "网球", "毽球", "舞龙舞狮", "定向",
)  # fmt: skip
SPORTS_ELITE = (
    "田径", "游泳", "跳水", "体操", "艺术体操", "蹦床", "足球", "篮球", "三人篮球", "排球",
    "沙滩排球", "乒乓球", "羽毛球", "网球", "手球", "曲棍球", "橄榄球", "举重", "摔跤", "柔道",
    "跆拳道", "拳击", "空手道", "击剑", "射击", "射箭", "赛艇", "皮划艇",
)  # fmt: skip
"""28 sports: as many as Chongqing's teams prepared for the National Games with."""
SPORTS_YOUTH = (
    "田径", "游泳", "足球", "篮球", "排球", "乒乓球", "羽毛球", "网球", "武术", "跆拳道",
    "体操", "艺术体操", "举重", "摔跤", "柔道", "拳击", "射击", "射箭", "击剑", "赛艇",
    "皮划艇", "攀岩", "滑板", "轮滑", "棒球", "跳绳", "围棋", "国际象棋",
)  # fmt: skip
_USCC_CHARS = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
_USCC_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])


def pick(
    rng: np.random.Generator,
    values: Sequence[str],
    n: int,
    weights: Sequence[float] | np.ndarray | None = None,
) -> pa.Array:
    """`n` draws from `values`, with the given weights or equal ones."""
    if weights is None:
        index = rng.integers(0, len(values), n)
    else:
        p = np.asarray(weights, dtype=float)
        index = rng.choice(len(values), size=n, p=p / p.sum())
    return take(values, index)


def take(values: Sequence[str] | Sequence[str | None], index: np.ndarray) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(index))


def text(*parts: object) -> pa.Array:
    """Strings joined row by row; numbers are written as digits, plain strings repeat."""
    arrays = [_as_text(p) for p in parts]
    return pc.binary_join_element_wise(*arrays, "")


def _as_text(part: Any) -> Any:
    if isinstance(part, str):
        return part
    array = part if isinstance(part, pa.Array) else pa.array(part)
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def padded(numbers: np.ndarray, width: int) -> pa.Array:
    """Digits with leading zeros."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def people(rng: np.random.Generator, n: int) -> pa.Array:
    """Surname and one or two syllables, drawn independently."""
    second = pick(rng, GIVEN, n)
    single = pa.array(rng.random(n) < 0.18)
    return text(pick(rng, SURNAMES, n), pick(rng, GIVEN, n), pc.if_else(single, "", second))


def streets(rng: np.random.Generator, n: int, spread: int = 18) -> pa.Array:
    """Names of streets and townships; `spread` different ones keep a district plausible."""
    kinds = [
        PLACES_A[rng.integers(len(PLACES_A))]
        + PLACES_B[rng.integers(len(PLACES_B))]
        + STREET_KINDS[rng.integers(len(STREET_KINDS))]
        for _ in range(spread)
    ]
    return pick(rng, kinds, n)


def communities(rng: np.random.Generator, n: int) -> pa.Array:
    return text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n), pick(rng, ("社区", "社区", "村"), n))


def credit_codes(rng: np.random.Generator, n: int, kind: str = "51") -> pa.Array:
    """Unified social credit codes of nobody, with a right check digit (GB 32100).

    `kind`: 51 associations, 52 private institutions, 91 companies, 12 public institutions.
    The organisation's part starts with MJ, so the code can never be read as an identity number.
    """
    digits = np.empty((n, 17), dtype=np.int64)
    digits[:, :10] = [int(c) for c in kind + "500000"] + [21, 18]  # "M", "J" in the alphabet below
    digits[:, 10:] = rng.integers(0, 10, (n, 7))
    check = (31 - (digits * _USCC_WEIGHTS).sum(axis=1) % 31) % 31
    letters = _USCC_CHARS[np.column_stack([digits, check])]
    return pa.array(["".join(row) for row in letters])
