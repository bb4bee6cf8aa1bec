"""The sections: what is not known is a gap with a word, refusals and conflicts are told, both languages are there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from hetao.errors import Place
from hetao.figures import Figure, Miss, Panel, Register
from hetao.ledger import Ledger, Line
from hetao.ledger.records import Application, Permit, PermitYear
from hetao.measure import dea, malmquist, malmquist_luenberger
from hetao.plan.retrofit import MinimumSaving, Project, plan_retrofits
from hetao.report.model import BarChart, CapTree, Cell, Column, Paragraph, Section, Table, TileMap
from hetao.report.sections.figures import figures_section
from hetao.report.sections.hold import Held, hold_section
from hetao.report.sections.measure import Measured, measure_section
from hetao.report.sections.plan import Funded, plan_section
from hetao.report.sections.register import Registered, bilingual, register_section
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


# --- register --------------------------------------------------------------------------------------------------------

GROUND = Line("groundwater", "withdrawal", "excluded")
WITH_ECOLOGY = Line("groundwater", "withdrawal", "included")
PLACES = (
    ("YR", "basin", None, "某流域 / A basin", {}),
    ("R", "region", None, "某区", {}),
    ("L", "league", "R", "甲盟", {}),
    ("B", "banner", "L", "子旗", {"basins": ["YR"]}),
    ("U", "unit", "B", "子一", {"aquifer": "Q"}),
)
REGISTER_NAMES = {
    "R": Text("某区", "A region"),
    "L": Text("甲盟", "League"),
    "B": Text("子旗", "Banner"),
    "U": Text("子一", "Unit one"),
}


class Kept:
    """Events for a ledger of one year, each with a fresh key, and what the section is told of them."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.events = [
            self.event("node", node=node, kind=kind, parent=parent, name=name, **more)
            for node, kind, parent, name, more in PLACES
        ]

    def event(self, event: str, at: str = "2022-01-01", /, **fields: object) -> dict[str, object]:
        common = {"event": event, "key": f"e{next(self._numbers)}", "at": f"{at}T00:00:00+08:00", "by": "t"}
        return {name.rstrip("_"): v for name, v in {**common, **fields}.items() if v is not None}

    def add(self, event: str, at: str = "2022-01-01", /, **fields: object) -> Kept:
        self.events.append(self.event(event, at, **fields))
        return self

    def cap(self, node: str, volume_m3: int, line: Line = GROUND) -> Kept:
        own = {"node": node, "issuer": "R", "year": 2022, "volume_m3": volume_m3, "document": "文"}
        return self.add("cap", **own, **line._asdict())

    def apply(self, name: str, amount_m3: int, at: str = "2022-02-01", /, **fields: object) -> Kept:
        each, left = divmod(amount_m3, 12)
        own = {
            "application": name,
            "applicant": f"用户{name} / holder {name}",
            "node": "U",
            "water": "groundwater",
            "volume_m3": amount_m3,
            "monthly_m3": [each + (month < left) for month in range(12)],
            "from_": "2023-01-01",
            "to": "2026-12-31",
            "purpose": "town",
            "project": "none",
            "saving_measures": True,
            "return_water": True,
            "metering": "online",
        }
        return self.add("apply", at, **{**own, **fields})

    def permit(self, name: str, volume_m3: int, used_m3: int | None, **fields: object) -> Kept:
        """Grant a permit and read its meter."""
        self.apply(name, volume_m3, "2022-02-01", **fields)
        self.add("approve", "2022-03-01", application=name, approver="L")
        term = {"from_": "2023-01-01", "to": "2026-12-31"}
        self.add("accept_works", "2022-12-01", application=name, permit=f"P-{name}", **term)
        if used_m3 is not None:
            period = {"from_": "2023-01-01", "to": "2023-12-30", "volume_m3": used_m3, "method": "metered"}
            self.add("read", "2023-12-30", permit=f"P-{name}", meter=f"M-{name}", **period)
        return self

    def section(self, note: Text | None = None, **changes: object) -> Section:
        """Return the section of the year 2023."""
        self.events.sort(key=lambda event: str(event["at"]))
        with Ledger.open("sqlite:///:memory:") as ledger:
            outcomes = list(ledger.replay(self.events))
            told = list(zip(self.events, outcomes, strict=True))
            state = ledger.state()
            held = Registered(
                focus="R",
                year=2023,
                names=REGISTER_NAMES,
                nodes=dict(state.nodes),
                accounts=ledger.accounts(year=2023, basis="withdrawal"),
                applications=tuple((e, o) for e, o in told if e["event"] == "apply"),
                refused=tuple((e, o) for e, o in told if not o.ok and e["event"] != "apply"),
                remarks={str(e["permit"]): o.warnings for e, o in told if e["event"] == "read" and o.warnings},
                raised=tuple((str(e["at"])[:10], f) for e, o in told for f in o.raised),
                undecided=frozenset(
                    a.application for a in state.all(Application, "application") if a.status == "admitted"
                ),
                permits={p.permit: p for p in state.all(Permit, "permit")},
                years={y.permit: y for y in state.all(PermitYear, "permit_year") if y.year == 2023},
                note=note or Text("", ""),
                head="1 · abc",
                verified=True,
            )
            return register_section(replace(held, **changes))  # type: ignore[arg-type]


