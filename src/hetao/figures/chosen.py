"""`Chosen`: one figure for each region, period and indicator, by named choices between vintages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hetao.errors import AmbiguityError, FiguresError, Place, Problems
from hetao.figures.faults import closest, suggestion
from hetao.figures.periods import Period, period_order
from hetao.text import Text

if TYPE_CHECKING:
    from hetao.figures.register import Figure

__all__ = ["Absence", "Chosen", "choose"]

Cell = tuple[str, Period, str]  # region, period, indicator
Absence = tuple[str, Period, str, Text]  # region, period, indicator, why there is no value


class Chosen:
    """A register's figures after the choice between vintages; immutable. Made by `Register.choose`.

    Attributes:
        choices: indicator → the source chosen for it, as decided.
        left_out: figures with a value that were not used although the chosen source has no value in their place; they
            fill nothing.
    """

    def __init__(self, figures: Iterable[Figure], choices: Mapping[str, str], left_out: Sequence[Figure]) -> None:
        self._by_cell: dict[Cell, Figure] = {(f.region, f.period, f.indicator): f for f in figures}
        self.choices: Mapping[str, str] = MappingProxyType(dict(choices))
        self.left_out = tuple(left_out)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures used, in the register's order."""
        return tuple(self._by_cell.values())

    def figure(self, region: str, period: Period, indicator: str) -> Figure | None:
        """Return one figure; None where there is none. A figure marked as missing is a figure without a value."""
        return self._by_cell.get((region, period, indicator))

    def value(self, region: str, period: Period, indicator: str) -> Fraction | None:
        """Return one value in the indicator's unit, exact; None where there is no figure or it is marked as missing."""
        figure = self.figure(region, period, indicator)
        return None if figure is None else figure.value

    def series(self, region: str, indicator: str) -> tuple[Figure, ...]:
        """Return the figures of a region over time, those marked as missing included."""
        return self._series.get((region, indicator), ())

    def latest(self, region: str, indicator: str) -> Figure | None:
        """Return a region's last figure that has a value; None where there is none."""
        return next((f for f in reversed(self.series(region, indicator)) if f.value is not None), None)

    def wide(
        self, indicators: Sequence[str], regions: Sequence[str], periods: Sequence[Period]
    ) -> tuple[dict[str, list[Any]], tuple[Absence, ...]]:
        """Return columns for a `Panel`, with rows only where every indicator has a value.

        Args:
            indicators: keys, one column each.
            regions: region ids; rows follow their order, then that of ``periods``.
            periods: the periods wanted.

        Returns:
            ``region``, ``period`` and one list of floats an indicator, all equally long; and every cell that has no
            value with the reason why.
        """
        columns: dict[str, list[Any]] = {"region": [], "period": [], **{name: [] for name in indicators}}
        missing: list[Absence] = []
        for region in regions:
            for period in periods:
                found = {name: self.value(region, period, name) for name in indicators}
                values = {name: float(value) for name, value in found.items() if value is not None}
                absent = [name for name in indicators if name not in values]
                missing += [(region, period, name, self._reason(region, period, name)) for name in absent]
                if not absent:
                    columns["region"].append(region)
                    columns["period"].append(period)
                    for name, value in values.items():
                        columns[name].append(value)
        return columns, tuple(missing)

    @cached_property
    def _series(self) -> dict[tuple[str, str], tuple[Figure, ...]]:
        grouped: dict[tuple[str, str], list[Figure]] = {}
        for figure in self._by_cell.values():
            grouped.setdefault((figure.region, figure.indicator), []).append(figure)
        return {key: tuple(sorted(f, key=lambda x: period_order(x.period))) for key, f in grouped.items()}

    @cached_property
    def _unused(self) -> dict[Cell, list[str]]:
        unused: dict[Cell, list[str]] = {}
        for f in self.left_out:
            unused.setdefault((f.region, f.period, f.indicator), []).append(f.source)
        return unused

    def _reason(self, region: str, period: Period, indicator: str) -> Text:
        figure = self.figure(region, period, indicator)
        reason = Text("没有数字", "no figure")
        if figure is not None:
            shown = figure.given
            reason = (
                Text(f"来源 {figure.source} 标为“{shown}”", f"marked {shown!r} by the source {figure.source}")
                if shown
                else Text(f"来源 {figure.source} 中为空", f"blank in the source {figure.source}")
            )
        others = self._unused.get((region, period, indicator))
        if others:
            listed, chosen = ", ".join(others), self.choices[indicator]
            return Text(
                f"{reason.zh}；所选来源 {chosen} 未给出，{listed} 有而未用",
                f"{reason.en}; not given by the chosen source {chosen}, given by {listed}, which is not used",
            )
        return reason


