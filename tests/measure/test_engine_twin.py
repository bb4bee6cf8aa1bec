"""The fast engine is held to its plain twin, and its frame to what a frame is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from multiprocessing import get_context
from threading import Event
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontiers_data import CALLS, INDICES, Data, as_array, hard, many, many_units, panel, table_of
from hetao.measure import FrontierResult, Result, computing, dea, directional, sbm
from hetao.measure.frontier import _kernel, engine
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.measure import Form, Measure
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.network import Network
from hetao.measure.frontier.plain import solve_plainly
from hetao.measure.frontier.radial import radial
from hetao.measure.frontier.sbm import slacks_based
from hetao.measure.frontier.technology import Quantities, Technology

CLOSE = 1e-8
some = settings(max_examples=4)
# Where units are enumerated nothing is solved, and both engines run the same lines.
SOLVED = [name for name, call in CALLS.items() if not call.enumerates]
# Two depend on the units of measurement. additive(weights="unit") adds up slacks that are 18 orders apart here, at
# which HiGHS itself fails, so that there is no twin; and a bound on a ratio of prices says nothing in other units.
SCALED = [name for name in SOLVED if CALLS[name].unit_free]


def both(call: Any, made: Data, **roles: Any) -> tuple[Result, Result]:
    """Return the results of the fast and of the plain engine, each on its own panel: frontiers are kept by panel."""
    fast = call(panel(made, **roles))
    with computing(engine="plain"):
        return fast, call(panel(made, **roles))


def assert_same(fast: Result, plain: Result, columns: Any) -> None:
    mine, theirs = table_of(fast), table_of(plain)
    assert mine["status"] == theirs["status"]
    for name in columns:
        if name == "class":
            assert mine[name] == theirs[name]
        else:
            assert as_array(mine[name]) == pytest.approx(as_array(theirs[name]), rel=CLOSE, abs=CLOSE, nan_ok=True)
    proof = fast.certificate
    assert max(proof.primal, proof.dual, proof.gap) <= 1e-8


def columns_of(name: str) -> tuple[str, ...]:
    # A mean cross-efficiency takes one of many optimal weights where units tie: it is compared below, without ties.
    return ("own",) if name.startswith("cross_efficiency") else ("score", *CALLS[name].parts)


@pytest.mark.parametrize("name", SOLVED)
@some
@given(draw=st.data())
def test_fast_and_plain_agree_on_hard_data(name: str, draw: st.DataObject):
    call = CALLS[name]
    assert_same(
        *both(call.run, draw.draw(hard(call.takes, periods=2 if "dea" in name else 1, units=5))), columns_of(name)
    )


@pytest.mark.parametrize("name", SCALED)
@settings(max_examples=3)
@given(draw=st.data())
def test_fast_and_plain_agree_on_columns_of_all_scales(name: str, draw: st.DataObject):
    call = CALLS[name]
    assert_same(*both(call.run, draw.draw(hard(call.takes, scaled=True))), columns_of(name))


@pytest.mark.parametrize("name", INDICES)
@settings(max_examples=3)
@given(made=hard(units=3, periods=3))
def test_fast_and_plain_agree_on_indices(name: str, made: Data):
    fast, plain = both(INDICES[name], made)
    assert_same(fast, plain, fast.values)


@pytest.mark.parametrize("name", [name for name in SOLVED if name.startswith("cross_efficiency")])
@pytest.mark.parametrize("seed", [1, 2])
def test_fast_and_plain_cross_efficiencies_agree_without_ties(name: str, seed: int):
    table = many("uniform", 15, seed)
    fast = CALLS[name].run(many_units(table))
    with computing(engine="plain"):
        plain = CALLS[name].run(many_units(table))
    assert_same(fast, plain, ("score", *CALLS[name].parts))


# Many columns: the search for the frame, sifting, parts and blocks


TECHNOLOGIES: dict[str, Technology] = {
    **{r: Technology(2, 2, 0, r) for r in ("crs", "vrs", "nirs", "ndrs")},
    "weak crs": Technology(2, 2, 1, "crs", "weak"),
    "weak vrs": Technology(2, 2, 1, "vrs", "weak"),
    "kuosmanen": Technology(2, 2, 1, "vrs", "kuosmanen"),
    "strong": Technology(2, 2, 1, "vrs", "strong"),
    "by-production": Technology(2, 2, 1, "vrs", "by-production", polluting=(0,)),
    "restricted": Technology(2, 2, 0, "crs", restrictions=((1.0, -2.0, 0.0, 0.0),)),
    "network": Network(2, 2, 0, "crs", links=(0,)),
}
KINDS = ("lattice", "duplicates", "multiples", "uniform", "zeros", "efficient", "scales")
CASES = [  # technology, data, units
    *(("crs", kind, 400) for kind in KINDS),
    *(("vrs", kind, 600) for kind in KINDS),
    ("nirs", "lattice", 500),
    ("ndrs", "uniform", 500),
    ("weak crs", "uniform", 500),
    ("weak crs", "lattice", 400),
    ("weak vrs", "multiples", 400),
    ("weak vrs", "efficient", 400),
    ("kuosmanen", "duplicates", 400),
    ("kuosmanen", "efficient", 300),
    ("strong", "zeros", 500),
    ("by-production", "uniform", 400),
    ("restricted", "uniform", 400),
    ("network", "lattice", 400),
    ("crs", "lattice", 2500),
    ("vrs", "uniform", 2500),
    ("vrs", "efficient", 800),
]


@pytest.fixture
def always_framed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search for the frame however few columns there are."""
    monkeypatch.setattr(engine, "FRAME_FROM", 0)


