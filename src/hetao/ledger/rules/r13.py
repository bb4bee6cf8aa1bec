"""R13: a construction project asks for water with its water-resources demonstration attached."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text

PROJECTS = ("new", "rebuilt", "expanded")


def _check(case: Case, found: Findings) -> None:
    project = case.fields.get("project")
    if project not in PROJECTS:
        return
    if not case.fields.get("demonstration"):
        facts = {"missing": ["demonstration"], "project": project}
        found.ask(MEMBER.finding("missing", case.fields.get("node"), facts))


MEMBER = Rule(
    name="r13",
    title=Text("建设项目须附水资源论证", "A construction project needs a water-resources demonstration"),
    reference="《取水许可和水资源费征收管理条例》第十一条 (State Council order 460 art. 11)",
    events=frozenset({"apply"}),
    unfit=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "missing": Text(
            "建设项目（{project}）取水须附水资源论证报告书（demonstration），未附的不予受理。请补附后以新的键重新提出。",
            "A construction project ({project}) needs its water-resources demonstration report (`demonstration`); "
            "without it the application is not accepted. Attach it and hand it in again under a new key.",
        ),
    },
    check=_check,
)
