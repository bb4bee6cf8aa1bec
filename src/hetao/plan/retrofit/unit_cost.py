"""The answer by unit-cost order: the cheapest water first, as portfolios are usually drawn up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hetao.plan.retrofit.case import Case
from hetao.plan.retrofit.portfolio import Portfolio
from hetao.plan.retrofit.project import Option, Project
from hetao.plan.retrofit.requirements import MinimumSaving

__all__ = ["by_unit_cost"]


def by_unit_cost(case: Case) -> Portfolio:
    """Fund projects in the order of cost per m³ saved over the lifetime (then key), each as early as it fits.

    First the minimum savings, in the order of their years, with the cheapest projects of the district; then all
    projects, passed over again while one more fits. Budgets, exclusions and precedences always hold. For the least
    cost it stops as soon as every saving required is reached. Minimums or the goal may stay unmet: the order never
    takes a choice back.
    """
    ranked = sorted(case.projects, key=lambda project: (project.unit_cost_fen_per_m3, project.key))
    chosen: list[Option] = []
    minimums = [r for r in case.requirements if isinstance(r, MinimumSaving)]
    for minimum in sorted(minimums, key=lambda r: (r.by_year, r.district)):
        _reach(case, chosen, ranked, minimum)
    _take(case, chosen, ranked, useful=lambda o: any(map(o.saving_m3, case.years)), enough=_enough(case))
    return case.portfolio(chosen)


def _reach(case: Case, chosen: list[Option], ranked: Sequence[Project], minimum: MinimumSaving) -> None:
    """Add the cheapest projects of a minimum's district that save in its year, until it is reached."""
    own = [project for project in ranked if project.district == minimum.district]
    _take(
        case,
        chosen,
        own,
        useful=lambda option: option.saving_m3(minimum.by_year) > 0,
        enough=lambda portfolio: minimum.check(portfolio).holds,
    )


def _enough(case: Case) -> Callable[[Portfolio], bool]:
    """Return when to stop: never for the most saving, at the first portfolio that saves enough for the least cost."""
    if case.objective == "saving":
        return lambda _: False
    return lambda portfolio: all(check.holds for check in case.audit(portfolio))


def _take(
    case: Case,
    chosen: list[Option],
    ranked: Sequence[Project],
    *,
    useful: Callable[[Option], bool],
    enough: Callable[[Portfolio], bool],
) -> None:
    """Add useful projects in order, each at its earliest start that fits, again and again while one more fits."""
    grown = True
    while grown:
        grown = False
        for project in ranked:
            if enough(case.portfolio(chosen)):
                return
            taken = {option.project.key for option in chosen}
            starts = project.starts(case.years) if project.key not in taken else ()
            options = (Option(project, start) for start in starts)
            option = next((o for o in options if useful(o) and _fits(case, [*chosen, o])), None)
            if option:
                chosen.append(option)
                grown = True


def _fits(case: Case, chosen: Sequence[Option]) -> bool:
    return all(check.holds for check in case.audit(case.portfolio(chosen)) if check.sense == "at_most")
