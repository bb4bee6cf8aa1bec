"""The surcharge on use above plan: the excess only, in rising steps.

Two readings of "progressive" are in use. Marginal: each part of the excess pays the times of its own step. Whole: the
whole excess pays the times of the step that it reaches. The text of the tariff decides which; where it is not known,
both are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from hetao.ledger.settings import read_ratio

__all__ = ["READINGS", "Part", "Step", "Tariff", "marginal_parts", "read_tariff", "whole_part"]

READINGS = ("marginal", "whole")


class Step(NamedTuple):
    """One step: the excess up to which it reaches as a share of the plan, None for no end, and its times.

    An excess of exactly the border still lies in the step.
    """

    up_to: Fraction | None
    times: Fraction


class Tariff(NamedTuple):
    """Steps in their order, and the reading that the tariff's text chose: one of `READINGS`, empty for none."""

    steps: tuple[Step, ...]
    reading: str


class Part(NamedTuple):
    """A part of the excess in whole m³, and how many times it pays; None where no step reaches so far."""

    volume_m3: int
    times: Fraction | None


def _read_share(value: object) -> Fraction | None:
    """Return a border as a share of the plan: a bare number above 1 is a percentage, text with ``%`` always is."""
    ratio = read_ratio(value)
    if ratio is None or ratio <= 1 or (isinstance(value, str) and "%" in value):
        return ratio
    return ratio / 100


def _read_step(value: object) -> Step | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    times = read_ratio(value[1])
    up_to = None if value[0] is None else _read_share(value[0])
    if times is None or times < 0 or (value[0] is not None and (up_to is None or up_to < 0)):
        return None
    return Step(up_to, times)


def read_tariff(value: object) -> Tariff | None:
    """Return the tariff that the setting ``surcharge_steps`` gives, None where it is none.

    Args:
        value: ``[[up to, times], …]`` or ``{"reading": "marginal" or "whole", "steps": [[up to, times], …]}``.
            A border is a share of the plan: ``0.2``, ``"20%"`` or, above 1, a percentage such as ``20``; ``null``
            in the last step has no end. Borders must rise, and times may not fall.

    >>> tariff = read_tariff({"reading": "whole", "steps": [[0.2, 1], ["40%", 2], [60, 3], [None, 4]]})
    >>> [str(step.up_to) for step in tariff.steps], tariff.reading
    (['1/5', '2/5', '3/5', 'None'], 'whole')
    """
    listed, reading = (value.get("steps"), value.get("reading")) if isinstance(value, dict) else (value, None)
    if not isinstance(listed, list | tuple) or not listed:
        return None
    steps: list[Step] = []
    for each in listed:
        step = _read_step(each)
        if step is None:
            return None
        steps.append(step)
    for low, high in pairwise(steps):
        if low.up_to is None or (high.up_to is not None and high.up_to <= low.up_to) or high.times < low.times:
            return None
    return Tariff(tuple(steps), reading if reading in READINGS else "")


def _border_m3(step: Step, plan_m3: int) -> int | None:
    return None if step.up_to is None else (plan_m3 * step.up_to).__floor__()


def marginal_parts(steps: Sequence[Step], plan_m3: int, excess_m3: int) -> tuple[Part, ...]:
    """Return the parts of an excess that fall in each step, first step first; together they are the excess.

    Args:
        steps: the steps, borders rising.
        plan_m3: the plan of the year, in m³.
        excess_m3: the use above the plan, in m³.

    Returns:
        Parts above 0 in whole m³; borders are rounded down.

    >>> steps = read_tariff([[0.2, 1], [0.4, 2], [0.6, 3], [None, 4]]).steps
    >>> [(part.volume_m3, int(part.times)) for part in marginal_parts(steps, 100, 50)]
    [(20, 1), (20, 2), (10, 3)]
    """
    parts: list[Part] = []
    given_m3 = 0
    for step in steps:
        border_m3 = _border_m3(step, plan_m3)
        upto_m3 = excess_m3 if border_m3 is None else min(excess_m3, border_m3)
        parts.append(Part(upto_m3 - given_m3, step.times))
        given_m3 = upto_m3
    parts.append(Part(excess_m3 - given_m3, None))
    return tuple(part for part in parts if part.volume_m3)


def whole_part(steps: Sequence[Step], plan_m3: int, excess_m3: int) -> Part:
    """Return the whole excess with the times of the step that it reaches.

    Args:
        steps: the steps, borders rising.
        plan_m3: the plan of the year, in m³.
        excess_m3: the use above the plan, in m³.

    >>> steps = read_tariff([[0.2, 1], [0.4, 2], [0.6, 3], [None, 4]]).steps
    >>> whole_part(steps, 100, 50) == Part(50, 3)
    True
    """
    for step in steps:
        border_m3 = _border_m3(step, plan_m3)
        if border_m3 is None or excess_m3 <= border_m3:
            return Part(excess_m3, step.times)
    return Part(excess_m3, None)
