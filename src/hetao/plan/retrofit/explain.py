"""The difference between the portfolio and the one by unit-cost order, in words."""

from __future__ import annotations

from collections.abc import Sequence

from hetao.plan.retrofit.case import Case
from hetao.plan.retrofit.portfolio import Portfolio
from hetao.plan.retrofit.requirements import Check
from hetao.text import Text
from hetao.units import show_money, show_volume

__all__ = ["explain_difference"]


def explain_difference(case: Case, best: Portfolio | None, order: Portfolio, order_audit: Sequence[Check]) -> Text:
    """Say what the portfolio saves and costs against unit-cost order, which projects differ, and why.

    Args:
        case: the question.
        best: the portfolio; None where there is none.
        order: the portfolio by unit-cost order.
        order_audit: its audit.
    """
    broken = [check.text for check in order_audit if not check.holds]
    parts = [_compare(best, order)] if best is not None else []
    if broken:
        parts.append(
            Text(
                f"按单位成本排序不满足：{'；'.join(text.zh for text in broken)}",
                f"Unit-cost order breaks: {'; '.join(text.en for text in broken)}",
            )
        )
    if best is not None and dict(best.starts) != dict(order.starts):
        parts += [_moved(best, order), _why(case)]
    return Text("。".join(p.zh for p in parts) + "。", ". ".join(p.en for p in parts) + ".") if parts else _NOTHING


_NOTHING = Text("没有可行组合可与按单位成本排序的组合相比。", "There is no portfolio to compare with unit-cost order.")


def _compare(best: Portfolio, order: Portfolio) -> Text:
    if dict(best.starts) == dict(order.starts):
        return Text("与按单位成本排序的结果相同", "The answer is the one by unit-cost order")
    saving = best.total_saving_m3 - order.total_saving_m3
    cost = best.total_cost_fen - order.total_cost_fen
    return Text(
        f"与按单位成本排序相比，规划期内{'多' if saving >= 0 else '少'}节水 {show_volume(abs(saving), 'm³')}，"
        f"{'多' if cost >= 0 else '少'}投资 {show_money(abs(cost))}",
        f"Against unit-cost order it saves {show_volume(abs(saving), 'm³')} {'more' if saving >= 0 else 'less'} over "
        f"the plan and costs {show_money(abs(cost), 'yuan')} {'more' if cost >= 0 else 'less'}",
    )


def _moved(best: Portfolio, order: Portfolio) -> Text:
    mine, theirs = best.starts, order.starts
    added = [key for key in mine if key not in theirs]
    left = [key for key in theirs if key not in mine]
    moved = [f"{key} {theirs[key]}→{mine[key]}" for key in mine if key in theirs and mine[key] != theirs[key]]
    zh = [f"{word}{'、'.join(keys)}" for word, keys in (("增选 ", added), ("舍去 ", left), ("改期 ", moved)) if keys]
    en = [f"{word} {', '.join(keys)}" for word, keys in (("adds", added), ("drops", left), ("moves", moved)) if keys]
    return Text("；".join(zh), "It " + "; ".join(en))


def _why(case: Case) -> Text:
    if case.objective == "saving":
        return Text(
            "单位成本排序先满足最低节水量，再逐个取最便宜者，各自尽早开工且不回头；项目不可拆分且预算按年限定，"
            "这样会占用更大节水量所需的预算",
            "Unit-cost order meets the minimum savings first, then takes the cheapest water that fits, each as early "
            "as it fits, and takes nothing back; projects are indivisible and budgets are yearly, so this can use up "
            "money that saves more elsewhere",
        )
    return Text(
        "项目不可拆分，逐个取单位成本最低者可能超出所需节水量而多花钱",
        "Projects are indivisible, so taking the cheapest water first can overshoot the saving required and cost more",
    )
