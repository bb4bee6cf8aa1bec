"""Every member of the four families of a composite index: numbers by hand, twins, and the laws each declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import rankdata

from hetao.errors import ModelError
from hetao.measure import IndicatorTree, composite, read_tree
from hetao.measure.composite.families import AGGREGATIONS, GAPS, NORMALISATIONS, WEIGHTINGS
from hetao.measure.composite.member import Aggregation, Normalisation, Scale
from hetao.measure.composite.positive import standard_to_positive
from hetao.measure.composite.weighting.ahp import consistency_ratio, principal_weights
from hetao.measure.composite.weighting.pca import varimax

SCALES: tuple[Scale, ...] = ("share", "standard", "ratio")
NAMES = ("p", "q", "r", "s")
COMPARISONS = {"": [[1, 3], [1 / 3, 1]], "a": [[1, 2], [0.5, 1]], "b": [[1, 1 / 5], [5, 1]]}


def tree_of(directions: str = "++++", **more: Any) -> IndicatorTree:
    """Return a tree of as many indicators, the first two in dimension a, with all that a rule may ask for."""
    m = len(directions)
    columns: dict[str, Any] = {"dimension": list("aabb")[:m], "indicator": NAMES[:m], "direction": list(directions)}
    return read_tree(columns | more)


def table_of(values: Any) -> dict[str, Any]:
    """Return a table of values, one column an indicator."""
    array = np.asarray(values, dtype=float)
    return {"u": [f"u{i}" for i in range(len(array))]} | dict(zip(NAMES, array.T.tolist(), strict=False))


def weights_of(values: Any, weights: str, directions: str | None = None, **options: Any) -> np.ndarray:
    """Return the weights that a rule gives the columns of a table."""
    tree = tree_of(directions or "+" * np.shape(values)[1])
    found = composite(table_of(values), tree=tree, unit="u", weights=weights, **options)
    return np.array(found.weights["weight"])


def refusals(call: Callable[[], object]) -> list[tuple[str, str]]:
    """Return code and place of everything refused, each worded in both languages."""
    with pytest.raises(ModelError) as caught:
        call()
    for problem in caught.value.problems:
        assert all(words.zh and words.en for words in (problem.found, problem.expected, problem.remedy))
    return [(problem.code, problem.place.describe("en")) for problem in caught.value.problems]


@st.composite
def tables(draw: st.DrawFn, columns: int = 3) -> np.ndarray:
    """Draw a table of whole numbers above 0, in which every column varies."""
    rows = draw(st.integers(3, 8))
    cells = st.lists(st.integers(1, 40), min_size=rows, max_size=rows)
    values = np.array([draw(cells) for _ in range(columns)], dtype=float).T
    assume((np.ptp(values, axis=0) > 0).all())
    return values


signs = st.lists(st.sampled_from("+-"), min_size=3, max_size=3).map("".join)


# ---------------------------------------------------------------------------------------------- normalisations


def test_min_max_by_hand():
    found = composite(table_of([[1, 10], [2, 30], [5, 20]]), tree=tree_of("+-"), unit="u").normalised
    assert found["p"] == [0.0, 0.25, 1.0]
    assert found["q"] == [1.0, 0.0, 0.5]


def test_goalposts_are_those_of_the_human_development_index():
    """Life expectancy between 20 and 85 years, expected schooling between 0 and 18; what lies beyond has arrived."""
    tree = tree_of("++", low=[20, 0], high=[85, 18])
    found = composite(table_of([[72.0, 9.0], [90.0, 21.6]]), tree=tree, unit="u", normalisation="goalposts")
    assert found.normalised["p"] == [pytest.approx(52 / 65), 1.0]
    assert found.normalised["q"] == [0.5, 1.0]
    down = tree_of("-", low=[20], high=[85])
    assert composite(table_of([[33.0], [90.0]]), tree=down, unit="u", normalisation="goalposts").score.tolist() == [
        pytest.approx(0.8),
        0.0,
    ]


def test_z_scores_divide_by_the_deviation_of_the_whole_pool():
    found = composite(table_of([[1, 1], [3, 3]]), tree=tree_of("+-"), unit="u", normalisation="z_score")
    assert (found.normalised["p"], found.normalised["q"]) == ([-1.0, 1.0], [1.0, -1.0])


def test_ranks_are_the_share_of_the_others_that_are_worse_with_ties_in_the_middle():
    found = composite(
        table_of([[1, 1], [5, 5], [5, 7], [9, 8], [9.5, 9]]), tree=tree_of("+-"), unit="u", normalisation="rank"
    )
    assert found.normalised["p"] == [0.0, 0.375, 0.375, 0.75, 1.0]
    assert found.normalised["q"] == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_the_reference_is_the_trees_or_else_the_best():
    tree = tree_of("+-+-", reference=[None, None, 8, 5])
    found = composite(table_of([[1, 1, 2, 10], [4, 5, 16, 2]]), tree=tree, unit="u", normalisation="reference_distance")
    assert [found.normalised[name] for name in NAMES] == [[0.25, 1.0], [1.0, 0.2], [0.25, 2.0], [0.5, 2.5]]


def naive_normalised(values: np.ndarray, directions: str, rule: str) -> np.ndarray:
    """Return the (n, m) values of a rule, column by column; goalposts at 5 and 30."""
    found = []
    for column, sign in zip(values.T, directions, strict=True):
        turned = column if sign == "+" else -column
        match rule:
            case "min_max":
                found.append([(v - min(turned)) / (max(turned) - min(turned)) for v in turned])
            case "z_score":
                found.append((turned - turned.mean()) / np.sqrt(((turned - turned.mean()) ** 2).mean()))
            case "rank":
                found.append((rankdata(turned) - 1) / (len(turned) - 1))
            case "goalposts":
                share = [min(max((v - 5) / 25, 0), 1) for v in column]
                found.append([s if sign == "+" else 1 - s for s in share])
            case "reference_distance":
                found.append([v / max(column) if sign == "+" else min(column) / v for v in column])
    return np.array(found).T


@pytest.mark.parametrize("rule", NORMALISATIONS)
@settings(max_examples=25)
@given(values=tables(), directions=signs)
def test_every_normalisation_is_its_plain_twin(rule: str, values: np.ndarray, directions: str):
    tree = tree_of(directions, low=[5] * 3, high=[30] * 3)
    mine = NORMALISATIONS[rule].normalise(values, tree)
    assert mine == pytest.approx(naive_normalised(values, directions, rule), abs=1e-12)


def units_invariance(member: Normalisation, values: np.ndarray, directions: str, data: st.DataObject) -> None:
    scale = 10.0 ** np.array(data.draw(st.lists(st.integers(-9, 9), min_size=3, max_size=3)))
    reference = np.array([data.draw(st.one_of(st.none(), st.integers(1, 40))) for _ in range(3)], dtype=float)
    mine = member.normalise(values, tree_of(directions, reference=reference))
    other = member.normalise(values * scale, tree_of(directions, reference=reference * scale))
    assert other == pytest.approx(mine, abs=1e-7)


def monotonicity(member: Normalisation, values: np.ndarray, directions: str, data: st.DataObject) -> None:
    tree = tree_of(directions, low=[5] * 3, high=[30] * 3)
    row, column = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 2))
    better = values.copy()
    better[row, column] += data.draw(st.integers(1, 50)) if directions[column] == "+" else -0.5 * values[row, column]
    assume((np.ptp(better, axis=0) > 0).all())
    mine, other = member.normalise(values, tree), member.normalise(better, tree)
    assert other[row, column] >= mine[row, column] - 1e-12


def normalised_within_0_and_1(member: Normalisation, values: np.ndarray, directions: str, data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from([1e-9, 0.1, 1 / 3, 1e9]))
    found = member.normalise(values * scale, tree_of(directions, low=[5] * 3, high=[30] * 3))
    assert ((found >= 0.0) & (found <= 1.0)).all()


def independence_of_others(member: Normalisation, values: np.ndarray, directions: str, data: st.DataObject) -> None:
    tree = tree_of(directions, low=[5] * 3, high=[30] * 3)
    row = data.draw(st.integers(0, len(values) - 1))
    assert (member.normalise(values[[row]], tree) == member.normalise(values, tree)[[row]]).all()


NORMALISATION_LAWS: dict[str, Callable[[Normalisation, np.ndarray, str, st.DataObject], None]] = {
    "units_invariance": units_invariance,
    "monotonicity": monotonicity,
    "within_0_and_1": normalised_within_0_and_1,
    "independence_of_others": independence_of_others,
}


@pytest.mark.parametrize(("rule", "law"), [(name, law) for name, m in NORMALISATIONS.items() for law in sorted(m.laws)])
@given(values=tables(), directions=signs, data=st.data())
def test_every_normalisation_obeys_the_laws_it_declares(
    rule: str, law: str, values: np.ndarray, directions: str, data: st.DataObject
):
    NORMALISATION_LAWS[law](NORMALISATIONS[rule], values, directions, data)


# -------------------------------------------------------------------------------------------------- weightings


def test_entropy_weights_of_three_rows_by_hand():
    """Shares 0, ½, 1 have p = 0, ⅓, ⅔ and entropy (⅓ ln 3 + ⅔ ln 1.5) / ln 3; shares 0, 0, 1 have entropy 0."""
    first = 1 - (np.log(3) / 3 + 2 * np.log(1.5) / 3) / np.log(3)
    assert first == pytest.approx(0.42062, abs=1e-5)
    found = weights_of([[1, 4], [2, 4], [3, 9]], "entropy")
    assert found == pytest.approx([first / (1 + first), 1 / (1 + first)])
    assert found == pytest.approx([0.296082, 0.703918], abs=1e-6)


def test_critic_by_hand():
    """p and r agree (correlation 1) and q differs from both (−½), all with one deviation: 1.5, 3 and 1.5 times it."""
    assert weights_of([[1, 30, 4], [2, 10, 6], [3, 20, 8]], "critic") == pytest.approx([0.25, 0.5, 0.25])


def test_standard_deviations_by_hand():
    """Shares 0, ½, 1 have variance 1/6 and shares 0, 0, 1 have 2/9."""
    first, second = np.sqrt(1 / 6), np.sqrt(2 / 9)
    found = weights_of([[1, 4], [2, 4], [3, 9]], "standard_deviation")
    assert found == pytest.approx([first / (first + second), second / (first + second)])


def test_equal_weights_are_equal_among_dimensions_and_inside_each():
    assert weights_of([[1, 2, 3], [3, 1, 5]], "equal").tolist() == [0.25, 0.25, 0.5]


def test_given_weights_are_scaled_to_add_to_1():
    tree = tree_of("+++", weight=[1, 2, 5])
    found = composite(table_of([[1, 2, 3], [3, 1, 5]]), tree=tree, unit="u", weights="given")
    assert found.weights["weight"] == [0.125, 0.25, 0.625]


@pytest.mark.parametrize(
    ("matrix", "weights", "ratio"),
    [
        ([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]], [0.6, 0.3, 0.1], 0.0),
        ([[1, 1 / 3, 5], [3, 1, 7], [1 / 5, 1 / 7, 1]], [0.2790, 0.6491, 0.0719], 0.0559),
        ([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]], [0.6370, 0.2583, 0.1047], 0.0332),
    ],
)
def test_saatys_weights_and_consistency_ratio(matrix: list[list[float]], weights: list[float], ratio: float):
    """For three, the eigenvector is the geometric means of the rows, and λ = 1 + d + 1/d, d³ = a₁₂ a₂₃ / a₁₃."""
    a = np.array(matrix)
    means = np.cbrt(a.prod(axis=1))
    d = np.cbrt(a[0, 1] * a[1, 2] / a[0, 2])
    assert principal_weights(a) == pytest.approx(means / means.sum())
    assert consistency_ratio(a) == pytest.approx((1 + d + 1 / d - 3) / 2 / 0.58, abs=1e-12)
    assert principal_weights(a) == pytest.approx(weights, abs=6e-5)
    assert consistency_ratio(a) == pytest.approx(ratio, abs=6e-5)


def test_comparisons_of_dimensions_and_of_their_indicators_multiply():
    data = table_of([[1, 2, 3, 4], [3, 1, 5, 9], [2, 2, 1, 1]])
    found = composite(data, tree=tree_of(), unit="u", weights="ahp", comparisons=COMPARISONS)
    assert found.weights["weight"] == pytest.approx([0.75 * 2 / 3, 0.75 / 3, 0.25 / 6, 0.25 * 5 / 6])
    assert "dimensions: consistency ratio 0.000" in found.summary()
    alone = composite(
        table_of([[1, 2, 3], [3, 1, 5]]),
        tree=tree_of("+++"),
        unit="u",
        weights="ahp",
        comparisons={"": COMPARISONS[""], "a": COMPARISONS["a"]},
    )
    assert alone.weights["weight"] == pytest.approx([0.5, 0.25, 0.25])
    one = composite(
        table_of([[1, 2], [3, 1]]), tree=tree_of("++"), unit="u", weights="ahp", comparisons={"a": COMPARISONS["a"]}
    )
    assert one.weights["weight"] == pytest.approx([2 / 3, 1 / 3])


def test_benefit_of_the_doubt_by_hand():
    """(1, ⅕) and (⅕, 1) reach 1; (½, ½) weighs both by 1/1.2, which neither of them passes."""
    tree = tree_of("++", low=[0, 0], high=[1, 1])
    found = composite(
        table_of([[1, 0.2], [0.2, 1], [0.5, 0.5]]),
        tree=tree,
        unit="u",
        normalisation="goalposts",
        weights="benefit_of_the_doubt",
    )
    assert found.score == pytest.approx([1.0, 1.0, 1 / 1.2])
    assert found.computed.row_weights[2] == pytest.approx([1 / 1.2, 1 / 1.2])
    assert found.weights["weight"] == pytest.approx(found.computed.row_weights.mean(axis=0))
    assert "3 programmes" in found.summary()


def naive_shares(values: np.ndarray, directions: str) -> np.ndarray:
    return naive_normalised(values, directions, "min_max")


def naive_weights(values: np.ndarray, directions: str, rule: str) -> np.ndarray:
    """Return the weights of a rule, every sum written out."""
    shares = naive_shares(values, directions)
    n, m = shares.shape
    if rule == "entropy":
        spread = []
        for column in shares.T:
            p = [v / sum(column) for v in column]
            spread.append(1 + sum(v * np.log(v) for v in p if v > 0) / np.log(n))
        return np.array(spread) / sum(spread)
    if rule == "standard_deviation":
        return shares.std(axis=0) / shares.std(axis=0).sum()
    if rule == "critic":
        r = [[np.corrcoef(shares[:, j], shares[:, k])[0, 1] for k in range(m)] for j in range(m)]
        c = np.array([np.sqrt(np.var(shares[:, j])) * sum(1 - r[j][k] for k in range(m)) for j in range(m)])
        return cast("np.ndarray", c / c.sum())
    assert rule == "pca"
    values_, vectors = np.linalg.eig(np.corrcoef(shares.T))
    order = np.argsort(-values_)
    kept = max(1, (values_ > 1).sum())
    loadings = vectors[:, order[:kept]] * np.sqrt(values_[order[:kept]])
    squared = brute_varimax(loadings) ** 2 if kept == 2 else loadings**2
    weights = np.array([row.max() for row in squared])  # the share of its component times the component's variance
    return cast("np.ndarray", weights / weights.sum())


def turn(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def simplicity(loadings: np.ndarray) -> float:
    """Return what varimax makes as large as it can: how much squared loadings vary inside each component."""
    return float((loadings**2).var(axis=0).sum())


def brute_varimax(loadings: np.ndarray) -> np.ndarray:
    """Return two components turned to the best of many angles, and then of many around it."""
    angles = np.linspace(0, np.pi / 2, 361)
    for _ in range(6):
        best = max(angles, key=lambda a: simplicity(loadings @ turn(a)))
        step = angles[1] - angles[0]
        angles = np.linspace(best - step, best + step, 41)
    return cast("np.ndarray", loadings @ turn(best))


@pytest.mark.parametrize("seed", range(8))
def test_varimax_is_the_best_of_all_rotations_of_two_components(seed: int):
    random = np.random.default_rng(seed)
    loadings = random.normal(size=(random.integers(3, 9), 2))
    mine, brute = varimax(loadings), brute_varimax(loadings)
    assert simplicity(mine) == pytest.approx(simplicity(brute), rel=1e-9)
    assert (mine**2).sum(axis=1) == pytest.approx((loadings**2).sum(axis=1))  # communalities stay
    assert np.sort((mine**2).max(axis=1)) == pytest.approx(np.sort((brute**2).max(axis=1)), abs=1e-4)


def test_varimax_leaves_one_component_alone():
    one = np.array([[0.8], [-0.5], [0.1]])
    assert np.abs(varimax(one)) == pytest.approx(np.abs(one))


@pytest.mark.parametrize("rule", ["entropy", "standard_deviation", "critic"])
@settings(max_examples=25)
@given(values=tables(), directions=signs)
def test_weights_from_the_data_are_their_plain_twins(rule: str, values: np.ndarray, directions: str):
    assume(rule != "critic" or np.linalg.matrix_rank(np.corrcoef(values.T), tol=1e-6) > 1)
    twin = naive_weights(values, directions, rule)
    assert weights_of(values, rule, directions) == pytest.approx(twin, abs=1e-9)


def two_factors(seed: int) -> np.ndarray:
    """Return a table of four indicators, two that follow one thing and two that follow another."""
    random = np.random.default_rng(seed)
    causes = random.normal(size=(30, 2))
    table: np.ndarray = causes[:, [0, 0, 1, 1]] + random.uniform(0.3, 1.0, 4) * random.normal(size=(30, 4))
    return table


@pytest.mark.parametrize("seed", range(5))
def test_principal_components_are_their_plain_twin(seed: int):
    values = two_factors(seed)
    found = composite(table_of(values), tree=tree_of("+-+-"), unit="u", weights="pca")
    assert "principal components: 2 kept" in found.summary()
    assert found.weights["weight"] == pytest.approx(naive_weights(values, "+-+-", "pca"), abs=1e-4)


def test_one_component_weighs_two_indicators_alike():
    assert weights_of([[1, 5], [2, 9], [3, 8], [7, 12]], "pca") == pytest.approx([0.5, 0.5])


def naive_doubt(values: np.ndarray) -> np.ndarray:
    """Return each row's best weighted sum where nobody passes 1."""
    found = [
        linprog(-row, A_ub=values, b_ub=np.ones(len(values)), bounds=[(0, None)] * values.shape[1]) for row in values
    ]
    return np.array([-f.fun for f in found])


