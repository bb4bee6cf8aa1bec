"""What can go wrong with a store, in words: each fault of SQLite as a `LedgerError` with its place and remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from hetao.errors import LedgerError, Place, Problem
from hetao.text import Text

__all__ = ["FAULTS", "Fault", "as_ledger_errors", "store_error"]


class Fault(NamedTuple):
    """One thing that can be wrong with a store: what is found, what is expected, what to do."""

    found: Text
    expected: Text
    remedy: Text


_USABLE = Text("可用的台账库", "a usable store")
_LOCKED = Fault(
    Text("台账库正被其他程序占用", "a store that another program has locked"),
    Text("可写的台账库", "a store free to write"),
    Text("等另一程序结束后重试；已写入的内容不受影响", "retry when the other program has finished; nothing is lost"),
)
_DAMAGED = Fault(
    Text("台账库文件已损坏", "a damaged store"),
    _USABLE,
    Text("从备份恢复，或由导出的日志重新建库", "restore a backup, or replay an exported journal into a new store"),
)
_FULL = Fault(
    Text("磁盘无法写入（空间不足或设备故障）", "a disk that cannot be written (full or faulty)"),
    _USABLE,
    Text("腾出空间或更换磁盘后重试", "free space or change the disk, then retry"),
)
FAULTS = {
    "scheme": Fault(
        Text("不支持的台账库地址", "a store address that is not supported"),
        Text(
            "sqlite:///文件.db、sqlite:///:memory: 或 postgresql://…",
            "sqlite:///file.db, sqlite:///:memory: or postgresql://…",
        ),
        Text(
            "改用 sqlite:/// 或 postgresql:// 开头的地址", "use an address that starts with sqlite:/// or postgresql://"
        ),
    ),
    "driver": Fault(
        Text("postgresql:// 地址，但未安装驱动 psycopg", "a postgresql:// address, and no driver psycopg"),
        Text("已安装的 psycopg 3", "psycopg 3 installed"),
        Text("运行 pip install 'hetao[postgresql]'", "run pip install 'hetao[postgresql]'"),
    ),
    "unavailable": Fault(
        Text("无法连接的数据库服务器", "a database server that cannot be reached"),
        _USABLE,
        Text("检查地址、账号和服务器是否在运行", "check the address, the account, and that the server runs"),
    ),
    "anchor": Fault(
        Text("无法写入的锚文件", "an anchor file that cannot be written"),
        Text("可写的锚文件", "an anchor file free to write"),
        Text("检查文件夹是否存在以及写权限", "check that the folder exists and may be written"),
    ),
    "no_anchor": Fault(
        Text("不是锚文件的文件", "a file that is no anchor"),
        Text("锚文件、空文件或尚不存在的文件", "an anchor, an empty file, or no file yet"),
        Text("改用其他路径；该文件未作任何改动", "choose another path; the file was left as it is"),
    ),
    "anchored": Fault(
        Text("与锚文件不符的台账库：日志末尾缺失或被替换", "a store whose journal lacks what its anchor holds"),
        Text("锚文件所记的日志条目", "the entry that the anchor notes"),
        Text(
            "恢复最新的备份；确认接受丢失并留下书面记录后，方可移走锚文件再写",
            "put the newest copy back; only where the loss is accepted, and put on record, move the anchor away and "
            "write on",
        ),
    ),
    "interrupted": Fault(
        Text("写入被中断，不知是否已入账", "a write that was interrupted; whether it was posted is not known"),
        _USABLE,
        Text("以相同的键重新提交", "hand the events in again under the same keys"),
    ),
    "older": Fault(
        Text("由旧版本的 hetao 建立的台账库", "a store made by an older hetao"),
        Text("本版本的台账库格式", "a store of this version's schema"),
        Text(
            "用旧版本导出日志，再用本版本 hetao ledger replay 建库",
            "export its journal with the older version, then replay it into a new store",
        ),
    ),
    "absent": Fault(
        Text("该处没有文件", "no file there"),
        Text("已有的台账库", "an existing store"),
        Text(
            "检查路径，或先用 hetao ledger replay 建库",
            "check the path, or make a store with hetao ledger replay first",
        ),
    ),
    "foreign": Fault(
        Text("不是 hetao 台账库的文件", "a file that is not a hetao store"),
        Text("hetao 台账库或空文件", "a hetao store or an empty file"),
        Text("改用其他路径；该文件未作任何改动", "choose another path; the file was left as it is"),
    ),
    "newer": Fault(
        Text("由更新版本的 hetao 建立的台账库", "a store made by a newer hetao"),
        Text("本版本的台账库格式", "a store of this version's schema"),
        Text("升级 hetao 后再打开", "upgrade hetao, then open it"),
    ),
    "read_only": Fault(
        Text("只读的台账库", "a store that is read-only"),
        Text("可写的台账库", "a store free to write"),
        Text("检查文件和文件夹的权限，或以可写方式打开", "check the rights of file and folder, or open it for writing"),
    ),
    "unreachable": Fault(
        Text("无法打开的文件", "a file that cannot be opened"),
        _USABLE,
        Text("检查文件夹是否存在以及读写权限", "check that the folder exists and may be read and written"),
    ),
    "closed": Fault(
        Text("已关闭的台账", "a ledger that was closed"),
        Text("打开着的台账", "a ledger that is open"),
        Text("重新打开（Ledger.open）", "open it anew with Ledger.open"),
    ),
    "pages": Fault(
        Text("不是台账库写下的页", "pages that are not as the ledger left them"),
        Text("与页校验相符的页", "pages that agree with the page sums"),
        Text(
            "用 hetao ledger rebuild 由日志重建；日志也损坏时，从备份恢复，或将导出的日志重放到新库",
            "make the tables anew from the journal with hetao ledger rebuild; where the journal is damaged too, "
            "restore a backup, or replay an exported journal into a new store",
        ),
    ),
    "locked": _LOCKED,
    "damaged": _DAMAGED,
    "full": _FULL,
}
_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_NOTADB: "foreign",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "full",
    sqlite3.SQLITE_AUTH: "interrupted",  # the ledger asks for nothing forbidden: it was interrupted while it was asked
}


def store_error(fault: str, url: str, detail: str = "") -> LedgerError:
    """Return the error for a fault of a store.

    Args:
        fault: a name in `FAULTS`.
        url: the store's address.
        detail: what was found exactly, in no language.
    """
    found, expected, remedy = FAULTS[fault]
    if detail:
        found = Text(f"{found.zh}（{detail}）", f"{found.en} ({detail})")
    return LedgerError([Problem(f"ledger.store.{fault}", Place(file=url), found, expected, remedy)])


@contextmanager
def as_ledger_errors(url: str) -> Iterator[None]:
    """Turn every error of SQLite or of the files beside it inside the block into a `LedgerError`."""
    try:
        yield
    except OSError as error:
        raise store_error("unreachable", url, str(error)) from error
    except UnicodeDecodeError as error:  # texts of SQLite's own, such as what it says of a damaged schema
        raise store_error("damaged", url, str(error)) from error
    except sqlite3.Error as error:
        if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
            raise store_error("closed", url) from error
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        raise store_error(_BY_SQLITE_CODE.get(code, "damaged"), url, str(error)) from error
