"""Why the operating system refused a file or a folder, in words for the person who named it."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.ENAMETOOLONG: "名称过长",
    errno.EEXIST: "已有同名的文件",
    errno.EADDRINUSE: "端口已被占用",
    errno.EIO: "读写磁盘出错",
}


def reason(error: OSError) -> str:
    """``没有权限``; the system's own words where no others are known."""
    return _WORDS.get(error.errno or 0) or error.strerror or str(error)