@settings(max_examples=20)
@given(values=tables(), directions=signs, rule=st.sampled_from(["min_max", "rank", "reference_distance"]))
def test_benefit_of_the_doubt_is_its_linear_programme(values: np.ndarray, directions: str, rule: str):
    found = composite(
        table_of(values), tree=tree_of(directions), unit="u", normalisation=rule, weights="benefit_of_the_doubt"
    )
    assert found.score == pytest.approx(naive_doubt(naive_normalised(values, directions, rule)), abs=1e-7)
    assert (found.score <= 1 + 1e-9).all()
    assert (found.computed.row_weights >= -1e-12).all()
    others = found.computed.values @ found.computed.row_weights.T
    assert (others <= 1 + 1e-8).all()


def options_of(rule: str) -> dict[str, Any]:
    return {"weights": rule, "comparisons": COMPARISONS} if rule == "ahp" else {"weights": rule}


@pytest.mark.parametrize("rule", WEIGHTINGS)
@settings(max_examples=20)
@given(values=tables(4), seed=st.integers(0, 99))
def test_weights_are_not_negative_add_to_1_and_know_no_order_or_units(rule: str, values: np.ndarray, seed: int):
    assume(np.linalg.matrix_rank(np.corrcoef(values.T), tol=1e-6) > 1)
    tree, random = tree_of("+-++", weight=[4, 1, 2, 3]), np.random.default_rng(seed)
    order, scale = random.permutation(len(values)), 10.0 ** random.integers(-9, 10, 4)
    mine, other = (
        composite(table_of(v), tree=tree, unit="u", **options_of(rule)) for v in (values, (values * scale)[order])
    )
    weights = mine.computed.row_weights
    assert (weights >= -1e-12).all()
    if not WEIGHTINGS[rule].own:
        assert weights.sum(axis=1) == pytest.approx(1.0)
        if rule != "pca":  # eigenvalues that are 1 or alike but for rounding may be kept or turned either way
            assert other.computed.row_weights == pytest.approx(weights[order], abs=1e-7)
    if rule != "pca":
        assert other.score == pytest.approx(mine.score[order], abs=1e-7)


