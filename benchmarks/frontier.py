"""How fast the frontier engine is, beside its peers in the same run; agreement is checked first.

    python benchmarks/frontier.py [--only NAME …] [--write]

Every contender runs in a process of its own, peers that pip installs in environments of their own under
``benchmarks/.peers``. What is compared is CPU seconds, the best of several times where the work is short; a contender
that is too slow for all units solves a sample, and its seconds are scaled up. ``--write`` puts the table and the plot
into docs. Machines are shared: quote ratios only.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PEERS = {"pyfrontier": "Pyfrontier==1.1.1", "dealib": "dealib==1.0.0", "deapack": "DEAPack==2.0.1"}
HERE = {"hetao", "highs_warm", "scipy_linprog"}  # contenders that run in this environment
LIMIT_S = 900
CLOSE = 1e-6  # of every contender's scores to hetao's; HiGHS itself stops at 1e-7


@dataclass(frozen=True)
class Case:
    """One row of the table: a task and who solves it."""

    title: str
    n: int
    inputs: int
    outputs: int
    options: dict[str, Any]
    peers: dict[str, int] = field(default_factory=dict)  # contender → how many units it solves, 0 for all
    call: str = "dea"
    bads: int = 0
    efficient: bool = False
    threads: int = 1
    periods: int = 0

    def task(self, sample: int) -> dict[str, Any]:
        """Return what a contender is told."""
        kept = ("n", "inputs", "outputs", "options", "call", "bads", "efficient", "threads", "periods")
        return {name: getattr(self, name) for name in kept} | {"sample": sample}


VRS, CRS = {"returns": "vrs"}, {"returns": "crs"}
EVERYONE = {"highs_warm": 0, "scipy_linprog": 0, "pyfrontier": 0, "dealib": 0, "deapack": 0}
GREEN = {"returns": "crs", "disposability": "weak"}
CASES = [
    Case("vrs, n = 200", 200, 3, 2, VRS, EVERYONE),
    Case("crs, n = 200", 200, 3, 2, CRS, EVERYONE),
    Case("vrs, n = 1,000", 1_000, 3, 2, VRS, {"highs_warm": 0, "scipy_linprog": 100}),
    Case("crs, n = 1,000", 1_000, 3, 2, CRS, {"highs_warm": 0, "scipy_linprog": 100}),
    Case("vrs, n = 10,000", 10_000, 3, 2, VRS, {"highs_warm": 600}),
    Case("crs, n = 10,000", 10_000, 3, 2, CRS, {"highs_warm": 600}),
    Case("vrs, n = 100,000", 100_000, 3, 2, VRS, {"highs_warm": 60}),
    Case("vrs, n = 100,000, two threads", 100_000, 3, 2, VRS, threads=2),
    Case("crs, n = 1,000,000, 2 + 1", 1_000_000, 2, 1, CRS),
    Case("vrs, every unit efficient, n = 10,000", 10_000, 3, 2, VRS, {"highs_warm": 400}, efficient=True),
    Case("vrs, 8 columns, n = 10,000", 10_000, 5, 3, VRS, {"highs_warm": 300}),
    Case("vrs, 10 columns, n = 10,000", 10_000, 6, 4, VRS, {"highs_warm": 300}),
    Case("directional with a bad, n = 2,000", 2_000, 3, 2, GREEN, {"highs_warm": 500}, "directional", 1),
    Case("SBM, n = 2,000", 2_000, 3, 2, VRS, {"highs_warm": 500}, "sbm"),
    Case("additive, n = 2,000", 2_000, 3, 2, VRS, {"highs_warm": 500}, "additive"),
    Case("Russell, n = 2,000", 2_000, 3, 2, VRS, {"highs_warm": 500}, "russell"),
    Case("free disposal hull, n = 100,000", 100_000, 3, 2, {"returns": "fdh"}),
    Case("Malmquist, 280 × 17", 4_760, 3, 2, {}, call="malmquist", periods=17),
    Case("Malmquist, global, 280 × 17", 4_760, 3, 2, {"reference": "global"}, call="malmquist", periods=17),
    Case("Malmquist-Luenberger, 280 × 17", 4_760, 3, 2, {}, call="malmquist_luenberger", bads=1, periods=17),
    Case("Hicks-Moorsteen, vrs, 280 × 17", 4_760, 3, 2, {}, call="hicks_moorsteen", periods=17),
    Case("Färe-Primont, vrs, 280 × 17", 4_760, 3, 2, {}, call="fare_primont", periods=17),
    Case("bootstrap of vrs, n = 500, B = 2,000", 500, 3, 2, VRS, call="bootstrap"),
    Case("bootstrap of Malmquist, 280 × 17, B = 200", 4_760, 3, 2, {}, call="bootstrap_index", periods=17),
]


def python_of(contender: str) -> str:
    """Return the interpreter that a contender runs in; its environment is made when it is first needed."""
    if contender in HERE:
        return sys.executable
    home = ROOT / "benchmarks" / ".peers" / contender
    python = home / "bin" / "python"
    if not (home / "installed").is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PEERS[contender]], check=True)
        (home / "installed").touch()
    return str(python)


def run(contender: str, task: dict[str, Any]) -> dict[str, Any] | str:
    """Return what a contender measured, or why there is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "task.json"
        file.write_text(json.dumps(task), encoding="utf-8")
        command = [python_of(contender), str(ROOT / "benchmarks" / "frontier_contenders.py"), contender, str(file)]
        environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT_S, env=environment, check=False
            )
        except subprocess.TimeoutExpired:
            return f"> {LIMIT_S} s"
    if done.returncode:
        return "failed: " + (done.stderr.strip().splitlines() or ["?"])[-1]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def disagreement(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """Return the largest difference of scores at the rows that both report."""
    mine = dict(zip(ours["rows"], ours["scores"], strict=True))
    pairs = [(mine[r], s) for r, s in zip(theirs["rows"], theirs["scores"], strict=True) if r in mine]
    if not pairs:
        return math.nan
    return max(abs(a - b) if a is not None and b is not None else (0.0 if a is b else math.inf) for a, b in pairs)


def measured(case: Case) -> list[dict[str, Any]]:
    """Run a case; return one line a contender, hetao's first, and print them."""
    ours = run("hetao", case.task(0))
    if isinstance(ours, str):
        raise SystemExit(f"{case.title}: hetao {ours}")
    notes = [f"{ours['extreme']:.1%} of the units are extreme"] if ours["extreme"] is not None else []
    notes += [f"{ours['wall_s']:.2f} s by the clock"] if case.threads > 1 else []
    taken = {k: ours[k] for k in ("cpu_s", "peak_mb")}
    lines = [{"case": case.title, "who": "hetao", **taken, "ratio": 1.0, "note": "; ".join(notes)}]
    for contender, sample in case.peers.items():
        theirs = run(contender, case.task(sample))
        if isinstance(theirs, str):
            lines.append({"case": case.title, "who": contender, "note": theirs})
            continue
        apart = disagreement(ours, theirs)
        note = f"sample of {theirs['sampled']}" if theirs["sampled"] else ""
        if not apart <= CLOSE:
            note = f"{note}; differs by {apart:.1e}".strip("; ")
        taken = {k: theirs[k] for k in ("cpu_s", "peak_mb")}
        lines.append(
            {"case": case.title, "who": contender, **taken, "ratio": theirs["cpu_s"] / ours["cpu_s"], "note": note}
        )
    for line in lines:
        print(shown(line), flush=True)
    return lines


def shown(line: dict[str, Any]) -> str:
    """Return a line of the table as text."""
    seconds = f"{line['cpu_s']:>12.4f} s" if "cpu_s" in line else " " * 14
    memory = f"{line['peak_mb']:>8.0f} MB" if "peak_mb" in line else " " * 11
    ratio = f"{line['ratio']:>9.1f} ×" if "ratio" in line else " " * 11
    return f"{line['case']:<40}{line['who']:<15}{seconds}{memory}{ratio}  {line.get('note', '')}"


HEADS = {
    "en": (
        "# Benchmarks of the frontier",
        "Case",
        "Contender",
        "CPU seconds",
        "Peak memory, MB",
        "Ratio to hetao",
        "Note",
    ),
    "zh": ("# 前沿引擎基准", "算例", "参与者", "CPU 秒", "内存峰值（MB）", "与 hetao 之比", "说明"),
}
WORDS = {
    "en": (
        "Written by `make bench`: every contender in a process of its own, one thread unless the case says otherwise, "
        "scores compared before times. A sample's seconds are scaled to all units. Only ratios within one run mean "
        "anything: machines differ and are shared.",
        "CPU seconds, hetao and its peers",
    ),
    "zh": (
        "由 `make bench` 写出：每个参与者各在自己的进程中运行，除注明外均为单线程，先核对得分再比时间。"
        "抽样的秒数已按全部单元放大。只有同一次运行内的比值有意义：机器不同，且为共用。",
        "hetao 与其他工具的 CPU 秒",
    ),
}


def write(lines: list[dict[str, Any]]) -> None:
    """Write the table and the plot into docs, in both languages."""
    plot(lines, ROOT / "docs" / "images" / "benchmark-frontier.png")
    for language, (title, *heads) in HEADS.items():
        words, picture = WORDS[language]
        text = [title, "", words, "", f"![{picture}](../../images/benchmark-frontier.png)", ""]
        text += ["| " + " | ".join(heads) + " |", "|---|---|---:|---:|---:|---|"]
        for line in lines:
            cells = [line["case"], line["who"], f"{line['cpu_s']:.3g}" if "cpu_s" in line else "–"]
            cells += [f"{line['peak_mb']:.0f}" if "peak_mb" in line else "–"]
            cells += [f"{line['ratio']:.1f}" if "ratio" in line else "–", line.get("note", "")]
            text.append("| " + " | ".join(cells) + " |")
        page = ROOT / "docs" / language / "explanation" / "benchmarks.md"
        page.write_text("\n".join(text) + "\n", encoding="utf-8")


def plot(lines: list[dict[str, Any]], path: Path) -> None:
    """Draw the CPU seconds of every contender, one row a case, on a logarithmic axis."""
    from matplotlib.figure import Figure

    cases = list(dict.fromkeys(line["case"] for line in lines))
    figure = Figure(figsize=(9, 0.36 * len(cases) + 1.2), layout="constrained")
    axes = figure.subplots()
    for who in dict.fromkeys(line["who"] for line in lines):
        mine = [line for line in lines if line["who"] == who and "cpu_s" in line]
        axes.scatter([m["cpu_s"] for m in mine], [cases.index(m["case"]) for m in mine], s=34, label=who)
    axes.set_xscale("log")
    axes.set_yticks(range(len(cases)), cases)
    axes.invert_yaxis()
    axes.set_xlabel("CPU seconds")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.4, 1.12))
    figure.savefig(path, dpi=110)


def main() -> None:
    """Run the cases asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="run the cases whose titles hold one of these words")
    parser.add_argument("--write", action="store_true", help="write the table and the plot into docs")
    given = parser.parse_args()
    chosen = [c for c in CASES if not given.only or any(word in c.title for word in given.only)]
    lines = [line for case in chosen for line in measured(case)]
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
