"""The retrofit portfolio: candidates of a table, budgets and minimum savings of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from hetao.errors import Place, Problems
from hetao.figures import Row, read_table
from hetao.figures.tables import check_filled
from hetao.plan.retrofit import Exclusion, MinimumSaving, Precedence, Project, Requirement, plan_retrofits
from hetao.plan.retrofit.case import Case, Limits, read_case
from hetao.report.sections.plan import Funded
from hetao.study.data import StudyData, attempt_in, setting
from hetao.study.job import require_source
from hetao.study.settings import PortfolioSettings
from hetao.text import Text
from hetao.units import read_money, read_volume

__all__ = ["PreparedPortfolio", "prepare_portfolio"]

COLUMNS = ("project", "zh", "en", "district", "cost", "cost_unit", "saving", "saving_unit", "illustrative", "source")
MORE = ("earliest", "latest", "requires", "excludes", "note")
YES_NO = {"yes": True, "no": False, "是": True, "否": False}


@dataclass(frozen=True)
class PreparedPortfolio:
    """A checked portfolio question: call `run`."""

    projects: tuple[Project, ...]
    requirements: tuple[Requirement, ...]
    budgets_fen: Mapping[int, int]
    carry_over: bool
    titles: Mapping[str, Text]
    districts: Mapping[str, Text]
    listed: tuple[tuple[str, Text, int | None, str, Text], ...]
    note: Text

    def case(self) -> Case:
        """Return the question; whatever the plan refuses is raised: keys used twice, cycles, windows and the like."""
        return read_case(
            self.projects,
            self.budgets_fen,
            carry_over=self.carry_over,
            requirements=self.requirements,
            objective="saving",
            saving_goal_m3=None,
            limits=Limits(),
        )

    def run(self) -> Funded:
        """Solve it."""
        plan = plan_retrofits(
            self.projects, budgets_fen=self.budgets_fen, carry_over=self.carry_over, requirements=self.requirements
        )
        return Funded(plan, self.titles, self.districts, self.listed, self.note)


def prepare_portfolio(data: StudyData, s: PortfolioSettings, problems: Problems) -> PreparedPortfolio | None:
    """Check ``[plan.portfolio]`` and its table of candidates."""
    before = len(problems)
    rows = problems.attempt(lambda: read_table(data.folder / s.projects, COLUMNS, MORE, root=data.folder))
    budgets = _budgets(s, problems)
    minimums = _minimums(data, s, problems)
    if rows is None:
        return None
    read = [_Candidate.read(data, s, row, problems) for row in rows]
    if len(problems) > before:
        return None
    weighed = [c for c in read if c is not None and c.project is not None]
    known = {c.key for c in weighed}
    requirements: list[Requirement] = [MinimumSaving(r, s.years[1], m3) for r, m3 in minimums.items()]
    requirements += [
        Precedence(first, c.key) for c in weighed for first in c.requires if _is_known(problems, s, c, first, known)
    ]
    pairs = {
        tuple(sorted((c.key, other)))
        for c in weighed
        for other in c.excludes
        if _is_known(problems, s, c, other, known)
    }
    requirements += [Exclusion(pair) for pair in sorted(pairs)]
    if len(problems) > before:
        return None
    prepared = PreparedPortfolio(
        projects=tuple(c.project for c in weighed if c.project is not None),
        requirements=tuple(requirements),
        budgets_fen={year: budgets.get(year, 0) for year in range(s.years[0], s.years[1] + 1)},
        carry_over=s.carry_over,
        titles={c.key: c.title for c in weighed},
        districts={c.district: data.name(c.district) for c in weighed},
        listed=tuple(
            (c.key, c.title, c.saving_m3, c.source, _why(c.note)) for c in read if c is not None and c.project is None
        ),
        note=s.note,
    )
    return None if attempt_in(problems, s.projects, prepared.case) is None else prepared


@dataclass(frozen=True)
class _Candidate:
    """One row of the table; ``project`` is None where its cost or saving is not known."""

    key: str
    title: Text
    district: str
    saving_m3: int | None
    source: str
    note: str
    requires: tuple[str, ...]
    excludes: tuple[str, ...]
    project: Project | None

    @classmethod
    def read(cls, data: StudyData, s: PortfolioSettings, row: Row, problems: Problems) -> _Candidate | None:
        """Read one row, recording what is wrong with it."""
        before = len(problems)
        region = problems.attempt(lambda: data.tree.get(row["district"]), row.place("district"))
        check_filled(row, ("project", "zh", "en", "source"), problems)
        require_source(data, row, problems)
        cost = _cell_amount(problems, row, "cost", lambda t: read_money(t, row["cost_unit"]))
        saving = _cell_amount(problems, row, "saving", lambda t: read_volume(t, row["saving_unit"]))
        early, late = (_cell_year(problems, row, name) for name in ("earliest", "latest"))
        illustrative = YES_NO.get(row["illustrative"])
        if illustrative is None:
            _add(problems, row, "illustrative", Text("yes 或 no", "yes or no"))
        if region is None or len(problems) > before:
            return None
        key, title = row["project"], Text(row["zh"], row["en"])
        project = None
        if cost is not None and saving is not None:
            project = Project(
                key=key,
                name=str(title.zh),
                district=region.id,
                cost_fen=cost,
                saving_m3_per_year=saving,
                lifetime_years=s.lifetime_years,
                illustrative=bool(illustrative),
                source=row["source"],
                earliest_start=early,
                latest_start=late,
            )
        lists = (tuple(k.strip() for k in row[c].split(";") if k.strip()) for c in ("requires", "excludes"))
        requires, excludes = lists
        return cls(key, title, region.id, saving, row["source"], row["note"], requires, excludes, project)


def _why(note: str) -> Text:
    """Return why a candidate is only listed: the table's note (``zh / en``), else that a figure is unknown."""
    zh, slash, en = note.partition(" / ")
    if slash:
        return Text(zh, en)
    return Text(note, note) if note else Text("投资或节水量不详", "its cost or saving is not known")


