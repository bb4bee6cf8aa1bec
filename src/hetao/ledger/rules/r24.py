"""R24: no own well where the public network can supply the need."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    fields = case.fields
    if fields.get("public_supply_available") is True and fields.get("water") == "groundwater":
        node = fields["node"]
        facts = {"volume_m3": fields["volume_m3"]}
        found.refuse(MEMBER.finding("network", node, facts, place=case.state.nodes[node].label))


MEMBER = Rule(
    name="r24",
    title=Text("公共供水管网能满足的，不批自备井", "No own well where the public network suffices"),
    reference="《取水许可和水资源费征收管理条例》第二十条第五项 (State Council order 460 art. 20(5))",
    events=frozenset({"apply"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "network": Text(
            "{place}：公共供水管网能够满足用水需要，不批准自备取水设施取用地下水 {volume_m3:,} m³。请由公共管网供水。",
            "{place}: the public network can supply the need, so an own works for {volume_m3:,} m³ of groundwater is "
            "not approved. Take the water from the network.",
        ),
    },
    check=_check,
)
