"""Why a file is refused or held back before a single row is looked at, in words for its sender."""

from __future__ import annotations


class Refused(Exception):
    """The file stage ends with an F_ code; `detail` tells the sender in Chinese what to do now."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(code)


_QUARANTINE = "文件已封存，局办公室会核实，其他人看不到内容。请勿再次上传；如属误判，由局办公室放行。"


def empty_file() -> Refused:
    return Refused("F_EMPTY", "文件是空的（0 字节）。请重新导出后报送。")


def without_rows() -> Refused:
    return Refused(
        "F_EMPTY", "表头正确，但下面没有数据行。请填写数据后重新报送；确无数据的，不需要报送空表。"
    )


def encrypted() -> Refused:
    return Refused("F_ENCRYPTED", "文件设有打开密码。请取消密码后另存一份，重新报送。")


def corrupt() -> Refused:
    return Refused("F_CORRUPT", "文件打不开，可能没有传完整或已损坏。请在本机打开确认后另存一份，重新报送。")


def too_large(limit: int) -> Refused:
    """`limit` in bytes."""
    return Refused(
        "F_EXPANSION",
        f"文件解开后超过 {limit / 1_000_000:g} MB。请删去图片和多余的格式，或按月、按区县拆成几个文件报送。",
    )


def other_format() -> Refused:
    return Refused(
        "F_FORMAT",
        "文件内容不是 xlsx、xls 或 CSV 表格（看的是内容，不是文件名后缀）。"
        "请在 Excel 或 WPS 中另存为“Excel 工作簿（.xlsx）”后报送。",
    )


def with_macros() -> Refused:
    return Refused("F_FORMAT", "工作簿带有宏，不能接收。请另存为不带宏的“Excel 工作簿（.xlsx）”后报送。")


def secret_mark() -> Refused:
    return Refused("F_SECRET_MARK", f"文件中有国家秘密标志。{_QUARANTINE}")


def personal_id() -> Refused:
    return Refused("F_PERSONAL_ID", f"文件中有居民身份证号码，任何类别都不收集。{_QUARANTINE}")


def wrong_category(declared: str, found: str) -> Refused:
    """Both are Chinese names of categories."""
    return Refused(
        "F_WRONG_CATEGORY",
        f"表头是《{found}》的，不是所选类别《{declared}》的。请改选类别，或换成正确的文件。",
    )


def without_header(category: str, rows: int, lacking: list[str]) -> Refused:
    """`lacking`: required columns that the most likely header lacks."""
    hint = f"最接近的一行还缺：{'、'.join(lacking)}。" if lacking else ""
    return Refused(
        "F_HEADER",
        f"在可见工作表的前 {rows} 行没有找到《{category}》的表头。{hint}请按模板的列名填写后重新报送。",
    )


def field_twice(sheet: str, name: str) -> Refused:
    where = f"工作表《{sheet}》" if sheet else "文件"
    return Refused(
        "F_HEADER", f"{where}的表头有两列都对应“{name}”，无法判断以哪一列为准。请只保留一列后重新报送。"
    )