# ------------------------------------------------------------------------------------------------ aggregations


def aggregated(rule: str, values: Any, weights: Any, scale: Scale = "share") -> np.ndarray:
    return AGGREGATIONS[rule].aggregate(np.array(values, dtype=float), np.array(weights, dtype=float), scale)


def test_linear_and_geometric_by_hand():
    assert aggregated("linear", [[0.2, 0.8]], [0.75, 0.25]) == pytest.approx([0.35])
    assert aggregated("geometric", [[0.25, 1.0]], [0.5, 0.5]) == pytest.approx([0.5])
    assert aggregated("geometric", [[-1.0, 1.0]], [0.5, 0.5], "standard") == pytest.approx([np.sqrt(90 * 110)])


def test_topsis_of_three_rows_by_hand():
    """Weighted by ¾ and ¼: (0, ¼), (⅜, 0), (¾, ⅛) between the best (¾, ¼) and the worst (0, 0)."""
    found = aggregated("topsis", [[0, 1], [0.5, 0], [1, 0.5]], [0.75, 0.25])
    near, far = [0.75, np.hypot(3 / 8, 1 / 4), 1 / 8], [0.25, 3 / 8, np.hypot(3 / 4, 1 / 8)]
    assert found == pytest.approx([f / (f + g) for f, g in zip(far, near, strict=True)])
    assert found == pytest.approx([0.25, 0.454163, 0.858812], abs=1e-6)
    assert aggregated("topsis", [[0.3, 0.6]] * 2, [0.5, 0.5]).tolist() == [0.5, 0.5]


