"""The breakdown of a cap: claims from recorded use where there is any, by population and the like elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hetao.errors import Problems
from hetao.figures import Figure
from hetao.ledger import Ledger
from hetao.plan import RULES, BreakDown, apportion, compare_break_down
from hetao.report.sections.plan import BrokenDown
from hetao.study.data import StudyData, setting
from hetao.study.job import require_indicators, require_regions
from hetao.study.settings import BreakdownSettings
from hetao.text import Text
from hetao.units import Percent, convert, read_percent, read_volume, unit

__all__ = ["PreparedBreakdown", "prepare_breakdown"]

Path = tuple[str, ...]
A_VALUE = Text("有值", "a value")
BELOW = ("league", "banner")  # kinds of node that a ledger holds below a region
FINE = 10**15  # shares are handed on as whole parts of this, far finer than one m³


@dataclass(frozen=True)
class PreparedBreakdown:
    """A checked breakdown: call `run`."""

    settings: BreakdownSettings
    cap_m3: int
    reserve_m3: int
    claims: Mapping[Path, int]
    floors: Mapping[Path, int]
    weights: Mapping[Path, int]
    origins: Mapping[Path, tuple[Text, tuple[str, ...]]]
    region: str
    names: Mapping[str, Text]
    cap_source: str
    published: Mapping[Path, tuple[int, str]]

    def run(self) -> BrokenDown:
        """Divide the cap under every rule, and offer each result to a ledger."""
        s = self.settings
        results = compare_break_down(
            cap_m3=self.cap_m3 - self.reserve_m3,
            claims=self.claims,
            floors=self.floors,
            weights=self.weights,
            rules=s.rules or None,
        )
        return BrokenDown(
            region=self.names[self.region],
            year=s.year,
            cap_m3=self.cap_m3,
            reserve_m3=self.reserve_m3,
            results=results,
            claims=self.claims,
            origins=self.origins,
            names=self.names,
            admitted={rule: self._admitted(result) for rule, result in results.items()},
            example=s.example,
            note=s.note,
            cap_sources=(self.cap_source,),
            published=self.published,
        )

    def _admitted(self, result: BreakDown) -> bool:
        """Post the breakdown to a ledger of its own, level by level; rule R01 says whether it fits."""
        stamp = {"at": "2000-01-01T00:00:00+08:00", "by": "study"}
        line = {"water": "total", "basis": "withdrawal", "ecology": "excluded", "year": self.settings.year}
        nodes = [
            (self.region, None, 0),
            *((p[-1], p[-2] if len(p) > 1 else self.region, len(p)) for p in result.awards),
        ]
        with Ledger.open("sqlite:///:memory:") as ledger:
            outcomes = [
                ledger.apply(
                    {
                        "event": "node",
                        "key": f"n-{node}",
                        "node": node,
                        "name": self.names[node].zh,
                        "kind": ("region", *BELOW)[depth],
                    }
                    | ({"parent": parent} if parent else {})
                    | stamp
                )
                for node, parent, depth in nodes
            ]
            paper = {**line, **stamp, "document": "plan"}
            cap = {"event": "cap", "key": "cap", "node": self.region, "issuer": self.region, "volume_m3": self.cap_m3}
            outcomes.append(ledger.apply(cap | paper))
            for path, level in result.levels.items():
                node = path[-1] if path else self.region
                kept = level.reserve_m3 + (0 if path else self.reserve_m3)
                event = {"event": "breakdown", "key": f"b-{node}", "node": node, "reserve_m3": kept}
                outcomes.append(ledger.apply(event | paper | {"children": dict(level.awards)}))
        return all(outcome.ok for outcome in outcomes)


def prepare_breakdown(data: StudyData, s: BreakdownSettings, problems: Problems) -> PreparedBreakdown | None:
    """Check ``[plan.breakdown]``: the cap, the claims and the weights of every region below it."""
    item = "[plan.breakdown]"
    sound = [
        require_regions(data, problems, f"{item} region", [s.region]),
        require_indicators(data, problems, f"{item} cap, claims, weights", [s.cap, *s.claims, *s.weights])
        and _are_volumes(data, [s.cap, *s.claims], problems),
        _check_rules(s, problems),
    ]
    reserve, floors = _share_of(s.reserve, "reserve", problems), _share_of(s.floors, "floors", problems)
    if not all(sound) or reserve is None or floors is None:
        return None
    region = data.tree.get(s.region).id
    cap = data.chosen.figure(region, s.year, s.cap)
    if cap is None or cap.value is None or cap.value <= 0:
        words = Text(f"{s.year}年没有大于 0 的 {s.cap}", f"no figure of {s.cap} above 0 in {s.year}")
        _refuse(problems, "cap", words)
        return None
    cap_m3 = problems.attempt(lambda: _volume_m3(data, cap), cap.place)
    tree = _tree(data, region, s)
    shares = _shares(data, tree, s, problems)
    if cap_m3 is None or shares is None:
        return None
    claims, origins = _claims(data, tree, s, shares)
    parents = {p[:-1] for p in tree}
    least = {p: int(floors.of(claims[p])) for p in tree if p not in parents}
    kept_m3, first = int(reserve.of(cap_m3)), shares[s.weights[0]]
    before = len(problems)
    _check_division(data, claims, sum(least.values()), cap_m3 - kept_m3, problems)
    if len(problems) > before:
        return None
    return PreparedBreakdown(
        settings=s,
        cap_m3=cap_m3,
        reserve_m3=kept_m3,
        claims=claims,
        floors=least,
        weights={p: max(1, round(FINE * first[p] / max(first.values()))) for p in least},
        origins=origins,
        region=region,
        names={region: data.name(region), **{p[-1]: data.name(p[-1]) for p in tree}},
        cap_source=cap.source,
        published=_published(data, tree, s),
    )


def _published(data: StudyData, tree: list[Path], s: BreakdownSettings) -> dict[Path, tuple[int, str]]:
    """Return the caps of the same year that were published for regions below, with their sources."""
    found = {p: data.chosen.figure(p[-1], s.year, s.cap) for p in tree}
    return {p: (_volume_m3(data, f), f.source) for p, f in found.items() if f is not None and f.value is not None}


def _check_rules(s: BreakdownSettings, problems: Problems) -> bool:
    unknown = [rule for rule in s.rules if rule not in RULES]
    for rule in unknown:
        listed = ", ".join(RULES)
        words = Text(f"未知规则 {rule}", f"the unknown rule {rule}")
        _refuse(problems, "rules", words, Text(f"以下之一：{listed}", f"one of: {listed}"))
    sound = 0 < len(s.levels) <= len(BELOW) and bool(s.weights)
    if not sound:
        words = Text(
            f"{len(s.levels)} 级、{len(s.weights)} 个权重", f"{len(s.levels)} levels, {len(s.weights)} weights"
        )
        _refuse(problems, "levels, weights", words, Text("一或两级，至少一个权重", "one or two levels, some weights"))
    return not unknown and sound


def _refuse(problems: Problems, item: str, found: Text, expected: Text = A_VALUE) -> None:
    remedy = Text("改正设置，或补上数字", "correct the setting, or add the figure")
    place = setting(f"[plan.breakdown] {item}")
    problems.add("study.breakdown", place, found=found, expected=expected, remedy=remedy)


def _are_volumes(data: StudyData, indicators: Iterable[str], problems: Problems) -> bool:
    units = {i: data.schema.get(i).unit for i in indicators}
    others = {i: name for i, name in units.items() if unit(name).dimension != "volume"}
    for i, name in others.items():
        found = Text(f"指标 {i} 的单位是 {name}", f"the indicator {i}, whose unit is {name}")
        _refuse(problems, "cap, claims", found, Text("水量指标", "an indicator of volume"))
    return not others


def _share_of(text: str, item: str, problems: Problems) -> Percent | None:
    """Return a percentage from 0 % to 100 %, or None after recording why it is none."""
    found = problems.attempt(lambda: read_percent(text), setting(f"[plan.breakdown] {item}"))
    if found is not None and not 0 <= found.ratio <= 1:
        _refuse(problems, item, Text(f"“{text}”", f"{text!r}"), Text("0% 至 100%", "0 % to 100 %"))
        return None
    return found


def _check_division(data: StudyData, claims: Mapping[Path, int], least: int, left_m3: int, problems: Problems) -> None:
    """Record claims below 0 or that are all 0, and floors that do not fit what is left of the cap."""
    if not any(claims.values()):
        _refuse(
            problems,
            "claims",
            Text("申请量全为 0", "claims that are all 0"),
            Text("大于 0 的申请量", "some claim above 0"),
        )
    for path, claim in claims.items():
        if claim < 0:
            name = data.name(path[-1])
            found = Text(f"{name.zh}的申请量 {claim} m³", f"the claim of {name.en}, {claim} m³")
            _refuse(problems, "claims", found, Text("不小于 0", "at least 0"))
    if least > left_m3:
        found = Text(f"保底合计 {least} m³", f"floors of {least} m³ in all")
        _refuse(problems, "floors", found, Text(f"不超过可分的 {left_m3} m³", f"within the {left_m3} m³ to be divided"))


def _volume_m3(data: StudyData, figure: Figure) -> int:
    """Return a figure in whole m³; a reconstruction printed to a fraction of one is rounded to the nearest."""
    assert figure.value is not None
    exact = convert(figure.value, data.schema.get(figure.indicator).unit, "m3")
    return read_volume(exact, "m3")


def _tree(data: StudyData, region: str, s: BreakdownSettings) -> list[Path]:
    """Return the paths below the region that exist in the cap's year, parents before children."""
    found: list[Path] = []
    above: list[Path] = [()]
    for kind in s.levels:
        below = [(*p, r.id) for p in above for r in data.tree.children(p[-1] if p else region, s.year, kind)]
        found += below
        above = below
    return found