def test_an_empty_register_has_an_answer_and_no_alarm(texts_of: TextsOf) -> None:
    section = Kept().section()
    assert section.tone == "good"
    assert section.answer == Text(
        "某区2023年：1 个管理单元、0 件许可；0 处用水超过上限；拒绝申请 0 件，待补正或裁量 0 件；到期事项 0 项；"
        "账本核验无误。",
        "A region, 2023: 1 management unit, 0 permits; use is over its cap at 0 places; 0 applications refused, "
        "0 waiting for papers or for a person to decide; 0 matters due; the ledger is sound.",
    )
    assert list(tables(section)) == ["register_over", "register_levels"]
    note = tables(section)["register_over"].note
    assert note is not None
    assert note.zh.startswith("没有。")
    assert note.en.startswith("None. ")
    assert isinstance(section.picture, CapTree)
    assert (section.picture.root.cap, section.picture.root.tone) == (None, "muted")
    check_texts(section, texts_of)


def test_a_ledger_that_does_not_verify_is_an_alarm() -> None:
    section = Kept().section(verified=False)
    assert section.tone == "bad"
    assert "the ledger is NOT sound" in section.answer.en
    assert "账本核验有误" in section.answer.zh


def test_an_overuse_stands_on_its_own_basis_with_its_cause(texts_of: TextsOf) -> None:
    kept = Kept().cap("R", 10**9).cap("U", 600_000).cap("B", 2_000_000).cap("B", 9_000_000, WITH_ECOLOGY)
    for name, used_m3 in (("a", 151_000), ("b", 170_000), ("c", 160_000), ("d", 150_001), ("e", None)):
        kept.permit(name, 120_000, used_m3)
    section = kept.section(Text("示例", "An example"))
    assert section.tone == "bad"
    assert isinstance(section.blocks[0], Paragraph)
    (row,) = shown(tables(section)["register_over"])
    assert (row["place"], row["counted"]) == ("Banner U", "groundwater, withdrawal basis, ecological supply excluded")
    assert [row[c] for c in ("cap", "permitted", "used", "over")] == [60.0, 60.0, 63.1001, 3.1001]
    assert row["why"] == "over their permits: P-b by 5.00, P-c by 4.00, P-a by 3.10 and 1 more (10⁴ m³)"
    chinese = tables(section)["register_over"].rows[0][-1].value
    assert isinstance(chinese, Text)
    assert chinese.zh == "超许可：P-b 超 5.00、P-c 超 4.00、P-a 超 3.10，另有 1 件（万m³）"
    note = tables(section)["register_over"].note
    assert note is not None
    assert "unlike bases are neither compared nor converted" in note.en
    assert "不同口径不作比较" in note.zh
    check_texts(section, texts_of)


def test_where_each_permit_kept_to_its_volume_that_is_said() -> None:
    order = {"node": "U", "water": "groundwater", "factor": "0.50", "from_": "2023-01-01", "to": "2023-12-31"}
    kept = (
        Kept()
        .cap("R", 10**9)
        .cap("U", 600_000)
        .permit("a", 500_000, 400_000)
        .add("order", "2022-12-15", document="令", **order)
    )
    (row,) = shown(tables(kept.section())["register_over"])
    assert (row["cap"], row["used"], row["over"]) == (30.0, 40.0, 10.0)
    assert row["why"] == "no single permit is over its volume"


