"""The sections: what is not known is a gap with a word, refusals and conflicts are told, both languages are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from hetao.errors import Place
from hetao.figures import Figure, Miss, Panel, Register
from hetao.ledger import Ledger, Line
from hetao.measure import dea, malmquist, malmquist_luenberger
from hetao.plan.retrofit import MinimumSaving, Project, plan_retrofits
from hetao.report.model import BarChart, Cell, Column, Section, Table, TileMap
from hetao.report.sections.figures import figures_section
from hetao.report.sections.hold import Held, hold_section
from hetao.report.sections.measure import Measured, measure_section
from hetao.report.sections.plan import Funded, plan_section
from hetao.report.sections.track import Tracked, track_section
from hetao.solver import Status
from hetao.text import Text
from hetao.track import Actual, Target, assess_all, timeline

TextsOf = Callable[[object], list[tuple[str, Text]]]
NAMES = {
    "110000": Text("北京", "Beijing"),
    "120000": Text("天津", "Tianjin"),
    "150000": Text("内蒙古", "Inner Mongolia"),
}
TOTAL = Line("total", "withdrawal", "excluded")
SURFACE = Line("yellow_river", "consumption", "included")


def tables(section: Section) -> dict[str, Table]:
    return {block.key: block for block in section.blocks if isinstance(block, Table)}


def shown(table: Table) -> Iterator[dict[str, object]]:
    """Yield each row as column → value, texts in English."""
    for row in table.rows:
        values = [cell.value.en if isinstance(cell.value, Text) else cell.value for cell in row]
        yield dict(zip([c.key for c in table.columns], values, strict=True))


def check_texts(section: Section, texts_of: TextsOf) -> None:
    found = texts_of(section)
    assert len(found) > 10
    assert [way for way, text in found if not (text.zh.strip() and text.en.strip())] == []


# --- measure ---------------------------------------------------------------------------------------------------------


def panel(regions: list[str]) -> Panel:
    """Three regions over three years; the second leaves its old frontier in 2002 and is not seen in 2003."""
    x = {(0, 1): 10.0, (0, 2): 10.0, (0, 3): 10.0, (1, 1): 10.0, (1, 2): 1.0, (2, 1): 20.0, (2, 2): 20.0, (2, 3): 19.0}
    y = {(0, 1): 10.0, (0, 2): 11.0, (0, 3): 12.0, (1, 1): 9.0, (1, 2): 30.0, (2, 1): 14.0, (2, 2): 15.0, (2, 3): 16.0}
    b = {(0, 1): 5.0, (0, 2): 5.0, (0, 3): 5.0, (1, 1): 6.0, (1, 2): 0.5, (2, 1): 9.0, (2, 2): 9.0, (2, 3): 9.0}
    columns = {
        "region": [regions[i] for i, _ in x],
        "period": [2000 + t for _, t in x],
        "x": list(x.values()),
        "y": list(y.values()),
        "b": list(b.values()),
    }
    return Panel(columns, unit="region", period="period", inputs="x", outputs="y", bads="b")


def measured(result: object, regions: list[str], focus: int) -> Measured:
    names = {r: NAMES.get(r, Text(f"地区{r}", f"Region {r}")) for r in regions}
    roles = Text("投入：甲；产出：乙。", "Inputs: a; outputs: b.")
    title = Text("绿色生产率", "green productivity")
    return Measured("green", title, result, regions[focus], (), names, roles, ("yearbook",))  # type: ignore[arg-type]


def test_a_change_that_has_no_answer_shows_a_word_and_no_number(texts_of: TextsOf) -> None:
    regions = list(NAMES)
    result = malmquist_luenberger(panel(regions))
    assert {str(s) for s in result.status} == {"optimal", "infeasible", "missing"}
    section = measure_section([measured(result, regions, 1)])
    assert "has no answer in 2 of the years 2001-2003: no total" in section.answer.en
    assert "有 2 期无解" in section.answer.zh
    rows = list(shown(tables(section)["green_changes"]))
    for row in rows:
        known = row["status"] == "optimal"
        assert all((row[part] is not None) == known for part in ("index", "efficiency_change", "technical_change"))
    lost = {(r["region"], r["period_from"]): r["status"] for r in shown(tables(section)["green_unsolved"])}
    assert lost == {(r["region"], r["period_from"]): r["status"] for r in rows if r["status"] != "optimal"}
    assert lost["Tianjin", 2002] == "missing"
    assert isinstance(section.picture, TileMap)
    gaps = {tile.label.en: (tile.value, tile.note) for tile in section.picture.tiles}
    value, note = gaps["Tianjin"]
    assert value is None
    assert note is not None
    assert "no answer in 2 periods" in note.en
    ranked = {r["region"]: r for r in shown(tables(section)["green_ranking"])}
    assert [ranked["Tianjin"][c] for c in ("rank", "yearly", "total", "technical_change")] == [None] * 4
    check_texts(section, texts_of)


def test_where_no_region_has_a_whole_chain_there_is_no_median(texts_of: TextsOf) -> None:
    regions = list(NAMES)
    result = malmquist_luenberger(panel(regions))
    unknown = np.full(len(result.status), Status.INFEASIBLE, dtype=object)
    blank = {name: np.full(len(values), np.nan) for name, values in result.values.items()}
    section = measure_section([measured(replace(result, status=unknown, values=blank), regions, 0)])
    chain = next(b for b in section.blocks if getattr(b, "key", "") == "green_chain")
    assert len(chain.series) == 3  # type: ignore[union-attr]
    assert all(point.y is None for s in chain.series for point in s.points[1:])  # type: ignore[union-attr]
    assert len(tables(section)["green_unsolved"].rows) == 6
    check_texts(section, texts_of)


def test_a_score_that_has_no_answer_shows_a_word_and_no_number(texts_of: TextsOf) -> None:
    regions = ["A", "B", "C"]
    result = dea(panel(regions), returns="vrs", super_efficiency=True)
    section = measure_section([measured(result, regions, 0)], [Table("green_missing", Text("缺", "missing"), (), ())])
    rows = list(shown(tables(section)["green_scores"]))
    assert {r["status"] for r in rows} == {"optimal", "infeasible"}
    assert all((r["score"] is None) == (r["status"] == "infeasible") for r in rows)
    assert isinstance(section.picture, BarChart)
    points = {p.x: p for p in section.picture.series[0].points}
    lost = [p for p in points.values() if p.y is None]
    assert lost
    assert all(p.note == Text("没有结果", "no result") for p in lost)
    assert section.blocks[-1] == Table("green_missing", Text("缺", "missing"), (), ())
    check_texts(section, texts_of)


def test_a_focus_that_is_not_seen_in_the_last_year_has_no_result() -> None:
    regions = ["A", "B", "C"]
    section = measure_section([measured(dea(panel(regions)), regions, 1)])
    assert section.answer == Text(
        "2003年地区B的绿色生产率没有结果。", "Region B's green productivity has no result in 2003."
    )
    section = measure_section([measured(dea(panel(regions)), regions, 0)])
    assert section.answer.en.endswith("in 2003 (mean of 2 regions 0.851).")


# --- hold ------------------------------------------------------------------------------------------------------------


def held(*events: dict[str, object], focus: str = "R", titles: dict[Line, Text] | None = None) -> Held:
    stamp = {"at": "2024-01-01T00:00:00+08:00", "by": "test"}
    names = {"R": Text("某区", "A region"), "L": Text("甲盟", "League A"), "B": Text("子旗", "Banner")}
    nodes = [("R", "region", None), ("L", "league", "R"), ("B", "banner", "L")]
    findings, refused = {}, []
    with Ledger.open("sqlite:///:memory:") as ledger:
        for node, kind, parent in nodes:
            event = {"event": "node", "key": node, "node": node, "name": names[node].zh, "kind": kind}
            ledger.apply({**event, **({"parent": parent} if parent else {}), **stamp})
        for i, event in enumerate(events):
            outcome = ledger.apply({**event, "key": f"e{i}", **stamp})
            refused += [(f"e{i}", f) for f in outcome.refusals]
            if event["event"] == "use":
                findings[str(event["node"]), line_of(event), int(str(event["year"]))] = outcome.warnings
        found = {n.node: n for n in ledger.nodes()}
        titles = titles or {TOTAL: Text("用水总量", "total use"), SURFACE: Text("地表水耗水", "surface consumption")}
        caps = {line: Text("控制指标", "cap") for line in titles}
        notes = dict.fromkeys((*titles, *caps), Text("", ""))
        return Held(focus, found, names, titles, caps, notes, ledger.accounts(), findings, tuple(refused), "1 · abc")


def line_of(event: dict[str, object]) -> Line:
    return Line(str(event["water"]), str(event["basis"]), str(event["ecology"]))


def cap(node: str, volume_m3: int, year: int = 2022, line: Line = TOTAL) -> dict[str, object]:
    issuer = "R" if node in "RL" else "L"
    paper = {"issuer": issuer, "document": "plan"}
    return {"event": "cap", "node": node, **line._asdict(), "year": year, "volume_m3": volume_m3, **paper}


def use(node: str, volume_m3: int, year: int = 2022, line: Line = TOTAL) -> dict[str, object]:
    return {"event": "use", "node": node, **line._asdict(), "year": year, "volume_m3": volume_m3, "source": "bulletin"}


def test_a_refused_event_is_told_with_its_rule_and_clause(texts_of: TextsOf) -> None:
    section = hold_section(held(cap("R", 100), cap("L", 120), use("R", 80)))
    (row,) = shown(tables(section)["hold_refused"])
    assert (row["event"], row["rule"]) == ("e1", "R01")
    assert "460" in str(row["clause"])
    assert "exceed its cap of 100 m³ by 20 m³" in str(row["reason"])
    assert section.picture is None  # one year makes no line
    check_texts(section, texts_of)


def test_caps_and_uses_of_unlike_bases_are_not_compared(texts_of: TextsOf) -> None:
    section = hold_section(held(cap("R", 100), use("R", 120, line=SURFACE)))
    assert section.answer == Text(
        "某区没有同口径的控制指标与用水量可比。", "A region has no cap and use on one basis to compare."
    )
    rows = {r["status"]: r for r in shown(tables(section)["hold_accounts"])}
    assert set(rows) == {"no published use", "no cap on this basis"}
    assert all(r["left"] is None for r in rows.values())
    check_texts(section, texts_of)


def test_a_year_without_a_published_use_is_a_gap(texts_of: TextsOf) -> None:
    section = hold_section(held(cap("R", 100, 2020), use("R", 120, 2020), use("R", 90, 2022)))
    assert section.tone == "bad"
    assert "exceeded" in section.answer.en
    line = section.picture
    assert line is not None
    used = {p.x: p for p in line.series[0].points}  # type: ignore[union-attr]
    assert (used[2021].y, used[2021].note) == (None, Text("没有公布数", "nothing published"))
    check_texts(section, texts_of)


def test_a_league_whose_cap_is_not_published_stands_in_the_tree_without_a_number(texts_of: TextsOf) -> None:
    section = hold_section(held(cap("R", 100), cap("B", 10), use("R", 80), use("B", 12)))
    tree = next(b for b in section.blocks if getattr(b, "kind", "") == "captree")
    (league,) = tree.root.children  # type: ignore[union-attr]
    assert (league.cap, league.tone) == (None, "muted")
    assert league.note == Text("指标未公布", "cap not published")
    assert [(banner.label.en, banner.used) for banner in league.children] == [("Banner", 12 / 10**8)]
    check_texts(section, texts_of)


# --- plan ------------------------------------------------------------------------------------------------------------


def test_a_plan_that_cannot_be_met_names_what_conflicts(texts_of: TextsOf) -> None:
    project = Project(
        key="a",
        name="甲",
        district="D",
        cost_fen=10**8,
        saving_m3_per_year=10**5,
        lifetime_years=10,
        illustrative=True,
        source="made_up",
    )
    plan = plan_retrofits(
        [project], budgets_fen={2026: 10**8, 2027: 0}, requirements=[MinimumSaving("D", 2027, 2 * 10**5)]
    )
    assert plan.status is Status.INFEASIBLE
    names = {"a": Text("甲", "Project a")}
    listed = (("b", Text("乙", "Project b"), None, "made_up", Text("投资不详", "cost unknown")),)
    note = Text("示例", "An example")
    section = plan_section(None, Funded(plan, names, {"D": Text("丁", "District")}, listed, note))
    assert section.tone == "bad"
    assert section.answer.en == "No portfolio of retrofits is possible: minimum saving of District in 2027."
    assert section.answer.zh == "改造项目没有可行组合：丁 2027 年最低节水量。"
    assert isinstance(section.picture, BarChart)
    assert [s.name.en for s in section.picture.series] == ["by unit-cost order"]
    (row,) = shown(tables(section)["plan_projects"])
    assert (row["start"], row["order"]) == (None, 2026)
    assert {r["portfolio"] for r in shown(tables(section)["plan_audit"])} == {"unit-cost order"}
    assert "broken" in {r["holds"] for r in shown(tables(section)["plan_audit"])}
    (left,) = shown(tables(section)["plan_listed"])
    assert (left["saving"], left["why"]) == (None, "cost unknown")
    check_texts(section, texts_of)


# --- track -----------------------------------------------------------------------------------------------------------


def tracked(targets: list[Target], actuals: list[Actual]) -> Tracked:
    assessments = assess_all(targets, actuals, 2023)
    lines = {t.key: timeline(t, [a for a in actuals if a.indicator == t.indicator], 2023) for t in targets}
    names = {t.indicator: Text(f"指标{t.indicator}", f"indicator {t.indicator}") for t in targets}
    return Tracked(2023, assessments, lines, {"R": Text("某区", "A region")}, names, ())


def target(key: str, **changes: object) -> Target:
    given: dict[str, object] = {"key": key, "region": "R", "indicator": key, "bound": "at_least", "value": 10}
    more = {"unit": "%", "base_period": 2020, "deadline": 2025, "source": "plan", "path": "straight_line"}
    return Target(**{**given, **more, **changes})  # type: ignore[arg-type]


def actual(key: str, period: int, value: int) -> Actual:
    return Actual(region="R", indicator=key, period=period, value=value, unit="%", source="bulletin")


def test_a_target_without_an_actual_is_unknown_and_shows_no_number(texts_of: TextsOf) -> None:
    section = track_section(tracked([target("a"), target("b")], [actual("b", 2020, 0), actual("b", 2022, 11)]))
    rows = list(shown(tables(section)["track_targets"]))
    assert [r["status"] for r in rows] == ["unknown", "on course"]
    assert [rows[0][c] for c in ("latest", "latest_year", "required", "needed")] == [None] * 4
    assert "1 on course, 1 unknown" in section.answer.en or "1 unknown" in section.answer.en
    assert isinstance(section.picture, BarChart)
    assert {p.x: p.y for p in section.picture.series[0].points} == {"on_course": 1.0, "unknown": 1.0}
    charts = [b for b in section.blocks if getattr(b, "kind", "") == "line"]
    assert len(charts) == 1  # a target without two actuals has no line
    check_texts(section, texts_of)


@pytest.mark.parametrize(
    ("series", "status", "tone"),
    [
        ({2020: 0, 2022: 11, 2023: 9}, "reopened", "bad"),
        ({2020: 0, 2023: 1}, "behind", "warning"),
        ({2020: 0, 2023: 9}, "on_course", "good"),
    ],
)
def test_the_worst_target_gives_the_section_its_tone(series: dict[int, int], status: str, tone: str) -> None:
    section = track_section(tracked([target("a")], [actual("a", y, v) for y, v in series.items()]))
    assert isinstance(section.picture, BarChart)
    assert [p.x for p in section.picture.series[0].points] == [status]
    assert section.tone == tone


# --- figures ---------------------------------------------------------------------------------------------------------


def figure(indicator: str, value: int | None, source: str, period: int = 2020) -> Figure:
    exact = None if value is None else Fraction(value)
    return Figure(
        "R",
        period,
        indicator,
        exact,
        "亿m³",
        "—" if value is None else str(value),
        "亿m³",
        source,
        place=Place("a.csv", row=2),
    )


def test_what_is_not_used_and_what_does_not_add_up_is_listed(texts_of: TextsOf) -> None:
    figures = (
        figure("a", 5, "first"),
        figure("a", 6, "second"),
        figure("a", 7, "second", 2021),
        figure("b", None, "first"),
        figure("c", 4, "first"),
    )
    register = Register(figures)
    miss = Miss(figures[0], (figures[4],), Fraction(5), Fraction(4))
    names = {key: Text(f"指标{key}", f"indicator {key}") for key in "abc"}
    section = figures_section(
        register,
        register.choose({"a": "first", "c": "first"}),
        (miss,),
        tolerance="0.5",
        regions={"R": Text("某区", "A region")},
        indicators=names,
    )
    assert section.tone == "warning"
    assert "5 figures from 2 sources; 1 published totals" in section.answer.en
    found = tables(section)
    assert [r["others"] for r in shown(found["figures_vintages"])] == ["second", "–"]
    (left_out,) = shown(found["figures_left_out"])
    assert (left_out["period"], left_out["given"]) == ("2021", "7 亿m³")
    (missing,) = shown(found["figures_missing"])
    assert missing["indicator"] == "indicator b"
    (gap,) = shown(found["figures_sums"])
    assert (gap["printed"], gap["summed"], gap["gap"]) == (5.0, 4.0, -1.0)
    check_texts(section, texts_of)


def test_a_register_without_doubts_says_so() -> None:
    register = Register((figure("a", 5, "first"),))
    names = {"a": Text("甲", "a")}
    section = figures_section(register, register.choose({}), (), tolerance="0", regions=names, indicators=names)
    assert section.tone == "good"
    assert tables(section)["figures_sums"].note == Text("没有。", "None.")
    assert list(tables(section)) == ["figures_sums"]


def test_a_walk_over_texts_finds_those_in_every_container(texts_of: TextsOf) -> None:
    table = Table("k", Text("表", "t"), (Column("c", Text("列", "c")),), ((Cell({"a": Text("甲", "a")}),),))  # type: ignore[arg-type]
    assert [way for way, _ in texts_of([table])] == ["[0].title", "[0].columns[0].title", "[0].rows[0][0].value[a]"]


def test_a_change_through_zero_is_numerical_and_has_no_number():
    panel = Panel(
        {
            "region": ["a", "b"] * 3,
            "period": [1, 1, 2, 2, 3, 3],
            "x": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
            "y": [1.0, 2.0, 0.0, 2.0, 1.0, 2.0],
        },
        unit="region",
        period="period",
        inputs="x",
        outputs="y",
    )
    result = malmquist(panel, orientation="input")
    assert [str(s) for s in result.status] == ["numerical", "numerical", "optimal", "optimal"]
    names = {"a": Text("甲", "A"), "b": Text("乙", "B")}
    section = measure_section([Measured("m", Text("指数", "index"), result, "b", (), names, Text("角色", "roles"), ())])
    ranking = shown(tables(section)["m_ranking"])
    assert [row["yearly"] for row in ranking if row["region"] == "A"] == [None]