def choose(figures: Sequence[Figure], choices: Mapping[str, str]) -> Chosen:
    """Return the view of ``figures`` under ``choices``; see `Register.choose`."""
    by_indicator: dict[str, list[Figure]] = {}
    for figure in figures:
        by_indicator.setdefault(figure.indicator, []).append(figure)
    wrong, open_ = Problems(FiguresError), Problems(AmbiguityError)
    for indicator, source in choices.items():
        _check_choice(indicator, source, by_indicator, wrong)
    used: list[Figure] = []
    left_out: list[Figure] = []
    for indicator, candidates in by_indicator.items():
        if indicator in choices:
            kept = [f for f in candidates if f.source == choices[indicator]]
            valued = {(f.region, f.period) for f in kept if f.value is not None}
            spare = [f for f in candidates if f.source != choices[indicator] and f.value is not None]
            left_out += [f for f in spare if (f.region, f.period) not in valued]
            used += kept
        else:
            _check_settled(indicator, candidates, open_)
            used += candidates
    if open_:
        open_.extend(wrong.found)
        open_.raise_if_any()
    wrong.raise_if_any()
    return Chosen(used, choices, left_out)


def _check_choice(indicator: str, source: str, known: Mapping[str, Sequence[Figure]], problems: Problems) -> None:
    place = Place(item=f"{indicator} = {source}")
    if indicator not in known:
        problems.add(
            "figures.unknown_choice",
            place,
            found=Text(f"没有数字的指标“{indicator}”", f"the indicator {indicator!r}, which has no figures"),
            expected=Text("已载入数字的指标", "an indicator with figures"),
            remedy=suggestion(closest(indicator, known), Text("数据文件", "the files of figures")),
        )
        return
    sources = sorted({f.source for f in known[indicator]})
    if source not in sources:
        listed = ", ".join(sources)
        problems.add(
            "figures.unknown_choice",
            place,
            found=Text(f"“{indicator}”没有来源“{source}”", f"no figures of {indicator!r} from {source!r}"),
            expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
            remedy=suggestion(closest(source, sources), Text("数据文件", "the files of figures")),
        )


def _check_settled(indicator: str, candidates: Sequence[Figure], problems: Problems) -> None:
    by_cell: dict[tuple[str, Period], list[Figure]] = {}
    for figure in candidates:
        by_cell.setdefault((figure.region, figure.period), []).append(figure)
    open_cells = [same for same in by_cell.values() if len(same) > 1]
    if not open_cells:
        return
    sources = ", ".join(sorted({f.source for same in open_cells for f in same}))
    first = open_cells[0]
    example = "; ".join(f"{f.source}: {f.given} {f.given_unit}" for f in first)
    cell = f"{first[0].region} {first[0].period}"
    problems.add(
        "figures.ambiguous_vintage",
        first[0].place,
        found=Text(
            f"“{indicator}”有 {len(open_cells)} 个数字来自多个来源（{sources}），如 {cell}：{example}",
            f"{len(open_cells)} figures of {indicator!r} from several sources ({sources}), e.g. {cell}: {example}",
        ),
        expected=Text("每个数字一个来源", "one source for each figure"),
        remedy=Text(
            f'写明选用的来源，如 {indicator} = "{first[0].source}"',
            f'name the source to use, e.g. {indicator} = "{first[0].source}"',
        ),
    )
