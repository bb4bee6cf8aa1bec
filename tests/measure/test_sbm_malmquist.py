"""The SBM-based index: made of sbm's own scores, its laws, its faults."""

from __future__ import annotations

import numpy as np
import pytest

from frontiers import draw, numbers, panel_of, refused
from hetao.measure import IndexResult, sbm, sbm_malmquist

ORIENTATIONS = ("none", "input", "output")


def by_key(result: IndexResult, name: str = "index") -> dict[tuple[int, int], float]:
    t = result.changes
    return dict(zip(zip(t["u"], t["period_from"], strict=True), numbers(t[name]), strict=True))


def scores(panel: object, **options: object) -> dict[tuple[int, int], float]:
    t = sbm(panel, **options).scores
    return dict(zip(zip(t["u"], t["t"], strict=True), t["score"], strict=True))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("bads", [(), ("b",)])
@pytest.mark.parametrize("reference", ["global", "biennial"])
def test_the_index_is_made_of_sbm_scores(orientation: str, bads: tuple[str, ...], reference: str):
    data = draw(91, 7, periods=3)
    panel = panel_of(data, period="t", bads=bads)
    result = sbm_malmquist(panel, orientation=orientation, returns="vrs", reference=reference)
    own = scores(panel, orientation=orientation, returns="vrs")
    for (u, t), value in by_key(result).items():
        kept = [i for i, s in enumerate(data["t"]) if reference == "global" or s in (t, t + 1)]
        part = panel_of({name: [values[i] for i in kept] for name, values in data.items()}, period="t", bads=bads)
        pooled = scores(part, orientation=orientation, returns="vrs", reference="global")
        assert value == pytest.approx(pooled[u, t + 1] / pooled[u, t], rel=1e-8)
        change = by_key(result, "efficiency_change")[u, t]
        assert change == pytest.approx(own[u, t + 1] / own[u, t], rel=1e-8)
        assert change * by_key(result, "technical_change")[u, t] == pytest.approx(value, rel=1e-12)
    assert set(result.changes["status"]) == {"optimal"}
    assert max(result.certificate.primal, result.certificate.dual, result.certificate.gap) <= 1e-8


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_units_do_not_matter_and_standing_still_is_one(orientation: str):
    data = draw(92, 6)
    still = {name: [*values, *values] for name, values in data.items()} | {"t": [0] * 6 + [1] * 6}
    result = sbm_malmquist(panel_of(still, period="t", bads="b"), orientation=orientation)
    assert list(by_key(result).values()) == pytest.approx([1.0] * 6)
    moved = draw(93, 6, periods=2)
    scaled = moved | {"x1": np.array(moved["x1"]) * 1e6, "b": np.array(moved["b"]) * 1e-6}
    mine, other = (
        by_key(sbm_malmquist(panel_of(d, period="t", bads="b"), orientation=orientation)) for d in (moved, scaled)
    )
    assert mine == pytest.approx(other, rel=1e-8)


def test_the_global_form_is_circular():
    data = draw(94, 6, periods=3)
    turned = data | {"t": [{0: 0, 1: 2, 2: 1}[t] for t in data["t"]]}
    whole, direct = (by_key(sbm_malmquist(panel_of(d, period="t", bads="b"))) for d in (data, turned))
    for u in range(6):
        assert whole[u, 0] * whole[u, 1] == pytest.approx(direct[u, 0], rel=1e-8)


def test_what_it_cannot_take_is_refused():
    data = draw(95, 5, periods=2)
    panel = panel_of(data, period="t", bads="b")
    codes = refused(sbm_malmquist, panel, orientation=["none"], returns="irs", reference="contemporaneous")
    assert sorted(codes) == [f"sbm_malmquist.{name}" for name in ("orientation", "reference", "returns")]
    data["x1"][0] = 0.0
    assert refused(sbm_malmquist, panel_of(data, period="t")) == ["sbm_malmquist.data"]
    assert refused(sbm_malmquist, panel_of(draw(95, 5))) == ["sbm_malmquist.panel"]