def _cell_amount(problems: Problems, row: Row, column: str, read: Callable[[str], int]) -> int | None:
    """Return a cell's amount, None where the cell is empty; a cell that cannot be read is recorded with its place."""
    return problems.attempt(lambda: read(row[column]), row.place(column)) if row[column] else None


def _cell_year(problems: Problems, row: Row, column: str) -> int | None:
    text = row[column]
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) == 4:
        return int(text)
    _add(problems, row, column, Text("四位年份，或空", "a year in four digits, or nothing"))
    return None


def _add(problems: Problems, row: Row, column: str, expected: Text) -> None:
    cell = row[column]
    found = Text(f"“{cell}”", f"{cell!r}")
    remedy = Text("改正该单元格", "correct the cell")
    problems.add("study.project", row.place(column), found=found, expected=expected, remedy=remedy)


def _is_known(problems: Problems, s: PortfolioSettings, c: _Candidate, other: str, known: set[str]) -> bool:
    if other in known:
        return True
    problems.add(
        "study.unknown_project",
        Place(file=s.projects, item=c.key),
        found=Text(f"引用了 {other}", f"a reference to {other}"),
        expected=Text("表中有投资与节水量的项目", "a project of the table with its cost and saving"),
        remedy=Text("改正代码，或补上该项目", "correct the key, or complete that project"),
    )
    return False


def _budgets(s: PortfolioSettings, problems: Problems) -> dict[int, int]:
    """Return the budget of each year of the plan that names one, in fen."""
    years = {str(year): year for year in range(s.years[0], s.years[1] + 1)}
    budgets: dict[int, int] = {}
    for year, text in s.budgets.items():
        place = setting(f"[plan.portfolio] budgets.{year}")
        fen = _amount(problems, partial(read_money, text), place)
        if year not in years:
            problems.add(
                "study.year",
                place,
                found=Text(f"“{year}”", f"{year!r}"),
                expected=Text(f"{s.years[0]} 至 {s.years[1]} 的年份", f"a year from {s.years[0]} to {s.years[1]}"),
                remedy=Text("改正年份，或改 years", "correct the year, or the setting years"),
            )
        elif fen is not None:
            budgets[years[year]] = fen
    return budgets


def _minimums(data: StudyData, s: PortfolioSettings, problems: Problems) -> dict[str, int]:
    """Return the minimum saving of each region that has one, in m³ a year, by the region's id."""
    minimums: dict[str, int] = {}
    for name, text in s.minimum_saving.items():
        place = setting(f"[plan.portfolio] minimum_saving.{name}")
        volume_m3 = _amount(problems, partial(read_volume, text), place)
        region = problems.attempt(partial(data.tree.get, name), place)
        if region is not None and volume_m3 is not None:
            minimums[region.id] = volume_m3
    return minimums


def _amount(problems: Problems, read: Callable[[], int], place: Place) -> int | None:
    """Return an amount of at least 0, or None after recording why it is none."""
    amount = problems.attempt(read, place)
    if amount is not None and amount < 0:
        problems.add(
            "study.negative",
            place,
            found=Text("负数", "a negative number"),
            expected=Text("不小于 0", "at least 0"),
            remedy=Text("去掉负号", "remove the sign"),
        )
    return amount
