"""`side_by_side`: several models in one table, as a paper prints it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hetao.figures.frames import FrameKind, NativeFrame
from hetao.figures.frozen import Frozen
from hetao.measure.arguments import Names
from hetao.measure.composite.composite import CompositeResult
from hetao.measure.files import writable
from hetao.measure.inference.second_stage import SecondStageResult
from hetao.measure.results import Statement
from hetao.measure.tables.checks import check_models, check_options
from hetao.measure.tables.entries import read_entry
from hetao.measure.tables.options import Below, By
from hetao.measure.tables.regressions import tabulate_regressions
from hetao.measure.tables.scores import tabulate_scores
from hetao.measure.tables.table import Label, Table
from hetao.text import Text

__all__ = ["SideBySide", "side_by_side"]

ECONOMISTS = (0.1, 0.05, 0.01)
"""Thresholds of one, two and three stars."""


@dataclass(frozen=True, eq=False, repr=False)
class SideBySide(Statement):
    """Several models in one table.

    Words are those of the language in use when the table is shown or written.

    Attributes:
        table: its heads, rows and notes, in both languages.
        kind: of the caller's frame, that of the first model.
        made_of: the fingerprint of each model.
    """

    table: Table
    kind: FrameKind
    made_of: tuple[Mapping[str, object], ...]

    @property
    def frame(self) -> NativeFrame:
        """The numbers in full: ``row``, ``figure`` and a column a model; ``period`` too where rows have one.

        ``figure`` is ``estimate``, ``standard_error``, ``lower``, ``upper`` and ``p_value`` of a coefficient, ``value``
        of a unit (with the error and limits of bootstraps), ``part`` of a part's mean, ``statistic`` of all others.
        What a model has no answer for and what does not apply are both missing.
        """
        return self.kind.give(self.table.columns())

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: the fingerprints of the models and the options of the table."""
        return {**super().fingerprint, "models": [dict(of) for of in self.made_of]}

    def summary(self) -> str:
        """Return the table as aligned plain text in the language in use."""
        from hetao.measure.tables.plain import plain

        return plain(self.table)

    def _repr_html_(self) -> str:
        from hetao.measure.tables.html import fragment

        return fragment(self.table)

    def to_latex(self, path: str | Path | None = None) -> str:
        r"""Return the table as LaTeX for ``\input``, and write it where a path is given.

        It needs booktabs, with more than 40 lines longtable too; Chinese needs ctex and xelatex. The first lines of the
        text say so. With a caption it is a float; without one it is the bare tabular for the author's own float. The
        notes stand in a minipage as wide as the text.

        Args:
            path: the .tex file to write, in UTF-8; an existing file is replaced.

        Raises:
            ModelError: the path is no .tex file, or it cannot be written.
        """
        from hetao.measure.tables.latex import latex

        return _written("to_latex", latex(self.table), path, ".tex")

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the table as a page of HTML without anything from elsewhere, and write it where a path is given.

        Args:
            path: the .html file to write, in UTF-8; an existing file is replaced.

        Raises:
            ModelError: the path is no .html file, or it cannot be written.
        """
        from hetao.measure.tables.html import page

        return _written("to_html", page(self.table), path, ".html")

    def to_markdown(self, path: str | Path | None = None) -> str:
        """Return the table as GitHub's Markdown, and write it where a path is given.

        Args:
            path: the .md file to write, in UTF-8; an existing file is replaced.

        Raises:
            ModelError: the path is no .md file, or it cannot be written.
        """
        from hetao.measure.tables.plain import markdown

        return _written("to_markdown", markdown(self.table), path, ".md")

    def to_word(self, path: str | Path) -> None:
        """Write the table as a Word document with three lines; needs ``pip install 'hetao[word]'``.

        Args:
            path: the .docx file to write; an existing file is replaced.

        Raises:
            ModelError: python-docx is not installed, the path is no .docx file, or it cannot be written.
        """
        from hetao.measure.tables.word import word

        with writable("to_word", path, ".docx") as file:
            file.write_bytes(word(self.table))

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return ()

    def _data_hash(self) -> str:
        hashes = [of["data_sha256"] for of in self.made_of]
        return sha256(json.dumps(hashes).encode()).hexdigest()

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("表", "table"): self.table.printed(), Text("数值", "numbers"): self.frame}

    def _lines(self) -> list[str]:
        return self.table.paragraphs()


def _written(call: str, text: str, path: str | Path | None, suffix: str) -> str:
    if path is not None:
        with writable(call, path, suffix) as file:
            file.write_bytes(text.encode())
    return text


def side_by_side(
    models: Mapping[Label, Statement] | Iterable[Statement] | Statement,
    *,
    by: By = "summary",
    digits: int = 3,
    below: Below = "standard_errors",
    stars: float | Sequence[float] = ECONOMISTS,
    parts: bool = False,
    first: Names = (),
    labels: Mapping[str, Label] | None = None,
    caption: Label | None = None,
) -> SideBySide:
    """Put several models into one table, one column a model.

    Regressions have a row a coefficient, the constant after the others, then σ, the rows used and not used, the
    log-likelihood and the replications. Scores and indices have mean, standard deviation (n − 1), smallest and largest;
    how many are on the frontier or beyond, or grow, stay and decline; n, the rows with an answer, and how many have
    none. Indices whose links multiply have their geometric mean too. A bootstrap of scores shows the corrected ones,
    that of an index the index itself with its significant changes. The notes give each model's convention, so that the
    numbers can be told apart.

    Args:
        models: title → result, or results, whose titles are then their calls' names: results of one kind, at most 20.
            The kinds are scores (of a frontier, or their bootstrap), indices (growth accounting and bootstraps among
            them), composite indices, and second-stage regressions. A title is a text, or a `hetao.text.Text`.
        by: ``summary``, or ``unit``: a row a unit and period before that, in the order of the models' rows.
        digits: decimals, 0 to 10; counts have none.
        below: what stands below a coefficient, and in rows of units below a bootstrapped number:
            ``standard_errors`` in parentheses, ``limits`` in square brackets, or None.
        stars: up to three thresholds of the p-value, between 0 and 1, largest first: one star below the first, two
            below the second; ``()`` for no stars. Regressions only.
        parts: add the means of the parts: of an index its factors, of a composite index its dimensions.
        first: names of coefficients, or of parts, that come first, in this order.
        labels: name of a coefficient or part → what it is called in the table.
        caption: of the table.

    Returns:
        The table, to be shown, written as LaTeX, Word, HTML, Markdown or workbook, and as a frame of its numbers.

    Raises:
        ModelError: no models, results of other calls or of several kinds, titles or labels that are no texts or stand
            twice, names that no model has, options out of range; everything at once.

    Examples:
        >>> from hetao import Panel
        >>> from hetao.measure import dea, side_by_side
        >>> data = {"firm": ["a", "b", "c"], "x": [2.0, 4.0, 5.0], "y": [1.0, 4.0, 4.0]}
        >>> panel = Panel(data, unit="firm", inputs="x", outputs="y")
        >>> found = side_by_side({"CRS": dea(panel), "VRS": dea(panel, returns="vrs")})
        >>> found.frame["row"][0], round(found.frame["CRS"][0], 3), round(found.frame["VRS"][0], 3)
        ('mean', 0.767, 0.933)
    """
    titles, results, arguments = check_models(models)
    options = check_options(
        arguments,
        results,
        by=by,
        digits=digits,
        below=below,
        stars=stars,
        parts=parts,
        first=first,
        labels=labels,
        caption=caption,
    )
    regressions = [model for model in results if isinstance(model, SecondStageResult)]
    if regressions:
        table = tabulate_regressions(regressions, titles, options)
    else:
        table = tabulate_scores(results, [read_entry(model) for model in results], titles, options)
    n, one = len(results), results[0]
    return SideBySide(
        name="side_by_side",
        options={**vars(options), "titles": titles},
        convention=Text(
            f"{n} 个模型并列，各列的约定见表注。", f"{n} models side by side; the notes give each convention."
        ),
        table=table,
        kind=one.sheet.kind if isinstance(one, CompositeResult) else one.panel.kind,
        made_of=tuple(Frozen(model.fingerprint) for model in results),
    )
