"""``study.toml`` as typed settings; everything that is wrong with it is reported together."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hetao.errors import Place, Problems, StudyError
from hetao.study.reader import Reader
from hetao.text import Text

__all__ = [
    "BreakdownSettings",
    "CompositeSettings",
    "DifferencesSettings",
    "HoldSettings",
    "MeasureSettings",
    "PlanSettings",
    "PortfolioSettings",
    "RegisterSettings",
    "StudySettings",
    "TrackSettings",
    "VolumeSettings",
    "ZoneSettings",
    "read_settings",
]

CALLS = (
    "dea",
    "additive",
    "sbm",
    "russell",
    "directional",
    "nonradial_directional",
    "hyperbolic",
    "range_directional",
    "cross_efficiency",
    "returns_to_scale",
    "malmquist",
    "malmquist_luenberger",
    "sbm_malmquist",
    "two_stage_malmquist",
)
WATERS = ("total", "surface", "groundwater", "unconventional", "yellow_river")
BASES = ("withdrawal", "consumption")
ECOLOGIES = ("included", "excluded")


@dataclass(frozen=True)
class MeasureSettings:
    """One ``[measure.NAME]``: a public call of `hetao.measure` on a panel cut out of the register.

    Attributes:
        name, title: what it is called.
        call: name of the public call.
        regions: region ids, or ``kind:province`` for every region of a kind.
        leave_out: region ids not to take.
        years: first and last year.
        inputs, outputs, bads: indicators by role.
        options: further arguments of the call.
        bootstrap: arguments of `bootstrap` or `bootstrap_index`, which is made where there are any.
        focus: the region that the report puts first.
        peers: the regions that it is shown beside; empty: all.
        note: what readers must know of it.
    """

    name: str
    title: Text
    call: str
    regions: tuple[str, ...]
    leave_out: tuple[str, ...]
    years: tuple[int, int]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    bads: tuple[str, ...]
    options: Mapping[str, Any]
    bootstrap: Mapping[str, Any]
    focus: str
    peers: tuple[str, ...]
    note: Text


@dataclass(frozen=True)
class CompositeSettings:
    """One ``[composite.NAME]``: an index of many indicators.

    Attributes:
        name, title: what it is called.
        tree: the csv of its indicators; an indicator is one of the register, or a ratio of two, ``a / b``.
        regions, leave_out, years: as in a measure.
        options: further arguments of `composite`.
        robustness: arguments of `composite_robustness`, which is made where there are any.
        focus: the region that the report puts first.
        peers: the regions that it is shown beside; empty: all.
        note: what readers must know of it.
    """

    name: str
    title: Text
    tree: str
    regions: tuple[str, ...]
    leave_out: tuple[str, ...]
    years: tuple[int, int]
    options: Mapping[str, Any]
    robustness: Mapping[str, Any]
    focus: str
    peers: tuple[str, ...]
    note: Text


@dataclass(frozen=True)
class ZoneSettings:
    """One ``[[differences.NAME.zone]]``: regions that are told of together."""

    title: Text
    regions: tuple[str, ...]


@dataclass(frozen=True)
class DifferencesSettings:
    """One ``[differences.NAME]``: how unequal the regions are, within and between zones, and whether that changes.

    Attributes:
        name, title: what it is called.
        of: ``measure.NAME`` or ``composite.NAME``, whose score (an index chained from its first year) is compared.
        zones: the zones; every region of the score belongs to one.
        classes: of the transitions from year to year.
        note: what readers must know of it.
    """

    name: str
    title: Text
    of: str
    zones: tuple[ZoneSettings, ...]
    classes: int
    note: Text


@dataclass(frozen=True)
class VolumeSettings:
    """One ``[[hold.cap]]`` or ``[[hold.use]]``: an indicator and the basis that its volumes stand on."""

    indicator: str
    water: str
    basis: str
    ecology: str
    note: Text


@dataclass(frozen=True)
class HoldSettings:
    """``[hold]``: caps and uses posted to a ledger, year by year, each on its own basis."""

    focus: str
    caps: tuple[VolumeSettings, ...]
    uses: tuple[VolumeSettings, ...]


@dataclass(frozen=True)
class RegisterSettings:
    """``[register]``: a whole register of caps, units, permits and readings kept on a ledger.

    Attributes:
        focus: the region that the report puts first.
        year: the year that the report tells of.
        caps, units, permits, readings, notes: the tables, empty where absent; see `hetao.study.register`.
        note: what readers must know of it.
    """

    focus: str
    year: int
    caps: str
    units: str
    permits: str
    readings: str
    notes: str
    note: Text


@dataclass(frozen=True)
class BreakdownSettings:
    """``[plan.breakdown]``: a cap broken down through levels of regions under every rule side by side.

    Attributes:
        region, year, cap: whose cap, of which year, and the indicator that holds it.
        levels: kinds of region to break down to, in order.
        claims: indicators whose latest figure is a region's claim, the first one that has it counts.
        weights: indicators by whose shares what is left is claimed where no use is recorded.
        reserve: share of the cap kept back, in percent.
        floors: percentage of each claim that is met first.
        rules: allocation rules to compare; empty: all.
        example: whether it is marked as an example wherever it is told.
        note: what readers must know of it.
    """

    region: str
    year: int
    cap: str
    levels: tuple[str, ...]
    claims: tuple[str, ...]
    weights: tuple[str, ...]
    reserve: str
    floors: str
    rules: tuple[str, ...]
    example: bool
    note: Text


@dataclass(frozen=True)
class PortfolioSettings:
    """``[plan.portfolio]``: which retrofits to fund.

    Attributes:
        projects: the csv of candidates.
        years: first and last year in which a project may start.
        budgets: year → money.
        minimum_saving: region → volume a year, in force in the last year.
        carry_over: whether unspent budget is kept for later years.
        lifetime_years: for how many years a project saves.
        note: what readers must know of the candidates.
    """

    projects: str
    years: tuple[int, int]
    budgets: Mapping[str, str]
    minimum_saving: Mapping[str, str]
    carry_over: bool
    lifetime_years: int
    note: Text


@dataclass(frozen=True)
class PlanSettings:
    """``[plan]``."""

    breakdown: BreakdownSettings | None
    portfolio: PortfolioSettings | None


@dataclass(frozen=True)
class TrackSettings:
    """``[track]``: the csv of targets, the year as of which they are judged, and indicators to show beside them."""

    targets: str
    as_of: int
    beside: tuple[str, ...]


@dataclass(frozen=True)
class StudySettings:
    """A whole ``study.toml``."""

    title: Text
    subtitle: Text
    regions: str
    sources: str
    indicators: str
    figures: tuple[str, ...]
    tolerance: str
    choose: Mapping[str, str]
    measure: tuple[MeasureSettings, ...]
    composite: tuple[CompositeSettings, ...]
    differences: tuple[DifferencesSettings, ...]
    hold: HoldSettings | None
    register: RegisterSettings | None
    plan: PlanSettings
    track: TrackSettings | None


def read_settings(folder: Path) -> StudySettings:
    """Read ``study.toml`` of a study folder.

    Raises:
        StudyError: no such folder or file, not UTF-8, not TOML, or settings missing, unknown or of the wrong kind;
            everything at once.
    """
    problems = Problems(StudyError)
    table = _parse(folder / "study.toml", problems)
    problems.raise_if_any()
    top = Reader(table, "", "study.toml", problems)
    settings = _settings(top, problems)
    top.done()
    problems.raise_if_any()
    return settings


def _parse(path: Path, problems: Problems) -> Mapping[str, Any]:
    remedy = Text("用 hetao new 文件夹 生成带注释的模板", "write a commented template with: hetao new FOLDER")
    expected = Text("UTF-8 编码的 TOML 文件", "a TOML file in UTF-8")
    try:
        if os.path.exists(path) and not path.is_file():  # noqa: PTH110 - Path.exists raises on a name too long
            raise IsADirectoryError(0, "not a file")  # a folder, or a pipe that would never end
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        found = Text("没有这个文件", "no such file")
    except OSError as error:
        found = Text(f"无法读取（{error.strerror}）", f"a file that cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        found = Text(f"第 {error.start} 字节不是 UTF-8", f"bytes that are not UTF-8, at byte {error.start}")
    except (ValueError, RecursionError) as error:  # beside syntax: numbers and nesting beyond what can be read
        found = Text(f"TOML 语法错误：{error}", f"a TOML error: {error}")
        remedy = Text("改正该行；中文的键要加引号", "correct that line; keys that are not ASCII need quotation marks")
    problems.add("study.settings_file", Place(file=str(path)), found=found, expected=expected, remedy=remedy)
    return {}


def _settings(top: Reader, problems: Problems) -> StudySettings:
    study = top.section("study") or Reader({}, "[study]", "study.toml", problems)
    title = study.bilingual("title")
    settings = StudySettings(
        title=title,
        subtitle=study.bilingual("subtitle", Text("", "")),
        regions=study.text("regions"),
        sources=study.text("sources", ""),
        indicators=study.text("indicators", ""),
        figures=study.texts("figures"),
        tolerance=study.text("tolerance", "0"),
        choose=study.amounts("choose"),
        measure=tuple(_measure(name, reader) for name, reader in top.sections("measure").items()),
        composite=tuple(_composite(name, reader) for name, reader in top.sections("composite").items()),
        differences=tuple(_differences(name, reader) for name, reader in top.sections("differences").items()),
        hold=_hold(top.section("hold")),
        register=_register(top.section("register")),
        plan=_plan(top.section("plan")),
        track=_track(top.section("track")),
    )
    study.done()
    return settings


def _check_name(name: str, reader: Reader) -> None:
    if not re.fullmatch(r"[\w-]{1,40}", name):
        reader.refuse(
            "",
            found=Text(f"名称 {name[:60]!r}", f"the name {name[:60]!r}"),
            expected=Text("1 至 40 个字母、数字、_ 或 -", "1 to 40 letters, digits, _ or -"),
            remedy=Text("改名：它也是表格文件的名字", "rename it: tables are named after it"),
        )


def _composite(name: str, reader: Reader) -> CompositeSettings:
    _check_name(name, reader)
    settings = CompositeSettings(
        name=name,
        title=reader.bilingual("title", Text(name, name)),
        tree=reader.text("tree"),
        regions=reader.texts("regions"),
        leave_out=reader.texts("leave_out", ()),
        years=reader.years("years"),
        options=reader.table("options"),
        robustness=reader.table("robustness"),
        focus=reader.text("focus"),
        peers=reader.texts("peers", ()),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _differences(name: str, reader: Reader) -> DifferencesSettings:
    _check_name(name, reader)
    zones = []
    for zone in reader.tables("zone"):
        zones.append(ZoneSettings(zone.bilingual("title"), zone.texts("regions")))
        zone.done()
    settings = DifferencesSettings(
        name=name,
        title=reader.bilingual("title", Text(name, name)),
        of=reader.text("of"),
        zones=tuple(zones),
        classes=reader.count("classes", 4),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _measure(name: str, reader: Reader) -> MeasureSettings:
    _check_name(name, reader)
    settings = MeasureSettings(
        name=name,
        title=reader.bilingual("title", Text(name, name)),
        call=reader.choice("call", CALLS),
        regions=reader.texts("regions"),
        leave_out=reader.texts("leave_out", ()),
        years=reader.years("years"),
        inputs=reader.texts("inputs"),
        outputs=reader.texts("outputs"),
        bads=reader.texts("bads", ()),
        options=reader.table("options"),
        bootstrap=reader.table("bootstrap"),
        focus=reader.text("focus"),
        peers=reader.texts("peers", ()),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _volume(reader: Reader) -> VolumeSettings:
    settings = VolumeSettings(
        indicator=reader.text("indicator"),
        water=reader.choice("water", WATERS),
        basis=reader.choice("basis", BASES),
        ecology=reader.choice("ecology", ECOLOGIES),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _hold(reader: Reader | None) -> HoldSettings | None:
    if reader is None:
        return None
    settings = HoldSettings(
        focus=reader.text("focus"),
        caps=tuple(_volume(r) for r in reader.tables("cap")),
        uses=tuple(_volume(r) for r in reader.tables("use")),
    )
    reader.done()
    return settings


def _register(reader: Reader | None) -> RegisterSettings | None:
    if reader is None:
        return None
    settings = RegisterSettings(
        focus=reader.text("focus"),
        year=reader.year("year"),
        caps=reader.text("caps"),
        units=reader.text("units", ""),
        permits=reader.text("permits", ""),
        readings=reader.text("readings", ""),
        notes=reader.text("notes", ""),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _plan(reader: Reader | None) -> PlanSettings:
    if reader is None:
        return PlanSettings(None, None)
    settings = PlanSettings(_breakdown(reader.section("breakdown")), _portfolio(reader.section("portfolio")))
    reader.done()
    return settings


def _breakdown(reader: Reader | None) -> BreakdownSettings | None:
    if reader is None:
        return None
    settings = BreakdownSettings(
        region=reader.text("region"),
        year=reader.year("year"),
        cap=reader.text("cap"),
        levels=reader.texts("levels"),
        claims=reader.texts("claims", ()),
        weights=reader.texts("weights"),
        reserve=reader.text("reserve", "0%"),
        floors=reader.text("floors", "0%"),
        rules=reader.texts("rules", ()),
        example=reader.flag("example", False),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _portfolio(reader: Reader | None) -> PortfolioSettings | None:
    if reader is None:
        return None
    settings = PortfolioSettings(
        projects=reader.text("projects"),
        years=reader.years("years"),
        budgets=reader.amounts("budgets"),
        minimum_saving=reader.amounts("minimum_saving"),
        carry_over=reader.flag("carry_over", False),
        lifetime_years=reader.count("lifetime_years"),
        note=reader.bilingual("note", Text("", "")),
    )
    reader.done()
    return settings


def _track(reader: Reader | None) -> TrackSettings | None:
    if reader is None:
        return None
    settings = TrackSettings(
        targets=reader.text("targets"), as_of=reader.year("as_of"), beside=reader.texts("beside", ())
    )
    reader.done()
    return settings