def test_a_published_use_counts_where_it_is_the_larger_and_a_debt_stays() -> None:
    published = {"node": "L", "volume_m3": 1_300_000, "source": "公报", **GROUND._asdict()}
    kept = Kept().cap("R", 10**9).cap("L", 1_000_000).permit("a", 500_000, 400_000)
    (row,) = shown(tables(Kept.section(kept.add("use", "2023-12-31", year=2023, **published)))["register_over"])
    assert (row["place"], row["used"], row["over"]) == ("League", 130.0, 30.0)
    assert row["why"] == "the published use is over the cap, and above what was metered"
    earlier = Kept().cap("R", 10**9).cap("L", 1_000_000).permit("a", 500_000, 400_000)
    section = earlier.add("use", "2023-12-31", year=2022, **published).section()
    (row,) = shown(tables(section)["register_over"])
    assert (row["used"], row["over"], row["why"]) == (40.0, 30.0, "overuse of earlier years is still owed")


def test_a_basin_over_its_cap_names_the_permits_that_lie_in_it() -> None:
    kept = Kept().cap("R", 10**9).cap("YR", 100_000).permit("a", 90_000, 120_000)
    (row,) = shown(tables(kept.section())["register_over"])
    assert (row["place"], row["why"]) == ("A basin", "over their permits: P-a by 3.00 (10⁴ m³)")


def test_what_nears_its_cap_is_listed_the_nearest_first(texts_of: TextsOf) -> None:
    kept = Kept().cap("R", 555_556).cap("L", 550_000).cap("B", 500_000).cap("U", 500_000)
    section = kept.permit("a", 500_000, 499_999).section()
    rows = list(shown(tables(section)["register_near"]))
    assert [r["place"] for r in rows] == ["Banner", "Banner U", "League"]  # the region is a hair below nine tenths
    assert [r["left"] for r in rows] == [0.0, 0.0, 5.0]
    assert tables(section)["register_near"].folded
    assert section.tone == "good"
    check_texts(section, texts_of)


def test_applications_are_told_by_urgency_in_each_readers_own_names(texts_of: TextsOf) -> None:
    kept = Kept().cap("R", 10**9).cap("U", 100_000)
    zone = {"node": "U", "kind": "critical", "water": "groundwater", "from_": "2023-05-01"}
    kept.apply("w", 10, unconventional_available_m3=5, unconventional_used_m3=0)  # its rule is not in force yet
    kept.apply("x", 900, purpose="domestic").apply("m", 10, metering=None).apply("n", 10, node=None, volume_m3=None)
    kept.apply("o", 10).apply("z", 200_000).add("zone", "2023-05-01", document="划定 / a notice", **zone)
    kept.apply("q", 10, "2023-05-02")
    section = kept.section()
    rows = list(shown(tables(section)["register_applications"]))
    told = [(r["application"], str(r["decision"])) for r in rows]
    assert told[0] == ("z", "refused R19 R20")
    assert told[1] == ("q", "referred R33")
    assert {name: decision.split()[0] for name, decision in told[2:]} == {
        "m": "incomplete",
        "n": "incomplete",
        "x": "exempt",
        "w": "admitted",
    }
    assert [name for name, _ in told][-2:] == ["x", "w"]
    assert str(rows[-1]["why"]).startswith("(Law from 2024-05-01 on.) Of 5 m³ of unconventional water")
    assert rows[1]["place"] == "Banner U"
    assert "Unit one (U) is critically loaded (a notice)" in str(rows[1]["why"])
    chinese = tables(section)["register_applications"].rows[1][-1].value
    assert isinstance(chinese, Text)
    assert "子一（U）" in chinese.zh
    assert "（划定）" in chinese.zh
    assert [r["volume"] for r in rows if r["application"] == "n"] == [None]
    assert "1 application refused, 3 waiting" in section.answer.en
    check_texts(section, texts_of)


def test_a_place_that_nobody_declared_is_told_as_it_was_written() -> None:
    kept = Kept().cap("R", 10**9).apply("a", 10, node="X").apply("b", 10, node="L").apply("c", 10, water="wine")
    rows = list(shown(tables(kept.section())["register_applications"]))
    assert [(r["application"], r["place"]) for r in rows] == [("a", "X"), ("c", "Banner U")]


