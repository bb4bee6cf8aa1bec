"""One contender solves one task: run as ``python frontier_contenders.py NAME TASK.json``; prints JSON.

Each contender runs in a process (and, for peers, an environment) of its own, so that its CPU seconds and its peak
memory are its own too. Imports and the making of the data are not counted; everything else is.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from frontier_data import Data, cobb_douglas

if TYPE_CHECKING:
    import highspy

    from hetao.measure.frontier.measure import Form

Task = dict[str, Any]
Scores = tuple[np.ndarray, np.ndarray]  # rows, scores
CONTENDERS: dict[str, Callable[[Task, Data], Callable[[], Scores]]] = {}


def register(contender: Callable[[Task, Data], Callable[[], Scores]]) -> Callable[[Task, Data], Callable[[], Scores]]:
    """Add a contender: it does its imports at once and returns the work that is timed."""
    CONTENDERS[contender.__name__] = contender
    return contender


def sample(task: Task) -> np.ndarray:
    """Return the rows that a contender too slow for all of them solves."""
    n, some = task["n"], task.get("sample") or task["n"]
    return np.unique(np.linspace(0, n - 1, min(n, some)).astype(int))


def names(data: Data) -> tuple[list[str], list[str], list[str]]:
    """Return the columns' names by role."""
    roles = (("x", data.X), ("y", data.Y), ("b", data.B))
    inputs, outputs, bads = ([f"{letter}{j}" for j in range(table.shape[1])] for letter, table in roles)
    return inputs, outputs, bads


@register
def hetao(task: Task, data: Data) -> Callable[[], Scores]:
    """The public call, from a mapping of columns to scores."""
    import hetao.measure
    from hetao import Panel

    inputs, outputs, bads = names(data)
    columns: dict[str, Any] = {"u": np.arange(task["n"])}
    columns |= dict(zip((*inputs, *outputs, *bads), np.hstack([data.X, data.Y, data.B]).T, strict=True))
    if task.get("periods"):
        units = task["n"] // task["periods"]
        columns |= {"u": np.tile(np.arange(units), task["periods"]), "t": np.repeat(np.arange(task["periods"]), units)}
    calls = {
        "bootstrap": lambda p, **o: hetao.measure.bootstrap(hetao.measure.dea(p, **o), replications=2000),
        "bootstrap_index": lambda p: hetao.measure.bootstrap_index(hetao.measure.malmquist(p), replications=200),
    }
    call = calls.get(task["call"]) or getattr(hetao.measure, task["call"])
    warm = Panel({k: v[:8] for k, v in columns.items()} | {"u": np.arange(8)}, unit="u", inputs=inputs, outputs=outputs)
    hetao.measure.dea(warm)  # what is loaded on first use is loaded

    def work() -> Scores:
        period = "t" if task.get("periods") else None
        panel = Panel(columns, unit="u", period=period, inputs=inputs, outputs=outputs, bads=bads)
        with hetao.measure.computing(threads=task.get("threads", 1)):
            result = call(panel, **task["options"])
            table = result.changes if task.get("periods") else result.scores
        key = "index" if task.get("periods") else "score"
        return np.arange(len(table[key])), np.array(table[key], dtype=float)

    return work


@register
def highs_warm(task: Task, data: Data) -> Callable[[], Scores]:
    """HiGHS with one model kept: each unit changes its own columns and bounds and starts from the last basis."""
    import highspy

    from hetao.measure.frontier.technology import AT_LEAST, AT_MOST, Quantities

    technology, measure, score = programme(task, data)
    rows = sample(task)

    def work() -> Scores:
        q = Quantities(data.X, data.Y, data.B)
        table, found = technology.table(q), []
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("presolve", "off")
        for i in rows:
            own = q.take([int(i)])
            form = measure(own, int(i)).form(technology, own)
            b, F, c = form.b[0], form.F[0], form.c[0]
            lower = np.where(form.senses == AT_MOST, -highspy.kHighsInf, b)
            upper = np.where(form.senses == AT_LEAST, highspy.kHighsInf, b)
            if i == rows[0]:
                highs.passModel(model(form, table, c, F, lower, upper))
            else:
                for r in range(len(b)):
                    highs.changeRowBounds(r, lower[r], upper[r])
                for k in range(len(c)):
                    highs.changeColCost(len(table) + k, c[k])
                    for r in range(len(b)):
                        highs.changeCoeff(r, len(table) + k, F[k, r])
            highs.run()
            found.append(highs.getInfo().objective_function_value)
        return rows, score(np.array(found))

    return work