def reference(technology: Technology, kind: str, n: int, seed: int = 0) -> Quantities:
    table = many(kind, n, seed, bads=technology.bads)
    return Quantities(table[:, :2], table[:, 2:4], table[:, 4:])


def measures(technology: Technology, own: Quantities) -> dict[str, Measure]:
    """Return measures of each shape that the kernel knows: one free fixed column, many, and a fractional objective."""
    way = own.points.copy()
    if technology.abatement_factor:
        way[:, :2] = 0.0
    found = {"directional": along(own, way), "input": radial(own, "input"), "output": radial(own, "output")}
    if technology.disposability == "strong" and (own.points > 0.0).all() and not isinstance(technology, Network):
        found |= {"slacks": slacks_based(own, "input"), "fraction": slacks_based(own, "none")}
    return found


def rows_of(form: Form, rows: Any) -> Form:
    return Form(form.sense, form.senses, form.b[rows], form.F[rows], form.c[rows], form.free)


def plainly(table: np.ndarray, form: Form, banned: Any = None) -> Answers:
    found = Answers.empty(len(form.b), len(form.senses), form.F.shape[1])
    solve_plainly(table, form, banned, found, np.arange(len(form.b)))
    return found


@pytest.mark.usefixtures("always_framed")
@pytest.mark.parametrize(("name", "kind", "n"), CASES)
def test_many_units_are_scored_as_the_plain_twin_scores_them(name: str, kind: str, n: int):
    technology = TECHNOLOGIES[name]
    data = reference(technology, kind, n)
    frontier = Frontier(technology.table(data), technology.senses)
    sample = np.linspace(0, n - 1, 5).astype(int)
    for way, measure in measures(technology, data).items():
        form = measure.form(technology, data)
        found, twin = frontier.solve(form), plainly(frontier.table, rows_of(form, sample))
        assert found.outcome[sample].tolist() == twin.outcome.tolist(), way
        assert found.objective[sample] == pytest.approx(twin.objective, rel=CLOSE, abs=CLOSE, nan_ok=True), way
        assert np.nanmax(found.certificate) <= 1e-8
        assert (np.isnan(found.objective) == ~found.solved).all()


