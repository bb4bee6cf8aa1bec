"""Measure: how productively units turn inputs into outputs, with bads counted. Every call takes a `hetao.Panel`."""

from __future__ import annotations

from hetao.measure.clusters import ClusterResult, cluster_units
from hetao.measure.composite.composite import CompositeResult, composite
from hetao.measure.composite.robustness import RobustnessResult, composite_robustness
from hetao.measure.composite.tree import Indicator, IndicatorTree, read_tree, ready_tree
from hetao.measure.differences.clubs import ConvergenceClubs, LogT, convergence_clubs
from hetao.measure.differences.convergence import BetaConvergence, beta_convergence, sigma_convergence
from hetao.measure.differences.dagum_gini import dagum_gini
from hetao.measure.differences.density import DensityResult, kernel_density
from hetao.measure.differences.markov import MarkovResult, SpatialMarkovResult, markov, spatial_markov
from hetao.measure.differences.moran import local_moran, moran
from hetao.measure.differences.neighbours import province_neighbours
from hetao.measure.differences.theil import theil
from hetao.measure.frontier.additive import additive
from hetao.measure.frontier.cost import cost
from hetao.measure.frontier.cross_efficiency import cross_efficiency
from hetao.measure.frontier.dea import dea
from hetao.measure.frontier.directional import directional
from hetao.measure.frontier.engine import computing
from hetao.measure.frontier.hyperbolic import hyperbolic
from hetao.measure.frontier.metafrontier import metafrontier
from hetao.measure.frontier.nonradial_directional import nonradial_directional
from hetao.measure.frontier.order_alpha import order_alpha
from hetao.measure.frontier.order_m import order_m
from hetao.measure.frontier.profit import profit
from hetao.measure.frontier.range_directional import range_directional
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.returns_to_scale import returns_to_scale
from hetao.measure.frontier.revenue import revenue
from hetao.measure.frontier.russell import russell
from hetao.measure.frontier.sbm import sbm
from hetao.measure.frontier.two_stage import two_stage
from hetao.measure.inference.bootstrap import BootstrapResult, bootstrap
from hetao.measure.inference.bootstrap_index import IndexBootstrapResult, bootstrap_index
from hetao.measure.inference.influential_units import InfluenceResult, influential_units
from hetao.measure.inference.returns_test import ReturnsTestResult, returns_test
from hetao.measure.inference.second_stage import SecondStageResult, second_stage
from hetao.measure.inference.separability_test import SeparabilityTestResult, separability_test
from hetao.measure.productivity.fare_primont import fare_primont
from hetao.measure.productivity.fisher import fisher
from hetao.measure.productivity.growth_accounting import growth_accounting
from hetao.measure.productivity.hicks_moorsteen import hicks_moorsteen
from hetao.measure.productivity.laspeyres import laspeyres
from hetao.measure.productivity.lowe import lowe
from hetao.measure.productivity.luenberger import luenberger
from hetao.measure.productivity.luenberger_hicks_moorsteen import luenberger_hicks_moorsteen
from hetao.measure.productivity.malmquist import malmquist
from hetao.measure.productivity.malmquist_luenberger import malmquist_luenberger
from hetao.measure.productivity.metafrontier_index import metafrontier_index
from hetao.measure.productivity.paasche import paasche
from hetao.measure.productivity.perpetual_inventory import perpetual_inventory
from hetao.measure.productivity.result import IndexResult
from hetao.measure.productivity.sbm_malmquist import sbm_malmquist
from hetao.measure.productivity.tornqvist import tornqvist
from hetao.measure.productivity.two_stage_malmquist import two_stage_malmquist
from hetao.measure.results import Certificate, Result, Statement
from hetao.measure.tables.side_by_side import SideBySide, side_by_side

__all__ = [
    "BetaConvergence",
    "BootstrapResult",
    "Certificate",
    "ClusterResult",
    "CompositeResult",
    "ConvergenceClubs",
    "DensityResult",
    "FrontierResult",
    "IndexBootstrapResult",
    "IndexResult",
    "Indicator",
    "IndicatorTree",
    "InfluenceResult",
    "LogT",
    "MarkovResult",
    "Result",
    "ReturnsTestResult",
    "RobustnessResult",
    "SecondStageResult",
    "SeparabilityTestResult",
    "SideBySide",
    "SpatialMarkovResult",
    "Statement",
    "additive",
    "beta_convergence",
    "bootstrap",
    "bootstrap_index",
    "cluster_units",
    "composite",
    "composite_robustness",
    "computing",
    "convergence_clubs",
    "cost",
    "cross_efficiency",
    "dagum_gini",
    "dea",
    "directional",
    "fare_primont",
    "fisher",
    "growth_accounting",
    "hicks_moorsteen",
    "hyperbolic",
    "influential_units",
    "kernel_density",
    "laspeyres",
    "local_moran",
    "lowe",
    "luenberger",
    "luenberger_hicks_moorsteen",
    "malmquist",
    "malmquist_luenberger",
    "markov",
    "metafrontier",
    "metafrontier_index",
    "moran",
    "nonradial_directional",
    "order_alpha",
    "order_m",
    "paasche",
    "perpetual_inventory",
    "profit",
    "province_neighbours",
    "range_directional",
    "read_tree",
    "ready_tree",
    "returns_test",
    "returns_to_scale",
    "revenue",
    "russell",
    "sbm",
    "sbm_malmquist",
    "second_stage",
    "separability_test",
    "side_by_side",
    "sigma_convergence",
    "spatial_markov",
    "theil",
    "tornqvist",
    "two_stage",
    "two_stage_malmquist",
]
