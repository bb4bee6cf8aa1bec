"""Names that results give their own columns, and a panel's key columns may not have."""

from __future__ import annotations

__all__ = ["KEYS", "QUANTITIES"]

_ROWS = "score status peer peer_period weight intercept reference returns level orientation outputs_of"
_PARTS = (
    "class own maverick crs vrs nirs technical allocative comparable te_group gap_ratio stage_1 stage_2 stage_1_lowest "
    "stage_1_highest bias standard_error corrected corrected_inverse lower upper replications distance "
    "used inputs_value outputs_value capital "
    "units_moved mean_effect largest_effect order_m cloud statistic critical p_value "
    "split unconditional conditional unconditional_bias conditional_bias within p_normal column bandwidth range"
)
_CHANGES = (
    "index period_from period_to efficiency_change technical_change pure_efficiency_change scale_change "
    "technical_magnitude technical_bias output_change input_change technical_scale_mix_change residual_mix_change "
    "best_practice_change technology_gap_change output_growth stage_1_change stage_2_change"
)
KEYS = frozenset(f"{_ROWS} {_PARTS} {_CHANGES}".split())
QUANTITIES = frozenset({"intercept"})  # stands beside the quantities' own names among the multipliers