@pytest.mark.usefixtures("always_framed")
@pytest.mark.parametrize(
    ("name", "kind", "n"), [("crs", "multiples", 400), ("vrs", "lattice", 400), ("vrs", "efficient", 300)]
)
def test_many_units_are_scored_without_themselves_as_the_plain_twin_scores_them(name: str, kind: str, n: int):
    technology = TECHNOLOGIES[name]
    data = reference(technology, kind, n)
    frontier = Frontier(technology.table(data), technology.senses)
    out, form = np.arange(n), radial(data, "input").form(technology, data)
    found = frontier.solve(form, out)
    sample = np.linspace(0, n - 1, 12).astype(int)
    some_members = frontier.members[:: max(1, len(frontier.members) // 6)][:6]
    sample[: len(some_members)] = some_members  # without a member the others may not do
    twin = plainly(frontier.table, rows_of(form, sample), sample)
    assert found.outcome[sample].tolist() == twin.outcome.tolist()
    assert found.objective[sample] == pytest.approx(twin.objective, rel=CLOSE, abs=CLOSE, nan_ok=True)
    assert not (found.peers == out[:, None]).any()


# The frame


def frame(table: np.ndarray, technology: Technology, threads: int = 1) -> tuple[np.ndarray, float]:
    """Search for the frame of a table; return its members and what the proofs that the others are spanned leave."""
    found = Frontier(table, technology.senses)
    with patch.object(engine, "FRAME_FROM", 0), computing(threads=threads):
        return found.members, found._residual


@pytest.mark.parametrize(("name", "kind", "n"), [case for case in CASES if case[2] <= 600])
def test_the_frame_spans_every_column(name: str, kind: str, n: int):
    technology = TECHNOLOGIES[name]
    data = reference(technology, kind, n)
    table = technology.table(data)
    members, residual = frame(table, technology)
    assert 0.0 <= residual <= 1e-10
    assert (np.diff(members) > 0).all()
    assert 0 <= members[0] <= members[-1] < len(table)
    form = measures(technology, data)["directional"].form(technology, data)
    alone, all_of_them = Frontier(table[members], technology.senses).solve(form), Frontier(table, technology.senses)
    expected = all_of_them.solve(form)
    assert len(all_of_them.members) == len(table)  # too few columns to search: this one was solved on all of them
    assert alone.outcome.tolist() == expected.outcome.tolist()
    assert alone.objective == pytest.approx(expected.objective, abs=CLOSE, nan_ok=True)


# A frame may hold a few columns that others span, which costs a little and is always right: the first members are the
# worst at some prices, and weakly efficient columns, duplicates and multiples may tie there; so do some tests that
# rounding leaves open.
FEW = 10


@pytest.mark.parametrize("name", ["crs", "vrs", "nirs"])
@pytest.mark.parametrize("kind", ["lattice", "uniform", "efficient"])
def test_the_frame_holds_all_that_it_must_and_little_else(name: str, kind: str):
    technology = TECHNOLOGIES[name]
    data = reference(technology, kind, 60)
    members, _ = frame(technology.table(data), technology)
    form = along(data, data.points).form(technology, data)
    beta = plainly(technology.table(data), form, np.arange(60)).objective  # < 0 or NaN: out of the others' reach
    needed = np.isnan(beta) | (beta < -1e-9)
    assert needed.any()
    assert set(np.flatnonzero(needed)) <= set(members)
    assert len(members) <= needed.sum() + FEW


@pytest.mark.parametrize("kind", ["lattice", "uniform", "efficient"])
@pytest.mark.parametrize("name", ["crs", "vrs", "weak crs", "kuosmanen"])
def test_duplicates_add_no_need(name: str, kind: str):
    technology = TECHNOLOGIES[name]
    data = reference(technology, kind, 300)
    once = technology.table(data)
    members, _ = frame(once, technology)
    doubled, residual = frame(np.vstack([once, once]), technology)
    assert len(doubled) <= len(members) + FEW
    assert len(np.unique(once[doubled % len(once)], axis=0)) <= len(members) + FEW
    assert residual <= 1e-10


def test_multiples_add_no_need_under_constant_returns():
    technology = TECHNOLOGIES["crs"]
    base = reference(technology, "uniform", 300).points
    members, _ = frame(base, technology)
    several, _ = frame(np.vstack([base * factor for factor in (1.0, 3.0, 0.125)]), technology)
    assert len(several) <= len(members) + FEW
    assert len(set(several % 300) ^ set(members)) <= FEW


def test_a_frontier_without_units_reaches_nobody():
    technology = TECHNOLOGIES["vrs"]
    data = reference(technology, "uniform", 3)
    found = Frontier(np.empty((0, 5)), technology.senses).solve(radial(data, "input").form(technology, data))
    assert found.outcome.tolist() == [1, 1, 1]
    assert np.isnan(found.objective).all()
    assert frame(np.empty((0, 5)), technology)[0].tolist() == []


# However it is computed, the answer is the same to the last bit


MEASURES = {
    "dea": lambda p: dea(p, returns="vrs"),
    "dea super": lambda p: dea(p, returns="vrs", super_efficiency=True),
    "directional": lambda p: directional(p, returns="vrs", direction={"q2": "observed", "q3": "observed"}),
    "sbm": lambda p: sbm(p),
}


def assert_equal_bits(found: FrontierResult, expected: FrontierResult) -> None:
    assert found.evaluation.status.tolist() == expected.evaluation.status.tolist()
    for name in ("score", "prices", "intercept", "certificate"):
        mine, theirs = getattr(found.evaluation, name), getattr(expected.evaluation, name)
        np.testing.assert_array_equal(mine, theirs, err_msg=name)
    for name in ("peers", "weights", "slacks", "targets"):
        mine, theirs = getattr(found.projections, name), getattr(expected.projections, name)
        np.testing.assert_array_equal(mine, theirs, err_msg=name)


@pytest.mark.usefixtures("always_framed")
@pytest.mark.parametrize("kind", ["lattice", "uniform", "efficient"])
@pytest.mark.parametrize("call", MEASURES)
def test_threads_change_no_bit(call: str, kind: str):
    table = many(kind, 300)
    found = []
    for threads in (1, 2):
        with computing(threads=threads):
            found.append(MEASURES[call](many_units(table)))
            assert found[-1].projections is not None  # projected inside, with as many threads
    assert_equal_bits(*found)


@pytest.mark.parametrize(("name", "kind"), [("vrs", "uniform"), ("crs", "lattice"), ("kuosmanen", "efficient")])
def test_threads_find_one_frame(name: str, kind: str):
    technology = TECHNOLOGIES[name]
    table = technology.table(reference(technology, kind, 900))
    (one, left), (two, remains) = frame(table, technology, 1), frame(table, technology, 2)
    assert one.tolist() == two.tolist()
    assert left == remains


@contextmanager
def pool(kind: str) -> Iterator[Executor]:
    if kind == "threads":
        with ThreadPoolExecutor(2) as found:
            yield found
    else:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as found:
            yield found


@pytest.mark.parametrize("framed", [False, True], ids=["all columns", "frame"])
@pytest.mark.parametrize("workers", ["threads", "processes"])
def test_executors_change_no_bit(workers: str, framed: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "CHUNK", 64)
    if framed:
        monkeypatch.setattr(engine, "FRAME_FROM", 0)
    with pool(workers) as executor:
        for call, measure in MEASURES.items():
            if framed and call == "dea super":  # a process, sent everything, would not search where this one does
                continue
            for kind in ("lattice", "zeros") if call.startswith("dea") else ("lattice", "uniform"):
                table = many(kind, 200)
                here = measure(many_units(table))
                assert here.projections is not None
                with computing(executor=executor, threads=1):
                    there = measure(many_units(table))
                    assert there.projections is not None
                assert_equal_bits(there, here)


class Slow:
    """An engine whose search, where two begin at once, ends sooner in the one that began first."""

    begun = count()
    two_begun = Event()

    def __init__(self, *given: Any) -> None:
        self._engine = _kernel.Engine(*given)

    def find(self, threads: int) -> None:
        if next(Slow.begun) == 0:
            Slow.two_begun.wait(0.3)
        else:
            Slow.two_begun.set()
            Event().wait(0.3)
        self._engine.find(threads)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


@pytest.mark.usefixtures("always_framed")
def test_a_frontier_that_two_threads_ask_for_at_once_is_found_before_it_is_used(monkeypatch: pytest.MonkeyPatch):
    table = many("uniform", 200)
    expected = dea(many_units(table), super_efficiency=True)
    monkeypatch.setattr(engine, "CHUNK", 100)
    monkeypatch.setattr(engine, "_kernel", SimpleNamespace(Engine=Slow))
    Slow.begun, Slow.two_begun = count(), Event()
    with ThreadPoolExecutor(2) as executor, computing(executor=executor, threads=1):
        found = dea(many_units(table), super_efficiency=True)
    assert found.scores["status"] == expected.scores["status"]
    assert found.evaluation.score == pytest.approx(expected.evaluation.score, abs=CLOSE, nan_ok=True)
