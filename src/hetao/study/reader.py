"""Read the tables of ``study.toml`` key by key; everything that is wrong is recorded with its place."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard, TypeVar

from hetao.errors import Place, Problems
from hetao.text import Text

__all__ = ["Reader"]

YEARS = 1000, 9999  # four digits
T = TypeVar("T")


class Reader:
    """One table of a settings file: ask for each key once, then call `done` to report the keys nobody asked for.

    Args:
        table: the parsed table.
        where: its name as it stands in the file, e.g. ``[plan.breakdown]``.
        file: the file's name.
        problems: where anything wrong is recorded.
    """

    def __init__(self, table: Mapping[str, Any], where: str, file: str, problems: Problems) -> None:
        self._table, self._where, self._file, self._problems = table, where, file, problems
        self._asked: set[str] = set()

    def refuse(self, key: str, *, found: Text, expected: Text, remedy: Text) -> None:
        """Record a problem with one key."""
        place = Place(file=self._file, item=f"{self._where} {key}".strip())
        self._problems.add("study.setting", place, found=found, expected=expected, remedy=remedy)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default the key is required."""
        return self._typed(key, str, default, Text("一段文字", "a text"))

    def count(self, key: str, default: int | None = None) -> int:
        """Return a whole number of at least 1; without a default the key is required."""
        if default is not None and key not in self._table:
            self._asked.add(key)
            return default
        return self._whole(key, 1, sys.maxsize, Text("不小于 1 的整数", "a whole number of at least 1"))

    def year(self, key: str) -> int:
        """Return a year of four digits; it is required."""
        return self._whole(key, *YEARS, Text("四位年份", "a year of four digits"))

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        return self._typed(key, bool, default, Text("true 或 false", "true or false"))

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one."""
        value = self._value(key, default, Text("文字列表", "a list of texts"))
        if value is None:
            return ()
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list | tuple) and all(isinstance(v, str) for v in listed):
            return tuple(listed)
        self._wrong(key, value, Text("文字列表", "a list of texts"))
        return ()

    def bilingual(self, key: str, default: Text | None = None) -> Text:
        """Return a text in both languages: ``{zh = "…", en = "…"}``, or one text used for both."""
        wanted = Text("{zh = …, en = …} 或一段文字", "{zh = …, en = …} or a text")
        value = self._value(key, default, wanted)
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return Text(value, value)
        if (
            isinstance(value, Mapping)
            and set(value) == {"zh", "en"}
            and all(isinstance(v, str) for v in value.values())
        ):
            return Text(value["zh"], value["en"])
        if value is not None:
            self._wrong(key, value, wanted)
        return Text("", "")

    def years(self, key: str, default: tuple[int, int] | None = None) -> tuple[int, int]:
        """Return a first and a last year of four digits: ``[2000, 2017]``."""
        wanted = Text("[起始年, 终止年]，各四位", "[first year, last year], four digits each")
        value = self._value(key, default, wanted)
        if value is None:
            return (0, 0)
        listed = list(value) if isinstance(value, list | tuple) else []
        if len(listed) == 2 and all(_is_whole(v, *YEARS) for v in listed) and listed[0] <= listed[1]:
            return listed[0], listed[1]
        self._wrong(key, value, wanted)
        return (0, 0)

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return one of the allowed words."""
        words = tuple(allowed)
        value = self.text(key, default)
        if value and value not in words:
            listed = ", ".join(words)
            self._wrong(key, value, Text(f"以下之一：{listed}", f"one of: {listed}"), _closest(value, words))
        return value

    def amounts(self, key: str) -> dict[str, str]:
        """Return a table of texts by key, e.g. ``{"2026" = "5000万元"}``; absent means empty."""
        value = self._value(key, {}, Text("表", "a table"))
        if isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values()):
            return {str(k): v for k, v in value.items()}
        self._wrong(key, value, Text("值为文字的表", "a table whose values are texts"))
        return {}

    def table(self, key: str) -> Mapping[str, Any]:
        """Return a table; absent means empty."""
        value = self._value(key, {}, Text("表", "a table"))
        if isinstance(value, Mapping):
            return value
        self._wrong(key, value, Text("表", "a table"))
        return {}

    def tables(self, key: str) -> list[Reader]:
        """Return the readers of a list of tables ``[[…]]``; absent means none."""
        value = self._value(key, [], Text("表的列表 [[…]]", "a list of tables [[…]]"))
        if isinstance(value, list) and all(isinstance(v, Mapping) for v in value):
            name = f"{self._where.strip('[]')}.{key}"
            return [Reader(v, f"[[{name}]] {i}", self._file, self._problems) for i, v in enumerate(value, start=1)]
        self._wrong(key, value, Text("表的列表 [[…]]", "a list of tables [[…]]"))
        return []

    def sections(self, key: str) -> dict[str, Reader]:
        """Return the readers of named sub-tables ``[measure.tfp]``, …; absent means none."""
        found = {}
        for name, value in self.table(key).items():
            if isinstance(value, Mapping):
                found[name] = Reader(value, f"[{key}.{name}]", self._file, self._problems)
            else:
                self._wrong(f"{key}.{name}", value, Text("表", "a table"))
        return found

    def section(self, key: str) -> Reader | None:
        """Return the reader of a sub-table, or None where it is absent."""
        if key not in self._table:
            self._asked.add(key)
            return None
        name = f"{self._where.strip('[]')}.{key}".lstrip(".")
        return Reader(self.table(key), f"[{name}]", self._file, self._problems)

    def done(self) -> None:
        """Record every key that was never asked for."""
        for key in (key for key in self._table if key not in self._asked):
            listed = ", ".join(sorted(self._asked))
            self.refuse(
                key,
                found=Text("未知设置", "an unknown setting"),
                expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
                remedy=_closest(key, self._asked),
            )

    def _value(self, key: str, default: object, wanted: Text) -> object:
        self._asked.add(key)
        if key in self._table:
            return self._table[key]
        if default is None:
            self.refuse(
                key,
                found=Text("没有该设置", "no such setting"),
                expected=wanted,
                remedy=Text("补上该设置", "add the setting"),
            )
        return default

    def _whole(self, key: str, least: int, most: int, wanted: Text) -> int:
        value = self._value(key, None, wanted)
        if _is_whole(value, least, most):
            return value
        if value is not None:
            self._wrong(key, value, wanted)
        return 0

    def _typed(self, key: str, kind: type[T], default: T | None, wanted: Text) -> T:
        value = self._value(key, default, wanted)
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        if value is not None:
            self._wrong(key, value, wanted)
        return kind() if default is None else default

    def _wrong(self, key: str, value: object, wanted: Text, remedy: Text | None = None) -> None:
        fix = remedy or Text("改正该设置", "correct the setting")
        self.refuse(key, found=Text(f"{value!r}", f"{value!r}"), expected=wanted, remedy=fix)


def _is_whole(value: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _closest(word: str, known: Iterable[str]) -> Text:
    near = difflib.get_close_matches(word, sorted(known), n=1)
    if near:
        return Text(f"是否想写 {near[0]}？", f"did you mean {near[0]}?")
    return Text("删去或改正它", "remove or correct it")
