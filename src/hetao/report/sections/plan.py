"""The plan section: a cap broken down under every rule side by side, and which retrofits to fund."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from hetao.plan import RULES, BreakDown
from hetao.plan.retrofit import MinimumSaving, Project, Requirement, RetrofitPlan
from hetao.report.model import BarChart, Block, Cell, Chart, Column, Paragraph, Point, Section, Series, Table
from hetao.solver import Status
from hetao.text import Text
from hetao.units import show_volume

__all__ = ["BrokenDown", "Funded", "plan_section"]

UNIT_WORDS = Text("亿m³", "10⁸ m³")
TEN_K_M3 = Text("万m³", "10⁴ m³")
TEN_K_YUAN = Text("万元", "10⁴ yuan")
M3, TEN_K, FEN_PER_TEN_K_YUAN = 100_000_000, 10_000, 1_000_000
Path = tuple[str, ...]


@dataclass(frozen=True)
class BrokenDown:
    """A break-down under several rules.

    Attributes:
        region, year: whose cap, of which year.
        cap_m3, reserve_m3: the cap, and what was kept back before breaking it down.
        results: rule → break-down.
        claims: path → claim, m³.
        origins: path → where the claim comes from, and its source keys.
        names: region id → name.
        admitted: rule → whether a ledger admits the break-down as posted (rule R01).
        example: whether it is marked as an example.
        note: what readers must know.
        cap_sources: source keys of the cap.
        published: path → the cap published for it, m³, and its source key.
    """

    region: Text
    year: int
    cap_m3: int
    reserve_m3: int
    results: Mapping[str, BreakDown]
    claims: Mapping[Path, int]
    origins: Mapping[Path, tuple[Text, tuple[str, ...]]]
    names: Mapping[str, Text]
    admitted: Mapping[str, bool]
    example: bool
    note: Text
    cap_sources: tuple[str, ...]
    published: Mapping[Path, tuple[int, str]]


@dataclass(frozen=True)
class Funded:
    """A portfolio next to the one by unit-cost order.

    Attributes:
        plan: the answer.
        titles: project key → name.
        districts: region id → name.
        listed: projects that could not enter (no cost known): key, name, saving in m³ or None, source, why.
        note: what readers must know.
    """

    plan: RetrofitPlan
    titles: Mapping[str, Text]
    districts: Mapping[str, Text]
    listed: tuple[tuple[str, Text, int | None, str, Text], ...]
    note: Text


def plan_section(broken: BrokenDown | None, funded: Funded | None) -> Section:
    """Build the section from whichever of the two there is."""
    answers: list[Text] = []
    blocks: list[Block] = []
    picture: Chart | None = None
    if broken is not None:
        answers.append(_breakdown_answer(broken))
        picture = _leagues_chart(broken)
        blocks += [Paragraph(broken.note, "warning"), *_breakdown_tables(broken)]
    if funded is not None:
        answers.append(_funded_answer(funded))
        chart = _saving_chart(funded)
        blocks.append(Paragraph(funded.note, "warning"))
        if picture is None:
            picture = chart
        else:
            blocks.append(chart)
        blocks += _funded_blocks(funded)
    sound = funded is None or funded.plan.status is Status.OPTIMAL
    return Section(
        key="plan",
        title=Text("规划", "Plan"),
        question=Text("指标怎样分解，钱先投给谁？", "How can the cap be broken down, and which retrofits come first?"),
        answer=Text("".join(a.zh for a in answers), " ".join(a.en for a in answers)),
        tone="plain" if sound else "bad",
        picture=picture,
        blocks=tuple(blocks),
    )


def _breakdown_answer(b: BrokenDown) -> Text:
    leagues = [p for p in b.claims if len(p) == 1]
    deeper = [p for p in b.claims if len(p) > 1]
    zh_deeper, en_deeper = (f"、{len(deeper)} 个旗县市区", f" and {len(deeper)} banners") if deeper else ("", "")
    share = min(100.0, 100.0 * (b.cap_m3 - b.reserve_m3) / sum(b.claims[p] for p in leagues))
    cap = show_volume(b.cap_m3, "亿m³")
    cap_en = f"{cap.removesuffix('亿m³')} × {UNIT_WORDS.en}"
    mark = Text("（示例，非官方方案）", " (an example, not the official breakdown)") if b.example else Text("", "")
    admitted = "均可登账" if all(b.admitted.values()) else "未能全部登账"
    admitted_en = "the ledger admits every one" if all(b.admitted.values()) else "the ledger does not admit all of them"
    return Text(
        f"{b.region.zh}{b.year}年指标 {cap} 按 {len(b.results)} 种规则"
        f"分解到 {len(leagues)} 个盟市{zh_deeper}{mark.zh}："
        f"可满足申请量的 {share:.0f}%，各级之和分毫不差，{admitted}。",
        f"{b.region.en}'s cap of {cap_en} in {b.year}, broken down under {len(b.results)} rules "
        f"to {len(leagues)} leagues{en_deeper}{mark.en}, meets {share:.0f} % "
        f"of the claims; every level adds up to the last m³ and {admitted_en}.",
    )


def _leagues_chart(b: BrokenDown) -> BarChart:
    leagues = [p for p in b.claims if len(p) == 1]
    series = [
        Series(Text("申请量", "claim"), tuple(Point(p[0], b.claims[p] / M3, b.origins[p][1]) for p in leagues), "limit")
    ]
    for rule, result in b.results.items():
        points = tuple(Point(p[0], result.awards[p] / M3, b.cap_sources) for p in leagues)
        series.append(Series(RULES[rule].title, points))
    return BarChart(
        key="plan_leagues",
        title=Text("各规则下的分解", "The breakdown under each rule"),
        unit=UNIT_WORDS,
        labels={p[0]: b.names[p[0]] for p in leagues},
        series=tuple(series),
    )


def _breakdown_tables(b: BrokenDown) -> list[Block]:
    rules = tuple(b.results)
    columns = (
        Column("region", Text("地区", "region")),
        Column("within", Text("所属", "within")),
        Column("claim", Text("申请量", "claim"), UNIT_WORDS, "number", 3),
        Column("origin", Text("申请量依据", "where the claim comes from")),
        *(Column(r, RULES[r].title, UNIT_WORDS, "number", 3) for r in rules),
        Column("published", Text("已公布的指标", "published cap"), UNIT_WORDS, "number", 3),
    )
    tops = tuple(_breakdown_row(b, p) for p in b.claims if len(p) == 1)
    deeper = tuple(_breakdown_row(b, p) for p in b.claims if len(p) > 1)
    tables: list[Block] = [_rules_table(b), Table("plan_leagues", Text("分解到盟市", "To leagues"), columns, tops)]
    if deeper:
        tables.append(Table("plan_banners", Text("分解到旗县市区", "To banners"), columns, deeper, folded=True))
    return tables


def _breakdown_row(b: BrokenDown, path: Path) -> tuple[Cell, ...]:
    origin, sources = b.origins[path]
    awards = (Cell(result.awards[path] / M3, b.cap_sources) for result in b.results.values())
    within = b.names[path[-2]] if len(path) > 1 else b.region
    volume_m3, source = b.published.get(path, (None, ""))
    published = Cell(None if volume_m3 is None else volume_m3 / M3, (source,) if source else ())
    head = (Cell(b.names[path[-1]]), Cell(within), Cell(b.claims[path] / M3, sources), Cell(origin))
    return (*head, *awards, published)


def _rules_table(b: BrokenDown) -> Table:
    columns = (
        Column("rule", Text("规则", "rule")),
        Column("convention", Text("含义", "what it does"), wide=True),
        Column("sum", Text("下达合计加留存", "awards and reserve"), Text("m³", "m³"), "number", 0),
        Column("ledger", Text("账本（R01）", "ledger (R01)")),
        Column("reference", Text("出处", "reference"), wide=True),
    )
    rows = []
    for rule, result in b.results.items():
        kept = sum(result.leaves.values()) + sum(result.reserves.values()) + b.reserve_m3
        verdict = Text("可登账", "admitted") if b.admitted[rule] else Text("拒绝", "refused")
        rows.append(
            (
                Cell(RULES[rule].title),
                Cell(RULES[rule].convention),
                Cell(kept, b.cap_sources),
                Cell(verdict, tone="good" if b.admitted[rule] else "bad"),
                Cell(RULES[rule].reference),
            )
        )
    return Table("plan_rules", Text("分解规则", "The rules"), columns, tuple(rows))


def _funded_answer(f: Funded) -> Text:
    plan = f.plan
    if plan.portfolio is None and plan.status is not Status.INFEASIBLE:
        return Text(f"改造项目没有得出组合（{plan.status}）。", f"No portfolio of retrofits was found ({plan.status}).")
    if plan.portfolio is None:
        clash_zh = "；".join(_requirement(f, r).zh for r in plan.conflict)
        clash_en = "; ".join(_requirement(f, r).en for r in plan.conflict)
        return Text(f"改造项目没有可行组合：{clash_zh}。", f"No portfolio of retrofits is possible: {clash_en}.")
    best, order = plan.portfolio, plan.unit_cost_order
    more = best.total_saving_m3 - order.total_saving_m3
    sound = all(check.holds for check in plan.unit_cost_audit)
    zh_order = f"比按单位成本排序多节水 {more / TEN_K:,.0f} 万m³" if sound else "而按单位成本排序不满足全部要求"
    en_order = (
        f"{more / TEN_K:,.0f} × 10⁴ m³ more than by unit-cost order"
        if sound
        else "while unit-cost order breaks a requirement"
    )
    years = plan.case.years
    gap = f"{plan.gap:.1e}" if plan.gap else "0"
    proof_zh = f"（证明最优，间隙 {gap}）" if plan.status is Status.OPTIMAL else f"（{plan.status}）"
    proof_en = f" (proved optimal, gap {gap})" if plan.status is Status.OPTIMAL else f" ({plan.status})"
    return Text(
        f"{years[0]}–{years[-1]}年投 {best.total_cost_fen / FEN_PER_TEN_K_YUAN:,.0f} 万元"
        f"做 {len(best.chosen)} 个改造项目，累计节水 {best.total_saving_m3 / TEN_K:,.0f} 万m³{proof_zh}，{zh_order}。",
        f"{best.total_cost_fen / FEN_PER_TEN_K_YUAN:,.0f} × 10⁴ yuan on {len(best.chosen)} retrofits save "
        f"{best.total_saving_m3 / TEN_K:,.0f} × 10⁴ m³ over {years[0]}-{years[-1]}{proof_en}, {en_order}.",
    )


def _saving_chart(f: Funded) -> BarChart:
    plan = f.plan
    years = plan.case.years
    sets = [(Text("按单位成本排序", "by unit-cost order"), plan.unit_cost_order)]
    if plan.portfolio is not None:
        sets.insert(0, (Text("最优组合", "the best portfolio"), plan.portfolio))
    series = tuple(
        Series(name, tuple(Point(str(y), p.saving_m3[y] / TEN_K) for y in years), "focus" if i == 0 else "peer")
        for i, (name, p) in enumerate(sets)
    )
    return BarChart(
        key="plan_saving",
        title=Text("逐年节水量", "Water saved a year"),
        unit=TEN_K_M3,
        labels={str(y): Text(str(y), str(y)) for y in years},
        series=series,
    )


def _funded_blocks(f: Funded) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(f.plan.convention),
        Paragraph(f.plan.difference),
        _projects_table(f),
        _audit_table(f),
    ]
    if f.listed:
        blocks.append(_listed_table(f))
    return blocks


def _projects_table(f: Funded) -> Table:
    columns = (
        Column("key", Text("代码", "key")),
        Column("project", Text("项目", "project")),
        Column("district", Text("地区", "district")),
        Column("cost", Text("投资", "cost"), TEN_K_YUAN, "number", 0),
        Column("saving", Text("年节水", "saving a year"), TEN_K_M3, "number", 0),
        Column("unit_cost", Text("单位成本", "unit cost"), Text("元/m³", "yuan per m³"), "number", 2),
        Column("start", Text("开工（最优组合）", "start (best portfolio)"), kind="year"),
        Column("order", Text("开工（单位成本排序）", "start (unit-cost order)"), kind="year"),
        Column("nature", Text("性质", "nature")),
    )
    best = f.plan.portfolio.starts if f.plan.portfolio is not None else {}
    order = f.plan.unit_cost_order.starts
    rows = tuple(
        _project_row(f, p, best.get(p.key), order.get(p.key)) for p in sorted(f.plan.case.projects, key=_by_cost)
    )
    return Table("plan_projects", Text("候选项目与结果", "Candidates and the answer"), columns, rows)


def _by_cost(project: Project) -> tuple[Fraction, str]:
    return project.unit_cost_fen_per_m3, project.key


def _project_row(f: Funded, p: Project, best: int | None, order: int | None) -> tuple[Cell, ...]:
    nature = Text("示意", "illustrative") if p.illustrative else Text("公开报道", "public report")
    sources = (p.source,)
    return (
        Cell(p.key),
        Cell(f.titles[p.key], sources, tone="good" if best is not None else "plain"),
        Cell(f.districts[p.district]),
        Cell(p.total_cost_fen / FEN_PER_TEN_K_YUAN, sources),
        Cell(p.saving_m3_per_year / TEN_K, sources),
        Cell(float(p.unit_cost_fen_per_m3) / 100.0, sources),
        Cell(best),
        Cell(order),
        Cell(nature, tone="muted" if p.illustrative else "plain"),
    )


def _audit_table(f: Funded) -> Table:
    columns = (
        Column("portfolio", Text("组合", "portfolio")),
        Column("requirement", Text("要求", "requirement")),
        Column("used", Text("实际", "reached"), kind="number", digits=0),
        Column("limit", Text("限值", "limit"), kind="number", digits=0),
        Column("unit", Text("单位", "unit")),
        Column("holds", Text("核对", "audit")),
    )
    sets = [
        (Text("最优组合", "best portfolio"), f.plan.audit),
        (Text("单位成本排序", "unit-cost order"), f.plan.unit_cost_audit),
    ]
    rows = tuple(
        (
            Cell(name),
            Cell(_requirement(f, check.requirement)),
            Cell(check.used),
            Cell(check.limit),
            Cell(check.unit),
            Cell(Text("满足", "met"), tone="good") if check.holds else Cell(Text("不满足", "broken"), tone="bad"),
        )
        for name, checks in sets
        for check in checks
    )
    note = Text(
        "由选中的项目用整数重算，不取求解器之言。分为人民币分。",
        "Recomputed in whole numbers from the chosen projects, not taken from the solver. Money in fen.",
    )
    return Table("plan_audit", Text("逐项核对", "The audit"), columns, rows, note, folded=True)


def _requirement(f: Funded, requirement: Requirement) -> Text:
    """Return a requirement's words, with a district's name in place of its id."""
    if not isinstance(requirement, MinimumSaving):
        return requirement.title
    name, year = f.districts[requirement.district], requirement.by_year
    return Text(f"{name.zh} {year} 年最低节水量", f"minimum saving of {name.en} in {year}")


def _listed_table(f: Funded) -> Table:
    columns = (
        Column("project", Text("项目", "project")),
        Column("saving", Text("年节水", "saving a year"), TEN_K_M3, "number", 0),
        Column("why", Text("为何不入选", "why it is not weighed"), wide=True),
    )
    rows = tuple(
        (
            Cell(name, (source,)),
            Cell(None if saving is None else saving / TEN_K, (source,)),
            Cell(why, tone="muted"),
        )
        for _, name, saving, source, why in f.listed
    )
    return Table("plan_listed", Text("只列出、不参与优化", "Listed, not optimised"), columns, rows)
