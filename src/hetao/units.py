"""Exact quantities: whole m³ and fen, percentages and percentage points apart, and units that convert without rounding.

Nothing passes through a binary float: a float that is handed in is read by its shortest decimal text. A volume that is
not a whole number of m³ (or a sum that is not a whole number of fen) is refused unless the caller states the tolerance
within which it may be rounded, half to even.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import overload

from hetao.errors import Place, Problem, UnitsError
from hetao.text import Text

__all__ = [
    "Percent",
    "PercentagePoints",
    "Unit",
    "convert",
    "read_money",
    "read_number",
    "read_percent",
    "read_points",
    "read_volume",
    "show_money",
    "show_volume",
    "unit",
    "unit_words",
]

Number = int | Decimal | Fraction
Readable = str | int | float | Decimal | Fraction


@dataclass(frozen=True)
class Unit:
    """A unit of measure.

    Attributes:
        name: the short standard form.
        dimension: what it measures; a composed unit's is ``a/b``. Only equal dimensions convert.
        factor: how many of the dimension's base unit (m³, fen, person, g, kgce, m², m, 1 ...) it holds, exact.
    """

    name: str
    dimension: str
    factor: Fraction


def _scaled(dimension: str, base: Fraction | int, table: dict[str, tuple[Fraction | int, str]]) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for name, (factor, aliases) in table.items():
        made = Unit(name, dimension, Fraction(base) * Fraction(factor))
        found |= dict.fromkeys([name, *aliases.split("|")] if aliases else [name], made)
    return found


_TEN_K, _HUNDRED_M = 10**4, 10**8

_UNITS: dict[str, Unit] = {
    **_scaled(
        "volume",
        1,
        {
            "m3": (1, "m³|㎥|立方米|方|立方|cubic metre|cubic metres|cubic meter|cubic meters"),
            "万m³": (_TEN_K, "万m3|万㎥|万立方米|万方|10^4 m3|10⁴ m³|1e4 m3|10k m3"),
            "百万m³": (10**6, "百万m3|百万立方米|million m3|10^6 m3|10⁶ m³|1e6 m3"),
            "亿m³": (_HUNDRED_M, "亿m3|亿㎥|亿立方米|亿方|10^8 m3|10⁸ m³|1e8 m3|100 million m3|100m m3"),
            "km3": (10**9, "km³|立方千米|立方公里|10^9 m3|10⁹ m³|1e9 m3|billion m3"),
        },
    ),
    **_scaled(
        "money",
        1,
        {
            "分": (1, "fen"),
            "元": (100, "yuan|CNY|RMB|人民币元"),
            "万元": (100 * _TEN_K, "10k yuan|10^4 yuan|1e4 yuan|10 thousand yuan|10000 yuan"),
            "百万元": (100 * 10**6, "million yuan|10^6 yuan|1e6 yuan"),
            "亿元": (100 * _HUNDRED_M, "10^8 yuan|1e8 yuan|100 million yuan|100m yuan"),
            "十亿元": (100 * 10**9, "billion yuan|10^9 yuan|1e9 yuan"),
            "万亿元": (100 * 10**12, "trillion yuan|10^12 yuan|1e12 yuan"),
        },
    ),
    **_scaled(
        "people",
        1,
        {
            "人": (1, "person|persons|people"),
            "万人": (_TEN_K, "10k persons|1e4 persons|10^4 persons"),
            "亿人": (_HUNDRED_M, "100 million persons|1e8 persons|10^8 persons"),
        },
    ),
    **_scaled("visits", 1, {"人次": (1, "visit|visits"), "万人次": (_TEN_K, "10k visits|1e4 visits")}),
    **_scaled("count", 1, {"个": (1, "家|座|处|项|户|count|units|pieces"), "万个": (_TEN_K, "万家|万户")}),
    **_scaled(
        "mass",
        1,
        {
            "g": (1, "克"),
            "kg": (1000, "千克|公斤"),
            "t": (10**6, "吨|tonne|tonnes"),
            "千t": (10**9, "千吨|kt"),
            "万t": (10**6 * _TEN_K, "万吨|10k t|1e4 t|10^4 t"),
            "Mt": (10**12, "百万吨|百万t|million t"),
            "亿t": (10**6 * _HUNDRED_M, "亿吨|1e8 t|10^8 t"),
        },
    ),
    **_scaled(
        "energy",
        1,
        {
            "kgce": (1, "千克标准煤"),
            "tce": (1000, "吨标准煤"),
            "万tce": (1000 * _TEN_K, "万吨标准煤|10k tce|1e4 tce|10^4 tce"),
            "Mtce": (1000 * 10**6, "百万吨标准煤|million tce"),
            "亿tce": (1000 * _HUNDRED_M, "亿吨标准煤|1e8 tce"),
        },
    ),
    **_scaled(
        "electricity", 1, {"kWh": (1, "千瓦时|度"), "万kWh": (_TEN_K, "万千瓦时"), "亿kWh": (_HUNDRED_M, "亿千瓦时")}
    ),
    **_scaled(
        "area",
        1,
        {
            "m2": (1, "m²|㎡|平方米"),
            "亩": (Fraction(2000, 3), "mu"),  # 15 mu are one hectare
            "万亩": (Fraction(2000, 3) * _TEN_K, "10k mu"),
            "ha": (10**4, "公顷|hectare|hectares"),
            "千公顷": (10**7, "1000 ha|千ha"),
            "km2": (10**6, "km²|平方千米|平方公里|sq km"),
            "万km2": (10**10, "万km²|万平方千米|万平方公里"),
        },
    ),
    **_scaled("length", 1, {"mm": (Fraction(1, 1000), "毫米"), "m": (1, "米"), "km": (1000, "千米|公里")}),
    **_scaled("time", 1, {"天": (1, "日|day|days"), "年": (Fraction(1461, 4), "year|years")}),
    **_scaled(
        "share", 1, {"1": (1, "ratio|比值|系数"), "%": (Fraction(1, 100), "％|percent"), "‰": (Fraction(1, 1000), "")}
    ),
    **_scaled("points", 1, {"百分点": (1, "个百分点|percentage point|percentage points|pp")}),
    **_scaled("index", 1, {"指数": (1, "index")}),
}

_BLANK = re.compile(r"[\s×]+")
_MOST_SLASHES = 2  # of a composed unit, e.g. kg/m2/年


def _folded(name: str) -> str:
    return _BLANK.sub("", name).replace("³", "3").replace("²", "2").casefold()


_BY_FOLDED = {_folded(alias): found for alias, found in _UNITS.items()}


@cache
def unit(name: str) -> Unit:
    """Return the unit of that name; composed units such as ``m3/万元`` are a numerator over one or two denominators.

    Args:
        name: a name in either language, e.g. ``亿m³``, ``10⁸ m³``, ``亿立方米``, ``万元``, ``%``.

    Raises:
        UnitsError: no such unit; the closest known names are given.
    """
    known = _BY_FOLDED.get(_folded(name))
    if known is not None:
        return known
    sliced = name.replace("每", "/").replace("／", "/")
    top, _, bottom = sliced.rpartition("/")
    if sliced.count("/") <= _MOST_SLASHES and top.strip() and bottom.strip():
        over, under = unit(top), unit(bottom)
        return Unit(f"{over.name}/{under.name}", f"{over.dimension}/{under.dimension}", over.factor / under.factor)
    near = ", ".join(difflib.get_close_matches(_folded(name), _BY_FOLDED, n=3)) or "亿m³, 万m³, m3, 亿元, 万元, %"
    raise _error(
        "units.unknown_unit",
        found=Text(f"未知单位“{name}”", f"the unknown unit {name!r}"),
        expected=Text(f"已知单位，例如 {near}", f"a known unit, e.g. {near}"),
        remedy=Text("改用标准单位名", "use the unit's standard name"),
    )


_SCALES = {"万亿": "10¹²", "十亿": "10⁹", "亿": "10⁸", "百万": "10⁶", "万": "10⁴", "千": "10³"}
_BASES = {
    "元": "yuan",
    "分": "fen",
    "人": "persons",
    "人次": "visits",
    "个": "",
    "亩": "mu",
    "公顷": "ha",
    "天": "days",
    "年": "years",
    "指数": "index",
    "百分点": "percentage points",
    "1": "",
}
_RAISED = str.maketrans("23", "²³")


def unit_words(name: str) -> Text:
    """Return how a unit is printed in each language, e.g. ``亿m³`` and ``10⁸ m³``; nothing for plain numbers.

    Raises:
        UnitsError: no such unit.
    """
    standard = unit(name).name
    if "/" in standard:
        parts = [unit_words(part) for part in standard.split("/")]
        return Text("/".join(p.zh for p in parts), "/".join(p.en for p in parts))
    scale = next((s for s in _SCALES if standard.startswith(s) and standard != s), "")
    base = standard.removeprefix(scale)
    if base in ("m2", "m3", "km2", "km3"):
        base = base.translate(_RAISED)
    zh = "" if base == "1" else scale + base
    return Text(zh, f"{_SCALES.get(scale, '')} {_BASES.get(base, base)}".strip())


def convert(value: Number, from_unit: str, to_unit: str) -> Fraction:
    """Return ``value`` in another unit of the same dimension, exactly.

    Raises:
        UnitsError: an unknown unit, or units of unlike dimensions (percent and percentage points are unlike).
    """
    source, target = unit(from_unit), unit(to_unit)
    if source.dimension != target.dimension:
        raise _error(
            "units.unlike",
            found=Text(f"单位 {from_unit}（{source.dimension}）", f"the unit {from_unit} ({source.dimension})"),
            expected=Text(
                f"可换算为 {to_unit}（{target.dimension}）的单位",
                f"a unit that converts to {to_unit} ({target.dimension})",
            ),
            remedy=Text("改正单位，或换用对应的指标", "correct the unit, or name the indicator that has it"),
        )
    return Fraction(value) * source.factor / target.factor


_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％　", "0123456789.,-+% ")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def read_number(text: Readable) -> Decimal:
    """Read one number exactly: full-width digits, a Unicode minus and well-placed thousands separators are understood.

    Raises:
        UnitsError: anything else: words, misplaced commas, NaN, infinities.
    """
    if isinstance(text, Fraction):
        return _decimal(text)
    if isinstance(text, Decimal) and text.is_finite():
        return text
    shown = float.__repr__(text) if isinstance(text, float) else str(text)  # numpy's own floats print their type
    plain = shown.translate(_FULL_WIDTH).replace("−", "-").strip()
    if not isinstance(text, bool) and _GROUPED.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    if not isinstance(text, bool) and _PLAIN.fullmatch(plain):
        return Decimal(plain)
    raise _error(
        "units.not_a_number",
        found=Text(f"“{shown}”", f"{shown!r}"),
        expected=Text("一个有限的数", "one finite number"),
        remedy=Text(
            "只写数字；千位分隔符须每三位一个", "write digits only; thousands separators stand every three digits"
        ),
    )


_QUANTITY = re.compile(r"(?P<number>[+-]?[\d.,]+(?:[eE][+-]?\d{1,3})?)\s*(?P<unit>.*)", re.DOTALL)


def read_volume(value: Readable, unit_name: str | None = None, *, tolerance_m3: Number = 0) -> int:
    """Read a volume as whole m³.

    Args:
        value: a number, or a text with its unit such as ``58.6亿m³`` or ``1,200 万立方米``.
        unit_name: the unit where the text has none; refused beside a text that names another.
        tolerance_m3: how far the exact value may be from the whole number it is rounded to (half to even).

    Returns:
        The volume in m³.

    Raises:
        UnitsError: no number, no volume unit, or not whole within the tolerance.
    """
    return _read_whole(value, unit_name, "volume", "m³", tolerance_m3)


def read_money(value: Readable, unit_name: str | None = None, *, tolerance_fen: Number = 0) -> int:
    """Read a sum of money as whole fen; like `read_volume`, with units such as ``元``, ``万元``, ``亿元``."""
    return _read_whole(value, unit_name, "money", "分", tolerance_fen)


def _read_whole(value: Readable, unit_name: str | None, dimension: str, base: str, tolerance: Number) -> int:
    number, named = _split(value)
    if named is not None and unit_name is not None and unit(named) != unit(unit_name):
        raise _error(
            "units.two_units",
            found=Text(f"“{value}”另给单位 {unit_name}", f"{value!r} beside the unit {unit_name}"),
            expected=Text("一个单位", "one unit"),
            remedy=Text("只保留一处单位", "name the unit in one place"),
        )
    chosen = unit(named or unit_name or "")
    if chosen.dimension != dimension:
        convert(number, chosen.name, base)  # raises: unlike dimensions
    exact = Fraction(number) * chosen.factor
    whole = round(exact)
    if abs(exact - whole) > Fraction(tolerance):
        raise _error(
            "units.not_whole",
            found=Text(f"“{value}” = {_decimal(exact)} {base}", f"{value!r} = {_decimal(exact)} {base}"),
            expected=Text(f"整数 {base}（容差 {tolerance}）", f"a whole number of {base} (tolerance {tolerance})"),
            remedy=Text("写出准确数，或明示取整容差", "give the exact figure, or state a rounding tolerance"),
        )
    return whole


def _split(value: Readable) -> tuple[Decimal | Fraction, str | None]:
    """Split ``58.6亿m³`` into its number and unit. Superscripts belong to units, so they are never read as digits."""
    if isinstance(value, Fraction):
        return value, None
    if not isinstance(value, str):
        return read_number(value), None
    text = value.translate(_FULL_WIDTH).replace("−", "-").strip()
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return read_number(value), None
    return read_number(found["number"]), found["unit"].strip() or None


def show_volume(volume_m3: int, unit_name: str = "亿m³", *, digits: int | None = None) -> str:
    """Print whole m³ in a unit, e.g. ``58.6亿m³``.

    Args:
        volume_m3: the volume in m³.
        unit_name: a volume unit; printed as given.
        digits: decimals to round to (half to even); None prints all, so that reading it back gives the same volume.

    Raises:
        UnitsError: not a volume unit.
    """
    return _show(convert(volume_m3, "m3", unit_name), unit_name, digits)


def show_money(money_fen: int, unit_name: str = "元", *, digits: int | None = None) -> str:
    """Print whole fen in a unit of money; like `show_volume`."""
    return _show(convert(money_fen, "分", unit_name), unit_name, digits)


def _show(value: Fraction, unit_name: str, digits: int | None) -> str:
    number = _decimal(value if digits is None else Fraction(round(value * 10**digits), 10**digits))
    text = f"{number:,f}" if digits is None else f"{number:,.{digits}f}"
    return f"{text}{'' if ord(unit_name[0]) > 0x2E80 else ' '}{unit_name}"


def _decimal(value: Fraction) -> Decimal:
    """Return a fraction as a decimal: exact where it ends within the digits of its numerator and 50, else rounded."""
    with localcontext() as context:
        context.prec = 50 + value.numerator.bit_length() // 3
        return (Decimal(value.numerator) / Decimal(value.denominator)).normalize() + 0


@dataclass(frozen=True, order=True)
class PercentagePoints:
    """A difference between percentages, e.g. 0.24 points between 13 % and 12.76 %; exact."""

    value: Decimal

    def __add__(self, other: PercentagePoints) -> PercentagePoints:
        return PercentagePoints(self.value + other.value) if isinstance(other, PercentagePoints) else NotImplemented

    def __sub__(self, other: PercentagePoints) -> PercentagePoints:
        return PercentagePoints(self.value - other.value) if isinstance(other, PercentagePoints) else NotImplemented

    def __neg__(self) -> PercentagePoints:
        return PercentagePoints(-self.value)

    def __str__(self) -> str:
        return str(Text(f"{self.value:f} 个百分点", f"{self.value:f} percentage points"))


@dataclass(frozen=True, order=True)
class Percent:
    """A percentage; exact. Two percentages subtract to points and never add; points shift a percentage."""

    value: Decimal

    def __add__(self, other: PercentagePoints) -> Percent:
        return Percent(self.value + other.value) if isinstance(other, PercentagePoints) else NotImplemented

    @overload
    def __sub__(self, other: Percent) -> PercentagePoints: ...
    @overload
    def __sub__(self, other: PercentagePoints) -> Percent: ...
    def __sub__(self, other: Percent | PercentagePoints) -> Percent | PercentagePoints:
        if isinstance(other, Percent):
            return PercentagePoints(self.value - other.value)
        return Percent(self.value - other.value) if isinstance(other, PercentagePoints) else NotImplemented

    def of(self, amount: Number) -> Fraction:
        """Return this percentage of an amount, exactly."""
        return Fraction(amount) * Fraction(self.value) / 100

    @property
    def ratio(self) -> Fraction:
        """The percentage as a ratio: 13 % is 13/100."""
        return Fraction(self.value) / 100

    def __str__(self) -> str:
        return f"{self.value:f} %"


_PERCENT = re.compile(r"(?:(?P<a>.+?)\s*(?:%|percent|per cent)|百分之\s*(?P<b>.+))", re.IGNORECASE)
_POINTS = re.compile(r"(?P<a>.+?)\s*(?:个?百分点|percentage points?|pp)", re.IGNORECASE)


def read_percent(text: str) -> Percent:
    """Read a percentage: ``12.76 %``, ``12.76％``, ``百分之12.76``.

    Raises:
        UnitsError: no percentage; percentage points are refused by name.
    """
    found = _PERCENT.fullmatch(text.translate(_FULL_WIDTH).strip())
    if found is None:
        raise _error(
            "units.not_a_percentage",
            found=Text(f"“{text}”", f"{text!r}"),
            expected=Text("百分数，如 12.76%", "a percentage, e.g. 12.76 %"),
            remedy=Text(
                "加上 %；两个百分数之差用“百分点”另读", "add %; a difference of two percentages is read as points"
            ),
        )
    return Percent(read_number(found["a"] or found["b"]))


def read_points(text: str) -> PercentagePoints:
    """Read percentage points: ``3 个百分点``, ``3 percentage points``, ``3 pp``.

    Raises:
        UnitsError: no percentage points; a percentage is refused by name.
    """
    found = _POINTS.fullmatch(text.translate(_FULL_WIDTH).strip())
    if found is None:
        raise _error(
            "units.not_points",
            found=Text(f"“{text}”", f"{text!r}"),
            expected=Text("百分点，如 3 个百分点", "percentage points, e.g. 3 pp"),
            remedy=Text(
                "写明“百分点”；百分数不是百分点", "name the points; a percentage is not a difference in points"
            ),
        )
    return PercentagePoints(read_number(found["a"]))


def _error(code: str, *, found: Text, expected: Text, remedy: Text) -> UnitsError:
    return UnitsError([Problem(code, Place(), found, expected, remedy)])
