"""Charts drawn: each chart of `hetao.report.model` as an ECharts option, and as a table for its readers."""

from hetao.report.charts.captree import hidden
from hetao.report.charts.common import Option
from hetao.report.charts.draw import Size, chart_table, option, size
from hetao.report.charts.steps import leaves_zero_out

__all__ = ["Option", "Size", "chart_table", "hidden", "leaves_zero_out", "option", "size"]
