"""How often limits of 95 % hold the truth, by Monte-Carlo; takes long.

    python benchmarks/coverage.py [--only NAME …] [--samples N] [--write]

Samples are drawn from a known frontier and known efficiencies (coefficients). Of every sample the limits are taken by
the public call, and it is counted how often they hold the truth. The bar is 90 to 98 %; where a method is known to miss
it, the table shows by how much. ``--write`` puts the table into docs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import bootstrap, dea, second_stage

ROOT = Path(__file__).resolve().parents[1]
LEAST, MOST = 0.90, 0.98
REPLICATIONS = 500
Truth = tuple[float, float]  # how many limits held the truth, of how many


@dataclass(frozen=True)
class Design:
    """One row of the table: how samples are drawn and what is asked of them."""

    title: str
    n: int
    run: Callable[[np.random.Generator, int], Truth]


def scores(inputs: int, returns: str, inefficiency: str, method: str = "homogeneous") -> Callable[..., Truth]:
    """Return a run that bootstraps output efficiencies below a Cobb-Douglas frontier."""

    def run(random: np.random.Generator, n: int) -> Truth:
        x = random.uniform(1.0, 9.0, (n, inputs))
        u = random.exponential(0.2, n) if inefficiency == "exponential" else np.abs(random.normal(0.0, 0.25, n))
        power = 1.0 if returns == "crs" else 0.6
        table = {"u": list(range(n)), "y": np.exp((power * np.log(x)).mean(axis=1) - u)}
        table |= {f"x{j}": x[:, j] for j in range(inputs)}
        panel = Panel(table, unit="u", inputs=[f"x{j}" for j in range(inputs)], outputs="y")
        found = bootstrap(
            dea(panel, orientation="output", returns=returns),
            method=method,
            replications=REPLICATIONS,
            seed=int(random.integers(10**9)),
        ).scores
        low, high, truth = np.array(found["lower"]), np.array(found["upper"]), np.exp(u)
        return float(((low <= truth) & (truth <= high)).sum()), float(n)

    return run


def coefficients(algorithm: int) -> Callable[..., Truth]:
    """Return a run of the second stage on the design of Simar and Wilson (2007): δ = ½ + ½ z + ε, truncated at 1."""
    beta = np.array([0.5, 0.5])

    def run(random: np.random.Generator, n: int) -> Truth:
        z = random.normal(2.0, 2.0, n)
        mean = beta[0] + beta[1] * z
        noise = random.normal(0.0, 1.0, n)
        while (below := mean + noise < 1.0).any():
            noise[below] = random.normal(0.0, 1.0, int(below.sum()))
        x = random.uniform(6.0, 16.0, n)
        table = {"u": list(range(n)), "x": x, "y": x**0.75 / (mean + noise)}
        panel = Panel(table, unit="u", inputs="x", outputs="y")
        result = dea(panel, orientation="output", returns="vrs")
        options = {"columns": ["z"], "replications": REPLICATIONS, "seed": int(random.integers(10**9))}
        found = second_stage(result, {"u": list(range(n)), "z": z}, algorithm=algorithm, **options).coefficients
        held = [
            lower <= truth <= upper
            for name, lower, upper in zip(found["name"], found["lower"], found["upper"], strict=True)
            for key, truth in (("intercept", beta[0]), ("z", beta[1]))
            if name == key
        ]
        return float(sum(held)), float(len(held))

    return run


DESIGNS = [
    Design("score, crs, 1 input, exponential", 50, scores(1, "crs", "exponential")),
    Design("score, crs, 1 input, exponential", 200, scores(1, "crs", "exponential")),
    Design("score, crs, 2 inputs, exponential", 100, scores(2, "crs", "exponential")),
    Design("score, crs, 2 inputs, half-normal", 100, scores(2, "crs", "half-normal")),
    Design("score, vrs, 1 input, exponential", 100, scores(1, "vrs", "exponential")),
    Design("score, vrs, 1 input, exponential", 400, scores(1, "vrs", "exponential")),
    Design("score, vrs, 1 input, half-normal", 100, scores(1, "vrs", "half-normal")),
    Design("score, vrs, 2 inputs, exponential", 200, scores(2, "vrs", "exponential")),
    Design("second stage, algorithm 1", 100, coefficients(1)),
    Design("second stage, algorithm 2", 100, coefficients(2)),
    Design("second stage, algorithm 2", 400, coefficients(2)),
]


def measured(design: Design, samples: int) -> dict[str, object]:
    """Return how often the limits held the truth over many samples, with twice its standard error."""
    start, shares, refused = time.process_time(), [], 0
    for seed in range(samples):
        try:
            held, of = design.run(np.random.default_rng([seed, design.n]), design.n)
        except ModelError as error:  # a sample that the second stage says it cannot take
            if error.problems[0].code != "second_stage.result":
                raise
            refused += 1
            continue
        shares.append(held / of)
    share, error = float(np.mean(shares)), 2.0 * float(np.std(shares) / np.sqrt(len(shares)))
    cpu = time.process_time() - start
    return {"design": design.title, "n": design.n, "share": share, "error": error, "refused": refused, "cpu_s": cpu}


def write(lines: list[dict[str, object]]) -> None:
    """Put the table behind its heading in docs, in both languages."""
    heads = {"en": "| Design | n | Coverage | ± | Refused |", "zh": "| 设计 | n | 覆盖率 | ± | 拒绝 |"}
    for language, head in heads.items():
        page = ROOT / "docs" / language / "explanation" / "coverage.md"
        before, mark, _ = page.read_text(encoding="utf-8").partition("<!-- table -->\n")
        rows = [head, "|---|---:|---:|---:|---:|"]
        for line in lines:
            cells = [
                f"`{line['design']}`",
                str(line["n"]),
                f"{line['share']:.1%}",
                f"{line['error']:.1%}",
                str(line["refused"]),
            ]
            rows.append("| " + " | ".join(cells) + " |")
        page.write_text(before + mark + "\n" + "\n".join(rows) + "\n", encoding="utf-8")


def main() -> None:
    """Print every design's coverage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="designs whose title holds one of these")
    parser.add_argument("--samples", type=int, default=200, help="samples of each design")
    parser.add_argument("--write", action="store_true", help="put the table into docs")
    given = parser.parse_args()
    lines = []
    for design in DESIGNS:
        if given.only and not any(word in design.title for word in given.only):
            continue
        line = measured(design, given.samples)
        lines.append(line)
        within = LEAST <= float(line["share"]) <= MOST  # type: ignore[arg-type] # a number
        print(
            f"{line['design']:36} n = {line['n']:4}  {line['share']:6.1%} ± {line['error']:.1%}  "
            f"refused {line['refused']}  {line['cpu_s']:.0f} s  {'' if within else 'outside of 90 to 98 %'}",
            flush=True,
        )
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