def _shares(
    data: StudyData, tree: list[Path], s: BreakdownSettings, problems: Problems
) -> dict[str, dict[Path, Fraction]] | None:
    """Return each weight of each region, its latest figure; record every one that is missing."""
    found: dict[str, dict[Path, Fraction]] = {}
    missing = 0
    for indicator in s.weights:
        found[indicator] = {}
        for path in tree:
            figure = data.chosen.latest(path[-1], indicator)
            if figure is None or figure.value is None or figure.value <= 0:
                missing += 1
                name, title = data.name(path[-1]), data.title(indicator)
                words = Text(f"{name.zh}没有大于 0 的{title.zh}", f"no {title.en} above 0 of {name.en}")
                _refuse(problems, "weights", words)
            else:
                found[indicator][path] = figure.value
    if not tree:
        _refuse(problems, "levels", Text("没有下级地区", "no regions below"))
    return None if missing or not tree else found


def _claims(
    data: StudyData, tree: list[Path], s: BreakdownSettings, shares: Mapping[str, Mapping[Path, Fraction]]
) -> tuple[dict[Path, int], dict[Path, tuple[Text, tuple[str, ...]]]]:
    """Return every region's claim in whole m³, and where it comes from."""
    claims: dict[Path, int] = {}
    origins: dict[Path, tuple[Text, tuple[str, ...]]] = {}
    tops = [p for p in tree if len(p) == 1]
    for path in tops:
        figure = _recorded(data, path[-1], s)
        if figure is not None:
            claims[path] = _volume_m3(data, figure)
            origins[path] = (
                Text(f"{figure.period}年有记录的用水", f"recorded use in {figure.period}"),
                (figure.source,),
            )
    recorded = list(claims)
    for path in tops:
        if path not in claims:
            claims[path] = _estimate(path, recorded, claims, shares)
            origins[path] = (_by_weights(data, s), tuple(_weight_sources(data, path, s)))
    for parent in [p for p in tree if any(q[:-1] == p for q in tree)]:
        children = [q for q in tree if q[:-1] == parent]
        part = {q: _mean([shares[w][q] / sum(shares[w][c] for c in children) for w in s.weights]) for q in children}
        exact = apportion(claims[parent], {q[-1]: round(part[q] * FINE) for q in children})
        for q in children:
            claims[q] = exact[q[-1]]
            origins[q] = (_by_weights(data, s), tuple(_weight_sources(data, q, s)))
    return {p: claims[p] for p in tree}, origins


def _recorded(data: StudyData, region: str, s: BreakdownSettings) -> Figure | None:
    found = (data.chosen.latest(region, indicator) for indicator in s.claims)
    return next((f for f in found if f is not None and f.value is not None), None)


def _estimate(
    path: Path, recorded: list[Path], claims: Mapping[Path, int], shares: Mapping[str, Mapping[Path, Fraction]]
) -> int:
    """Return recorded use per unit of each weight, times the region's own weight, averaged over the weights."""
    if not recorded:
        return round(_mean([w[path] for w in shares.values()]))
    total = sum(claims[p] for p in recorded)
    return round(_mean([total * w[path] / sum(w[p] for p in recorded) for w in shares.values()]))


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _by_weights(data: StudyData, s: BreakdownSettings) -> Text:
    names = [data.title(w) for w in s.weights]
    return Text(f"按{'、'.join(n.zh for n in names)}估算", f"estimated by {', '.join(n.en for n in names)}")


def _weight_sources(data: StudyData, path: Path, s: BreakdownSettings) -> Iterable[str]:
    found = (data.chosen.latest(path[-1], w) for w in s.weights)
    return dict.fromkeys(f.source for f in found if f is not None)
