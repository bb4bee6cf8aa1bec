r"""A table as LaTeX with booktabs; the notes stand in a minipage below, so that no further package is needed."""

from __future__ import annotations

import re
import unicodedata

from hetao.measure.tables.table import Cell, Table, clean

__all__ = ["escaped", "latex"]

LINES_A_PAGE = 40  # a longer table goes over pages
PLAIN = {
    "&": r"\&",
    "%": r"\%",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "…": r"\ldots{}",
    "°": r"\textdegree{}",
    "\N{REPLACEMENT CHARACTER}": "?",
}
DASHES = {"–": "--", "—": "---"}  # set last: hyphens that stand side by side are kept apart, or they would be dashes
MATHS = {
    "−": "-",
    "±": r"\pm",
    "×": r"\times",
    "÷": r"\div",
    "·": r"\cdot",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "≈": r"\approx",
    "∈": r"\in",
    "∞": r"\infty",
    "√": r"\surd",
    "→": r"\to",
    "′": "'",
    "½": r"\frac{1}{2}",
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", (f"{{}}_{i}" for i in range(10)), strict=True)),
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", (f"{{}}^{i}" for i in range(10)), strict=True)),
    "⁺": "{}^{+}",
    "⁻": "{}^{-}",
}
GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi"
GREEK += " chi psi omega"
CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"  # the others look as Latin letters do
SIGNS = {
    **PLAIN,
    **{sign: f"${words}$" for sign, words in MATHS.items()},
    **{unicodedata.lookup(f"GREEK SMALL LETTER {n.replace('lambda', 'lamda')}"): f"$\\{n}$" for n in GREEK.split()},
    **{
        unicodedata.lookup(f"GREEK CAPITAL LETTER {n.replace('Lambda', 'Lamda')}"): f"$\\{n}$" for n in CAPITALS.split()
    },
}


def escaped(text: str) -> str:
    """Return a text in which every character stands for itself; Greek letters and signs are set as mathematics."""
    apart = re.sub("-(?=-)", "-{}", "".join(SIGNS.get(c, c) if c not in DASHES else c for c in clean(text)))
    return "".join(DASHES.get(c, c) for c in apart)


def latex(table: Table) -> str:
    r"""Return a table for ``\input``.

    With a caption it is a float of its own; without one the bare tabular, to be put into the author's float. More than
    `LINES_A_PAGE` lines become a ``longtable``, which goes over pages. The first lines say which packages are needed.
    """
    long = len(list(table.lines())) > LINES_A_PAGE
    body = _long(table) if long else _short(table)
    packages = "booktabs, longtable" if long else "booktabs"
    lines = [rf"% \usepackage{{{packages}}}"]
    if any(unicodedata.east_asian_width(c) in "WF" for c in "".join(body)):
        lines.append(r"% \usepackage[UTF8]{ctex}, compiled by xelatex")
    return "\n".join([*lines, *body]) + "\n"


def _short(table: Table) -> list[str]:
    tabular = [
        rf"\begin{{tabular}}{{{_columns(table)}}}",
        *_top(table),
        *_rows(table),
        r"\bottomrule",
        r"\end{tabular}",
        *_notes(table),
    ]
    if table.caption is None:
        return tabular
    caption = rf"\caption{{{escaped(str(table.caption))}}}"
    return [r"\begin{table}[htbp]", r"\centering", caption, *tabular, r"\end{table}"]


def _long(table: Table) -> list[str]:
    caption = [] if table.caption is None else [rf"\caption{{{escaped(str(table.caption))}}}\\"]
    return [
        rf"\begin{{longtable}}{{{_columns(table)}}}",
        *caption,
        *_top(table),
        r"\endfirsthead",
        *_top(table),
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
        *_rows(table),
        r"\end{longtable}",
        *_notes(table),
    ]


def _columns(table: Table) -> str:
    return "l" * len(table.stubs) + ("c" if table.centred else "r") * len(table.titles)


def _top(table: Table) -> list[str]:
    numbers, words = table.heads
    return [r"\toprule", _row(list(map(escaped, numbers))), _row(list(map(escaped, words))), r"\midrule"]


def _rows(table: Table) -> list[str]:
    found = []
    for begins, labels, cells in table.lines():
        found += [r"\addlinespace"] if begins else []
        found.append(_row([*map(escaped, labels), *map(_cell, cells)]))
    return found


def _row(cells: list[str]) -> str:
    line = " & ".join(cells) + r" \\"
    return "{}" + line if line[0] in "[*" else line  # else it would be an option of the line break before


def _cell(cell: Cell) -> str:
    return escaped(cell.text) + (f"$^{{{'*' * cell.stars}}}$" if cell.stars else "")


def _notes(table: Table) -> list[str]:
    """Return the notes as a minipage as wide as the text, for their sentences are longer than most tables are wide."""
    paragraphs = "\\par\n".join(escaped(note) for note in table.paragraphs())
    return [
        r"\par\smallskip",
        r"\begin{minipage}{\linewidth}",
        r"\footnotesize",
        paragraphs,
        r"\end{minipage}",
    ]
