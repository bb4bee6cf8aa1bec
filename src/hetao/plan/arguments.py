"""Checks of what is handed to a plan: whole numbers, names, keys; everything wrong at once."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from numbers import Integral
from typing import Any, TypeVar

from hetao.errors import Place, Problems
from hetao.text import Text

__all__ = [
    "FEN",
    "M3",
    "NO_UNIT",
    "label",
    "read_records",
    "read_table",
    "refuse",
    "require_known",
    "require_name",
    "require_some",
    "require_whole",
    "require_wholes",
    "shown",
]

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

M3 = Text("（m³）", " in m³")
FEN = Text("（分）", " in fen")
NO_UNIT = Text("", "")


def label(key: object) -> str:
    """Return a name as shown in messages: a path's parts are joined by ``/``."""
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)


def shown(value: object) -> Text:
    """Return what was found, the same in both languages."""
    return Text(repr(value), repr(value))


def refuse(problems: Problems, code: str, item: str, found: Text, expected: Text, remedy: Text) -> None:
    """Record one problem at an argument or record."""
    problems.add(f"plan.{code}", Place(item=item), found=found, expected=expected, remedy=remedy)


def read_table(problems: Problems, item: str, values: object) -> dict[Any, Any]:
    """Return a table as a plain mapping, None as an empty one; whatever has keys and items will do, a Series too."""
    if values is None:
        return {}
    if isinstance(values, Mapping) or (hasattr(values, "keys") and hasattr(values, "items")):
        return dict(values.items())
    refuse(
        problems,
        "no_table",
        item,
        shown(values),
        Text("名称到数的表", "a table from names to numbers"),
        Text("写成字典，如 {名称: 数}", "write it as a mapping such as {name: number}"),
    )
    return {}


def read_records(problems: Problems, item: str, values: object, kind: type[R]) -> list[R]:
    """Return the records of one kind in a sequence; record what is of another."""
    listed = list(values) if isinstance(values, Iterable) else [values]
    for i, value in enumerate(listed):
        if not isinstance(value, kind):
            refuse(
                problems,
                "no_record",
                f"{item}[{i}]",
                shown(value),
                Text(f"{kind.__name__} 对象", f"a {kind.__name__}"),
                Text(f"用 {kind.__name__}(…) 建立", f"make it with {kind.__name__}(…)"),
            )
    return [value for value in listed if isinstance(value, kind)]


def require_whole(problems: Problems, item: str, value: object, *, least: int = 0, unit: Text = M3) -> bool:
    """Require a whole number of at least ``least`` (truth values and fractions are none); say whether it is."""
    if not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= least:
        return True
    refuse(
        problems,
        "whole_number",
        item,
        shown(value),
        Text(f"不小于 {least} 的整数{unit.zh}", f"a whole number{unit.en} of at least {least}"),
        Text("改为整数；带单位的数先换算", "give an integer; convert quantities with units first"),
    )
    return False


def require_wholes(
    problems: Problems, item: str, values: Mapping[K, object], *, least: int = 0, unit: Text = M3
) -> bool:
    """Require every value of a table to be a whole number; say whether all are."""
    whole = [require_whole(problems, f"{item}[{label(k)}]", v, least=least, unit=unit) for k, v in values.items()]
    return all(whole)


def require_some(problems: Problems, item: str, values: Collection[object]) -> bool:
    """Require at least one entry; say whether there is one."""
    if not values:
        refuse(
            problems,
            "empty",
            item,
            Text("空表", "nothing"),
            Text("至少一项", "at least one entry"),
            Text(f"补上 {item}", f"fill in {item}"),
        )
    return bool(values)


def require_known(problems: Problems, item: str, keys: Collection[K], known: Collection[K], whose: str) -> bool:
    """Require every key of one table to stand in another; say whether all do."""
    unknown = [label(key) for key in keys if key not in known]
    for name in unknown:
        refuse(
            problems,
            "unknown_name",
            f"{item}[{name}]",
            Text(f"名称 {name}，不在 {whose} 中", f"the name {name}, which is not in {whose}"),
            Text(f"{whose} 中已有的名称", f"a name that stands in {whose}"),
            Text(f"改正名称，或在 {whose} 中补上它", f"correct the name, or add it to {whose}"),
        )
    return not unknown


def require_name(problems: Problems, item: str, name: object) -> bool:
    """Require a name: text that is not empty; say whether it is one."""
    if isinstance(name, str) and name.strip():
        return True
    refuse(
        problems,
        "name",
        f"{item}[{label(name)}]",
        shown(name),
        Text("非空的文字名称", "a name in words that is not empty"),
        Text("改为非空文字", "write a name as text"),
    )
    return False
