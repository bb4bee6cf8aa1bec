"""Plots of results with matplotlib, imported only when a plot is asked for."""

from hetao.measure.plots.changes import plot_changes
from hetao.measure.plots.clubs import plot_clubs
from hetao.measure.plots.coefficients import plot_coefficients
from hetao.measure.plots.composite import plot_composite, plot_ranks
from hetao.measure.plots.distributions import plot_densities, plot_transitions
from hetao.measure.plots.influence import plot_influence
from hetao.measure.plots.scores import plot_limits, plot_result

__all__ = [
    "plot_changes",
    "plot_clubs",
    "plot_coefficients",
    "plot_composite",
    "plot_densities",
    "plot_influence",
    "plot_limits",
    "plot_ranks",
    "plot_result",
    "plot_transitions",
]
