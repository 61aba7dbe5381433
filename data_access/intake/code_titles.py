"""What each code of intake contract 1.0 is called on screen."""

from __future__ import annotations

_TITLES = {
    "F_DUPLICATE_FILE": "同一文件已经收到过",
    "F_EMPTY": "文件是空的",
    "F_ENCRYPTED": "文件设有密码",
    "F_CORRUPT": "文件损坏，无法打开",
    "F_EXPANSION": "解压后超过大小上限",
    "F_FORMAT": "不是 xlsx、xls 或 CSV 文件",
    "F_SECRET_MARK": "含有密级标志，已隔离",
    "F_PERSONAL_ID": "含有身份证号，已隔离",
    "F_WRONG_CATEGORY": "表头属于另一个数据类别",
    "F_HEADER": "找不到本类别的表头，或一个字段有两列",
    "R_REQUIRED": "必填项没有填写",
    "R_TYPE": "类型不对",
    "R_DATE_AMBIGUOUS": "日期有歧义",
    "R_ENUM": "不在可选值中",
    "R_DISTRICT": "区县名称无法识别",
    "R_RANGE": "超出允许范围",
    "R_PATTERN": "编码格式不符",
    "R_LENGTH": "文字过长",
    "R_FUTURE_DATE": "日期晚于收到日期",
    "R_ORDER": "先后或大小顺序不对",
    "R_FORMULA": "含有公式",
    "R_CROSS": "栏目之间不一致",
    "R_KEY_CONFLICT": "同一记录有不同内容",
    "W_FULLWIDTH": "全角字符已改为半角",
    "W_NUMBER_FORMAT": "已去掉千位分隔符",
    "W_UNIT": "已按表头单位换算",
    "W_UNIT_SUFFIX": "已按单元格中的单位换算",
    "W_DATE_FORMAT": "日期格式已统一",
    "W_DATE_PRECISION": "只有年月，记为当月第一天",
    "W_EXCEL_SERIAL": "数字已读作日期",
    "W_NUMBER_AS_TEXT": "数字已读作编码",
    "W_BOOL": "已改为“是”或“否”",
    "W_DISTRICT_ALIAS": "区县简称已改为规范名称",
    "W_DISTRICT_OLD_NAME": "区县旧名已改为现名",
    "W_FILLED_DOWN": "取自合并单元格",
    "W_GEO_SWAPPED": "经纬度已对调",
    "W_GEO_DMS": "度分秒已换算为度",
    "W_GEO_CONVERTED": "坐标已换算为 CGCS2000",
    "W_CHECKSUM": "信用代码校验位不符，请核对",
    "W_CROSS": "栏目之间可能不一致，请核对",
    "W_HIDDEN_SHEET": "隐藏的工作表没有读取",
    "W_SHEET_SKIPPED": "没有合适表头的工作表已跳过",
}


def explain(code: str) -> str:
    """The title of a code on screen; a file warning may carry a sheet's name after a colon."""
    return _TITLES.get(code.split(":", 1)[0], code)


def all_codes() -> tuple[str, ...]:
    return tuple(_TITLES)
