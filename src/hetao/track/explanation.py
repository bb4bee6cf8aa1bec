"""The reason of a status in a few sentences, in Chinese and English."""

from __future__ import annotations

from fractions import Fraction

from hetao.text import Text
from hetao.track.course import Course
from hetao.track.status import Status
from hetao.track.wording import bound_words, change_words, value_words

__all__ = ["explain"]


def explain(course: Course, status: Status, needed: Fraction | None) -> Text:
    """Return the promise, the reason of ``status`` and the change still needed.

    Args:
        course: the target with its actuals.
        status: its status.
        needed: the change needed a year, in the target's unit, or None where that has no meaning.
    """
    target, bound = course.target, bound_words(course.target)
    reason = _reason(course, status)
    zh = f"目标：{target.deadline} 年{bound.zh}。{reason.zh}：{status.label.zh}。"
    en = f"Target: {bound.en} by {target.deadline}. {reason.en}: {status.label.en}."
    if needed:
        change = change_words(needed, target.unit)
        zh += f"到期限平均每年还需变化 {change.zh}。"
        en += f" The mean change still needed to the deadline is {change.en} a year."
    return Text(zh, en)


def _reason(course: Course, status: Status) -> Text:
    target = course.target
    if status is Status.UNKNOWN:
        return _nothing_to_judge_by(course)
    last = max(course.actuals)
    if status is Status.MET or status is Status.MISSED:
        return _against_target(course, target.deadline)
    if status is Status.REOPENED:
        once, now = course.reached_before(last), _against_target(course, last)
        return Text(f"{once} 年曾达到目标值，但 {now.zh}", f"The target's value was reached in {once}, but {now.en}")
    if target.reached_by(course.actuals[last].value):
        now = _against_target(course, last)
        return Text(
            f"{now.zh}，但须 {target.deadline} 年仍达到才算达标",
            f"{now.en}, which counts as met only if {target.deadline} still does",
        )
    return _against_path(course, last)


def _nothing_to_judge_by(course: Course) -> Text:
    target, base = course.target, course.base
    if not course.actuals:
        return Text("没有实际值，不作判断", "There is no actual, so nothing is said")
    last = max(course.actuals)
    seen = _seen(course, last)
    if base is not None and last < base.year:
        why = Text(f"基期 {base.year} 年以来没有实际值", f"There is no actual since the base year {base.year}")
    else:
        why = Text(
            f"期限 {target.deadline} 年已过而该年没有实际值",
            f"The deadline is past and {target.deadline} has no actual",
        )
    return Text(f"{why.zh}；最近已知：{seen.zh}", f"{why.en}; the last known is {seen.en}")


def _against_target(course: Course, year: int) -> Text:
    target, seen = course.target, _seen(course, year)
    if target.reached_by(course.actuals[year].value):
        return Text(f"{seen.zh}，达到目标值", f"{seen.en} reaches the target's value")
    short = change_words(target.shortfall(course.actuals[year].value), target.unit)
    return Text(f"{seen.zh}，距目标值差 {short.zh}", f"{seen.en} is short of the target's value by {short.en}")


def _against_path(course: Course, year: int) -> Text:
    target, seen, required = course.target, _seen(course, year), course.required(year)
    if course.rests_on_base or required is None:
        return Text(
            f"{seen.zh} 就是路径的起点，尚看不出进度", f"{seen.en} is where the path starts and shows no course yet"
        )
    asked = value_words(required, target.unit)
    missing = target.shortfall(course.actuals[year].value, required)
    if missing <= 0:
        return Text(f"{seen.zh}，路径要求 {asked.zh}", f"{seen.en} keeps to the path, which asks for {asked.en}")
    short = change_words(missing, target.unit)
    return Text(
        f"{seen.zh}，路径要求 {asked.zh}，差 {short.zh}",
        f"{seen.en} is short of the path, which asks for {asked.en}, by {short.en}",
    )


def _seen(course: Course, year: int) -> Text:
    value = value_words(course.actuals[year].value, course.target.unit)
    return Text(f"{year} 年 {value.zh}", f"{value.en} in {year}")
