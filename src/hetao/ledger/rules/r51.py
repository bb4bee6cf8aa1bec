"""R51: use beyond the permit is warned of; two years running put a permit of the basin on the revocation list."""

from __future__ import annotations

from datetime import date

from hetao.ledger.charges import charged_m3
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit, PermitYear
from hetao.ledger.rights import LIVE
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.years import year_of
from hetao.ledger.yellow_river import in_yellow_river
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    """Warn of every year in which the use exceeds the permit after the reading."""
    permit = case.draft.right
    assert isinstance(permit, Permit)
    if found.refusals:  # nothing is booked
        return
    for record in case.draft.records.values():
        if isinstance(record, PermitYear):
            permitted_m3 = charged_m3(permit, record.year)
            if record.used_m3 > permitted_m3:
                facts = {
                    "permit": permit.permit,
                    "year": record.year,
                    "permitted_m3": permitted_m3,
                    "used_m3": record.used_m3,
                    "over_m3": record.used_m3 - permitted_m3,
                }
                place = case.state.nodes[permit.node].label
                found.warn(MEMBER.finding("over", permit.node, facts, place=place))


def _due(tick: Tick) -> None:
    """List the permits of the basin that were exceeded in two years running, the running year with the one before."""
    for permit in tick.state.all(Permit, "permit"):
        if permit.status not in LIVE or not in_yellow_river(tick.state, permit.node, permit.water):
            continue
        running = year_of(permit.water, tick.day)
        for second in (running - 1, running):
            _list(tick, permit, [second - 1, second])


def _list(tick: Tick, permit: Permit, years: list[int]) -> None:
    used = [tick.state.permit_year(permit.permit, year).used_m3 for year in years]
    permitted = [charged_m3(permit, year) for year in years]
    if all(u > p for u, p in zip(used, permitted, strict=True)):
        facts = {"permit": permit.permit, "years": years, "used_m3": used, "permitted_m3": permitted}
        words = {
            "place": tick.state.nodes[permit.node].label,
            "listed": Text(
                "；".join(f"{y} 年用 {u:,} m³、许可 {p:,} m³" for y, u, p in zip(years, used, permitted, strict=True)),
                "; ".join(f"{y}: {u:,} m³ of {p:,} m³" for y, u, p in zip(years, used, permitted, strict=True)),
            ),
        }
        finding = MEMBER.finding("list", permit.node, facts, **words)
        tick.raise_due(MEMBER, permit.permit, str(years[1]), finding)


MEMBER = Rule(
    name="r51",
    title=Text("连续两年超许可取水", "Two years running beyond the permit"),
    reference=(
        "《黄河取水许可管理实施细则》（黄河水利委员会，2009 年 7 月 1 日起施行）；《水法》第六十九条；"
        "《黄河保护法》第一百一十三条"
        " (Yellow River Conservancy Commission, detailed rules on withdrawal permits, 2009; Water Law art. 69; "
        "Yellow River"
        " Protection Law art. 113)"
    ),
    events=frozenset({"read"}),
    in_force=date(2009, 7, 1),
    territory="YR",
    rank="notice",
    texts={
        "over": Text(
            "{place}许可 {permit}：{year} 年用水 {used_m3:,} m³，超过许可量 {permitted_m3:,} m³，超出 {over_m3:,} m³。"
            "请停止超许可取水；流域内的许可连续两年超许可取水的，列入吊销名单。",
            "{place}, permit {permit}: the use of {used_m3:,} m³ in {year} exceeds the permitted {permitted_m3:,} m³ "
            "by "
            "{over_m3:,} m³. Stop drawing beyond the permit; a permit of the basin that is exceeded two years running "
            "goes on the revocation list.",
        ),
        "list": Text(
            "{place}许可 {permit}：连续两年超许可取水（{listed}），列入吊销取水许可证名单，由审批机关决定。",
            "{place}, permit {permit}: exceeded two years running ({listed}). It is on the list of permits to be "
            "revoked; the authority that granted it decides.",
        ),
    },
    check=_check,
    due=_due,
)
