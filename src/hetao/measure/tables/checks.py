"""What a table of models cannot take, everything at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, get_args

from hetao.figures.frozen import Frozen
from hetao.measure.arguments import Arguments
from hetao.measure.composite.composite import CompositeResult
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.inference.bootstrap import BootstrapResult
from hetao.measure.inference.bootstrap_index import IndexBootstrapResult
from hetao.measure.inference.second_stage import SecondStageResult
from hetao.measure.productivity.result import IndexResult
from hetao.measure.results import Statement
from hetao.measure.tables.entries import Entry, read_entry
from hetao.measure.tables.options import By, Options
from hetao.measure.tables.regressions import coefficient_names
from hetao.measure.tables.scores import part_names
from hetao.measure.tables.table import Label, clean
from hetao.text import Text

__all__ = ["check_models", "check_options"]

MOST_MODELS = 20
MOST_DIGITS = 10
MOST_STARS = 3
RESERVED = frozenset({"row", "period", "figure"})  # columns of the frame beside the titles
KINDS: tuple[tuple[Text, tuple[type[Statement], ...]], ...] = (
    (Text("得分", "scores"), (FrontierResult, BootstrapResult)),
    (Text("指数", "indices"), (IndexResult, IndexBootstrapResult)),
    (Text("综合指数", "composite indices"), (CompositeResult,)),
    (Text("回归", "regressions"), (SecondStageResult,)),
)
CORRECT = Text("改正该参数", "correct the argument")


def check_models(models: object) -> tuple[tuple[Label, ...], list[Any], Arguments]:
    """Return titles and results, and the checks, which go on with the options."""
    arguments = Arguments("side_by_side")
    if isinstance(models, Mapping):
        titles, found = list(models), list(models.values())
        _check_titles(titles, arguments)
    else:
        found = list(models) if isinstance(models, Iterable) and not isinstance(models, str) else [models]
        titles = _numbered([str(getattr(model, "name", "")) for model in found])
    if not 1 <= len(found) <= MOST_MODELS:
        _refuse_models(arguments, Text(f"{len(found)} 个模型", f"{len(found)} models"))
    _check_kinds(found, arguments)
    return tuple(titles), found, arguments


def _check_kinds(found: Sequence[object], arguments: Arguments) -> None:
    kinds = [_kind(model) for model in found]
    for i, (kind, model) in enumerate(zip(kinds, found, strict=True), start=1):
        if kind is None:
            name = str(getattr(model, "name", type(model).__name__))
            _refuse_models(arguments, Text(f"第 {i} 个：{name}", f"number {i}: {name}"))
    told = [kind for kind in dict.fromkeys(kinds) if kind is not None]
    if len(told) > 1:
        zh, en = "、".join(t.zh for t in told), ", ".join(t.en for t in told)
        arguments.refuse(
            "models",
            found=Text(f"不同类的模型：{zh}", f"models of different kinds: {en}"),
            expected=Text("同一类的模型", "models of one kind"),
            remedy=Text("每类各作一表", "make a table of each kind"),
        )


def _kind(model: object) -> Text | None:
    return next((words for words, types in KINDS if isinstance(model, types)), None)


def _numbered(names: Sequence[str]) -> list[str]:
    """Return the names, those that stand several times numbered."""
    often, seen = Counter(names), Counter[str]()
    found = []
    for name in names:
        seen[name] += 1
        found.append(f"{name} {seen[name]}" if often[name] > 1 else name)
    return found


def _refuse_models(arguments: Arguments, found: Text) -> None:
    zh, en = "、".join(words.zh for words, _ in KINDS), ", ".join(words.en for words, _ in KINDS)
    arguments.refuse(
        "models",
        found=found,
        expected=Text(
            f"1 到 {MOST_MODELS} 个同类的结果（{zh}），或标题到结果的字典",
            f"1 to {MOST_MODELS} results of a kind ({en}), or a mapping of titles to them",
        ),
        remedy=Text("传入这样的结果", "pass such results"),
    )


def _check_titles(titles: Sequence[object], arguments: Arguments) -> None:
    for title in titles:
        if not is_label(title) or any(clean(words) in RESERVED for words in _both(title)):
            arguments.refuse(
                "models",
                found=Text(f"标题 {title!r}", f"the title {title!r}"),
                expected=Text(
                    "非空的文字或 Text，且不是 row、period、figure",
                    "a text or a Text, not empty, and not row, period or figure",
                ),
                remedy=Text("改用别的标题", "choose another title"),
            )
    _check_once("models", [title for title in titles if is_label(title)], arguments)


def _check_once(argument: str, labels: Sequence[object], arguments: Arguments) -> None:
    """Require labels that differ in both languages."""
    for j in (0, 1):
        often = Counter(clean(_both(label)[j]) for label in labels)
        twice = [words for words, times in often.items() if times > 1]
        if twice:
            listed = ", ".join(map(repr, twice))
            arguments.refuse(
                argument,
                found=Text(f"重复的名称：{listed}", f"the same name more than once: {listed}"),
                expected=Text("各不相同的名称", "names that differ"),
                remedy=Text("改其中一个", "change one of them"),
            )
            return


def _both(label: object) -> tuple[str, str]:
    return (label.zh, label.en) if isinstance(label, Text) else (str(label), str(label))


def is_label(label: object) -> bool:
    """Return whether something is a text, or one in both languages, that says anything."""
    words = tuple(label) if isinstance(label, Text) else (label,)
    return all(isinstance(word, str) and clean(word) for word in words)


def check_options(arguments: Arguments, models: Sequence[Any], **given: Any) -> Options:  # noqa: ANN401 # what a caller may pass
    """Return the options; everything wrong with them and with the models is raised.

    Args:
        arguments: what was found wrong with the models.
        models: the results, whatever they are.
        given: the options of the call by name.
    """
    fit = arguments.clean
    arguments.one_of("by", given["by"], get_args(By))
    arguments.one_of("below", given["below"], ("standard_errors", "limits", None))
    arguments.one_of("parts", given["parts"], (False, True))
    _check_digits(given["digits"], arguments)
    stars = _stars(given["stars"], arguments)
    if given["caption"] is not None and not is_label(given["caption"]):
        _refuse(
            arguments,
            "caption",
            given["caption"],
            Text("非空的文字或 Text，或 None", "a text or a Text, not empty, or None"),
        )
    first = _texts(given["first"], arguments)
    labels = _labels(given["labels"], arguments)
    if fit:
        _check_together(arguments, models, first, labels, by=given["by"], parts=given["parts"])
    arguments.done()
    return Options(
        by=given["by"],
        digits=int(given["digits"]),
        below=given["below"],
        stars=stars,
        parts=given["parts"],
        first=first,
        labels=labels,
        caption=given["caption"],
    )


def _check_digits(digits: object, arguments: Arguments) -> None:
    if isinstance(digits, bool) or not isinstance(digits, Integral) or not 0 <= int(digits) <= MOST_DIGITS:
        _refuse(
            arguments, "digits", digits, Text(f"0 到 {MOST_DIGITS} 的整数", f"a whole number from 0 to {MOST_DIGITS}")
        )


def _stars(given: object, arguments: Arguments) -> tuple[float, ...]:
    listed = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else (given,)
    wrong = any(isinstance(p, bool) or not isinstance(p, Real) or not 0.0 < float(p) < 1.0 for p in listed)
    if wrong or len(listed) > MOST_STARS or list(listed) != sorted(set(listed), reverse=True):
        expected = Text(
            f"至多 {MOST_STARS} 个 0 与 1 之间的数，由大到小",
            f"up to {MOST_STARS} numbers between 0 and 1, largest first",
        )
        _refuse(arguments, "stars", given, expected)
        return ()
    return tuple(map(float, listed))


def _texts(given: object, arguments: Arguments) -> tuple[str, ...]:
    listed = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else (given,)
    if not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed):
        _refuse(arguments, "first", given, Text("互不相同的名称", "names, each once"))
        return ()
    return listed


def _labels(given: object, arguments: Arguments) -> Mapping[str, Label]:
    if given is None:
        return Frozen({})
    if not isinstance(given, Mapping) or not all(isinstance(n, str) and is_label(label) for n, label in given.items()):
        _refuse(
            arguments,
            "labels",
            given,
            Text("名称到非空文字或 Text 的字典", "a mapping of names to texts or Texts, not empty"),
        )
        return Frozen({})
    return Frozen(given)


def _check_together(
    arguments: Arguments,
    models: Sequence[Any],
    first: Sequence[str],
    labels: Mapping[str, Label],
    *,
    by: object,
    parts: object,
) -> None:
    """Record options that do not go with these models."""
    if isinstance(models[0], SecondStageResult):
        names = coefficient_names(models)
        if by == "unit":
            arguments.not_together("by", "unit", "regressions")
        if parts is True:
            arguments.not_together("parts", "True", "regressions")
    else:
        entries = [read_entry(model) for model in models]
        names = part_names(entries) if parts is True else []
        if by == "unit":
            _check_keys(entries, arguments)
    for argument, given in (("first", first), ("labels", tuple(labels))):
        unknown = [name for name in given if name not in names]
        if unknown:
            listed, known = ", ".join(map(repr, unknown)), ", ".join(map(repr, names))
            needed = Text(f"以下之一：{known}", f"one of {known}") if names else Text("parts=True", "parts=True")
            arguments.refuse(
                argument,
                found=Text(f"没有这样的行：{listed}", f"no such row: {listed}"),
                expected=needed,
                remedy=CORRECT,
            )
    _check_once("labels", [labels.get(name, name) for name in names], arguments)


def _check_keys(entries: Sequence[Entry], arguments: Arguments) -> None:
    if len({len(entry.stubs) for entry in entries}) > 1:
        arguments.refuse(
            "by",
            found=Text("有时期与没有时期的模型", "models with periods and models without"),
            expected=Text("行的键相同的模型", "models whose rows have the same keys"),
            remedy=Text("改用 by='summary'，或各作一表", "use by='summary', or make two tables"),
        )


def _refuse(arguments: Arguments, argument: str, found: object, expected: Text) -> None:
    shown = f"{found!r}"[:120]
    arguments.refuse(argument, found=Text(shown, shown), expected=expected, remedy=CORRECT)
