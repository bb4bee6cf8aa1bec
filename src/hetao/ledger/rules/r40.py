"""R40: a refusal is written and gives its reasons: the rules and the facts that caused it."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if "note" not in case.fields and right is not None:
        facts = {"application": case.fields["application"], "volume_m3": right.volume_m3}
        found.warn(MEMBER.finding("no_reason", right.node or None, facts))


MEMBER = Rule(
    name="r40",
    title=Text("不予批准须书面说明理由和依据", "A refusal is written, with its reasons"),
    reference="《取水许可和水资源费征收管理条例》第二十条 (State Council order 460 art. 20)",
    events=frozenset({"refuse"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "no_reason": Text(
            "不予批准申请 {application}（{volume_m3:,} m³）没有写明理由：须书面告知申请人不批准的理由和依据。"
            "请在 note 写明所依条款和事实。",
            "The refusal of application {application} ({volume_m3:,} m³) gives no reason: the applicant must be told "
            "in writing why and on what ground. State the clauses and facts in `note`.",
        ),
    },
    check=_check,
)
