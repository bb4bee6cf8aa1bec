"""The notes below a table: what each model's numbers mean, what brackets and stars say, what has no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hetao.measure.results import Statement
from hetao.measure.tables.options import Below
from hetao.measure.tables.table import GAP
from hetao.text import Text

__all__ = ["below_note", "convention_notes", "gap_notes", "joined", "star_note"]


def convention_notes(models: Sequence[Statement]) -> list[Text]:
    """Return one note a convention, with the numbers of the models that have it."""
    found: dict[tuple[str, Text], list[int]] = {}
    for i, model in enumerate(models, start=1):
        found.setdefault((model.name, model.convention), []).append(i)
    return [
        Text(f"{_numbered(at)} {name}：{words.zh}", f"{_numbered(at)} {name}: {words.en}")
        for (name, words), at in found.items()
    ]


def below_note(below: Below, confidence: Mapping[int, float]) -> list[Text]:
    """Return what stands below the numbers.

    Args:
        below: what was asked for.
        confidence: number of each model that has something below → the confidence of its limits.
    """
    if below is None or not confidence:
        return []
    if below == "standard_errors":
        return [Text("圆括号内为自助标准误。", "Bootstrap standard errors in parentheses.")]
    models: dict[float, list[int]] = {}
    for i, share in confidence.items():
        models.setdefault(share, []).append(i)
    whose = "" if len(models) == 1 else "{} "
    listed = [whose.format(_numbered(at)) + f"{100.0 * share:g} %" for share, at in models.items()]
    zh, en = "，".join(listed), ", ".join(listed)
    return [Text(f"方括号内为置信限（{zh}）。", f"Confidence limits in square brackets ({en}).")]


def star_note(thresholds: Sequence[float]) -> list[Text]:
    """Return what the stars say."""
    if not thresholds:
        return []
    listed = [f"{'*' * i} p < {p:g}" for i, p in enumerate(thresholds, start=1)]
    zh, en = "，".join(listed), ", ".join(listed)
    return [Text(f"{zh}（双侧自助 p 值）。", f"{en} (two-sided bootstrap p-values).")]


def gap_notes(statuses: Mapping[int, Mapping[str, int]], *, shown: bool, blank: bool) -> list[Text]:
    """Return how many rows have no answer and why, and what a blank cell says.

    Args:
        statuses: number of the model → status → how many of its rows have no answer for it.
        shown: whether the table has rows of units.
        blank: whether it has rows of units that not every model has.
    """
    told = [f"({i}) " + ", ".join(f"{s} {n}" for s, n in found.items()) for i, found in statuses.items() if found]
    mark = Text(f"（{GAP}）", f" ({GAP})") if shown else Text("", "")
    notes = []
    if told:
        zh, en = "；".join(told), "; ".join(told)
        notes.append(
            Text(f"统计量不含无解的行{mark.zh}：{zh}。", f"Rows without an answer{mark.en} are in no statistic: {en}.")
        )
    if blank:
        notes.append(Text("空白：该模型没有这一行。", "Blank: the model has no such row."))
    return notes


def joined(at: Sequence[int], words: Text) -> list[Text]:
    """Return a note on some of the models; none where there are none."""
    return [Text(f"{_numbered(at)}：{words.zh}", f"{_numbered(at)}: {words.en}")] if at else []


def _numbered(at: Sequence[int]) -> str:
    return ", ".join(f"({i})" for i in at)