def test_mazziotta_pareto_of_one_row_by_hand():
    """Shares ½ and 1 are 100 and 130, mean 115, variance 225; z-scores −1 and 1 are 90 and 110; ratios are per cent."""
    assert aggregated("mazziotta_pareto", [[0.5, 1.0]], [0.5, 0.5]) == pytest.approx([115 - 225 / 115])
    assert aggregated("mazziotta_pareto", [[-1.0, 1.0]], [0.5, 0.5], "standard") == pytest.approx([100 - 100 / 100])
    assert aggregated("mazziotta_pareto", [[0.5, 1.0]], [0.5, 0.5], "ratio") == pytest.approx([75 - 625 / 75])
    assert aggregated("mazziotta_pareto", [[0.5, 1.0]], [0.8, 0.2]) == pytest.approx([106 - 144 / 106])


def naive_aggregated(rule: str, values: np.ndarray, weights: np.ndarray, scale: Scale) -> list[float]:
    """Return the scores of a rule, row by row."""
    scores = []
    ends = [[f(v[j] * w for v in values) for j, w in enumerate(weights)] for f in (max, min)]
    for row in values:
        terms = list(zip(row, weights, strict=True))
        match rule:
            case "linear":
                scores.append(sum(v * w for v, w in terms))
            case "geometric":
                scores.append(float(np.prod([(100 + 10 * v if scale == "standard" else v) ** w for v, w in terms])))
            case "topsis":
                near, far = (
                    np.sqrt(sum((v * w - e) ** 2 for (v, w), e in zip(terms, end, strict=True))) for end in ends
                )
                scores.append(far / (far + near))
            case "mazziotta_pareto":
                base, step = {"share": (70, 60), "standard": (100, 10), "ratio": (0, 100)}[scale]
                t = [(base + step * v, w) for v, w in terms]
                mean = sum(v * w for v, w in t)
                scores.append(mean - sum(w * (v - mean) ** 2 for v, w in t) / mean)
    return scores