def test_permits_with_a_remark_show_the_years_figures_and_gaps_stay_gaps(texts_of: TextsOf) -> None:
    kept = Kept().cap("R", 10**9).permit("a", 120_000, 130_000).permit("b", 120_000, 5)
    section = kept.section()
    (row,) = shown(tables(section)["register_permits"])
    assert (row["permit"], row["place"], row["rules"]) == ("P-a", "Banner U", "R51")
    assert [row[c] for c in ("volume", "plan", "used")] == [12.0, None, 13.0]
    assert "Unit one (U), permit P-a" in str(row["why"])
    assert not tables(section)["register_permits"].folded
    check_texts(section, texts_of)
    unread = kept.section(years={}, permits={})
    assert "register_permits" not in tables(unread)
    (row,) = shown(tables(kept.section(years={}))["register_permits"])
    assert [row[c] for c in ("volume", "plan", "used")] == [12.0, None, None]


def test_what_is_due_names_the_holder_in_the_readers_language(texts_of: TextsOf) -> None:
    kept = Kept().cap("R", 10**9).permit("a", 120_000, 100_000).add("tick", "2024-01-01")
    section = kept.section()
    rows = list(shown(tables(section)["register_due"]))
    assert {(r["day"], r["rule"], r["place"]) for r in rows} == {("2024-01-01", "R47", "Banner U")}
    assert "permit P-a of holder a" in str(rows[0]["what"])
    chinese = tables(section)["register_due"].rows[0][-1].value
    assert isinstance(chinese, Text)
    assert "P-a（用户a）" in chinese.zh
    assert "1 matter due" in section.answer.en
    check_texts(section, texts_of)


def test_more_than_a_page_of_what_is_due_is_shown_closed() -> None:
    kept = Kept().cap("R", 10**9)
    for i in range(41):
        kept.permit(str(i), 12, 1)
    section = kept.add("tick", "2024-01-01").section()
    assert len(tables(section)["register_due"].rows) == 41
    assert tables(section)["register_due"].folded


def test_other_refusals_are_told_with_their_rules(texts_of: TextsOf) -> None:
    section = Kept().cap("L", 5).cap("R", 4).add("tick", "1999-01-01").add("tick", "2023-01-01", key=None).section()
    rows = {r["key"]: r["rules"] for r in shown(tables(section)["register_refused"])}
    assert len(rows) >= 1
    assert rows["None"] == "event.missing_field"
    check_texts(section, texts_of)


def test_the_tables_come_in_the_order_in_which_a_department_acts() -> None:
    kept = Kept().cap("R", 200_000).permit("a", 120_000, 130_000).apply("z", 900_000)
    kept.permit("b", 70_000, 10).add("tick", "2024-01-01").add("tick", "2023-06-01", key=None)
    assert list(tables(kept.section())) == [
        "register_over",
        "register_applications",
        "register_due",
        "register_permits",
        "register_near",
        "register_levels",
        "register_refused",
    ]


def test_the_picture_shows_groundwater_or_the_total_where_there_is_none() -> None:
    ground = Kept().cap("R", 10**9).cap("L", 100_000).permit("a", 90_000, 120_000).section().picture
    assert isinstance(ground, CapTree)
    assert ground.title.en == "Caps and use, 2023: groundwater, withdrawal basis, ecological supply excluded"
    (league,) = ground.root.children
    assert (league.label, league.cap, league.used, league.tone) == (Text("甲盟", "League"), 10.0, 12.0, "bad")
    assert ground.root.tone == "plain"
    total = Kept().cap("R", 10**9, TOTAL).section().picture
    assert isinstance(total, CapTree)
    assert total.title.en.startswith("Caps and use, 2023: total water")
    assert total.root.children[0].tone == "muted"


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [("甲 / A", "甲", "A"), ("甲", "甲", "甲"), ("甲/乙", "甲/乙", "甲/乙"), ("甲 / A / B", "甲", "A / B")],
)
def test_a_name_in_both_languages_is_split(name: str, zh: str, en: str) -> None:
    assert bilingual(name) == Text(zh, en)


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