def model(
    form: Form, table: np.ndarray, c: np.ndarray, F: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> highspy.HighsLp:
    """Return the first unit's whole programme."""
    import highspy

    lp, n, height = highspy.HighsLp(), len(table), len(form.senses)
    matrix = np.zeros((height, n + len(c)))
    matrix[: table.shape[1], :n], matrix[:, n:] = table.T, F.T
    lp.num_col_, lp.num_row_ = matrix.shape[1], height
    lp.sense_ = highspy.ObjSense.kMinimize if form.sense == "min" else highspy.ObjSense.kMaximize
    lp.col_cost_ = np.r_[np.zeros(n), c]
    lp.col_lower_ = np.r_[np.zeros(n), np.where(form.free, -highspy.kHighsInf, 0.0)]
    lp.col_upper_ = np.full(matrix.shape[1], highspy.kHighsInf)
    lp.row_lower_, lp.row_upper_ = lower, upper
    at, columns = np.nonzero(matrix)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.r_[0, np.cumsum(np.bincount(at, minlength=height))]
    lp.a_matrix_.index_, lp.a_matrix_.value_ = columns, matrix[at, columns]
    return lp


def programme(task: Task, data: Data) -> tuple[Any, Callable[[Any, int], Any], Callable[[np.ndarray], np.ndarray]]:
    """Return a task's technology, its measure of one unit, and what makes a score of an optimum."""
    from hetao.measure.frontier.measure import Measure
    from hetao.measure.frontier.move_along import along
    from hetao.measure.frontier.radial import radial
    from hetao.measure.frontier.sbm import slacks_based
    from hetao.measure.frontier.slacks import each_its_own
    from hetao.measure.frontier.technology import Technology

    options, m, s = task["options"], data.X.shape[1], data.Y.shape[1]
    counted = data.B.shape[1] if task["call"] in ("directional", "sbm") else 0
    kind = options.get("disposability", "strong")
    technology = Technology(m, s, counted, options.get("returns", "crs"), kind)
    if task["call"] == "dea":
        return technology, lambda own, i: radial(own, options.get("orientation", "input")), lambda v: v
    if task["call"] == "directional":
        return technology, lambda own, i: along(own, own.points), lambda v: v
    if task["call"] == "sbm":
        return technology, lambda own, i: slacks_based(own, "none"), lambda v: v
    if task["call"] == "russell":
        return technology, lambda own, i: slacks_based(own, "input"), lambda v: 1.0 - v
    one = np.ones((1, m + s + data.B.shape[1]))
    moves = range(m + s)
    return (
        technology,
        lambda own, i: Measure("max", own.points, each_its_own(own, moves, one), one[:, : m + s]),
        lambda v: v,
    )


@register
def scipy_linprog(task: Task, data: Data) -> Callable[[], Scores]:
    """``scipy.optimize.linprog``, a whole programme a unit (radial input form)."""
    from scipy.optimize import linprog

    X, Y, n, rows = data.X, data.Y, len(data.X), sample(task)
    vrs = task["options"].get("returns") == "vrs"

    def work() -> Scores:
        cost, found = np.r_[np.zeros(n), 1.0], []
        for i in rows:
            upper = np.vstack([np.c_[X.T, -X[i]], np.c_[-Y.T, np.zeros(Y.shape[1])]])
            limit = np.r_[np.zeros(X.shape[1]), -Y[i]]
            one = {"A_eq": [np.r_[np.ones(n), 0.0]], "b_eq": [1.0]} if vrs else {}
            found.append(linprog(cost, A_ub=upper, b_ub=limit, **one).fun)
        return rows, np.array(found)

    return work


@register
def pyfrontier(task: Task, data: Data) -> Callable[[], Scores]:
    """Pyfrontier's envelopment model."""
    from Pyfrontier.frontier_model import EnvelopDEA

    def work() -> Scores:
        dea = EnvelopDEA(frontier=task["options"]["returns"].upper(), orient="in")
        dea.fit(data.X, data.Y)
        return np.arange(task["n"]), np.array([unit.score for unit in dea.result])

    return work


@register
def dealib(task: Task, data: Data) -> Callable[[], Scores]:
    """Dealib's radial model."""
    from dealib.dea import dea

    def work() -> Scores:
        return np.arange(task["n"]), np.asarray(
            dea(data.X, data.Y, rts=task["options"]["returns"], orientation="input").eff
        )

    return work


@register
def deapack(task: Task, data: Data) -> Callable[[], Scores]:
    """DEAPack's envelopment models."""
    import pandas as pd
    from deapack import BCCInput, CCRInput, DEAData

    inputs, outputs, _ = names(data)
    frame = pd.DataFrame(np.hstack([data.X, data.Y]), columns=[*inputs, *outputs])
    frame["dmu"] = [f"u{i}" for i in range(task["n"])]

    def work() -> Scores:
        model = BCCInput() if task["options"]["returns"] == "vrs" else CCRInput()
        result = model.fit(DEAData.from_frame(frame, dmu="dmu", inputs=inputs, outputs=outputs))
        table = result.summary_frame
        column = next(c for c in table.columns if "eff" in c.lower() or "score" in c.lower() or "theta" in c.lower())
        return np.arange(task["n"]), table[column].to_numpy(dtype=float)

    return work


def peak_mb() -> float:
    """Return this process's peak memory in MB, 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def extreme_share(task: Task, data: Data) -> float | None:
    """Return which share of the units spans the frontier, where a frame is searched for at all."""
    from hetao.measure.frontier.engine import FRAME_FROM, Frontier
    from hetao.measure.frontier.technology import Quantities

    if task["call"] != "dea" or task["options"].get("returns") == "fdh" or task["n"] < FRAME_FROM:
        return None
    technology, _, _ = programme(task, data)
    frontier = Frontier(technology.table(Quantities(data.X, data.Y, data.B)), technology.senses)
    return len(frontier.members) / task["n"]


def main(name: str, file: str) -> None:
    """Solve the task of a file and print what it took."""
    task = json.loads(Path(file).read_text(encoding="utf-8"))
    data = cobb_douglas(
        task["n"], task["inputs"], task["outputs"], task.get("bads", 0), efficient=task.get("efficient", False)
    )
    work = CONTENDERS[name](task, data)
    spent: list[tuple[float, float]] = []
    while len(spent) < 5 and sum(cpu for cpu, _ in spent) < 1.0:  # short work is done again, and its best time counts
        cpu, wall = time.process_time(), time.perf_counter()
        rows, scores = work()
        spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    (cpu, wall), peak = min(spent), peak_mb()
    share = task["n"] / len(rows) if not task.get("periods") else 1.0
    keep = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), 400)).astype(int))
    print(
        json.dumps(
            {
                "cpu_s": cpu * share,
                "wall_s": wall * share,
                "sampled": len(rows) if share > 1.0 else 0,
                "peak_mb": peak,
                "extreme": extreme_share(task, data) if name == "hetao" else None,
                "rows": rows[keep].tolist(),
                "scores": [None if np.isnan(s) else float(s) for s in scores[keep]],
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