@st.composite
def pools(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw values above 0 that are no more than 1, not all alike, and weights that add to 1."""
    values = draw(tables()) / 40.0
    weights = np.array(draw(st.lists(st.integers(1, 9), min_size=3, max_size=3)), dtype=float)
    return values, weights / weights.sum()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("rule", AGGREGATIONS)
@settings(max_examples=15)
@given(pool=pools())
def test_every_aggregation_is_its_plain_twin(rule: str, scale: Scale, pool: tuple[np.ndarray, np.ndarray]):
    assert aggregated(rule, *pool, scale) == pytest.approx(naive_aggregated(rule, *pool, scale), rel=1e-12)


Pool = tuple[np.ndarray, np.ndarray]


def score_rises(member: Aggregation, pool: Pool, scale: Scale, data: st.DataObject) -> None:
    values, weights = pool
    row, column = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 2))
    better = values.copy()
    better[row, column] += data.draw(st.floats(1e-3, 2.0))
    mine, other = (member.aggregate(v, weights, scale) for v in (values, better))
    assert other[row] >= mine[row] - 1e-12


def between_least_and_most(member: Aggregation, pool: Pool, scale: Scale, data: st.DataObject) -> None:
    values, weights = pool
    found = member.aggregate(values, weights, scale)
    taken = standard_to_positive(values) if member.positive and scale == "standard" else values
    assert (found >= taken.min(axis=1) - 1e-9).all()
    assert (found <= taken.max(axis=1) + 1e-9).all()


def score_within_0_and_1(member: Aggregation, pool: Pool, scale: Scale, data: st.DataObject) -> None:
    found = member.aggregate(*pool, scale)
    assert ((found >= 0.0) & (found <= 1.0)).all()


AGGREGATION_LAWS: dict[str, Callable[[Aggregation, Pool, Scale, st.DataObject], None]] = {
    "monotonicity": score_rises,
    "between_least_and_most": between_least_and_most,
    "within_0_and_1": score_within_0_and_1,
}


@pytest.mark.parametrize(("rule", "law"), [(name, law) for name, m in AGGREGATIONS.items() for law in sorted(m.laws)])
@given(pool=pools(), scale=st.sampled_from(SCALES), data=st.data())
def test_every_aggregation_obeys_the_laws_it_declares(
    rule: str, law: str, pool: Pool, scale: Scale, data: st.DataObject
):
    AGGREGATION_LAWS[law](AGGREGATIONS[rule], pool, scale, data)


@pytest.mark.parametrize(
    ("family", "tested"),
    [
        (NORMALISATIONS, NORMALISATION_LAWS),
        (AGGREGATIONS, AGGREGATION_LAWS),
        (WEIGHTINGS, {}),
        (GAPS, {}),
    ],
    ids=["normalisation", "aggregation", "weighting", "missing"],
)
def test_every_law_that_a_member_names_has_a_test(family: Mapping[str, Any], tested: Mapping[str, Any]):
    named = {law for member in family.values() for law in member.laws}
    assert named == set(tested)


# ----------------------------------------------------------------------------------------------- missing values


def panel(*rows: tuple[str, int, float | None]) -> dict[str, list[Any]]:
    return {"u": [u for u, _, _ in rows], "t": [t for _, t, _ in rows], "p": [v for _, _, v in rows]}


GAPPY = panel(
    ("x", 3, None),
    ("x", 1, 2.0),
    ("x", 2, None),
    ("x", 4, 8.0),
    ("x", 5, None),
    ("y", 1, 4.0),
    ("y", 2, 5.0),
    ("y", 3, 7.0),
    ("y", 4, 1.0),
    ("y", 5, 3.0),
    ("z", 3, 9.0),
)


def test_interpolation_is_a_straight_line_and_flat_beyond_the_ends():
    found = composite(GAPPY, tree=tree_of("+"), unit="u", period="t", missing="interpolate").filled
    assert found == {
        "u": ["x"] * 3,
        "t": [3, 2, 5],
        "indicator": ["p"] * 3,
        "value": [pytest.approx(6.0), pytest.approx(4.0), 8.0],
    }


def test_the_mean_of_a_period_is_that_of_the_others_in_it():
    found = composite(GAPPY, tree=tree_of("+"), unit="u", period="t", missing="period_mean").filled
    assert (found["t"], found["value"]) == ([3, 2, 5], [8.0, 5.0, 3.0])


@pytest.mark.parametrize(
    ("rule", "data", "place", "words"),
    [
        ("refuse", GAPPY, "p", "3 missing values (first in row 0: x 3)"),
        ("interpolate", panel(("x", 1, None), ("x", 2, None), ("y", 1, 3.0)), "p", "2 missing values"),
        ("period_mean", panel(("x", 1, 1.0), ("y", 1, 3.0), ("x", 2, None)), "p", "1 missing values (first in row 2"),
    ],
)
def test_gaps_that_a_rule_leaves_are_told(rule: str, data: dict[str, list[Any]], place: str, words: str):
    with pytest.raises(ModelError) as caught:
        composite(data, tree=tree_of("+"), unit="u", period="t", missing=rule)
    assert [(p.code, p.place.item) for p in caught.value.problems] == [("composite.missing", place)]
    assert words in str(caught.value)


def test_a_cross_section_has_no_neighbours_to_interpolate_between():
    data = {"u": ["x", "y", "z"], "p": [1.0, None, 3.0]}
    assert refusals(lambda: composite(data, tree=tree_of("+"), unit="u", missing="interpolate"))
    assert composite(data, tree=tree_of("+"), unit="u", missing="period_mean").filled["value"] == [2.0]
    with pytest.raises(ModelError, match="first in row 1: y\\)"):
        composite(data, tree=tree_of("+"), unit="u")


def test_interpolation_goes_by_time():
    data = panel(("x", 2000, 0.0), ("x", 2005, None), ("x", 2006, 6.0))
    found = composite(data, tree=tree_of("+"), unit="u", period="t", missing="interpolate")
    assert found.filled["value"] == [pytest.approx(5.0)]
    moments = {"u": ["a", "b"] * 2, "t": [datetime(2020, 1, 1, h) for h in (0, 0, 12, 12)]}
    moments |= {"p": [1.0, None, 10.0, 20.0]}
    found = composite(moments, tree=tree_of("+"), unit="u", period="t", missing="period_mean")
    assert found.filled["value"] == [1.0]
    dates = data | {"t": [date(2000, 1, 1), date(2000, 1, 31), date(2000, 2, 6)]}
    found = composite(dates, tree=tree_of("+"), unit="u", period="t", missing="interpolate")
    assert found.filled["value"] == [pytest.approx(5.0)]


# ---------------------------------------------------------------------------------------- what rules cannot take


@pytest.mark.parametrize("rule", ["min_max", "z_score", "rank"])
def test_indicators_that_do_not_vary_are_all_named(rule: str):
    data = table_of([[1, 2, 7], [1, 3, 7], [1, 4, 7]])
    found = refusals(lambda: composite(data, tree=tree_of("+++"), unit="u", normalisation=rule))
    assert found == [("composite.normalisation", "p"), ("composite.normalisation", "r")]
    years = data | {"t": [1, 1, 2], "p": [1, 2, 3]}
    found = refusals(
        lambda: composite(years, tree=tree_of("++"), unit="u", period="t", over="period", normalisation=rule)
    )
    assert found == [("composite.normalisation", "p, 2"), ("composite.normalisation", "q, 2")]


def test_goalposts_and_references_that_are_not_there_or_not_above_0():
    data = table_of([[1, 0], [2, 3]])
    found = refusals(lambda: composite(data, tree=tree_of("++"), unit="u", normalisation="goalposts"))
    assert found == [("composite.normalisation", "p"), ("composite.normalisation", "q")]
    tree = tree_of("++", reference=[-1, 2])
    found = refusals(lambda: composite(data, tree=tree, unit="u", normalisation="reference_distance"))
    assert found == [("composite.normalisation", "p"), ("composite.normalisation", "q")]


def test_weights_that_cannot_be_had():
    data = table_of([[1, 2, 3], [2, 4, 6], [4, 8, 12]])
    tree = tree_of("+++", weight=[1, None, None])
    assert refusals(lambda: composite(data, tree=tree, unit="u", weights="given")) == [
        ("composite.weights", "q"),
        ("composite.weights", "r"),
    ]
    assert refusals(lambda: composite(data, tree=tree, unit="u", weights="critic")) == [
        ("composite.weights", "p, q, r")
    ]
    doubt = {"weights": "benefit_of_the_doubt", "aggregation": "mazziotta_pareto"}
    assert refusals(lambda: composite(data, tree=tree, unit="u", normalisation="z_score", **doubt)) == [
        ("composite.weights", "weights"),
        ("composite.aggregation", "mazziotta_pareto"),
    ]


@pytest.mark.parametrize("rule", ["entropy", "standard_deviation", "critic", "pca"])
def test_a_constant_indicator_has_no_weight_from_the_data_whatever_the_normalisation(rule: str):
    tree, data = tree_of("++", low=[0, 0], high=[9, 9]), table_of([[1, 5], [2, 5], [3, 5]])
    found = refusals(lambda: composite(data, tree=tree, unit="u", normalisation="goalposts", weights=rule))
    assert found == [("composite.weights", "q")]


def test_principal_components_group_an_indicator_where_it_loads_most():
    values = _mixed(next(seed for seed in range(200) if _ambiguous(seed)))
    assert weights_of(values, "pca") == pytest.approx(naive_weights(values, "++++", "pca"), abs=1e-4)


def _mixed(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    values: np.ndarray = random.normal(size=(30, 2)) @ random.normal(size=(2, 4)) + random.normal(size=(30, 4))
    return values


def _ambiguous(seed: int) -> bool:
    values, vectors = np.linalg.eigh(np.corrcoef(_mixed(seed).T))
    squared = varimax(vectors[:, values > 1] * np.sqrt(values[values > 1])) ** 2
    return squared.shape[1] == 2 and bool(
        ((squared / squared.sum(axis=0)).argmax(axis=1) != squared.argmax(axis=1)).any()
    )


@pytest.mark.parametrize(
    ("matrices", "places"),
    [
        (None, ["''", "'a'", "'b'"]),
        (COMPARISONS | {"a": [[1, 2, 3]]}, ["'a'"]),
        (COMPARISONS | {"a": [[1, 2], [2, 1]]}, ["'a'"]),
        (COMPARISONS | {"a": [[1, -2], [-0.5, 1]], "b": [[1, np.inf], [0, 1]]}, ["'a'", "'b'"]),
        (COMPARISONS | {"c": [[1]]}, ["'c'"]),
    ],
    ids=["none", "shape", "not reciprocal", "not positive", "unknown"],
)
def test_comparisons_that_are_no_matrices_of_comparisons(matrices: Any, places: list[str]):
    data = table_of([[1, 2, 3, 4], [3, 1, 5, 9]])
    found = refusals(lambda: composite(data, tree=tree_of(), unit="u", weights="ahp", comparisons=matrices))
    code = "composite.weights" if matrices is None else "composite.comparisons"
    assert found == [(code, f"comparisons[{place}]") for place in places]
    if matrices is not None:  # given for the robustness, say, they are checked as well
        assert refusals(lambda: composite(data, tree=tree_of(), unit="u", comparisons=matrices)) == found


def test_comparisons_that_contradict_one_another_are_refused_by_their_ratio():
    tree = read_tree({"dimension": ["a"] * 3, "indicator": NAMES[:3], "direction": ["+"] * 3})
    circle = {"a": [[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]}
    with pytest.raises(ModelError, match="consistency ratio of 6"):
        composite(table_of([[1, 2, 3], [2, 4, 1]]), tree=tree, unit="u", weights="ahp", comparisons=circle)
    assert consistency_ratio(np.array(circle["a"])) > 0.1
    assert consistency_ratio(np.array([[1, 9], [1 / 9, 1]])) == 0.0


def test_more_than_fifteen_comparisons_have_no_random_index():
    names = [f"i{j}" for j in range(16)]
    tree = read_tree({"dimension": ["a"] * 16, "indicator": names, "direction": ["+"] * 16})
    data = {"u": [1, 2]} | {name: [1.0, 2.0] for name in names}
    matrix = {"a": np.ones((16, 16))}
    found = refusals(lambda: composite(data, tree=tree, unit="u", weights="ahp", comparisons=matrix))
    assert found == [("composite.comparisons", "comparisons['a']")]


@pytest.mark.parametrize("k", range(2, 10))
def test_a_reciprocal_may_be_written_to_three_digits(k: int):
    matrices = {"a": [[1, k], [round(1 / k, 3), 1]]}
    found = composite(table_of([[1, 2], [2, 1]]), tree=tree_of("++"), unit="u", weights="ahp", comparisons=matrices)
    assert found.weights["weight"] == pytest.approx([k / (k + 1), 1 / (k + 1)], abs=1e-3)


def test_zeros_have_no_geometric_mean_and_the_remedy_helps():
    data, tree = table_of([[1, 8], [2, 3], [5, 6]]), tree_of("++")
    with pytest.raises(ModelError, match="give a floor, for instance") as caught:
        composite(data, tree=tree, unit="u", aggregation="geometric")
    assert [(p.code, p.place.item) for p in caught.value.problems] == [
        ("composite.aggregation", "p"),
        ("composite.aggregation", "q"),
    ]
    found = composite(data, tree=tree, unit="u", aggregation="geometric", floor=0.01)
    assert found.score == pytest.approx([0.1, np.sqrt(0.2575 * 0.01), np.sqrt(0.604)])


@pytest.mark.parametrize("rule", ["geometric", "mazziotta_pareto"])
def test_an_outlier_beyond_ten_deviations_leaves_the_scale_above_0(rule: str):
    data = {"u": list(range(150)), "p": [1.0] * 149 + [-100.0], "q": list(map(float, range(150)))}
    options = {"normalisation": "z_score", "aggregation": rule}
    assert refusals(lambda: composite(data, tree=tree_of("++"), unit="u", **options)) == [
        ("composite.aggregation", "p")
    ]
    with pytest.raises(ModelError, match="Remedy: use linear"):
        composite(data, tree=tree_of("++"), unit="u", **options)
