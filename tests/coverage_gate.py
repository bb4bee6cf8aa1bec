"""The coverage gate: branch coverage by part, as the house sets it; run it on coverage's JSON report."""

import json
import sys
from collections import defaultdict
from pathlib import Path

WHOLE, MOST = 100.0, 95.0
BARS = {"ledger": WHOLE, "units.py": WHOLE}  # every other part: MOST


def shares(report: dict) -> dict[str, float]:
    """Return part → covered share of its lines and branches, in percent."""
    covered: dict[str, int] = defaultdict(int)
    there: dict[str, int] = defaultdict(int)
    for name, file in report["files"].items():
        parts = Path(name).parts
        part = parts[len(parts) - parts[::-1].index("hetao")]
        s = file["summary"]
        covered[part] += s["covered_lines"] + s["covered_branches"]
        there[part] += s["num_statements"] + s["num_branches"]
    return {part: 100.0 * covered[part] / there[part] for part in sorted(there) if there[part]}


def main(path: str) -> int:
    """Print each part's share and say whether all bars are met."""
    found = shares(json.loads(Path(path).read_text(encoding="utf-8")))
    low = [part for part, share in found.items() if share < BARS.get(part, MOST)]
    for part, share in found.items():
        print(f"{part:<14}{share:7.2f} %  (bar {BARS.get(part, MOST):.0f} %){'  TOO LOW' if part in low else ''}")
    return 1 if low or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
