"""What every result of measure shares: convention, certificate, fingerprint, summary, notebook view, workbook."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import read_columns
from hetao.figures.frozen import Frozen
from hetao.figures.panel import Panel
from hetao.solver import Status
from hetao.text import Text

__all__ = ["Certificate", "Result", "Statement"]


@dataclass(frozen=True)
class Certificate:
    """How well a result is proved, computed from the data and not taken from the solver.

    Attributes:
        primal: largest violation of a constraint, relative to the observation's own quantities.
        dual: largest violation of a price's sign.
        gap: largest relative gap between primal and dual objective.
        programmes: how many programmes were solved or enumerated.
        solved_again: how many needed a second way of solving.
        statuses: how many had each status.
    """

    primal: float
    dual: float
    gap: float
    programmes: int
    solved_again: int
    statuses: Mapping[str, int]

    @classmethod
    def of(cls, parts: NDArray[np.float64], status: NDArray[np.object_], attempts: NDArray[np.int_]) -> Certificate:
        """Summarise the audits of n programmes: (n, 3) parts, (n,) statuses and (n,) attempts."""
        primal, dual, gap = (float(v) for v in np.nan_to_num(parts, nan=0.0).max(axis=0, initial=0.0))
        counts = {str(s): int((status == s).sum()) for s in Status if (status == s).any()}
        return cls(primal, dual, gap, len(status), int((attempts > 1).sum()), Frozen(counts))

    @classmethod
    def together(cls, parts: Iterable[Certificate]) -> Certificate:
        """Return one certificate of all the programmes of several."""
        found = list(parts)
        counts = {str(s): n for s in Status if (n := sum(c.statuses.get(str(s), 0) for c in found))}
        return cls(
            primal=max((c.primal for c in found), default=0.0),
            dual=max((c.dual for c in found), default=0.0),
            gap=max((c.gap for c in found), default=0.0),
            programmes=sum(c.programmes for c in found),
            solved_again=sum(c.solved_again for c in found),
            statuses=Frozen(counts),
        )

    def as_dict(self) -> dict[str, object]:
        """Return the certificate for a manifest."""
        return {**vars(self), "statuses": dict(self.statuses)}


@dataclass(frozen=True, eq=False, repr=False)
class Statement(ABC):
    """What can be told of any result; immutable: its arrays are read-only, and every table asked for is a fresh copy.

    Attributes:
        name: the public call, e.g. ``dea``.
        options: its arguments, defaults included.
        convention: one sentence that says what the number means.
    """

    name: str
    options: Mapping[str, object]
    convention: Text

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", Frozen(self.options))
        for array in self._arrays():
            array.setflags(write=False)

    @abstractmethod
    def _arrays(self) -> Iterable[NDArray[Any]]:
        """Return the arrays that the result holds."""

    @abstractmethod
    def _data_hash(self) -> str:
        """Return the SHA-256 (hex) of the data."""

    @abstractmethod
    def _tables(self) -> dict[Text, Any]:
        """Return the tables of the workbook by title; the first is the main one."""

    @abstractmethod
    def _lines(self) -> list[str]:
        """Return the result's own lines of the summary."""

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: data hash, version, call and options, seed (None: nothing is random)."""
        return {
            "data_sha256": self._data_hash(),
            "hetao": version("hetao"),
            "call": self.name,
            "options": dict(self.options),
            "seed": None,
        }

    def summary(self) -> str:
        """Return a few lines of plain text in the language in use: the convention and the main figures."""
        return "\n".join([f"{self.name}: {self.convention}", *self._lines()])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        columns, _ = read_columns(next(iter(self._tables().values())))
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        shown = list(zip(*(values[:20] for values in columns.values()), strict=True))
        body = "".join("<tr>" + "".join(f"<td>{html.escape(_shown(v))}</td>" for v in row) + "</tr>" for row in shown)
        left = len(next(iter(columns.values()))) - len(shown)
        more = f"<p>… {left}</p>" if left else ""
        words = "<br>".join(html.escape(line) for line in self.summary().splitlines())
        return f"<div><p>{words}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>"

    def _about(self) -> dict[Text, str]:
        """Return what the first sheet of a workbook says."""
        return {
            Text("说明", "convention"): str(self.convention),
            Text("摘要", "summary"): "; ".join(self._lines()),
            **{Text(k, k): str(v) for k, v in self.fingerprint.items()},
        }

    def to_excel(self, path: str | Path) -> None:
        """Write every table to one workbook, with a first sheet that states convention, options and proof.

        Args:
            path: the .xlsx file to write; an existing file is replaced.

        Raises:
            ModelError: the path is no .xlsx file, it cannot be written, or a table has more rows than a sheet holds.
        """
        from hetao.measure.export import write_workbook

        write_workbook(path, self._about(), self._tables())


@dataclass(frozen=True, eq=False, repr=False)
class Result(Statement):
    """The base of every result on a panel.

    Attributes:
        panel: the observations that were measured.
    """

    panel: Panel

    @property
    @abstractmethod
    def certificate(self) -> Certificate:
        """The proof of the numbers."""

    def _data_hash(self) -> str:
        return self.panel.fingerprint

    def summary(self) -> str:
        """Return a few lines of plain text in the language in use: convention, spread, statuses, certificate."""
        c = self.certificate
        statuses = ", ".join(f"{name} {count}" for name, count in c.statuses.items())
        proof = Text(
            f"{c.programmes} 个规划（{statuses}）；最大原始残差 {c.primal:.1e}，"
            f"对偶残差 {c.dual:.1e}，对偶间隙 {c.gap:.1e}",
            f"{c.programmes} programmes ({statuses}); largest primal residual {c.primal:.1e}, "
            f"dual residual {c.dual:.1e}, gap {c.gap:.1e}",
        )
        if not c.programmes:
            proof = Text("没有规划需要求解", "no programme had to be solved")
        return "\n".join([super().summary(), str(proof)])

    def _about(self) -> dict[Text, str]:
        return super()._about() | {Text(k, k): str(v) for k, v in self.certificate.as_dict().items()}


def _shown(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
