"""R43: a permit is issued once the works have passed acceptance, for ten years at most and usually five."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.years import add_years
from hetao.text import Text

USUAL, MOST = 5, 10  # years


def _check(case: Case, found: Findings) -> None:
    start, end = case.fields["from"], case.fields["to"]
    right = case.draft.right
    node = None if right is None else right.node
    facts = {"permit": case.fields["permit"], "from": start, "to": end}
    terms = {**facts, "usual_years": USUAL, "most_years": MOST}
    latest = add_years(start, MOST)
    if end > latest:
        found.refuse(MEMBER.finding("term", node, {**terms, "latest": latest}, start=start))
    elif end > add_years(start, USUAL):
        found.warn(MEMBER.finding("long", node, terms, start=start))
    accepted = case.fields.get("effective", case.day)
    if start < accepted:
        found.warn(MEMBER.finding("early", node, {**facts, "accepted": accepted}, start=start))
    application = case.state.application(case.fields["application"])
    if application is not None and not application.works:
        facts = {"application": application.application, "accepted": accepted}
        found.warn(MEMBER.finding("works", node, facts))


MEMBER = Rule(
    name="r43",
    title=Text("验收合格方可发证，有效期最长十年", "A permit only after acceptance, for ten years at most"),
    reference=("《取水许可和水资源费征收管理条例》第二十三条、第二十五条 (State Council order 460 arts 23, 25)"),
    events=frozenset({"accept_works"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "term": Text(
            "取水许可证 {permit} 的有效期自 {start} 至 {to}，超过最长 {most_years} 年；止日最迟为 {latest}。",
            "Permit {permit} would run from {start} to {to}, longer than the {most_years} years allowed; "
            "it may end on {latest} at the latest.",
        ),
        "long": Text(
            "取水许可证 {permit} 的有效期自 {start} 至 {to}，超过一般的 {usual_years} 年（最长 {most_years} 年）。"
            "请在发证文件中写明理由。",
            "Permit {permit} runs from {start} to {to}, longer than the usual {usual_years} years "
            "({most_years} at most). State the reason in the paper that issues it.",
        ),
        "early": Text(
            "取水许可证 {permit} 的起日 {start} 早于验收日 {accepted}；验收合格后方可发证，请核对起日。",
            "Permit {permit} would begin on {start}, before the works passed acceptance on {accepted}; "
            "a permit is issued only after that. Check the first day.",
        ),
        "works": Text(
            "申请 {application} 没有开工记录，而 {accepted} 已验收。如确已开工，请补录 start_works。",
            "Application {application} has no record that its works began, yet they were accepted on {accepted}. "
            "If they did begin, enter start_works before acceptance.",
        ),
    },
    check=_check,
)
